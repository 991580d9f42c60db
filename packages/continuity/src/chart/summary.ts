import type { Identifier, PatientPart, PersonName, Reading, VisitReading } from '@leadglass/hl7';
import { wordsOfNames } from './names.ts';

/** Whether somebody is expected, in the house, gone, or was never to be here. */
export type VisitState = 'expected' | 'present' | 'left' | 'cancelled';

/** A visit as its feed told of it. */
export interface Visit {
  readonly feed: string;
  readonly number: string;
  readonly class: string;
  readonly state: VisitState;
  readonly location: string;
  readonly doctors: readonly string[];
  readonly admittedAt: string;
  readonly dischargedAt: string;
  readonly arrivedMs: number;
  readonly heardMs: number;
}

/** Who a chart is of, as was told last, and where they are. */
export interface Summary {
  readonly names: readonly PersonName[];
  readonly birthDate: string;
  readonly sex: string;
  readonly birthPlace: string;
  readonly diedAt: string;
  readonly reliability: readonly string[];
  readonly identifiers: readonly Identifier[];
  readonly visits: readonly Visit[];
}

export const NOBODY: Summary = {
  ...{ names: [], birthDate: '', sex: '', birthPlace: '', diedAt: '', reliability: [], identifiers: [], visits: [] },
};

const MOST_IDENTIFIERS = 64;
const MOST_NAMES = 16;
const MOST_VISITS = 50;

/** What a trigger makes of a visit; those that are absent change what is told of it and not its state. */
const STATE_AFTER: Readonly<Record<string, VisitState>> = {
  A01: 'present',
  A04: 'present',
  A06: 'present',
  A07: 'present',
  A10: 'present',
  A13: 'present',
  A05: 'expected',
  A14: 'expected',
  A03: 'left',
  A11: 'cancelled',
  A27: 'cancelled',
  A38: 'cancelled',
};

export interface Heard {
  readonly feed: string;
  readonly heardMs: number;
}

/** The summary after a message, the very same when it tells nothing new. What a message does not say stays as it was. */
export function applied(summary: Summary, reading: Reading, part: PatientPart, heard: Heard): Summary {
  const { patient, visit } = part;
  const isTold = (told: string, before: string) => (told === '' ? before : told);
  const after: Summary = {
    names: isSaidAgain(summary.names, patient.names) ? summary.names : patient.names.slice(0, MOST_NAMES),
    birthDate: isTold(patient.birthDate, summary.birthDate),
    sex: isTold(patient.sex, summary.sex),
    birthPlace: isTold(patient.birthPlace, summary.birthPlace),
    diedAt: isTold(patient.diedAt, summary.diedAt),
    reliability: isSaidAgain(summary.reliability, patient.reliability) ? summary.reliability : patient.reliability,
    identifiers: withIdentifiers(summary.identifiers, patient.identifiers),
    visits: visit === undefined ? summary.visits : withVisit(summary.visits, visit, reading, heard),
  };
  const names = Object.keys(after) as (keyof Summary)[];
  return names.every((name) => after[name] === summary[name]) ? summary : after;
}

/** Whether nothing is told, or what is known. */
function isSaidAgain(known: readonly (string | PersonName)[], told: readonly (string | PersonName)[]): boolean {
  return told.length === 0 || (told.length === known.length && JSON.stringify(told) === JSON.stringify(known));
}

/** Adds identifiers that are not there yet. */
export function withIdentifiers(known: readonly Identifier[], told: readonly Identifier[]): readonly Identifier[] {
  const isSame = (a: Identifier) => (b: Identifier) =>
    a.value === b.value && a.authority === b.authority && a.oid === b.oid && a.type === b.type;
  const fresh = told.filter((each, at) => !known.some(isSame(each)) && told.findIndex(isSame(each)) === at);
  return fresh.length === 0 ? known : [...known, ...fresh].slice(-MOST_IDENTIFIERS);
}

function withVisit(
  visits: readonly Visit[],
  told: VisitReading,
  reading: Reading,
  { feed, heardMs }: Heard,
): readonly Visit[] {
  const isIt = (visit: Visit) =>
    visit.feed === feed &&
    (told.number === '' ? visit.number === '' && visit.class === told.class : visit.number === told.number);
  const before = visits.find(isIt);
  // What a laboratory writes of where a patient lies is no arrival.
  if (before === undefined && reading.kind !== 'admission') return visits;
  const state = stateAfter(before?.state, told, reading);
  const arrivedMs = before?.arrivedMs ?? 0;
  const kept = (now: string, then = '') => (now === '' ? then : now);
  const visit: Visit = {
    ...{ feed, number: told.number, state, heardMs },
    class: kept(told.class, before?.class),
    location: kept(told.location, before?.location),
    doctors: told.doctors.length === 0 ? (before?.doctors ?? []) : told.doctors,
    admittedAt: kept(told.admittedAt, before?.admittedAt),
    dischargedAt: reading.header.trigger === 'A13' ? '' : kept(told.dischargedAt, before?.dischargedAt),
    arrivedMs: arrivedMs > 0 || state !== 'present' ? arrivedMs : heardMs,
  };
  return [visit, ...visits.filter((each) => !isIt(each))].slice(0, MOST_VISITS);
}

function stateAfter(before: VisitState | undefined, told: VisitReading, reading: Reading): VisitState {
  const after = reading.kind === 'admission' ? STATE_AFTER[reading.header.trigger] : undefined;
  if (after !== undefined) return after;
  if (told.dischargedAt !== '') return 'left';
  if (before !== undefined) return before;
  return told.admittedAt === '' ? 'expected' : 'present';
}

/** The visit that says where the patient is: the newest that is going on, else the newest. */
export function visitOf(summary: Summary): Visit | undefined {
  return summary.visits.find(({ state }) => state === 'present') ?? summary.visits[0];
}

/**
 * Whether a message cannot be of the patient its identifier names: neither the birth date nor a word of the family name is the same. Two
 * patients under one number is what a number given twice looks like, and results must not go to the wrong one.
 */
export function isContradicted(summary: Summary, patient: PatientPart['patient']): boolean {
  const [before, now] = [summary.birthDate.slice(0, 8), patient.birthDate.slice(0, 8)];
  if (before === '' || now === '' || before === now) return false;
  const [known, told] = [wordsOfNames(summary.names), wordsOfNames(patient.names)];
  return known.length > 0 && told.length > 0 && !told.some((word) => word.length > 1 && known.includes(word));
}
