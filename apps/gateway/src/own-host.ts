import type { Socket } from 'node:net';
import type { Clock, Logger, Randomness } from '@leadglass/kit';
import { systemClock } from '@leadglass/kit';
import type { Destination, Event, Peer } from '@leadglass/model';
import { moveTarget, type OperationDecision, permitOperation } from '@leadglass/policy';
import type { Retrievable, SqliteRecords } from '@leadglass/records';
import {
  CommitmentReporter,
  canReportIn,
  DEFAULT_REPORTER_LIMITS,
  type DeliveryContext,
  type MoveAssociation,
  Mover,
  RETRIEVE_STATUS,
  type ReadyReport,
  type ReceivedReport,
  type ReportAssociation,
  type Selection,
  type SubOperations,
  select,
} from '@leadglass/relay';
import type { Connection } from './connections.ts';
import { GetFeed } from './get-feed.ts';
import type { Rules } from './keeper.ts';
import type { ToIntake } from './messages.ts';
import { socketPair } from './object-stream.ts';
import { OwnEvents } from './own-events.ts';
import type { CommitAskMessage, GotMessage, OwnFromIntake, RetrieveMessage } from './own-messages.ts';

/** How long a device has to answer a report on its own association. */
const REPORT_MS = 60_000;
/** Retrievals carried out at once, of all devices. */
const MOST_RETRIEVALS = 32;

export interface OwnHostTools {
  readonly records: SqliteRecords;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
  rules(): Rules;
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
  /** Pseudonyms a patient may be known by. */
  pseudonyms(issuer: string, patientId: string): readonly string[];
  tellIntake(connection: Connection, message: ToIntake, socket?: Socket): void;
  /** Records an event; failures are logged there. */
  tell(event: Event): void;
  told(): void;
  /** Where local sockets are made. */
  readonly runFolder: string;
}

interface Running {
  readonly cancel: AbortController;
  readonly abandon: AbortController;
  /** Of a C-GET: how it is told once the intake says how it went. */
  got?: (message: GotMessage) => void;
}

/** The keeper's side of what is answered from our own vault: decides, finds, opens, sends and tells. */
export class OwnServicesHost {
  readonly reporter: CommitmentReporter;
  readonly #tools: OwnHostTools;
  readonly #events: OwnEvents;
  readonly #running = new Map<string, Running>();
  /** Connections whose device asked for commitment on them, latest last, and the transfer syntax it asked in. */
  readonly #open = new Map<number, { readonly connection: Connection; readonly transferSyntaxUid: string }>();
  /** Reports on a device's own association, by number. */
  readonly #reports = new Map<number, { readonly connection: number; settle(status: number | undefined): void }>();
  #nextReport = 0;

  constructor(tools: OwnHostTools) {
    this.#tools = tools;
    this.#events = new OwnEvents(tools.clock, tools.tell);
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

  /** Takes what an intake says about a connection of an admitted peer. */
  heard(connection: Connection, peer: Peer, message: OwnFromIntake): void {
    switch (message.t) {
      case 'commit-ask':
        return void this.#commitAsked(connection, peer, message);
      case 'reported':
        return this.#reports.get(message.report)?.settle(message.status);
      case 'retrieve':
        return void this.#retrieve(connection, peer, message);
      case 'retrieve-cancel':
        return this.#running.get(nameOf(message))?.cancel.abort();
      case 'got':
        return this.#running.get(nameOf(message))?.got?.(message);
      case 'own-refused':
        return this.#events.refused(connection, { ...message, level: '', keys: [], hint: '', ms: 0 });
    }
  }

  /** A connection is over: what it asked for ends. */
  ended(connection: number): void {
    this.#open.delete(connection);
    for (const report of this.#reports.values()) if (report.connection === connection) report.settle(undefined);
    for (const [name, { abandon }] of this.#running) if (name.startsWith(`${connection}/`)) abandon.abort();
  }

  /** Passes a report of an upstream on to the device that asked; undefined when no device did. */
  reported(connection: Connection, report: ReceivedReport): Promise<number | undefined> {
    const upstreams = this.#tools.rules().destinations.filter(({ called }) => called === connection.calling);
    return this.reporter.reported(
      upstreams.map(({ name }) => name),
      report,
    );
  }

  async stop(): Promise<void> {
    for (const { abandon } of this.#running.values()) abandon.abort();
    await this.reporter.stop();
  }

  async #commitAsked(connection: Connection, peer: Peer, message: CommitAskMessage): Promise<void> {
    const { seq, transactionUid, objects, transferSyntaxUid } = message;
    const facts = { service: 'commit', sopClassUid: COMMITMENT, level: '', keys: [] } as const;
    const permit = this.#permit(peer, { service: 'commit', sopClassUid: COMMITMENT });
    if (!permit.allowed) {
      this.#events.refused(connection, { ...facts, ...permit, ms: 0 });
      return this.#tools.tellIntake(connection, answerTo(message, permit.status, permit.comment));
    }
    const pairs = objects.map(([sopClassUid, sopInstanceUid]) => ({ sopClassUid, sopInstanceUid }));
    const status = await this.reporter.asked(peer.aeTitle, { transactionUid, objects: pairs });
    this.#tools.tellIntake(connection, answerTo({ connection: connection.id, seq }, status, ''));
    this.#events.answered(connection, { ...facts, status, results: objects.length, ms: 0 });
    if (canReportIn(transferSyntaxUid)) this.#open.set(connection.id, { connection, transferSyntaxUid });
    this.reporter.poke();
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

  #permit(peer: Peer, asked: Omit<Parameters<typeof permitOperation>[0], 'keys' | 'atMs'>): OperationDecision {
    return permitOperation({ ...asked, keys: [], atMs: this.#tools.clock.now() }, peer, this.#tools.rules());
  }

  async #retrieve(connection: Connection, peer: Peer, message: RetrieveMessage): Promise<void> {
    const beganMs = performance.now();
    const facts = this.#factsOf(message);
    const refused = (status: number, comment: string, why: { fr: string; en: string }, hint: string): void => {
      this.#events.refused(connection, { ...facts, status, why, hint, ms: Math.round(performance.now() - beganMs) });
      this.#tools.tellIntake(connection, lastWord(message, status, comment));
    };
    const { service, sopClassUid, level, moveDestination } = message;
    const target = service === 'move' ? { moveDestination } : {};
    const permit = this.#permit(peer, { service, sopClassUid, level, ...target });
    if (!permit.allowed) return refused(permit.status, permit.comment, permit.why, permit.hint);
    const to = service === 'move' ? moveTarget(moveDestination, peer, this.#tools.rules().destinations) : undefined;
    if (to?.allowed === false)
      return refused(RETRIEVE_STATUS.moveDestinationUnknown, 'Move destination not allowed', to.why, to.hint);
    if (this.#running.size >= MOST_RETRIEVALS)
      return refused(RETRIEVE_STATUS.outOfResourcesSubOperations, 'Too many retrievals at once', BUSY, '');
    const running: Running = { cancel: new AbortController(), abandon: new AbortController() };
    this.#running.set(nameOf(message), running);
    try {
      const selection = await this.#select(message);
      if (selection === undefined || selection.objects.length > permit.mostResults)
        return refused(RETRIEVE_STATUS.outOfResourcesMatches, 'Too many objects at once', TOO_MANY, '');
      const operations = { connection, peer, message, running, selection, facts, beganMs };
      if (to === undefined) await this.#get(operations);
      else await this.#move(operations, to.destination);
    } catch (thrown) {
      this.#tools.log.error('retrieve.failed', { association: connection.associationId, fault: thrown });
      refused(RETRIEVE_STATUS.unableToProcess, 'Unable to process', FAILED, '');
    } finally {
      if (running.got === undefined) this.#running.delete(nameOf(message));
    }
  }

  #select(message: RetrieveMessage): Promise<Selection | undefined> {
    const { level, studyUids, seriesUids, sopUids, patientId, issuerOfPatientId } = message;
    const patients = this.#tools.pseudonyms(issuerOfPatientId, patientId);
    return select(this.#tools.records.retrieval, { level, studyUids, seriesUids, sopUids, patients });
  }

  async #move(asked: Retrieving, destination: Destination): Promise<void> {
    const { connection, peer, message, running, selection } = asked;
    const { connection: id, seq } = message;
    const mover = new Mover(this.#tools, {
      destination,
      ...selection,
      originator: { aeTitle: peer.aeTitle, messageId: message.messageId },
      priority: message.priority,
      cancelled: running.cancel.signal,
      abandoned: running.abandon.signal,
      progress: ({ counts }) =>
        this.#tools.tellIntake(connection, {
          ...{ t: 'sub-operations', connection: id, seq, status: RETRIEVE_STATUS.pending, counts, failed: [] },
        }),
    });
    const { status, operations, fault } = await mover.run();
    const { counts, failed } = operations;
    const comment = fault === undefined ? {} : { comment: `Move destination: ${fault.code}`.slice(0, 64) };
    this.#tools.tellIntake(connection, {
      ...{ t: 'sub-operations', connection: id, seq, status, counts, failed, ...comment },
    });
    this.#done(asked, destination.called, status, operations.counts);
  }

  async #get(asked: Retrieving): Promise<void> {
    const { connection, peer, message, running, selection } = asked;
    const { ours, theirs } = await socketPair(this.#tools.runFolder);
    const feed = new GetFeed(ours, this.#tools, message.accepts);
    const { objects, withheld } = selection;
    const { connection: id, seq } = message;
    running.abandon.signal.addEventListener('abort', () => feed.stop(), { once: true });
    running.got = (got) => {
      this.#running.delete(nameOf(message));
      this.#done(asked, peer.aeTitle, got.status, { ...got, remaining: 0 });
    };
    this.#tools.tellIntake(connection, { t: 'objects', connection: id, seq, total: objects.length, withheld }, theirs);
    await feed.run(objects);
  }

  #done(asked: Retrieving, to: string, status: number, counts: SubOperations['counts']): void {
    const { connection, peer, message, selection, facts, beganMs } = asked;
    const { completed, failed, warning } = counts;
    const ms = Math.round(performance.now() - beganMs);
    this.#events.answered(connection, { ...facts, status, results: completed + warning, ms });
    if (selection.objects.length + selection.withheld.length === 0) return;
    this.#events.retrieved(connection, {
      ...{ peer: peer.aeTitle, service: message.service, to, status, completed, failed, warning },
      studies: [...new Set(selection.objects.map(({ studyInstanceUid }) => studyInstanceUid))],
      withheld: selection.withheld.length,
    });
  }

  #factsOf(message: RetrieveMessage) {
    const { service, sopClassUid, level } = message;
    return { service, sopClassUid, level, keys: keysOf(message) };
  }
}

/** A retrieval under way. */
interface Retrieving {
  readonly connection: Connection;
  readonly peer: Peer;
  readonly message: RetrieveMessage;
  readonly running: Running;
  readonly selection: Selection;
  readonly facts: {
    readonly service: 'move' | 'get';
    readonly sopClassUid: string;
    readonly level: string;
    readonly keys: readonly string[];
  };
  readonly beganMs: number;
}

const COMMITMENT = '1.2.840.10008.1.20.1';

function nameOf({ connection, seq }: { readonly connection: number; readonly seq: number }): string {
  return `${connection}/${seq}`;
}

function answerTo(
  { connection, seq }: { readonly connection: number; readonly seq: number },
  status: number,
  comment: string,
): ToIntake {
  return { t: 'own-answer', connection, seq, status, comment };
}

const NOTHING = { remaining: 0, completed: 0, failed: 0, warning: 0 };
function lastWord({ connection, seq }: RetrieveMessage, status: number, comment: string): ToIntake {
  return { t: 'sub-operations', connection, seq, status, comment, counts: NOTHING, failed: [] };
}

/** Keyword and form of each key, never a value. */
function keysOf({ patientId, studyUids, seriesUids, sopUids }: RetrieveMessage): string[] {
  const listed = (keyword: string, uids: readonly string[]) =>
    uids.length === 0 ? [] : [`${keyword} ${uids.length === 1 ? 'single' : 'list'}`];
  return [
    ...(patientId === '' ? [] : ['PatientID single']),
    ...listed('StudyInstanceUID', studyUids),
    ...listed('SeriesInstanceUID', seriesUids),
    ...listed('SOPInstanceUID', sopUids),
  ];
}

const BUSY = {
  fr: 'trop de récupérations à la fois',
  en: 'too many retrievals at once',
};
const TOO_MANY = {
  fr: 'trop d’objets en une seule demande : demandez moins à la fois',
  en: 'too many objects in one request: ask for less at once',
};
const FAILED = {
  fr: 'la récupération a échoué ici ; le journal technique dit pourquoi',
  en: 'the retrieval failed here; the technical log says why',
};
