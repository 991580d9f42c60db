/** Most segments whose place is remembered; a table of 65,536 entries has a few hundred. */
const MOST_SEGMENTS = 4096;
const DISCRETE = 0;
const LINEAR = 1;
const INDIRECT = 2;

type Wanted = 'opcode' | 'length' | 'values' | 'pointer';

/**
 * Walks a segmented palette (PS3.3 §C.7.9.2) without unpacking it: what each segment would produce is counted, an indirect segment
 * may only repeat plain ones before it. Memory is bounded by MOST_SEGMENTS, time by the bytes.
 */
export class SegmentWalk {
  readonly #entries: number;
  readonly #unit: 1 | 2;
  readonly #isBigEndian: boolean;
  /** Place of each segment's first byte → its number. */
  readonly #numbers = new Map<number, number>();
  /** Entries produced before segment i, and indirect segments before it. */
  readonly #producedBefore: number[] = [0];
  readonly #indirectBefore: number[] = [0];
  #wanted: Wanted = 'opcode';
  #opcode = 0;
  #count = 0;
  #left = 0;
  #pointer = 0;
  #held = -1;
  #at = 0;
  #segmentAt = 0;
  #isWrong = false;
  #isTooMany = false;

  /** @param unit bytes of one entry, opcode or length. */
  constructor(entries: number, unit: 1 | 2, isBigEndian: boolean) {
    this.#entries = entries;
    this.#unit = unit;
    this.#isBigEndian = isBigEndian;
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.#isWrong || this.#isTooMany) return;
      this.#take(byte);
    }
  }

  /** What was seen; to be called once. A single byte of padding is nothing. */
  end(): 'right' | 'wrong' | 'too-many' {
    if (this.#isTooMany) return 'too-many';
    const isWhole = this.#wanted === 'opcode' || (this.#unit === 1 && this.#wanted === 'length' && this.#opcode === 0);
    return !this.#isWrong && isWhole && this.#produced === this.#entries ? 'right' : 'wrong';
  }

  get #produced(): number {
    return this.#producedBefore.at(-1) ?? 0;
  }

  #take(byte: number): void {
    this.#at += 1;
    if (this.#unit === 1) {
      this.#word(byte);
    } else if (this.#held < 0) {
      this.#held = byte;
    } else {
      const word = this.#isBigEndian ? this.#held * 256 + byte : byte * 256 + this.#held;
      this.#held = -1;
      this.#word(word);
    }
  }

  #word(word: number): void {
    switch (this.#wanted) {
      case 'opcode':
        return this.#begin(word);
      case 'length':
        return this.#measure(word);
      case 'values':
      case 'pointer':
        return this.#pass(word);
    }
  }

  #begin(opcode: number): void {
    this.#segmentAt = this.#at - this.#unit;
    this.#opcode = opcode;
    this.#wanted = 'length';
    // A linear segment goes on from the entry before it: the first cannot be one.
    if (opcode > INDIRECT || (opcode === LINEAR && this.#produced === 0)) this.#isWrong = true;
  }

  #measure(count: number): void {
    this.#count = count;
    this.#left = this.#opcode === DISCRETE ? count : this.#opcode === LINEAR ? 1 : 4 / this.#unit;
    this.#pointer = 0;
    this.#wanted = this.#opcode === INDIRECT ? 'pointer' : 'values';
    if (this.#left === 0) this.#close(count);
  }

  #pass(word: number): void {
    // The place stands least significant word (or byte) first, whatever the byte order.
    if (this.#wanted === 'pointer') this.#pointer += word * 2 ** (8 * this.#unit * (4 / this.#unit - this.#left));
    this.#left -= 1;
    if (this.#left > 0) return;
    if (this.#wanted === 'values') this.#close(this.#count);
    else this.#repeat();
  }

  #repeat(): void {
    const from = this.#numbers.get(this.#pointer);
    const to = (from ?? 0) + this.#count;
    const here = this.#producedBefore.length - 1;
    const isPlain = this.#indirectBefore[to] === this.#indirectBefore[from ?? 0];
    if (from === undefined || to > here || !isPlain) this.#isWrong = true;
    else this.#close((this.#producedBefore[to] ?? 0) - (this.#producedBefore[from] ?? 0));
  }

  #close(produced: number): void {
    const total = this.#produced + produced;
    const number = this.#producedBefore.length - 1;
    this.#numbers.set(this.#segmentAt, number);
    this.#producedBefore.push(total);
    this.#indirectBefore.push((this.#indirectBefore[number] ?? 0) + (this.#opcode === INDIRECT ? 1 : 0));
    this.#wanted = 'opcode';
    if (total > this.#entries) this.#isWrong = true;
    else if (number + 1 >= MOST_SEGMENTS) this.#isTooMany = true;
  }
}
