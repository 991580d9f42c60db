import { type Kysely, sql } from 'kysely';
import { literal } from './literal.ts';
import type { HoldsTable, Schema } from './schema.ts';
import { defineQuery } from './script.ts';

interface Sha {
  sha256: string;
}

const HOLD_COLUMNS = [
  'sha256',
  'state',
  'held_at_ms',
  'peer',
  'sop_instance_uid',
  'sop_class_uid',
  'verdict',
  'reasons',
  'findings',
  'decided_by',
  'decided_at_ms',
  'decision_reason',
  'copy',
  'release_rule',
  'destroy_rule',
] as const;

/** What is held, and what was decided on it. */
export function holdQueries(db: Kysely<Schema>) {
  return {
    upsertHold: defineQuery<HoldsTable>('upsertHold')(db, (db, p) => {
      const values = Object.fromEntries(HOLD_COLUMNS.map((name) => [name, p[name]])) as unknown as HoldsTable;
      const { sha256: _, copy, ...changed } = values;
      // A copy that was made once is not owed again: its deliveries stand.
      const owed = sql<string>`case when holds.copy = 'made' then 'made' else ${copy} end`;
      return db
        .insertInto('holds')
        .values({ ...values, copy_sha256: '' })
        .onConflict((oc) => oc.column('sha256').doUpdateSet({ ...changed, copy: owed }));
    }),
    owedCopies: defineQuery<{ limit: number }>('owedCopies')(db, (db, p) =>
      db
        .selectFrom('holds')
        .innerJoin('custody', 'custody.sha256', 'holds.sha256')
        .selectAll('custody')
        .where('holds.state', '=', literal('held'))
        .where('holds.copy', '=', literal('owed'))
        .orderBy('holds.held_at_ms')
        .orderBy('holds.sha256')
        .limit(p.limit),
    ),
    settleCopy: defineQuery<Sha & { copy: string; copySha256: string }>('settleCopy')(db, (db, p) =>
      db
        .updateTable('holds')
        .set({ copy: p.copy, copy_sha256: p.copySha256 })
        .where('sha256', '=', p.sha256)
        .where('state', '=', 'held')
        .where('copy', '=', 'owed'),
    ),
    hold: defineQuery<Sha>('hold')(db, (db, p) => db.selectFrom('holds').selectAll().where('sha256', '=', p.sha256)),
    holdsIn: defineQuery<{ state: string; limit: number }>('holdsIn')(db, (db, p) =>
      db
        .selectFrom('holds')
        .selectAll()
        .where('state', '=', p.state)
        .orderBy('held_at_ms', 'desc')
        .orderBy('sha256', 'desc')
        .limit(p.limit),
    ),
    countHeld: defineQuery<object>('countHeld')(db, (db) =>
      db
        .selectFrom('holds')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('state', '=', 'held'),
    ),
    decideHold: defineQuery<Sha & { state: string; by: string; reason: string; atMs: number }>('decideHold')(
      db,
      (db, p) =>
        db
          .updateTable('holds')
          .set({ state: p.state, decided_by: p.by, decision_reason: p.reason, decided_at_ms: p.atMs })
          .where('sha256', '=', p.sha256)
          .where('state', '=', 'held'),
    ),
    deleteHeld: defineQuery<Sha>('deleteHeld')(db, (db, p) =>
      db.deleteFrom('holds').where('sha256', '=', p.sha256).where('state', '=', 'held'),
    ),
  };
}
