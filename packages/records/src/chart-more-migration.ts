import type { Migration } from './migrations.ts';

/** What a chart is found by, looked up by the chart: it is forgotten whole, without a walk through what others are found by. */
export const chartMore: Migration = (db) => [
  db.schema.createIndex('chart_tokens_by_chart').on('chart_tokens').columns(['chart_no']),
  db.schema.createIndex('chart_identifiers_by_chart').on('chart_identifiers').columns(['chart_no']),
  db.schema.createIndex('chart_documents_by_chart').on('chart_documents').columns(['chart_no', 'bytes']),
];
