import { type Kysely, sql } from 'kysely';
import type { InstancePixelsTable, PrivateCreatorsTable, QuirksTable, Schema, StudyPatientsTable } from './schema.ts';
import { defineQuery } from './script.ts';

/** Most rows of one study, instance or peer that are read, and past which nothing more is learnt of it. */
export const MOST_PATIENTS_OF_A_STUDY = 16;
export const MOST_PIXELS_OF_AN_INSTANCE = 16;
export const MOST_CREATORS_OF_A_PEER = 1024;

/** What objects are held against, and what they teach. */
export function knownQueries(db: Kysely<Schema>) {
  return {
    patientsOfStudy: defineQuery<{ study: string }>('patientsOfStudy')(db, (db, p) =>
      db
        .selectFrom('studies')
        .select('patient')
        .where('study_instance_uid', '=', p.study)
        .limit(sql.lit(MOST_PATIENTS_OF_A_STUDY)),
    ),
    pixelsOfInstance: defineQuery<{ sop: string; transferSyntax: string }>('pixelsOfInstance')(db, (db, p) =>
      db
        .selectFrom('instance_pixels')
        .select('pixel_sha256')
        .where('sop_instance_uid', '=', p.sop)
        .where('transfer_syntax_uid', '=', p.transferSyntax)
        .limit(sql.lit(MOST_PIXELS_OF_AN_INSTANCE)),
    ),
    creatorsOfPeer: defineQuery<{ peer: string }>('creatorsOfPeer')(db, (db, p) =>
      db
        .selectFrom('private_creators')
        .select('creator_digest')
        .where('peer', '=', p.peer)
        .limit(sql.lit(MOST_CREATORS_OF_A_PEER)),
    ),
    learnPatient: defineQuery<StudyPatientsTable>('learnPatient')(db, (db, p) =>
      db
        .insertInto('studies')
        .values({ study_instance_uid: p.study_instance_uid, patient: p.patient })
        .onConflict((oc) => oc.columns(['study_instance_uid', 'patient']).doNothing()),
    ),
    learnPixels: defineQuery<InstancePixelsTable>('learnPixels')(db, (db, p) =>
      db
        .insertInto('instance_pixels')
        .values({
          sop_instance_uid: p.sop_instance_uid,
          transfer_syntax_uid: p.transfer_syntax_uid,
          pixel_sha256: p.pixel_sha256,
        })
        .onConflict((oc) => oc.columns(['sop_instance_uid', 'transfer_syntax_uid', 'pixel_sha256']).doNothing()),
    ),
    learnCreator: defineQuery<PrivateCreatorsTable>('learnCreator')(db, (db, p) =>
      db
        .insertInto('private_creators')
        .values({ peer: p.peer, creator_digest: p.creator_digest, first_seen_ms: p.first_seen_ms })
        .onConflict((oc) => oc.columns(['peer', 'creator_digest']).doNothing()),
    ),
    quirks: defineQuery<object>('quirks')(db, (db) => db.selectFrom('quirks').selectAll().orderBy('position')),
    deleteQuirks: defineQuery<object>('deleteQuirks')(db, (db) => db.deleteFrom('quirks')),
    insertQuirk: defineQuery<QuirksTable>('insertQuirk')(db, (db, p) =>
      db.insertInto('quirks').values({ position: p.position, json: p.json }),
    ),
  };
}
