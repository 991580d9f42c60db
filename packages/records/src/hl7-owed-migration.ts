import type { ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from './migrations.ts';

const required = (column: ColumnDefinitionBuilder) => column.notNull();

/** What information systems are to be told by HL7 of what was registered here, and what they answered. */
export const hl7Owed: Migration = (db, flavour) => [
  db.schema
    .createTable('hl7_owed')
    .addColumn('id', flavour.countedType, (column) => flavour.countedOnce(column))
    .addColumn('number', 'text', required)
    .addColumn('study_instance_uid', 'text', required)
    .addColumn('destination', 'text', required)
    .addColumn('letter', 'text', required)
    .addColumn('control_id', 'text', (column) => column.notNull().unique())
    .addColumn('sealed', flavour.bytesType as 'blob')
    .addColumn('answer', flavour.bytesType as 'blob')
    .addColumn('code', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('sent', 'integer', required)
    .addColumn('summed', 'integer', required)
    .addColumn('attempts', 'integer', required)
    .addColumn('next_at_ms', 'bigint', required)
    .addColumn('at_ms', 'bigint', required)
    .addColumn('done_at_ms', 'bigint', required),
  db.schema.createIndex('hl7_owed_by_number').on('hl7_owed').columns(['number', 'destination', 'id']),
  db.schema.createIndex('hl7_owed_by_state').on('hl7_owed').columns(['state', 'destination', 'id']),
  db.schema.createIndex('hl7_owed_to_sum').on('hl7_owed').columns(['summed', 'destination', 'state']),
];
