import { type Fault, isFault, type Logger } from '@leadglass/kit';
import type { Charts, MessageCommit, MessageOutcome } from '@leadglass/records';

interface Waiting {
  readonly commit: MessageCommit;
  done(outcome: MessageOutcome | undefined): void;
}

/** Messages in one transaction: bounds its length. */
const MOST_IN_ONE_TRANSACTION = 512;
const MOST_BYTES_IN_ONE = 32 * 1024 * 1024;

/** Keeps messages in groups without a timer: whatever came while one transaction ran shares the next. */
export class MessageCommitter {
  readonly #records: Pick<Charts, 'commit'>;
  readonly #log: Logger;
  #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(records: Pick<Charts, 'commit'>, log: Logger) {
    this.#records = records;
    this.#log = log;
  }

  /** Calls `done` once the message is durable, or with undefined when it cannot be kept. Never throws. */
  commit(commit: MessageCommit, done: Waiting['done']): void {
    this.#waiting.push({ commit, done });
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // One turn of the event loop lets every message that is already in the channel join this transaction.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      await this.#together(this.#take());
      await new Promise(setImmediate);
    }
    this.#isRunning = false;
  }

  #take(): readonly Waiting[] {
    let [count, bytes] = [0, 0];
    for (const { commit } of this.#waiting) {
      bytes += commit.body.length + (commit.reading?.length ?? 0);
      if (count === MOST_IN_ONE_TRANSACTION || (count > 0 && bytes > MOST_BYTES_IN_ONE)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #together(group: readonly Waiting[]): Promise<void> {
    let outcomes: readonly MessageOutcome[];
    try {
      outcomes = await this.#records.commit(group.map(({ commit }) => commit));
    } catch (thrown) {
      return this.#apart(group, thrown);
    }
    for (const [at, waiting] of group.entries()) this.#tell(waiting, outcomes[at]);
  }

  // Whoever fails to hear what became of a message takes nothing back of it, and keeps nobody else from hearing.
  #tell({ done }: Waiting, outcome: MessageOutcome | undefined): void {
    try {
      done(outcome);
    } catch (thrown) {
      this.#log.error('feeds.answer-failed', { fault: thrown });
    }
  }

  // One message the database will never take must not cost its neighbours their answer.
  async #apart(group: readonly Waiting[], thrown: unknown): Promise<void> {
    const isPoisoned = !isFault(thrown) || thrown.retry === 'permanent';
    this.#log.error('feeds.commit-failed', { messages: group.length, fault: thrown as Fault });
    if (!isPoisoned || group.length === 1) {
      for (const waiting of group) this.#tell(waiting, undefined);
      return;
    }
    for (const waiting of group) await this.#together([waiting]);
  }
}
