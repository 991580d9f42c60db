import type { ColumnDefinitionBuilder } from 'kysely';
import type { Migration } from './migrations.ts';

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const key = (column: ColumnDefinitionBuilder) => column.notNull().primaryKey();

/** The catalogue of patients, studies, series and instances. */
export const catalogue: Migration = (db, flavour) => [
  db.schema
    .createTable('catalogue_inbox')
    .addColumn('seq', flavour.countedType, flavour.countedOnce)
    .addColumn('sha256', 'text', required)
    .addColumn('kind', 'text', required)
    .addColumn('study_instance_uid', 'text', required)
    .addColumn('series_instance_uid', 'text', required)
    .addColumn('sop_instance_uid', 'text', required)
    .addColumn('sop_class_uid', 'text', required)
    .addColumn('sealed', flavour.bytesType as 'blob'),
  flavour.keyed(
    db.schema
      .createTable('catalogue_held')
      .addColumn('sha256', 'text', key)
      .addColumn('sealed', flavour.bytesType as 'blob', required),
  ),
  db.schema
    .createTable('catalogue_subjects')
    .addColumn('no', flavour.countedType, flavour.counted)
    .addColumn('variant', 'text', (column) => column.notNull().unique())
    .addColumn('identity', 'bigint', required)
    .addColumn('sealed', flavour.bytesType as 'blob', required),
  db.schema.createIndex('subjects_by_identity').on('catalogue_subjects').columns(['identity', 'no']),
  flavour.keyed(
    db.schema
      .createTable('catalogue_tokens')
      .addColumn('token', 'bigint', required)
      .addColumn('target', 'bigint', required)
      .addPrimaryKeyConstraint('catalogue_tokens_key', ['token', 'target']),
  ),
  db.schema
    .createTable('catalogue_studies')
    .addColumn('no', flavour.countedType, flavour.counted)
    .addColumn('study_instance_uid', 'text', (column) => column.notNull().unique())
    .addColumn('subject_no', 'bigint', required)
    .addColumn('study_date', 'integer', required)
    .addColumn('series', 'integer', required)
    .addColumn('instances', 'integer', required)
    .addColumn('modalities', 'text', required)
    .addColumn('sop_classes', 'text', required)
    .addColumn('sealed', flavour.bytesType as 'blob', required),
  db.schema.createIndex('studies_by_date').on('catalogue_studies').columns(['study_date', 'no']),
  db.schema.createIndex('studies_by_subject').on('catalogue_studies').columns(['subject_no', 'no']),
  db.schema
    .createTable('catalogue_series')
    .addColumn('no', flavour.countedType, flavour.counted)
    .addColumn('study_no', 'bigint', required)
    .addColumn('series_instance_uid', 'text', required)
    .addColumn('modality', 'text', required)
    .addColumn('sop_classes', 'text', required)
    .addColumn('instances', 'integer', required)
    .addColumn('sealed', flavour.bytesType as 'blob', required)
    .addUniqueConstraint('series_in_study', ['study_no', 'series_instance_uid']),
  db.schema.createIndex('series_by_uid').on('catalogue_series').columns(['series_instance_uid', 'study_no']),
  flavour.keyed(
    db.schema
      .createTable('catalogue_modalities')
      .addColumn('modality', 'text', required)
      .addColumn('study_date', 'integer', required)
      .addColumn('study_no', 'bigint', required)
      .addPrimaryKeyConstraint('catalogue_modalities_key', ['modality', 'study_date', 'study_no']),
  ),
  flavour.keyed(
    db.schema
      .createTable('catalogue_instances')
      .addColumn('series_no', 'bigint', required)
      .addColumn('sop_instance_uid', 'text', required)
      .addColumn('sha256', 'text', required)
      .addColumn('sop_class_uid', 'text', required)
      .addColumn('sealed', flavour.bytesType as 'blob', required)
      .addPrimaryKeyConstraint('catalogue_instances_key', ['series_no', 'sop_instance_uid']),
  ),
  db.schema
    .createTable('catalogue_tallies')
    .addColumn('id', 'integer', key)
    .addColumn('subjects', 'bigint', required)
    .addColumn('studies', 'bigint', required)
    .addColumn('series', 'bigint', required)
    .addColumn('instances', 'bigint', required),
  db.insertInto('catalogue_tallies').values({ id: 1, subjects: 0, studies: 0, series: 0, instances: 0 }),
];
