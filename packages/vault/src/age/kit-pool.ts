import { assert, type Randomness, systemRandomness } from '@leadglass/kit';
import type { SealKit } from '../api.ts';
import type { Recipient } from './keys.ts';
import { prepareSeal } from './seal.ts';

export interface SealKitPoolOptions {
  readonly recipients: readonly Recipient[];
  /** Kits kept ready, at least 1. */
  readonly ready: number;
  /** Runs the function soon, off the latency path (`setImmediate` in the intake). */
  readonly later: (work: () => void) => void;
  readonly randomness?: Randomness;
}

/** Keeps seal kits made ahead, since the key agreements cost more than sealing a small object. Refills one kit per `later`. */
export class SealKitPool {
  readonly #options: SealKitPoolOptions;
  readonly #randomness: Randomness;
  #kits: SealKit[] = [];
  #isRefilling = false;

  constructor(options: SealKitPoolOptions) {
    assert(options.ready >= 1, 'a kit pool keeps at least one kit');
    this.#options = options;
    this.#randomness = options.randomness ?? systemRandomness;
    this.#refillLater();
  }

  /** Kits ready now. */
  get size(): number {
    return this.#kits.length;
  }

  /** A kit nobody else has; made on the spot when none is ready. */
  take(): SealKit {
    const kit = this.#kits.pop() ?? prepareSeal(this.#options.recipients, this.#randomness);
    this.#refillLater();
    return kit;
  }

  #refillLater(): void {
    if (this.#isRefilling || this.#kits.length >= this.#options.ready) return;
    this.#isRefilling = true;
    this.#options.later(() => {
      this.#isRefilling = false;
      this.#kits.push(prepareSeal(this.#options.recipients, this.#randomness));
      this.#refillLater();
    });
  }
}
