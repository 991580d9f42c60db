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
