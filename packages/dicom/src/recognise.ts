import { isKnownTag, vrOf } from './dictionary.ts';
import { tagAt, u32 } from './header.ts';
import { EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from './transfer-syntax.ts';
import { isStandardVr } from './vr.ts';

/** Longest first element believed of a data set that nothing announces, in bytes. */
const LONGEST_FIRST_BYTES = 4096;
/** Groups a data set can begin with: 0004 (directory) and 0008. */
const FIRST_GROUPS: readonly number[] = [0x0004, 0x0008];

/**
 * How a data set that begins with these bytes (at least 8) is written: a transfer syntax UID, or undefined when they do
 * not read as the beginning of any. Compression of the pixels cannot be seen.
 */
export function recogniseDataSet(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength < 8) return undefined;
  const vr = String.fromCharCode(bytes[4] as number, bytes[5] as number);
  if (isFirstTag(tagAt(bytes, 0, true))) {
    if (isStandardVr(vr)) return EXPLICIT_VR_LITTLE_ENDIAN;
    return u32(bytes, 4, true) <= LONGEST_FIRST_BYTES ? IMPLICIT_VR_LITTLE_ENDIAN : undefined;
  }
  return isFirstTag(tagAt(bytes, 0, false)) && isStandardVr(vr) ? EXPLICIT_VR_BIG_ENDIAN : undefined;
}

function isFirstTag(tag: number): boolean {
  return FIRST_GROUPS.includes(tag >>> 16) && (isKnownTag(tag) || vrOf(tag) !== 'UN');
}
