/** So many bytes of any value may follow what ends: encoders that write whole words or blocks leave them. */
const ANY_BYTES = 32;
/** So many zeros or ones are padding to a block or a sector. */
const BLANK_BYTES = 65_536;

/** Tells padding from something hidden, in bytes that come in pieces. Looks at no more than it needs. */
export class Padding {
  #bytes = 0;
  #filled = 0;

  restart(): void {
    [this.#bytes, this.#filled] = [0, 0];
  }

  push(view: Uint8Array): void {
    this.#bytes += view.length;
    for (let at = 0; at < view.length && this.#filled <= ANY_BYTES; at += 1) {
      const byte = view[at];
      if (byte !== 0 && byte !== 0xff) this.#filled += 1;
    }
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** Whether it is more than padding. */
  get isMore(): boolean {
    return (this.#bytes > ANY_BYTES && this.#filled > 0) || this.#bytes > BLANK_BYTES;
  }
}
