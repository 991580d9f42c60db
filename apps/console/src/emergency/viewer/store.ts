/** What can be held: it says how large it is. */
interface Held {
  readonly bytes: number;
}

interface Entry<T> {
  readonly promise: Promise<T>;
  readonly stop: () => void;
  bytes: number;
  isThere: boolean;
}

/** Loaded ahead at the same time. */
export const AT_ONCE = 3;

/**
 * Loads what is wanted, the one asked for at once, the others few at a time and nearest first, and holds as much as fits into its bound: an old
 * computer has little memory. What is no longer wanted and not there yet is given up.
 */
export class FrameStore<T extends Held> {
  readonly #load: (at: number, signal: AbortSignal) => Promise<T>;
  readonly #mostBytes: number;
  readonly #entries = new Map<number, Entry<T>>();
  #wanted: readonly number[] = [];

  constructor(load: (at: number, signal: AbortSignal) => Promise<T>, mostBytes: number) {
    this.#load = load;
    this.#mostBytes = mostBytes;
  }

  /** Bytes of what is there. */
  get bytes(): number {
    let sum = 0;
    for (const { bytes } of this.#entries.values()) sum += bytes;
    return sum;
  }

  /** Number `at`, now. `ahead`: wanted next, the first first. */
  get(at: number, ahead: readonly number[]): Promise<T> {
    this.#wanted = [at, ...ahead];
    for (const [each, entry] of [...this.#entries])
      if (!entry.isThere && !this.#wanted.includes(each)) this.#drop(each);
    const entry = this.#entries.get(at) ?? this.#begin(at);
    // Used last, dropped last.
    this.#entries.delete(at);
    this.#entries.set(at, entry);
    if (entry.isThere) this.#settled();
    return entry.promise;
  }

  close(): void {
    this.#wanted = [];
    for (const each of [...this.#entries.keys()]) this.#drop(each);
  }

  #begin(at: number): Entry<T> {
    const controller = new AbortController();
    const promise = this.#load(at, controller.signal);
    const entry: Entry<T> = { promise, stop: () => controller.abort(), bytes: 0, isThere: false };
    this.#entries.set(at, entry);
    promise.then(
      ({ bytes }) => {
        [entry.bytes, entry.isThere] = [bytes, true];
        this.#settled();
      },
      () => {
        if (this.#entries.get(at) === entry) this.#entries.delete(at);
        this.#wanted = this.#wanted.filter((each) => each !== at);
        this.#settled();
      },
    );
    return entry;
  }

  #settled(): void {
    for (const [each, entry] of [...this.#entries]) {
      if (this.bytes <= this.#mostBytes) break;
      if (entry.isThere && !this.#wanted.includes(each)) this.#drop(each);
    }
    for (const next of this.#wanted) {
      const underway = [...this.#entries.values()].filter(({ isThere }) => !isThere).length;
      // The bound is for what lies ahead too: the first wanted is what is looked at.
      if (underway >= AT_ONCE || this.bytes > this.#mostBytes) return;
      if (!this.#entries.has(next)) this.#begin(next);
    }
  }

  #drop(at: number): void {
    this.#entries.get(at)?.stop();
    this.#entries.delete(at);
  }
}
