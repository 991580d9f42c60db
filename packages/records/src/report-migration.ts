import { type ColumnDefinitionBuilder, sql } from 'kysely';
import type { Migration } from './migrations.ts';

const required = (column: ColumnDefinitionBuilder) => column.notNull();

/** Reports on storage commitment that are owed to devices, and what a retrieval finds its objects by and may go to. */
export const owedReports: Migration = (db, flavour) => [
  db.schema
    .createTable('owed_reports')
    .addColumn('id', flavour.countedType, (column) => flavour.countedOnce(column))
    .addColumn('peer', 'text', required)
    .addColumn('transaction_uid', 'text', required)
    .addColumn('upstream', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('asked_at_ms', 'bigint', required)
    .addColumn('next_at_ms', 'bigint', required)
    .addColumn('attempts', 'integer', required)
    .addColumn('objects', 'text', required)
    .addColumn('event_type_id', 'integer', required)
    .addColumn('transfer_syntax_uid', 'text', required)
    .addColumn('data_set', 'text', required)
    .addUniqueConstraint('owed_reports_once', ['peer', 'transaction_uid']),
  db.schema.createIndex('owed_reports_due').on('owed_reports').columns(['state', 'next_at_ms', 'id']),
  db.schema
    .createIndex('owed_reports_by_transaction')
    .on('owed_reports')
    .columns(['transaction_uid', 'upstream', 'id']),
  db.schema.createIndex('custody_by_study').on('custody').columns(['study_instance_uid', 'sop_instance_uid']),
  db.schema.createIndex('studies_by_patient').on('studies').columns(['patient', 'study_instance_uid']),
  db.schema.alterTable('peers').addColumn('may_move_to', 'text', (column) => column.notNull().defaultTo('[]')),
  db.schema.createIndex('holds_by_copy').on('holds').columns(['copy_sha256']).where('copy_sha256', '!=', sql.lit('')),
];
