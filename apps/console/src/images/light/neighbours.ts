/** Pictures kept at most, the one shown among them. */
export const KEPT = 48;
/** Asked for at the same time. */
export const AT_ONCE = 3;
const [AHEAD, BEHIND] = [8, 3];

/** A picture on its way or there; `stop` gives it up. */
export interface Loading {
  stop(): void;
}

/** Starts loading what is at `address`; `done` is called once, whether it came or not. */
export type Load = (address: string, done: () => void) => Loading;

/** Which pictures are worth having next, nearest first, more of them where the reader is going. */
export function neighboursOf(at: number, count: number, isForward: boolean): readonly number[] {
  const wanted: number[] = [];
  for (let step = 1; step <= AHEAD; step += 1) {
    const [on, back] = isForward ? [at + step, at - step] : [at - step, at + step];
    wanted.push(on);
    if (step <= BEHIND) wanted.push(back);
  }
  return wanted.filter((each) => each >= 0 && each < count);
}

/** Loads neighbours, few at a time, and keeps a bounded number; what is no longer near is given up. */
export class Neighbours {
  readonly #load: Load;
  readonly #kept = new Map<string, { readonly loading: Loading; isDone: boolean }>();
  #wanted: readonly string[] = [];

  constructor(load: Load) {
    this.#load = load;
  }

  /** Pictures held, on their way or there. */
  get size(): number {
    return this.#kept.size;
  }

  /** Wants these from now on, the first first. */
  want(addresses: readonly string[]): void {
    this.#wanted = addresses.slice(0, KEPT);
    for (const [address, each] of Array.from(this.#kept)) {
      if (each.isDone || this.#wanted.includes(address)) continue;
      each.loading.stop();
      this.#kept.delete(address);
    }
    this.#start();
  }

  #start(): void {
    for (const address of this.#wanted) {
      let running = 0;
      for (const each of Array.from(this.#kept.values())) running += each.isDone ? 0 : 1;
      if (running >= AT_ONCE) return;
      if (!this.#kept.has(address)) this.#begin(address);
    }
  }

  #begin(address: string): void {
    while (this.#kept.size >= KEPT) {
      const oldest = Array.from(this.#kept).find(([name, { isDone }]) => isDone && !this.#wanted.includes(name));
      if (oldest === undefined) return;
      this.#kept.delete(oldest[0]);
    }
    const entry = { loading: this.#load(address, () => this.#done(address)), isDone: false };
    this.#kept.set(address, entry);
  }

  #done(address: string): void {
    const entry = this.#kept.get(address);
    if (entry === undefined || entry.isDone) return;
    entry.isDone = true;
    this.#start();
  }
}
