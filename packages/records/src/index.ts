export type {
  ArrivalCommit,
  Custody,
  DeliveryResult,
  DueDelivery,
  Hold,
  HoldRequest,
  HoldState,
  KnownAsk,
  KnownObject,
  Learnt,
  Records,
  StatusCounts,
} from './api.ts';
export type {
  CatalogueChange,
  CatalogueCounts,
  CatalogueEntry,
  CatalogueRecords,
  CatalogueRemoval,
  InboxItem,
  InstanceRow,
  SeriesRow,
  StudyMark,
  StudyRow,
  StudySource,
  SubjectEntry,
  SubjectRow,
} from './catalogue-api.ts';
export { recordsFaults } from './faults.ts';
export type { Checkpoint, SqliteOptions, SqliteRecords } from './sqlite/open.ts';
export { openSqliteRecords } from './sqlite/open.ts';
