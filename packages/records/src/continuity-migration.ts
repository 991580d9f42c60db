import type { Migration } from './migrations.ts';

/** Arrivals by time, with all that the continuity set is chosen by, so that a day is summed up without a row of custody being read. */
export const continuitySet: Migration = (db) => [
  db.schema
    .createIndex('custody_by_time')
    .on('custody')
    .columns(['received_at_ms', 'study_instance_uid', 'modality', 'patient', 'plain_bytes']),
];
