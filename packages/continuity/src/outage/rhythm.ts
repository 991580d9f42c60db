/** Quarters of an hour of a day, of working days and of weekends: what a feed does at one of them, it does there again. */
const QUARTER_MS = 900_000;
const QUARTERS = 96;
const SLOTS = 2 * QUARTERS;
/** So often a quarter has to have been watched before anything follows from it. */
const LEAST_WATCHED = 3;
/** What is older than so many weeks of working days weighs half. */
const MOST_WATCHED = 20;
const USUAL = 0.75;
const QUIET = 0.25;

/** How often each quarter was watched, and in how many of them something came. */
export interface KeptRhythm {
  readonly watched: readonly number[];
  readonly heard: readonly number[];
}

/** Whether a feed sends in a quarter as a rule, as a rule does not, or one cannot say. */
export type Habit = 'usual' | 'quiet' | 'unknown';

/** When a feed sends as a rule, learnt from when it did: local time, quarter by quarter. Counts alone; it knows of no message. */
export class FeedRhythm {
  readonly #watched: number[];
  readonly #heard: number[];

  /** @param kept what `kept` told before; what does not fit is begun anew. */
  constructor(kept?: KeptRhythm) {
    const fits = kept?.watched.length === SLOTS && kept.heard.length === SLOTS;
    this.#watched = fits ? [...kept.watched] : Array.from({ length: SLOTS }, () => 0);
    this.#heard = fits ? [...kept.heard] : Array.from({ length: SLOTS }, () => 0);
  }

  /** A quarter that was watched from its beginning to its end is over. @param atMs any moment of it. */
  passed(atMs: number, hasSpoken: boolean): void {
    const slot = slotOf(atMs);
    this.#watched[slot] = (this.#watched[slot] ?? 0) + 1;
    this.#heard[slot] = (this.#heard[slot] ?? 0) + (hasSpoken ? 1 : 0);
    if ((this.#watched[slot] ?? 0) < MOST_WATCHED) return;
    this.#watched[slot] = (this.#watched[slot] ?? 0) / 2;
    this.#heard[slot] = (this.#heard[slot] ?? 0) / 2;
  }

  /** What it does in the quarter of `atMs`. */
  habit(atMs: number): Habit {
    const slot = slotOf(atMs);
    const watched = this.#watched[slot] ?? 0;
    if (watched < LEAST_WATCHED) return 'unknown';
    const share = (this.#heard[slot] ?? 0) / watched;
    return share >= USUAL ? 'usual' : share <= QUIET ? 'quiet' : 'unknown';
  }

  kept(): KeptRhythm {
    return { watched: [...this.#watched], heard: [...this.#heard] };
  }
}

/** Which quarter `atMs` is in, counted from the epoch: local zones differ from it by whole quarters. */
export function quarterOf(atMs: number): number {
  return Math.floor(atMs / QUARTER_MS);
}

function slotOf(atMs: number): number {
  const at = new Date(atMs);
  const day = at.getDay();
  const quarter = at.getHours() * 4 + Math.floor(at.getMinutes() / 15);
  return (day === 0 || day === 6 ? QUARTERS : 0) + quarter;
}
