import { type Kysely, sql } from 'kysely';
import type { PulledChartsTable, PulledPartsTable } from './pulled-schema.ts';
import type { Schema } from './schema.ts';
import { defineQuery } from './script.ts';

/** What a continuity box pulled besides images. */
export function pulledQueries(db: Kysely<Schema>) {
  return {
    pulledPart: defineQuery<{ key: string }>('pulledPart')(db, (db, p) =>
      db.selectFrom('pulled_parts').selectAll().where('key', '=', p.key),
    ),
    pulledPartsAfter: defineQuery<{ after: string; limit: number }>('pulledPartsAfter')(db, (db, p) =>
      db
        .selectFrom('pulled_parts')
        .select(['key', 'version', 'as_of_ms', 'taken_at_ms', 'wanted_at_ms', 'bytes'])
        .where('key', '>', p.after)
        .orderBy('key')
        .limit(p.limit),
    ),
    putPulledPart: defineQuery<PulledPartsTable>('putPulledPart')(db, (db, p) =>
      db
        .insertInto('pulled_parts')
        .values({
          key: p.key,
          version: p.version,
          as_of_ms: p.as_of_ms,
          taken_at_ms: p.taken_at_ms,
          wanted_at_ms: p.wanted_at_ms,
          bytes: p.bytes,
          sealed: p.sealed,
        })
        .onConflict((oc) =>
          oc.column('key').doUpdateSet((eb) => ({
            version: eb.ref('excluded.version'),
            as_of_ms: eb.ref('excluded.as_of_ms'),
            taken_at_ms: eb.ref('excluded.taken_at_ms'),
            wanted_at_ms: eb.ref('excluded.wanted_at_ms'),
            bytes: eb.ref('excluded.bytes'),
            sealed: eb.ref('excluded.sealed'),
          })),
        ),
    ),
    wantPulledPart: defineQuery<{ key: string; atMs: number }>('wantPulledPart')(db, (db, p) =>
      db.updateTable('pulled_parts').set({ wanted_at_ms: p.atMs }).where('key', '=', p.key),
    ),
    finishPulledPart: defineQuery<{ key: string; version: string }>('finishPulledPart')(db, (db, p) =>
      db.updateTable('pulled_parts').set({ version: p.version }).where('key', '=', p.key),
    ),
    growPulledPart: defineQuery<{ key: string; by: number }>('growPulledPart')(db, (db, p) =>
      db
        .updateTable('pulled_parts')
        .set((eb) => ({ bytes: eb('bytes', '+', p.by) }))
        .where('key', '=', p.key),
    ),
    deletePulledPart: defineQuery<{ key: string }>('deletePulledPart')(db, (db, p) =>
      db.deleteFrom('pulled_parts').where('key', '=', p.key),
    ),
    pulledChart: defineQuery<{ chart: number }>('pulledChart')(db, (db, p) =>
      db.selectFrom('pulled_charts').selectAll().where('chart_no', '=', p.chart),
    ),
    pulledChartsOf: defineQuery<{ part: string }>('pulledChartsOf')(db, (db, p) =>
      db.selectFrom('pulled_charts').selectAll().where('part', '=', p.part).orderBy('chart_no'),
    ),
    putPulledChart: defineQuery<PulledChartsTable>('putPulledChart')(db, (db, p) =>
      db
        .insertInto('pulled_charts')
        .values({ chart_no: p.chart_no, part: p.part, into_no: p.into_no })
        .onConflict((oc) =>
          oc.column('chart_no').doUpdateSet((eb) => ({
            part: eb.ref('excluded.part'),
            into_no: eb.ref('excluded.into_no'),
          })),
        ),
    ),
    deletePulledChart: defineQuery<{ chart: number }>('deletePulledChart')(db, (db, p) =>
      db.deleteFrom('pulled_charts').where('chart_no', '=', p.chart),
    ),
    entryMarks: defineQuery<{ chart: number }>('entryMarks')(db, (db, p) =>
      db.selectFrom('chart_entries').select(['no', 'message_no']).where('chart_no', '=', p.chart).orderBy('no'),
    ),
    entriesUpTo: defineQuery<{ chart: number }>('entriesUpTo')(db, (db, p) =>
      db
        .selectFrom('chart_entries')
        .select([sql<number>`count(*)`.as('count'), sql<number>`coalesce(max(no), 0)`.as('last')])
        .where('chart_no', '=', p.chart),
    ),
    deleteEntry: defineQuery<{ no: number }>('deleteEntry')(db, (db, p) =>
      db.deleteFrom('chart_entries').where('no', '=', p.no),
    ),
    deleteEntriesOfChart: defineQuery<{ chart: number }>('deleteEntriesOfChart')(db, (db, p) =>
      db.deleteFrom('chart_entries').where('chart_no', '=', p.chart),
    ),
    deleteDocumentsOfChart: defineQuery<{ chart: number }>('deleteDocumentsOfChart')(db, (db, p) =>
      db.deleteFrom('chart_documents').where('chart_no', '=', p.chart),
    ),
    deleteIdentifiersOfChart: defineQuery<{ chart: number }>('deleteIdentifiersOfChart')(db, (db, p) =>
      db.deleteFrom('chart_identifiers').where('chart_no', '=', p.chart),
    ),
    deleteChartToken: defineQuery<{ token: number; chart: number }>('deleteChartToken')(db, (db, p) =>
      db.deleteFrom('chart_tokens').where('token', '=', p.token).where('chart_no', '=', p.chart),
    ),
    deleteChart: defineQuery<{ no: number }>('deleteChart')(db, (db, p) =>
      db.deleteFrom('charts').where('no', '=', p.no),
    ),
  };
}
