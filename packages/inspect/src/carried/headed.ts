import type { Reader } from './depot.ts';

/**
 * A reader of something behind a header of few bytes: gathers them, and then either goes on as another reader or, when they are no such
 * header after all, gives them back.
 */
export class Headed implements Reader {
  readonly #judge: (header: Uint8Array) => number | Reader | undefined;
  #header: Uint8Array;
  #held = 0;
  #wanted: number;
  #inner: Reader | undefined;

  /**
   * @param wanted bytes gathered before `judge` is asked. @param most of them at all.
   * @param judge the header so far: how long it must be to be judged, the reader of what follows, or undefined when it is none.
   */
  constructor(wanted: number, most: number, judge: (header: Uint8Array) => number | Reader | undefined) {
    this.#wanted = wanted;
    this.#header = new Uint8Array(Math.min(most, 64));
    this.#judge = judge;
  }

  push(bytes: Uint8Array): readonly Uint8Array[] | undefined {
    let at = 0;
    while (this.#inner === undefined) {
      const taken = Math.min(this.#wanted - this.#held, bytes.length - at);
      this.#gather(bytes.subarray(at, at + taken));
      at += taken;
      if (this.#held < this.#wanted) return undefined;
      const judged = this.#judge(this.#header.subarray(0, this.#held));
      if (judged === undefined) return [this.#header.subarray(0, this.#held), bytes.subarray(at)];
      if (typeof judged === 'number') this.#wanted = judged;
      else this.#inner = judged;
    }
    return this.#inner.push(bytes.subarray(at));
  }

  end(): readonly Uint8Array[] {
    if (this.#inner !== undefined) return this.#inner.end();
    const header = this.#header.subarray(0, this.#held);
    // The header may be all there is.
    const judged = this.#judge(header);
    return judged === undefined || typeof judged === 'number' ? [header] : judged.end();
  }

  #gather(bytes: Uint8Array): void {
    if (this.#held + bytes.length > this.#header.length) {
      const larger = new Uint8Array(Math.max(this.#wanted, this.#header.length * 2));
      larger.set(this.#header.subarray(0, this.#held));
      this.#header = larger;
    }
    this.#header.set(bytes, this.#held);
    this.#held += bytes.length;
  }
}

/** Passes over so many bytes, then goes on as another reader. */
export class Skipping implements Reader {
  #left: number;
  readonly #inner: Reader;

  constructor(length: number, inner: Reader) {
    this.#left = length;
    this.#inner = inner;
  }

  push(bytes: Uint8Array): readonly Uint8Array[] | undefined {
    const passed = Math.min(this.#left, bytes.length);
    this.#left -= passed;
    return this.#left > 0 ? undefined : this.#inner.push(bytes.subarray(passed));
  }

  end(): readonly Uint8Array[] {
    return this.#inner.end();
  }
}
