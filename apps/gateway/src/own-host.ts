import type { Socket } from 'node:net';
import { keywordOf } from '@leadglass/dicom';
import type { Clock, Logger, Randomness } from '@leadglass/kit';
import { systemClock } from '@leadglass/kit';
import type { Destination, Event, Peer } from '@leadglass/model';
import { type KeyFact, type OperationFacts, relayFor } from '@leadglass/policy';
import type { Retrievable, SqliteRecords } from '@leadglass/records';
import {
  CommitmentReporter,
  canReportIn,
  DEFAULT_REPORTER_LIMITS,
  type DeliveryContext,
  Forwarder,
  type MoveAssociation,
  Mover,
  RETRIEVE_STATUS,
  type ReadyReport,
  type ReceivedReport,
  type ReportAssociation,
  type RetrieveKeys,
  type Selection,
  SubOperations,
  select,
} from '@leadglass/relay';
import type { ScuAssociation } from '@leadglass/wire';
import type { Connection } from './connections.ts';
import { GetFeed } from './get-feed.ts';
import type { Rules } from './keeper/rules-in-force.ts';
import type { Learning, OperationVerdict } from './learning/learning.ts';
import type { ToIntake } from './messages.ts';
import { socketPair } from './object-stream.ts';
import { OwnEvents } from './own-events.ts';
import type { CommitAskMessage, GotMessage, OwnFromIntake, RetrieveMessage } from './own-messages.ts';
import { askUpstream } from './relayed-commitment.ts';
import {
  type LiveMove,
  type RelayedTold,
  type RetrievedArrival,
  relayedOutcome,
  type UpstreamEnd,
  UpstreamMoves,
} from './relayed-retrieval.ts';
import { maySeeObject } from './sighted-search.ts';

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

interface Running {
  readonly cancel: AbortController;
  readonly abandon: AbortController;
  /** Of a C-GET: how it is told once the intake says how it went. */
  got?: (message: GotMessage) => void;
}

/** The keeper's side of what is answered from our own vault: decides, finds, opens, sends and tells. */
export class OwnServicesHost {
  readonly reporter: CommitmentReporter;
  /** Objects that came for a retrieval, the last of them: neither they nor their disarmed copies take a route. */
  readonly retrieved = new RecentObjects();
  readonly #tools: OwnHostTools;
  readonly #events: OwnEvents;
  readonly #running = new Map<string, Running>();
  readonly #upstreams: UpstreamMoves;
  /** Connections whose device asked for commitment on them, latest last, and the transfer syntax it asked in. */
  readonly #open = new Map<number, { readonly connection: Connection; readonly transferSyntaxUid: string }>();
  /** Reports on a device's own association, by number. */
  readonly #reports = new Map<number, { readonly connection: number; settle(status: number | undefined): void }>();
  #nextReport = 0;

  constructor(tools: OwnHostTools) {
    this.#tools = tools;
    this.#events = new OwnEvents(tools.clock, tools.tell);
    const { records, clock, randomness, log } = tools;
    this.#upstreams = new UpstreamMoves({
      ...{ clock, log },
      connectUpstream: tools.connectUpstream,
      find: async (uid) => (await select(records.retrieval, instance(uid))) ?? NO_SELECTION,
      isCopyOwed: (uid) => isCopyOwed(records, uid),
    });
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
    const { permit } = this.#permit(connection, { service: 'commit', sopClassUid: COMMITMENT, keys: [] });
    if (!permit.allowed) {
      this.#events.refused(connection, { ...facts, ...permit, ms: 0 });
      return this.#tools.tellIntake(connection, answerTo(message, permit.status, permit.comment));
    }
    const pairs = objects.map(([sopClassUid, sopInstanceUid]) => ({ sopClassUid, sopInstanceUid }));
    const asked = { transactionUid, objects: pairs };
    const upstream = this.#upstreamFor(peer, 'commit');
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
      instead: this.#insteadOf(peer, 'commit'),
    });
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

  #permit(
    connection: Connection,
    asked: Omit<OperationFacts, 'atMs'>,
  ): { asked: OperationFacts; permit: OperationVerdict } {
    const facts = { ...asked, atMs: this.#tools.clock.now() };
    return { asked: facts, permit: this.#tools.learning.operationAsked(connection, facts, this.#tools.rules()) };
  }

  async #retrieve(connection: Connection, peer: Peer, message: RetrieveMessage): Promise<void> {
    const beganMs = performance.now();
    const facts = { ...this.#factsOf(message), instead: this.#insteadOf(peer, message.service) };
    const refused = (status: number, comment: string, why: { fr: string; en: string }, hint: string): void => {
      this.#events.refused(connection, { ...facts, status, why, hint, ms: Math.round(performance.now() - beganMs) });
      this.#tools.tellIntake(connection, lastWord(message, status, comment));
    };
    const { service, sopClassUid, level, moveDestination } = message;
    const target = service === 'move' ? { moveDestination } : {};
    const { asked: question, permit } = this.#permit(connection, {
      service,
      sopClassUid,
      level,
      keys: keyFactsOf(message),
      ...target,
    });
    if (!permit.allowed) return refused(permit.status, permit.comment, permit.why, permit.hint);
    const to = this.#tools.rules().destinations.find(({ called }) => called === moveDestination);
    if (service === 'move' && to === undefined)
      return refused(RETRIEVE_STATUS.moveDestinationUnknown, 'Move destination unknown', NOWHERE, '');
    if (this.#running.size >= MOST_RETRIEVALS)
      return refused(RETRIEVE_STATUS.outOfResourcesSubOperations, 'Too many retrievals at once', BUSY, '');
    const running: Running = { cancel: new AbortController(), abandon: new AbortController() };
    this.#running.set(nameOf(message), running);
    const unseen = new Unseen((object) => maySeeObject(permit.sight, object.modality));
    const retrieving = { connection, peer, message, running, facts, beganMs, question, verdict: permit, unseen };
    try {
      if (await this.#relayed(retrieving, to)) return;
      const selection = await select(this.#tools.records.retrieval, this.#keys(message), unseen.isSeen);
      if (selection === undefined || selection.objects.length > permit.mostResults)
        return refused(RETRIEVE_STATUS.outOfResourcesMatches, 'Too many objects at once', TOO_MANY, '');
      // Nothing here is not nothing there: a device is not told that a study it knows of is empty.
      if (facts.instead !== undefined && selection.objects.length + selection.withheld.length === 0)
        return refused(RETRIEVE_STATUS.outOfResourcesSubOperations, 'Upstream down, not held here', NOT_HERE, '');
      const operations = { ...retrieving, selection };
      if (service === 'get' || to === undefined) await this.#get(operations);
      else await this.#move(operations, to);
    } catch (thrown) {
      this.#tools.log.error('retrieve.failed', { association: connection.associationId, fault: thrown });
      refused(RETRIEVE_STATUS.unableToProcess, 'Unable to process', FAILED, '');
    } finally {
      if (running.got === undefined) this.#running.delete(nameOf(message));
    }
  }

  /** Asks an upstream in our place. False where there is none to ask, or it went away. */
  async #relayed(retrieving: Omit<Retrieving, 'selection'>, to: Destination | undefined): Promise<boolean> {
    const { service } = retrieving.message;
    const upstream = this.#upstreamFor(retrieving.peer, service);
    if (upstream === undefined) return false;
    const relayed = { ...retrieving, selection: NO_SELECTION, upstream };
    return service === 'get' || to === undefined ? this.#getRelayed(relayed) : this.#moveRelayed(relayed, to);
  }

  #keys(message: RetrieveMessage): RetrieveKeys {
    const { level, studyUids, seriesUids, sopUids, patientId, issuerOfPatientId } = message;
    const patients = this.#tools.pseudonyms(issuerOfPatientId, patientId);
    return { level, studyUids, seriesUids, sopUids, patients };
  }

  /** Whoever is to be asked in our place; not the peer itself, which would ask itself. */
  #relayedTo(peer: Peer, service: 'move' | 'get' | 'commit'): Destination | undefined {
    const { relays, destinations } = this.#tools.rules();
    const relay = relayFor(relays, peer.aeTitle, service);
    return destinations.find(({ name, called }) => name === relay?.to && called !== peer.aeTitle);
  }

  /** Whom we answer for when we answer ourselves. */
  #insteadOf(peer: Peer, service: 'move' | 'get' | 'commit'): string | undefined {
    return this.#relayedTo(peer, service)?.name;
  }

  /** Who is asked in our place; nobody while it is down. */
  #upstreamFor(peer: Peer, service: 'move' | 'get' | 'commit'): Destination | undefined {
    const relay = relayFor(this.#tools.rules().relays, peer.aeTitle, service);
    const to = this.#relayedTo(peer, service);
    const found = to !== undefined && this.#tools.isAsked(to) ? to : undefined;
    // A report comes to whoever asked for it: commitment is always asked under our own title.
    const isAsPeer = relay?.calling === 'peer' && service !== 'commit';
    return found !== undefined && isAsPeer ? { ...found, calling: peer.aeTitle } : found;
  }

  /** The retrieval an arrival belongs to, if it came for one. */
  claim(connection: Connection, arrival: RetrievedArrival): LiveMove | undefined {
    return this.#upstreams.claim(connection.calling, arrival);
  }

  landed(live: LiveMove, sopInstanceUid: string, status: number): void {
    this.#upstreams.landed(live, sopInstanceUid, status);
  }

  /**
   * Objects go on as they come; what the device is told is what reached its destination. False when the upstream is gone and nothing went on: then
   * what we hold ourselves is sent.
   */
  async #moveRelayed(asked: RelayedRetrieving, destination: Destination): Promise<boolean> {
    const { peer, message, running, unseen } = asked;
    const operations = new SubOperations(0);
    let theirs = 0;
    const tell = (): void => this.#pending(asked, { ...operations.counts, remaining: theirs + forwarder.waiting });
    const forwarder = new Forwarder(this.#tools, {
      destination,
      originator: { aeTitle: peer.aeTitle, messageId: message.messageId },
      priority: message.priority,
      abandoned: running.abandon.signal,
      settled: (uid, status) => {
        if (status === undefined) operations.lost(uid);
        else operations.answered(uid, status);
        tell();
      },
    });
    const studies = new Set<string>();
    const end = await this.#runUpstream(asked, {
      came: (object) => {
        if (!unseen.isSeen(object)) return;
        studies.add(object.studyInstanceUid);
        forwarder.send(object);
      },
      lost: (uid) => operations.lost(uid),
      progress: (remaining) => {
        theirs = remaining;
        tell();
      },
    });
    await forwarder.end();
    const { completed, warning } = operations.counts;
    if (end.isLost && completed + warning === 0) return false;
    const told = relayedOutcome(end, operations.counts, operations.failed, running.cancel.signal.aborted);
    this.#relayedDone(asked, destination.called, end, told, studies, forwarder.fault?.code);
    return true;
  }

  /** All of it comes to us first, and is then sent over the association that asks. False when the upstream is gone: then what we hold is given. */
  async #getRelayed(asked: RelayedRetrieving): Promise<boolean> {
    const { running, facts, upstream, unseen } = asked;
    const objects: Retrievable[] = [];
    const lost: string[] = [];
    const end = await this.#runUpstream(asked, {
      came: (object) => {
        if (unseen.isSeen(object)) objects.push(object);
      },
      lost: (uid) => lost.push(uid),
      progress: (remaining) => this.#pending(asked, { ...NOTHING, remaining: remaining + objects.length }),
    });
    if (end.isLost) return false;
    const isCancelled = running.cancel.signal.aborted;
    const nothing = relayedOutcome(end, { completed: 0, warning: 0 }, lost, isCancelled);
    if (objects.length === 0 || isCancelled) {
      this.#relayedDone(asked, asked.peer.aeTitle, end, nothing, new Set(), undefined);
      return true;
    }
    // What the upstream could not send has no name, or has one: as many fail from the start as it says.
    const withheld = nothing.failedUids.filter((uid) => objects.every(({ sopInstanceUid }) => sopInstanceUid !== uid));
    await this.#get({ ...asked, selection: { objects, withheld }, facts: { ...facts, upstream: upstream.name } });
    return true;
  }

  async #runUpstream(
    { upstream, message, running, unseen }: RelayedRetrieving,
    hears: Pick<Parameters<UpstreamMoves['run']>[0], 'came' | 'lost' | 'progress'>,
  ): Promise<UpstreamEnd> {
    const end = await this.#upstreams.run({
      ...{ upstream, message, keys: this.#keys(message) },
      cancelled: running.cancel.signal,
      abandoned: running.abandon.signal,
      came: (object) => void hears.came(object),
      lost: (uid) => void hears.lost(uid),
      progress: hears.progress,
    });
    // What the peer may not see is not there for it: it has not failed either.
    const completed = Math.max(0, end.counts.completed - unseen.count);
    return { ...end, counts: { ...end.counts, completed } };
  }

  #pending({ connection, message }: Retrieving, counts: SubOperations['counts']): void {
    const { seq } = message;
    const status = RETRIEVE_STATUS.pending;
    this.#tools.tellIntake(connection, {
      ...{ t: 'sub-operations', connection: connection.id, seq, status, counts, failed: [] },
    });
  }

  #relayedDone(
    asked: RelayedRetrieving,
    to: string,
    end: UpstreamEnd,
    told: RelayedTold,
    studies: ReadonlySet<string>,
    fault: string | undefined,
  ): void {
    const { connection, message, facts, beganMs, upstream } = asked;
    const { status, counts, failedUids } = told;
    const word = fault ?? (end.why === undefined ? undefined : 'upstream');
    const comment = word === undefined ? {} : { comment: `Retrieve: ${word}`.slice(0, 64) };
    this.#tools.tellIntake(connection, {
      ...{
        t: 'sub-operations',
        connection: connection.id,
        seq: message.seq,
        status,
        counts,
        failed: failedUids,
        ...comment,
      },
    });
    const ms = Math.round(performance.now() - beganMs);
    const operation = { ...facts, status, ms, upstream: upstream.name, withheld: asked.unseen.count };
    const results = counts.completed + counts.warning;
    this.#tools.learning.operationEnded(connection, asked.question, asked.verdict, results);
    if (end.why === undefined) this.#events.answered(connection, { ...operation, results });
    else this.#events.refused(connection, { ...operation, why: end.why, hint: '' });
    if (counts.completed + counts.warning + counts.failed === 0) return;
    const { completed, failed, warning } = counts;
    this.#events.retrieved(connection, {
      ...{ peer: asked.peer.aeTitle, service: message.service, to, status, completed, failed, warning },
      studies: [...studies],
      withheld: end.withheld,
    });
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
      progress: ({ counts }) => this.#pending(asked, counts),
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
    this.#tools.learning.operationEnded(connection, asked.question, asked.verdict, completed + warning);
    this.#events.answered(connection, {
      ...{ ...facts, status, results: completed + warning, ms },
      withheld: asked.unseen.count,
    });
    if (selection.objects.length + selection.withheld.length === 0) return;
    this.#events.retrieved(connection, {
      ...{ peer: peer.aeTitle, service: message.service, to, status, completed, failed, warning },
      studies: [...new Set(selection.objects.map(({ studyInstanceUid }) => studyInstanceUid))],
      withheld: selection.withheld.length,
    });
  }

  #factsOf(message: RetrieveMessage) {
    const { service, sopClassUid, level } = message;
    return {
      service,
      sopClassUid,
      level,
      keys: keyFactsOf(message).map(({ tag, form }) => `${keywordOf(tag)} ${form}`),
    };
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
    readonly upstream?: string;
    readonly instead: string | undefined;
  };
  readonly beganMs: number;
  readonly question: OperationFacts;
  readonly verdict: OperationVerdict;
  readonly unseen: Unseen;
}

/** One that an upstream is asked for. */
interface RelayedRetrieving extends Retrieving {
  readonly upstream: Destination;
}

/** What a retrieval would give and its peer may not see, counted. */
class Unseen {
  readonly isSeen: (object: Retrievable) => boolean;
  #count = 0;

  constructor(maySee: (object: Retrievable) => boolean) {
    this.isSeen = (object) => {
      const isSeen = maySee(object);
      if (!isSeen) this.#count += 1;
      return isSeen;
    };
  }

  get count(): number {
    return this.#count;
  }
}

const NO_SELECTION: Selection = { objects: [], withheld: [] };

async function isCopyOwed(records: SqliteRecords, uid: string): Promise<boolean> {
  for (const { sha256, hold } of await records.retrieval.ofInstance(uid))
    if (hold === 'held' && (await records.hold(sha256))?.copy === 'owed') return true;
  return false;
}

function instance(uid: string): RetrieveKeys {
  return { level: 'IMAGE', studyUids: [], seriesUids: [], sopUids: [uid], patients: [] };
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

/** The shape of each key, never a value. */
function keyFactsOf({ patientId, studyUids, seriesUids, sopUids }: RetrieveMessage): KeyFact[] {
  const listed = (tag: number, values: readonly string[]): KeyFact[] =>
    values.length === 0 ? [] : [{ tag, form: values.length === 1 ? 'single' : 'list' }];
  return [
    ...listed(0x00100020, patientId === '' ? [] : [patientId]),
    ...listed(0x0020000d, studyUids),
    ...listed(0x0020000e, seriesUids),
    ...listed(0x00080018, sopUids),
  ];
}

const NOWHERE = {
  fr: 'aucune destination ne porte ce titre',
  en: 'no destination has that title',
};
const BUSY = {
  fr: 'trop de récupérations à la fois',
  en: 'too many retrievals at once',
};
const NOT_HERE = {
  fr: 'le serveur amont est en panne, et rien de ce qui est demandé n’est gardé ici',
  en: 'the upstream is down, and nothing of what is asked is kept here',
};
const TOO_MANY = {
  fr: 'trop d’objets en une seule demande : demandez moins à la fois',
  en: 'too many objects in one request: ask for less at once',
};
const FAILED = {
  fr: 'la récupération a échoué ici ; le journal technique dit pourquoi',
  en: 'the retrieval failed here; the technical log says why',
};

/** Objects remembered at most; a disarmed copy is made within seconds as a rule. */
const MOST_REMEMBERED = 10_000;

class RecentObjects {
  readonly #all = new Set<string>();

  add(sha256: string): void {
    this.#all.add(sha256);
    if (this.#all.size <= MOST_REMEMBERED) return;
    const [oldest] = this.#all;
    if (oldest !== undefined) this.#all.delete(oldest);
  }

  has(sha256: string): boolean {
    return this.#all.has(sha256);
  }
}
