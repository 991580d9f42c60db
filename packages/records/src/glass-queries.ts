import { type Kysely, sql } from 'kysely';
import type { GlassTable, Schema } from './schema.ts';
import { defineQuery } from './script.ts';

type Opened = Pick<GlassTable, 'by_whom' | 'role' | 'chart' | 'why' | 'words' | 'first_at_ms'>;

/** Openings of patients that are reviewed. */
export function glassQueries(db: Kysely<Schema>) {
  const page = (db: Kysely<Schema>, p: { readonly before: number; readonly limit: number }) =>
    db.selectFrom('glass').selectAll().where('no', '<', p.before).orderBy('no', 'desc').limit(p.limit);
  return {
    insertGlass: defineQuery<Opened>('insertGlass')(db, (db, p) =>
      db.insertInto('glass').values({
        ...{ by_whom: p.by_whom, role: p.role, chart: p.chart, why: p.why, words: p.words },
        ...{ first_at_ms: p.first_at_ms, last_at_ms: p.first_at_ms, times: sql.lit(1) },
        ...{ reviewed_at_ms: sql.lit(null), reviewed_by: sql.lit(''), note: sql.lit('') },
      } as never),
    ),
    /** The same again, by the same person for the same reason, begun at `sinceMs` or later. */
    repeatGlass: defineQuery<Opened & { sinceMs: number }>('repeatGlass')(db, (db, p) =>
      db
        .updateTable('glass')
        .set((eb) => ({ times: eb('times', '+', 1), last_at_ms: p.first_at_ms }))
        .where('reviewed_at_ms', 'is', null)
        .where('by_whom', '=', p.by_whom)
        .where('chart', '=', p.chart)
        .where('first_at_ms', '>=', p.sinceMs)
        .where('role', '=', p.role)
        .where('why', '=', p.why)
        .where('words', '=', p.words),
    ),
    glassAll: defineQuery<{ before: number; limit: number }>('glassAll')(db, page),
    glassWaiting: defineQuery<{ before: number; limit: number }>('glassWaiting')(db, (db, p) =>
      page(db, p).where('reviewed_at_ms', 'is', null),
    ),
    countGlass: defineQuery<object>('countGlass')(db, (db) =>
      db
        .selectFrom('glass')
        .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('no').as('first')])
        .where('reviewed_at_ms', 'is', null),
    ),
    glassOf: defineQuery<{ no: number }>('glassOf')(db, (db, p) =>
      db.selectFrom('glass').selectAll().where('no', '=', p.no),
    ),
    reviewGlass: defineQuery<{ no: number; atMs: number; by: string; note: string }>('reviewGlass')(db, (db, p) =>
      db
        .updateTable('glass')
        .set({ reviewed_at_ms: p.atMs, reviewed_by: p.by, note: p.note })
        .where('no', '=', p.no)
        .where('reviewed_at_ms', 'is', null),
    ),
  };
}
