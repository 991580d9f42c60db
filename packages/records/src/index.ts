export type {
  ArrivalCommit,
  Custody,
  DeliveryResult,
  DevicesKnown,
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
export { recordsFaults } from './faults.ts';
export type { Checkpoint, SqliteOptions, SqliteRecords } from './sqlite/open.ts';
export { openSqliteRecords } from './sqlite/open.ts';
