import type { StatusAnswer } from '@leadglass/contract';
import { useAsk } from '../client/index.ts';
import { Asked, Badge, Section } from '../kit/index.ts';
import { useFormat, useSay, useWords } from '../words/index.ts';
import css from './settings.module.css';
import { SETTINGS } from './words.ts';

const EVERY_MS = 5000;

function Antivirus({ clamav }: { readonly clamav: StatusAnswer['clamav'] }) {
  const words = useWords(SETTINGS);
  if (clamav === undefined) return <>{words.antivirusNone}</>;
  return (
    <>
      {clamav.address}{' '}
      <Badge tone={clamav.isUp ? 'good' : 'bad'}>{clamav.isUp ? words.antivirusUp : words.antivirusDown}</Badge>
    </>
  );
}

function Facts({ status }: { readonly status: StatusAnswer }) {
  const words = useWords(SETTINGS);
  const format = useFormat();
  const { custody, deliveries } = status;
  return (
    <dl className={css.facts}>
      <dt>{words.version}</dt>
      <dd>{status.version}</dd>
      <dt>{words.since}</dt>
      <dd>{format.moment(status.startedAtMs)}</dd>
      <dt>{words.home}</dt>
      <dd className={css.mono}>{status.home}</dd>
      <dt>{words.listeners}</dt>
      <dd className={css.mono}>{status.listeners.map(({ name, address }) => `${name} ${address}`).join(' · ')}</dd>
      <dt>{words.custody}</dt>
      <dd>{words.custodyWords(format.number(custody.objects), format.bytes(custody.bytes))}</dd>
      <dt>{words.deliveries}</dt>
      <dd>{words.deliveriesWords(format.number(deliveries.pending), format.number(deliveries.failed))}</dd>
      <dt>{words.antivirus}</dt>
      <dd>
        <Antivirus clamav={status.clamav} />
      </dd>
    </dl>
  );
}

/** The gateway itself: version, where it listens, what it holds, what is not as it should be. */
export function GatewayTab() {
  const words = useWords(SETTINGS);
  const say = useSay();
  const asked = useAsk('status', {}, { everyMs: EVERY_MS });
  return (
    <Section title={words.tabGateway}>
      <Asked of={asked}>
        {(status) => (
          <div className={css.stack}>
            <Facts status={status} />
            {status.troubles.length === 0 ? null : (
              <div role="alert">
                <h3>{words.troubles}</h3>
                <ul className={css.list}>
                  {status.troubles.map(({ code, text }) => (
                    <li key={code}>{say(text)}</li>
                  ))}
                </ul>
              </div>
            )}
          </div>
        )}
      </Asked>
    </Section>
  );
}
