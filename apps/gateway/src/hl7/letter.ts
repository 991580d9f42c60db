import { randomBytes } from 'node:crypto';
import type { Sealer } from '@leadglass/catalogue';
import type { ReconciledIdentity } from '@leadglass/contract';
import { compose, type Identifier, type Letter, type WrittenOrder, type WrittenPatient } from '@leadglass/hl7';
import type { Hl7Destination } from '@leadglass/model';
import type { Hl7Letter } from '@leadglass/records';
import type { RegistrationAsked, RegistrationNumbers } from '../schedule/registration-entry.ts';

/** MSH-9 of each letter, with the control of an order, as people read it. */
export const LETTER_NAMES: Readonly<Record<Hl7Letter, string>> = {
  A04: 'ADT^A04',
  A08: 'ADT^A08',
  A11: 'ADT^A11',
  A40: 'ADT^A40',
  NW: 'ORM^O01 NW',
  XO: 'ORM^O01 XO',
  CA: 'ORM^O01 CA',
  unmerge: 'unmerge',
};

const PRIORITIES = { STAT: 'S', HIGH: 'A', ROUTINE: 'R' } as const;
const RANDOM_CHARACTERS = 9;
const TIME_CHARACTERS = 9;

/** MSH-10 of a message: 20 characters, nobody else's, and the same however often it is sent. */
export function newControlId(atMs: number): string {
  const random = Array.from(randomBytes(RANDOM_CHARACTERS), (byte) => (byte % 36).toString(36)).join('');
  return `LG${atMs.toString(36).padStart(TIME_CHARACTERS, '0')}${random}`.toUpperCase();
}

/** `YYYYMMDDHHMMSS±ZZZZ`, by the clock on the wall: receivers that pass over the offset read what people read. */
export function wallTime(ms: number): string {
  const at = new Date(ms);
  const two = (value: number): string => `${value}`.padStart(2, '0');
  const offset = -at.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  return `${day}${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}${zone}`;
}

/**
 * Who is registered, under the temporary number. Nothing that was typed at night stands beside it: neither the number the site may know the patient
 * by, which would draw them into somebody’s file, nor an INS, which is told of a qualified identity alone (RNIV).
 */
export function registeredPatient(asked: RegistrationAsked, numbers: RegistrationNumbers): WrittenPatient {
  return {
    identifiers: [temporaryIdentifier(numbers)],
    ...{ family: asked.familyName, given: asked.givenName ?? '', birthDate: asked.birthDate ?? '' },
    ...{ sex: asked.sex ?? '', reliability: 'PROV', isQualified: false },
  };
}

/** Whom they turned out to be. Without an issuer it is the receiver’s own number. */
export function reconciledPatient(identity: ReconciledIdentity): WrittenPatient {
  const { patientId, issuer, familyName, givenName, birthDate, sex } = identity;
  return {
    identifiers: [{ value: patientId, authority: issuer ?? '', oid: '', type: 'PI' }],
    ...{ family: familyName, given: givenName ?? '', birthDate: birthDate ?? '', sex: sex ?? '' },
    ...{ reliability: '', isQualified: false },
  };
}

/** The temporary number, and that it is of this home’s range. */
export function temporaryIdentifier({ number, issuer }: Pick<RegistrationNumbers, 'number' | 'issuer'>): Identifier {
  return { value: number, authority: issuer, oid: '', type: 'PI' };
}

export function registeredOrder(asked: RegistrationAsked, numbers: RegistrationNumbers): WrittenOrder {
  return {
    ...{ placer: numbers.accession, placerAuthority: numbers.issuer, accession: numbers.accession },
    ...{ studyInstanceUid: numbers.studyInstanceUid, procedure: asked.procedure, modality: asked.modality },
    ...{ priority: PRIORITIES[asked.priority], scheduledAt: wallTime(numbers.atMs) },
    ...{ reason: asked.reason ?? '', requester: asked.requester ?? '' },
  };
}

/** Sealed under its control id: a message that was moved to another’s place does not open. */
export function sealLetter(sealer: Sealer, controlId: string, letter: Letter): Uint8Array {
  return sealer.sealJson('hl7', controlId, JSON.stringify(letter));
}

/** Throws Fault `catalogue.sealed-otherwise`. */
export function openLetter(sealer: Sealer, controlId: string, sealed: Uint8Array): Letter {
  return sealer.openJson('hl7', controlId, sealed) as Letter;
}

/** The bytes a receiver is sent: the same for the same settings, however often. */
export function letterBytes(
  letter: Letter,
  destination: Hl7Destination,
  { controlId, atMs }: { readonly controlId: string; readonly atMs: number },
): Uint8Array {
  const { application, facility, receivingApplication, receivingFacility } = destination;
  const head = {
    ...{ sendingApplication: application, sendingFacility: facility ?? '' },
    ...{ receivingApplication: receivingApplication ?? '', receivingFacility: receivingFacility ?? '' },
    ...{ version: destination.version, charset: destination.charset },
    processing: destination.processing === 'test' ? ('T' as const) : ('P' as const),
    acknowledgement: destination.acknowledgement,
  };
  const told = { ...letter, patient: addressed(letter.patient, destination) };
  return compose(told, head, { controlId, sentAt: wallTime(atMs) });
}

/** A number that nobody is said to have given is the receiver’s own. */
function addressed(patient: WrittenPatient, { patientAuthority }: Hl7Destination): WrittenPatient {
  if (patientAuthority === undefined) return patient;
  const [authority = '', oid = ''] = patientAuthority.split('&');
  const identifiers = patient.identifiers.map((one) => (one.authority === '' ? { ...one, authority, oid } : one));
  return { ...patient, identifiers };
}
