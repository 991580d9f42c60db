import { assert, type Randomness, systemRandomness } from '@leadglass/kit';
import type { SealKit } from '../api.ts';
import type { Recipient } from './keys.ts';
import { prepareSeal } from './seal.ts';

export interface SealKitPoolOptions {
  readonly recipients: readonly Recipient[];
  /** Kits kept ready at all times, at least 1: below that `later` is called. */
  readonly ready: number;
  /** Kits that `stockUp` fills up to in quiet moments. Default: `ready`. */
  readonly stock?: number;
  /** Runs the function soon, off the latency path (`setImmediate` in the intake). */
  readonly later: (work: () => void) => void;
  readonly randomness?: Randomness;
}

/** Keeps seal kits made ahead, since the key agreements cost more than sealing a small object. Refills one kit per `later`; a quiet moment lays in more. */
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

  /** Makes one kit towards the stock of a burst: images come in rows of hundreds. @returns whether it wants another. */
  stockUp(): boolean {
    const { ready, stock = ready } = this.#options;
    if (this.#kits.length >= stock) return false;
    this.#kits.push(prepareSeal(this.#options.recipients, this.#randomness));
    return this.#kits.length < stock;
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
