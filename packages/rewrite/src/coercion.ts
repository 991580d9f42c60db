import { type Tag, tagOf, vrOf } from '@leadglass/dicom';
import { askedText } from './asked-text.ts';
import { paddedValue } from './form.ts';
import type { Output } from './output.ts';

/** The patient as this site knows them, in the standard's forms (PS3.5 §6.2); an absent attribute stays as the object has it. */
export interface AskedIdentity {
  /** LO, at most 64 characters; not empty. */
  readonly patientId: string;
  /** PN: `FAMILY^GIVEN`. */
  readonly patientName: string;
  /** Who gave the number; without it the object's own issuer is emptied, for it is not the issuer of the new number. */
  readonly issuerOfPatientId?: string;
  /** DA: YYYYMMDD. */
  readonly birthDate?: string;
  readonly sex?: 'M' | 'F' | 'O';
  /** SH, at most 16 characters. */
  readonly accessionNumber?: string;
}

/** Attributes of the top level that are to have other values, and who gave the ones they have. */
export interface Coercion {
  readonly attributes: readonly CoercedAttribute[];
  /** Source of Previous Values (0400,0564): LO of ASCII, at most 64 characters. */
  readonly source: string;
}

/** What one attribute is to be. `undefined`: it is removed. `''`: emptied where it stands, added nowhere. */
export interface CoercedAttribute {
  readonly tag: Tag;
  readonly value: string | undefined;
}

/** Storage classes whose objects are about no patient (PS3.3 Table A.1-1): they are given none. */
const OF_NO_PATIENT: ReadonlySet<string> = new Set([
  '1.2.840.10008.5.1.4.38.1', // hanging protocol
  '1.2.840.10008.5.1.4.39.1', // colour palette
  '1.2.840.10008.5.1.4.43.1', // generic implant template
  '1.2.840.10008.5.1.4.44.1', // implant assembly template
  '1.2.840.10008.5.1.4.45.1', // implant template group
  '1.2.840.10008.5.1.4.1.1.200.1', // CT defined procedure protocol
  '1.2.840.10008.5.1.4.1.1.200.3', // protocol approval
  '1.2.840.10008.5.1.4.1.1.200.7', // XA defined procedure protocol
  '1.2.840.10008.5.1.4.1.1.201.1', // inventory
]);

/** Whether an object of this class is about a patient. */
export function isOfPatient(sopClassUid: string): boolean {
  return !OF_NO_PATIENT.has(sopClassUid);
}

const named = (keyword: string): Tag => tagOf(keyword) ?? 0;

/** The coercion that gives an object this identity (IHE IRWF.b: the patient's demographics, reconciled on import). */
export function coercionOf(identity: AskedIdentity, source: string): Coercion {
  const { patientId, patientName, issuerOfPatientId = '', birthDate, sex, accessionNumber } = identity;
  const asked: readonly (readonly [keyword: string, value: string | undefined])[] = [
    ...(accessionNumber === undefined ? [] : ([['AccessionNumber', accessionNumber]] as const)),
    // Qualifies a number that is no longer there.
    ...(accessionNumber === undefined ? [] : ([['IssuerOfAccessionNumberSequence', undefined]] as const)),
    ['PatientName', patientName],
    ['PatientID', patientId],
    ['IssuerOfPatientID', issuerOfPatientId],
    ['IssuerOfPatientIDQualifiersSequence', undefined],
    ...(birthDate === undefined ? [] : ([['PatientBirthDate', birthDate]] as const)),
    ...(sex === undefined ? [] : ([['PatientSex', sex]] as const)),
  ];
  return { source, attributes: asked.map(([keyword, value]) => ({ tag: named(keyword), value })) };
}

/** Whether every value can be written in this character set. */
export function isWritable({ attributes }: Coercion, charset: string): boolean {
  return attributes.every(({ value }) => value === undefined || askedText(value, charset) !== undefined);
}

/** What of an object decides how it is coerced. */
export interface AboutObject {
  readonly charset: string;
  readonly sopClassUid: string;
}

/**
 * The coercion of one object under way. The object's own attributes are taken out as they come, and the asked ones put at their place
 * among the elements, whether or not it had them. An object that is about no patient is given nothing.
 */
export class Coercer {
  readonly #attributes: ReadonlyMap<Tag, string | undefined>;
  readonly #isSorting: boolean;
  readonly #seen = new Set<Tag>();
  readonly #placed = new Set<Tag>();

  constructor(coercion: Coercion | undefined, isSorting: boolean) {
    const attributes = coercion?.attributes ?? [];
    this.#attributes = new Map(attributes.map(({ tag, value }) => [tag, value]));
    this.#isSorting = isSorting;
  }

  /** Whether nothing is left to be put in its place: as it is from the beginning when nothing was asked. */
  get isDone(): boolean {
    return this.#placed.size === this.#attributes.size;
  }

  /** Whether the element `tag` of the top level gives way. */
  takes(tag: Tag): boolean {
    return this.#attributes.has(tag);
  }

  /** The object had it. Result: whether it was the first. */
  saw(tag: Tag): boolean {
    const isFirst = !this.#seen.has(tag);
    this.#seen.add(tag);
    return isFirst;
  }

  /** The value that takes its place, padded; undefined when nothing does. */
  valueOf(tag: Tag, charset: string): Uint8Array | undefined {
    const value = this.#attributes.get(tag);
    if (value === undefined) return undefined;
    return paddedValue(askedText(value, charset) ?? new Uint8Array(0), vrOf(tag));
  }

  /** What the object did not have and was given. To be asked at the end. */
  added(sopClassUid: string): readonly Tag[] {
    if (!isOfPatient(sopClassUid)) return [];
    return [...this.#attributes]
      .filter(([tag, value]) => !this.#seen.has(tag) && (value ?? '') !== '')
      .map(([tag]) => tag);
  }

  /** Writes what belongs before the element `tag` of the top level; all that is left, before the end (`undefined`). */
  before(tag: Tag | undefined, out: Output, isImplicit: boolean, { charset, sopClassUid }: AboutObject): void {
    if (this.#isSorting && tag !== undefined) return;
    for (const [own, asked] of this.#attributes) {
      if (this.#placed.has(own) || (tag !== undefined && own >= tag)) continue;
      this.#placed.add(own);
      const value = this.valueOf(own, charset);
      const isWanted = value !== undefined && (this.#seen.has(own) || (asked !== '' && isOfPatient(sopClassUid)));
      if (isWanted) out.whole({ tag: own, vr: vrOf(own), isVrExplicit: !isImplicit }, value);
    }
  }
}
