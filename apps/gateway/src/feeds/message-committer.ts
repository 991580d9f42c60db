import { type Clock, type Fault, isFault, type Logger, type Timer } from '@leadglass/kit';
import type { Charts, MessageCommit, MessageOutcome } from '@leadglass/records';

interface Waiting {
  readonly commit: MessageCommit;
  done(outcome: MessageOutcome | undefined): void;
}

/** Messages in one transaction: bounds its length. */
const MOST_IN_ONE_TRANSACTION = 512;
const MOST_BYTES_IN_ONE = 32 * 1024 * 1024;
/** Fewest messages of a transaction that make the next wait for as many, and how long it waits at most. */
const FEWEST_WAITED_FOR = 4;
const MOST_WAITED_FOR = 128;
const MOST_WAIT_MS = 3;

export interface MessageCommitterOptions {
  readonly records: Pick<Charts, 'commit'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Keeps messages in groups: whatever came while one transaction ran shares the next. A transaction and its sync cost as much as some ten messages.
 * Senders wait for their answer before they send again, so that after a group of many as many come again at once: the next waits for them, some
 * milliseconds at most. Whoever sends alone never waits.
 */
export class MessageCommitter {
  readonly #options: MessageCommitterOptions;
  #waiting: Waiting[] = [];
  #isRunning = false;
  /** Ends the wait for more. */
  #enough: { readonly messages: number; readonly go: () => void } | undefined;

  constructor(options: MessageCommitterOptions) {
    this.#options = options;
  }

  /** Calls `done` once the message is durable, or with undefined when it cannot be kept. Never throws. */
  commit(commit: MessageCommit, done: Waiting['done']): void {
    this.#waiting.push({ commit, done });
    if (!this.#isRunning) void this.#run();
    else if (this.#enough !== undefined && this.#waiting.length >= this.#enough.messages) this.#enough.go();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // One turn of the event loop lets every message that is already in the channel join this transaction.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const group = this.#take();
      await this.#together(group);
      await new Promise(setImmediate);
      await this.#more(Math.min(group.length, MOST_WAITED_FOR));
    }
    this.#isRunning = false;
  }

  /** Resolves once so many wait, or after a while. */
  async #more(messages: number): Promise<void> {
    if (messages < FEWEST_WAITED_FOR || this.#waiting.length >= messages) return;
    let timer: Timer | undefined;
    await new Promise<void>((go) => {
      timer = this.#options.clock.after(MOST_WAIT_MS, go);
      this.#enough = { messages, go };
    });
    timer?.cancel();
    this.#enough = undefined;
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
      outcomes = await this.#options.records.commit(group.map(({ commit }) => commit));
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
      this.#options.log.error('feeds.answer-failed', { fault: thrown });
    }
  }

  // One message the database will never take must not cost its neighbours their answer.
  async #apart(group: readonly Waiting[], thrown: unknown): Promise<void> {
    const isPoisoned = !isFault(thrown) || thrown.retry === 'permanent';
    this.#options.log.error('feeds.commit-failed', { messages: group.length, fault: thrown as Fault });
    if (!isPoisoned || group.length === 1) {
      for (const waiting of group) this.#tell(waiting, undefined);
      return;
    }
    for (const waiting of group) await this.#together([waiting]);
  }
}
