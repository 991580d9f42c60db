import { latin1 } from '../bytes.ts';

/** Bytes looked at together, and how many of them again with the next: patterns are shorter. */
const WINDOW_BYTES = 4096;
const OVERLAP_BYTES = 640;

/** A long text cut into windows of one size that overlap, the same whatever pieces it comes in. */
export class TextWindow {
  readonly #look: (text: string) => void;
  readonly #bytes = new Uint8Array(WINDOW_BYTES);
  #held = 0;
  #isFresh = false;

  /** @param look is given each window as Latin-1 text. */
  constructor(look: (text: string) => void) {
    this.#look = look;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const part = bytes.subarray(at, at + WINDOW_BYTES - this.#held);
      this.#bytes.set(part, this.#held);
      this.#held += part.length;
      at += part.length;
      this.#isFresh = true;
      if (this.#held === WINDOW_BYTES) this.#over();
    }
  }

  /** Says that the text is over; another may begin. */
  end(): void {
    if (this.#isFresh) this.#look(latin1(this.#bytes.subarray(0, this.#held)));
    this.#held = 0;
    this.#isFresh = false;
  }

  #over(): void {
    this.#look(latin1(this.#bytes));
    this.#bytes.copyWithin(0, WINDOW_BYTES - OVERLAP_BYTES);
    this.#held = OVERLAP_BYTES;
    this.#isFresh = false;
  }
}
