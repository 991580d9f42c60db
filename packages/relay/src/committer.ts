import { type Fault, isFault, type Logger } from '@leadglass/kit';
import type { ArrivalOutcome } from '@leadglass/model';
import type { ArrivalCommit, Records } from '@leadglass/records';

/** An arrival waiting for its transaction. */
interface Waiting {
  readonly commit: ArrivalCommit;
  resolve(outcome: ArrivalOutcome): void;
  reject(fault: unknown): void;
}

/** Most arrivals in one transaction: bounds its length, and with it the longest wait behind it. */
const MOST_IN_ONE_TRANSACTION = 64;

/**
 * Commits arrivals in groups without a timer: whatever arrived while one transaction ran shares the next, and so does what is being
 * synced when one is about to begin. An arrival alone is committed at once: a single association is never slowed down for the sake of
 * grouping.
 */
export class Committer {
  readonly #records: Pick<Records, 'commitArrivals'>;
  readonly #log: Logger;
  #waiting: Waiting[] = [];
  readonly #coming = new Set<Promise<unknown>>();
  #isRunning = false;

  constructor(records: Pick<Records, 'commitArrivals'>, log: Logger) {
    this.#records = records;
    this.#log = log;
  }

  /** Arrivals not yet committed. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes `commit` into custody. Resolves once it is durable; rejects with the records' Fault, and then nothing was answered. */
  commit(commit: ArrivalCommit): Promise<ArrivalOutcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commit, resolve, reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  /**
   * Announces a short piece of work (the sync of a lane) after which `commit` is called: a transaction about to begin waits for it, since
   * each transaction costs a sync of its own in which nothing else is done. Only for what ends by itself, well or badly.
   */
  coming(work: Promise<unknown>): void {
    const over: Promise<boolean> = work.then(
      () => this.#coming.delete(over),
      () => this.#coming.delete(over),
    );
    this.#coming.add(over);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // One turn of the event loop lets every message that is already in the channel join this transaction.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      await this.#gather();
      await this.#commitTogether(this.#waiting.splice(0, MOST_IN_ONE_TRANSACTION));
      await new Promise(setImmediate);
    }
    this.#isRunning = false;
  }

  // Those of this moment and no later ones: nobody waits longer than one sync for others. The turn lets them call `commit`.
  async #gather(): Promise<void> {
    if (this.#coming.size === 0) return;
    await Promise.all(this.#coming);
    await new Promise(setImmediate);
  }

  async #commitTogether(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#records.commitArrivals(group.map((waiting) => waiting.commit));
      group.forEach((waiting, i) => {
        waiting.resolve(outcomes[i] as ArrivalOutcome);
      });
    } catch (thrown) {
      await this.#commitApart(group, thrown);
    }
  }

  // One arrival the database will never take must not cost its neighbours their answer.
  async #commitApart(group: readonly Waiting[], thrown: unknown): Promise<void> {
    const isPoisoned = !isFault(thrown) || thrown.retry === 'permanent';
    this.#log.error('commit.failed', { arrivals: group.length, fault: thrown as Fault });
    if (!isPoisoned || group.length === 1) {
      for (const waiting of group) waiting.reject(thrown);
      return;
    }
    for (const waiting of group) await this.#commitTogether([waiting]);
  }
}
