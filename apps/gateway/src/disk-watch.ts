import { type Clock, Fault, type Logger, type Timer, text } from '@leadglass/kit';
import type { ObjectStore } from '@leadglass/vault';

/** Least free space on the vault's disk: below it nothing is accepted, so that records and ledger can still be written. */
const LEAST_FREE_BYTES = 256 * 2 ** 20;
const LOOK_MS = 2_000;

/** How much room the vault's disk has left, looked at every two seconds. A disk that cannot be asked counts as full. */
export class DiskWatch {
  readonly #store: Pick<ObjectStore, 'freeBytes'>;
  readonly #clock: Clock;
  readonly #log: Logger;
  #freeBytes = Number.MAX_SAFE_INTEGER;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(store: Pick<ObjectStore, 'freeBytes'>, clock: Clock, log: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** Why nothing more may be written of what comes in, or undefined. @param times of the least space: a new file needs more than an object. */
  full(times = 1): Fault | undefined {
    return this.#freeBytes < LEAST_FREE_BYTES * times ? NEARLY_FULL : undefined;
  }

  /** Looks now, and from then on. */
  async start(): Promise<void> {
    try {
      this.#freeBytes = await this.#store.freeBytes();
    } catch (thrown) {
      this.#freeBytes = 0;
      this.#log.error('vault.unreadable', { fault: thrown });
    }
    if (!this.#isStopped) this.#timer = this.#clock.after(LOOK_MS, () => void this.start());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }
}

const NEARLY_FULL = new Fault(
  'vault.disk-nearly-full',
  'transient',
  text(
    'Le disque du coffre est presque plein : rien n’est accepté. Libérez de la place.',
    'The vault’s disk is nearly full: nothing is accepted. Free some space.',
  ),
);
