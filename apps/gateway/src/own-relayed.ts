import type { Destination } from '@leadglass/model';
import type { Retrievable, SqliteRecords } from '@leadglass/records';
import { Forwarder, type RetrieveKeys, SubOperations, select } from '@leadglass/relay';
import type { Connection } from './connections.ts';
import type { OwnEvents } from './own-events.ts';
import type { OwnHostTools } from './own-host.ts';
import { keysOf, NOTHING_SENT } from './own-retrieve-words.ts';
import { NO_SELECTION, type RelayedRetrieving } from './own-retrieving.ts';
import type { OwnSender } from './own-sender.ts';
import {
  type LiveMove,
  type RelayedTold,
  type RetrievedArrival,
  relayedOutcome,
  type UpstreamEnd,
  UpstreamMoves,
} from './relayed-retrieval.ts';

/** Carries out retrievals by asking an upstream in our place: what it sends is kept here before it goes on. */
export class OwnRelayed {
  readonly #tools: OwnHostTools;
  readonly #events: OwnEvents;
  readonly #sender: OwnSender;
  readonly #upstreams: UpstreamMoves;

  constructor(tools: OwnHostTools, events: OwnEvents, sender: OwnSender) {
    this.#tools = tools;
    this.#events = events;
    this.#sender = sender;
    const { records, clock, log } = tools;
    this.#upstreams = new UpstreamMoves({
      ...{ clock, log },
      connectUpstream: tools.connectUpstream,
      find: async (uid) => (await select(records.retrieval, instance(uid))) ?? NO_SELECTION,
      isCopyOwed: (uid) => isCopyOwed(records, uid),
    });
  }

  /** The retrieval an arrival belongs to, if it came for one. */
  claim(connection: Connection, arrival: RetrievedArrival): LiveMove | undefined {
    return this.#upstreams.claim(connection.calling, arrival);
  }

  /** What became of an arrival that was claimed. */
  landed(live: LiveMove, sopInstanceUid: string, status: number): void {
    this.#upstreams.landed(live, sopInstanceUid, status);
  }

  /**
   * Objects go on as they come; what the device is told is what reached its destination. False when the upstream is gone and nothing went on: then
   * what we hold ourselves is sent.
   */
  async move(asked: RelayedRetrieving, destination: Destination): Promise<boolean> {
    const { peer, message, running, unseen } = asked;
    const operations = new SubOperations(0);
    let theirs = 0;
    const tell = (): void =>
      this.#sender.pending(asked, { ...operations.counts, remaining: theirs + forwarder.waiting });
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
    const end = await this.#ask(asked, {
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
    this.#done(asked, destination.called, end, told, studies, forwarder.fault?.code);
    return true;
  }

  /** All of it comes to us first, and is then sent over the association that asks. False when the upstream is gone: then what we hold is given. */
  async get(asked: RelayedRetrieving): Promise<boolean> {
    const { running, facts, upstream, unseen } = asked;
    const objects: Retrievable[] = [];
    const lost: string[] = [];
    const end = await this.#ask(asked, {
      came: (object) => {
        if (unseen.isSeen(object)) objects.push(object);
      },
      lost: (uid) => lost.push(uid),
      progress: (remaining) => this.#sender.pending(asked, { ...NOTHING_SENT, remaining: remaining + objects.length }),
    });
    if (end.isLost) return false;
    const isCancelled = running.cancel.signal.aborted;
    const nothing = relayedOutcome(end, { completed: 0, warning: 0 }, lost, isCancelled);
    if (objects.length === 0 || isCancelled) {
      this.#done(asked, asked.peer.aeTitle, end, nothing, new Set(), undefined);
      return true;
    }
    // What the upstream could not send has no name, or has one: as many fail from the start as it says.
    const withheld = nothing.failedUids.filter((uid) => objects.every(({ sopInstanceUid }) => sopInstanceUid !== uid));
    await this.#sender.get({
      ...asked,
      selection: { objects, withheld },
      facts: { ...facts, upstream: upstream.name },
    });
    return true;
  }

  async #ask(
    { upstream, message, running, unseen }: RelayedRetrieving,
    hears: Pick<Parameters<UpstreamMoves['run']>[0], 'came' | 'lost' | 'progress'>,
  ): Promise<UpstreamEnd> {
    const end = await this.#upstreams.run({
      ...{ upstream, message, keys: keysOf(this.#tools, message) },
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

  #done(
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
}

async function isCopyOwed(records: SqliteRecords, uid: string): Promise<boolean> {
  for (const { sha256, hold } of await records.retrieval.ofInstance(uid))
    if (hold === 'held' && (await records.hold(sha256))?.copy === 'owed') return true;
  return false;
}

function instance(uid: string): RetrieveKeys {
  return { level: 'IMAGE', studyUids: [], seriesUids: [], sopUids: [uid], patients: [] };
}
