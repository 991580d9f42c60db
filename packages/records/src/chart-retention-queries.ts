import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';
import { defineQuery } from './script.ts';

/** What of feeds and charts is old enough to be forgotten, and its removal. Every walk goes by number, which is the order of receipt. */
export function chartRetentionQueries(db: Kysely<Schema>) {
  return {
    bodiesAfter: defineQuery<{ after: number; limit: number }>('bodiesAfter')(db, (db, p) =>
      db
        .selectFrom('feed_bodies as b')
        .innerJoin('feed_messages as m', 'm.no', 'b.no')
        .select(['b.no', 'm.received_at_ms', 'm.state'])
        .where('b.no', '>', p.after)
        .orderBy('b.no')
        .limit(p.limit),
    ),
    messagesAfter: defineQuery<{ after: number; limit: number }>('messagesAfter')(db, (db, p) =>
      db
        .selectFrom('feed_messages')
        .select(['no', 'received_at_ms', 'state'])
        .where('no', '>', p.after)
        .orderBy('no')
        .limit(p.limit),
    ),
    deleteBody: defineQuery<{ no: number }>('deleteBody')(db, (db, p) =>
      db.deleteFrom('feed_bodies').where('no', '=', p.no),
    ),
    deleteMessage: defineQuery<{ no: number }>('deleteMessage')(db, (db, p) =>
      db.deleteFrom('feed_messages').where('no', '=', p.no),
    ),
    chartsAfter: defineQuery<{ after: number; limit: number }>('chartsAfter')(db, (db, p) =>
      db
        .selectFrom('charts')
        .select(['no', 'into_no', 'heard_at_ms', 'present_at_ms'])
        .where('no', '>', p.after)
        .orderBy('no')
        .limit(p.limit),
    ),
    countDocuments: defineQuery<{ chart: number }>('countDocuments')(db, (db, p) =>
      db
        .selectFrom('chart_documents')
        .select([sql<number>`count(*)`.as('documents'), sql<number>`coalesce(sum(bytes), 0)`.as('bytes')])
        .where('chart_no', '=', p.chart),
    ),
    deleteChartDocuments: defineQuery<{ chart: number }>('deleteChartDocuments')(db, (db, p) =>
      db.deleteFrom('chart_documents').where('chart_no', '=', p.chart),
    ),
    deleteChartEntries: defineQuery<{ chart: number }>('deleteChartEntries')(db, (db, p) =>
      db.deleteFrom('chart_entries').where('chart_no', '=', p.chart),
    ),
    deleteChartTokens: defineQuery<{ chart: number }>('deleteChartTokens')(db, (db, p) =>
      db.deleteFrom('chart_tokens').where('chart_no', '=', p.chart),
    ),
    deleteChartIdentifiers: defineQuery<{ chart: number }>('deleteChartIdentifiers')(db, (db, p) =>
      db.deleteFrom('chart_identifiers').where('chart_no', '=', p.chart),
    ),
    deleteMergesInto: defineQuery<{ chart: number }>('deleteMergesInto')(db, (db, p) =>
      db.deleteFrom('chart_merges').where('into_no', '=', p.chart),
    ),
    deleteMergesOf: defineQuery<{ chart: number }>('deleteMergesOf')(db, (db, p) =>
      db.deleteFrom('chart_merges').where('taken_no', '=', p.chart),
    ),
    deleteChart: defineQuery<{ no: number }>('deleteChart')(db, (db, p) =>
      db.deleteFrom('charts').where('no', '=', p.no),
    ),
  };
}
