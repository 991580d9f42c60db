import type { Spread } from '@leadglass/model';

/** Times of each class are within a twentieth of each other. */
const RATIO = 1.05;
/** Beyond some weeks everything is one class. */
const MOST_CLASSES = 450;

/** As it is kept: pairs of class and count. */
export interface KeptTimes {
  readonly classes: readonly (readonly [number, number])[];
  readonly worstMs: number;
}

/** Times added up in classes, however many they are: what they spread over is told to a twentieth, the worst exactly. */
export class Times {
  readonly #counts = new Map<number, number>();
  #worstMs = 0;

  static of({ classes, worstMs }: KeptTimes): Times {
    const times = new Times();
    for (const [at, count] of classes) times.#counts.set(at, count);
    times.#worstMs = worstMs;
    return times;
  }

  /** @param ms milliseconds; a clock that was set back gives less than nothing, which is nothing */
  add(ms: number): void {
    const took = Math.max(0, ms);
    const at = classOf(took);
    this.#counts.set(at, (this.#counts.get(at) ?? 0) + 1);
    this.#worstMs = Math.max(this.#worstMs, took);
  }

  get count(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  get kept(): KeptTimes {
    return { classes: [...this.#counts].sort(([a], [b]) => a - b), worstMs: this.#worstMs };
  }

  /** @param came how many came, measured or not */
  spread(came = this.count): Spread {
    const { count } = this;
    return {
      ...{ count, medianMs: this.#at(0.5), p95Ms: this.#at(0.95), worstMs: Math.round(this.#worstMs) },
      unmeasured: Math.max(0, came - count),
    };
  }

  /** The upper end of the class in which this share of all lies, and never more than the worst. */
  #at(share: number): number {
    const wanted = share * this.count;
    let seen = 0;
    for (const [at, count] of this.kept.classes) {
      seen += count;
      if (seen >= wanted && seen > 0) return Math.round(Math.min(RATIO ** at, this.#worstMs));
    }
    return 0;
  }
}

/** 0 for up to a millisecond. */
function classOf(ms: number): number {
  return ms <= 1 ? 0 : Math.min(MOST_CLASSES, Math.ceil(Math.log(ms) / Math.log(RATIO)));
}
