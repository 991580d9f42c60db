import { Badge, Moment } from '../kit/index.ts';
import { useFormat, useSay, useWords } from '../words/index.ts';
import { type AuditEntry, indented, readEntry } from './audit.ts';
import css from './ledger.module.css';
import { ProofPanel } from './proof-panel.tsx';
import { LEDGER, OUTCOMES } from './words.ts';

/** One entry in plain words, with who took part, its facts, the message itself and its proof. */
export function EntryView({ index, content }: { readonly index: number; readonly content: string }) {
  const words = useWords(LEDGER);
  const entry = readEntry(content);
  return (
    <article className={css.entry} aria-label={words.entry(String(index))}>
      {entry === undefined ? <p>{words.notOurs}</p> : <Told entry={entry} />}
      <section>
        <h3>{words.proof}</h3>
        <ProofPanel index={index} key={index} />
      </section>
      <details className={css.raw} open={entry === undefined}>
        <summary>{words.raw}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
        <pre tabIndex={0}>{indented(content)}</pre>
      </details>
    </article>
  );
}

function Told({ entry }: { readonly entry: AuditEntry }) {
  const words = useWords(LEDGER);
  const say = useSay();
  return (
    <>
      <p className={css.sentence}>{say(entry)}</p>
      <dl className={css.facts}>
        <dt>{words.when}</dt>
        <dd>
          <Moment at={entry.atMs} />
        </dd>
        <dt>{words.kind}</dt>
        <dd>
          <code>{entry.kind}</code> {entry.event}
        </dd>
        <dt>{words.outcome}</dt>
        <dd>
          <Outcome of={entry.outcome} />
        </dd>
      </dl>
      <Participants entry={entry} />
      <section>
        <h3>{words.facts}</h3>
        <dl className={css.facts}>
          {entry.facts.map(([name, value]) => (
            <div key={name} className={css.fact}>
              <dt>{name}</dt>
              <dd>
                <code>{value}</code>
              </dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}

function Outcome({ of }: { readonly of: number }) {
  const say = useSay();
  const format = useFormat();
  const known = of === 0 || of === 4 || of === 8 || of === 12 ? OUTCOMES[of] : undefined;
  return (
    <Badge tone={of === 0 ? 'good' : of === 4 ? 'warn' : 'bad'}>
      {known === undefined ? format.number(of) : say(known)}
    </Badge>
  );
}

function Participants({ entry }: { readonly entry: AuditEntry }) {
  const words = useWords(LEDGER);
  const { participants, objects } = entry;
  return (
    <>
      <section>
        <h3>{words.who}</h3>
        <ul className={css.list}>
          {participants.map(({ userId, address, role, isRequestor }) => (
            <li key={`${userId} ${address} ${role}`}>
              <strong>{userId}</strong> {address} {role}{' '}
              {isRequestor ? <Badge tone="calm">{words.requestor}</Badge> : null}
            </li>
          ))}
        </ul>
      </section>
      {objects.length === 0 ? null : (
        <section>
          <h3>{words.about}</h3>
          <ul className={css.list}>
            {objects.map(({ id, kind, name }) => (
              <li key={`${kind} ${id}`}>
                {kind} <code>{id}</code> {name}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
