import { rest } from '../pace.ts';
import type { MadeObject } from '../studies/made.ts';
import { type Caller, call, hangUp } from './link.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** PS3.7 §9.1.1.1.9: 0xB… are warnings, the object was stored. */
const isStored = (status: number): boolean => status === 0 || status >>> 12 === 0xb;

/** What came of a study that was sent. */
export interface SentStudy {
  readonly stored: number;
  readonly refused: number;
  readonly bytes: number;
}

/**
 * Sends objects as a scanner does: over one association, one after the other; what was not answered when the connection is lost is sent
 * again over the next, which is asked for after a second, then two, at most thirty. Ends early when `signal` does.
 */
export class Sender {
  readonly #caller: Caller;
  readonly #signal: AbortSignal;
  #failures = 0;

  constructor(caller: Caller, signal: AbortSignal) {
    this.#caller = caller;
    this.#signal = signal;
  }

  async send(
    objects: AsyncIterable<MadeObject> | Iterable<MadeObject>,
    classes: readonly string[],
  ): Promise<SentStudy> {
    const sent = { stored: 0, refused: 0, bytes: 0 };
    const queue = new Queue(objects);
    while (!this.#signal.aborted && (await queue.first()) !== undefined) {
      if (await this.#sendSome(queue, classes, sent)) this.#failures = 0;
      else if (!(await this.#waitLonger())) break;
    }
    await queue.close();
    return sent;
  }

  /** Over one association, until the queue is empty; false when it was lost, or never opened. */
  async #sendSome(
    queue: Queue,
    classes: readonly string[],
    sent: { stored: number; refused: number; bytes: number },
  ): Promise<boolean> {
    try {
      const association = await call(this.#caller, classes, this.#signal);
      for (let object = await queue.first(); object !== undefined; object = await queue.first()) {
        const { dataSet, transferSyntaxUid: transferSyntax } = object;
        const { status } = await association.store({
          ...object,
          transferSyntax,
          dataSet: [dataSet],
          length: dataSet.length,
        });
        sent[isStored(status) ? 'stored' : 'refused'] += 1;
        sent.bytes += dataSet.length;
        queue.shift();
        this.#failures = 0;
      }
      await hangUp(association);
      return true;
    } catch {
      return false;
    }
  }

  #waitLonger(): Promise<boolean> {
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures += 1;
    return rest(waitMs, this.#signal);
  }
}

/** Objects as they come; the first stays until it was answered for. */
class Queue {
  readonly #source: AsyncIterator<MadeObject> | Iterator<MadeObject>;
  #first: MadeObject | undefined;

  constructor(objects: AsyncIterable<MadeObject> | Iterable<MadeObject>) {
    this.#source = Symbol.asyncIterator in objects ? objects[Symbol.asyncIterator]() : objects[Symbol.iterator]();
  }

  async first(): Promise<MadeObject | undefined> {
    if (this.#first === undefined) {
      const next = await this.#source.next();
      if (next.done !== true) this.#first = next.value;
    }
    return this.#first;
  }

  shift(): void {
    this.#first = undefined;
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
