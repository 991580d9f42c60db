import { useState } from 'react';
import { useAsk } from '../client/index.ts';
import { ErrorPanel, Section } from '../kit/index.ts';
import { useFormat, useWords } from '../words/index.ts';
import css from './emergency.module.css';
import { daySent } from './sent.ts';
import { PLANNED } from './words.ts';

/** Each question is an act that the ledger tells. */
const ASKED_EVERY_MS = 120_000;

/** What is planned on a day in the kept schedules, and what was registered in the downtime: opened on demand, since it names everybody of the day. */
export function Planned() {
  const words = useWords(PLANNED);
  const [isOpen, setOpen] = useState(false);
  return (
    <Section title={words.title}>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className={css.summary}>{words.open}</summary>
        {isOpen ? <Day /> : null}
      </details>
    </Section>
  );
}

function Day() {
  const words = useWords(PLANNED);
  const format = useFormat();
  const [day, setDay] = useState<string>();
  const asked = useAsk('worklist.list', day === undefined ? {} : { day }, { everyMs: ASKED_EVERY_MS });
  if (asked.isError) return <ErrorPanel error={asked.error} onRetry={() => void asked.refetch()} />;
  const { data } = asked;
  if (data === undefined) return <p className={css.pale}>{words.asking}</p>;
  const asOf = data.sources.map(({ source, asOfMs }) => words.asOf(source, format.moment(asOfMs)));
  return (
    <>
      <div className={css.days}>
        {data.days.map((one) => (
          <button
            key={one}
            type="button"
            className={css.day}
            aria-pressed={one === data.day}
            onClick={() => setDay(String(one))}
          >
            {daySent(String(one), format.language)}
          </button>
        ))}
      </div>
      <p className={css.pale}>{asOf.length === 0 ? words.noSource : asOf.join(' · ')}</p>
      {data.entries.length === 0 ? <p className={css.pale}>{words.nothing}</p> : <Entries entries={data.entries} />}
      {data.isCut ? <p className={css.pale}>{words.cut}</p> : null}
    </>
  );
}

type Entry = NonNullable<ReturnType<typeof useAsk<'worklist.list'>>['data']>['entries'][number];

function Entries({ entries }: { readonly entries: readonly Entry[] }) {
  const words = useWords(PLANNED);
  const { language } = useFormat();
  const heads = [words.time, words.patient, words.born, words.number, words.exam, words.station, words.source];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the page is scrolled with the keyboard too.
    <section className={css.wide} tabIndex={0} aria-label={words.list}>
      <table className={css.planned}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col" className={css.cell}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.map((one, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a day is read whole, and two entries may be alike.
            <tr key={place}>
              <td className={css.cell}>{clockOf(one.time)}</td>
              <td className={css.cell}>
                <strong>{one.patient.name.replaceAll('^', ' ').trim()}</strong>
              </td>
              <td className={css.cell}>{daySent(one.patient.birthDate, language)}</td>
              <td className={css.cell}>{one.patient.id}</td>
              <td className={css.cell}>{[one.modality, one.procedure].filter((word) => word !== '').join(' · ')}</td>
              <td className={css.cell}>{one.station}</td>
              <td className={css.cell}>{one.source === '' ? words.registered : one.source}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** `HHMM[SS]` as `HH:MM`. */
function clockOf(time: string): string {
  return /^\d{4}/.test(time) ? `${time.slice(0, 2)}:${time.slice(2, 4)}` : time;
}
