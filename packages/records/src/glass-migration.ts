import type { ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from './migrations.ts';

const required = (column: ColumnDefinitionBuilder) => column.notNull();

/** Patients who were opened although nothing told of a visit or an order, until somebody has looked at it. */
export const emergency: Migration = (db, flavour) => [
  db.schema
    .createTable('glass')
    .addColumn('no', flavour.countedType, (column) => flavour.countedOnce(column))
    .addColumn('by_whom', 'text', required)
    .addColumn('role', 'text', required)
    .addColumn('chart', 'bigint', required)
    .addColumn('why', 'text', required)
    .addColumn('words', 'text', required)
    .addColumn('first_at_ms', 'bigint', required)
    .addColumn('last_at_ms', 'bigint', required)
    .addColumn('times', 'bigint', required)
    .addColumn('reviewed_at_ms', 'bigint')
    .addColumn('reviewed_by', 'text', required)
    .addColumn('note', 'text', required),
  db.schema.createIndex('glass_waiting').on('glass').columns(['reviewed_at_ms', 'no']),
  db.schema.createIndex('glass_by_person').on('glass').columns(['by_whom', 'chart', 'first_at_ms']),
];
