import type { ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from './migrations.ts';

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const KEYS = ['study', 'object', 'association'] as const;

/** What the console shows: events by what they are about, who knocked, and the past of the settings. */
export const overview: Migration = (db, flavour) => [
  ...KEYS.map((name) => db.schema.alterTable('events').addColumn(`${name}_key`, 'bigint')),
  ...KEYS.map((name) =>
    db.schema
      .createIndex(`events_by_${name}`)
      .on('events')
      .columns([`${name}_key`, 'seq'])
      .where(`${name}_key`, 'is not', null),
  ),
  flavour.keyed(
    db.schema
      .createTable('strangers')
      .addColumn('address', 'text', required)
      .addColumn('ae_title', 'text', required)
      .addColumn('cert_sha256', 'text', required)
      .addColumn('called', 'text', required)
      .addColumn('listener', 'text', required)
      .addColumn('first_at_ms', 'bigint', required)
      .addColumn('last_at_ms', 'bigint', required)
      .addColumn('times', 'bigint', required)
      .addColumn('why', 'text', required)
      .addColumn('seq', 'bigint', required)
      .addColumn('event_id', 'text', required)
      .addPrimaryKeyConstraint('strangers_key', ['address', 'ae_title', 'cert_sha256']),
  ),
  db.schema.createIndex('strangers_by_time').on('strangers').columns(['last_at_ms']),
  db.schema
    .createTable('settings_past')
    .addColumn('no', flavour.countedType, (column) => flavour.countedOnce(column))
    .addColumn('at_ms', 'bigint', required)
    .addColumn('by_whom', 'text', required)
    .addColumn('change', 'text', required)
    .addColumn('source', 'text', required),
];
