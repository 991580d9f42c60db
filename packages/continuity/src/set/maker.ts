import type { Clock } from '@leadglass/kit';
import { type ContinuitySettings, DEFAULT_CONTINUITY } from '@leadglass/model';
import { type ArrivedRecords, type ArrivedStudy, mergedStudies, type Records } from '@leadglass/records';
import { type ContinuitySet, type ExpectedPatient, type ExpectedPatients, selectSet } from './select.ts';

export interface SetMakerOptions {
  readonly records: Pick<Records, 'continuity' | 'retrieval'> & { readonly continuitySet: ArrivedRecords };
  readonly clock: Clock;
  /** Who is expected, besides those of whom something came in the last day. */
  readonly expected?: ExpectedPatients;
}

/** A set, with what it was made from. */
export interface MadeSet {
  readonly set: ContinuitySet;
  readonly policy: ContinuitySettings;
  readonly nowMs: number;
  /** How many patients were expected or in the house. */
  readonly expected: number;
}

const DAY_MS = 24 * 60 * 60_000;
/** Patients whose earlier studies are looked for, and studies of one of them. */
const MOST_EXPECTED = 5_000;
const MOST_OF_A_PATIENT = 200;
/** Reads after which others have their turn. */
const READS_A_TURN = 64;

/** Makes the continuity set from records: a read a day and one a study of whoever is expected, by index, giving others their turn. Throws Fault `records.*`. */
export class SetMaker {
  readonly #options: SetMakerOptions;
  #reads = 0;

  constructor(options: SetMakerOptions) {
    this.#options = options;
  }

  async make(): Promise<MadeSet> {
    const { records, clock } = this.#options;
    const policy = (await records.continuity()) ?? DEFAULT_CONTINUITY;
    const nowMs = clock.now();
    const days = await this.#days(nowMs, policy.days);
    const expected = await this.#expected(days[0] ?? []);
    const ofExpected = await this.#studiesOf(expected);
    const set = selectSet({ recent: mergedStudies(days.flat()), expected, ofExpected, policy, nowMs });
    return { set, policy, nowMs, expected: expected.length };
  }

  /** What came, a day each, the last first. */
  async #days(nowMs: number, days: number): Promise<readonly (readonly ArrivedStudy[])[]> {
    const found: (readonly ArrivedStudy[])[] = [];
    for (let day = 0; day < days; day += 1) {
      const before = nowMs + 1 - day * DAY_MS;
      found.push(await this.#options.records.continuitySet.arrived(before - DAY_MS, before));
      await this.#giveTurn(READS_A_TURN);
    }
    return found;
  }

  // Whoever was told of comes first: a schedule knows more than what happened to arrive.
  async #expected(today: readonly ArrivedStudy[]): Promise<readonly ExpectedPatient[]> {
    const found = new Map<string, ExpectedPatient>();
    const add = (one: ExpectedPatient): void => void (found.has(one.patient) || found.set(one.patient, one));
    for (const one of (await this.#options.expected?.()) ?? []) add(one);
    for (const { patients, modalities } of today)
      for (const patient of patients)
        add({ patient, ...(modalities[0] === undefined ? {} : { modality: modalities[0] }) });
    return [...found.values()].slice(0, MOST_EXPECTED);
  }

  async #studiesOf(expected: readonly ExpectedPatient[]): Promise<readonly ArrivedStudy[]> {
    const { retrieval, continuitySet } = this.#options.records;
    const uids = new Set<string>();
    for (const { patient } of expected) {
      for (const uid of (await retrieval.studiesOfPatient(patient)).slice(0, MOST_OF_A_PATIENT)) uids.add(uid);
      await this.#giveTurn(1);
    }
    const found: ArrivedStudy[] = [];
    for (const uid of uids) {
      const study = await continuitySet.study(uid);
      if (study !== undefined) found.push(study);
      await this.#giveTurn(1);
    }
    return found;
  }

  async #giveTurn(reads: number): Promise<void> {
    this.#reads += reads;
    if (this.#reads < READS_A_TURN) return;
    this.#reads = 0;
    await new Promise(setImmediate);
  }
}
