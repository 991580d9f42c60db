import { lookup, type Tag } from '@leadglass/dicom';

const UNDERSCORE = 0x5f;
const SPACE = 0x20;
const ESC = 0x1b;
const BACKSLASH = 0x5c;
const CARET = 0x5e;
const EQUALS = 0x3d;
const DOT = 0x2e;
const DASH = 0x2d;

/** What markup, formulas, scripts, format strings, queries and paths are written with. */
const DANGEROUS: ReadonlySet<number> = new Set([...'<>"\'`;{}$%&|#()[]*?!~@:/='].map((one) => one.charCodeAt(0)));
/** What makes a spreadsheet take a cell for a formula, at the beginning of a value. */
const FORMULA: ReadonlySet<number> = new Set([...'=+-@'].map((one) => one.charCodeAt(0)));
/** Line breaks and the like, allowed where text has lines (PS3.5 §6.1.3). */
const BREAKS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d]);
const LINED: ReadonlySet<string> = new Set(['LT', 'ST', 'UT']);

/** How many bytes of a character stand together and are never looked at one by one. */
type Family = 'single' | 'utf-8' | 'gb' | 'iso-2022';

/** Which family (0008,0005) names (PS3.3 §C.12.1.1.2). @param charset its value as text. */
export function familyOf(charset: string): Family {
  if (charset.includes('ISO_IR 192')) return 'utf-8';
  if (/GB18030|GBK/.test(charset)) return 'gb';
  return charset.includes('ISO 2022') ? 'iso-2022' : 'single';
}

/**
 * Replaces what could be markup, a formula, a command or a path, byte for byte, so that the length stays: `_` for signs, a space for
 * control characters. Letters of any script, digits, `^`, `,`, `.` and `-` stay. Only values with a finding come here. Whole values
 * in, not pieces.
 */
export function cleanText(bytes: Uint8Array, tag: Tag, vr: string, charset: string): Uint8Array {
  const cleaner = new Cleaner(bytes, tag, vr, familyOf(charset));
  return cleaner.clean();
}

class Cleaner {
  readonly #bytes: Uint8Array;
  readonly #family: Family;
  readonly #vr: string;
  /** Whether `\` separates values here. */
  readonly #isMultiple: boolean;
  /** Whether two 7-bit bytes make one character now (ISO 2022 with two-byte sets in G0). */
  #isTwoByte = false;
  #isStart = true;
  #equals = 0;

  constructor(bytes: Uint8Array, tag: Tag, vr: string, family: Family) {
    this.#bytes = new Uint8Array(bytes);
    this.#family = family;
    this.#vr = vr;
    const vm = lookup(tag)?.vm ?? '1';
    this.#isMultiple = !LINED.has(vr) && vm !== '1';
  }

  clean(): Uint8Array {
    const end = this.#contentEnd();
    let at = 0;
    while (at < end) at += this.#step(at, end);
    return this.#bytes;
  }

  /** Padding at the end is left alone. */
  #contentEnd(): number {
    const bytes = this.#bytes;
    let end = bytes.length;
    if (end > 0 && bytes[end - 1] === 0) end -= 1;
    return end;
  }

  /** Cleans the character at `at`. Result: how many bytes it has. */
  #step(at: number, end: number): number {
    const bytes = this.#bytes;
    const byte = bytes[at] ?? 0;
    if (this.#family === 'iso-2022' && byte === ESC) return this.#escape(at, end);
    if (this.#isTwoByte && byte > SPACE && at + 1 < end) return 2;
    if (this.#family === 'gb' && byte > 0x80 && at + 1 < end) return this.#gbLength(at, end);
    if (byte >= 0x80) {
      this.#high(at);
      this.#isStart = false;
      return 1;
    }
    this.#ascii(at, byte);
    return 1;
  }

  #gbLength(at: number, end: number): number {
    this.#isStart = false;
    const second = this.#bytes[at + 1] ?? 0;
    if (second >= 0x30 && second <= 0x39) return Math.min(4, end - at);
    return second >= 0x40 ? 2 : 1;
  }

  /** Known designations switch the set; any other escape, such as a terminal's, is put out. */
  #escape(at: number, end: number): number {
    const rest = Buffer.from(this.#bytes.subarray(at + 1, Math.min(end, at + 4))).toString('latin1');
    const match = /^(\$\([D]|\$B|\$\)[AC]|[()-][BJIGHTM]|[-.][A-Z])/.exec(rest);
    if (match === null) {
      this.#bytes[at] = SPACE;
      return 1;
    }
    const sign = match[0];
    if (sign === '$B' || sign === '$(D') this.#isTwoByte = true;
    else if (sign.startsWith('(')) this.#isTwoByte = false;
    return 1 + sign.length;
  }

  /** C1 controls steer terminals, and in UTF-8 some characters turn the direction of writing or cannot be seen. */
  #high(at: number): void {
    const bytes = this.#bytes;
    const byte = bytes[at] ?? 0;
    if (this.#family === 'single' || this.#family === 'iso-2022') {
      if (byte < 0xa0) bytes[at] = SPACE;
      return;
    }
    const isC1 = byte === 0xc2 && (bytes[at + 1] ?? 0) < 0xa0;
    const isHidden = byte === 0xe2 && isFormat(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
    if (isC1) bytes.fill(SPACE, at, at + 2);
    if (isHidden) bytes.fill(SPACE, at, at + 3);
  }

  #ascii(at: number, byte: number): void {
    const bytes = this.#bytes;
    if (byte === BACKSLASH && this.#isMultiple) {
      this.#isStart = true;
      this.#isTwoByte = false;
      return;
    }
    bytes[at] = this.#replacement(at, byte);
    if (byte !== SPACE) this.#isStart = false;
  }

  #replacement(at: number, byte: number): number {
    if (byte < SPACE || byte === 0x7f) return BREAKS.has(byte) && LINED.has(this.#vr) ? byte : SPACE;
    if (this.#vr === 'PN' && byte === EQUALS && !this.#isStart && this.#equals < 2) {
      this.#equals += 1;
      return byte;
    }
    const isFormula = this.#isStart && FORMULA.has(byte);
    const previous = this.#bytes[at - 1];
    // "--" ends a query, ".." climbs.
    const isDoubled = (byte === DASH || byte === DOT) && previous === byte;
    // What an option begins with, behind the name of a program.
    const isOption = byte === DASH && previous === SPACE && this.#bytes[at + 1] !== SPACE;
    const isSeparator = byte === BACKSLASH || (byte === CARET && this.#vr !== 'PN');
    return isFormula || isDoubled || isOption || isSeparator || DANGEROUS.has(byte) ? UNDERSCORE : byte;
  }
}

/** U+200B–200F, U+2028–202E, U+2060–206F: invisible, or turning the direction of writing. */
function isFormat(second: number, third: number): boolean {
  if (second === 0x80) return (third >= 0x8b && third <= 0x8f) || (third >= 0xa8 && third <= 0xae);
  return second === 0x81 && third >= 0xa0 && third <= 0xaf;
}
