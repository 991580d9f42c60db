import type { ExamFacts, PersonFacts } from '@leadglass/continuity';
import { TAG } from '@leadglass/dicom';
import type { AttributeSet } from '@leadglass/query';
import type { IdentityObject } from '@leadglass/records';
import type { RegistrationAsked, RegistrationNumbers } from '../schedule/registration-entry.ts';
import { examOf, type Here, momentOf, nameIn, word } from './candidates.ts';

/** What a registration is sealed as, as far as who and what it is for. */
export interface Registered {
  readonly asked: RegistrationAsked;
  readonly numbers: RegistrationNumbers;
}

/** Who and what, as it was registered. */
export function registeredHere({ asked, numbers }: Registered): Here {
  const { familyName, givenName, birthDate, sex, localId, ins, modality, station, procedure } = asked;
  const person = { familyName, givenName, birthDate, sex, localId, ins };
  return {
    person: Object.fromEntries(
      Object.entries(person).filter(([, value]) => value !== undefined),
    ) as unknown as PersonFacts,
    exam: examOf({ modality, station, procedure, atMs: numbers.atMs }),
  };
}

/** Who and what, as the images say. */
export function photographedHere(set: AttributeSet, { peer, modality }: IdentityObject): Here {
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

/** The same as words, by field. */
export function wordsOf({ person, exam }: Here): Record<string, string> {
  const { modality, station, procedure }: ExamFacts = exam ?? {};
  return Object.fromEntries(
    Object.entries({ ...person, modality, station, procedure }).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)]],
    ),
  );
}

/** Each study once, with how much of it came. */
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
