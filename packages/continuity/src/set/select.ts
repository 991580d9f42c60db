import type { ContinuitySettings } from '@leadglass/model';
import type { ArrivedStudy } from '@leadglass/records';

/** Somebody who is scheduled or in the house, by the pseudonyms their images came under. */
export interface ExpectedPatient {
  readonly patient: string;
  /** Of what is scheduled or was done; undefined when that is not known. */
  readonly modality?: string;
}

/** Who is expected: told by whoever knows (arrivals of the day, the cached worklist, admissions). */
export type ExpectedPatients = () => Promise<readonly ExpectedPatient[]>;

/** Why a study is in the set: the newest of somebody in the house, a recent one, or an earlier one of somebody expected. */
export type WhyChosen = 'newest-in-house' | 'recent' | 'prior';

export interface ChosenStudy extends ArrivedStudy {
  readonly why: WhyChosen;
}

/** All that a set is chosen from. */
export interface SetFacts {
  /** Studies something came of in the days the policy names. */
  readonly recent: readonly ArrivedStudy[];
  readonly expected: readonly ExpectedPatient[];
  /** Every study of the patients who are expected, recent ones too. */
  readonly ofExpected: readonly ArrivedStudy[];
  readonly policy: ContinuitySettings;
  readonly nowMs: number;
}

/** What is kept ready, in the order in which it is wanted. */
export interface ContinuitySet {
  readonly studies: readonly ChosenStudy[];
  readonly bytes: number;
  readonly objects: number;
  /** All that came at this moment or later is in the set: `nowMs` less the days of the policy, or later when the budget did not suffice. */
  readonly coveredSinceMs: number;
  /** Studies the policy wants and the budget does not allow. */
  readonly leftOut: number;
}

const DAY_MS = 24 * 60 * 60_000;

/**
 * Chooses the continuity set: first the newest study of each patient in the house, whatever it takes; then, while the budget lasts, the
 * other recent studies of theirs, their earlier ones (those of the same modality first, then the newest), and all other recent
 * ones, newest first. Recent studies stop at the first that finds no room, so that what is covered is a stretch of time without holes. The same facts
 * give the same set. Time grows as studies × log studies.
 */
export function selectSet(facts: SetFacts): ContinuitySet {
  const wanted = new Wanted(facts);
  wanted.take('newest-in-house', newestOfEach(facts), true);
  const inHouse = new Set(facts.expected.map(({ patient }) => patient));
  const isOfThem = (study: ArrivedStudy): boolean => study.patients.some((patient) => inHouse.has(patient));
  const recent = facts.recent.toSorted(newestFirst);
  wanted.take('recent', recent.filter(isOfThem));
  wanted.take('prior', priorsOf(facts));
  wanted.take('recent', recent);
  return wanted.set();
}

class Wanted {
  readonly #facts: SetFacts;
  readonly #chosen = new Map<string, ChosenStudy>();
  readonly #leftOut = new Map<string, ArrivedStudy>();
  #bytes = 0;
  #objects = 0;

  constructor(facts: SetFacts) {
    this.#facts = facts;
  }

  take(why: WhyChosen, studies: readonly ArrivedStudy[], whatever = false): void {
    let isFull = false;
    for (const study of studies) {
      if (this.#chosen.has(study.studyInstanceUid)) continue;
      const fits = this.#bytes + study.bytes <= this.#facts.policy.budgetBytes;
      if (why === 'recent') isFull ||= !fits;
      if (whatever || (fits && !isFull)) this.#choose(why, study);
      else this.#leftOut.set(study.studyInstanceUid, study);
    }
  }

  set(): ContinuitySet {
    const { nowMs, policy, recent } = this.#facts;
    const isChosen = ({ studyInstanceUid }: ArrivedStudy): boolean => this.#chosen.has(studyInstanceUid);
    const missing = recent.filter((study) => !isChosen(study)).map(({ newestAtMs }) => newestAtMs + 1);
    return {
      studies: [...this.#chosen.values()],
      bytes: this.#bytes,
      objects: this.#objects,
      coveredSinceMs: missing.reduce((a, b) => Math.max(a, b), nowMs - policy.days * DAY_MS),
      leftOut: this.#leftOut.size,
    };
  }

  #choose(why: WhyChosen, study: ArrivedStudy): void {
    this.#chosen.set(study.studyInstanceUid, { ...study, why });
    this.#leftOut.delete(study.studyInstanceUid);
    this.#bytes += study.bytes;
    this.#objects += study.objects;
  }
}

function newestFirst(a: ArrivedStudy, b: ArrivedStudy): number {
  return b.newestAtMs - a.newestAtMs || (a.studyInstanceUid < b.studyInstanceUid ? -1 : 1);
}

function byPatient(studies: readonly ArrivedStudy[]): ReadonlyMap<string, readonly ArrivedStudy[]> {
  const found = new Map<string, ArrivedStudy[]>();
  for (const study of studies)
    for (const patient of study.patients) {
      const theirs = found.get(patient);
      if (theirs === undefined) found.set(patient, [study]);
      else theirs.push(study);
    }
  return found;
}

function newestOfEach({ expected, ofExpected }: SetFacts): readonly ArrivedStudy[] {
  const theirs = byPatient(ofExpected);
  const newest = expected.flatMap(({ patient }) => theirs.get(patient)?.toSorted(newestFirst)[0] ?? []);
  return newest.toSorted(newestFirst);
}

/** Earlier studies, a patient after the other in turns: nobody's third comes before another's first. */
function priorsOf({ expected, ofExpected, recent, policy }: SetFacts): readonly ArrivedStudy[] {
  const theirs = byPatient(ofExpected);
  const isRecent = new Set(recent.map(({ studyInstanceUid }) => studyInstanceUid));
  const lists = expected.map(({ patient, modality }) => {
    const earlier = (theirs.get(patient) ?? []).filter(({ studyInstanceUid }) => !isRecent.has(studyInstanceUid));
    const rank = (study: ArrivedStudy): number =>
      Number(modality !== undefined && !study.modalities.includes(modality));
    return earlier.toSorted((a, b) => rank(a) - rank(b) || newestFirst(a, b)).slice(0, policy.priorsPerPatient);
  });
  return Array.from({ length: policy.priorsPerPatient }, (_, turn) => lists.flatMap((list) => list[turn] ?? [])).flat();
}
