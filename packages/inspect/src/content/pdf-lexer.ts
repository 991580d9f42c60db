import { latin1 } from '../bytes.ts';
import { Needle } from './needle.ts';
import { ObjectWatch } from './object-watch.ts';

export type Bracket = 'dictionary' | 'array';

/** What a PDF's bytes say (ISO 32000-1 §7.2, §7.3), token by token. */
export interface PdfTokens {
  /** A name, `#xx` decoded, its first bytes. */
  name(name: string): void;
  /** A string, escapes and hex decoded: its first bytes. */
  text(text: string): void;
  number(value: number): void;
  /** Anything else: `obj`, `endobj`, `R`, `null`, `trailer`… */
  word(word: string): void;
  open(bracket: Bracket): void;
  close(bracket: Bracket): void;
  /** A stream begins, its bytes follow, `endstream` and a little more among the last; then it is over. */
  stream(): void;
  streamBytes(bytes: Uint8Array): void;
  streamEnd(): void;
}

type State =
  | 'top'
  | 'name'
  | 'word'
  | 'text'
  | 'escape'
  | 'hex'
  | 'comment'
  | 'less'
  | 'greater'
  | 'stream-eol'
  | 'stream';

const KEPT_BYTES = 256;
const REGULAR = 0;
const BLANK = 1;
const DELIMITER = 2;
const CLASS = new Uint8Array(256);
for (const byte of [0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x20]) CLASS[byte] = BLANK;
for (const character of '()<>[]{}/%') CLASS[character.charCodeAt(0)] = DELIMITER;

const OPEN_PAREN = 0x28;
const CLOSE_PAREN = 0x29;
const BACKSLASH = 0x5c;
const LESS = 0x3c;
const GREATER = 0x3e;
const CR = 0x0d;
const LF = 0x0a;

/**
 * Cuts a PDF into tokens as it comes, in any split, whatever its bytes; nothing but the beginning of the present token is kept.
 * It reads on in one line from first byte to last, without the cross-reference table: what no reader reaches is seen too.
 */
export class PdfLexer {
  readonly #tokens: PdfTokens;
  readonly #watch = new ObjectWatch();
  readonly #endStream = new Needle('endstream');
  readonly #kept = new Uint8Array(KEPT_BYTES);
  #length = 0;
  #state: State = 'top';
  #parens = 0;
  /** Digits of an octal escape seen, and their value. */
  #octals = 0;
  #octal = 0;

  constructor(tokens: PdfTokens) {
    this.#tokens = tokens;
  }

  /** Takes the next bytes. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === 'stream') at = this.#stream(bytes, at);
      else {
        this.#step(bytes[at] ?? 0);
        at += 1;
      }
    }
  }

  /** Says that an object begins here whatever came before; ends the token at hand. */
  restart(): void {
    if (this.#state === 'name' || this.#state === 'word') this.#finish();
    if (this.#state === 'stream') this.#tokens.streamEnd();
    this.#enter('top');
    this.#tokens.word('obj');
  }

  /** Says that nothing more comes. */
  end(): void {
    this.restart();
  }

  #enter(state: State): void {
    this.#state = state;
    this.#length = 0;
    this.#watch.restart();
  }

  #step(byte: number): void {
    switch (this.#state) {
      case 'top':
        return this.#top(byte);
      case 'name':
      case 'word':
        return this.#regular(byte);
      case 'less':
      case 'greater':
        return this.#bracket(byte);
      case 'stream-eol':
        return this.#streamEol(byte);
      default:
        return this.#opaque(byte);
    }
  }

  #top(byte: number): void {
    const sort = CLASS[byte];
    if (sort === BLANK) return;
    if (sort === REGULAR) {
      this.#enter('word');
      this.#keep(byte);
      return;
    }
    this.#delimiter(String.fromCharCode(byte));
  }

  #delimiter(character: string): void {
    if (character === '/') this.#enter('name');
    else if (character === '(') {
      this.#parens = 1;
      this.#enter('text');
    } else if (character === '%') this.#enter('comment');
    else if (character === '<') this.#state = 'less';
    else if (character === '>') this.#state = 'greater';
    else if (character === '[') this.#tokens.open('array');
    else if (character === ']') this.#tokens.close('array');
  }

  #regular(byte: number): void {
    if (CLASS[byte] === REGULAR) {
      this.#keep(byte);
      return;
    }
    this.#finish();
    // A stream begins behind its word, in whatever is there.
    if (this.#state === 'stream-eol') this.#streamEol(byte);
    else this.#top(byte);
  }

  #finish(): void {
    const token = latin1(this.#kept.subarray(0, this.#length));
    const isName = this.#state === 'name';
    this.#enter('top');
    if (isName) this.#tokens.name(token.includes('#') ? unescaped(token) : token);
    else if (/^[+-]?\d+(\.\d*)?$/.test(token)) this.#tokens.number(Number(token));
    else if (token === 'stream') this.#enter('stream-eol');
    else this.#tokens.word(token);
  }

  #bracket(byte: number): void {
    const isLess = this.#state === 'less';
    this.#enter('top');
    if (byte === (isLess ? LESS : GREATER)) {
      if (isLess) this.#tokens.open('dictionary');
      else this.#tokens.close('dictionary');
      return;
    }
    if (!isLess) return this.#top(byte);
    this.#enter('hex');
    this.#opaque(byte);
  }

  /** The inside of strings and comments, where a new object may begin all the same. */
  #opaque(byte: number): void {
    if (this.#watch.step(byte)) return this.#resync();
    if (this.#state === 'comment') {
      if (byte === CR || byte === LF) this.#enter('top');
    } else if (this.#state === 'hex') this.#hex(byte);
    else if (this.#state === 'escape') this.#escaped(byte);
    else this.#text(byte);
  }

  #resync(): void {
    this.#enter('top');
    this.#tokens.word('obj');
    this.#tokens.open('dictionary');
  }

  #hex(byte: number): void {
    if (byte !== GREATER) {
      if (CLASS[byte] === REGULAR) this.#keep(byte);
      return;
    }
    const digits = latin1(this.#kept.subarray(0, this.#length));
    this.#enter('top');
    this.#tokens.text(Buffer.from(digits, 'hex').toString('latin1'));
  }

  #text(byte: number): void {
    if (byte === BACKSLASH) {
      this.#state = 'escape';
      this.#octals = 0;
      return;
    }
    if (byte === OPEN_PAREN) this.#parens += 1;
    if (byte === CLOSE_PAREN) this.#parens -= 1;
    if (this.#parens > 0) return this.#keep(byte);
    const text = latin1(this.#kept.subarray(0, this.#length));
    this.#enter('top');
    this.#tokens.text(text);
  }

  /** ISO 32000-1 §7.3.4.2, Table 3. */
  #escaped(byte: number): void {
    const isOctal = byte >= 0x30 && byte <= 0x37;
    if (isOctal) {
      this.#octal = (this.#octals === 0 ? 0 : this.#octal * 8) + byte - 0x30;
      this.#octals += 1;
      if (this.#octals < 3) return;
    }
    this.#state = 'text';
    if (this.#octals > 0) this.#keep(this.#octal & 0xff);
    if (isOctal) return;
    if (this.#octals > 0) return this.#text(byte);
    const control = 'nrtbf'.indexOf(String.fromCharCode(byte));
    if (control >= 0) this.#keep('\n\r\t\b\f'.charCodeAt(control));
    else if (byte !== CR && byte !== LF) this.#keep(byte);
  }

  #streamEol(byte: number): void {
    if (byte === CR || byte === 0x20) {
      this.#state = 'stream-eol';
      return;
    }
    this.#enter('stream');
    this.#endStream.restart();
    this.#tokens.stream();
    if (byte !== LF) this.#stream(Uint8Array.of(byte), 0);
  }

  /** Passes over a stream's bytes natively. @returns the index where it goes on. */
  #stream(bytes: Uint8Array, from: number): number {
    const end = this.#endStream.find(bytes, from);
    const stop = end < 0 ? bytes.length : end;
    const object = this.#watch.find(bytes, from, stop);
    const over = object < 0 ? stop : object;
    this.#tokens.streamBytes(bytes.subarray(from, over));
    if (end < 0 && object < 0) return over;
    this.#tokens.streamEnd();
    if (object < 0) this.#enter('top');
    else this.#resync();
    return over;
  }

  #keep(byte: number): void {
    if (this.#length === KEPT_BYTES) return;
    this.#kept[this.#length] = byte;
    this.#length += 1;
  }
}

/** ISO 32000-1 §7.3.5: `#` and two hex digits stand for one byte. */
function unescaped(name: string): string {
  return name.replace(/#([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
