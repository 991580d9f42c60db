import { latin1 } from '../bytes.ts';
import type { Depot, Reader } from './depot.ts';

const QUANTUM = 4;
/** Neither a digit of base64 (RFC 4648 §4, §5) nor a blank, which readers pass over. */
const STRANGE = /[^A-Za-z0-9+/_\s-]/;
/** So many characters are looked at to tell whether a text is base64 as a whole. */
const LEAD = 64;
const LEAST = 24;

/** Whether a text begins as base64 and nothing else: no blanks but line breaks, a line of digits at least. */
export function isBase64(beginning: Uint8Array): boolean {
  if (beginning.length < LEAST || !isDigit(beginning[0] ?? 0) || !isDigit(beginning[LEAST / 2] ?? 0)) return false;
  const lead = latin1(beginning.subarray(0, LEAD))
    .replace(/[\r\n]+/g, '')
    .replace(/[=\0 ]+$/, '');
  return lead.length >= LEAST && /^[A-Za-z0-9+/]+$/.test(lead);
}

/** Or a line break; told without a word for the many contents that are none. */
function isDigit(byte: number): boolean {
  const letter = byte & 0xdf;
  return (letter >= 0x41 && letter <= 0x5a) || (byte >= 0x2b && byte <= 0x39) || byte === 0x0a || byte === 0x0d;
}

/** Text in base64 up to the first character that is none. */
export class Base64 implements Reader {
  readonly #depot: Depot;
  #rest = '';
  #isOpen = false;

  constructor(depot: Depot) {
    this.#depot = depot;
  }

  push(bytes: Uint8Array): readonly Uint8Array[] | undefined {
    const text = latin1(bytes);
    const end = text.search(STRANGE);
    this.#decode(end < 0 ? text : text.slice(0, end));
    if (end < 0 && this.#depot.budget.left > 0) return undefined;
    this.#close();
    return end < 0 ? [] : [bytes.subarray(end)];
  }

  end(): readonly Uint8Array[] {
    this.#close();
    return [];
  }

  #decode(text: string): void {
    const digits = this.#rest + text.replace(/\s+/g, '');
    const whole = digits.length - (digits.length % QUANTUM);
    this.#rest = digits.slice(whole);
    this.#give(digits.slice(0, whole));
  }

  #give(digits: string): void {
    if (digits === '') return;
    const decoded = Buffer.from(digits, 'base64');
    const { budget } = this.#depot;
    if (!this.#isOpen) this.#depot.open('base64');
    this.#isOpen = true;
    this.#depot.bytes(decoded.subarray(0, budget.left));
    if (decoded.length > budget.left) this.#depot.stopped('tooMuch');
    budget.left = Math.max(0, budget.left - decoded.length);
  }

  #close(): void {
    this.#give(this.#rest);
    this.#rest = '';
    if (this.#isOpen) this.#depot.close();
    this.#isOpen = false;
  }
}
