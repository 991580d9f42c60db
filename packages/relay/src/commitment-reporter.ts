import {
  IMPLICIT_VR_LITTLE_ENDIAN,
  STORAGE_COMMITMENT_PUSH_MODEL,
  STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
} from '@leadglass/dimse';
import { type Clock, isFault, type Logger, type Randomness, type Text, text, uuidv7 } from '@leadglass/kit';
import type { Destination, Event } from '@leadglass/model';
import type { OwedReport, Records, UpstreamReport } from '@leadglass/records';
import { retryDelayMs } from './backoff.ts';
import type { ReceivedReport } from './commitment.ts';
import { combinedReport } from './commitment-combined.ts';
import { type CommitmentReport, decodeCommitmentReport, type ReferencedSop } from './commitment-data-set.ts';
import { type CommitmentSources, judgeCommitment } from './commitment-judge.ts';
import {
  type CommitmentRequest,
  canReportIn,
  encodeCommitmentReport,
  type OwnReport,
  reportEvent,
} from './commitment-request.ts';
import type { DeliveryContext } from './delivery-api.ts';

/** PS3.7 Annex C. */
const STATUS = { success: 0x0000, processingFailure: 0x0110, resourceLimitation: 0x0213 } as const;
/** Devices told at once, and reports told over one association. */
const MOST_DEVICES = 16;
const MOST_OVER_ONE = 64;
const LONGEST_SLEEP_MS = 60_000;
/** Transactions looked at together, and how often those that are overdue are looked for. */
const PAGE = 100;
const LOOK_MS = 15 * 60_000;

/** An association over which a device is told. Room `wire` has it as `ScuAssociation`. */
export interface ReportAssociation {
  readonly isOpen: boolean;
  report(request: {
    readonly sopClassUid: string;
    readonly sopInstanceUid: string;
    readonly eventTypeId: number;
    readonly dataSet: Uint8Array;
    readonly transferSyntax: string;
  }): Promise<{ readonly status: number }>;
  release(): Promise<void>;
}

/** A report ready to be told, as on the wire. */
export interface ReadyReport {
  readonly transactionUid: string;
  readonly eventTypeId: number;
  /** In which `encode` writes it: any; undefined. Else the one it came in. */
  readonly transferSyntaxUid: string | undefined;
  encode(transferSyntaxUid: string): Uint8Array;
}

export interface ReporterLimits {
  /** A device gets the answer to its request before the report. */
  readonly firstReportMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** A device that could not be told for so long is not told any more. */
  readonly giveUpMs: number;
  /** An upstream that has not reported for so long is answered for, as far as we can. */
  readonly unreportedMs: number;
}

export const DEFAULT_REPORTER_LIMITS: ReporterLimits = {
  firstReportMs: 250,
  firstRetryMs: 5_000,
  longestRetryMs: 15 * 60_000,
  giveUpMs: 7 * 24 * 60 * 60_000,
  unreportedMs: 6 * 60 * 60_000,
};

export interface ReporterTools {
  /** Opens an association to a device on which we are the SCP of storage commitment. Rejects with a Fault. */
  connect(
    destination: Destination,
    contexts: readonly DeliveryContext[],
    signal: AbortSignal,
  ): Promise<ReportAssociation>;
  /** Where a device listens, by its AE title: the destination called so. */
  destinationOf(peer: string): Destination | undefined;
  /** Tells a device on an association it has open itself; undefined when it has none, or it broke. */
  tellOpen(peer: string, report: ReadyReport): Promise<number | undefined>;
  /** Whether the device was told that held objects were not taken (`whenHeld: tell`). */
  wasRefusedWhenHeld(peer: string): boolean;
  readonly sources: CommitmentSources;
  readonly records: Pick<Records, 'reports' | 'retrieval'>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
  readonly limits: ReporterLimits;
  /** Told after events were recorded. */
  told(): void;
}

/**
 * Storage commitment as SCP (PS3.4 Annex J): takes what devices ask, durably, and tells each what we answer for, or what the upstream that
 * was asked in our place reported, until the device has answered.
 */
export class CommitmentReporter {
  readonly #tools: ReporterTools;
  readonly #cancel = new AbortController();
  readonly #serving = new Map<string, Promise<void>>();
  #wake: () => void = () => {};
  #isPoked = false;
  #running: Promise<void> = Promise.resolve();
  #lookedMs: number | undefined;

  constructor(tools: ReporterTools) {
    this.#tools = tools;
  }

  /** Starts telling what is owed, from an earlier run too. */
  start(): void {
    this.#running = this.#run();
  }

  /** Something may be owed now: a device asked, or can be reached again. */
  poke(): void {
    this.#isPoked = true;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#cancel.abort();
    this.#wake();
    await this.#running;
    await Promise.all(this.#serving.values());
  }

  /**
   * Takes what a device asks of us. Returns the status of the N-ACTION: 0000 once it is durable, 0213 when too much of that device waits,
   * 0110 when the records could not take it. `poke` once the device has been answered.
   */
  async asked(peer: string, { transactionUid, objects }: CommitmentRequest): Promise<number> {
    return this.#ask(peer, transactionUid, '', pairsOf(objects));
  }

  /** The same for what is asked of an upstream in the device's name: before it is passed on, so that no report finds us ignorant. */
  askedOfUpstream(peer: string, { transactionUid, objects }: CommitmentRequest, upstream: string): Promise<number> {
    return this.#ask(peer, transactionUid, upstream, pairsOf(objects));
  }

  /**
   * An upstream that is down, or was not heard by us when it reported, may never report. What we answer for in whole becomes ours to report; of the
   * rest the upstream alone can say, and it is waited for. Never rejects.
   * @param isMeant of which upstreams; @param askedForMs asked so long ago at least.
   */
  async takeOver(isMeant: (upstream: string) => boolean, askedForMs = 0): Promise<void> {
    const { records, clock, limits, log, sources } = this.#tools;
    try {
      const beforeMs = clock.now() + limits.firstReportMs - askedForMs;
      for (let after: OwedReport | undefined; !this.#cancel.signal.aborted; ) {
        const rows = await records.reports.unreported(beforeMs, after, PAGE);
        after = rows.at(-1);
        for (const { id, peer, upstream, transactionUid, objects } of rows) {
          // Written down by an earlier version, it names nothing.
          if (objects.length === 0 || !isMeant(upstream)) continue;
          const isTold = this.#tools.wasRefusedWhenHeld(peer);
          const { failed } = await judgeCommitment(transactionUid, objects, sources, isTold);
          if (failed.length === 0) await records.reports.takeOver(id, clock.now());
        }
        if (rows.length < PAGE) break;
      }
    } catch (thrown) {
      log.error('commitment.records', { fault: thrown });
    }
    this.poke();
  }

  /** The upstream did not take it: there will be no report. */
  async notTaken(upstream: string, transactionUid: string): Promise<void> {
    const { reports } = this.#tools.records;
    try {
      const row = await reports.askedOf(upstream, transactionUid);
      if (row !== undefined) await reports.settle(row.id, []);
    } catch (thrown) {
      this.#tools.log.error('commitment.records', { fault: thrown });
    }
  }

  /**
   * Passes on what an upstream reports, when one of `upstreams` was asked for a device. Returns what the device answered, 0110 when it
   * could not be told (it is owed it from then on), or undefined when the transaction is no device's.
   */
  async reported(upstreams: readonly string[], received: ReceivedReport): Promise<number | undefined> {
    const said = decodeCommitmentReport(received.dataSet, received.transferSyntax);
    if (said === undefined) return undefined;
    const { reports } = this.#tools.records;
    for (const upstream of upstreams) {
      const row = await reports.askedOf(upstream, said.transactionUid);
      if (row === undefined) continue;
      const report = await this.#combined(row, said, received);
      await reports.fulfil(row.id, report, this.#nextMs(1));
      const [status] = await this.#tellAll(row.peer, [{ ...row, report }]);
      return status ?? STATUS.processingFailure;
    }
    return undefined;
  }

  /** The upstream's words, as they came unless they are of what it is still being sent. */
  async #combined(row: OwedReport, said: CommitmentReport, received: ReceivedReport): Promise<UpstreamReport> {
    const { eventTypeId, transferSyntax: transferSyntaxUid, dataSet } = received;
    const { sources, records } = this.#tools;
    const isOwed = (sop: string) => records.retrieval.isOwed(sop, row.upstream, row.askedAtMs);
    const isTold = this.#tools.wasRefusedWhenHeld(row.peer);
    const own = await combinedReport(row.objects, said, isOwed, (objects) =>
      judgeCommitment(said.transactionUid, objects, sources, isTold),
    );
    if (own === undefined || !canReportIn(transferSyntaxUid)) return { eventTypeId, transferSyntaxUid, dataSet };
    return {
      eventTypeId: reportEvent(own),
      transferSyntaxUid,
      dataSet: encodeCommitmentReport(own, transferSyntaxUid),
    };
  }

  async #ask(peer: string, transactionUid: string, upstream: string, objects: OwedReport['objects']): Promise<number> {
    const { records, clock, limits, log } = this.#tools;
    const askedAtMs = clock.now();
    try {
      const asked = { peer, transactionUid, upstream, askedAtMs, nextAtMs: askedAtMs + limits.firstReportMs, objects };
      return (await records.reports.ask(asked)) ? STATUS.success : STATUS.resourceLimitation;
    } catch (thrown) {
      log.error('commitment.not-taken', { peer, fault: thrown });
      return STATUS.processingFailure;
    }
  }

  async #run(): Promise<void> {
    while (!this.#cancel.signal.aborted) {
      await this.#lookForUnreported();
      this.#isPoked = false;
      const waitMs = await this.#turn().catch((thrown: unknown) => {
        this.#tools.log.error('commitment.records', { fault: thrown });
        return this.#tools.limits.firstRetryMs;
      });
      await this.#sleep(waitMs);
    }
  }

  // Of a start: whatever an upstream reported while nobody was there to hear it is not reported again.
  async #lookForUnreported(): Promise<void> {
    const { clock, limits } = this.#tools;
    const isStart = this.#lookedMs === undefined;
    if (!isStart && clock.monotonicMs() - (this.#lookedMs ?? 0) < LOOK_MS) return;
    this.#lookedMs = clock.monotonicMs();
    await this.takeOver(() => true, isStart ? 0 : limits.unreportedMs);
  }

  /** Begins to tell whom something is owed. Returns how long there is nothing to do, milliseconds. */
  async #turn(): Promise<number> {
    const { records, clock } = this.#tools;
    const now = clock.now();
    const due = await records.reports.duePeers(now, MOST_DEVICES * 4);
    for (const peer of due) {
      if (this.#serving.size >= MOST_DEVICES || this.#serving.has(peer)) continue;
      const done = this.#serve(peer).finally(() => {
        this.#serving.delete(peer);
        this.poke();
      });
      this.#serving.set(peer, done);
    }
    if (due.length > 0) return LONGEST_SLEEP_MS; // whoever is done pokes
    const nextMs = await records.reports.nextMs();
    return nextMs === undefined ? LONGEST_SLEEP_MS : Math.min(Math.max(nextMs - now, 1), LONGEST_SLEEP_MS);
  }

  async #serve(peer: string): Promise<void> {
    const { records, clock, log } = this.#tools;
    try {
      const rows = await records.reports.due(peer, clock.now(), MOST_OVER_ONE);
      await this.#tellAll(peer, rows);
    } catch (thrown) {
      log.error('commitment.records', { peer, fault: thrown });
      await new Promise<void>((resolve) => void clock.after(this.#tools.limits.firstRetryMs, resolve));
    }
  }

  /** Tells a device these reports; what it answered to each, undefined where it could not be told. */
  async #tellAll(peer: string, rows: readonly OwedReport[]): Promise<readonly (number | undefined)[]> {
    const statuses: (number | undefined)[] = [];
    const destination = this.#tools.destinationOf(peer);
    let association: ReportAssociation | undefined;
    let why: Text = NOWHERE;
    try {
      if (destination !== undefined) association = await this.#connect(destination, rows);
    } catch (thrown) {
      why = isFault(thrown) ? thrown.text : BROKE;
      if (!this.#cancel.signal.aborted) this.#tools.log.warn('commitment.unreachable', { peer, fault: thrown });
    }
    for (const row of rows) {
      const ready = await this.#ready(row);
      const status = this.#cancel.signal.aborted ? undefined : await this.#tellOne(peer, ready, association);
      await this.#settle(row, ready, status, why);
      statuses.push(status);
    }
    await association?.release();
    return statuses;
  }

  #connect(destination: Destination, rows: readonly OwedReport[]): Promise<ReportAssociation> {
    const syntaxes = new Set(rows.map((row) => row.report?.transferSyntaxUid ?? IMPLICIT_VR_LITTLE_ENDIAN));
    const contexts = [...syntaxes].map((syntax) => ({
      abstractSyntax: STORAGE_COMMITMENT_PUSH_MODEL,
      transferSyntaxes: [syntax],
    }));
    return this.#tools.connect(destination, contexts, this.#cancel.signal);
  }

  async #tellOne(
    peer: string,
    ready: ReadyReport & Counted,
    association: ReportAssociation | undefined,
  ): Promise<number | undefined> {
    // A device that listens is told where it listens; one without an address of its own, where it is still connected.
    if (association === undefined) return this.#tools.tellOpen(peer, ready);
    if (!association.isOpen) return undefined;
    const transferSyntax = ready.transferSyntaxUid ?? IMPLICIT_VR_LITTLE_ENDIAN;
    try {
      const { status } = await association.report({
        sopClassUid: STORAGE_COMMITMENT_PUSH_MODEL,
        sopInstanceUid: STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
        eventTypeId: ready.eventTypeId,
        dataSet: ready.encode(transferSyntax),
        transferSyntax,
      });
      return status;
    } catch (thrown) {
      this.#tools.log.warn('commitment.not-told', { peer, fault: thrown });
      return undefined;
    }
  }

  /** What there is to say: an upstream's words as they came, or our own, judged now. */
  async #ready(row: OwedReport): Promise<ReadyReport & Counted> {
    const { transactionUid, report, peer, objects } = row;
    if (report !== undefined) {
      const said = decodeCommitmentReport(report.dataSet, report.transferSyntaxUid);
      const { eventTypeId, transferSyntaxUid, dataSet } = report;
      const counted = { committed: said?.committed.length ?? 0, failed: said?.refused.length ?? 0 };
      return { transactionUid, eventTypeId, transferSyntaxUid, encode: () => dataSet, ...counted };
    }
    const { sources } = this.#tools;
    const own: OwnReport = await judgeCommitment(
      transactionUid,
      objects,
      sources,
      this.#tools.wasRefusedWhenHeld(peer),
    );
    return {
      transactionUid,
      eventTypeId: reportEvent(own),
      transferSyntaxUid: undefined,
      encode: (syntax) => encodeCommitmentReport(own, syntax),
      committed: own.committed.length,
      failed: own.failed.length,
    };
  }

  async #settle(row: OwedReport, ready: ReadyReport & Counted, status: number | undefined, why: Text): Promise<void> {
    if (this.#cancel.signal.aborted && status === undefined) return; // it stays owed, and comes again after the restart
    const { records, clock, limits, told } = this.#tools;
    const isOver = clock.now() - row.askedAtMs > limits.giveUpMs;
    if (status === STATUS.success || isOver) {
      await records.reports.settle(row.id, [this.#event(row, ready, status, why)]);
      told();
    } else await records.reports.putOff(row.id, this.#nextMs(row.attempts + 1));
  }

  #nextMs(failures: number): number {
    const { clock, limits, randomness } = this.#tools;
    return clock.now() + retryDelayMs(failures, limits, randomness);
  }

  #event(row: OwedReport, { committed, failed }: Counted, status: number | undefined, why: Text): Event {
    const { clock, randomness } = this.#tools;
    const atMs = clock.now();
    const facts = { peer: row.peer, upstream: row.upstream, transactionUid: row.transactionUid, committed, failed };
    const head = { id: uuidv7(atMs, randomness), atMs };
    if (status === STATUS.success) return { ...head, kind: 'commitment.reported', ...facts };
    return { ...head, kind: 'commitment.unreported', ...facts, why: status === undefined ? why : REFUSED };
  }

  /** Resolves after `ms`, or on a poke or stop. */
  async #sleep(ms: number): Promise<void> {
    if (this.#isPoked || this.#cancel.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = this.#tools.clock.after(ms, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
    this.#wake = () => {};
  }
}

function pairsOf(objects: readonly ReferencedSop[]): OwedReport['objects'] {
  return objects.map(({ sopClassUid, sopInstanceUid }) => [sopClassUid, sopInstanceUid] as const);
}

interface Counted {
  readonly committed: number;
  readonly failed: number;
}

const NOWHERE = text(
  'aucune destination ne porte son titre AE et il n’était plus connecté : ajoutez-la avec « destination add »',
  'no destination bears its AE title and it was not connected any more: add one with "destination add"',
);
const BROKE = text('la connexion n’a pas pu s’établir', 'no connection could be made');
const REFUSED = text('il a refusé le compte rendu', 'it refused the report');
