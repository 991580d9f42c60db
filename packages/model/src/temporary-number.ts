/** Letters and digits of a number, by their value (ISO/IEC 7064, alphanumeric systems). */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** Letters and digits of a prefix: none that is taken for another when it is read from a label or told over the telephone. */
export const PREFIX_ALPHABET = '23456789ABCDEFGHJKLMNPQRTUVWXYZ';
const PREFIX_CHARS = 3;
const SEQUENCE_DIGITS = 4;

/** What a temporary number is of: a patient, or an order (its Accession Number). */
export type TemporaryKind = 'patient' | 'order';

const KIND_LETTERS = { patient: 'T', order: 'D' } as const satisfies Readonly<Record<TemporaryKind, string>>;
/** How many numbers of a kind a day has. */
export const MOST_OF_A_DAY = 10 ** SEQUENCE_DIGITS - 1;

/**
 * The check character of `body` (letters A to Z and digits): ISO/IEC 7064 MOD 37,36. It is another one for every single character that is
 * changed, and for any two neighbours that have changed places.
 */
export function checkCharacter(body: string): string {
  let product = 36;
  for (const character of body) {
    const sum = (product + ALPHABET.indexOf(character)) % 36;
    product = ((sum === 0 ? 36 : sum) * 2) % 37;
  }
  return ALPHABET.charAt((37 - product) % 36);
}

/** Whether the last character is the check character of those before it. */
export function hasValidCheck(number: string): boolean {
  return /^[0-9A-Z]{2,64}$/.test(number) && checkCharacter(number.slice(0, -1)) === number.slice(-1);
}

/**
 * A temporary number: its kind, the prefix of the home that gave it, year and day of the year, a number within that day, and a check
 * character: `TQ7K263310001C`. 14 characters, so that it fits an Accession Number (SH, 16).
 * @param prefix 3 characters of `PREFIX_ALPHABET`. @param sequence 1 to MOST_OF_A_DAY.
 */
export function temporaryNumber(
  kind: TemporaryKind,
  prefix: string,
  { year, dayOfYear }: { readonly year: number; readonly dayOfYear: number },
  sequence: number,
): string {
  const day = `${year % 100}`.padStart(2, '0') + `${dayOfYear}`.padStart(3, '0');
  const body = `${KIND_LETTERS[kind]}${prefix}${day}${`${sequence}`.padStart(SEQUENCE_DIGITS, '0')}`;
  return body + checkCharacter(body);
}

/** Whether a number is written as ours are, with its check character right. */
export function isTemporaryNumber(number: string, kind: TemporaryKind): boolean {
  const isWritten = new RegExp(`^${KIND_LETTERS[kind]}[${PREFIX_ALPHABET}]{${PREFIX_CHARS}}\\d{9}[0-9A-Z]$`);
  return isWritten.test(number) && hasValidCheck(number);
}

/** A prefix out of random bytes, at least 3. */
export function temporaryPrefix(random: Uint8Array): string {
  return [...random.subarray(0, PREFIX_CHARS)]
    .map((byte) => PREFIX_ALPHABET.charAt(byte % PREFIX_ALPHABET.length))
    .join('');
}
