export type { Answer, Arrival, ArrivalOutcome, Place } from './arrival.ts';
export type {
  IssuedCertificate,
  KnownDevice,
  PeerIdentity,
  RevocationReason,
  TrustAnchor,
  TrustedAuthority,
  WhenOtherDevice,
} from './certificate.ts';
export { MOST_BELOW, REVOCATION_REASONS, SITE_ANCHOR, WHEN_OTHER_DEVICE } from './certificate.ts';
export { type ChartRetention, DEFAULT_CHART_RETENTION } from './chart-retention.ts';
export type { ClamavSettings } from './clamav.ts';
export {
  type ContinuitySettings,
  DEFAULT_CONTINUITY,
  DEFAULT_DRILL,
  DRILL_DAYS,
  type DrillDay,
  type DrillSettings,
} from './continuity.ts';
export type { Commitment, Delivery, DeliveryState } from './delivery.ts';
export type { Disposition, DispositionKind } from './disposition.ts';
export type { DrillEventFacts, DrillStep, DrillTold, Spread } from './drill-event.ts';
export { DRILL_STEP_WORDS, DRILL_STEPS } from './drill-sentence.ts';
export type { Event, EventKind, EventOf } from './event.ts';
export { eventSentence } from './event-sentence.ts';
export type { Feed, FeedCharset, FeedKind, FeedProcessing } from './feed.ts';
export { FEED_CHARSETS, FEED_KINDS, FEED_PROCESSINGS, QUIET_HOURS } from './feed.ts';
export type { Finding, Severity, Verdict } from './finding.ts';
export { UNREADABLE, verdictOf } from './finding.ts';
export type {
  Hl7Acknowledgement,
  Hl7Charset,
  Hl7Destination,
  Hl7Processing,
  Hl7Told,
  Hl7Version,
} from './hl7-destination.ts';
export {
  HL7_ACKNOWLEDGEMENTS,
  HL7_CHARSETS,
  HL7_PROCESSINGS,
  HL7_TOLD,
  HL7_VERSIONS,
} from './hl7-destination.ts';
export {
  CONTINUITY_AE_TITLE,
  DEFAULT_AE_TITLE,
  IMPLEMENTATION_CLASS_UID,
  IMPLEMENTATION_VERSION_NAME,
  IMPORT_AE_TITLE,
  IMPORT_ORIGINALS_AE_TITLE,
} from './implementation.ts';
export type { AeTitle, Sha256, Uid } from './names.ts';
export {
  DRILL_AE_TITLE,
  DRILL_ISSUER,
  DRILL_PATIENT_NAME,
  isAeTitle,
  isDrillTitle,
  isSha256,
  isTestTitle,
  isUid,
  parseAeTitle,
  parseSha256,
  parseUid,
  TEST_TITLE,
} from './names.ts';
export type { Operator, OperatorPasskey, Signed, SignedAssertion } from './operator.ts';
export type {
  Act,
  DecisionRule,
  Destination,
  FlowChoice,
  Peer,
  Relay,
  RelayCalling,
  RelayedService,
  Route,
  Service,
  Strictness,
  WhenUnfinished,
} from './peer.ts';
export {
  ACTS,
  DECISION_RULES,
  RELAY_CALLINGS,
  RELAYED_SERVICES,
  SERVICES,
  STRICTNESSES,
  WHEN_UNFINISHED,
} from './peer.ts';
export { printable } from './printable.ts';
export type { NameWildcards, PeerMode, QueryLimits } from './query-limits.ts';
export { NAME_WILDCARDS, PEER_MODES } from './query-limits.ts';
export type { Quirk, ShippedQuirk } from './quirk.ts';
export type { Observation, ObservedRange, Sighting, SightingKey, SightingOutcome } from './sighting.ts';
export { NOTHING_OBSERVED, SIGHTING_OUTCOMES } from './sighting.ts';
export {
  checkCharacter,
  hasValidCheck,
  isTemporaryNumber,
  MOST_OF_A_DAY,
  PREFIX_ALPHABET,
  type TemporaryKind,
  temporaryNumber,
  temporaryPrefix,
} from './temporary-number.ts';
export { WEB_SERVICES, type WebToken } from './web-token.ts';
