import { type Clock, isFault, type Text, text } from '@leadglass/kit';
import type { DrillStep } from '@leadglass/model';

/** A step did not come to its end. `why`: for a person; nothing of it is a peer's or a patient's. */
export class StepFailed extends Error {
  readonly step: string;
  readonly why: Text;

  constructor(step: string, why: Text, cause?: unknown) {
    super(`${step}: ${why.en}`, { cause });
    this.step = step;
    this.why = why;
  }
}

const POLL_MS = 50;

/** Steps one after the other, each timed and each with an end. */
export class Steps {
  readonly done: DrillStep[] = [];
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #told: (step: DrillStep) => void;
  /** The step under way: who asks for one that is over asks no more. */
  #current = '';

  constructor(clock: Clock, signal: AbortSignal, told: (step: DrillStep) => void) {
    this.#clock = clock;
    this.#signal = signal;
    this.#told = told;
  }

  now(): number {
    return this.#clock.monotonicMs();
  }

  /** Runs one; throws StepFailed with whatever became of it, after `withinMs` at the latest. */
  async of<T>(step: string, withinMs: number, act: () => Promise<T>): Promise<T> {
    if (this.#signal.aborted) throw new StepFailed(step, STOPPED);
    const began = this.now();
    this.#current = step;
    const result = await this.#within(step, withinMs, act).finally(() => {
      this.#current = '';
    });
    const done = { step, ms: Math.round(this.now() - began) };
    this.done.push(done);
    this.#told(done);
    return result;
  }

  /** Asks again until there is an answer; the step's own end ends it. */
  async until<T>(ask: () => Promise<T | undefined>, againMs = POLL_MS): Promise<T> {
    const step = this.#current;
    for (;;) {
      const found = await ask();
      if (found !== undefined) return found;
      if (this.#signal.aborted || this.#current !== step) throw new Error('nobody waits for it any more');
      await new Promise<void>((resolve) => void this.#clock.after(againMs, resolve));
    }
  }

  async #within<T>(step: string, withinMs: number, act: () => Promise<T>): Promise<T> {
    let giveUp: (reason: StepFailed) => void = () => {};
    const late = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    const timer = this.#clock.after(withinMs, () => giveUp(new StepFailed(step, tooLate(withinMs))));
    const stop = () => giveUp(new StepFailed(step, STOPPED));
    this.#signal.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([act(), late]);
    } catch (thrown) {
      if (thrown instanceof StepFailed) throw thrown;
      throw new StepFailed(step, isFault(thrown) ? thrown.text : DEFECT, thrown);
    } finally {
      timer.cancel();
      this.#signal.removeEventListener('abort', stop);
    }
  }
}

const STOPPED = text('la passerelle s’arrête.', 'the gateway is stopping.');
const DEFECT = text('un défaut interne, noté au journal technique.', 'an internal defect, noted in the technical log.');
const tooLate = (ms: number): Text =>
  text(`rien après ${Math.round(ms / 1000)} s.`, `nothing after ${Math.round(ms / 1000)} s.`);
