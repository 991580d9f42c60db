import { Sweep } from './sweep.ts';
import { SWEEP_LAYOUT } from './sweep-code.ts';

/** What rules see at once. */
export const WINDOW_BYTES = 256 * 1024;
/** What two windows of a long content share: as long as the longest text a rule may have (RULE_LIMITS), and a multiple of four. */
export const OVERLAP_BYTES = 4_096;
/** Kept when nobody needs them: as many as objects arrive at once on a good day. */
const MOST_KEPT = 8;

/** A piece of a content; `bytes` and `quads` look at the same memory. */
export interface Window {
  readonly bytes: Uint8Array;
  readonly quads: Int32Array;
  /** What looks through that memory faster than the gate alone; absent where there is none. */
  readonly sweep?: Sweep;
}

/**
 * Windows that go from content to content: the first few lie in the memory of the vector loop, those beyond anywhere. One that is never given
 * back, its object having been cut off, is forgotten, and its place used again once it is gone.
 */
export class Windows {
  readonly #free: Window[] = [];
  #sweep: Sweep | undefined;
  #places: number[] | undefined;
  readonly #gone = new FinalizationRegistry<number>((place) => this.#places?.push(place));

  take(): Window {
    return this.#free.pop() ?? this.#make();
  }

  giveBack(window: Window): void {
    if (this.#free.length < MOST_KEPT) this.#free.push(window);
  }

  #make(): Window {
    if (this.#places === undefined) this.#begin();
    const place = this.#places?.pop();
    if (this.#sweep === undefined || place === undefined) return windowOn(new ArrayBuffer(WINDOW_BYTES), 0);
    const window = { ...windowOn(this.#sweep.memory, place), sweep: this.#sweep };
    this.#gone.register(window, place);
    return window;
  }

  #begin(): void {
    this.#sweep = Sweep.start(MOST_KEPT * WINDOW_BYTES);
    this.#places = Array.from({ length: MOST_KEPT }, (_, at) => SWEEP_LAYOUT.windows + at * WINDOW_BYTES);
  }
}

/** A window that lies in `memory` from the byte `at` on, a multiple of four. */
export function windowOn(memory: ArrayBuffer, at: number): Window {
  return { bytes: new Uint8Array(memory, at, WINDOW_BYTES), quads: new Int32Array(memory, at, WINDOW_BYTES / 4) };
}
