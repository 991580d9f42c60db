import { LATIN_9 } from './charset.ts';

/** Character sets messages are written in: words of table 0211 (MSH-18). */
export const WRITTEN_CHARSETS = ['8859/1', '8859/15', 'UNICODE UTF-8'] as const;
export type WrittenCharset = (typeof WRITTEN_CHARSETS)[number];

const BEYOND_LATIN_1 = /[^\x00-\x7f\xa0-\xff]/;
/** Characters that ISO 8859-15 has in the place of one of 8859-1. */
const TO_LATIN_9: ReadonlyMap<string, string> = new Map(
  [...LATIN_9].filter(([byte]) => byte >= '\xa0').map(([byte, character]) => [character, byte]),
);
/** Bytes of 8859-1 that mean something else in 8859-15. */
const LOST_IN_LATIN_9: ReadonlySet<string> = new Set(TO_LATIN_9.values());

/**
 * The character set a text is written in: the one wished for where it has every character of it, else UTF-8. A name is never written with another
 * character in place of one of its own; what is chosen stands in MSH-18.
 */
export function charsetFor(text: string, wished: WrittenCharset): WrittenCharset {
  return bytesIn(text, wished) === undefined ? 'UNICODE UTF-8' : wished;
}

/** The bytes of a text in a character set that `charsetFor` chose; in UTF-8 where it was another. */
export function encodeText(text: string, charset: WrittenCharset): Uint8Array {
  return new Uint8Array(bytesIn(text, charset) ?? Buffer.from(text, 'utf8'));
}

function bytesIn(text: string, charset: WrittenCharset): Buffer | undefined {
  switch (charset) {
    case 'UNICODE UTF-8':
      return Buffer.from(text, 'utf8');
    case '8859/1':
      return BEYOND_LATIN_1.test(text) ? undefined : Buffer.from(text, 'latin1');
    case '8859/15': {
      const characters = Array.from(text);
      if (characters.some((one) => LOST_IN_LATIN_9.has(one))) return undefined;
      const moved = characters.map((one) => TO_LATIN_9.get(one) ?? one).join('');
      return BEYOND_LATIN_1.test(moved) ? undefined : Buffer.from(moved, 'latin1');
    }
  }
}
