import type { ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from './migrations.ts';

const required = (column: ColumnDefinitionBuilder) => column.notNull();

/** Drills of the bad day, and what real outages took beside them. */
export const drill: Migration = (db, flavour) => [
  db.schema
    .createTable('drills')
    .addColumn('no', flavour.countedType, flavour.countedOnce)
    .addColumn('kind', 'text', required)
    .addColumn('began_at_ms', 'bigint', required)
    .addColumn('ended_at_ms', 'bigint', required)
    .addColumn('outcome', 'text', required)
    .addColumn('chart_no', 'bigint', required)
    .addColumn('traces', 'text', required)
    .addColumn('facts', 'text', required),
  db.schema.createIndex('drills_by_outcome').on('drills').columns(['outcome', 'no']),
  db.schema.createIndex('drills_by_kind').on('drills').columns(['kind', 'no']),
  db.schema.createIndex('drills_by_chart').on('drills').columns(['chart_no']),
];
