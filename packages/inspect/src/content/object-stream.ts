import type { PdfLexer } from './pdf-lexer.ts';

/** Objects beyond this many of one object stream are read in one line, without their offsets. */
const MOST_OFFSETS = 65_536;

/**
 * The unpacked bytes of an object stream (ISO 32000-1 §7.5.7): pairs of object number and offset, then the objects. Readers go to each by its
 * offset, so the lexer starts anew at each: an unbalanced bracket in one hides nothing of the next.
 */
export class ObjectStream {
  readonly #lexer: PdfLexer;
  /** Where objects begin; sorted once the header is over. */
  #offsets: number[] = [];
  readonly #first: number;
  #at = 0;
  #next = 0;
  #number = -1;
  #isOffset = false;

  /** @param first bytes before the first object; -1 when unknown: then all is read in one line. */
  constructor(lexer: PdfLexer, first: number) {
    this.#lexer = lexer;
    this.#first = first;
  }

  push(bytes: Uint8Array): void {
    let from = 0;
    while (from < bytes.length && this.#at < this.#first) {
      this.#header(bytes[from] ?? 0);
      from += 1;
      this.#at += 1;
      if (this.#at === this.#first) this.#headerOver();
    }
    this.#objects(bytes, from);
  }

  end(): void {
    this.#lexer.end();
  }

  #header(byte: number): void {
    const digit = byte - 0x30;
    if (digit >= 0 && digit <= 9) {
      this.#number = Math.min(Math.max(this.#number, 0) * 10 + digit, Number.MAX_SAFE_INTEGER / 16);
    } else this.#numberOver();
  }

  #numberOver(): void {
    if (this.#number < 0) return;
    if (this.#isOffset && this.#offsets.length < MOST_OFFSETS) this.#offsets.push(this.#first + this.#number);
    this.#isOffset = !this.#isOffset;
    this.#number = -1;
  }

  #headerOver(): void {
    this.#numberOver();
    this.#offsets.sort((a, b) => a - b);
  }

  #objects(bytes: Uint8Array, begin: number): void {
    let from = begin;
    while (from < bytes.length) {
      const next = this.#offsets[this.#next] ?? Number.POSITIVE_INFINITY;
      if (next <= this.#at) {
        this.#next += 1;
        if (next === this.#at) this.#lexer.restart();
        continue;
      }
      const to = Math.min(bytes.length, from + next - this.#at);
      this.#lexer.push(bytes.subarray(from, to));
      this.#at += to - from;
      from = to;
    }
  }
}
