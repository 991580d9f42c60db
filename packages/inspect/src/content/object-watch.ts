import { Needle } from './needle.ts';

const isBlank = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0;

/**
 * Sees `obj <<` go by wherever it stands. Readers reach a PDF's objects by offset (ISO 32000-1 §7.5.4), so one begins there even when what
 * comes before makes the place look like the inside of a string, a comment or another stream.
 */
export class ObjectWatch {
  readonly #needle = new Needle('obj');
  /** Letters of `obj` seen; 3: all, blanks may follow; 4: and one `<`. */
  #seen = 0;

  restart(): void {
    this.#seen = 0;
    this.#needle.restart();
  }

  /** One byte. @returns whether it ends `obj <<`. */
  step(byte: number): boolean {
    if (this.#seen === 4) {
      this.#seen = 0;
      return byte === 0x3c;
    }
    if (this.#seen === 3) {
      if (byte === 0x3c) this.#seen = 4;
      else if (!isBlank(byte)) this.#seen = byte === 0x6f ? 1 : 0;
      return false;
    }
    if (byte === 'obj'.charCodeAt(this.#seen)) this.#seen += 1;
    else this.#seen = byte === 0x6f ? 1 : 0;
    return false;
  }

  /** The same over many bytes, natively. @returns the index just behind `obj <<` between `from` and `to`, or -1. */
  find(bytes: Uint8Array, from: number, to: number): number {
    const area = bytes.subarray(0, to);
    let at = from;
    for (;;) {
      while (this.#seen >= 3 && at < to) {
        at += 1;
        if (this.step(area[at - 1] ?? 0)) return at;
      }
      // The byte that disappointed may begin another `obj`.
      if (this.#seen === 1) at -= 1;
      this.#seen = this.#seen >= 3 ? this.#seen : 0;
      if (at >= to) return -1;
      at = this.#needle.find(area, at);
      if (at < 0) return -1;
      this.#seen = 3;
    }
  }
}
