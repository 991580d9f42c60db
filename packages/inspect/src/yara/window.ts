/** What rules see at once. */
export const WINDOW_BYTES = 256 * 1024;
/** What two windows of a long content share: as long as the longest text a rule may have (RULE_LIMITS), and a multiple of four. */
export const OVERLAP_BYTES = 4_096;
/** Kept when nobody needs them: as many as objects arrive at once on a good day. */
const MOST_KEPT = 8;

/** A piece of a content; both look at the same memory. */
export interface Window {
  readonly bytes: Uint8Array;
  readonly quads: Int32Array;
}

/** Windows that go from content to content. One that is never given back, its object having been cut off, is simply forgotten. */
export class Windows {
  readonly #free: Window[] = [];

  take(): Window {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const memory = new ArrayBuffer(WINDOW_BYTES);
    return { bytes: new Uint8Array(memory), quads: new Int32Array(memory) };
  }

  giveBack(window: Window): void {
    if (this.#free.length < MOST_KEPT) this.#free.push(window);
  }
}
