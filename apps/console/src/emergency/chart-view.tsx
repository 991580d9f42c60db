import type { ChartAnswer, OrderAnswer, VisitAnswer } from '@leadglass/contract';
import { useMemo } from 'react';
import { Badge, Section } from '../kit/index.ts';
import { useMe } from '../shell/me.tsx';
import { useFormat, useLanguage, useSay, useWords } from '../words/index.ts';
import { AllergyList } from './allergy-list.tsx';
import css from './emergency.module.css';
import { flowsheetOf, newestOf } from './flowsheet.ts';
import { FlowsheetView } from './flowsheet-view.tsx';
import { ReportList } from './report-list.tsx';
import { daySent, nameOf, timeOf, timeSent } from './sent.ts';
import { StudyList } from './study-list.tsx';
import { EMERGENCY } from './words.ts';

interface ChartViewProps {
  readonly chart: ChartAnswer;
  /** When it was told. */
  readonly atMs: number;
  /** Why the patient was opened: documents are asked for with the same. */
  readonly reason: string;
}

/** All that is known of one patient; printed it is a sheet that goes with them. */
export function ChartView({ chart, atMs, reason }: ChartViewProps) {
  const words = useWords(EMERGENCY);
  return (
    <div className={css.chart}>
      <Who chart={chart} />
      {chart.isCut ? <p className={css.glass}>{words.cutChart}</p> : null}
      <StudyList chart={chart} />
      <FlowsheetView groups={chart.groups} />
      <ReportList chart={chart} reason={reason} />
      <div className={css.lists}>
        <Visits visits={chart.visits} />
        <Orders orders={chart.orders} />
      </div>
      <Raw raw={chart.raw} />
      <Kept untilMs={chart.keptUntilMs} />
      <Printed chart={chart} atMs={atMs} />
    </div>
  );
}

function Who({ chart: { patient, visits, groups, allergies } }: { readonly chart: ChartAnswer }) {
  const words = useWords(EMERGENCY);
  const language = useLanguage();
  const { birthDate, sex, isValidated, isPresent, location, diedAt, identifiers } = patient;
  const [visit] = visits;
  return (
    <Section>
      <h2 className={css.name}>{nameOf(patient)}</h2>
      <p className={css.facts}>
        {birthDate === '' ? null : <span>{words.bornOn(daySent(birthDate, language))}</span>}
        <span>{sex}</span>
        {isPresent ? <Badge tone="calm">{words.present}</Badge> : null}
        <span>{location}</span>
        {visit === undefined ? null : <span>{visit.doctors.join(', ')}</span>}
        {isValidated ? null : <Badge tone="warn">{words.notValidated}</Badge>}
        {diedAt === '' ? null : <Badge>{words.died(timeSent(diedAt, language))}</Badge>}
      </p>
      <dl className={css.identifiers} aria-label={words.identifiers}>
        {identifiers.map(({ value, authority, type, ins }) => (
          <div key={`${type} ${authority} ${value}`}>
            <dt>{[ins === 'none' ? type : 'INS', authority].filter((each) => each !== '').join(' ')}</dt>
            <dd>
              {value} {ins === 'wrong-key' ? <Badge tone="warn">{words.wrongKey}</Badge> : null}
            </dd>
          </div>
        ))}
      </dl>
      <AllergyList allergies={allergies} />
      <Alarms groups={groups} />
    </Section>
  );
}

/** What a laboratory flagged critical, before anything else. */
function Alarms({ groups }: { readonly groups: ChartAnswer['groups'] }) {
  const words = useWords(EMERGENCY);
  const sheet = useMemo(() => flowsheetOf(groups), [groups]);
  const rows = sheet.rows.filter(({ isCritical }) => isCritical);
  if (rows.length === 0) return null;
  return (
    <ul className={css.alarms} aria-label={words.critical}>
      {rows.map((row) => {
        const newest = newestOf(row, sheet);
        return (
          <li key={row.key}>
            {[row.name, newest?.values.join(' / '), row.unit, newest?.flags.join(' ')].filter(Boolean).join(' ')}
          </li>
        );
      })}
    </ul>
  );
}

function Visits({ visits }: { readonly visits: readonly VisitAnswer[] }) {
  const words = useWords(EMERGENCY);
  const language = useLanguage();
  const states = { expected: words.expected, present: words.here, left: words.left, cancelled: words.cancelled };
  return (
    <Section title={words.visits}>
      {visits.length === 0 ? <p className={css.pale}>{words.noVisits}</p> : null}
      <ul className={css.lines}>
        {visits.map((visit) => (
          <li key={`${visit.feed} ${visit.number} ${visit.heardMs}`}>
            {[
              timeOf(visit.admittedAt, visit.heardMs, language),
              states[visit.state],
              visit.class,
              visit.location,
              visit.doctors.join(', '),
              visit.number,
            ]
              .filter((each) => each !== '')
              .join(' · ')}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Orders({ orders }: { readonly orders: readonly OrderAnswer[] }) {
  const words = useWords(EMERGENCY);
  const language = useLanguage();
  return (
    <Section title={words.orders}>
      {orders.length === 0 ? <p className={css.pale}>{words.noOrders}</p> : null}
      <ul className={css.lines}>
        {orders.map((order) => (
          <li key={`${order.feed} ${order.placer} ${order.filler} ${order.heardMs}`}>
            <span className={order.isCancelled ? css.struck : undefined}>
              {[
                timeOf(order.scheduledAt, order.heardMs, language),
                order.procedure.text || order.procedure.id,
                order.section,
                order.priority,
                order.reason,
                order.clinicalInformation,
                order.requester,
                order.requesterPhone,
              ]
                .filter((each) => each !== '')
                .join(' · ')}
            </span>
            {order.isCancelled ? ` (${words.cancelled})` : ''}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What nobody understood, as it was sent: it may be the result somebody waits for. */
function Raw({ raw }: { readonly raw: ChartAnswer['raw'] }) {
  const words = useWords(EMERGENCY);
  const format = useFormat();
  const say = useSay();
  if (raw.length === 0) return null;
  return (
    <Section title={words.raw} lead={words.rawLead}>
      {raw.map(({ message, feed, heardMs, problems, text }) => (
        <details key={message} className={css.raw}>
          <summary>
            {feed} · {format.moment(heardMs)} ·{' '}
            {problems.map(({ place, why }) => `${place} ${say(why)}`.trim()).join(' ; ')}
          </summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
          <pre tabIndex={0}>{text}</pre>
        </details>
      ))}
    </Section>
  );
}

/** Until when it is here, where that is known: nobody should look for it afterwards. */
function Kept({ untilMs }: { readonly untilMs: number | null }) {
  const words = useWords(EMERGENCY);
  const format = useFormat();
  if (untilMs === null) return null;
  return (
    <p className={css.pale} data-no-print>
      {words.kept(format.date(untilMs))}
    </p>
  );
}

/** At the foot of the paper: by whom, when, and how old it was. */
function Printed({ chart: { asOf }, atMs }: { readonly chart: ChartAnswer; readonly atMs: number }) {
  const words = useWords(EMERGENCY);
  const format = useFormat();
  const { person, site } = useMe();
  const last = asOf.reduce((latest, { lastMs }) => Math.max(latest, lastMs ?? 0), 0);
  return (
    <p className={css.printed}>
      {[
        site,
        words.printed(format.moment(atMs), person?.displayName ?? ''),
        last === 0 ? '' : words.asOfPrinted(format.moment(last)),
      ]
        .filter((each) => each !== '')
        .join(' · ')}
    </p>
  );
}
