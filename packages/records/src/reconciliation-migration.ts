import type { ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from './migrations.ts';

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const key = (column: ColumnDefinitionBuilder) => column.notNull().primaryKey();

/** Temporary identities, and what came under them. */
export const reconciliation: Migration = (db, flavour) => [
  flavour.keyed(
    db.schema
      .createTable('identities')
      .addColumn('number', 'text', key)
      .addColumn('state', 'text', required)
      .addColumn('since_ms', 'bigint', required)
      .addColumn('changed_at_ms', 'bigint', required)
      .addColumn('sealed', flavour.bytesType as 'blob'),
  ),
  db.schema.createIndex('identities_by_state').on('identities').columns(['state', 'since_ms']),
  flavour.keyed(
    db.schema
      .createTable('identity_objects')
      .addColumn('sha256', 'text', key)
      .addColumn('number', 'text', required)
      .addColumn('state', 'text', required)
      .addColumn('destinations', 'text', required)
      .addColumn('since_ms', 'bigint', required)
      .addColumn('copy_sha256', 'text', required)
      .addColumn('sealed', flavour.bytesType as 'blob'),
  ),
  db.schema.createIndex('identity_objects_by_number').on('identity_objects').columns(['number', 'sha256']),
  db.schema.createIndex('identity_objects_by_state').on('identity_objects').columns(['number', 'state', 'sha256']),
  db.schema.createIndex('identity_objects_by_copy').on('identity_objects').columns(['copy_sha256']),
];
