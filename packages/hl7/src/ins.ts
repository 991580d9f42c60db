import type { Identifier } from './readings.ts';

/** Object identifiers of the French national health identity (ANS, Référentiel INS). */
export const INS_OIDS = {
  nir: '1.2.250.1.213.1.4.8',
  nia: '1.2.250.1.213.1.4.9',
  nirTest: '1.2.250.1.213.1.4.10',
  nirDemo: '1.2.250.1.213.1.4.11',
} as const;
export type InsKind = keyof typeof INS_OIDS;

/** The national health identity of a patient, as it was sent. */
export interface Ins {
  /** 15 characters where it is proper. */
  readonly value: string;
  readonly oid: string;
  readonly kind: InsKind;
  /** Of the test or demonstration system: no person bears it. */
  readonly isTest: boolean;
  readonly hasValidKey: boolean;
}

/** Test and demonstration first: one such identifier marks the patient, whatever others there are. */
const PREFERENCE: readonly InsKind[] = ['nirTest', 'nirDemo', 'nir', 'nia'];
const INS = /^[0-9]{5}(?:[0-9]{2}|2[AB])[0-9]{8}$/;

/** The INS among identifiers, known by its OID alone (`…^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS`); a number without OID is none. */
export function insOf(identifiers: readonly Identifier[]): Ins | undefined {
  for (const kind of PREFERENCE) {
    const found = identifiers.find(({ oid, value }) => oid === INS_OIDS[kind] && value !== '');
    if (found === undefined) continue;
    const { value, oid } = found;
    return { value, oid, kind, isTest: isTestIns(oid), hasValidKey: hasValidInsKey(value) };
  }
  return undefined;
}

/** Whether an object identifier is that of the test or demonstration system. */
export function isTestIns(oid: string): boolean {
  return oid === INS_OIDS.nirTest || oid === INS_OIDS.nirDemo;
}

/** Whether a value has the form of an INS, and its last two digits are the key of the thirteen before: 97 - N mod 97, Corsica's 2A and 2B counting as 19 and 18. */
export function hasValidInsKey(value: string): boolean {
  return INS.test(value) && Number(value.slice(13)) === insKeyOf(value.slice(0, 13));
}

/** Key of thirteen characters that have the form of an INS. Result: 1 to 97. */
export function insKeyOf(number: string): number {
  return 97 - (Number(number.replace('2A', '19').replace('2B', '18')) % 97);
}
