import type { Migration } from './migrations.ts';

/** What a destination and a peer choose for the bad day. */
export const outage: Migration = (db) => [
  db.schema.alterTable('peers').addColumn('outside', 'integer'),
  ...(['outside', 'down_after_s', 'give_back_per_minute'] as const).map((name) =>
    db.schema.alterTable('destinations').addColumn(name, 'integer'),
  ),
];
