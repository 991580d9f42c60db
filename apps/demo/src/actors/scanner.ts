import type { Budget } from '../budget.ts';
import type { Factory } from '../factory.ts';
import { rest } from '../pace.ts';
import { Random } from '../random.ts';
import type { Kind, MadeObject, StudyOrder } from '../studies/made.ts';
import type { Caller } from './link.ts';
import { Sender, type SentStudy } from './sender.ts';

export const SOP_CLASS: Readonly<Record<Kind, string>> = {
  CT: '1.2.840.10008.5.1.4.1.1.2',
  MR: '1.2.840.10008.5.1.4.1.1.4',
  US: '1.2.840.10008.5.1.4.1.1.6.1',
  DX: '1.2.840.10008.5.1.4.1.1.1.1',
};

const DAY_MS = 86_400_000;
/** Studies are spread over so many days before today. */
const DAYS_BACK = 6;
/** A study is kept to be sent again when it is no larger than this. */
const MOST_KEPT_BYTES = 12_000_000;

export interface ScannerOptions {
  readonly caller: Caller;
  readonly kind: Kind;
  readonly seed: number;
  /** Number of its first study: two devices of one kind begin at different ones. */
  readonly firstNo: number;
  /** Mean time from one study to the next. */
  readonly everyMs: number;
  readonly factory: Factory;
  readonly budget: Budget;
  readonly signal: AbortSignal;
  readonly nowMs: number;
  /** Which of its studies has a real scanner's matrix; 0 for none. */
  readonly fineNo: number;
  told(kind: Kind, sent: SentStudy, isAgain: boolean): void;
  /** A study of somebody new begins. */
  begun(order: StudyOrder): void;
}

/** A device that images people who were never there, and sends what it made. */
export class Scanner {
  readonly #options: ScannerOptions;
  readonly #sender: Sender;
  readonly #random: Random;
  #made = 0;
  #last: MadeObject[] = [];

  constructor(options: ScannerOptions) {
    this.#options = options;
    this.#sender = new Sender(options.caller, options.signal);
    this.#random = new Random(`${options.seed} ${options.caller.title}`);
  }

  /** A study, then a rest, and so on until the end. */
  async live(): Promise<void> {
    const { signal, everyMs } = this.#options;
    do {
      await this.once();
      // What comes first comes at once, so that whoever looks sees something.
      if (this.#made < this.#options.fineNo) await this.once();
    } while (await rest(everyMs * this.#random.between(0.6, 1.4), signal));
  }

  /** One study: a new one, that of before again, or none, as the budget allows. */
  async once(): Promise<void> {
    const { budget, kind, told } = this.#options;
    const { means } = budget;
    if (means === 'nothing') return;
    const isAgain = means === 'again' && this.#last.length > 0;
    if (means === 'again' && !isAgain) return;
    const sent = await this.#sender.send(isAgain ? this.#last : this.#next(), [SOP_CLASS[kind]]);
    if (!isAgain) budget.sent(sent.bytes);
    told(kind, sent, isAgain);
  }

  async *#next(): AsyncGenerator<MadeObject> {
    const kept: MadeObject[] = [];
    let bytes = 0;
    for await (const object of this.#options.factory.study(this.#order())) {
      bytes += object.dataSet.length;
      if (bytes <= MOST_KEPT_BYTES) kept.push(object);
      yield object;
    }
    if (bytes > 0 && bytes <= MOST_KEPT_BYTES) this.#last = kept;
  }

  #order(): StudyOrder {
    const { kind, seed, firstNo, nowMs, fineNo, begun } = this.#options;
    const no = firstNo + this.#made;
    this.#made += 1;
    const atMs = nowMs - this.#random.next() ** 2 * DAYS_BACK * DAY_MS;
    const order = { kind, seed, no, atMs: Math.floor(atMs / 1000) * 1000, isFine: this.#made === fineNo };
    begun(order);
    return order;
  }
}
