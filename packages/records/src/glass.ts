import type { Event } from '@leadglass/model';
import type { Queries } from './queries.ts';
import type { GlassTable } from './schema.ts';
import { all, type Engine, first, run } from './script.ts';
import { appendEvents } from './scripts/events.ts';

/** The same person opening the same patient for the same reason is one line for so long. */
const ONE_LINE_MS = 12 * 60 * 60_000;

/** An opening of a patient that is to be looked at. */
export interface Glass {
  readonly no: number;
  readonly by: string;
  readonly role: string;
  /** Number of the patient's chart. */
  readonly chart: number;
  readonly why: string;
  readonly words: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly times: number;
  readonly reviewedMs: number | undefined;
  readonly reviewedBy: string;
  readonly note: string;
}

export type Broken = Pick<Glass, 'by' | 'role' | 'chart' | 'why' | 'words'> & { readonly atMs: number };

/** Patients opened without a relation that was told of. Every write is durable when its promise resolves. Throws Fault `records.*`. */
export class GlassList {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  /** Writes one down, and `events` with it. */
  broken({ by: by_whom, role, chart, why, words, atMs }: Broken, events: readonly Event[]): Promise<void> {
    const queries = this.#queries;
    const row = { by_whom, role, chart, why, words, first_at_ms: atMs };
    return this.#engine.write(function* () {
      if ((yield* run(queries.repeatGlass, { ...row, sinceMs: atMs - ONE_LINE_MS })) === 0)
        yield* run(queries.insertGlass, row);
      yield* appendEvents(queries, events);
    });
  }

  /** Newest first, before number `before`. @param isAll those that were looked at, too */
  async list(isAll: boolean, before: number, limit: number): Promise<readonly Glass[]> {
    const query = isAll ? this.#queries.glassAll : this.#queries.glassWaiting;
    return (await this.#engine.read(() => all(query, { before, limit }))).map(glassOf);
  }

  /** How many nobody has looked at, and since when the first waits. */
  async waiting(): Promise<{ readonly count: number; readonly sinceMs: number | undefined }> {
    const queries = this.#queries;
    return this.#engine.read(function* () {
      const { count = 0, first: no } = (yield* first(queries.countGlass, {})) ?? {};
      const oldest = typeof no === 'number' ? yield* first(queries.glassOf, { no }) : undefined;
      return { count, sinceMs: oldest?.first_at_ms };
    });
  }

  /**
   * Somebody has looked at these. `tell` makes what is recorded with it, of those that were not looked at before. @returns how many these are
   */
  reviewed(
    nos: readonly number[],
    { by, note, atMs }: { readonly by: string; readonly note: string; readonly atMs: number },
    tell: (glass: Glass) => Event,
  ): Promise<number> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      const events: Event[] = [];
      for (const no of new Set(nos)) {
        if ((yield* run(queries.reviewGlass, { no, atMs, by, note })) === 0) continue;
        const row = yield* first(queries.glassOf, { no });
        if (row !== undefined) events.push(tell(glassOf(row)));
      }
      yield* appendEvents(queries, events);
      return events.length;
    });
  }
}

function glassOf(row: GlassTable): Glass {
  return {
    ...{ no: row.no, by: row.by_whom, role: row.role, chart: row.chart, why: row.why, words: row.words },
    ...{ firstMs: row.first_at_ms, lastMs: row.last_at_ms, times: row.times },
    ...{ reviewedMs: row.reviewed_at_ms ?? undefined, reviewedBy: row.reviewed_by, note: row.note },
  };
}
