export type { IpAddress } from './address.ts';
export { formatAddress, parseAddress } from './address.ts';
export type { Admission, AdmissionRequest, AssociationLimits, AssociationLoad, Rejection } from './admit.ts';
export { admit, DEFAULT_ASSOCIATION_LIMITS, REJECTIONS } from './admit.ts';
export type { Cidr } from './cidr.ts';
export { cidrContains, formatCidr, parseCidr } from './cidr.ts';
export { type ClassRefusal, classRefusal, coversClass, serviceOfClass } from './class-refusal.ts';
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
export { type CertificateShown, isBorrowed, peerOfCertificate } from './identity.ts';
export { hoursOf, type JudgedRules, judgeSighting, relayOf, type SightingVerdict } from './learn/judge.ts';
export { type RuleUse, type RuleUses, usesOf } from './learn/last-matches.ts';
export { type Evidence, evidenceOf, type ProposalOptions, type ProposedPeer, proposePeers } from './learn/propose.ts';
export { narrowRanges } from './learn/ranges.ts';
export { type Difference, type Simulation, simulate } from './learn/simulate.ts';
export { admitObserving, type Instead, isObserved, type ObservedAdmission, unbound } from './observe.ts';
export {
  LEVELS,
  type Level,
  missingRight,
  type OperationDecision,
  type OperationFacts,
  type OperationFlag,
  type OperationRefusal,
  type OperationRules,
  permitOperation,
  relayFor,
  sightOfOperation,
} from './operation.ts';
export {
  DEFAULT_QUERY_LIMITS,
  isWithinHours,
  type LimitsInForce,
  limitsOf,
  parseHours,
  tighterLimits,
} from './query-limits.ts';
export { isNarrowing, KEY_FORMS, type KeyFact, type KeyForm, keysOfShape, shapeOf } from './query-shape.ts';
export { type Device, easeQuirks, isQuirkOf, quirksInForce, UNKNOWN_DEVICE, usedQuirks } from './quirks.ts';
export { acceptsAbstractSyntax, isPrivateClass, mayUse, routesFor, VERIFICATION_SOP_CLASS } from './rights.ts';
export { mayName, type OperationName, SERVICE_CLASSES, type ServiceClass, serviceClassOf } from './service-class.ts';
export { SHIPPED_QUIRKS } from './shipped-quirks.ts';
export { type AnswerFacts, keysForSight, type Sight, type SightLimits, sightLimitsOf, sightOf } from './visible.ts';
export { shellWord } from './words.ts';
