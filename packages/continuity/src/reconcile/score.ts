import { distance, plainWords, soundOf } from './words.ts';

/** Who somebody is, as far as it is known. What is not known is absent: it counts neither for nor against. */
export interface PersonFacts {
  readonly familyName: string;
  readonly givenName?: string;
  /** YYYYMMDD. */
  readonly birthDate?: string;
  readonly sex?: string;
  /** The number the site knows the patient by; of a candidate its Patient ID. */
  readonly localId?: string;
  readonly ins?: string;
}

/** What was done, or is scheduled. */
export interface ExamFacts {
  readonly modality?: string;
  readonly station?: string;
  readonly procedure?: string;
  /** Milliseconds since the epoch. */
  readonly atMs?: number;
}

export const COMPARED = ['familyName', 'givenName', 'birthDate', 'sex', 'localId', 'ins', 'exam'] as const;
/** What is compared. */
export type Compared = (typeof COMPARED)[number];

/** `alike`: may be the same thing written otherwise; `unknown`: one side does not say. */
export type Likeness = 'same' | 'alike' | 'differs' | 'unknown';

export interface Comparison {
  readonly field: Compared;
  readonly likeness: Likeness;
  /** Why it may be the same, where it is not written the same. */
  readonly how?: 'spelling' | 'sound' | 'part' | 'swapped' | 'day-month' | 'one-digit';
  readonly points: number;
}

/** 0 to 100, and what it is made of. */
export interface Score {
  readonly score: number;
  readonly comparisons: readonly Comparison[];
}

/**
 * `sure`: name, birth date and whatever else is known are the same; one person may say so. `doubtful`: it may be the same person, and two have to
 * say so. `unlikely`: something speaks against it.
 */
export type Grade = 'sure' | 'doubtful' | 'unlikely';

interface Points {
  readonly same: number;
  readonly alike: number;
  readonly differs: number;
}

const POINTS: Readonly<Record<Compared, Points>> = {
  familyName: { same: 30, alike: 16, differs: -30 },
  givenName: { same: 18, alike: 9, differs: -28 },
  birthDate: { same: 32, alike: 10, differs: -40 },
  sex: { same: 4, alike: 0, differs: -16 },
  localId: { same: 40, alike: 0, differs: -15 },
  ins: { same: 60, alike: 0, differs: -60 },
  exam: { same: 10, alike: 4, differs: -4 },
};

/** From here on somebody may be meant. */
const WORTH_A_LOOK = 40;
/** Another patient within so many points is a rival: twins, namesakes. */
const RIVAL_POINTS = 20;
const SOON_MS = 12 * 3_600_000;

type Verdict = Pick<Comparison, 'likeness' | 'how'>;
const SAME: Verdict = { likeness: 'same' };
const DIFFERS: Verdict = { likeness: 'differs' };
const UNKNOWN: Verdict = { likeness: 'unknown' };
const alike = (how: NonNullable<Comparison['how']>): Verdict => ({ likeness: 'alike', how });

/** Compares who was registered, or photographed, with who may be meant. */
export function scoreOf(
  here: { readonly person: PersonFacts; readonly exam?: ExamFacts },
  there: { readonly person: PersonFacts; readonly exam?: ExamFacts },
): Score {
  const [a, b] = [here.person, there.person];
  const names = namesAlike(a, b);
  const verdicts: Readonly<Record<Compared, Verdict>> = {
    ...names,
    birthDate: datesAlike(a.birthDate, b.birthDate),
    sex: sexesAlike(a.sex, b.sex),
    localId: numbersAlike(a.localId, b.localId),
    ins: numbersAlike(a.ins, b.ins),
    exam: examsAlike(here.exam, there.exam),
  };
  const comparisons = COMPARED.map((field) => comparisonOf(field, verdicts[field]));
  const sum = comparisons.reduce((total, { points }) => total + points, 0);
  return { score: Math.max(0, Math.min(100, sum)), comparisons };
}

/** @param rivals scores of other patients than this one. */
export function gradeOf({ score, comparisons }: Score, rivals: readonly number[]): Grade {
  const of = (field: Compared): Likeness | undefined => comparisons.find((each) => each.field === field)?.likeness;
  if (score < WORTH_A_LOOK) return 'unlikely';
  const isWritten = of('familyName') === 'same' && of('givenName') === 'same' && of('birthDate') === 'same';
  const isContradicted = comparisons.some(({ field, likeness }) => likeness === 'differs' && field !== 'exam');
  const isRivalled = rivals.some((rival) => rival > score - RIVAL_POINTS);
  return isWritten && !isContradicted && !isRivalled ? 'sure' : 'doubtful';
}

function comparisonOf(field: Compared, verdict: Verdict): Comparison {
  const { likeness } = verdict;
  return { field, ...verdict, points: likeness === 'unknown' ? 0 : POINTS[field][likeness] };
}

function namesAlike(a: PersonFacts, b: PersonFacts): Record<'familyName' | 'givenName', Verdict> {
  const [family, given] = [wordsAlike(a.familyName, b.familyName), wordsAlike(a.givenName, b.givenName)];
  const isSwapped =
    family.likeness === 'differs' &&
    wordsAlike(a.familyName, b.givenName).likeness === 'same' &&
    wordsAlike(a.givenName, b.familyName).likeness === 'same';
  return isSwapped
    ? { familyName: alike('swapped'), givenName: alike('swapped') }
    : { familyName: family, givenName: given };
}

function wordsAlike(one: string | undefined, other: string | undefined): Verdict {
  const [a, b] = [plainWords(one ?? ''), plainWords(other ?? '')];
  if (a === '' || b === '') return UNKNOWN;
  if (a === b || a.replaceAll(' ', '') === b.replaceAll(' ', '')) return SAME;
  // A maiden name beside the married one, one of two first names.
  if (isPart(a, b) || isPart(b, a)) return alike('part');
  const most = Math.min(a.length, b.length) < 5 ? 1 : 2;
  if (Math.max(a.length, b.length) > 3 && distance(a, b) <= most) return alike('spelling');
  return soundOf(a) === soundOf(b) && soundOf(a).length > 1 ? alike('sound') : DIFFERS;
}

function isPart(part: string, whole: string): boolean {
  const words = new Set(whole.split(' '));
  return part.split(' ').every((word) => words.has(word));
}

function datesAlike(a: string | undefined, b: string | undefined): Verdict {
  if (!isDate(a) || !isDate(b)) return UNKNOWN;
  if (a === b) return SAME;
  if (a.slice(0, 4) === b.slice(0, 4) && a.slice(4, 6) === b.slice(6, 8) && a.slice(6, 8) === b.slice(4, 6))
    return alike('day-month');
  const digits = [...a].filter((digit, at) => digit !== b[at]).length;
  return digits === 1 ? alike('one-digit') : DIFFERS;
}

function isDate(value: string | undefined): value is string {
  return value !== undefined && /^\d{8}$/.test(value);
}

function sexesAlike(a = '', b = ''): Verdict {
  const isTold = (sex: string) => sex === 'F' || sex === 'M';
  if (!isTold(a) || !isTold(b)) return UNKNOWN;
  return a === b ? SAME : DIFFERS;
}

function numbersAlike(a = '', b = ''): Verdict {
  const [one, other] = [a, b].map((each) =>
    each
      .replace(/\s/g, '')
      .replace(/^0+(?=.)/, '')
      .toUpperCase(),
  );
  if (one === undefined || other === undefined || one === '' || other === '') return UNKNOWN;
  return one === other ? SAME : DIFFERS;
}

function examsAlike(a: ExamFacts | undefined, b: ExamFacts | undefined): Verdict {
  if (a === undefined || b === undefined) return UNKNOWN;
  const isTimed = a.atMs !== undefined && b.atMs !== undefined;
  const isSoon = isTimed && Math.abs((a.atMs ?? 0) - (b.atMs ?? 0)) <= SOON_MS;
  if (a.modality === undefined || b.modality === undefined) return isSoon ? alike('part') : UNKNOWN;
  if (a.modality !== b.modality) return DIFFERS;
  if (isTimed && !isSoon) return alike('part');
  return isSoon ? SAME : alike('part');
}
