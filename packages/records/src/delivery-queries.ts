import { type Kysely, sql } from 'kysely';
import { literal } from './literal.ts';
import type { DeliveriesTable, Schema } from './schema.ts';
import { defineQuery } from './script.ts';

interface Sha {
  sha256: string;
}

const DELIVERY = [
  'deliveries.id',
  'deliveries.sha256',
  'destination',
  'state',
  'attempts',
  'next_at_ms',
  'status',
  'fault',
  'commitment',
] as const;

/** Row of a delivery as every delivery query selects it. */
export type DeliveryRow = Pick<
  DeliveriesTable,
  'id' | 'sha256' | 'destination' | 'state' | 'attempts' | 'next_at_ms' | 'status' | 'fault' | 'commitment'
>;

/** What is owed to destinations, and their word on it. */
export function deliveryQueries(db: Kysely<Schema>) {
  // Nothing held is ever due, whatever was queued before it was held.
  const due = (db: Kysely<Schema>, destination: string) =>
    db
      .selectFrom('deliveries')
      .where('state', '=', 'pending')
      .where('destination', '=', destination)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('holds')
              .select('holds.sha256')
              .whereRef('holds.sha256', '=', 'deliveries.sha256')
              .where('holds.state', '=', 'held'),
          ),
        ),
      );
  const dueWithCustody = (db: Kysely<Schema>, destination: string) =>
    due(db, destination)
      .innerJoin('custody', 'custody.sha256', 'deliveries.sha256')
      .selectAll('custody')
      .select(DELIVERY)
      .orderBy('next_at_ms')
      .orderBy('id');
  return {
    insertDelivery: defineQuery<Sha & { destination: string; nextAtMs: number }>('insertDelivery')(db, (db, p) =>
      db
        .insertInto('deliveries')
        .values(
          (eb) =>
            ({
              sha256: p.sha256,
              destination: p.destination,
              state: 'pending',
              attempts: 0,
              next_at_ms: p.nextAtMs,
              commitment: eb.fn.coalesce(
                eb
                  .selectFrom('destinations')
                  .select(literal('wanted').as('c'))
                  .where('name', '=', p.destination)
                  .where('destinations.commitment', '=', 1),
                literal('none'),
              ) as unknown as string,
            }) as never,
        )
        .onConflict((oc) => oc.columns(['sha256', 'destination']).doNothing()),
    ),
    due: defineQuery<{ destination: string; nowMs: number; limit: number }>('due')(db, (db, p) =>
      dueWithCustody(db, p.destination).where('next_at_ms', '<=', p.nowMs).limit(p.limit),
    ),
    dueBeyond: defineQuery<{ destination: string; horizonMs: number; limit: number }>('dueBeyond')(db, (db, p) =>
      dueWithCustody(db, p.destination).where('next_at_ms', '>', p.horizonMs).limit(p.limit),
    ),
    dueSince: defineQuery<{ destination: string; sinceMs: number; nowMs: number; limit: number }>('dueSince')(
      db,
      (db, p) =>
        dueWithCustody(db, p.destination)
          .where('next_at_ms', '>=', p.sinceMs)
          .where('next_at_ms', '<=', p.nowMs)
          .limit(p.limit),
    ),
    nextDue: defineQuery<{ destination: string }>('nextDue')(db, (db, p) =>
      due(db, p.destination).select('next_at_ms').orderBy('next_at_ms').orderBy('id').limit(sql.lit(1)),
    ),
    anyBeyond: defineQuery<{ destination: string; horizonMs: number }>('anyBeyond')(db, (db, p) =>
      due(db, p.destination).where('next_at_ms', '>', p.horizonMs).select('next_at_ms').limit(sql.lit(1)),
    ),
    settle: defineQuery<Settled>('settle')(db, (db, p) =>
      db
        .updateTable('deliveries')
        .set((eb) => ({
          state: p.state,
          attempts: eb('attempts', '+', 1),
          next_at_ms: p.nextAtMs,
          status: p.status,
          fault: p.fault,
          commitment: eb.fn.coalesce(eb.val(p.commitment), 'commitment') as unknown as string,
        }))
        .where('id', '=', p.id)
        .where('state', '=', p.from),
    ),
    retryFailed: defineQuery<{ destination: string; nowMs: number }>('retryFailed')(db, (db, p) =>
      db
        .updateTable('deliveries')
        .set({ state: 'pending', next_at_ms: p.nowMs })
        .where('state', '=', 'failed')
        .where('destination', '=', p.destination),
    ),
    retryFailedOne: defineQuery<Sha & { destination: string; nowMs: number }>('retryFailedOne')(db, (db, p) =>
      db
        .updateTable('deliveries')
        .set({ state: 'pending', next_at_ms: p.nowMs })
        .where('sha256', '=', p.sha256)
        .where('destination', '=', p.destination)
        .where('state', '=', 'failed'),
    ),
    deleteUndelivered: defineQuery<Sha & { state: string }>('deleteUndelivered')(db, (db, p) =>
      db.deleteFrom('deliveries').where('sha256', '=', p.sha256).where('state', '=', p.state),
    ),
    ...listingQueries(db),
  };
}

interface Settled {
  id: number;
  from: string;
  state: string;
  nextAtMs: number;
  status: number | null;
  fault: string | null;
  commitment: string | null;
}

function listingQueries(db: Kysely<Schema>) {
  return {
    deliveriesOfObject: defineQuery<Sha>('deliveriesOfObject')(db, (db, p) =>
      db.selectFrom('deliveries').select(DELIVERY).where('sha256', '=', p.sha256),
    ),
    deliveriesIn: defineQuery<{ state: string; limit: number }>('deliveriesIn')(db, (db, p) =>
      db
        .selectFrom('deliveries')
        .select(DELIVERY)
        .where('state', '=', p.state)
        .orderBy('destination', 'desc')
        .orderBy('next_at_ms', 'desc')
        .orderBy('id', 'desc')
        .limit(p.limit),
    ),
    deliveriesInOf: defineQuery<{ state: string; destination: string; limit: number }>('deliveriesInOf')(db, (db, p) =>
      db
        .selectFrom('deliveries')
        .select(DELIVERY)
        .where('state', '=', p.state)
        .where('destination', '=', p.destination)
        .orderBy('next_at_ms', 'desc')
        .orderBy('id', 'desc')
        .limit(p.limit),
    ),
    wantedCommitments: defineQuery<{ destination: string; limit: number }>('wantedCommitments')(db, (db, p) =>
      db
        .selectFrom('deliveries')
        .innerJoin('custody', 'custody.sha256', 'deliveries.sha256')
        .selectAll('custody')
        .select(DELIVERY)
        .where('state', '=', literal('delivered'))
        .where('deliveries.commitment', '=', literal('wanted'))
        .where('destination', '=', p.destination)
        .orderBy('id')
        .limit(p.limit),
    ),
    insertCommitment: defineQuery<{ uid: string; destination: string; atMs: number }>('insertCommitment')(db, (db, p) =>
      db.insertInto('commitments').values({ transaction_uid: p.uid, destination: p.destination, asked_at_ms: p.atMs }),
    ),
    commitment: defineQuery<{ uid: string }>('commitment')(db, (db, p) =>
      db.selectFrom('commitments').selectAll().where('transaction_uid', '=', p.uid),
    ),
    markAsked: defineQuery<{ id: number; uid: string; destination: string }>('markAsked')(db, (db, p) =>
      db
        .updateTable('deliveries')
        .set({ commitment: 'asked', commitment_uid: p.uid })
        .where('id', '=', p.id)
        .where('destination', '=', p.destination),
    ),
    askedIn: defineQuery<{ uid: string }>('askedIn')(db, (db, p) =>
      db
        .selectFrom('deliveries')
        .innerJoin('custody', 'custody.sha256', 'deliveries.sha256')
        .select(['deliveries.id', 'custody.sop_instance_uid'])
        .where('commitment_uid', '=', p.uid),
    ),
    answerCommitment: defineQuery<{ id: number; commitment: string; failure: number | null }>('answerCommitment')(
      db,
      (db, p) =>
        db
          .updateTable('deliveries')
          .set({ commitment: p.commitment, commitment_failure: p.failure })
          .where('id', '=', p.id),
    ),
  };
}
