/** What is counted of one way between two nodes. */
export const FIELDS = ['objects', 'bytes', 'questions', 'refusals', 'holds'] as const;
export type Field = (typeof FIELDS)[number];
export type Counts = { [K in Field]: number };

const SECONDS = 120;
const MINUTES = 61;
const OFFSET: Readonly<Record<Field, number>> = { objects: 0, bytes: 1, questions: 2, refusals: 3, holds: 4 };

/** Counts by a step of time, the last `slots` of them; a slot is emptied when its turn comes again. */
class Slots {
  readonly #stepMs: number;
  readonly #slots: number;
  readonly #counts: Float64Array;
  /** Which step each slot holds. */
  readonly #steps: Float64Array;

  constructor(stepMs: number, slots: number) {
    this.#stepMs = stepMs;
    this.#slots = slots;
    this.#counts = new Float64Array(slots * FIELDS.length);
    this.#steps = new Float64Array(slots).fill(-1);
  }

  add(atMs: number, field: Field, n: number): void {
    const step = Math.floor(atMs / this.#stepMs);
    const slot = step % this.#slots;
    const first = slot * FIELDS.length;
    if (this.#steps[slot] !== step) {
      this.#counts.fill(0, first, first + FIELDS.length);
      this.#steps[slot] = step;
    }
    const at = first + OFFSET[field];
    this.#counts[at] = (this.#counts[at] ?? 0) + n;
  }

  /** Adds the last `steps` up to now to `sum`, the one that is under way among them. */
  sumInto(sum: Counts, atMs: number, steps: number): void {
    const now = Math.floor(atMs / this.#stepMs);
    for (let slot = 0; slot < this.#slots; slot += 1) {
      const step = this.#steps[slot] ?? -1;
      if (step > now - steps && step <= now) this.#addSlot(sum, slot * FIELDS.length);
    }
  }

  #addSlot(sum: Counts, first: number): void {
    for (const field of FIELDS) sum[field] += this.#counts[first + OFFSET[field]] ?? 0;
  }
}

/** Counts of the last two minutes by the second and of the last hour by the minute. Adding costs the same whatever was counted before. */
export class Ring {
  readonly #seconds = new Slots(1000, SECONDS);
  readonly #minutes = new Slots(60_000, MINUTES);

  add(atMs: number, field: Field, n: number): void {
    this.#seconds.add(atMs, field, n);
    this.#minutes.add(atMs, field, n);
  }

  /** What was counted in `windowMs` before `atMs`, to the second; over two minutes, to the minute. */
  sum(atMs: number, windowMs: number): Counts {
    const sum: Counts = { objects: 0, bytes: 0, questions: 0, refusals: 0, holds: 0 };
    const seconds = Math.ceil(windowMs / 1000);
    if (seconds <= SECONDS) this.#seconds.sumInto(sum, atMs, seconds);
    else this.#minutes.sumInto(sum, atMs, Math.ceil(windowMs / 60_000));
    return sum;
  }
}
