import { SparseSearch } from './sparse.ts';

/** Shorter pieces are searched natively. */
const LEAST_SPARSE_BYTES = 4096;
/** One a needle, whoever looks for it: their tables need be made once. */
const SPARSE = new WeakMap<Buffer, SparseSearch | null>();

/** Finds one byte string in bytes that come in pieces of any size. Native search, or a sparse one in long pieces; of the past it keeps what a match may have begun in. */
export class Needle {
  readonly #needle: Buffer;
  readonly #tail: Uint8Array;
  #held = 0;

  /** @param needle at least 2 bytes: Latin-1 text, or a buffer that nobody changes. */
  constructor(needle: string | Buffer) {
    this.#needle = typeof needle === 'string' ? Buffer.from(needle, 'latin1') : needle;
    this.#tail = new Uint8Array(this.#needle.length - 1);
  }

  /** Forgets what came before: the next bytes begin something new. */
  restart(): void {
    this.#held = 0;
  }

  /**
   * The first match in what came before together with `bytes` from `from` on.
   * @returns the index in `bytes` just behind it, at least `from`; -1 when there is none. Behind a match it starts anew.
   */
  find(bytes: Uint8Array, from: number): number {
    const seam = this.#acrossSeam(bytes, from);
    if (seam >= 0) return seam;
    const found = this.#indexIn(bytes, from);
    if (found >= 0) {
      this.#held = 0;
      return found + this.#needle.length;
    }
    this.#keep(bytes, from);
    return -1;
  }

  #indexIn(bytes: Uint8Array, from: number): number {
    const sparse = bytes.length - from < LEAST_SPARSE_BYTES ? undefined : sparseOf(this.#needle);
    if (sparse !== undefined) return sparse.indexOf(bytes, from);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(this.#needle, from);
  }

  #acrossSeam(bytes: Uint8Array, from: number): number {
    if (this.#held === 0) return -1;
    const fresh = bytes.subarray(from, from + this.#tail.length);
    const joined = Buffer.concat([this.#tail.subarray(0, this.#held), fresh]);
    const found = joined.indexOf(this.#needle);
    if (found < 0) return -1;
    const end = from + found + this.#needle.length - this.#held;
    this.#held = 0;
    return end;
  }

  #keep(bytes: Uint8Array, from: number): void {
    const fresh = bytes.subarray(Math.max(from, bytes.length - this.#tail.length));
    const old = Math.min(this.#held, this.#tail.length - fresh.length);
    this.#tail.copyWithin(0, this.#held - old, this.#held);
    this.#tail.set(fresh, old);
    this.#held = old + fresh.length;
  }
}

function sparseOf(needle: Buffer): SparseSearch | undefined {
  const known = SPARSE.get(needle);
  if (known !== undefined) return known ?? undefined;
  const made = SparseSearch.of(needle);
  SPARSE.set(needle, made ?? null);
  return made;
}
