import { type Kysely, sql } from 'kysely';
import type { ArrivalsTable, CustodyTable, Schema } from './schema.ts';
import { defineQuery } from './script.ts';

/** What a commit needs to know before it takes an arrival in. */
export interface Known {
  same: string | null;
  other: string | null;
  hold_state: string | null;
}

interface Sha {
  sha256: string;
}

/** Objects in custody and their arrivals. */
export function custodyQueries(db: Kysely<Schema>) {
  return {
    known: defineQuery<Sha & { sop: string }>('known')(db, (db, p) =>
      db.selectNoFrom((eb) => [
        eb.selectFrom('custody').select('sha256').where('sha256', '=', p.sha256).as('same'),
        eb
          .selectFrom('custody')
          .select('sha256')
          .where('sop_instance_uid', '=', p.sop)
          .where('sha256', '!=', p.sha256)
          .limit(sql.lit(1))
          .as('other'),
        eb.selectFrom('holds').select('state').where('sha256', '=', p.sha256).as('hold_state'),
      ]),
    ),
    insertCustody: defineQuery<CustodyTable>('insertCustody')(db, (db, p) =>
      db.insertInto('custody').values(custodyValues(p)),
    ),
    custody: defineQuery<Sha>('custody')(db, (db, p) =>
      db.selectFrom('custody').selectAll().where('sha256', '=', p.sha256),
    ),
    custodyByInstance: defineQuery<{ sop: string }>('custodyByInstance')(db, (db, p) =>
      db
        .selectFrom('custody')
        .selectAll()
        .where('sop_instance_uid', '=', p.sop)
        .orderBy('received_at_ms')
        .limit(sql.lit(1000)),
    ),
    listCustody: defineQuery<{ after: string; limit: number }>('listCustody')(db, (db, p) =>
      db.selectFrom('custody').selectAll().where('sha256', '>', p.after).orderBy('sha256').limit(p.limit),
    ),
    listInLanes: defineQuery<{ limit: number }>('listInLanes')(db, (db, p) =>
      db
        .selectFrom('custody')
        .selectAll()
        .where('lane_file', 'is not', null)
        .orderBy('received_at_ms')
        .orderBy('sha256')
        .limit(p.limit),
    ),
    laidOut: defineQuery<Sha>('laidOut')(db, (db, p) =>
      db.updateTable('custody').set({ lane_file: null, lane_offset: null }).where('sha256', '=', p.sha256),
    ),
    replaceBytes: defineQuery<Sha & { lane_file: string | null; lane_offset: number | null; sealedBytes: number }>(
      'replaceBytes',
    )(db, (db, p) =>
      db
        .updateTable('custody')
        .set({ lane_file: p.lane_file, lane_offset: p.lane_offset, sealed_bytes: p.sealedBytes })
        .where('sha256', '=', p.sha256),
    ),
    laneFiles: defineQuery<object>('laneFiles')(db, (db) =>
      db.selectFrom('custody').select('lane_file').distinct().where('lane_file', 'is not', null),
    ),
    countInLanes: defineQuery<object>('countInLanes')(db, (db) =>
      db
        .selectFrom('custody')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('lane_file', 'is not', null),
    ),
    deleteCustody: defineQuery<Sha>('deleteCustody')(db, (db, p) =>
      db.deleteFrom('custody').where('sha256', '=', p.sha256),
    ),
    insertArrival: defineQuery<ArrivalsTable>('insertArrival')(db, (db, p) =>
      db.insertInto('arrivals').values(arrivalValues(p)),
    ),
  };
}

const custodyValues = (p: CustodyTable): CustodyTable => ({
  sha256: p.sha256,
  lane_file: p.lane_file,
  lane_offset: p.lane_offset,
  plain_bytes: p.plain_bytes,
  sealed_bytes: p.sealed_bytes,
  meta_bytes: p.meta_bytes,
  sop_class_uid: p.sop_class_uid,
  sop_instance_uid: p.sop_instance_uid,
  transfer_syntax_uid: p.transfer_syntax_uid,
  study_instance_uid: p.study_instance_uid,
  series_instance_uid: p.series_instance_uid,
  modality: p.modality,
  patient: p.patient,
  verdict: p.verdict,
  findings: p.findings,
  first_arrival_id: p.first_arrival_id,
  first_association_id: p.first_association_id,
  peer: p.peer,
  remote_address: p.remote_address,
  received_at_ms: p.received_at_ms,
});

const arrivalValues = (p: ArrivalsTable): ArrivalsTable => ({
  id: p.id,
  sha256: p.sha256,
  association_id: p.association_id,
  peer: p.peer,
  remote_address: p.remote_address,
  received_at_ms: p.received_at_ms,
  plain_bytes: p.plain_bytes,
  verdict: p.verdict,
  disposition: p.disposition,
  outcome: p.outcome,
  answer_status: p.answer_status,
  answer_comment: p.answer_comment,
});
