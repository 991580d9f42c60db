/** Unpacked bytes anyone may need; beyond, unpacking goes on only in proportion to what was read (CLI-33). */
const FREE_BYTES = 256 * 1024 * 1024;
/** Images of one colour pack to a thousandth, a whole archive of them is made on purpose. */
const MOST_RATIO = 200;

/** What one file of the disk may unpack to, all archives inside it together. */
export class Budget {
  readonly #readBytes: () => number;
  #unpacked = 0;

  /** @param readBytes how much of the file itself was read so far. */
  constructor(readBytes: () => number) {
    this.#readBytes = readBytes;
  }

  /** Counts `bytes` unpacked. @returns whether that is still in proportion. */
  spend(bytes: number): boolean {
    this.#unpacked += bytes;
    return !this.isSpent;
  }

  get isSpent(): boolean {
    return this.#unpacked > FREE_BYTES + MOST_RATIO * this.#readBytes();
  }
}
