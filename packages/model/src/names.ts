/** An application entity title: 1 to 16 characters, no `\` and no control character, trimmed (PS3.5 §6.2 AE, PS3.8 §9.3.2). */
export type AeTitle = string & { readonly brand: 'AeTitle' };
/** A DICOM unique identifier: digits and dots, at most 64 characters (PS3.5 §9.1). */
export type Uid = string & { readonly brand: 'Uid' };
/** SHA-256 of an object's plain bytes, 64 lower-case hexadecimal digits: its identity in the vault. */
export type Sha256 = string & { readonly brand: 'Sha256' };

const AE_TITLE = /^[\x20-\x5b\x5d-\x7e]{1,16}$/;
const UID = /^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** The title with its non-significant outer spaces removed, or undefined when it is not one. */
export function parseAeTitle(value: string): AeTitle | undefined {
  const trimmed = value.replace(/^ +| +$/g, '');
  return AE_TITLE.test(trimmed) ? (trimmed as AeTitle) : undefined;
}

/** Whether `value` is a trimmed, well-formed AE title. */
export function isAeTitle(value: string): value is AeTitle {
  return parseAeTitle(value) === value;
}

/**
 * How the titles of test callers begin (`leadglass prove-it`). Reserved: what comes under one takes no route of `*`, so that a test never
 * reaches a real archive, whatever becomes of the test (decision 0011).
 */
export const TEST_TITLE = 'LG-PROVEIT';

/** Whether `title` is that of a test caller. */
export function isTestTitle(title: string): boolean {
  return title.startsWith(TEST_TITLE);
}

/**
 * Who everything of a drill of the bad day comes from, whatever secret title it called with. Reserved: what comes under it takes no route at all and is
 * asked of nobody, whatever a configuration says, and is given to nobody but the drill and the emergency page (decision 0037).
 */
export const DRILL_AE_TITLE = 'LG-DRILL' as AeTitle;
/** Who issues the numbers of synthetic patients (0010,0021), and their name, which nobody takes for a patient's. */
export const DRILL_ISSUER = 'LEADGLASS-EXERCICE';
export const DRILL_PATIENT_NAME = { family: 'EXERCICE', given: 'LEADGLASS' } as const;

/** Whether `title` is that of a drill: the reserved one, or one of a single run, which begins with it. */
export function isDrillTitle(title: string): boolean {
  return title.startsWith(DRILL_AE_TITLE);
}

/** Whether `value` is a well-formed UID, padding already removed. */
export function isUid(value: string): value is Uid {
  return value.length <= 64 && UID.test(value);
}

/** `value` as a UID, or undefined when it is not one. */
export function parseUid(value: string): Uid | undefined {
  return isUid(value) ? value : undefined;
}

/** Whether `value` is a SHA-256 in lower-case hexadecimal. */
export function isSha256(value: string): value is Sha256 {
  return SHA256.test(value);
}

/** `value` as a SHA-256 (either case), or undefined when it is not one. */
export function parseSha256(value: string): Sha256 | undefined {
  const lower = value.toLowerCase();
  return isSha256(lower) ? lower : undefined;
}
