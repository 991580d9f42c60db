import { asFault, type Clock, type Fault, type Logger, silentLogger, type Timer, text } from '@leadglass/kit';
import type { Event } from '@leadglass/model';
import type { Ledger } from './api.ts';
import { auditMessage } from './audit.ts';
import { type AuditSource, eventIdOf } from './audit-xml.ts';
import { truncated } from './faults.ts';

/** An event and its place in the order of events. */
export interface WaitingEvent {
  readonly seq: number;
  readonly event: Event;
}

/** Where events wait to be logged: the three methods of the records room that this needs. */
export interface SequencerSource {
  /** Up to `limit` events not yet in the ledger, oldest first. */
  unsequenced(limit: number): Promise<readonly WaitingEvent[]>;
  /** Records that `events[i]` is ledger entry `firstIndex + i`. */
  sequenced(events: readonly WaitingEvent[], firstIndex: number): Promise<void>;
  /** Highest ledger index recorded, or -1. */
  lastLedgerIndex(): Promise<number>;
}

export interface SequencerOptions {
  readonly source: SequencerSource;
  readonly ledger: Ledger;
  readonly audit: AuditSource;
  readonly clock: Clock;
  readonly log?: Logger;
  /** Called when the ledger becomes unwritable and when it is writable again. */
  onHealth?(health: SequencerHealth): void;
}

export interface SequencerHealth {
  /** False from a failed append until the next that succeeds: meanwhile nothing may be accepted. */
  readonly isWritable: boolean;
  readonly lastFault?: Fault;
  /** Events seen waiting at the last look; a lower bound. */
  readonly behind: number;
}

const BATCH = 2000;
/** Least time between two appends when few events come: they share one. */
const GATHER_MS = 1000;
const BACKOFF_FIRST_MS = 100;
const BACKOFF_MOST_MS = 10_000;

/**
 * Takes events from the records into the ledger, in order, each exactly once. One turn at a time: a first one marks entries that a
 * crash left logged but unmarked; a failure is retried with growing pauses, after looking again at what the log really holds.
 */
export class Sequencer {
  readonly #options: SequencerOptions;
  readonly #log: Logger;
  #turn: Promise<void> | undefined;
  #timer: Timer | undefined;
  #isPoked = false;
  #isStopped = false;
  #mustReconcile = true;
  #failures = 0;
  #lastTurnMs = Number.NEGATIVE_INFINITY;
  #behind = 0;
  #fault: Fault | undefined;

  constructor(options: SequencerOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLogger;
  }

  /** Reconciles and logs what is waiting; rejects with the Fault that prevents it (`ledger.truncated` among them), and then goes on trying. */
  async start(): Promise<void> {
    await this.drain();
  }

  /** There may be events to log. Cheap; calls in quick succession share a turn. */
  poke(): void {
    this.#isPoked = true;
    if (this.#turn !== undefined || this.#timer !== undefined || this.#isStopped) return;
    const dueInMs = this.#lastTurnMs + GATHER_MS - this.#options.clock.monotonicMs();
    if (dueInMs > 0) this.#later(dueInMs);
    else this.#begin();
  }

  /** Logs now all that waits, or rejects with the Fault of this one try. */
  async drain(): Promise<void> {
    if (this.#turn !== undefined) await this.#turn;
    this.#timer?.cancel();
    this.#timer = undefined;
    // The turn before may have looked before the caller's last event was recorded: only a new one will do.
    if (this.#turn === undefined) this.#begin();
    await this.#turn;
    if (this.#fault !== undefined) throw this.#fault;
  }

  /** Ends timers; a turn under way finishes. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#turn;
  }

  health(): SequencerHealth {
    const base = { isWritable: this.#fault === undefined, behind: this.#behind };
    return this.#fault === undefined ? base : { ...base, lastFault: this.#fault };
  }

  #later(delayMs: number): void {
    this.#timer = this.#options.clock.after(delayMs, () => {
      this.#timer = undefined;
      this.#begin();
    });
  }

  #begin(): void {
    this.#isPoked = false;
    this.#lastTurnMs = this.#options.clock.monotonicMs();
    this.#turn = this.#takeTurn()
      .then(
        () => this.#succeeded(),
        (thrown: unknown) => this.#failed(thrown),
      )
      .finally(() => {
        this.#turn = undefined;
        if (this.#isPoked && this.#timer === undefined) this.poke();
      });
  }

  async #takeTurn(): Promise<void> {
    if (this.#mustReconcile) await this.#reconcile();
    for (;;) {
      const waiting = await this.#options.source.unsequenced(BATCH);
      this.#behind = waiting.length;
      if (waiting.length === 0) return;
      await this.#append(waiting);
      if (waiting.length < BATCH) return;
    }
  }

  async #append(waiting: readonly WaitingEvent[]): Promise<void> {
    const { ledger, source, audit } = this.#options;
    const entries = waiting.map(({ event }) => new Uint8Array(Buffer.from(auditMessage(event, audit))));
    // From here to the mark below a failure leaves it open whether the log has them: the next turn looks.
    this.#mustReconcile = true;
    const first = await ledger.append(entries);
    await source.sequenced(waiting, first);
    this.#mustReconcile = false;
    this.#behind -= waiting.length;
  }

  /** Marks the events whose entries are in the log beyond what the records know. */
  async #reconcile(): Promise<void> {
    const { ledger, source } = this.#options;
    const size = await ledger.refresh();
    const last = await source.lastLedgerIndex();
    if (last >= size) throw truncated(size, last);
    for (let from = last + 1; from < size; from += BATCH) await this.#mark(from, Math.min(size, from + BATCH));
    this.#mustReconcile = false;
  }

  async #mark(from: number, to: number): Promise<void> {
    const { ledger, source } = this.#options;
    const waiting = new Map((await source.unsequenced(2 * BATCH)).map((each) => [each.event.id, each]));
    let run: WaitingEvent[] = [];
    let unknown = 0;
    for (let index = from; index < to; index += 1) {
      const logged = waiting.get(eventIdOf(await ledger.entry(index)) ?? '');
      if (logged !== undefined) run.push(logged);
      else unknown += 1;
      if (run.length > 0 && (logged === undefined || index === to - 1)) {
        await source.sequenced(run, logged === undefined ? index - run.length : to - run.length);
        run = [];
      }
    }
    // Records restored from an older backup than the log: the log is right, and keeps what it has.
    if (unknown > 0) this.#log.warn('ledger.entries-without-event', { from, to, unknown });
  }

  #succeeded(): void {
    const wasWritable = this.#fault === undefined;
    this.#fault = undefined;
    this.#failures = 0;
    if (wasWritable) return;
    this.#log.info('ledger.writable-again');
    this.#options.onHealth?.(this.health());
  }

  #failed(thrown: unknown): void {
    const sentence = text(
      'Le registre ne peut pas être tenu à jour ; rien n’est accepté tant que cela dure.',
      'The ledger cannot be kept up to date; nothing is accepted meanwhile.',
    );
    this.#fault = asFault(thrown, 'ledger.unwritable', 'transient', sentence);
    this.#mustReconcile = true;
    this.#failures += 1;
    this.#log.error('ledger.unwritable', { fault: this.#fault, failures: this.#failures });
    const isWorthRetrying = !this.#isStopped && this.#fault.retry !== 'permanent';
    if (isWorthRetrying) this.#later(Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** (this.#failures - 1)));
    this.#options.onHealth?.(this.health());
  }
}
