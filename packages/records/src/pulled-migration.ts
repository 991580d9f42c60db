import type { ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from './migrations.ts';

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const key = (column: ColumnDefinitionBuilder) => column.notNull().primaryKey();

/** What a continuity box pulled besides images, and what charts are chosen and let go by. */
export const boxCharts: Migration = (db, flavour) => [
  flavour.keyed(
    db.schema
      .createTable('pulled_parts')
      .addColumn('key', 'text', key)
      .addColumn('version', 'text', required)
      .addColumn('as_of_ms', 'bigint', required)
      .addColumn('taken_at_ms', 'bigint', required)
      .addColumn('wanted_at_ms', 'bigint', required)
      .addColumn('bytes', 'bigint', required)
      .addColumn('sealed', flavour.bytesType as 'blob', required),
  ),
  flavour.keyed(
    db.schema
      .createTable('pulled_charts')
      .addColumn('chart_no', 'bigint', key)
      .addColumn('part', 'text', required)
      .addColumn('into_no', 'bigint', required),
  ),
  db.schema.createIndex('pulled_charts_by_part').on('pulled_charts').columns(['part']),
  db.schema.createIndex('charts_by_hearing').on('charts').columns(['heard_at_ms', 'no']),
  db.schema.createIndex('identifiers_by_chart').on('chart_identifiers').columns(['chart_no']),
  db.schema.createIndex('documents_by_chart').on('chart_documents').columns(['chart_no']),
];
