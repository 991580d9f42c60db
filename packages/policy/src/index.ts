export type { IpAddress } from './address.ts';
export { formatAddress, parseAddress } from './address.ts';
export type { Admission, AdmissionRequest, AssociationLimits, AssociationLoad, Rejection } from './admit.ts';
export { admit, DEFAULT_ASSOCIATION_LIMITS, REJECTIONS } from './admit.ts';
export type { Cidr } from './cidr.ts';
export { cidrContains, formatCidr, parseCidr } from './cidr.ts';
export { CONFORMANCE } from './conformance.ts';
export {
  DEFAULT_DECISION_RULES,
  type DecidingPerson,
  type DecisionRequest,
  type DecisionRules,
  decisionRulesOf,
  NEW_OPERATOR_MS,
  REQUEST_MS,
  REVIEW_REFUSALS,
  REVIEW_TABLE,
  type ReviewOutcome,
  type ReviewRefusal,
  type ReviewState,
  type ReviewStep,
  reviewOutcome,
  reviewState,
  wantsTwoPersons,
} from './decision.ts';
export type { Capabilities, DispositionRequest, Situation } from './dispose.ts';
export { dispose, RULES, STATUS, TABLES } from './dispose.ts';
export { DEFAULT_FLOW, type Flow, flowOf, unfinishedOf } from './flow.ts';
export { matchesPattern } from './glob.ts';
export {
  KEY_FORMS,
  type KeyFact,
  type KeyForm,
  LEVELS,
  type Level,
  missingRight,
  type OperationDecision,
  type OperationFacts,
  type OperationRules,
  permitOperation,
  relayFor,
} from './operation.ts';
export { type Device, easeQuirks, isQuirkOf, quirksInForce, UNKNOWN_DEVICE } from './quirks.ts';
export { acceptsAbstractSyntax, mayUse, routesFor, VERIFICATION_SOP_CLASS } from './rights.ts';
export { mayName, type OperationName, SERVICE_CLASSES, type ServiceClass, serviceClassOf } from './service-class.ts';
export { SHIPPED_QUIRKS } from './shipped-quirks.ts';
export { shellWord } from './words.ts';
