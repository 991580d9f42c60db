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
  RuleMatch,
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
export type {
  ChartChanges,
  ChartCut,
  ChartMark,
  ChartMerge,
  ChartRow,
  ChartSource,
  DocumentWrite,
  EntryRow,
  FeedInboxItem,
  FeedTally,
  Forgotten,
  MergeRow,
  MessageCommit,
  MessageOutcome,
  MessageRow,
  MessageState,
  WalkedChart,
} from './chart-api.ts';
export { ChartRetentionRecords } from './chart-retention.ts';
export { type Charts, MOST_TAKEN } from './charts.ts';
export { type ArrivedRecords, type ArrivedStudy, ContinuityRecords, type Intake, mergedStudies } from './continuity.ts';
export type { Drill, DrillEnd, DrillKind, Drills, DrillTraces, ForgottenDrill, NewDrill } from './drills.ts';
export { recordsFaults } from './faults.ts';
export type { Broken, Glass, GlassList } from './glass.ts';
export type { Hl7Count, Hl7End, Hl7GivenBack, Hl7Owed } from './hl7-owed.ts';
export type { Owed, OwedRange, Settled } from './outages.ts';
export type { EventPage, Overview, PastSettings, Stranger } from './overview.ts';
export { MOST_PAST, MOST_STRANGERS } from './overview-queries.ts';
export type {
  LetGo,
  Pulled,
  PulledChart,
  PulledCharts,
  PulledPart,
} from './pulled.ts';
export { PULLED_FROM } from './pulled-numbers.ts';
export type {
  IdentityChange,
  IdentityCounts,
  IdentityDelivery,
  IdentityObject,
  IdentityObjectState,
  IdentityState,
  OwedCoerced,
  Reconciliation,
  TemporaryIdentity,
} from './reconciliation.ts';
export {
  type AskedReport,
  MOST_REPORTS_OF_A_PEER,
  type OwedReport,
  type Reports,
  type UpstreamReport,
} from './reports.ts';
export type { Retrievable, Retrieval } from './retrieval.ts';
export { MOST_RETRIEVED } from './retrieval-queries.ts';
export type { Registered, Schedule, ScheduleEntry, SchedulePeriod } from './schedule.ts';
export type { StoredEvent } from './scripts/events.ts';
export {
  HL7_LETTERS,
  HL7_OWED_STATES,
  type Hl7Change,
  type Hl7Letter,
  type Hl7OwedState,
  type Hl7Owing,
  type NewHl7,
  type OwedHl7,
} from './scripts/hl7-owed.ts';
export type { SettingsChange } from './scripts/past.ts';
export { MOST_SIGHTINGS } from './scripts/sightings.ts';
export type { Checkpoint, SqliteOptions, SqliteRecords } from './sqlite/open.ts';
export { openSqliteRecords } from './sqlite/open.ts';
export { STEP_STATES, type Step, type StepMessage, type StepMessageKind, type StepState, type Steps } from './steps.ts';
export type { WebTokens } from './web-tokens.ts';
