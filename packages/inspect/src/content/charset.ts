/** How characters lie in the bytes of a text, as far as ASCII is concerned (PS3.5 §6.1, PS3.3 §C.12.1.1.2). */
export interface Charset {
  /** Whether it has pairs whose second byte looks like ASCII: GBK and GB18030, or Shift-JIS, which some write under the name of JIS X 0201. */
  readonly pairs: 'none' | 'gb' | 'shift-jis';
  readonly isUtf8: boolean;
}

export const PLAIN_CHARSET: Charset = { pairs: 'none', isUtf8: false };

/** What (0008,0005) says, as Latin-1 text. */
export function charsetOf(value: string): Charset {
  const terms = value.toUpperCase();
  const isGb = /GB18030|GBK/.test(terms);
  const isJapanese = /IR[ _]?13\b|SHIFT|SJIS|IR[ _]?(?:87|159)\b/.test(terms);
  return {
    pairs: isGb ? 'gb' : isJapanese ? 'shift-jis' : 'none',
    isUtf8: /IR[ _]?192\b|UTF/.test(terms),
  };
}

/** Stands in the view for a byte that belongs to a character of several. */
const HIDDEN = '\xff';
const ESC = '\x1b';
/** Escape sequences of PS3.3 Tables C.12-3 and C.12-4, and their like: to a set of two bytes a character in G0, or to one of single bytes. */
const DOUBLE = /^\x1b\$(?:[@AB]|\([@-Z])/;
const SINGLE = /^\x1b[(-]([@-Z])/;
const DOUBLE_G1 = /^\x1b\$\)[@-Z]/;
const SINGLE_G1 = /^\x1b[)][@-Z]/;

/** Hides the bytes of multi-byte characters, and charset escapes, so that a second byte 5C, 60 or 7C is not taken for punctuation. Latin-1 text in and out, as long as before. */
export function asciiView(text: string, charset: Charset): string {
  // Without pairs only an escape makes several bytes one character.
  if (charset.pairs === 'none' ? !text.includes(ESC) : !/[\x1b\x80-\xff]/.test(text)) return text;
  const out: string[] = [];
  let isDouble = false;
  for (let at = 0; at < text.length; ) {
    const change = text[at] === ESC ? escapeAt(text, at) : undefined;
    if (change?.isDouble !== undefined) isDouble = change.isDouble;
    // A set of two bytes in G0 ends with the line at the latest (PS3.5 §6.1.2.5.3).
    if (/[\n\f\r\t]/.test(text[at] ?? '')) isDouble = false;
    const hidden = change?.length ?? characterLength(text, at, isDouble, charset);
    out.push(hidden > 1 ? HIDDEN.repeat(hidden) : (text[at] ?? ''));
    at += Math.max(1, hidden);
  }
  return out.join('');
}

function escapeAt(text: string, at: number): { readonly length: number; readonly isDouble?: boolean } | undefined {
  const rest = text.slice(at, at + 4);
  const double = DOUBLE.exec(rest);
  if (double !== null) return { length: double[0].length, isDouble: true };
  if (SINGLE.test(rest)) return rest[1] === '(' ? { length: 3, isDouble: false } : { length: 3 };
  const g1 = DOUBLE_G1.exec(rest) ?? SINGLE_G1.exec(rest);
  return g1 === null ? undefined : { length: g1[0].length };
}

/** How many bytes the character at `at` has; only valid pairs count, so no lead byte swallows the markup behind it. */
function characterLength(text: string, at: number, isDouble: boolean, charset: Charset): number {
  const pair = text.slice(at, at + 2);
  if (isDouble) return /^[\x21-\x7e]{2}$/.test(pair) ? 2 : 1;
  if (charset.pairs === 'gb') {
    if (/^[\x81-\xfe][0-9][\x81-\xfe][0-9]/.test(text.slice(at, at + 4))) return 4;
    return /^[\x81-\xfe][\x40-\x7e\x80-\xfe]/.test(pair) ? 2 : 1;
  }
  if (charset.pairs === 'shift-jis') return /^[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]/.test(pair) ? 2 : 1;
  return 1;
}
