import { type Kysely, sql } from 'kysely';
import type { IdentitiesTable, IdentityObjectsTable } from './reconciliation-schema.ts';
import type { DeliveriesTable, Schema } from './schema.ts';
import { defineQuery } from './script.ts';

/** An object that came under a temporary identity, with what custody says of it. */
export interface IdentityObjectRow extends Omit<IdentityObjectsTable, 'sealed'> {
  study_instance_uid: string | null;
  modality: string | null;
  patient: string | null;
  peer: string | null;
  received_at_ms: number | null;
  hold_state: string | null;
  hold_copy: string | null;
}

/** A delivery of an object that came under a temporary identity, or of its copy. */
export interface IdentityDeliveryRow extends Pick<DeliveriesTable, 'sha256' | 'destination' | 'state' | 'next_at_ms'> {
  original: string;
  patient: string | null;
}

interface Sha {
  sha256: string;
}

/** Temporary identities. */
function identities(db: Kysely<Schema>) {
  return {
    temporaryIdentity: defineQuery<{ number: string }>('temporaryIdentity')(db, (db, p) =>
      db.selectFrom('identities').selectAll().where('number', '=', p.number),
    ),
    temporaryIdentities: defineQuery<{ after: string; limit: number }>('temporaryIdentities')(db, (db, p) =>
      db.selectFrom('identities').selectAll().where('number', '>', p.after).orderBy('number').limit(p.limit),
    ),
    insertIdentity: defineQuery<Pick<IdentitiesTable, 'number' | 'since_ms'>>('insertIdentity')(db, (db, p) =>
      db
        .insertInto('identities')
        .values({
          number: p.number,
          state: 'open',
          since_ms: p.since_ms,
          changed_at_ms: p.since_ms as never,
          sealed: null as never,
        })
        .onConflict((oc) => oc.doNothing()),
    ),
    changeIdentity: defineQuery<Omit<IdentitiesTable, 'since_ms'> & { from: string; fromMs: number }>('changeIdentity')(
      db,
      (db, p) =>
        db
          .updateTable('identities')
          .set({ state: p.state, changed_at_ms: p.changed_at_ms, sealed: p.sealed })
          .where('number', '=', p.number)
          .where('state', '=', p.from)
          .where('changed_at_ms', '=', p.fromMs),
    ),
    /** The newest first. */
    identitiesIn: defineQuery<{ state: string; limit: number }>('identitiesIn')(db, (db, p) =>
      db.selectFrom('identities').selectAll().where('state', '=', p.state).orderBy('since_ms', 'desc').limit(p.limit),
    ),
    countIdentitiesIn: defineQuery<{ state: string }>('countIdentitiesIn')(db, (db, p) =>
      db
        .selectFrom('identities')
        .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min<number>('since_ms').as('since_ms')])
        .where('state', '=', p.state),
    ),
    /** Accepted, and something of it is not on its way. */
    unfinishedIdentities: defineQuery<{ limit: number }>('unfinishedIdentities')(db, (db, p) =>
      db
        .selectFrom('identities')
        .selectAll()
        .where('state', '=', sql.lit('accepted'))
        .where((eb) => {
          const left = (state: string) =>
            eb.exists(
              eb
                .selectFrom('identity_objects')
                .select('sha256')
                .whereRef('identity_objects.number', '=', 'identities.number')
                .where('identity_objects.state', '=', sql.lit(state)),
            );
          return eb.or([left('waiting'), left('impossible')]);
        })
        .limit(p.limit),
    ),
    overdueIdentities: defineQuery<{ state: string; beforeMs: number; limit: number }>('overdueIdentities')(
      db,
      (db, p) =>
        db
          .selectFrom('identities')
          .selectAll()
          .where('state', '=', p.state)
          .where('since_ms', '<', p.beforeMs)
          .orderBy('since_ms')
          .limit(p.limit),
    ),
  };
}

/** What came under them. */
function objects(db: Kysely<Schema>) {
  return {
    identityObject: defineQuery<Sha>('identityObject')(db, (db, p) =>
      db.selectFrom('identity_objects').selectAll().where('sha256', '=', p.sha256),
    ),
    identityObjects: defineQuery<{ number: string; after: string; limit: number }>('identityObjects')(db, (db, p) =>
      db
        .selectFrom('identity_objects')
        .leftJoin('custody', 'custody.sha256', 'identity_objects.sha256')
        .leftJoin('holds', 'holds.sha256', 'identity_objects.sha256')
        .select(['identity_objects.sha256', 'number', 'identity_objects.state', 'destinations', 'since_ms'])
        .select(['identity_objects.copy_sha256', 'study_instance_uid', 'modality', 'patient', 'custody.peer'])
        .select(['received_at_ms', 'holds.state as hold_state', 'holds.copy as hold_copy'])
        .where('number', '=', p.number)
        .where('identity_objects.sha256', '>', p.after)
        .orderBy('identity_objects.sha256')
        .limit(p.limit),
    ),
    countIdentityObjects: defineQuery<{ number: string }>('countIdentityObjects')(db, (db, p) =>
      db
        .selectFrom('identity_objects')
        .leftJoin('holds', (join) =>
          join.onRef('holds.sha256', '=', 'identity_objects.sha256').on('holds.state', '=', sql.lit('held')),
        )
        .select((eb) => [
          'identity_objects.state as state',
          eb.fn.countAll<number>().as('objects'),
          eb.fn.count<number>('holds.sha256').as('held'),
          eb.fn.sum<number>(eb.case().when('holds.copy', '=', sql.lit('made')).then(1).else(0).end()).as('replaced'),
        ])
        .where('number', '=', p.number)
        .groupBy('identity_objects.state'),
    ),
    insertIdentityObject: defineQuery<Omit<IdentityObjectsTable, 'copy_sha256'>>('insertIdentityObject')(db, (db, p) =>
      db
        .insertInto('identity_objects')
        .values({
          sha256: p.sha256,
          number: p.number,
          state: p.state,
          destinations: p.destinations,
          since_ms: p.since_ms,
          copy_sha256: sql.lit('') as never,
          sealed: p.sealed,
        })
        .onConflict((oc) => oc.doNothing()),
    ),
    deleteIdentityObject: defineQuery<Sha>('deleteIdentityObject')(db, (db, p) =>
      db.deleteFrom('identity_objects').where('sha256', '=', p.sha256),
    ),
    changeIdentityObject: defineQuery<Sha & { from: string; state: string; copy: string }>('changeIdentityObject')(
      db,
      (db, p) =>
        db
          .updateTable('identity_objects')
          .set({ state: p.state, copy_sha256: p.copy })
          .where('sha256', '=', p.sha256)
          .where('state', '=', p.from),
    ),
    readdressIdentityObject: defineQuery<Sha & { destinations: string }>('readdressIdentityObject')(db, (db, p) =>
      db.updateTable('identity_objects').set({ destinations: p.destinations }).where('sha256', '=', p.sha256),
    ),
    identityObjectsIn: defineQuery<{ number: string; state: string; limit: number }>('identityObjectsIn')(db, (db, p) =>
      db
        .selectFrom('identity_objects')
        .selectAll()
        .where('number', '=', p.number)
        .where('state', '=', p.state)
        .orderBy('sha256')
        .limit(p.limit),
    ),
    /** What is owed a coerced copy: its identity is known, and nobody holds it. */
    owedCoerced: defineQuery<{ limit: number }>('owedCoerced')(db, (db, p) =>
      db
        .selectFrom('identities')
        .innerJoin('identity_objects', 'identity_objects.number', 'identities.number')
        .innerJoin('custody', 'custody.sha256', 'identity_objects.sha256')
        .selectAll('custody')
        .select(['identities.number', 'identities.changed_at_ms', 'identities.sealed', 'destinations'])
        .where('identities.state', '=', sql.lit('accepted'))
        .where('identity_objects.state', '=', sql.lit('waiting'))
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('holds')
                .select('holds.sha256')
                .whereRef('holds.sha256', '=', 'custody.sha256')
                .where('holds.state', '=', 'held'),
            ),
          ),
        )
        .limit(p.limit),
    ),
    identityDeliveries: defineQuery<{ number: string }>('identityDeliveries')(db, (db, p) => {
      const by = (column: 'identity_objects.sha256' | 'identity_objects.copy_sha256') =>
        db
          .selectFrom('identity_objects')
          .innerJoin('deliveries', 'deliveries.sha256', column)
          .leftJoin('custody', 'custody.sha256', 'deliveries.sha256')
          .select(['identity_objects.sha256 as original', 'deliveries.sha256', 'destination', 'deliveries.state'])
          .select(['next_at_ms', 'patient'])
          .where('number', '=', p.number);
      return by('identity_objects.sha256').unionAll(by('identity_objects.copy_sha256'));
    }),
    deliveryStates: defineQuery<Sha>('deliveryStates')(db, (db, p) =>
      db.selectFrom('deliveries').select(['destination', 'state']).where('sha256', '=', p.sha256),
    ),
    coercedCopy: defineQuery<{ copy: string }>('coercedCopy')(db, (db, p) =>
      db.selectFrom('identity_objects').select('sha256').where('copy_sha256', '=', p.copy).limit(sql.lit(1)),
    ),
  };
}

/** Temporary identities and what came under them. */
export function reconciliationQueries(db: Kysely<Schema>) {
  return { ...identities(db), ...objects(db) };
}
