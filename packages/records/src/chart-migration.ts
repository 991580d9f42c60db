import type { ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from './migrations.ts';

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const key = (column: ColumnDefinitionBuilder) => column.notNull().primaryKey();

const messages: Migration = (db, flavour) => [
  db.schema
    .createTable('feed_messages')
    .addColumn('no', flavour.countedType, flavour.countedOnce)
    .addColumn('identity', 'text', required)
    .addColumn('content', 'text', required)
    .addColumn('feed', 'text', required)
    .addColumn('received_at_ms', 'bigint', required)
    .addColumn('bytes', 'integer', required)
    .addColumn('answered', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('is_other', 'integer', required)
    .addColumn('sealed', flavour.bytesType as 'blob', required)
    .addUniqueConstraint('feed_messages_once', ['identity', 'content']),
  db.schema.createIndex('feed_messages_by_state').on('feed_messages').columns(['state', 'no']),
  db.schema
    .createTable('feed_bodies')
    .addColumn('no', flavour.countedType, key)
    .addColumn('sealed', flavour.bytesType as 'blob', required),
  db.schema
    .createTable('feed_inbox')
    .addColumn('no', flavour.countedType, key)
    .addColumn('feed', 'text', required)
    .addColumn('sealed', flavour.bytesType as 'blob', required),
  flavour.keyed(
    db.schema
      .createTable('feed_tallies')
      .addColumn('feed', 'text', key)
      .addColumn('received', 'bigint', required)
      .addColumn('last_at_ms', 'bigint', required)
      .addColumn('waiting', 'bigint', required)
      .addColumn('not_understood', 'bigint', required)
      .addColumn('quarantined', 'bigint', required),
  ),
];

const charts: Migration = (db, flavour) => [
  db.schema
    .createTable('charts')
    .addColumn('no', flavour.countedType, key)
    .addColumn('into_no', 'bigint', required)
    .addColumn('heard_at_ms', 'bigint', required)
    .addColumn('arrived_at_ms', 'bigint', required)
    .addColumn('present_at_ms', 'bigint', required)
    .addColumn('critical_at_ms', 'bigint', required)
    .addColumn('critical', 'integer', required)
    .addColumn('sealed', flavour.bytesType as 'blob', required),
  db.schema.createIndex('charts_by_taker').on('charts').columns(['into_no', 'no']),
  db.schema.createIndex('charts_by_arrival').on('charts').columns(['arrived_at_ms', 'no']),
  db.schema.createIndex('charts_by_presence').on('charts').columns(['present_at_ms', 'no']),
  db.schema.createIndex('charts_by_critical').on('charts').columns(['critical_at_ms', 'no']),
  flavour.keyed(
    db.schema
      .createTable('chart_identifiers')
      .addColumn('digest', 'text', key)
      .addColumn('chart_no', 'bigint', required),
  ),
  flavour.keyed(
    db.schema
      .createTable('chart_tokens')
      .addColumn('token', 'bigint', required)
      .addColumn('chart_no', 'bigint', required)
      .addPrimaryKeyConstraint('chart_tokens_key', ['token', 'chart_no']),
  ),
  db.schema
    .createTable('chart_entries')
    .addColumn('no', flavour.countedType, flavour.countedOnce)
    .addColumn('chart_no', 'bigint', required)
    .addColumn('message_no', 'bigint', required)
    .addColumn('heard_at_ms', 'bigint', required)
    .addColumn('kind', 'text', required)
    .addColumn('sealed', flavour.bytesType as 'blob', required),
  db.schema.createIndex('entries_by_chart').on('chart_entries').columns(['chart_no', 'no']),
  db.schema.createIndex('entries_by_message').on('chart_entries').columns(['message_no']),
  flavour.keyed(
    db.schema
      .createTable('chart_documents')
      .addColumn('id', 'text', key)
      .addColumn('chart_no', 'bigint', required)
      .addColumn('bytes', 'integer', required)
      .addColumn('sealed', flavour.bytesType as 'blob', required),
  ),
  db.schema
    .createTable('chart_merges')
    .addColumn('no', flavour.countedType, flavour.countedOnce)
    .addColumn('into_no', 'bigint', required)
    .addColumn('taken_no', 'bigint', required)
    .addColumn('at_ms', 'bigint', required)
    .addColumn('by_whom', 'text', required)
    .addColumn('reason', 'text', required)
    .addColumn('undone_at_ms', 'bigint', required)
    .addColumn('undone_by', 'text', required),
  db.schema.createIndex('merges_by_into').on('chart_merges').columns(['into_no', 'no']),
  db.schema.createIndex('merges_by_taken').on('chart_merges').columns(['taken_no', 'no']),
];

/** What feeds sent, and the charts of patients. */
export const chart: Migration = (db, flavour) => [messages, charts].flatMap((part) => part(db, flavour));
