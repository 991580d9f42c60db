import type { Destination, Peer } from '@leadglass/model';
import { RETRIEVE_STATUS, select } from '@leadglass/relay';
import type { Connection } from './connections.ts';
import type { OwnEvents } from './own-events.ts';
import type { OwnHostTools } from './own-host.ts';
import type { GotMessage, RetrieveMessage } from './own-messages.ts';
import { permit } from './own-permit.ts';
import { OwnRelayed } from './own-relayed.ts';
import {
  BUSY,
  FAILED,
  factsOf,
  keyFactsOf,
  keysOf,
  lastWord,
  NOT_HERE,
  NOWHERE,
  TOO_MANY,
} from './own-retrieve-words.ts';
import { NO_SELECTION, type Retrieving, type Running, Unseen } from './own-retrieving.ts';
import { OwnSender } from './own-sender.ts';
import { insteadOf, upstreamFor } from './own-upstreams.ts';
import { maySeeObject } from './sighted-search.ts';

/** Retrievals carried out at once, of all devices. */
const MOST_RETRIEVALS = 32;

/** C-MOVE and C-GET of devices (PS3.4 Annex C): decides, and has each carried out by an upstream or from our own vault. */
export class OwnRetrievals {
  /** Those that upstreams carry out. */
  readonly relayed: OwnRelayed;
  readonly #tools: OwnHostTools;
  readonly #events: OwnEvents;
  readonly #sender: OwnSender;
  readonly #running = new Map<string, Running>();

  constructor(tools: OwnHostTools, events: OwnEvents) {
    this.#tools = tools;
    this.#events = events;
    this.#sender = new OwnSender(tools, events);
    this.relayed = new OwnRelayed(tools, events, this.#sender);
  }

  cancel(asked: Named): void {
    this.#running.get(nameOf(asked))?.cancel.abort();
  }

  /** An intake says how the C-GET it was handed went. */
  got(message: GotMessage): void {
    this.#running.get(nameOf(message))?.got?.(message);
  }

  /** A connection is over: what it asked for ends. */
  ended(connection: number): void {
    for (const [name, { abandon }] of this.#running) if (name.startsWith(`${connection}/`)) abandon.abort();
  }

  stop(): void {
    for (const { abandon } of this.#running.values()) abandon.abort();
  }

  /** A device asks for objects. */
  async retrieve(connection: Connection, peer: Peer, message: RetrieveMessage): Promise<void> {
    const beganMs = performance.now();
    const facts = { ...factsOf(message), instead: insteadOf(this.#tools, peer, message.service) };
    const refused = (status: number, comment: string, why: { fr: string; en: string }, hint: string): void => {
      this.#events.refused(connection, { ...facts, status, why, hint, ms: Math.round(performance.now() - beganMs) });
      this.#tools.tellIntake(connection, lastWord(message, status, comment));
    };
    const { service, sopClassUid, level, moveDestination } = message;
    const target = service === 'move' ? { moveDestination } : {};
    const { asked: question, permit: verdict } = permit(this.#tools, connection, {
      service,
      sopClassUid,
      level,
      keys: keyFactsOf(message),
      ...target,
    });
    if (!verdict.allowed) return refused(verdict.status, verdict.comment, verdict.why, verdict.hint);
    const to = this.#tools.rules().destinations.find(({ called }) => called === moveDestination);
    if (service === 'move' && to === undefined)
      return refused(RETRIEVE_STATUS.moveDestinationUnknown, 'Move destination unknown', NOWHERE, '');
    if (this.#running.size >= MOST_RETRIEVALS)
      return refused(RETRIEVE_STATUS.outOfResourcesSubOperations, 'Too many retrievals at once', BUSY, '');
    const over = (): void => void this.#running.delete(nameOf(message));
    const running: Running = { cancel: new AbortController(), abandon: new AbortController() };
    this.#running.set(nameOf(message), running);
    const unseen = new Unseen((object) => maySeeObject(verdict.sight, object.modality));
    const retrieving = { connection, peer, message, running, facts, beganMs, question, verdict, unseen, over };
    try {
      if (await this.#byUpstream(retrieving, to)) return;
      const selection = await select(this.#tools.records.retrieval, keysOf(this.#tools, message), unseen.isSeen);
      if (selection === undefined || selection.objects.length > verdict.mostResults)
        return refused(RETRIEVE_STATUS.outOfResourcesMatches, 'Too many objects at once', TOO_MANY, '');
      // Nothing here is not nothing there: a device is not told that a study it knows of is empty.
      if (facts.instead !== undefined && selection.objects.length + selection.withheld.length === 0)
        return refused(RETRIEVE_STATUS.outOfResourcesSubOperations, 'Upstream down, not held here', NOT_HERE, '');
      const operations = { ...retrieving, selection };
      if (service === 'get' || to === undefined) await this.#sender.get(operations);
      else await this.#sender.move(operations, to);
    } catch (thrown) {
      this.#tools.log.error('retrieve.failed', { association: connection.associationId, fault: thrown });
      refused(RETRIEVE_STATUS.unableToProcess, 'Unable to process', FAILED, '');
    } finally {
      if (running.got === undefined) over();
    }
  }

  /** Asks an upstream in our place. False where there is none to ask, or it went away. */
  async #byUpstream(retrieving: Omit<Retrieving, 'selection'>, to: Destination | undefined): Promise<boolean> {
    const { service } = retrieving.message;
    const upstream = upstreamFor(this.#tools, retrieving.peer, service);
    if (upstream === undefined) return false;
    const relayed = { ...retrieving, selection: NO_SELECTION, upstream };
    return service === 'get' || to === undefined ? this.relayed.get(relayed) : this.relayed.move(relayed, to);
  }
}

interface Named {
  readonly connection: number;
  readonly seq: number;
}

function nameOf({ connection, seq }: Named): string {
  return `${connection}/${seq}`;
}
