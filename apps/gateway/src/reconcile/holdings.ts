import type { Sealer } from '@leadglass/catalogue';
import type { ExamFacts, PersonFacts } from '@leadglass/continuity';
import { TAG } from '@leadglass/dicom';
import type { AttributeSet } from '@leadglass/query';
import type { IdentityObject, Records, TemporaryIdentity } from '@leadglass/records';
import type { RegistrationAsked, RegistrationNumbers } from '../schedule/registration-entry.ts';
import { examOf, type Here, momentOf, nameIn, word } from './candidates.ts';

const PAGE = 500;
const MOST_OBJECTS = 20_000;

interface Registered {
  readonly asked: RegistrationAsked;
  readonly numbers: RegistrationNumbers;
}

/** What the records have of temporary identities: who they are here, and what came under them. */
export class Holdings {
  readonly #records: Pick<Records, 'reconciliation' | 'schedule'>;
  readonly #sealer: Sealer;

  constructor(records: Pick<Records, 'reconciliation' | 'schedule'>, sealer: Sealer) {
    this.#records = records;
    this.#sealer = sealer;
  }

  /** Every temporary identity, by number. */
  async *identities(): AsyncGenerator<TemporaryIdentity> {
    let after = '';
    for (;;) {
      const page = await this.#records.reconciliation.identities(after, PAGE);
      yield* page;
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.number;
    }
  }

  /** The objects that came under it, bounded. */
  async objects(number: string): Promise<readonly IdentityObject[]> {
    const objects: IdentityObject[] = [];
    let after = '';
    while (objects.length < MOST_OBJECTS) {
      const page = await this.#records.reconciliation.objects(number, after, PAGE);
      const last = page.at(-1);
      if (last === undefined) break;
      objects.push(...page);
      after = last.sha256;
    }
    return objects;
  }

  /** Who it is and what was examined, as a registration says; else as its first object does. */
  async here(number: string, objects: readonly IdentityObject[]): Promise<Here> {
    const registered = await this.registered(number);
    if (registered !== undefined) return registeredHere(registered);
    const [first] = objects;
    const sealed = first === undefined ? undefined : await this.#records.reconciliation.sealedOf(first.sha256);
    return sealed === undefined || first === undefined
      ? { person: { familyName: '' } }
      : photographedHere(this.#sealer.open('arrival', first.sha256, sealed), first);
  }

  /** What was registered under it here; undefined: nobody. */
  async registered(number: string): Promise<Registered | undefined> {
    const row = await this.#records.schedule.registeredOf(number);
    return row === undefined ? undefined : (this.#sealer.openJson('registered', number, row.sealed) as Registered);
  }
}

function registeredHere({ asked, numbers }: Registered): Here {
  const { familyName, givenName, birthDate, sex, localId, ins, modality, station, procedure } = asked;
  const person = { familyName, givenName, birthDate, sex, localId, ins };
  return {
    person: Object.fromEntries(
      Object.entries(person).filter(([, value]) => value !== undefined),
    ) as unknown as PersonFacts,
    exam: examOf({ modality, station, procedure, atMs: numbers.atMs }),
  };
}

function photographedHere(set: AttributeSet, { peer, modality }: IdentityObject): Here {
  const [familyName, givenName] = nameIn(set);
  const [birthDate, sex] = [word(set, TAG.PatientBirthDate), word(set, TAG.PatientSex)];
  return {
    person: {
      familyName,
      ...(givenName === '' ? {} : { givenName }),
      ...(birthDate === '' ? {} : { birthDate }),
      ...(sex === '' ? {} : { sex }),
    },
    exam: examOf({
      ...{ modality, station: peer, procedure: word(set, TAG.StudyDescription) },
      atMs: momentOf(word(set, TAG.StudyDate), word(set, TAG.StudyTime)),
    }),
  };
}

/** Who is here, in words that are shown. */
export function wordsOf({ person, exam }: Here): Record<string, string> {
  const { modality, station, procedure }: ExamFacts = exam ?? {};
  return Object.fromEntries(
    Object.entries({ ...person, modality, station, procedure }).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)]],
    ),
  );
}

/** The studies of objects that are still to go on. */
export function studiesOf(objects: readonly IdentityObject[]) {
  const studies = new Map<string, { studyInstanceUid: string; modality: string; objects: number; atMs: number }>();
  for (const { studyInstanceUid, modality, sinceMs, isReplaced } of objects) {
    if (isReplaced || studyInstanceUid === '') continue;
    const known = studies.get(studyInstanceUid);
    if (known === undefined) studies.set(studyInstanceUid, { studyInstanceUid, modality, objects: 1, atMs: sinceMs });
    else known.objects += 1;
  }
  return [...studies.values()];
}
