import type { SearchEnd } from '@leadglass/catalogue';
import { formatTag, keywordOf } from '@leadglass/dicom';
import { type Clock, isFault, type Logger, text } from '@leadglass/kit';
import type { Event } from '@leadglass/model';
import { type OperationFacts, type OperationRules, relayFor } from '@leadglass/policy';
import { type AttributeSet, nameOf, shapeOf } from '@leadglass/query';
import type { Connection } from './connections.ts';
import type { FindFromIntake, FindMessage, FoundMessage } from './find-messages.ts';
import { keyFactsOf } from './key-facts.ts';
import type { Learning, OperationVerdict } from './learning/learning.ts';
import { OwnEvents } from './own-events.ts';
import { type CatalogueSearch, sightedSearch } from './sighted-search.ts';

/** PS3.4 §C.4.1.1.4. */
const STATUS = { success: 0x0000, cancelled: 0xfe00, outOfResources: 0xa700, unableToProcess: 0xc001 } as const;
/** Matches of one query, whatever policy allows: nobody reads more, and whoever needs more asks in parts. */
const MOST_RESULTS = 10_000;
/** Searches of one connection at once, and of all. */
const MOST_OF_ONE = 4;
const MOST_OF_ALL = 64;

export interface FindHostTools {
  readonly clock: Clock;
  readonly log: Logger;
  rules(): OperationRules;
  /** Decides, by the limits of the peer, and remembers what was asked. */
  readonly learning: Pick<Learning, 'operationAsked' | 'operationEnded'>;
  /** What a title may find: the objects of a drill are its own device's alone. */
  searchFor(calling: string): CatalogueSearch;
  tellIntake(connection: Connection, message: FoundMessage): void;
  tell(event: Event): void;
}

interface Running {
  readonly connection: Connection;
  readonly message: FindMessage;
  readonly operation: OperationFacts;
  readonly verdict: OperationVerdict;
  readonly search: Search;
  /** Attributes that are asked for, by name: no others leave the keeper. */
  readonly asked: readonly string[];
  readonly cancel: AbortController;
  readonly beganMs: number;
  results: number;
  /** Matches it may not see. */
  withheld: number;
  isAsking: boolean;
  /** What comes next, looked for while the device takes what came before. */
  ahead?: ReturnType<Search['next']>;
}

type Search = ReturnType<CatalogueSearch>;

/** The keeper's side of C-FIND over our own catalogue: permits, searches, gives matches out as they are taken, tells the ledger. */
export class FindHost {
  readonly #tools: FindHostTools;
  readonly #events: OwnEvents;
  readonly #running = new Map<string, Running>();

  constructor(tools: FindHostTools) {
    this.#tools = tools;
    this.#events = new OwnEvents(tools.clock, tools.tell);
  }

  /** Takes what an intake says about a connection of an admitted peer. */
  heard(connection: Connection, message: FindFromIntake): void {
    switch (message.t) {
      case 'find':
        return this.#begin(connection, message);
      case 'find-more':
        return void this.#more(this.#running.get(runOf(message)));
      case 'find-cancel':
        return this.#running.get(runOf(message))?.cancel.abort();
      case 'find-refused': {
        const { sopClassUid, status, why } = message;
        const facts = { service: 'find', sopClassUid, level: '', keys: [] } as const;
        return this.#events.refused(connection, { ...facts, status, why, hint: '', ms: 0 });
      }
    }
  }

  /** A connection is over: what it asked for ends. */
  ended(connection: number): void {
    for (const [name, running] of this.#running) {
      if (running.connection.id !== connection) continue;
      running.cancel.abort();
      this.#running.delete(name);
      void running.search.return('cancelled').catch(() => {});
    }
  }

  stop(): void {
    for (const { connection } of [...this.#running.values()]) this.ended(connection.id);
  }

  #begin(connection: Connection, message: FindMessage): void {
    const { query } = message;
    const facts = { ...factsOf(message), instead: this.#insteadOf(connection) };
    const refuse = (status: number, comment: string, why: { fr: string; en: string }, hint: string): void => {
      this.#events.refused(connection, { ...facts, status, why, hint, ms: 0 });
      this.#last(message, connection, status, comment);
    };
    const operation: OperationFacts = {
      ...{ service: 'find', sopClassUid: message.sopClassUid, level: query.level },
      ...{ keys: keyFactsOf(query), atMs: this.#tools.clock.now() },
    };
    const permit = this.#tools.learning.operationAsked(connection, operation, this.#tools.rules());
    if (!permit.allowed) return refuse(permit.status, permit.comment, permit.why, permit.hint);
    if (this.#isFull(connection)) return refuse(STATUS.outOfResources, 'Too many queries at once', BUSY, '');
    const cancel = new AbortController();
    const mostResults = Math.min(permit.mostResults, MOST_RESULTS);
    const bounds = { mostResults, signal: cancel.signal };
    const search = sightedSearch(this.#tools.searchFor(connection.calling), query, bounds, permit.sight, () => {
      running.withheld += 1;
    });
    const beganMs = this.#tools.clock.monotonicMs();
    const asked = query.keys.map(({ tag }) => nameOf(tag));
    const begun = { connection, message, operation, verdict: permit, search, asked, cancel, beganMs };
    const running: Running = { ...begun, results: 0, withheld: 0, isAsking: false };
    this.#running.set(runOf(message), running);
    void this.#more(running);
  }

  #isFull({ id }: Connection): boolean {
    const ofOne = [...this.#running.values()].filter(({ connection }) => connection.id === id).length;
    return ofOne >= MOST_OF_ONE || this.#running.size >= MOST_OF_ALL;
  }

  async #more(running: Running | undefined): Promise<void> {
    if (running === undefined || running.isAsking) return;
    running.isAsking = true;
    const { connection, message, search } = running;
    try {
      const next = await (running.ahead ?? search.next());
      if (!this.#isWanted(running)) return;
      if (running.cancel.signal.aborted) return await this.#end(running, 'cancelled');
      if (next.done === true) return await this.#end(running, next.value);
      const matches = next.value.map((match) => chosen(match, running.asked));
      const last = await this.#lastAtOnce(running);
      if (!this.#isWanted(running)) return;
      if (running.cancel.signal.aborted) return await this.#end(running, 'cancelled');
      running.results += matches.length;
      if (last !== undefined) return await this.#end(running, last, matches);
      this.#tools.tellIntake(connection, { ...headOf(message), matches });
    } catch (thrown) {
      this.#tools.log.error('find.failed', { association: connection.associationId, fault: faultOf(thrown) });
      await this.#end(running, 'failed');
    } finally {
      running.isAsking = false;
    }
  }

  /** Begins to look for what comes next. How the search ended, where that is known without waiting: most end with their first matches. */
  async #lastAtOnce(running: Running): Promise<SearchEnd | 'incomplete' | undefined> {
    // Before the search begins to wait for its turn: what was found goes out first.
    const soon = new Promise<undefined>((resolve) => void setImmediate(() => resolve(undefined)));
    running.ahead = running.search.next();
    // A fault that comes later is told when it is asked for.
    running.ahead.catch(() => {});
    const next = await Promise.race([running.ahead, soon]);
    return next?.done === true ? next.value : undefined;
  }

  #isWanted(running: Running): boolean {
    return this.#running.get(runOf(running.message)) === running;
  }

  async #end(
    running: Running,
    end: SearchEnd | 'incomplete' | 'failed',
    matches: readonly AttributeSet[] = [],
  ): Promise<void> {
    const { connection, message, search, beganMs, results, withheld } = running;
    this.#running.delete(runOf(message));
    await search.return('cancelled').catch(() => {});
    const { status, comment } = ENDS[end];
    const ms = Math.round(this.#tools.clock.monotonicMs() - beganMs);
    this.#tools.learning.operationEnded(connection, running.operation, running.verdict, results);
    const instead = this.#insteadOf(connection);
    this.#events.answered(connection, { ...factsOf(message), status, results, withheld, ms, instead });
    this.#last(message, connection, status, comment, matches);
  }

  /** Whoever was to answer in our place, and does not. */
  #insteadOf({ calling }: Connection): string | undefined {
    return relayFor(this.#tools.rules().relays, calling, 'find')?.to;
  }

  #last(
    message: FindMessage,
    connection: Connection,
    status: number,
    comment: string,
    matches: readonly AttributeSet[] = [],
  ): void {
    this.#tools.tellIntake(connection, { ...headOf(message), matches, last: { status, comment } });
  }
}

/**
 * The last response, by how the search ended. PS3.4 §C.4.1.1.4 has no warning for C-FIND: a list that may be short is not called a
 * success, so that nobody takes it for the whole.
 */
const ENDS: Readonly<Record<SearchEnd | 'incomplete' | 'failed', { status: number; comment: string }>> = {
  complete: { status: STATUS.success, comment: '' },
  cancelled: { status: STATUS.cancelled, comment: '' },
  more: { status: STATUS.outOfResources, comment: 'More matches than are given out: ask for less' },
  'too-wide': { status: STATUS.outOfResources, comment: 'Too wide: only the newest were looked at' },
  incomplete: { status: STATUS.outOfResources, comment: 'Index is being made: matches may be missing' },
  failed: { status: STATUS.unableToProcess, comment: 'Unable to process' },
};

const BUSY = text('trop d’interrogations à la fois', 'too many queries at once');

function headOf({ connection, seq }: FindMessage) {
  return { t: 'found', connection, seq } as const;
}

function runOf({ connection, seq }: { readonly connection: number; readonly seq: number }): string {
  return `${connection}/${seq}`;
}

/** The attributes of a match that are asked for. */
function chosen(match: AttributeSet, names: readonly string[]): AttributeSet {
  const set: Record<string, AttributeSet[string]> = {};
  for (const name of names) {
    const value = match[name];
    if (value !== undefined) set[name] = value;
  }
  return set;
}

function faultOf(thrown: unknown) {
  return isFault(thrown) ? thrown : thrown instanceof Error ? thrown.name : 'unknown';
}

/** Keys that constrain something, by keyword and form. */
function factsOf({ sopClassUid, query }: FindMessage) {
  const constrained = shapeOf(query).filter(({ form }) => form !== 'universal');
  const keys = constrained.map(({ tag, form }) => `${keywordOf(tag) ?? formatTag(tag)} ${form}`);
  return { service: 'find', sopClassUid, level: query.level, keys } as const;
}
