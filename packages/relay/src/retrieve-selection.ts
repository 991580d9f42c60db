import { MOST_RETRIEVED, type Retrievable, type Retrieval } from '@leadglass/records';
import { isGivenOut } from './given-out.ts';
import type { RetrieveIdentifier } from './retrieve-identifier.ts';

/** What a retrieval gives out. `withheld`: SOP Instance UIDs that are in custody and held, without a disarmed copy to give in their place. */
export interface Selection {
  readonly objects: readonly Retrievable[];
  readonly withheld: readonly string[];
}

/** Unique keys alone: the patient stands for pseudonyms by now. */
export interface RetrieveKeys extends Pick<RetrieveIdentifier, 'level' | 'studyUids' | 'seriesUids' | 'sopUids'> {
  /** Pseudonyms the patient may be known by; none when no patient was named. */
  readonly patients: readonly string[];
}

/**
 * Finds what a C-MOVE or C-GET asks for in our own vault. Every key that is given has to match (PS3.4 §C.4.2.2.1). Of several objects under
 * one SOP Instance UID one is given: what a person released before a disarmed copy, what came last before what came first. Undefined when
 * it is more than can be given at once. Rejects with the records' Fault.
 * @param isSeen whether the peer may see an object: what it may not is not there for it, held or not.
 */
export async function select(
  retrieval: Pick<Retrieval, 'ofInstance' | 'ofStudy' | 'studiesOfPatient' | 'patientsOfStudy'>,
  keys: RetrieveKeys,
  isSeen: (object: Retrievable) => boolean = () => true,
): Promise<Selection | undefined> {
  const found = new Map<string, Retrievable[]>();
  let count = 0;
  for (const step of await steps(retrieval, keys)) {
    for (const object of await step()) {
      if (!isAsked(object, keys) || !(await isOfPatient(retrieval, object, keys.patients))) continue;
      if (!isSeen(object)) continue;
      count += 1;
      if (count > MOST_RETRIEVED) return undefined;
      const same = found.get(object.sopInstanceUid);
      if (same === undefined) found.set(object.sopInstanceUid, [object]);
      else same.push(object);
    }
  }
  return chosen(found);
}

type Step = () => Promise<readonly Retrievable[]>;

async function steps(
  retrieval: Pick<Retrieval, 'ofInstance' | 'ofStudy' | 'studiesOfPatient'>,
  { level, patients, studyUids, sopUids }: RetrieveKeys,
): Promise<readonly Step[]> {
  if (level === 'IMAGE') return sopUids.map((uid) => () => retrieval.ofInstance(uid));
  if (level !== 'PATIENT') return studyUids.map((uid) => () => retrieval.ofStudy(uid));
  const studies = new Set<string>();
  for (const patient of patients) for (const uid of await retrieval.studiesOfPatient(patient)) studies.add(uid);
  return [...studies].map((uid) => () => retrieval.ofStudy(uid));
}

function isAsked(object: Retrievable, { studyUids, seriesUids, sopUids }: RetrieveKeys): boolean {
  const isOne = (uids: readonly string[], uid: string) => uids.length === 0 || uids.includes(uid);
  return (
    isGivenOut(object.peer) &&
    isOne(studyUids, object.studyInstanceUid) &&
    isOne(seriesUids, object.seriesInstanceUid) &&
    isOne(sopUids, object.sopInstanceUid)
  );
}

async function isOfPatient(
  retrieval: Pick<Retrieval, 'patientsOfStudy'>,
  { patient, studyInstanceUid }: Retrievable,
  patients: readonly string[],
): Promise<boolean> {
  if (patients.length === 0 || patients.includes(patient)) return true;
  return (await retrieval.patientsOfStudy(studyInstanceUid)).some((each) => patients.includes(each));
}

function chosen(found: ReadonlyMap<string, readonly Retrievable[]>): Selection {
  const objects: Retrievable[] = [];
  const withheld: string[] = [];
  for (const [uid, same] of found) {
    const [best] = same.filter(({ hold }) => hold !== 'held').toSorted(isBetter);
    if (best === undefined) withheld.push(uid);
    else objects.push(best);
  }
  return { objects, withheld };
}

function isBetter(a: Retrievable, b: Retrievable): number {
  return Number(a.isCopy) - Number(b.isCopy) || b.receivedAtMs - a.receivedAtMs;
}
