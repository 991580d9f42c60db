import type { Destination } from '@leadglass/model';
import type { DeliveryTools } from './delivery-api.ts';
import { DeliveryWorker, type WorkerState } from './delivery-worker.ts';

/** Whether a worker for `a` serves `b` as well. */
function isSame(a: Destination, b: Destination): boolean {
  return (Object.keys({ ...a, ...b }) as (keyof Destination)[]).every((field) => a[field] === b[field]);
}

/**
 * Store-and-forward to any number of destinations: one worker each, so that none waits for another. What is due, and what became
 * of it, is in the records alone; the engine starts from there and keeps nothing that a crash could take.
 */
export class DeliveryEngine {
  readonly #tools: DeliveryTools;
  readonly #workers = new Map<string, { readonly destination: Destination; readonly worker: DeliveryWorker }>();
  #isStopped = false;

  constructor(tools: DeliveryTools) {
    this.#tools = tools;
  }

  /**
   * Serves exactly these destinations from now on: new ones start, changed ones start over, removed ones stop (their rows stay
   * pending). Resolves when what had to stop has stopped.
   */
  async configure(destinations: readonly Destination[]): Promise<void> {
    const wanted = new Map(destinations.map((destination) => [destination.name, destination]));
    const leaving = [...this.#workers].filter(([name, { destination }]) => {
      const still = wanted.get(name);
      return still === undefined || !isSame(still, destination);
    });
    for (const [name] of leaving) this.#workers.delete(name);
    await Promise.all(leaving.map(([, { worker }]) => worker.stop()));
    if (this.#isStopped) return;
    for (const [name, destination] of wanted) {
      if (!this.#workers.has(name))
        this.#workers.set(name, { destination, worker: new DeliveryWorker(destination, this.#tools) });
    }
  }

  /** Something became due, for one destination or any. A destination that is being left alone after a failure stays so. */
  poke(destination?: string): void {
    for (const worker of this.#of(destination)) worker.poke();
  }

  /** Tries now, whatever failed before: a person asked (`delivery retry`), or the destination was heard from. */
  retryNow(destination?: string): void {
    for (const worker of this.#of(destination)) worker.pokeHard();
  }

  /** Something may be sent again: what failed before does not count any more. */
  resume(destination?: string): void {
    for (const worker of this.#of(destination)) worker.resume();
  }

  /** What each worker is doing. */
  states(): readonly WorkerState[] {
    return [...this.#workers.values()].map(({ worker }) => worker.state);
  }

  /** Objects in flight finish within `drainMs`, then everything is released. Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const workers = [...this.#workers.values()];
    this.#workers.clear();
    await Promise.all(workers.map(({ worker }) => worker.stop()));
  }

  #of(destination: string | undefined): readonly DeliveryWorker[] {
    if (destination === undefined) return [...this.#workers.values()].map(({ worker }) => worker);
    const one = this.#workers.get(destination)?.worker;
    return one === undefined ? [] : [one];
  }
}
