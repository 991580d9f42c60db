import type { Socket } from 'node:net';
import type { Clock, Logger, Randomness } from '@leadglass/kit';
import type { Destination, Event, Peer } from '@leadglass/model';
import type { Retrievable, SqliteRecords } from '@leadglass/records';
import type {
  CommitmentReporter,
  DeliveryContext,
  MoveAssociation,
  ReceivedReport,
  ReportAssociation,
} from '@leadglass/relay';
import type { ScuAssociation } from '@leadglass/wire';
import type { Connection } from './connections.ts';
import type { Rules } from './keeper/rules-in-force.ts';
import type { Learning } from './learning/learning.ts';
import type { ToIntake } from './messages.ts';
import { OwnCommitments } from './own-commitments.ts';
import { OwnEvents } from './own-events.ts';
import type { OwnFromIntake } from './own-messages.ts';
import { OwnRetrievals } from './own-retrievals.ts';
import { RecentObjects } from './own-retrieving.ts';
import type { LiveMove, RetrievedArrival } from './relayed-retrieval.ts';

export interface OwnHostTools {
  readonly records: SqliteRecords;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
  rules(): Rules;
  /** Whether an upstream is asked at all: it is neither down nor cut off. */
  isAsked(upstream: Destination): boolean;
  /** Decides, by the limits of the peer, and remembers what was asked. */
  readonly learning: Pick<Learning, 'operationAsked' | 'operationEnded'>;
  /** Whether an object's bytes are there. */
  holds(stored: Pick<Retrievable, 'sha256' | 'place' | 'sealedBytes'>): Promise<boolean>;
  /** An object's data set. Throws Fault `vault.*`. */
  openPlain(object: Retrievable): AsyncIterable<Uint8Array>;
  connect(
    destination: Destination,
    contexts: readonly DeliveryContext[],
    signal: AbortSignal,
  ): Promise<MoveAssociation>;
  connectToReport(
    destination: Destination,
    contexts: readonly DeliveryContext[],
    signal: AbortSignal,
  ): Promise<ReportAssociation>;
  /** To an upstream that is to move objects to us, whose answer may take long. */
  connectUpstream(
    destination: Destination,
    contexts: readonly DeliveryContext[],
    signal: AbortSignal,
  ): Promise<ScuAssociation>;
  /** Pseudonyms a patient may be known by. */
  pseudonyms(issuer: string, patientId: string): readonly string[];
  tellIntake(connection: Connection, message: ToIntake, socket?: Socket): void;
  /** Records an event; failures are logged there. */
  tell(event: Event): void;
  told(): void;
  /** Where local sockets are made. */
  readonly runFolder: string;
}

/** The keeper's side of what is answered from our own vault: decides, finds, opens, sends and tells. */
export class OwnServicesHost {
  readonly reporter: CommitmentReporter;
  /** Objects that came for a retrieval, the last of them: neither they nor their disarmed copies take a route. */
  readonly retrieved = new RecentObjects();
  readonly #events: OwnEvents;
  readonly #commitments: OwnCommitments;
  readonly #retrievals: OwnRetrievals;

  constructor(tools: OwnHostTools) {
    this.#events = new OwnEvents(tools.clock, tools.tell);
    this.#retrievals = new OwnRetrievals(tools, this.#events);
    this.#commitments = new OwnCommitments(tools, this.#events);
    this.reporter = this.#commitments.reporter;
  }

  /** Takes what an intake says about a connection of an admitted peer. */
  heard(connection: Connection, peer: Peer, message: OwnFromIntake): void {
    switch (message.t) {
      case 'commit-ask':
        return void this.#commitments.asked(connection, peer, message);
      case 'reported':
        return this.#commitments.answered(message.report, message.status);
      case 'retrieve':
        return void this.#retrievals.retrieve(connection, peer, message);
      case 'retrieve-cancel':
        return this.#retrievals.cancel(message);
      case 'got':
        return this.#retrievals.got(message);
      case 'own-refused':
        return this.#events.refused(connection, { ...message, level: '', keys: [], hint: '', ms: 0 });
    }
  }

  /** A connection is over: what it asked for ends. */
  ended(connection: number): void {
    this.#commitments.ended(connection);
    this.#retrievals.ended(connection);
  }

  /** Passes a report of an upstream on to the device that asked; undefined when no device did. */
  reported(connection: Connection, report: ReceivedReport): Promise<number | undefined> {
    return this.#commitments.reported(connection, report);
  }

  /** The retrieval an arrival belongs to, if it came for one. */
  claim(connection: Connection, arrival: RetrievedArrival): LiveMove | undefined {
    return this.#retrievals.relayed.claim(connection, arrival);
  }

  landed(live: LiveMove, sopInstanceUid: string, status: number): void {
    this.#retrievals.relayed.landed(live, sopInstanceUid, status);
  }

  async stop(): Promise<void> {
    this.#retrievals.stop();
    await this.reporter.stop();
  }
}
