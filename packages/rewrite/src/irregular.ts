import { type Irregularity, ITEM, TAG, type Tag } from '@leadglass/dicom';
import type { ChangeKind } from './record.ts';

type Code = Irregularity['code'];

/** Irregularities that writing anew remedies, and what is said of it. */
const REMEDIED: Partial<Readonly<Record<Code, ChangeKind>>> = {
  'odd-length': 'odd-length',
  'out-of-order': 'order',
  'unknown-vr': 'value-type',
  'blank-vr': 'value-type',
  'implicit-in-explicit': 'value-type',
  'big-endian-un': 'byte-order',
  'truncated-sequence': 'closed',
  'delimiter-out-of-place': 'closed',
};

/** What writing anew changes about an irregularity; undefined when nothing. The odd length of a fragment stays. */
export function remedyOf(code: Code, tag: Tag): ChangeKind | undefined {
  return code === 'odd-length' && tag === ITEM ? undefined : REMEDIED[code];
}

/**
 * Whether a length or an end is such that what stands in one sequence may belong elsewhere. Pixel data alone may lack its end: its
 * fragments are whole. What lies inside a sequence that is left out may lie about its length, for it ends where that sequence does.
 */
export function isLost(code: Code, tag: Tag, isLeftOut: boolean): boolean {
  if (code === 'truncated-sequence') return tag !== TAG.PixelData;
  return code === 'length-beyond-parent' && !isLeftOut;
}
