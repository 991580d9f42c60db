import type { Clock, Logger, Timer } from '@leadglass/kit';
import type { Records } from '@leadglass/records';

const PIECE = 200;
const PAUSE_MS = 250;
/** A disk that is full stays so for a while, and each try is a line of the log. */
const AFTER_FAULT_MS = 60_000;

/** Enters events written before there was an index of what they are about, a piece at a time, while everything else goes on. */
export class OlderEvents {
  readonly #records: Pick<Records, 'overview'>;
  readonly #clock: Clock;
  readonly #log: Logger;
  #timer: Timer | undefined;
  #isStopping = false;
  #running: Promise<void> = Promise.resolve();

  constructor(records: Pick<Records, 'overview'>, clock: Clock, log: Logger) {
    this.#records = records;
    this.#clock = clock;
    this.#log = log;
  }

  start(): void {
    this.#running = this.#step();
  }

  /** Resolves when nothing is being written any more. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#timer?.cancel();
    await this.#running;
  }

  async #step(): Promise<void> {
    let pauseMs = PAUSE_MS;
    try {
      if (!(await this.#records.overview.keyOlder(PIECE))) return;
    } catch (thrown) {
      this.#log.warn('events.not-indexed', { fault: thrown });
      pauseMs = AFTER_FAULT_MS;
    }
    if (this.#isStopping) return;
    this.#timer = this.#clock.after(pauseMs, () => this.start());
  }
}
