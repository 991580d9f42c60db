import { type Kysely, sql } from 'kysely';
import type { Schema, SettingsPastTable, StrangersTable } from './schema.ts';
import { defineQuery } from './script.ts';

const EVENT = ['seq', 'ledger_index', 'json'] as const;
/** Strangers remembered; who came longest ago goes first. */
export const MOST_STRANGERS = 5_000;
/** States of the settings remembered. */
export const MOST_PAST = 200;
/** Of a destination's deliveries, those looked at for how long they wait. */
const LOOKED_AT = 20;
const MOST_COMMITMENTS = 50;

/** A page of events by what they are about. */
export type Keyed = { readonly key: number; readonly after: number; readonly limit: number };

function eventsBy<N extends 'study_key' | 'object_key' | 'association_key'>(db: Kysely<Schema>, name: string, key: N) {
  return defineQuery<Keyed>(name)(db, (db, p) =>
    db
      .selectFrom('events')
      .select(EVENT)
      .where(key, '=', p.key as never)
      .where('seq', '>', p.after)
      .orderBy('seq')
      .limit(p.limit),
  );
}

function journeyQueries(db: Kysely<Schema>) {
  return {
    eventsOfStudy: eventsBy(db, 'eventsOfStudy', 'study_key'),
    /** Those about the study as a whole alone: no other event of it is read. */
    eventsOfWholeStudy: defineQuery<Keyed>('eventsOfWholeStudy')(db, (db, p) =>
      db
        .selectFrom('events')
        .select(EVENT)
        .where('study_key', '=', p.key)
        .where('object_key', 'is', null)
        .where('seq', '>', p.after)
        .orderBy('seq')
        .limit(p.limit),
    ),
    eventsOfObject: eventsBy(db, 'eventsOfObject', 'object_key'),
    eventsOfAssociation: eventsBy(db, 'eventsOfAssociation', 'association_key'),
    /** Events not yet in the ledger, and so not in the index either, that have `words` in them: they are few. */
    waitingAbout: defineQuery<{ words: string; after: number; limit: number }>('waitingAbout')(db, (db, p) =>
      db
        .selectFrom('events')
        .select(EVENT)
        .where('ledger_index', 'is', null)
        .where('seq', '>', p.after)
        .where('json', 'like', p.words as never)
        .orderBy('seq')
        .limit(p.limit),
    ),
    eventBySeq: defineQuery<{ seq: number }>('eventBySeq')(db, (db, p) =>
      db.selectFrom('events').select(EVENT).where('seq', '=', p.seq),
    ),
    keyEvent: defineQuery<{ seq: number; study: number | null; object: number | null; association: number | null }>(
      'keyEvent',
    )(db, (db, p) =>
      db
        .updateTable('events')
        .set({ study_key: p.study, object_key: p.object, association_key: p.association })
        .where('seq', '=', p.seq),
    ),
    commitmentsOfStudy: defineQuery<{ study: string }>('commitmentsOfStudy')(db, (db, p) =>
      db
        .selectFrom('custody')
        .innerJoin('deliveries', 'deliveries.sha256', 'custody.sha256')
        .select('commitment_uid')
        .distinct()
        .where('study_instance_uid', '=', p.study)
        .where('commitment_uid', 'is not', null)
        .limit(sql.lit(MOST_COMMITMENTS)),
    ),
    commitmentsOfObject: defineQuery<{ sha256: string }>('commitmentsOfObject')(db, (db, p) =>
      db
        .selectFrom('deliveries')
        .select('commitment_uid')
        .where('sha256', '=', p.sha256)
        .where('commitment_uid', 'is not', null)
        .limit(sql.lit(MOST_COMMITMENTS)),
    ),
    custodyOfStudy: defineQuery<{ study: string; limit: number }>('custodyOfStudy')(db, (db, p) =>
      db
        .selectFrom('custody')
        .selectAll()
        .where('study_instance_uid', '=', p.study)
        .orderBy('sop_instance_uid')
        .limit(p.limit),
    ),
    sizeOfStudy: defineQuery<{ study: string }>('sizeOfStudy')(db, (db, p) =>
      db
        .selectFrom('custody')
        .select((eb) => [eb.fn.countAll<number>().as('objects'), eb.fn.sum<number>('plain_bytes').as('bytes')])
        .where('study_instance_uid', '=', p.study),
    ),
  };
}

function strangerQueries(db: Kysely<Schema>) {
  return {
    putStranger: defineQuery<StrangersTable>('putStranger')(db, (db, p) =>
      db
        .insertInto('strangers')
        .values({
          address: p.address,
          ae_title: p.ae_title,
          cert_sha256: p.cert_sha256,
          called: p.called,
          listener: p.listener,
          first_at_ms: p.first_at_ms,
          last_at_ms: p.last_at_ms,
          times: p.times,
          why: p.why,
          seq: p.seq,
          event_id: p.event_id,
        })
        .onConflict((oc) =>
          oc.columns(['address', 'ae_title', 'cert_sha256']).doUpdateSet((eb) => ({
            called: p.called,
            listener: p.listener,
            last_at_ms: p.last_at_ms,
            times: eb('strangers.times', '+', p.times),
            why: p.why,
            seq: p.seq,
            event_id: p.event_id,
          })),
        ),
    ),
    letInStranger: defineQuery<{ address: string; title: string }>('letInStranger')(db, (db, p) =>
      db.deleteFrom('strangers').where('address', '=', p.address).where('ae_title', '=', p.title),
    ),
    forgetStrangers: defineQuery<object>('forgetStrangers')(db, (db) =>
      db.deleteFrom('strangers').where('last_at_ms', '<', (eb) =>
        eb
          .selectFrom('strangers as kept')
          .select('kept.last_at_ms')
          .where('kept.last_at_ms', '>', sql.lit(0))
          .orderBy('kept.last_at_ms', 'desc')
          .limit(sql.lit(1))
          .offset(sql.lit(MOST_STRANGERS - 1)),
      ),
    ),
    strangers: defineQuery<{ since: number; limit: number }>('strangers')(db, (db, p) =>
      db
        .selectFrom('strangers')
        .selectAll()
        .where('last_at_ms', '>=', p.since)
        .orderBy('last_at_ms', 'desc')
        .limit(p.limit),
    ),
  };
}

function pastQueries(db: Kysely<Schema>) {
  return {
    insertPast: defineQuery<Omit<SettingsPastTable, 'no'>>('insertPast')(db, (db, p) =>
      db
        .insertInto('settings_past')
        .values({ at_ms: p.at_ms, by_whom: p.by_whom, change: p.change, source: p.source } as never),
    ),
    forgetPast: defineQuery<{ upTo: number }>('forgetPast')(db, (db, p) =>
      db.deleteFrom('settings_past').where('no', '<=', p.upTo),
    ),
    past: defineQuery<{ before: number; limit: number }>('past')(db, (db, p) =>
      db.selectFrom('settings_past').selectAll().where('no', '<', p.before).orderBy('no', 'desc').limit(p.limit),
    ),
    onePast: defineQuery<{ no: number }>('onePast')(db, (db, p) =>
      db.selectFrom('settings_past').selectAll().where('no', '=', p.no),
    ),
  };
}

function waitingQueries(db: Kysely<Schema>) {
  return {
    countDeliveries: defineQuery<{ state: string; destination: string }>('countDeliveries')(db, (db, p) =>
      db
        .selectFrom('deliveries')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('state', '=', p.state)
        .where('destination', '=', p.destination),
    ),
    firstWaiting: defineQuery<{ state: string; destination: string }>('firstWaiting')(db, (db, p) =>
      db
        .selectFrom('deliveries')
        .innerJoin('custody', 'custody.sha256', 'deliveries.sha256')
        .select('received_at_ms')
        .where('state', '=', p.state)
        .where('destination', '=', p.destination)
        .orderBy('next_at_ms')
        .orderBy('id')
        .limit(sql.lit(LOOKED_AT)),
    ),
    holdsLongest: defineQuery<{ limit: number }>('holdsLongest')(db, (db, p) =>
      db
        .selectFrom('holds')
        .selectAll()
        .where('state', '=', sql.lit('held') as never)
        .orderBy('held_at_ms')
        .orderBy('sha256')
        .limit(p.limit),
    ),
  };
}

/** What the console shows. */
export function overviewQueries(db: Kysely<Schema>) {
  return { ...journeyQueries(db), ...strangerQueries(db), ...pastQueries(db), ...waitingQueries(db) };
}
