/** Thrown where a JPEG is damaged; caught where its decoding began. */
export class DamagedJpeg extends Error {}

const FAST_BITS = 8;
const MOST_CODE_BITS = 16;

/** A Huffman table (ISO 10918-1 §C): short codes by one look, longer ones bit by bit. */
export class HuffmanTable {
  /** By the next 8 bits: the code's length in the high byte, its value in the low; 0 where the code is longer. */
  readonly #fast = new Uint16Array(1 << FAST_BITS);
  readonly #values: Uint8Array;
  /** By length: the largest code, -1 for none; and what to add to a code for the place of its value. */
  readonly #largest = new Int32Array(MOST_CODE_BITS + 1).fill(-1);
  readonly #shift = new Int32Array(MOST_CODE_BITS + 1);

  /** @param counts how many codes there are of each length, 1 to 16. @param values in the order of the codes. */
  constructor(counts: Uint8Array, values: Uint8Array) {
    this.#values = values;
    let code = 0;
    let at = 0;
    for (let length = 1; length <= MOST_CODE_BITS; length += 1) {
      const count = counts[length - 1] ?? 0;
      this.#shift[length] = at - code;
      for (let one = 0; one < count && length <= FAST_BITS; one += 1) this.#fill(code + one, length, at + one);
      at += count;
      code += count;
      if (code > 1 << length) throw new DamagedJpeg();
      if (count > 0) this.#largest[length] = code - 1;
      code *= 2;
    }
  }

  #fill(code: number, length: number, at: number): void {
    const from = code << (FAST_BITS - length);
    this.#fast.fill((length << 8) | (this.#values[at] ?? 0), from, from + (1 << (FAST_BITS - length)));
  }

  /** The next value of the stream. */
  next(bits: BitReader): number {
    const fast = this.#fast[bits.peek8()] ?? 0;
    if (fast !== 0) {
      bits.skip(fast >> 8);
      return fast & 0xff;
    }
    let code = bits.take(FAST_BITS);
    for (let length = FAST_BITS + 1; length <= MOST_CODE_BITS; length += 1) {
      code = (code << 1) | bits.take(1);
      const largest = this.#largest[length] ?? -1;
      if (code <= largest) return this.#values[code + (this.#shift[length] ?? 0)] ?? 0;
    }
    throw new DamagedJpeg();
  }
}

/** The bits of one entropy-coded segment (ISO 10918-1 §F.2.2.5); FF00 is FF. Throws DamagedJpeg when read beyond its end. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #held = 0;
  #count = 0;
  /** Bits held that no byte stood for: a code may be looked for in them, and not taken from them. */
  #lent = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Where the segment's marker stands, once all of it is read. */
  get position(): number {
    return this.#at;
  }

  peek8(): number {
    this.#need(8);
    return (this.#held >>> (this.#count - 8)) & 0xff;
  }

  skip(bits: number): void {
    this.#count -= bits;
    if (this.#count < this.#lent) throw new DamagedJpeg();
  }

  /** @param bits at most 16. */
  take(bits: number): number {
    if (bits === 0) return 0;
    this.#need(bits);
    const value = (this.#held >>> (this.#count - bits)) & ((1 << bits) - 1);
    this.skip(bits);
    return value;
  }

  /** A difference or coefficient of so many bits (§F.2.2.1, EXTEND). */
  extended(bits: number): number {
    const value = this.take(bits);
    return bits > 0 && value < 1 << (bits - 1) ? value - (1 << bits) + 1 : value;
  }

  /** Begins the next interval behind a restart marker, which must stand here (§F.2.2.4). */
  restart(): void {
    const [mark, marker] = [this.#bytes[this.#at], this.#bytes[this.#at + 1] ?? 0];
    if (mark !== 0xff || marker < 0xd0 || marker > 0xd7) throw new DamagedJpeg();
    this.#at += 2;
    [this.#held, this.#count, this.#lent] = [0, 0, 0];
  }

  #need(bits: number): void {
    while (this.#count < bits) {
      this.#held = (this.#held << 8) | this.#byte();
      this.#count += 8;
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    const isMarker = byte === undefined || (byte === 0xff && this.#bytes[this.#at + 1] !== 0);
    if (isMarker) {
      this.#lent += 8;
      return 0;
    }
    this.#at += byte === 0xff ? 2 : 1;
    return byte;
  }
}
