import { type Clock, type Timer, uuidv7 } from '@leadglass/kit';
import type { EventOf } from '@leadglass/model';

/** What strangers can make us write: a caller that was not admitted, a connection that came to nothing. */
export type StrangerEvent = EventOf<'association.rejected'> | EventOf<'connection.refused'>;

export interface StrangerLimits {
  /** Events told one by one in a minute: of one caller at one address, of one address, of all together. */
  readonly ofCaller: number;
  readonly ofAddress: number;
  readonly ofAll: number;
  /** Callers and addresses remembered at once. */
  readonly mostKnown: number;
}

export const DEFAULT_STRANGER_LIMITS: StrangerLimits = { ofCaller: 20, ofAddress: 60, ofAll: 600, mostKnown: 2_000 };

const WINDOW_MS = 60_000;
const EVERYBODY = 'everybody';

interface Count {
  told: number;
  /** Came after the limit, and the last of them. */
  more: number;
  last: StrangerEvent | undefined;
}

/**
 * Keeps strangers from filling the disk with events about themselves: within a minute the first ones are told one by one, all others
 * together, at its end, by one event that says how many more there were. What is remembered is bounded, whoever calls.
 */
export class Strangers {
  readonly #clock: Clock;
  readonly #tell: (event: StrangerEvent) => void;
  readonly #limits: StrangerLimits;
  readonly #counts = new Map<string, Count>();
  #timer: Timer | undefined;

  constructor(clock: Clock, tell: (event: StrangerEvent) => void, limits: StrangerLimits = DEFAULT_STRANGER_LIMITS) {
    this.#clock = clock;
    this.#tell = tell;
    this.#limits = limits;
  }

  /** Callers and addresses remembered now. */
  get known(): number {
    return this.#counts.size;
  }

  /** Tells of `event` now, or with others at the end of the minute. */
  came(event: StrangerEvent): void {
    this.#timer ??= this.#clock.after(WINDOW_MS, () => this.flush());
    const full = this.#full(event);
    if (full === undefined) {
      this.#tell(event);
      return;
    }
    full.more += 1;
    full.last = event;
  }

  /** The narrowest count whose limit is reached: what one caller repeats is told as that caller's. Counts the event when there is none. */
  #full(event: StrangerEvent): Count | undefined {
    const { ofCaller, ofAddress, ofAll } = this.#limits;
    const { remoteAddress } = event;
    const caller = event.kind === 'association.rejected' ? event.calling : '';
    const all = this.#count(EVERYBODY);
    const address = this.#count(`address ${remoteAddress}`);
    if (address === undefined) return all;
    if (address.told >= ofAddress) return address;
    const one = this.#count(`caller ${remoteAddress} ${caller}`);
    if (one === undefined) return all;
    if (one.told >= ofCaller) return one;
    if (all.told >= ofAll) return all;
    for (const count of [one, address, all]) count.told += 1;
    return undefined;
  }

  /** Ends the minute: tells what was not told yet. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const ended = [...this.#counts.values()];
    this.#counts.clear();
    const atMs = this.#clock.now();
    for (const { last, more } of ended)
      if (last !== undefined) this.#tell({ ...last, id: uuidv7(atMs), atMs, ...(more > 1 ? { more: more - 1 } : {}) });
  }

  // With the table full, strangers not yet in it are counted as everybody.
  #count(key: typeof EVERYBODY): Count;
  #count(key: string): Count | undefined;
  #count(key: string): Count | undefined {
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    if (key !== EVERYBODY && this.#counts.size >= this.#limits.mostKnown) return undefined;
    const count: Count = { told: 0, more: 0, last: undefined };
    this.#counts.set(key, count);
    return count;
  }
}
