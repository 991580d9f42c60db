import { createHash } from 'node:crypto';
import { type ElementToEncode, EXPLICIT_VR_LITTLE_ENDIAN, encodeElements, vrOf } from '@leadglass/dicom';

/** An object as a modality sends it. */
export interface MadeObject {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly dataSet: Uint8Array;
}

/** Kinds of studies that the demonstration makes. */
export const KINDS = ['CT', 'MR', 'US', 'DX'] as const;
export type Kind = (typeof KINDS)[number];

/** What determines a study, wholly: the same order gives the same bytes. */
export interface StudyOrder {
  readonly kind: Kind;
  /** Whose study it is among all of one demonstration. */
  readonly seed: number;
  readonly no: number;
  /** When it was taken. */
  readonly atMs: number;
  /** Fine: the matrix and slices of a real scanner; else a quarter of it. */
  readonly isFine: boolean;
}

/** A UID that follows from what it names (PS3.5 §B.2: 2.25 and an integer of 128 bits). */
export function uidOf(...names: readonly (string | number)[]): string {
  const digest = createHash('sha256').update(names.join(' ')).digest('hex').slice(0, 31);
  return `2.25.${BigInt(`0x1${digest}`)}`;
}

export const el = (tag: number, value: ElementToEncode['value'], vr?: string): ElementToEncode =>
  vr === undefined ? { tag, value } : { tag, value, vr };

/** An element that is there and says nothing. */
export const empty = (tag: number): ElementToEncode => ({ tag, value: new Uint8Array(0), vr: vrOf(tag) });

/** Writes an object: of an element that is given twice the last stands. */
export function objectOf(
  sopClassUid: string,
  sopInstanceUid: string,
  elements: readonly ElementToEncode[],
): MadeObject {
  const own = [el(0x00080016, sopClassUid), el(0x00080018, sopInstanceUid)];
  const byTag = new Map([...elements, ...own].map((element) => [element.tag, element]));
  const inOrder = [...byTag.values()].sort((a, b) => a.tag - b.tag);
  return {
    ...{ sopClassUid, sopInstanceUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN },
    dataSet: encodeElements(inOrder, EXPLICIT_VR_LITTLE_ENDIAN),
  };
}
