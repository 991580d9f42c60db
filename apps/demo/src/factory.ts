import { Worker } from 'node:worker_threads';
import type { MadeObject, StudyOrder } from './studies/made.ts';

/** What is said to the worker: a new study, or the next object of one. */
export type FactoryAsk =
  | { readonly id: number; readonly order: StudyOrder }
  | { readonly id: number; readonly order?: undefined };
/** Its answer: an object, or none when the study is whole. */
export interface FactoryAnswer {
  readonly id: number;
  readonly object?: MadeObject;
}

/** Makes studies in threads of its own, so that no actor waits while pictures are computed: quick ones beside those that take seconds. */
export class Factory {
  readonly #quick = new Maker();
  readonly #thorough = new Maker();

  /** The objects of a study as they are made: one is asked for at a time. */
  study(order: StudyOrder): AsyncGenerator<MadeObject> {
    return (order.kind === 'US' ? this.#quick : this.#thorough).study(order);
  }

  async close(): Promise<void> {
    await Promise.all([this.#quick.close(), this.#thorough.close()]);
  }
}

/** One thread. */
class Maker {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (answer: FactoryAnswer) => void>();
  #lastId = 0;
  #isOver = false;

  constructor() {
    this.#worker = new Worker(new URL('./factory-worker.ts', import.meta.url));
    this.#worker.on('message', (answer: FactoryAnswer) => this.#take(answer));
    this.#worker.on('error', () => this.#end());
    this.#worker.on('exit', () => this.#end());
    this.#worker.unref();
  }

  async *study(order: StudyOrder): AsyncGenerator<MadeObject> {
    this.#lastId += 1;
    const id = this.#lastId;
    let answer = await this.#ask({ id, order });
    while (answer.object !== undefined) {
      const next = this.#ask({ id });
      yield answer.object;
      answer = await next;
    }
  }

  async close(): Promise<void> {
    this.#end();
    await this.#worker.terminate();
  }

  #ask(ask: FactoryAsk): Promise<FactoryAnswer> {
    if (this.#isOver) return Promise.resolve({ id: ask.id });
    return new Promise((resolve) => {
      this.#waiting.set(ask.id, resolve);
      this.#worker.postMessage(ask);
    });
  }

  #take(answer: FactoryAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    waiting?.(answer);
  }

  #end(): void {
    this.#isOver = true;
    for (const [id, waiting] of this.#waiting) waiting({ id });
    this.#waiting.clear();
  }
}
