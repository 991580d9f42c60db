import type { Queries } from './queries.ts';
import { all, type Engine, first, run } from './script.ts';

/** What waits to be delivered to one destination. */
export interface Owed {
  readonly objects: number;
  readonly bytes: number;
  /** When the oldest of it came, milliseconds since the epoch; undefined when nothing waits. */
  readonly oldestAtMs: number | undefined;
}

/** Deliveries of one destination between two of their ids, both included. */
export interface OwedRange {
  readonly fromId: number;
  readonly toId: number;
}

/** What came of the deliveries of a range. `known`: of the delivered, those the destination said it had already. */
export interface Settled {
  readonly pending: number;
  readonly delivered: number;
  readonly failed: number;
  readonly known: number;
}

/** What destinations are owed, for outages and for give-back. Throws Fault `records.*`. */
export class Outages {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  async owed(destination: string): Promise<Owed> {
    const row = await this.#engine.read(() => first(this.#queries.owedTo, { destination }));
    return {
      objects: Number(row?.objects ?? 0),
      bytes: Number(row?.bytes ?? 0),
      oldestAtMs: row?.oldest_ms == null ? undefined : Number(row.oldest_ms),
    };
  }

  /** Whatever waits for a destination is due now, in the order in which it came. */
  async putInOrder(destination: string): Promise<void> {
    await this.#engine.write(() => run(this.#queries.putInOrder, { destination }));
  }

  /** All that waits for a destination now, and how much it is; undefined when nothing does. */
  async range(destination: string): Promise<(OwedRange & { readonly objects: number }) | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.owedRange, { destination }));
    if (row?.from_id == null || row.to_id == null) return undefined;
    return { fromId: Number(row.from_id), toId: Number(row.to_id), objects: Number(row.objects) };
  }

  /** How much of a range waits still. */
  async waitingIn(destination: string, { fromId: from, toId: to }: OwedRange): Promise<number> {
    const row = await this.#engine.read(() => first(this.#queries.owedIn, { destination, from, to }));
    return Number(row?.objects ?? 0);
  }

  async settledIn(destination: string, { fromId: from, toId: to }: OwedRange): Promise<Settled> {
    const rows = await this.#engine.read(() => all(this.#queries.settledIn, { destination, from, to }));
    const of = (state: string) => rows.find((row) => row.state === state);
    const count = (state: string): number => Number(of(state)?.objects ?? 0);
    return {
      ...{ pending: count('pending'), delivered: count('delivered'), failed: count('failed') },
      known: Number(of('delivered')?.known ?? 0),
    };
  }
}
