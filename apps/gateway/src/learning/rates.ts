import type { Clock } from '@leadglass/kit';

const SECONDS = 60;
/** Titles counted at once; the one that was idle longest gives way. */
const MOST_TITLES = 2_000;

interface Counted {
  readonly seconds: Uint32Array;
  last: number;
}

/** How many operations each title made in the last 60 seconds, to the second. Bounded, whoever asks. */
export class Rates {
  readonly #clock: Clock;
  readonly #titles = new Map<string, Counted>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one more of `title`. @returns how many it made in the 60 seconds before, this one not among them. */
  count(title: string): number {
    const second = Math.floor(this.#clock.now() / 1000);
    const counted = this.#of(title, second);
    const before = counted.seconds.reduce((sum, each) => sum + each, 0);
    counted.seconds[second % SECONDS] = (counted.seconds[second % SECONDS] ?? 0) + 1;
    return before;
  }

  #of(title: string, second: number): Counted {
    const known = this.#titles.get(title) ?? { seconds: new Uint32Array(SECONDS), last: second };
    // What is older than a minute is of no count any more; a clock that was set back begins anew.
    const gone = second - known.last;
    if (gone < 0 || gone >= SECONDS) known.seconds.fill(0);
    else for (let each = known.last + 1; each <= second; each += 1) known.seconds[each % SECONDS] = 0;
    known.last = second;
    this.#titles.delete(title);
    this.#titles.set(title, known);
    if (this.#titles.size > MOST_TITLES) for (const idle of this.#titles.keys()) return this.#without(idle, known);
    return known;
  }

  #without(title: string, kept: Counted): Counted {
    this.#titles.delete(title);
    return kept;
  }
}
