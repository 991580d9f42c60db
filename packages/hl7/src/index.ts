export {
  type AcknowledgementReading,
  type Answerer,
  type AnswerLevel,
  acknowledge,
  answersWanted,
  type Outcome,
  type OutcomeCode,
  readAcknowledgement,
} from './acknowledge.ts';
export { CHARSETS, type Charset } from './charset.ts';
export {
  ACKNOWLEDGEMENTS,
  type AcknowledgementMode,
  compose,
  type Letter,
  type Letterhead,
  type Postmark,
  WRITTEN_VERSIONS,
  type WrittenOrder,
  type WrittenPatient,
  type WrittenVersion,
} from './compose.ts';
export { WRITTEN_CHARSETS, type WrittenCharset } from './encode.ts';
export { escapeText } from './escape.ts';
export { parseFhir, readFhir } from './fhir/fhir.ts';
export { hasValidInsKey, INS_OIDS, type Ins, type InsKind, insKeyOf, insOf, isTestIns } from './ins.ts';
export { DEFAULT_MLLP_LIMITS, type MllpLimits } from './limits.ts';
export type { Unreadable } from './message.ts';
export { frame, type MllpEvent, MllpFramer } from './mllp.ts';
export { type ReadOptions, readV2 } from './reader.ts';
export type {
  AllergyReading,
  Coded,
  DocumentReading,
  HeaderReading,
  Identifier,
  MergeReading,
  ObservationReading,
  OrderReading,
  PatientPart,
  PatientReading,
  PersonName,
  Problem,
  Reading,
  ReadingKind,
  ReportReading,
  VisitReading,
} from './readings.ts';
