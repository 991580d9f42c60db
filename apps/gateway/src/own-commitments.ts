import { systemClock } from '@leadglass/kit';
import type { Peer } from '@leadglass/model';
import {
  CommitmentReporter,
  canReportIn,
  DEFAULT_REPORTER_LIMITS,
  type ReadyReport,
  type ReceivedReport,
} from '@leadglass/relay';
import type { Connection } from './connections.ts';
import type { ToIntake } from './messages.ts';
import type { OwnEvents } from './own-events.ts';
import type { OwnHostTools } from './own-host.ts';
import type { CommitAskMessage } from './own-messages.ts';
import { permit } from './own-permit.ts';
import { insteadOf, upstreamFor } from './own-upstreams.ts';
import { askUpstream } from './relayed-commitment.ts';

/** How long a device has to answer a report on its own association. */
const REPORT_MS = 60_000;
const COMMITMENT = '1.2.840.10008.1.20.1';

/** Storage commitment as devices ask us for it (PS3.4 Annex J): takes what is asked, and tells each what became of its objects. */
export class OwnCommitments {
  readonly reporter: CommitmentReporter;
  readonly #tools: OwnHostTools;
  readonly #events: OwnEvents;
  /** Connections whose device asked for commitment on them, latest last, and the transfer syntax it asked in. */
  readonly #open = new Map<number, { readonly connection: Connection; readonly transferSyntaxUid: string }>();
  /** Reports on a device's own association, by number. */
  readonly #reports = new Map<number, { readonly connection: number; settle(status: number | undefined): void }>();
  #nextReport = 0;

  constructor(tools: OwnHostTools, events: OwnEvents) {
    this.#tools = tools;
    this.#events = events;
    const { records, clock, randomness, log } = tools;
    this.reporter = new CommitmentReporter({
      ...{ records, clock, randomness, log },
      limits: DEFAULT_REPORTER_LIMITS,
      connect: tools.connectToReport,
      destinationOf: (peer) => tools.rules().destinations.find(({ called }) => called === peer),
      tellOpen: (peer, report) => this.#tellOpen(peer, report),
      wasRefusedWhenHeld: (title) =>
        tools.rules().peers.some(({ aeTitle, whenHeld }) => aeTitle === title && whenHeld === 'tell'),
      sources: { retrieval: records.retrieval, holds: tools.holds },
      told: tools.told,
    });
  }

  /** A device asks us to be responsible for objects. */
  async asked(connection: Connection, peer: Peer, message: CommitAskMessage): Promise<void> {
    const { seq, transactionUid, objects, transferSyntaxUid } = message;
    const facts = { service: 'commit', sopClassUid: COMMITMENT, level: '', keys: [] } as const;
    const { permit: verdict } = permit(this.#tools, connection, {
      ...{ service: 'commit', sopClassUid: COMMITMENT, keys: [] },
    });
    if (!verdict.allowed) {
      this.#events.refused(connection, { ...facts, ...verdict, ms: 0 });
      return this.#tools.tellIntake(connection, answerTo(message, verdict.status, verdict.comment));
    }
    const pairs = objects.map(([sopClassUid, sopInstanceUid]) => ({ sopClassUid, sopInstanceUid }));
    const asked = { transactionUid, objects: pairs };
    const upstream = upstreamFor(this.#tools, peer, 'commit');
    const beganMs = performance.now();
    const theirs =
      upstream === undefined ? undefined : await askUpstream(this.#tools, this.reporter, peer.aeTitle, upstream, asked);
    // Nobody there to ask: what we hold is safe, and that is what the device asks about.
    const status = theirs ?? (await this.reporter.asked(peer.aeTitle, asked));
    this.#tools.tellIntake(connection, answerTo({ connection: connection.id, seq }, status, ''));
    const ms = Math.round(performance.now() - beganMs);
    this.#events.answered(connection, {
      ...facts,
      status,
      results: objects.length,
      ms,
      upstream: theirs === undefined ? '' : (upstream?.name ?? ''),
      instead: insteadOf(this.#tools, peer, 'commit'),
    });
    if (canReportIn(transferSyntaxUid)) this.#open.set(connection.id, { connection, transferSyntaxUid });
    this.reporter.poke();
  }

  /** A device has answered a report on its own association. */
  answered(report: number, status: number): void {
    this.#reports.get(report)?.settle(status);
  }

  /** Passes a report of an upstream on to the device that asked; undefined when no device did. */
  reported(connection: Connection, report: ReceivedReport): Promise<number | undefined> {
    const upstreams = this.#tools.rules().destinations.filter(({ called }) => called === connection.calling);
    return this.reporter.reported(
      upstreams.map(({ name }) => name),
      report,
    );
  }

  /** A connection is over: nothing is reported on it any more. */
  ended(connection: number): void {
    this.#open.delete(connection);
    for (const report of this.#reports.values()) if (report.connection === connection) report.settle(undefined);
  }

  /** Tells a device on an association it asked for commitment on. */
  #tellOpen(peer: string, ready: ReadyReport): Promise<number | undefined> {
    const entry = [...this.#open.values()].findLast(
      ({ connection, transferSyntaxUid }) =>
        connection.peer?.aeTitle === peer && (ready.transferSyntaxUid ?? transferSyntaxUid) === transferSyntaxUid,
    );
    if (entry === undefined) return Promise.resolve(undefined);
    const { connection, transferSyntaxUid } = entry;
    const report = this.#nextReport++;
    return new Promise((resolve) => {
      const settle = (status: number | undefined): void => {
        late.cancel();
        this.#reports.delete(report);
        resolve(status);
      };
      const late = systemClock.after(REPORT_MS, () => settle(undefined));
      this.#reports.set(report, { connection: connection.id, settle });
      const dataSet = Buffer.from(ready.encode(transferSyntaxUid)).toString('base64');
      const { eventTypeId } = ready;
      this.#tools.tellIntake(connection, { t: 'report', connection: connection.id, report, eventTypeId, dataSet });
    });
  }
}

function answerTo(
  { connection, seq }: { readonly connection: number; readonly seq: number },
  status: number,
  comment: string,
): ToIntake {
  return { t: 'own-answer', connection, seq, status, comment };
}
