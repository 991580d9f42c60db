import { type Kysely, sql } from 'kysely';
import type { RuleMatchesTable, Schema, SightingsTable } from './schema.ts';
import { defineQuery } from './script.ts';

/** What was seen, and which rules matched. */
export function sightingQueries(db: Kysely<Schema>) {
  return {
    addSighting: defineQuery<SightingsTable>('addSighting')(db, (db, p) =>
      db
        .updateTable('sightings')
        .set((eb) => ({
          last_ms: p.last_ms,
          count: eb('count', '+', p.count),
          bytes: eb('bytes', '+', p.bytes),
          hours: p.hours,
          busiest: p.busiest,
          most_results: p.most_results,
        }))
        .where('id', '=', p.id),
    ),
    sighting: defineQuery<{ id: string }>('sighting')(db, (db, p) =>
      db.selectFrom('sightings').select(['hours', 'busiest', 'most_results', 'last_ms']).where('id', '=', p.id),
    ),
    insertSighting: defineQuery<SightingsTable>('insertSighting')(db, (db, p) =>
      db.insertInto('sightings').values({
        id: p.id,
        outcome: p.outcome,
        key: p.key,
        first_ms: p.first_ms,
        last_ms: p.last_ms,
        count: p.count,
        bytes: p.bytes,
        hours: p.hours,
        busiest: p.busiest,
        most_results: p.most_results,
      }),
    ),
    countSightings: defineQuery<{ outcome: string }>('countSightings')(db, (db, p) =>
      db
        .selectFrom('sightings')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('outcome', '=', p.outcome),
    ),
    sightingsSince: defineQuery<{ since: number; limit: number }>('sightingsSince')(db, (db, p) =>
      db.selectFrom('sightings').selectAll().where('last_ms', '>=', p.since).orderBy('last_ms').limit(p.limit),
    ),
    forgetSightings: defineQuery<{ before: number }>('forgetSightings')(db, (db, p) =>
      db.deleteFrom('sightings').where('last_ms', '<', p.before),
    ),
    ruleMatches: defineQuery<object>('ruleMatches')(db, (db) => db.selectFrom('rule_matches').selectAll()),
    matchRule: defineQuery<RuleMatchesTable>('matchRule')(db, (db, p) =>
      db
        .insertInto('rule_matches')
        .values({ rule: p.rule, last_ms: p.last_ms, count: p.count })
        .onConflict((oc) =>
          oc.column('rule').doUpdateSet((eb) => ({
            last_ms: p.last_ms,
            count: sql<number>`${eb.ref('rule_matches.count')} + ${eb.ref('excluded.count')}`,
          })),
        ),
    ),
    forgetMatches: defineQuery<object>('forgetMatches')(db, (db) => db.deleteFrom('rule_matches')),
  };
}
