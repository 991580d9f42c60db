import type { Clock } from '@leadglass/kit';

export interface QuietWorkOptions {
  /** How long nothing must have happened. */
  readonly quietMs: number;
  /** Does a little of the work. @returns whether there is more. */
  readonly step: () => boolean;
  readonly clock: Clock;
  /** Runs a function at the next turn of the event loop; default `setImmediate`. */
  readonly turn?: (act: () => void) => void;
}

/** Work that can wait until nobody else does: done a step a turn in quiet moments, put off as soon as something happens. */
export class QuietWork {
  readonly #options: QuietWorkOptions;
  #happened = 0;
  #isUnderway = false;

  constructor(options: QuietWorkOptions) {
    this.#options = options;
    this.#waitForQuiet();
  }

  /** Something happened: a step may be worth doing again once it is quiet. Costs nothing to speak of. */
  busy(): void {
    this.#happened += 1;
    if (!this.#isUnderway) this.#waitForQuiet();
  }

  // One timer however much happens: when it fires it looks whether anything has.
  #waitForQuiet(): void {
    this.#isUnderway = true;
    const before = this.#happened;
    this.#options.clock.after(this.#options.quietMs, () => {
      if (this.#happened === before) this.#work(before);
      else this.#waitForQuiet();
    });
  }

  #work(before: number): void {
    const { step, turn = setImmediate } = this.#options;
    if (this.#happened !== before) this.#waitForQuiet();
    else if (step()) turn(() => this.#work(before));
    else this.#isUnderway = false;
  }
}
