export { type AnnouncedObject, ArrivalPipeline, type Landed, type ObjectSink, type ReceivedObject } from './arrival.ts';
export { CataloguedAttributes, MOST_CATALOGUED } from './catalogued.ts';
export {
  CommitmentAsker,
  type CommitmentAssociation,
  type CommitmentLimits,
  type CommitmentTools,
  DEFAULT_COMMITMENT_LIMITS,
  type ReceivedReport,
} from './commitment.ts';
export {
  type CommitmentReport,
  decodeCommitmentReport,
  encodeCommitmentRequest,
  type ReferencedSop,
} from './commitment-data-set.ts';
export {
  CommitmentReporter,
  DEFAULT_REPORTER_LIMITS,
  type ReadyReport,
  type ReportAssociation,
  type ReporterLimits,
  type ReporterTools,
} from './commitment-reporter.ts';
export {
  type CommitmentRequest,
  CommitmentRequestReader,
  canReportIn,
  encodeCommitmentReport,
  type FailedSop,
  MOST_REFERENCES,
  type OwnReport,
} from './commitment-request.ts';
export { Committer } from './committer.ts';
export { CONFORMANCE } from './conformance.ts';
export { arrivalOfCopy, boundedReasons, factsOfCopy, factsOfOriginal, keepCopy } from './copies.ts';
export { Custodian, type CustodianOptions, type CustodianStore, type ReceivedFacts } from './custodian.ts';
export { DeliveryEngine } from './delivery.ts';
export {
  type Connect,
  DEFAULT_DELIVERY_LIMITS,
  type DeliveryAssociation,
  type DeliveryContext,
  type DeliveryLimits,
  type DeliveryOutages,
  type DeliveryTools,
  type OpenPlain,
} from './delivery-api.ts';
export { STORE_STATUSES, type StatusClass, storeStatusClass } from './delivery-status.ts';
export type { WorkerState } from './delivery-worker.ts';
export {
  type DeskOutcome,
  type DisarmDesk,
  DisarmEngine,
  type DisarmEngineOptions,
  type DisarmedCopy,
  type DisarmJob,
} from './disarm-engine.ts';
export { Forwarder, type ForwarderTools } from './forwarder.ts';
export { isGivenOut } from './given-out.ts';
export { Knowledge } from './knowledge.ts';
export { type MoveAssociation, type MoveJob, type MoveOutcome, Mover, type MoverTools } from './mover.ts';
export {
  MOST_UNDER_WAY,
  type ResponseUser,
  type UpstreamAsker,
  UpstreamChannel,
  type UpstreamPort,
  UpstreamRequest,
} from './operations/channel.ts';
export {
  type AsynchronousWindow,
  acceptanceWith,
  type RelayedContexts,
  relayedContexts,
  type UpstreamOutcome,
  upstreamRequest,
  withRelayed,
} from './operations/contexts.ts';
export { type IdentifierShape, identifierShape, MOST_KEYS } from './operations/identifier-shape.ts';
export type {
  AskedOperation,
  ContextServer,
  DevicePort,
  EndedOperation,
  OperationClerk,
  RefusedOperation,
  RelayedContext,
} from './operations/operation-api.ts';
export { MOST_IDENTIFIER_BYTES, RelayedOperations } from './operations/relayed-operations.ts';
export { PokedWork } from './poked-work.ts';
export { type Prefetched, prefetch } from './prefetch.ts';
export {
  RETRIEVE_LEVELS,
  type ReadIdentifier,
  type RetrieveIdentifier,
  RetrieveIdentifierReader,
  type RetrieveLevel,
} from './retrieve-identifier.ts';
export { type RetrieveKeys, type Selection, select } from './retrieve-selection.ts';
export { failedListOf, identifierOf, type UpstreamMoveEnd } from './retrieve-upstream.ts';
export { type Counts, RETRIEVE_STATUS, SubOperations } from './sub-operations.ts';
