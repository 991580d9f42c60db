/** Gives the next bytes, undefined at the end. A piece is valid until the next one is asked for. */
export type Pull = () => Uint8Array | undefined | Promise<Uint8Array | undefined>;

const NOTHING = new Uint8Array(0);

/** Bytes to be read once, from a file, a pipe or a member of an archive, with a look ahead. Memory: one piece, or what is asked ahead. */
export class Source {
  readonly #pull: Pull;
  #held: Uint8Array = NOTHING;
  #isOver = false;
  #taken = 0;

  constructor(pull: Pull) {
    this.#pull = pull;
  }

  /** Bytes handed out so far. */
  get taken(): number {
    return this.#taken;
  }

  /** The next bytes, at least `least` unless the end comes before; they stay to be read. Valid until anything else is called. */
  async ahead(least: number): Promise<Uint8Array> {
    while (this.#held.length < least && !this.#isOver) {
      // A piece lives in somebody else's buffer, which the next pull fills anew: what is held across one must be our own.
      const kept = new Uint8Array(this.#held);
      const piece = await this.#pull();
      if (piece === undefined) this.#isOver = true;
      else this.#held = kept.length === 0 ? piece : joined(kept, piece);
      if (piece === undefined) this.#held = kept;
    }
    return this.#held;
  }

  /** The next piece, at most `most` bytes; undefined at the end. */
  async next(most = Number.POSITIVE_INFINITY): Promise<Uint8Array | undefined> {
    if (this.#held.length === 0) await this.ahead(1);
    if (this.#held.length === 0) return undefined;
    const piece = this.#held.length > most ? this.#held.subarray(0, most) : this.#held;
    this.#held = this.#held.subarray(piece.length);
    this.#taken += piece.length;
    return piece;
  }

  /** Exactly `count` bytes, or all there are. A view, valid until anything else is called. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = (await this.ahead(count)).subarray(0, count);
    this.#held = this.#held.subarray(bytes.length);
    this.#taken += bytes.length;
    return bytes;
  }

  /** Takes back the last `count` bytes of the piece that was handed out last. */
  putBack(piece: Uint8Array, count: number): void {
    if (count === 0) return;
    this.#held = joined(piece.subarray(piece.length - count), this.#held);
    this.#taken -= count;
  }

  /** Reads over `count` bytes, or to the end. */
  async skip(count = Number.POSITIVE_INFINITY): Promise<void> {
    for (let rest = count; rest > 0; ) {
      const piece = await this.next(rest);
      if (piece === undefined) return;
      rest -= piece.length;
    }
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (second.length === 0) return first;
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
