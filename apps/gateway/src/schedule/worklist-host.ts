import { formatTag, keywordOf, MODALITY_WORKLIST_FIND, TAG } from '@leadglass/dicom';
import { type Clock, isFault, type Logger, type Text, text } from '@leadglass/kit';
import type { Event } from '@leadglass/model';
import { type OperationFacts, type OperationRules, relayFor } from '@leadglass/policy';
import { type AttributeSet, nameOf, shapeOf } from '@leadglass/query';
import type { Connection } from '../connections.ts';
import type { FindFromIntake, FoundMessage } from '../find-messages.ts';
import { keyFactsOf } from '../key-facts.ts';
import type { Learning, OperationVerdict } from '../learning/learning.ts';
import { OwnEvents } from '../own-events.ts';
import type { KeptWorklist, WorklistEnd } from './kept-worklist.ts';
import type { WorklistFindMessage } from './schedule-messages.ts';

/** PS3.4 §K.4.1.1.4. */
const STATUS = { success: 0x0000, cancelled: 0xfe00, outOfResources: 0xa700, unableToProcess: 0xc001 } as const;
/** Entries of one answer, whatever policy allows. */
const MOST_RESULTS = 10_000;
const MOST_OF_ONE = 4;
const MOST_OF_ALL = 64;

export interface WorklistHostTools {
  readonly clock: Clock;
  readonly log: Logger;
  rules(): OperationRules;
  readonly learning: Pick<Learning, 'operationAsked' | 'operationEnded'>;
  readonly worklist: KeptWorklist;
  tellIntake(connection: Connection, message: FoundMessage): void;
  tell(event: Event): void;
}

interface Running {
  readonly connection: Connection;
  readonly message: WorklistFindMessage;
  readonly operation: OperationFacts;
  readonly verdict: OperationVerdict;
  readonly search: ReturnType<KeptWorklist['search']>;
  /** The upstream we answer for; undefined where none does. */
  readonly source: string | undefined;
  readonly asked: ReadonlySet<string>;
  readonly beganMs: number;
  results: number;
  withheld: number;
  isAsking: boolean;
  isCancelled: boolean;
}

/** The keeper's side of worklist questions that we answer: permits, searches, gives entries out as they are taken, tells the ledger. */
export class WorklistHost {
  readonly #tools: WorklistHostTools;
  readonly #events: OwnEvents;
  readonly #running = new Map<string, Running>();

  constructor(tools: WorklistHostTools) {
    this.#tools = tools;
    this.#events = new OwnEvents(tools.clock, tools.tell);
  }

  /** A device asks. */
  asked(connection: Connection, message: WorklistFindMessage): void {
    const { query } = message;
    const operation: OperationFacts = {
      ...{ service: 'worklist', sopClassUid: MODALITY_WORKLIST_FIND },
      ...{ keys: keyFactsOf(query), atMs: this.#tools.clock.now() },
    };
    const rules = this.#tools.rules();
    const verdict = this.#tools.learning.operationAsked(connection, operation, rules);
    if (!verdict.allowed) return this.#refuse(connection, message, verdict);
    if (this.#isFull(connection)) return this.#refuse(connection, message, BUSY);
    const peer = connection.peer?.aeTitle ?? connection.calling;
    const source = relayFor(rules.relays, peer, 'worklist')?.to;
    const search = this.#tools.worklist.search(source, query, {
      ...{ mostResults: Math.min(verdict.mostResults, MOST_RESULTS), sight: verdict.sight },
      withheld: () => {
        running.withheld += 1;
      },
    });
    const running: Running = {
      ...{ connection, message, operation, verdict, search, source },
      ...{ asked: new Set(query.keys.map(({ tag }) => nameOf(tag))) },
      ...{ beganMs: this.#tools.clock.monotonicMs(), results: 0, withheld: 0, isAsking: false, isCancelled: false },
    };
    this.#running.set(nameOfRun(message), running);
    void this.#more(running);
  }

  /** What follows a question: more is wanted, or it is cancelled. What is none of ours is passed over. */
  heard(message: Exclude<FindFromIntake, { t: 'find' }>): void {
    if (message.t === 'find-refused') return;
    const running = this.#running.get(nameOfRun(message));
    if (running === undefined) return;
    if (message.t === 'find-cancel') running.isCancelled = true;
    else void this.#more(running);
  }

  /** A connection is over: what it asked for ends. */
  ended(connection: number): void {
    for (const [name, running] of this.#running) {
      if (running.connection.id !== connection) continue;
      this.#running.delete(name);
      void running.search.return('complete').catch(() => {});
    }
  }

  #isFull({ id }: Connection): boolean {
    const ofOne = [...this.#running.values()].filter(({ connection }) => connection.id === id).length;
    return ofOne >= MOST_OF_ONE || this.#running.size >= MOST_OF_ALL;
  }

  #refuse(connection: Connection, message: WorklistFindMessage, refusal: Refusal): void {
    const { status, comment, why, hint } = refusal;
    this.#events.refused(connection, { ...factsOf(message), status, why, hint, ms: 0 });
    this.#last(connection, message, status, comment);
  }

  async #more(running: Running): Promise<void> {
    if (running.isAsking) return;
    running.isAsking = true;
    const { connection, message, search, asked } = running;
    try {
      const next = await search.next();
      if (this.#running.get(nameOfRun(message)) !== running) return;
      if (running.isCancelled) return this.#end(running, 'cancelled');
      if (next.done === true) return this.#end(running, next.value);
      running.results += next.value.length;
      const matches = next.value.map((match) => chosen(match, asked));
      this.#tools.tellIntake(connection, { ...headOf(message), matches });
    } catch (thrown) {
      this.#tools.log.error('worklist.failed', {
        association: connection.associationId,
        fault: isFault(thrown) ? thrown : thrown instanceof Error ? thrown.name : 'unknown',
      });
      this.#end(running, 'failed');
    } finally {
      running.isAsking = false;
    }
  }

  #end(running: Running, end: WorklistEnd | 'cancelled' | 'failed'): void {
    const { connection, message, operation, verdict, results, withheld, beganMs, search, source: instead } = running;
    this.#running.delete(nameOfRun(message));
    void search.return('complete').catch(() => {});
    const { status, comment } = ENDS[end];
    const ms = Math.round(this.#tools.clock.monotonicMs() - beganMs);
    this.#tools.learning.operationEnded(connection, operation, verdict, results);
    this.#events.answered(connection, { ...factsOf(message), status, results, withheld, ms, instead });
    this.#last(connection, message, status, comment);
  }

  #last(connection: Connection, message: WorklistFindMessage, status: number, comment: string): void {
    this.#tools.tellIntake(connection, { ...headOf(message), matches: [], last: { status, comment } });
  }
}

interface Refusal {
  readonly status: number;
  readonly comment: string;
  readonly why: Text;
  readonly hint: string;
}

/** The last response. A list that may be short is not called a success, so that nobody takes it for the whole (decision 0015). */
const ENDS: Readonly<Record<WorklistEnd | 'cancelled' | 'failed', { status: number; comment: string }>> = {
  complete: { status: STATUS.success, comment: '' },
  cancelled: { status: STATUS.cancelled, comment: '' },
  more: { status: STATUS.outOfResources, comment: 'More entries than are given out: ask for less' },
  'never-kept': { status: STATUS.outOfResources, comment: 'Schedule was not kept: only what was registered here' },
  failed: { status: STATUS.unableToProcess, comment: 'Unable to process' },
};

const BUSY: Refusal = {
  ...{ status: STATUS.outOfResources, comment: 'Too many queries at once', hint: '' },
  why: text('trop d’interrogations à la fois', 'too many queries at once'),
};

function nameOfRun({ connection, seq }: { readonly connection: number; readonly seq: number }): string {
  return `${connection}/${seq}`;
}

function headOf({ connection, seq }: WorklistFindMessage) {
  return { t: 'found', connection, seq } as const;
}

const CHARSET = nameOf(TAG.SpecificCharacterSet);

/** The attributes of an entry that are asked for: no others leave the keeper. */
function chosen(match: AttributeSet, asked: ReadonlySet<string>): AttributeSet {
  return Object.fromEntries(Object.entries(match).filter(([name]) => asked.has(name) || name === CHARSET));
}

function factsOf({ query }: WorklistFindMessage) {
  const constrained = shapeOf(query).filter(({ form }) => form !== 'universal');
  const keys = constrained.map(({ tag, form }) => `${keywordOf(tag) ?? formatTag(tag)} ${form}`);
  return { service: 'worklist', sopClassUid: MODALITY_WORKLIST_FIND, level: '', keys } as const;
}
