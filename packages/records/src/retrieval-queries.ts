import { type Kysely, sql } from 'kysely';
import type { CustodyTable, Schema } from './schema.ts';
import { defineQuery } from './script.ts';

/** Objects one question finds at most; who asks for more is told to ask for less at once. */
export const MOST_RETRIEVED = 20_000;
const LIMIT = MOST_RETRIEVED + 1;

const COLUMNS = [
  'custody.sha256',
  'lane_file',
  'lane_offset',
  'plain_bytes',
  'sealed_bytes',
  'meta_bytes',
  'custody.sop_class_uid',
  'custody.sop_instance_uid',
  'transfer_syntax_uid',
  'study_instance_uid',
  'series_instance_uid',
  'patient',
  'modality',
  'custody.peer',
  'received_at_ms',
] as const;

/** A row of any of these questions. `hold_state`: of a hold of these very bytes; `original`: held object it is the disarmed copy of. */
export type RetrievableRow = Pick<
  CustodyTable,
  | 'sha256'
  | 'lane_file'
  | 'lane_offset'
  | 'plain_bytes'
  | 'sealed_bytes'
  | 'meta_bytes'
  | 'sop_class_uid'
  | 'sop_instance_uid'
  | 'transfer_syntax_uid'
  | 'study_instance_uid'
  | 'series_instance_uid'
  | 'patient'
  | 'modality'
  | 'peer'
  | 'received_at_ms'
> & { readonly hold_state: string | null; readonly original: string | null };

/** What a retrieval or a commitment finds its objects by. */
export function retrievalQueries(db: Kysely<Schema>) {
  const objects = (db: Kysely<Schema>) =>
    db
      .selectFrom('custody')
      .select(COLUMNS)
      .select((eb) => [
        eb.selectFrom('holds').select('state').whereRef('holds.sha256', '=', 'custody.sha256').as('hold_state'),
        eb
          .selectFrom('holds as originals')
          .select('originals.sha256')
          .whereRef('originals.copy_sha256', '=', 'custody.sha256')
          .where('originals.copy_sha256', '!=', sql.lit('') as never)
          .limit(sql.lit(1))
          .as('original'),
      ]);
  return {
    retrievableOfInstance: defineQuery<{ sop: string }>('retrievableOfInstance')(db, (db, p) =>
      objects(db).where('custody.sop_instance_uid', '=', p.sop).orderBy('received_at_ms').limit(sql.lit(LIMIT)),
    ),
    retrievableOfStudy: defineQuery<{ study: string }>('retrievableOfStudy')(db, (db, p) =>
      objects(db).where('study_instance_uid', '=', p.study).orderBy('custody.sop_instance_uid').limit(sql.lit(LIMIT)),
    ),
    owedOfInstance: defineQuery<{ sop: string; destination: string; sinceMs: number }>('owedOfInstance')(db, (db, p) =>
      db
        .selectFrom('custody')
        .innerJoin('deliveries', 'deliveries.sha256', 'custody.sha256')
        .select('deliveries.id')
        .where('custody.sop_instance_uid', '=', p.sop)
        .where('deliveries.destination', '=', p.destination)
        .where((eb) =>
          eb.or([
            eb('deliveries.state', '=', sql.lit('pending') as never),
            eb.and([
              eb('deliveries.state', '=', sql.lit('delivered') as never),
              eb('deliveries.next_at_ms', '>=', p.sinceMs),
            ]),
          ]),
        )
        .limit(sql.lit(1)),
    ),
    studiesOfPatient: defineQuery<{ patient: string }>('studiesOfPatient')(db, (db, p) =>
      db
        .selectFrom('studies')
        .select('study_instance_uid')
        .where('patient', '=', p.patient)
        .orderBy('study_instance_uid')
        .limit(sql.lit(LIMIT)),
    ),
  };
}
