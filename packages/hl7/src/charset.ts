import { isAscii, isUtf8 } from 'node:buffer';

/** What undeclared bytes above 7F may be read as when they are no UTF-8: words of table 0211. `8859/1` is read as windows-1252. */
export const CHARSETS = ['8859/1', '8859/15'] as const;
export type Charset = (typeof CHARSETS)[number];

/** How a message is decoded. */
export interface Decoding {
  /** Table 0211: `ASCII`, `UNICODE UTF-8`, `8859/1`, … */
  readonly charset: string;
  /** Undeclared, or declared otherwise: told, and read all the same. */
  readonly isGuess: boolean;
}

/** Words that senders use for the entries of table 0211, in capitals without blanks, hyphens and strokes. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['ASCII', 'ASCII'],
  ['USASCII', 'ASCII'],
  ['UNICODEUTF8', 'UNICODE UTF-8'],
  ['UNICODE', 'UNICODE UTF-8'],
  ['UTF8', 'UNICODE UTF-8'],
  ['WINDOWS1252', '8859/1'],
  ['CP1252', '8859/1'],
  ...['1', '2', '3', '4', '5', '6', '7', '8', '9', '15'].flatMap((part): [string, string][] => [
    [`8859${part}`, `8859/${part}`],
    [`ISO8859${part}`, `8859/${part}`],
  ]),
]);
const UTF_8 = 'UNICODE UTF-8';

/** The charset of table 0211 that MSH-18 means (its first repetition), '' where it is empty, undefined where nobody knows it. */
export function declaredCharset(msh18: string): string | undefined {
  const spelling = msh18.toUpperCase().replace(/[ _/-]/g, '');
  return spelling === '' ? '' : SPELLINGS.get(spelling);
}

/**
 * How `bytes` are decoded. What is ASCII needs no declaration. Else strict UTF-8 is tried first, since text of another set is not valid UTF-8 by
 * chance; then what is declared holds, then the fallback.
 * @param declared by `declaredCharset`.
 */
export function decodingOf(bytes: Uint8Array, declared: string | undefined, fallback: Charset): Decoding {
  if (isAscii(bytes)) return { charset: declared || 'ASCII', isGuess: false };
  if (isUtf8(bytes)) return { charset: UTF_8, isGuess: declared !== UTF_8 };
  return declared?.startsWith('8859/') ? { charset: declared, isGuess: false } : { charset: fallback, isGuess: true };
}

/** Text of bytes in a charset that `decodingOf` chose. Never throws: what is no character becomes U+FFFD. */
export function decodeBytes(bytes: Uint8Array, charset: string): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (charset) {
    case UTF_8:
      return view.toString('utf8');
    case 'ASCII':
      // Bytes over 7F come from escapes alone (`\XC3A9\`), of which nothing is declared.
      return isAscii(view) ? view.toString('latin1') : decodeBytes(view, isUtf8(view) ? UTF_8 : '8859/1');
    case '8859/1':
      return replaced(view.toString('latin1'), C1, WINDOWS_1252);
    case '8859/15':
      return replaced(view.toString('latin1'), C1_AND_15, LATIN_9);
    default:
      return new TextDecoder(charset.replace('8859/', 'iso-8859-')).decode(view);
  }
}

const C1 = /[\x80-\x9f]/g;
const C1_AND_15 = /[\x80-\x9f\xa4\xa6\xa8\xb4\xb8\xbc-\xbe]/g;
/** Bytes 80 to 9F, which are controls in ISO 8859 and characters for everybody who says 8859/1; `·` where there are none. */
const ROW_80 = '€·‚ƒ„…†‡ˆ‰Š‹Œ·Ž··‘’“”•–—˜™š›œ·žŸ';
const WINDOWS_1252: ReadonlyMap<string, string> = new Map(
  Array.from(ROW_80, (character, index): [string, string] => [String.fromCharCode(0x80 + index), character]).filter(
    ([, character]) => character !== '·',
  ),
);
/** ISO 8859-15 where it differs from 8859-1. */
export const LATIN_9: ReadonlyMap<string, string> = new Map([
  ...WINDOWS_1252,
  ['\xa4', '€'],
  ['\xa6', 'Š'],
  ['\xa8', 'š'],
  ['\xb4', 'Ž'],
  ['\xb8', 'ž'],
  ['\xbc', 'Œ'],
  ['\xbd', 'œ'],
  ['\xbe', 'Ÿ'],
]);

function replaced(text: string, which: RegExp, by: ReadonlyMap<string, string>): string {
  return text.search(which) < 0 ? text : text.replace(which, (character) => by.get(character) ?? character);
}
