import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';
import { defineQuery } from './script.ts';

/** Studies of a stretch of time, or of a patient, at most. */
export const MOST_STUDIES = 50_000;

/** What arrived, as the continuity set needs it: from the index of arrivals alone, which holds all of these columns. */
export function continuityQueries(db: Kysely<Schema>) {
  return {
    /** A row a study, modality and patient. */
    studiesArrived: defineQuery<{ from: number; before: number }>('studiesArrived')(db, (db, p) =>
      db
        .selectFrom('custody')
        .select((eb) => [
          'study_instance_uid',
          'modality',
          'patient',
          eb.fn.countAll<number>().as('objects'),
          eb.fn.sum<number>('plain_bytes').as('bytes'),
          eb.fn.max<number>('received_at_ms').as('newest'),
        ])
        .where('received_at_ms', '>=', p.from)
        .where('received_at_ms', '<', p.before)
        .groupBy(['study_instance_uid', 'modality', 'patient'])
        .limit(sql.lit(MOST_STUDIES)),
    ),
    studyArrived: defineQuery<{ study: string }>('studyArrived')(db, (db, p) =>
      db
        .selectFrom('custody')
        .select((eb) => [
          'study_instance_uid',
          'modality',
          'patient',
          eb.fn.countAll<number>().as('objects'),
          eb.fn.sum<number>('plain_bytes').as('bytes'),
          eb.fn.max<number>('received_at_ms').as('newest'),
        ])
        .where('study_instance_uid', '=', p.study)
        .groupBy(['modality', 'patient']),
    ),
    intakeBetween: defineQuery<{ from: number; before: number }>('intakeBetween')(db, (db, p) =>
      db
        .selectFrom('custody')
        .select((eb) => [eb.fn.countAll<number>().as('objects'), eb.fn.sum<number>('plain_bytes').as('bytes')])
        .where('received_at_ms', '>=', p.from)
        .where('received_at_ms', '<', p.before),
    ),
    firstArrival: defineQuery<object>('firstArrival')(db, (db) =>
      db
        .selectFrom('custody')
        .select('received_at_ms')
        .where('received_at_ms', '>=', sql.lit(0))
        .orderBy('received_at_ms')
        .limit(sql.lit(1)),
    ),
  };
}
