import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';
import { defineQuery } from './script.ts';

/** PS3.7 Annex C: duplicate SOP instance. */
const KNOWN_THERE = 0x0111;

/** Deliveries of one destination, by their ids. */
interface Range {
  readonly destination: string;
  readonly from: number;
  readonly to: number;
}

/** What a destination is owed, and what it was given back. */
export function outageQueries(db: Kysely<Schema>) {
  return {
    owedTo: defineQuery<{ destination: string }>('owedTo')(db, (db, p) =>
      db
        .selectFrom('deliveries')
        .innerJoin('custody', 'custody.sha256', 'deliveries.sha256')
        .select((eb) => [
          eb.fn.countAll<number>().as('objects'),
          eb.fn.sum<number>('plain_bytes').as('bytes'),
          eb.fn.min<number>('received_at_ms').as('oldest_ms'),
        ])
        .where('state', '=', 'pending')
        .where('destination', '=', p.destination),
    ),
    /** What was tried in vain goes back to the place it came in. */
    putInOrder: defineQuery<{ destination: string }>('putInOrder')(db, (db, p) =>
      db
        .updateTable('deliveries')
        .set((eb) => ({
          next_at_ms: eb
            .selectFrom('custody')
            .select('received_at_ms')
            .whereRef('custody.sha256', '=', 'deliveries.sha256') as never,
        }))
        .where('state', '=', 'pending')
        .where('destination', '=', p.destination)
        .where('attempts', '>', sql.lit(0)),
    ),
    owedRange: defineQuery<{ destination: string }>('owedRange')(db, (db, p) =>
      db
        .selectFrom('deliveries')
        .select((eb) => [
          eb.fn.min<number>('id').as('from_id'),
          eb.fn.max<number>('id').as('to_id'),
          eb.fn.countAll<number>().as('objects'),
        ])
        .where('state', '=', 'pending')
        .where('destination', '=', p.destination),
    ),
    owedIn: defineQuery<Range>('owedIn')(db, (db, p) =>
      db
        .selectFrom('deliveries')
        .select((eb) => eb.fn.countAll<number>().as('objects'))
        .where('state', '=', 'pending')
        .where('destination', '=', p.destination)
        .where('id', '>=', p.from)
        .where('id', '<=', p.to),
    ),
    settledIn: defineQuery<Range>('settledIn')(db, (db, p) =>
      db
        .selectFrom('deliveries')
        .select((eb) => ['state', eb.fn.countAll<number>().as('objects')])
        .select((eb) =>
          eb.fn.sum<number>(eb.case().when('status', '=', eb.lit(KNOWN_THERE)).then(1).else(0).end()).as('known'),
        )
        .where('id', '>=', p.from)
        .where('id', '<=', p.to)
        .where('destination', '=', p.destination)
        .groupBy('state'),
    ),
  };
}
