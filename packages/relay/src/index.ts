export { type AnnouncedObject, ArrivalPipeline, type Landed, type ObjectSink, type ReceivedObject } from './arrival.ts';
export {
  CommitmentAsker,
  type CommitmentAssociation,
  type CommitmentLimits,
  type CommitmentTools,
  DEFAULT_COMMITMENT_LIMITS,
  type ReceivedReport,
} from './commitment.ts';
export { Committer } from './committer.ts';
export { CONFORMANCE } from './conformance.ts';
export { Custodian, type CustodianOptions, type CustodianStore, type ReceivedFacts } from './custodian.ts';
export { DeliveryEngine } from './delivery.ts';
export {
  type Connect,
  DEFAULT_DELIVERY_LIMITS,
  type DeliveryAssociation,
  type DeliveryContext,
  type DeliveryLimits,
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
export { Knowledge } from './knowledge.ts';
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
