/** Four bytes are hashed to so many bits. */
const TABLE_BITS = 12;
const FACTOR = 0x9e3779b1;
const QUAD_BYTES = 4;
/** Looked for where it may begin at any of so many places at least: for shorter ones the native search is as fast. */
const LEAST_STRIDE = 16;
const NOWHERE: readonly number[] = [];

/**
 * Finds one long byte string by looking at four bytes in every so many: wherever it lies, some of these are its own. Of most bytes one in
 * sixteen is read, or fewer, where a native search reads each.
 */
export class SparseSearch {
  readonly #needle: Uint8Array;
  readonly #stride: number;
  readonly #table = new Uint8Array(1 << TABLE_BITS);
  /** Where in the needle each four bytes stand, last place first: the earliest beginning is tried first. */
  readonly #places = new Map<number, number[]>();

  private constructor(needle: Uint8Array, stride: number) {
    this.#needle = needle;
    this.#stride = stride;
    for (let at = 0; at + QUAD_BYTES <= needle.length; at += 1) {
      const quad = new Int32Array(needle.slice(at, at + QUAD_BYTES).buffer)[0] as number;
      this.#table[hashOf(quad)] = 1;
      this.#places.set(quad, [at, ...(this.#places.get(quad) ?? [])]);
    }
  }

  /** @returns undefined when the needle is too short to gain by it. */
  static of(needle: Uint8Array): SparseSearch | undefined {
    // Of so many places one after the other, at which a quad of the needle begins, one is looked at.
    const stride = 2 ** Math.floor(Math.log2(Math.max(1, needle.length - QUAD_BYTES + 1)));
    return stride < LEAST_STRIDE ? undefined : new SparseSearch(new Uint8Array(needle), stride);
  }

  /** The first place from `from` on where the needle begins; -1 when there is none. As `Buffer.indexOf`. */
  indexOf(bytes: Uint8Array, from: number): number {
    // The first place from which four bytes can be read at once, counted from the beginning of `bytes`.
    const first = from + (-(bytes.byteOffset + from) & 3);
    const count = (bytes.length - first) >> 2;
    if (count <= 0) return -1;
    const quads = new Int32Array(bytes.buffer, bytes.byteOffset + first, count);
    const step = this.#stride >> 2;
    const table = this.#table;
    for (let at = 0; at < count; at += step) {
      const quad = quads[at] as number;
      if (table[hashOf(quad)] === 0) continue;
      const found = this.#around(bytes, quad, first + at * QUAD_BYTES, from);
      if (found >= 0) return found;
    }
    return -1;
  }

  #around(bytes: Uint8Array, quad: number, at: number, from: number): number {
    for (const place of this.#places.get(quad) ?? NOWHERE) {
      if (at - place >= from && this.#isAt(bytes, at - place)) return at - place;
    }
    return -1;
  }

  #isAt(bytes: Uint8Array, begin: number): boolean {
    return this.#needle.every((byte, at) => bytes[begin + at] === byte);
  }
}

function hashOf(quad: number): number {
  return Math.imul(quad, FACTOR) >>> (32 - TABLE_BITS);
}
