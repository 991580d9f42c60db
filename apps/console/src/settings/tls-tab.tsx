import type { TlsAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { type Answer, call, queryClient, useAct, useAsk } from '../client/index.ts';
import { Asked, Badge, DangerDialog, Section, toast } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { type Text, useFormat, useSay, useWords } from '../words/index.ts';
import css from './settings.module.css';
import { SETTINGS } from './words.ts';

type Version = TlsAnswer['minVersion'];
type Change = Answer<'tls.set'>;

function Sentences({ title, of }: { readonly title: string; readonly of: readonly Text[] }) {
  const say = useSay();
  if (of.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {of.map((each) => (
          <li key={each.en}>{say(each)}</li>
        ))}
      </ul>
    </>
  );
}

/** Does a change of TLS and says so; what the gateway holds against it is thrown, to be shown where it was asked. */
async function change(done: Promise<Change>, said: Text): Promise<void> {
  const { problems, isApplied } = await done;
  await queryClient.invalidateQueries();
  const [problem] = problems;
  toast({ text: isApplied || problem === undefined ? said : problem });
}

interface ActProps {
  readonly label: string;
  readonly meaning: string;
  readonly onAct: () => Promise<unknown>;
}

function ActButton({ label, meaning, onAct }: ActProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {label}
      </Button>
      <DangerDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={label.replace('…', '')}
        act={label.replace('…', '')}
        onAct={onAct}
        isReasonNeeded={false}
        isDanger={false}
      >
        <p>{meaning}</p>
      </DangerDialog>
    </>
  );
}

/** Asks the gateway first what the other version would mean, with a real handshake, and shows it. */
function VersionButton({ to }: { readonly to: Version }) {
  const words = useWords(SETTINGS);
  const [isOpen, setOpen] = useState(false);
  const { mutate, ...trial } = useAct('tls.set', { changesNothing: true });
  useEffect(() => {
    if (isOpen) mutate({ minVersion: to, apply: false });
  }, [isOpen, to, mutate]);
  const label = words.tryVersion(to.replace('TLSv', 'TLS '));
  const asked = { ...trial, refetch: () => mutate({ minVersion: to, apply: false }) };
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {label}
      </Button>
      <DangerDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={label.replace('…', '')}
        act={words.apply}
        onAct={() => change(call('tls.set', { minVersion: to }), SETTINGS.tlsChanged)}
        isReasonNeeded={false}
        isDanger={false}
      >
        <p>{words.leastVersionMeaning}</p>
        <Asked of={asked}>
          {({ changes, problems }) => (
            <>
              <Sentences title={words.wouldChange} of={changes} />
              <Sentences title={words.whyNot} of={problems} />
            </>
          )}
        </Asked>
      </DangerDialog>
    </>
  );
}

function Certificate({ tls }: { readonly tls: TlsAnswer }) {
  const words = useWords(SETTINGS);
  const format = useFormat();
  const { certificate, minVersion } = tls;
  const isOver = certificate.notAfterMs < Date.now();
  return (
    <dl className={css.facts}>
      <dt>{words.certificate}</dt>
      <dd>{certificate.isSite ? words.siteIssued : `${words.foreign} · ${certificate.subject}`}</dd>
      <dt>{words.names}</dt>
      <dd>{certificate.names.join(', ')}</dd>
      <dt>{words.validUntil}</dt>
      <dd>
        {format.date(certificate.notAfterMs)}{' '}
        <Badge tone={isOver ? 'bad' : 'good'}>{format.ago(certificate.notAfterMs, Date.now())}</Badge>
      </dd>
      <dt>{words.fingerprint}</dt>
      <dd className={css.mono}>{certificate.sha256}</dd>
      <dt>{words.leastVersion}</dt>
      <dd>{minVersion.replace('TLSv', 'TLS ')}</dd>
    </dl>
  );
}

function Authorities() {
  const words = useWords(SETTINGS);
  const format = useFormat();
  const asked = useAsk('trust.list', {});
  return (
    <Section title={words.authorities}>
      <Asked of={asked}>
        {({ anchors }) =>
          anchors.length === 0 ? (
            <p className={css.quiet}>{words.authoritiesNone}</p>
          ) : (
            <ul className={css.list}>
              {anchors.map(({ name, authorities }) => (
                <li key={name}>
                  <strong>{name}</strong>{' '}
                  {authorities.map(({ subject, notAfterMs }) => `${subject} (${format.date(notAfterMs)})`).join(', ')}
                </li>
              ))}
            </ul>
          )
        }
      </Asked>
    </Section>
  );
}

/** What devices meet when they come in over TLS. */
export function TlsTab() {
  const words = useWords(SETTINGS);
  const format = useFormat();
  const may = useMay();
  const asked = useAsk('tls.show', {});
  return (
    <>
      <Section title={words.tabTls}>
        <Asked of={asked}>
          {(tls) => (
            <div className={css.stack}>
              <Certificate tls={tls} />
              {tls.watchedUntilMs > 0 ? <p>{words.watched(format.time(tls.watchedUntilMs, Date.now()))}</p> : null}
              {may('tls.set') ? (
                <div className={css.acts}>
                  <VersionButton to={tls.minVersion === 'TLSv1.2' ? 'TLSv1.3' : 'TLSv1.2'} />
                  <ActButton
                    label={words.renew}
                    meaning={words.renewMeaning}
                    onAct={() => change(call('tls.renew', {}), SETTINGS.renewed)}
                  />
                  {tls.hasPrevious ? (
                    <ActButton
                      label={words.rollback}
                      meaning={words.rollbackMeaning}
                      onAct={() => change(call('tls.rollback', {}), SETTINGS.rolledBack)}
                    />
                  ) : null}
                </div>
              ) : null}
            </div>
          )}
        </Asked>
      </Section>
      {may('trust.list') ? <Authorities /> : null}
    </>
  );
}
