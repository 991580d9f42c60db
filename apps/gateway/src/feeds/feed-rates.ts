import type { Clock } from '@leadglass/kit';

const TICK_MS = 50;

interface Rate {
  /** Answers that may still go in this tick. */
  left: number;
  untilMs: number;
  readonly later: (() => void)[];
}

/**
 * Lets each feed have its answers at the rate it is read at: a sender that waits for them sends no faster. What is held back here is kept
 * already; how much that is, is bounded by what an intake leaves unanswered.
 */
export class FeedRates {
  readonly #clock: Clock;
  readonly #rates = new Map<string, Rate>();
  readonly #mostOf: (feed: string) => number;

  constructor(clock: Clock, mostOf: (feed: string) => number) {
    this.#clock = clock;
    this.#mostOf = mostOf;
  }

  /** Calls `act` now, or in its turn. */
  pace(feed: string, act: () => void): void {
    const rate = this.#rate(feed);
    if (rate.later.length === 0 && rate.left > 0) {
      rate.left -= 1;
      act();
      return;
    }
    rate.later.push(act);
    if (rate.later.length === 1) this.#tick(feed, rate);
  }

  #rate(feed: string): Rate {
    const now = this.#clock.monotonicMs();
    const known = this.#rates.get(feed) ?? { left: 0, untilMs: 0, later: [] };
    this.#rates.set(feed, known);
    if (now >= known.untilMs) {
      known.left = this.#ofTick(feed);
      known.untilMs = now + TICK_MS;
    }
    return known;
  }

  #ofTick(feed: string): number {
    return Math.max(1, Math.floor((this.#mostOf(feed) * TICK_MS) / 1000));
  }

  #tick(feed: string, rate: Rate): void {
    const wait = Math.max(1, rate.untilMs - this.#clock.monotonicMs());
    this.#clock.after(wait, () => {
      rate.left = this.#ofTick(feed);
      rate.untilMs = this.#clock.monotonicMs() + TICK_MS;
      for (; rate.left > 0 && rate.later.length > 0; rate.left -= 1) rate.later.shift()?.();
      if (rate.later.length > 0) this.#tick(feed, rate);
    });
  }
}
