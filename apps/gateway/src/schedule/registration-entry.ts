import type { RequestOf } from '@leadglass/contract';
import { TAG, type Tag } from '@leadglass/dicom';
import { type AttributeSet, nameOf, WORKLIST_TAG } from '@leadglass/query';
import { dayOf } from './days.ts';

/** What a person says of a patient and an order. */
export type RegistrationAsked = RequestOf<'registration.add'>;

/** The numbers a registration is known by. */
export interface RegistrationNumbers {
  readonly number: string;
  readonly accession: string;
  readonly studyInstanceUid: string;
  /** Who gave the number: it is of this home, until it is reconciled. */
  readonly issuer: string;
  readonly atMs: number;
}

/** INS-NIR in production (1.2.250.1.213.1.4.8). */
const INS_NIR = '1.2.250.1.213.1.4.8';

/**
 * The worklist entry of a registration (PS3.4 Table K.6-1). The patient goes by the temporary number; numbers that are known stand among the
 * other ones: an image must not fall into a file because somebody mistyped its number at night.
 */
export function entryOf(asked: RegistrationAsked, numbers: RegistrationNumbers): AttributeSet {
  const set: Record<string, AttributeSet[string]> = {};
  const put = (tag: Tag, value: AttributeSet[string] | undefined): void => {
    if (value !== undefined) set[nameOf(tag)] = value;
  };
  // Devices that read nothing but Latin-1 are many: the set they know where every character is in it.
  put(TAG.SpecificCharacterSet, isLatin1(asked) ? 'ISO_IR 100' : 'ISO_IR 192');
  put(TAG.AccessionNumber, numbers.accession);
  put(TAG.ReferringPhysicianName, asked.requester);
  put(TAG.PatientName, asked.givenName === undefined ? asked.familyName : `${asked.familyName}^${asked.givenName}`);
  put(TAG.PatientID, numbers.number);
  put(TAG.IssuerOfPatientID, numbers.issuer);
  put(TAG.PatientBirthDate, asked.birthDate);
  put(TAG.PatientSex, asked.sex);
  put(WORKLIST_TAG.OtherPatientIDsSequence, otherNumbers(asked));
  put(TAG.StudyInstanceUID, numbers.studyInstanceUid);
  put(WORKLIST_TAG.RequestingPhysician, asked.requester);
  put(WORKLIST_TAG.RequestedProcedureDescription, asked.procedure);
  put(WORKLIST_TAG.RequestedProcedureID, numbers.accession);
  put(WORKLIST_TAG.ReasonForTheRequestedProcedure, asked.reason);
  put(WORKLIST_TAG.RequestedProcedurePriority, asked.priority);
  put(WORKLIST_TAG.ScheduledProcedureStepSequence, [stepOf(asked, numbers)]);
  return set;
}

function stepOf(asked: RegistrationAsked, { accession, atMs }: RegistrationNumbers): AttributeSet {
  return {
    [nameOf(TAG.Modality)]: asked.modality,
    [nameOf(WORKLIST_TAG.ScheduledStationAETitle)]: asked.station,
    [nameOf(WORKLIST_TAG.ScheduledProcedureStepStartDate)]: `${dayOf(atMs)}`,
    [nameOf(WORKLIST_TAG.ScheduledProcedureStepStartTime)]: timeOf(atMs),
    [nameOf(WORKLIST_TAG.ScheduledProcedureStepDescription)]: asked.procedure,
    [nameOf(WORKLIST_TAG.ScheduledProcedureStepID)]: accession,
  };
}

function otherNumbers({ localId, ins }: RegistrationAsked): readonly AttributeSet[] | undefined {
  const items = [
    ...(localId === undefined ? [] : [numberItem(localId, undefined)]),
    ...(ins === undefined ? [] : [numberItem(ins, INS_NIR)]),
  ];
  return items.length === 0 ? undefined : items;
}

function numberItem(number: string, issuer: string | undefined): AttributeSet {
  return {
    [nameOf(TAG.PatientID)]: number,
    ...(issuer === undefined ? {} : { [nameOf(TAG.IssuerOfPatientID)]: issuer }),
    [nameOf(WORKLIST_TAG.TypeOfPatientID)]: 'TEXT',
  };
}

function isLatin1(asked: RegistrationAsked): boolean {
  return Object.values(asked).every((value) => value === undefined || /^[\x20-\x7e\xa0-\xff]*$/.test(value));
}

function timeOf(atMs: number): string {
  const at = new Date(atMs);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => `${part}`.padStart(2, '0')).join('');
}

/** Whether the key of an INS is right: 97 less the remainder of the 13 characters before it; Corsica's 2A and 2B count as 19 and 18. */
export function hasRightKey(ins: string): boolean {
  const body = ins.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return /^\d{13}$/.test(body) && 97 - (Number(body) % 97) === Number(ins.slice(13));
}
