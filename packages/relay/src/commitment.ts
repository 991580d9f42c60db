import {
  IMPLICIT_VR_LITTLE_ENDIAN,
  STORAGE_COMMITMENT_PUSH_MODEL,
  STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
} from '@leadglass/dimse';
import { type Clock, type Logger, type Randomness, uuidv7 } from '@leadglass/kit';
import type { Destination, Event } from '@leadglass/model';
import type { DueDelivery, Records } from '@leadglass/records';
import { retryDelayMs } from './backoff.ts';
import { type CommitmentReport, decodeCommitmentReport, encodeCommitmentRequest } from './commitment-data-set.ts';
import type { DeliveryContext } from './delivery-api.ts';

/** N-ACTION of storage commitment: action type 1 (PS3.4 §J.3.2). */
const REQUEST_COMMITMENT = 1;
/** PS3.7 Annex C. */
const STATUS = { success: 0x0000, invalidArgument: 0x0115, noSuchSopClass: 0x0118, processingFailure: 0x0110 } as const;

/** An N-EVENT-REPORT as received, on our association or on one the destination opened to us. */
export interface ReceivedReport {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly eventTypeId: number;
  readonly transferSyntax: string;
  readonly dataSet: Uint8Array;
}

/** An association that can ask for commitment. Room `wire` has it as `ScuAssociation`. */
export interface CommitmentAssociation {
  readonly isOpen: boolean;
  onEventReport: ((report: ReceivedReport) => number | Promise<number>) | undefined;
  action(request: {
    readonly sopClassUid: string;
    readonly sopInstanceUid: string;
    readonly actionTypeId: number;
    readonly dataSet: Uint8Array;
  }): Promise<{ readonly status: number }>;
  release(): Promise<void>;
}

export interface CommitmentLimits {
  /** Objects in one transaction. */
  readonly transactionObjects: number;
  /** How long we wait for more deliveries to ask about, so that a study is one transaction and not hundreds. */
  readonly gatherMs: number;
  /** How long we wait for the report on our own association before we release it. */
  readonly reportWaitMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

export const DEFAULT_COMMITMENT_LIMITS: CommitmentLimits = {
  transactionObjects: 500,
  gatherMs: 2_000,
  reportWaitMs: 5_000,
  firstRetryMs: 5_000,
  longestRetryMs: 15 * 60_000,
};

export interface CommitmentTools {
  readonly connect: (
    destination: Destination,
    contexts: readonly DeliveryContext[],
    signal: AbortSignal,
  ) => Promise<CommitmentAssociation>;
  readonly records: Pick<Records, 'wantedCommitments' | 'askedCommitment' | 'answeredCommitment'>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
  readonly limits: CommitmentLimits;
}

/** A transaction UID nobody can guess (PS3.5 §B.2, UUID-derived): whoever reports on it was asked. */
function newTransactionUid(nowMs: number, randomness: Randomness): string {
  return `2.25.${BigInt(`0x${uuidv7(nowMs, randomness).replaceAll('-', '')}`)}`;
}

/** How many asked transactions are remembered by the name of their destination; older ones are still known to the records. */
const MOST_REMEMBERED = 10_000;

/**
 * Storage commitment as SCU (PS3.4 Annex J): asks a destination to answer for what it was given, on an association of its own, and
 * takes the answer on that association or on any later one.
 */
export class CommitmentAsker {
  readonly #tools: CommitmentTools;
  readonly #cancel = new AbortController();
  /** Destinations being asked now, and whether there is more to ask. */
  readonly #asking = new Map<string, { isMore: boolean; readonly done: Promise<void> }>();
  /** Transactions sent whose asking is not yet in the records: a report on one has to wait for that. */
  readonly #unrecorded = new Map<string, Promise<void>>();
  readonly #destinationOf = new Map<string, string>();
  readonly #failures = new Map<string, number>();
  /** Transactions whose answer is being waited for, by whom to tell. */
  readonly #waiting = new Map<string, () => void>();

  constructor(tools: CommitmentTools) {
    this.#tools = tools;
  }

  /** Objects were delivered whose commitment is wanted (or may have been, at a start): ask soon. Returns at once. */
  wanted(destination: Destination): void {
    const running = this.#asking.get(destination.name);
    if (running !== undefined) {
      running.isMore = true;
      return;
    }
    if (this.#cancel.signal.aborted) return;
    const entry = { isMore: false, done: Promise.resolve() };
    this.#asking.set(destination.name, entry);
    entry.done = this.#ask(destination).finally(() => {
      this.#asking.delete(destination.name);
      if (entry.isMore) this.wanted(destination);
    });
  }

  /**
   * Takes an N-EVENT-REPORT and returns the status to answer it with: 0000 once it is in the records (or is about a transaction
   * nobody here knows, which another try would not change), 0110 when the records could not take it.
   * @param from name of the destination, or the AE title, that sent it; for the event.
   */
  async handleEventReport(report: ReceivedReport, from: string): Promise<number> {
    if (report.sopClassUid !== STORAGE_COMMITMENT_PUSH_MODEL) return STATUS.noSuchSopClass;
    const said = decodeCommitmentReport(report.dataSet, report.transferSyntax);
    if (said === undefined) return STATUS.invalidArgument;
    try {
      await this.#unrecorded.get(said.transactionUid);
      const destination = this.#destinationOf.get(said.transactionUid) ?? from;
      const { committed, refused, transactionUid } = said;
      const isKnown = await this.#tools.records.answeredCommitment(
        transactionUid,
        committed,
        refused,
        this.#events(said, destination),
      );
      if (!isKnown) this.#tools.log.warn('commitment.unknown', { from, transactionUid });
      this.#destinationOf.delete(transactionUid);
      this.#waiting.get(transactionUid)?.();
      return STATUS.success;
    } catch (thrown) {
      this.#tools.log.error('commitment.records', { from, fault: thrown });
      return STATUS.processingFailure;
    }
  }

  /** Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#cancel.abort();
    await Promise.all([...this.#asking.values()].map(({ done }) => done));
  }

  async #ask(destination: Destination): Promise<void> {
    const { records, limits, log } = this.#tools;
    await this.#pause(limits.gatherMs);
    try {
      for (;;) {
        const rows = await records.wantedCommitments(destination.name, limits.transactionObjects);
        if (rows.length === 0 || this.#cancel.signal.aborted) break;
        await this.#askFor(destination, rows);
        this.#failures.delete(destination.name);
      }
    } catch (thrown) {
      if (this.#cancel.signal.aborted) return;
      log.warn('commitment.not-asked', { destination: destination.name, fault: thrown });
      this.#later(destination);
    }
  }

  /** Resolves after `ms`, when the answer to `transactionUid` is in, or when all is being stopped. */
  #pause(ms: number, transactionUid = ''): Promise<void> {
    const { signal } = this.#cancel;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        timer.cancel();
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(transactionUid);
        resolve();
      };
      const timer = this.#tools.clock.after(ms, wake);
      signal.addEventListener('abort', wake, { once: true });
      if (transactionUid !== '') this.#waiting.set(transactionUid, wake);
    });
  }

  #later(destination: Destination): void {
    const { clock, limits, randomness } = this.#tools;
    const failures = (this.#failures.get(destination.name) ?? 0) + 1;
    this.#failures.set(destination.name, failures);
    clock.after(retryDelayMs(failures, limits, randomness), () => this.wanted(destination));
  }

  async #askFor(destination: Destination, rows: readonly DueDelivery[]): Promise<void> {
    const { clock, limits, randomness } = this.#tools;
    const contexts = [{ abstractSyntax: STORAGE_COMMITMENT_PUSH_MODEL, transferSyntaxes: [IMPLICIT_VR_LITTLE_ENDIAN] }];
    const association = await this.#tools.connect(destination, contexts, this.#cancel.signal);
    try {
      association.onEventReport = (report) => this.handleEventReport(report, destination.name);
      const transactionUid = newTransactionUid(clock.now(), randomness);
      await this.#request(association, destination, transactionUid, rows);
      // Some destinations answer on this association, others on one of their own: either way the next transaction can follow.
      if (this.#destinationOf.has(transactionUid)) await this.#pause(limits.reportWaitMs, transactionUid);
    } finally {
      await association.release();
    }
  }

  /** Sends the N-ACTION and records it. The report may come before we are done recording: it waits (`#unrecorded`). */
  async #request(
    association: CommitmentAssociation,
    destination: Destination,
    transactionUid: string,
    rows: readonly DueDelivery[],
  ): Promise<void> {
    let settle: () => void = () => {};
    this.#unrecorded.set(
      transactionUid,
      new Promise((resolve) => {
        settle = resolve;
      }),
    );
    this.#remember(transactionUid, destination.name);
    try {
      const { status } = await association.action({
        sopClassUid: STORAGE_COMMITMENT_PUSH_MODEL,
        sopInstanceUid: STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
        actionTypeId: REQUEST_COMMITMENT,
        dataSet: encodeCommitmentRequest(
          transactionUid,
          rows.map((row) => row.custody),
        ),
      });
      if (status !== STATUS.success) throw new Error(`N-ACTION answered ${status.toString(16)}`);
      const ids = rows.map((row) => row.id);
      await this.#tools.records.askedCommitment(transactionUid, destination.name, ids, this.#tools.clock.now());
    } finally {
      this.#unrecorded.delete(transactionUid);
      settle();
    }
  }

  #remember(transactionUid: string, destination: string): void {
    this.#destinationOf.set(transactionUid, destination);
    if (this.#destinationOf.size <= MOST_REMEMBERED) return;
    const [oldest] = this.#destinationOf.keys();
    if (oldest !== undefined) this.#destinationOf.delete(oldest);
  }

  #events({ transactionUid, committed, refused }: CommitmentReport, destination: string): readonly Event[] {
    const { clock, randomness } = this.#tools;
    const atMs = clock.now();
    const head = () => ({ id: uuidv7(atMs, randomness), atMs });
    const kept: readonly Event[] =
      committed.length === 0
        ? []
        : [{ ...head(), kind: 'commitment.committed', destination, transactionUid, objects: committed.length }];
    return [
      ...kept,
      ...refused.map(
        (each): Event => ({ ...head(), kind: 'commitment.refused', destination, transactionUid, ...each }),
      ),
    ];
  }
}
