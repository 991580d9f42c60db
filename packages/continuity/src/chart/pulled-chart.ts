import { type ChartMerge, type ChartRow, PULLED_FROM, type PulledChart } from '@leadglass/records';
import { foldOf } from './fold.ts';
import { identitiesOf, identityDigest } from './identity.ts';
import type { PartChart, PartEntry } from './part.ts';
import type { ChartSealer } from './sealer.ts';
import { type Summary, visitOf, withIdentifiers } from './summary.ts';
import { tokensOf } from './tokens.ts';
import type { Told } from './told.ts';

/** What is here of a chart that comes again. */
export interface ChartHere {
  readonly summary: Summary | undefined;
  /** When something was heard of them last; 0: never. */
  readonly heardMs: number;
  /** Marks of the entries that are here. */
  readonly marks: ReadonlySet<number>;
  /** What feeds of this box told of it, oldest first. */
  readonly told: readonly Told[];
}

/** The number under which a box keeps what its gateway numbers `no`. */
export const pulledNo = (no: number): number => (no === 0 ? 0 : PULLED_FROM + no);

/**
 * A chart of a gateway as a box keeps it: under numbers of its own, sealed with its own key, found by its own tokens, and counted anew. What was told
 * to the box itself of the same patient stays.
 */
export function pulledChartOf(sealer: ChartSealer, chart: PartChart, here: ChartHere): PulledChart {
  const no = pulledNo(chart.no);
  const summary =
    here.told.length === 0 || here.summary === undefined ? chart.summary : both(chart, here.summary, here.heardMs);
  const told = chart.entries.flatMap((entry) => (entry.kind === 'told' ? [toldHere(entry)] : []));
  const fresh = chart.entries.filter((entry) => !here.marks.has(pulledNo(entry.no)));
  const marks = chart.entries.map((entry) => pulledNo(entry.no));
  return {
    row: rowOf(sealer, no, summary, [...told, ...here.told], Math.max(chart.heardMs, here.heardMs)),
    into: pulledNo(chart.into),
    identifiers: digestsOf(sealer, summary, told),
    tokens: tokensOf(sealer, summary),
    entries: fresh.map((entry) => ({
      ...{ message: pulledNo(entry.no), heardAtMs: entry.heardMs, kind: entry.kind },
      sealed: sealer.seal('told', String(no), JSON.stringify(entry.kind === 'told' ? toldHere(entry) : entry.raw)),
    })),
    wanted: new Set(marks),
    from: chart.isCut ? Math.min(...marks, Number.MAX_SAFE_INTEGER) : PULLED_FROM,
  };
}

/** How a gateway came to join two charts, for the list of the box. Nothing is told of it: the gateway's ledger did. */
export function pulledMerge(merge: Omit<ChartMerge, 'event'>): Omit<ChartMerge, 'event'> {
  return { ...merge, into: pulledNo(merge.into), taken: pulledNo(merge.taken) };
}

function toldHere(entry: Extract<PartEntry, { kind: 'told' }>): Told {
  return { ...entry.told, message: pulledNo(entry.message), heardMs: entry.heardMs };
}

function rowOf(
  sealer: ChartSealer,
  no: number,
  summary: Summary,
  told: readonly Told[],
  heardMs: number,
): Omit<ChartRow, 'into'> {
  const visit = visitOf(summary);
  const arrivedAtMs = visit?.arrivedMs ?? 0;
  const { critical, criticalMs } = foldOf(told);
  return {
    ...{ no, arrivedAtMs, heardAtMs: heardMs, critical, criticalAtMs: criticalMs },
    presentAtMs: visit?.state === 'present' ? Math.max(1, arrivedAtMs) : 0,
    sealed: sealer.seal('patient', String(no), JSON.stringify(summary)),
  };
}

// A number without a register is one of its feed: of which, is known where one feed alone told of the patient.
function digestsOf(sealer: ChartSealer, { identifiers }: Summary, told: readonly Told[]): readonly string[] {
  const feeds = [...new Set(told.map(({ feed }) => feed))];
  const [only] = feeds.length === 1 ? feeds : [];
  const usable = identifiers.filter(({ authority, oid }) => only !== undefined || authority !== '' || oid !== '');
  return identitiesOf(only ?? '', usable).map((identity) => identityDigest(sealer, identity));
}

/** Who was heard of last says who somebody is; visits and numbers are those of both. */
function both({ summary: pulled, heardMs }: PartChart, here: Summary, hereMs: number): Summary {
  const [last, first] = hereMs > heardMs ? [here, pulled] : [pulled, here];
  const said = (field: 'birthDate' | 'sex' | 'birthPlace' | 'diedAt') =>
    last[field] === '' ? first[field] : last[field];
  const isSame = (a: Summary['visits'][number]) => (b: Summary['visits'][number]) =>
    a.feed === b.feed && a.number === b.number && a.class === b.class;
  const visits = [...last.visits, ...first.visits.filter((each) => !last.visits.some(isSame(each)))];
  return {
    ...{ birthDate: said('birthDate'), sex: said('sex'), birthPlace: said('birthPlace'), diedAt: said('diedAt') },
    names: last.names.length === 0 ? first.names : last.names,
    reliability: last.reliability.length === 0 ? first.reliability : last.reliability,
    identifiers: withIdentifiers(pulled.identifiers, here.identifiers),
    visits: visits.toSorted((a, b) => b.heardMs - a.heardMs),
  };
}
