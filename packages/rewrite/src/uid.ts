import { createHash } from 'node:crypto';

/** Keeps UIDs derived here apart from those that anything else derives of the same text. */
const NAMESPACE = 'leadglass.rewrite.uid.1\0';
const LONGEST_UID = 64;

/** Whether `uid` is well formed (PS3.5 §9.1), but for components that begin with zero, which real devices write. */
export function isWellFormedUid(uid: string): boolean {
  return uid.length <= LONGEST_UID && /^[0-9]+(?:\.[0-9]+)*$/.test(uid);
}

/**
 * A well-formed UID for an ill-formed one: UUID-derived (PS3.5 §B.2), its 122 free bits from the SHA-256 of the old bytes. The same
 * old UID gives the same new one in every object, so that references between objects still meet.
 */
export function derivedUid(old: Uint8Array): string {
  const digest = createHash('sha256').update(NAMESPACE).update(old).digest();
  // Version 8 and variant of RFC 9562 §5.8: made by a rule of one's own.
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${digest.subarray(0, 16).toString('hex')}`)}`;
}

/**
 * The value of an element of UIDs with the ill-formed ones replaced, unpadded. Empty ones stay. @param isMultiple whether the element
 * may hold several: two where one belongs are one that is ill-formed.
 */
export function repairedUids(value: Uint8Array, isMultiple: boolean): string {
  const whole = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
  return separated(whole, isMultiple).map(repaired).join('\\');
}

/** A backslash separates UIDs only where digits and dots alone stand around it; anywhere else it belongs to what is no UID. */
function separated(whole: string, isMultiple: boolean): readonly string[] {
  const bare = whole.replace(/[\0 ]+$/, '');
  return isMultiple && /^[0-9.]*(?:\\[0-9.]*)*$/.test(bare) ? bare.split('\\') : [bare];
}

function repaired(uid: string): string {
  const bare = uid.trim();
  return bare === '' || isWellFormedUid(bare) ? bare : derivedUid(Buffer.from(bare, 'latin1'));
}
