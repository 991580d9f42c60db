import type { Sealer } from '@leadglass/catalogue';
import { type ExamFacts, gradeOf, type PersonFacts, plainWords, type Score, scoreOf } from '@leadglass/continuity';
import { type CandidateAnswer, type ReconciledIdentity, ReconciledIdentitySchema } from '@leadglass/contract';
import { TAG, type Tag } from '@leadglass/dicom';
import { type AttributeSet, itemsOf, keyOf, NO_OPTIONS, nameOf, type Query, WORKLIST_TAG } from '@leadglass/query';
import type { Records } from '@leadglass/records';
import type { CatalogueHost } from '../catalogue-host.ts';
import { entryName } from '../schedule/worklist-fetcher.ts';

/** Somebody a temporary identity may be of, and where they are known. */
export interface Found {
  readonly source: string;
  readonly identity: ReconciledIdentity;
  readonly person: PersonFacts;
  readonly exam?: ExamFacts;
  /** Every number this patient is known by there, where that is more than one. */
  readonly numbers?: readonly string[];
}

/** Whom one thing we keep knows: the kept worklist, the archive, charts of patients. */
export interface CandidateSource {
  /** Whoever may be meant: too many rather than too few, the scoring decides. Bounded. Rejects with a Fault. */
  find(here: PersonFacts): AsyncIterable<Found>;
}

/** Who is looked for: as they were registered, or as their images say. */
export interface Here {
  readonly person: PersonFacts;
  readonly exam?: ExamFacts;
}

const MOST_SHOWN = 20;
const LEAST_SCORE = 20;
const PREFIX_CHARS = 3;
const MOST_OF_A_SEARCH = 500;
const PAGE = 200;
const MOST_ENTRIES = 20_000;
const LAST_DAY = 99_991_231;

/** Candidates for one temporary identity, the likeliest first, each graded against the others. */
export async function candidatesFor(
  here: Here,
  sources: readonly CandidateSource[],
  sealer: Sealer,
): Promise<readonly CandidateAnswer[]> {
  const best = new Map<string, Best>();
  for (const source of sources)
    for await (const found of source.find(here.person)) {
      const score = scoreOf(here, found);
      if (score.score < LEAST_SCORE) continue;
      const { patientId, issuer = '', accession = '' } = found.identity;
      const key = JSON.stringify([patientId, issuer, accession]);
      const known = best.get(key);
      if (known === undefined || known.score.score < score.score) best.set(key, { found, score });
    }
  const all = [...best.values()].toSorted((a, b) => b.score.score - a.score.score);
  const folded = all.filter((one) => !isToldBetter(one, all));
  return folded.slice(0, MOST_SHOWN).map(({ found, score }) => {
    const isSame = (other: Best): boolean => isSamePatient(found, other.found);
    const rivals = folded.filter((other) => !isSame(other)).map((other) => other.score.score);
    const also = new Set(all.filter(isSame).map((other) => other.found.source));
    also.delete(found.source);
    return { ...shown(here, found, score, rivals), also: [...also], id: idOf(found, sealer) };
  });
}

interface Best {
  readonly found: Found;
  readonly score: Score;
}

/** Whether two that are known from different places are one patient: a number of the one is a number of the other, and no birth date says otherwise. */
function isSamePatient(one: Found, other: Found): boolean {
  const numbers = new Set([one.identity.patientId, ...(one.numbers ?? [])]);
  const isNumber = [other.identity.patientId, ...(other.numbers ?? [])].some((number) => numbers.has(number));
  const [a, b] = [one.person.birthDate, other.person.birthDate];
  return isNumber && (a === undefined || b === undefined || a === b);
}

// The worklist and the archive say under which number, and for which order, images of a patient go; a chart of the same patient adds nothing to that.
function isToldBetter({ found, score }: Best, all: readonly Best[]): boolean {
  const isBetter = (other: Best): boolean =>
    other.found.source !== 'chart' && other.score.score >= score.score && isSamePatient(found, other.found);
  return found.source === 'chart' && all.some(isBetter);
}

/** How what a person typed compares with who is looked for. */
export function comparedTo(here: Here, found: Found): Omit<CandidateAnswer, 'id'> {
  return { ...shown(here, found, scoreOf(here, found), []), also: [] };
}

/** Somebody typed in: nothing else knows of them. */
export function typed(identity: ReconciledIdentity): Found {
  return { source: 'typed', identity, person: personOf(identity) };
}

function shown(
  here: Here,
  found: Found,
  score: Score,
  rivals: readonly number[],
): Omit<CandidateAnswer, 'id' | 'also'> {
  const examWords = [found.exam?.modality, found.exam?.procedure].filter((word) => word !== undefined).join(' ');
  return {
    ...{ source: found.source, identity: found.identity, score: score.score, grade: gradeOf(score, rivals) },
    ...(found.exam === undefined ? {} : { exam: examWords }),
    comparisons: score.comparisons.map(({ field, likeness, how }) => ({
      ...{ field, likeness, ...(how === undefined ? {} : { how }) },
      ...{ here: wordOf(here, field), there: wordOf(found, field) },
    })),
  };
}

function wordOf({ person, exam }: Here, field: Score['comparisons'][number]['field']): string {
  return field === 'exam' ? (exam?.modality ?? '') : (person[field] ?? '');
}

/** Keyed: the id stands in lists of processes, and tells nobody anything. */
function idOf({ source, identity }: Found, sealer: Sealer): string {
  return sealer.digest({ [nameOf(TAG.PatientID)]: JSON.stringify([source, identity]) }).slice(0, 12);
}

/** Who information systems have scheduled, as it was kept. */
export class WorklistCandidates implements CandidateSource {
  readonly #records: Pick<Records, 'schedule'>;
  readonly #sealer: Sealer;

  constructor(records: Pick<Records, 'schedule'>, sealer: Sealer) {
    this.#records = records;
    this.#sealer = sealer;
  }

  async *find(): AsyncGenerator<Found> {
    const { schedule } = this.#records;
    const sources = new Set((await schedule.periods()).map(({ source }) => source));
    let looked = 0;
    for (const source of sources) {
      let after = { day: 0, position: -1 };
      while (looked < MOST_ENTRIES) {
        const page = await schedule.entries(source, after, LAST_DAY, PAGE);
        for (const { day, position, sealed } of page) {
          const entry = this.#sealer.open('schedule', entryName(source, day, position), sealed);
          const found = foundIn(`worklist ${source}`, entry);
          if (found !== undefined) yield { ...found, exam: scheduledExam(entry) };
        }
        const last = page.at(-1);
        if (last === undefined) break;
        looked += page.length;
        after = { day: last.day, position: last.position };
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }
}

/** Who has images here. */
export class ArchiveCandidates implements CandidateSource {
  readonly #catalogue: Pick<CatalogueHost, 'search'>;

  constructor(catalogue: Pick<CatalogueHost, 'search'>) {
    this.#catalogue = catalogue;
  }

  async *find({ familyName, givenName = '', localId }: PersonFacts): AsyncGenerator<Found> {
    const words = plainWords(`${familyName} ${givenName}`).split(' ');
    // Each word of the name may be the family name there: a maiden name, names in each other's place.
    const beginnings = new Set(words.map((word) => word.slice(0, PREFIX_CHARS)).filter((word) => word.length > 1));
    for (const beginning of beginnings) yield* this.#asked(TAG.PatientName, 'PN', `${beginning}*`);
    if (localId !== undefined) yield* this.#asked(TAG.PatientID, 'LO', localId);
  }

  async *#asked(tag: Tag, vr: string, value: string): AsyncGenerator<Found> {
    const query: Query = {
      ...{ root: 'PATIENT', level: 'PATIENT', options: NO_OPTIONS, charset: 'ISO_IR 192' },
      keys: [keyOf(tag, vr, value, NO_OPTIONS)],
    };
    for await (const matches of this.#catalogue.search(query, { mostResults: MOST_OF_A_SEARCH }))
      for (const match of matches) {
        const found = foundIn('archive', match);
        if (found !== undefined) yield found;
      }
  }
}

/** Who an entry or a match is about; undefined when it cannot be given to images as it stands. */
export function foundIn(source: string, set: AttributeSet): Found | undefined {
  const identity = ReconciledIdentitySchema.safeParse(identityIn(set));
  if (!identity.success) return undefined;
  const ins = insIn(set);
  return { source, identity: identity.data, person: { ...personOf(identity.data), ...(ins === '' ? {} : { ins }) } };
}

function identityIn(set: AttributeSet): Record<string, string> {
  const [familyName, givenName] = nameIn(set);
  const fields = {
    ...{ patientId: word(set, TAG.PatientID), issuer: word(set, TAG.IssuerOfPatientID), familyName, givenName },
    // What is not written as it should be is not known.
    birthDate: /^(19|20)\d{6}$/.exec(word(set, TAG.PatientBirthDate))?.[0] ?? '',
    sex: /^[FMO]$/.exec(word(set, TAG.PatientSex))?.[0] ?? '',
    accession: word(set, TAG.AccessionNumber),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

/** Family and given name of the alphabetic group. */
export function nameIn(set: AttributeSet): readonly [string, string] {
  const [family = '', given = ''] = (word(set, TAG.PatientName).split('=', 1)[0] ?? '').split('^');
  return [family.trim(), given.trim()];
}

function personOf({ patientId, familyName, givenName, birthDate, sex }: ReconciledIdentity): PersonFacts {
  return {
    ...{ familyName, localId: patientId },
    ...(givenName === undefined ? {} : { givenName }),
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(sex === undefined ? {} : { sex }),
  };
}

/** INS-NIR, INS-NIA, in production (1.2.250.1.213.1.4.8, .9). */
const INS = new Set(['1.2.250.1.213.1.4.8', '1.2.250.1.213.1.4.9']);

function insIn(set: AttributeSet): string {
  const others = itemsOf(set[nameOf(WORKLIST_TAG.OtherPatientIDsSequence)]);
  const one = [set, ...others].find((item) => INS.has(word(item, TAG.IssuerOfPatientID)));
  return one === undefined ? '' : word(one, TAG.PatientID);
}

function scheduledExam(entry: AttributeSet): ExamFacts {
  const [step = {}] = itemsOf(entry[nameOf(WORKLIST_TAG.ScheduledProcedureStepSequence)]);
  const date = word(step, WORKLIST_TAG.ScheduledProcedureStepStartDate);
  const time = word(step, WORKLIST_TAG.ScheduledProcedureStepStartTime);
  return examOf({
    ...{ modality: word(step, TAG.Modality), station: word(step, WORKLIST_TAG.ScheduledStationAETitle) },
    procedure: word(entry, WORKLIST_TAG.RequestedProcedureDescription),
    atMs: momentOf(date, time),
  });
}

/** What is known of an exam: empty words are not. */
export function examOf(facts: {
  modality: string;
  station: string;
  procedure: string;
  atMs?: number | undefined;
}): ExamFacts {
  const { modality, station, procedure, atMs } = facts;
  return {
    ...(modality === '' ? {} : { modality }),
    ...(station === '' ? {} : { station }),
    ...(procedure === '' ? {} : { procedure }),
    ...(atMs === undefined ? {} : { atMs }),
  };
}

/** Local time, as dates and times of DICOM are. */
export function momentOf(date: string, time: string): number | undefined {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(date) ?? [];
  if (year === undefined) return undefined;
  const [hours, minutes] = [Number(time.slice(0, 2) || 0), Number(time.slice(2, 4) || 0)];
  return new Date(Number(year), Number(month) - 1, Number(day), hours, minutes).getTime();
}

/** One value of a set; empty when it has none. */
export function word(set: AttributeSet, tag: Tag): string {
  const value = set[nameOf(tag)];
  return typeof value === 'string' ? value.trim() : '';
}
