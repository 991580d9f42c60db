import { asFault, type Clock, type Fault, type Logger } from '@leadglass/kit';
import type { Destination } from '@leadglass/model';
import type { Retrievable } from '@leadglass/records';
import type { DeliveryAssociation, DeliveryContext } from './delivery-api.ts';
import { deliveryBroke } from './delivery-faults.ts';
import { type Prefetched, prefetch } from './prefetch.ts';
import { RETRIEVE_STATUS, SubOperations } from './sub-operations.ts';

/** PS3.8 §9.3.2.2. */
const MOST_CONTEXTS = 128;
/** Associations that may fail one after the other before the rest is given up. */
const MOST_FAILURES = 2;

/** An association with the move destination. Room `wire` has it as `ScuAssociation`. */
export interface MoveAssociation extends Omit<DeliveryAssociation, 'store'> {
  store(
    request: Parameters<DeliveryAssociation['store']>[0] & {
      readonly priority?: number;
      readonly originator?: { readonly aeTitle: string; readonly messageId: number };
    },
  ): Promise<{ readonly status: number }>;
}

export interface MoverTools {
  connect(
    destination: Destination,
    contexts: readonly DeliveryContext[],
    signal: AbortSignal,
  ): Promise<MoveAssociation>;
  /** The data set of an object, in pieces. Throws Fault `vault.*`. */
  openPlain(object: Retrievable): AsyncIterable<Uint8Array>;
  readonly log: Logger;
  readonly clock: Clock;
}

/** One C-MOVE from our own vault. */
export interface MoveJob {
  readonly destination: Destination;
  readonly objects: readonly Retrievable[];
  readonly withheld: readonly string[];
  /** Who asked, and under which message: what the destination is told (PS3.7 §9.1.1.1). */
  readonly originator: { readonly aeTitle: string; readonly messageId: number };
  readonly priority: number;
  /** C-CANCEL: what is under way is finished, nothing more begun. */
  readonly cancelled: AbortSignal;
  /** The device is gone, or we stop: what is under way ends too. */
  readonly abandoned: AbortSignal;
  /** Called after each sub-operation but the last. */
  progress(operations: SubOperations): void;
}

export interface MoveOutcome {
  readonly status: number;
  readonly operations: SubOperations;
  /** What kept an association from coming about or ended it, the last of them. */
  readonly fault: Fault | undefined;
}

const pairOf = (object: Retrievable): string => `${object.sopClassUid} ${object.transferSyntaxUid}`;

/** Carries out the sub-operations of one C-MOVE: one object after the other, as it is kept, each counted by what the destination answered. */
export class Mover {
  readonly #tools: MoverTools;
  readonly #job: MoveJob;
  readonly #operations: SubOperations;
  #association: MoveAssociation | undefined;
  #fault: Fault | undefined;
  #failures = 0;

  constructor(tools: MoverTools, job: MoveJob) {
    this.#tools = tools;
    this.#job = job;
    this.#operations = new SubOperations(job.objects.length, job.withheld);
  }

  /** Never rejects: what fails is counted. */
  async run(): Promise<MoveOutcome> {
    for (const batch of batches(this.#job.objects)) {
      if (this.#isOver) break;
      await this.#sendBatch(batch);
    }
    await this.#hangUp();
    const isCutShort = this.#operations.counts.remaining > 0;
    const status = isCutShort ? RETRIEVE_STATUS.cancelled : this.#operations.status;
    return { status, operations: this.#operations, fault: this.#fault };
  }

  get #isOver(): boolean {
    return this.#job.cancelled.aborted || this.#job.abandoned.aborted;
  }

  async #sendBatch(batch: readonly Retrievable[]): Promise<void> {
    let next = this.#open(batch[0]);
    for (let i = 0; i < batch.length && next !== undefined; i += 1) {
      const outgoing = next;
      next = this.#open(batch[i + 1]);
      await this.#sendOne(outgoing, batch, next?.object);
      // What was announced as next has begun: it has to follow, a cancellation notwithstanding.
      if (this.#isOver && this.#association?.hasBegunNext !== true) break;
    }
    next?.pieces.discard();
    if (!this.#isOver) await this.#hangUp();
  }

  #open(object: Retrievable | undefined): { readonly object: Retrievable; readonly pieces: Prefetched } | undefined {
    if (object === undefined || this.#failures >= MOST_FAILURES) return object && { object, pieces: NOTHING };
    return { object, pieces: prefetch(this.#tools.openPlain(object)) };
  }

  async #sendOne(
    { object, pieces }: { readonly object: Retrievable; readonly pieces: Prefetched },
    batch: readonly Retrievable[],
    after: Retrievable | undefined,
  ): Promise<void> {
    const uid = object.sopInstanceUid;
    try {
      const association = await this.#associate(batch);
      if (association === undefined || !isAccepted(association, object)) this.#operations.lost(uid);
      else this.#operations.answered(uid, await this.#store(association, object, pieces, after));
    } catch (thrown) {
      this.#fault = asFault(thrown, ...deliveryBroke(this.#job.destination.name));
      if (!this.#isOver) this.#tools.log.warn('move.broke', { destination: this.#job.destination.name, fault: thrown });
      this.#operations.lost(uid);
    } finally {
      pieces.discard();
    }
    if (this.#operations.counts.remaining > 0) this.#job.progress(this.#operations);
  }

  async #store(
    association: MoveAssociation,
    object: Retrievable,
    pieces: Prefetched,
    after: Retrievable | undefined,
  ): Promise<number> {
    const { sopClassUid, sopInstanceUid, transferSyntaxUid: transferSyntax, plainBytes, metaBytes } = object;
    const isNext = after !== undefined && isAccepted(association, after) && !this.#isOver;
    const { status } = await association.store({
      sopClassUid,
      sopInstanceUid,
      transferSyntax,
      dataSet: pieces,
      length: plainBytes - metaBytes,
      signal: this.#job.abandoned,
      priority: this.#job.priority,
      originator: this.#job.originator,
      ...(isNext
        ? {
            next: {
              sopClassUid: after.sopClassUid,
              sopInstanceUid: after.sopInstanceUid,
              transferSyntax: after.transferSyntaxUid,
            },
          }
        : {}),
    });
    this.#failures = 0;
    return status;
  }

  /** The association, opened when there is none; undefined when it failed too often. */
  async #associate(batch: readonly Retrievable[]): Promise<MoveAssociation | undefined> {
    if (this.#association?.isOpen) return this.#association;
    await this.#hangUp();
    if (this.#failures >= MOST_FAILURES) return undefined;
    this.#failures += 1;
    const contexts = contextsOf(batch);
    this.#association = await this.#tools.connect(this.#job.destination, contexts, this.#job.abandoned);
    return this.#association;
  }

  async #hangUp(): Promise<void> {
    const association = this.#association;
    this.#association = undefined;
    await association?.release();
  }
}

/** Objects whose contexts fit on one association together, in the order given. */
function batches(objects: readonly Retrievable[]): readonly (readonly Retrievable[])[] {
  const all: Retrievable[][] = [];
  let pairs = new Set<string>();
  for (const object of objects) {
    pairs.add(pairOf(object));
    if (all.length === 0 || pairs.size > MOST_CONTEXTS) {
      all.push([]);
      pairs = new Set([pairOf(object)]);
    }
    all.at(-1)?.push(object);
  }
  return all;
}

function contextsOf(objects: readonly Retrievable[]): DeliveryContext[] {
  return [...new Set(objects.map(pairOf))].map((pair) => {
    const [abstractSyntax = '', transferSyntax = ''] = pair.split(' ');
    return { abstractSyntax, transferSyntaxes: [transferSyntax] };
  });
}

function isAccepted({ contexts }: MoveAssociation, { sopClassUid, transferSyntaxUid }: Retrievable): boolean {
  return contexts.some(
    (c) => c.result === 0 && c.abstractSyntax === sopClassUid && c.transferSyntax === transferSyntaxUid,
  );
}

/** For objects that will not be sent: nothing is read. */
const NOTHING: Prefetched = {
  async *[Symbol.asyncIterator]() {},
  discard() {},
};
