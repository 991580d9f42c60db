import { MOST_TREATED_BYTES } from './treated.ts';

/** What becomes of a value as its pieces come: left out, passed on, or gathered and then given to `finish`. */
type Fate = 'drop' | 'pass' | 'gather';

/** The value of the element being read. Passing keeps nothing; gathering keeps at most MOST_TREATED_BYTES. */
export class ValueInHand {
  readonly #pass: (bytes: Uint8Array) => void;
  #fate: Fate = 'drop';
  #parts: Uint8Array[] = [];
  #gathered = 0;
  #finish: ((value: Uint8Array) => void) | undefined;
  #tail: Uint8Array | undefined;

  /** @param pass takes what is passed on: views, valid during the call. */
  constructor(pass: (bytes: Uint8Array) => void) {
    this.#pass = pass;
  }

  drop(): void {
    this.#fate = 'drop';
  }

  /** @param tail what follows the value: a pad, or an item added. */
  pass(tail?: Uint8Array): void {
    this.#fate = 'pass';
    this.#tail = tail;
  }

  gather(finish: (value: Uint8Array) => void): void {
    this.#fate = 'gather';
    this.#finish = finish;
  }

  push(bytes: Uint8Array): void {
    if (this.#fate === 'pass') this.#pass(bytes);
    if (this.#fate !== 'gather') return;
    this.#gathered += bytes.length;
    if (this.#gathered <= MOST_TREATED_BYTES) this.#parts.push(new Uint8Array(bytes));
  }

  /** Ends the value. False when it was to be gathered and was too long: then nothing is finished. @param isWanted whether to finish. */
  end(isWanted: boolean): boolean {
    if (this.#fate === 'pass' && this.#tail !== undefined) this.#pass(this.#tail);
    const finish = this.#finish;
    const isTooLong = this.#gathered > MOST_TREATED_BYTES;
    const parts = this.#parts;
    this.#fate = 'drop';
    this.#finish = undefined;
    this.#tail = undefined;
    this.#parts = [];
    this.#gathered = 0;
    if (finish === undefined || !isWanted || isTooLong) return !isTooLong || !isWanted;
    finish(new Uint8Array(Buffer.concat(parts)));
    return true;
  }
}
