import { type Kysely, sql } from 'kysely';
import type { DrillsTable, Schema } from './schema.ts';
import { defineQuery } from './script.ts';

type New = Pick<DrillsTable, 'kind' | 'began_at_ms' | 'ended_at_ms' | 'outcome' | 'traces' | 'facts'>;

/** Drills, and what has to go once one is over. */
export function drillQueries(db: Kysely<Schema>) {
  return {
    insertDrill: defineQuery<New>('insertDrill')(db, (db, p) =>
      db.insertInto('drills').values({
        ...{ kind: p.kind, began_at_ms: p.began_at_ms, ended_at_ms: p.ended_at_ms, outcome: p.outcome },
        ...{ chart_no: sql.lit(0), traces: p.traces, facts: p.facts },
      } as never),
    ),
    lastDrill: defineQuery<object>('lastDrill')(db, (db) =>
      db.selectFrom('drills').selectAll().where('no', '>', sql.lit(0)).orderBy('no', 'desc').limit(sql.lit(1)),
    ),
    drill: defineQuery<{ no: number }>('drill')(db, (db, p) =>
      db.selectFrom('drills').selectAll().where('no', '=', p.no),
    ),
    drillsBefore: defineQuery<{ before: number; limit: number }>('drillsBefore')(db, (db, p) =>
      db.selectFrom('drills').selectAll().where('no', '<', p.before).orderBy('no', 'desc').limit(p.limit),
    ),
    drillsOf: defineQuery<{ kind: string; before: number; limit: number }>('drillsOf')(db, (db, p) =>
      db
        .selectFrom('drills')
        .selectAll()
        .where('kind', '=', p.kind)
        .where('no', '<', p.before)
        .orderBy('no', 'desc')
        .limit(p.limit),
    ),
    drillsIn: defineQuery<{ outcome: string }>('drillsIn')(db, (db, p) =>
      db.selectFrom('drills').selectAll().where('outcome', '=', p.outcome).orderBy('no'),
    ),
    endDrill: defineQuery<{ no: number; at_ms: number; outcome: string; facts: string }>('endDrill')(db, (db, p) =>
      db
        .updateTable('drills')
        .set({ ended_at_ms: p.at_ms, outcome: p.outcome, facts: p.facts, traces: '' })
        .where('no', '=', p.no)
        .where('outcome', '=', sql.lit('running')),
    ),
    setDrillChart: defineQuery<{ no: number; chart: number }>('setDrillChart')(db, (db, p) =>
      db.updateTable('drills').set({ chart_no: p.chart }).where('no', '=', p.no),
    ),
    /** The highest number of a chart that a drill had: it is given to nobody else. */
    lastDrillChart: defineQuery<object>('lastDrillChart')(db, (db) =>
      db
        .selectFrom('drills')
        .select('chart_no')
        .where('chart_no', '>', sql.lit(0))
        .orderBy('chart_no', 'desc')
        .limit(sql.lit(1)),
    ),
    messagesOfIdentity: defineQuery<{ identity: string }>('messagesOfIdentity')(db, (db, p) =>
      db.selectFrom('feed_messages').select('no').where('identity', '=', p.identity),
    ),
    chartsOfMessage: defineQuery<{ message: number }>('chartsOfMessage')(db, (db, p) =>
      db.selectFrom('chart_entries').select('chart_no').distinct().where('message_no', '=', p.message),
    ),
    deleteFeedTally: defineQuery<{ feed: string }>('deleteFeedTally')(db, (db, p) =>
      db.deleteFrom('feed_tallies').where('feed', '=', p.feed),
    ),
    deleteIdentifier: defineQuery<{ digest: string; chart: number }>('deleteIdentifier')(db, (db, p) =>
      db.deleteFrom('chart_identifiers').where('digest', '=', p.digest).where('chart_no', '=', p.chart),
    ),
    deleteChartToken: defineQuery<{ token: number; chart: number }>('deleteChartToken')(db, (db, p) =>
      db.deleteFrom('chart_tokens').where('token', '=', p.token).where('chart_no', '=', p.chart),
    ),
  };
}
