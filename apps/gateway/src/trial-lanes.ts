import type { DeclaredImage, TrialDecoder, TrialOutcome } from '@leadglass/inspect';
import { DecoderPool } from './decoder-pool.ts';

/** Time for a first try: so much, and more for each million samples; a third of it is usual on a slow machine. */
const QUICK = { baseMs: 2_000, megasampleMs: 250 } as const;
/** Time for the second. */
const PATIENT = { baseMs: 6_000, megasampleMs: 500 } as const;

export interface TrialLanesOptions {
  /** Decoders for first tries, at least 1. */
  readonly count: number;
  /** What a decoder runs; tests put something worse in its place. */
  readonly entry?: string;
}

/**
 * Trial decoding while senders wait: a first try is short, and what does not come through it has its second, with all the time it may need,
 * in a decoder of another lane. So frames made to hang hold each other up, and honest ones behind them for a moment.
 */
export class TrialLanes implements TrialDecoder {
  readonly #quick: DecoderPool;
  readonly #patient: DecoderPool;

  constructor({ count, entry }: TrialLanesOptions) {
    const runs = entry === undefined ? {} : { entry };
    this.#quick = new DecoderPool({ count, tries: 1, pace: QUICK, ...runs });
    this.#patient = new DecoderPool({ count: 1, tries: 1, pace: PATIENT, ...runs });
  }

  /** Process ids, for operations and tests. */
  get pids(): readonly number[] {
    return [...this.#quick.pids, ...this.#patient.pids];
  }

  /** Has one compressed frame decoded. Never rejects. */
  async trial(frame: Uint8Array, image: DeclaredImage): Promise<TrialOutcome> {
    const said = await this.#quick.trial(frame, image);
    return said === 'slow' || said === 'crashed' ? this.#patient.trial(frame, image) : said;
  }

  /** Ends all decoders; questions under way are answered `unavailable`. */
  stop(): void {
    this.#quick.stop();
    this.#patient.stop();
  }
}
