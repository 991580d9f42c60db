import { Button } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useAsk } from '../client/index.ts';
import { Asked, Badge, DangerDialog, EmptyState, PageFrame, Section } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { counted, useFormat, useSay, useWords } from '../words/index.ts';
import { dismiss, setMode } from './acts.ts';
import { EnforceDialog } from './enforce-dialog.tsx';
import { factsOf, type Peer, type PeerFacts } from './facts.ts';
import { IdentityBadge, Rights } from './parts.tsx';
import { PeerDialog } from './peer-form.tsx';
import { Certificates, Devices } from './peer-identity.tsx';
import css from './peers.module.css';
import { Sightings } from './sightings.tsx';
import { LEARNING, PEERS } from './words.ts';

const EXCHANGES = [
  { one: 'objet', other: 'objets', many: 'd’objets' },
  { one: 'object', other: 'objects' },
] as const;

function UseWords({ use }: { readonly use: PeerFacts['use'] }) {
  const words = useWords(PEERS);
  const say = useSay();
  const format = useFormat();
  if (use === undefined) return null;
  if (use === null) return <p className={css.small}>{words.unused}</p>;
  const times = say(counted(use.count, EXCHANGES[0], EXCHANGES[1]));
  return <p className={css.small}>{words.used(times, format.bytes(use.bytes), format.date(use.firstMs))}</p>;
}

/** One rule: range, rights, identity, use, and what can be done with it. */
function Rule({ facts, known }: { readonly facts: PeerFacts; readonly known: readonly Peer[] }) {
  const words = useWords(PEERS);
  const may = useMay();
  const { rule, use, isObserved } = facts;
  const [open, setOpen] = useState<'edit' | 'remove' | undefined>();
  const certificates = useAsk('cert.list', {}, { isEnabled: may('cert.list') }).data?.certificates;
  const close = () => setOpen(undefined);
  const badges = (
    <div className={css.whoHead}>
      <IdentityBadge rule={rule} certificates={certificates} />
      <Badge tone={isObserved ? 'warn' : 'good'}>{isObserved ? words.observed : words.enforced}</Badge>
    </div>
  );
  return (
    <Section title={words.fromRange(rule.from)} aside={badges}>
      <div className={css.stack}>
        <Rights of={rule.allow} />
        {rule.certSha256 === undefined ? null : <span className={css.fingerprint}>{rule.certSha256}</span>}
        <UseWords use={use} />
        {may('peer.add') ? (
          <div className={css.acts}>
            <Button size="xs" variant="default" onClick={() => setOpen('edit')}>
              {words.edit}
            </Button>
            <Button size="xs" variant="default" onClick={() => setOpen('remove')}>
              {words.remove}
            </Button>
          </div>
        ) : null}
      </div>
      <PeerDialog isOpen={open === 'edit'} isEdit peer={rule} known={known} onDone={close} />
      <DangerDialog
        isOpen={open === 'remove'}
        onClose={close}
        title={words.removeTitle(rule.aeTitle, rule.from)}
        act={words.removeAct}
        onAct={() => dismiss(rule)}
        isReasonNeeded={false}
      >
        <p>{words.removeMeaning}</p>
      </DangerDialog>
    </Section>
  );
}

/** Observe or enforce; enforcing shows first what it would refuse. */
function ModeButtons({ facts }: { readonly facts: PeerFacts }) {
  const words = useWords(PEERS);
  const learning = useWords(LEARNING);
  const [isOpen, setOpen] = useState(false);
  const { aeTitle } = facts.rule;
  if (!facts.isObserved) {
    return (
      <Button variant="default" title={words.observeMeaning} onClick={() => void setMode(aeTitle, 'observe')}>
        {words.observe}
      </Button>
    );
  }
  return (
    <>
      <Button title={words.enforceMeaning} onClick={() => setOpen(true)}>
        {words.enforce}
      </Button>
      <EnforceDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={words.enforce}
        lead={learning.enforceAllMeaning}
        aeTitle={aeTitle}
        onAct={() => setMode(aeTitle, 'enforce')}
      />
    </>
  );
}

function Beyond({ title, known }: { readonly title: string; readonly known: readonly Peer[] }) {
  const words = useWords(PEERS);
  const asked = useAsk('policy.show', {});
  return (
    <Section title={words.beyond}>
      <Asked of={asked}>
        {({ observed, refused }) => {
          const seen = [...observed, ...refused].filter(({ peer }) => peer === title);
          if (seen.length === 0) return <p className={css.quiet}>{words.beyondNone}</p>;
          const has = known.filter(({ aeTitle }) => aeTitle === title);
          return <Sightings seen={seen} hasRight={(_, right) => has.every(({ allow }) => allow.includes(right))} />;
        }}
      </Asked>
    </Section>
  );
}

/** One title: each range it may come from, what it does, and who stands behind it. */
export function Page() {
  const words = useWords(PEERS);
  const may = useMay();
  const { title = '' } = useParams({ strict: false });
  const asked = useAsk('peer.list', {});
  const policy = useAsk('policy.show', {}, { isEnabled: may('policy.show') }).data;
  const facts = factsOf(asked.data?.peers ?? [], policy).filter(({ rule }) => rule.aeTitle === title);
  const [first] = facts;
  const actions = first !== undefined && may('policy.enforce') ? <ModeButtons facts={first} /> : undefined;
  return (
    <PageFrame title={title} lead={<Link to="/peers">{words.back}</Link>} actions={actions}>
      <Asked of={asked}>
        {({ peers }) =>
          first === undefined ? (
            <EmptyState icon="peers" title={words.unknown}>
              <p>{words.unknownAdvice}</p>
            </EmptyState>
          ) : (
            <>
              {facts.map((each) => (
                <Rule key={each.rule.from} facts={each} known={peers} />
              ))}
              {may('policy.show') ? <Beyond title={title} known={peers} /> : null}
              <div className={css.columns}>
                {may('cert.list') ? <Certificates title={title} /> : null}
                <Devices title={title} />
              </div>
            </>
          )
        }
      </Asked>
    </PageFrame>
  );
}
