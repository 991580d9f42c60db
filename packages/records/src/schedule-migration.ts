import type { ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from './migrations.ts';

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const key = (column: ColumnDefinitionBuilder) => column.notNull().primaryKey();

/** The kept worklist, what was registered here, and performed procedure steps that wait for their information system. */
export const schedule: Migration = (db, flavour) => [
  flavour.keyed(
    db.schema
      .createTable('schedule_entries')
      .addColumn('source', 'text', required)
      .addColumn('day', 'integer', required)
      .addColumn('position', 'integer', required)
      .addColumn('sealed', flavour.bytesType as 'blob', required)
      .addPrimaryKeyConstraint('schedule_entries_key', ['source', 'day', 'position']),
  ),
  flavour.keyed(
    db.schema
      .createTable('schedule_periods')
      .addColumn('source', 'text', required)
      .addColumn('day', 'integer', required)
      .addColumn('as_of_ms', 'bigint', required)
      .addColumn('entries', 'integer', required)
      .addPrimaryKeyConstraint('schedule_periods_key', ['source', 'day']),
  ),
  flavour.keyed(
    db.schema
      .createTable('registered')
      .addColumn('number', 'text', key)
      .addColumn('day', 'integer', required)
      .addColumn('state', 'text', required)
      .addColumn('at_ms', 'bigint', required)
      .addColumn('changed_at_ms', 'bigint', required)
      .addColumn('study_instance_uid', 'text', required)
      .addColumn('sealed', flavour.bytesType as 'blob', required),
  ),
  db.schema.createIndex('registered_by_day').on('registered').columns(['day', 'number']),
  flavour.keyed(
    db.schema.createTable('number_blocks').addColumn('day', 'integer', key).addColumn('next', 'integer', required),
  ),
  flavour.keyed(
    db.schema
      .createTable('steps')
      .addColumn('uid', 'text', key)
      .addColumn('peer', 'text', required)
      .addColumn('upstream', 'text', required)
      .addColumn('state', 'text', required)
      .addColumn('at_ms', 'bigint', required)
      .addColumn('changed_at_ms', 'bigint', required),
  ),
  db.schema.createIndex('steps_by_change').on('steps').columns(['changed_at_ms']),
  db.schema
    .createTable('step_messages')
    .addColumn('id', flavour.countedType, (column) => flavour.countedOnce(column))
    .addColumn('uid', 'text', required)
    .addColumn('upstream', 'text', required)
    .addColumn('kind', 'text', required)
    .addColumn('transfer_syntax_uid', 'text', required)
    .addColumn('sealed', flavour.bytesType as 'blob')
    .addColumn('state', 'text', required)
    .addColumn('sent', 'integer', required)
    .addColumn('attempts', 'integer', required)
    .addColumn('next_at_ms', 'bigint', required)
    .addColumn('status', 'integer', required)
    .addColumn('at_ms', 'bigint', required)
    .addColumn('done_at_ms', 'bigint', required),
  db.schema.createIndex('step_messages_by_step').on('step_messages').columns(['uid', 'id']),
  db.schema.createIndex('step_messages_by_state').on('step_messages').columns(['state', 'upstream', 'id']),
];
