export { type IndexAnswer, IndexSchema } from './catalogue.ts';
export type {
  AsOf,
  ChartAnswer,
  ChartStudyAnswer,
  CodedAnswer,
  DocumentAnswer,
  FeedAnswer,
  FeedStateAnswer,
  MergeAnswer,
  OrderAnswer,
  PatientAnswer,
  ResultAnswer,
  ResultGroupAnswer,
  TrayMessageAnswer,
  VersionAnswer,
  VisitAnswer,
} from './chart.ts';
export { AsOfSchema, CHART_CONTROL, ChartSchema, FeedSchema, PatientSchema, TrayMessageSchema } from './chart.ts';
export type {
  ConsoleAnswerOf,
  ConsoleRequestOf,
  ConsoleRoute,
  MeAnswer,
  PersonAnswer,
  SessionAnswer,
} from './console.ts';
export {
  apiPathOf,
  CONSOLE,
  DEMO_MARK,
  MeSchema,
  MethodSchema,
  PersonSchema,
  SessionSchema,
} from './console.ts';
export {
  type ContinuityState,
  ContinuityStateSchema,
  type IsolationAnswer,
  IsolationSchema,
  type OutageAnswer,
  OutageSchema,
  OutageStateSchema,
} from './continuity.ts';
export { type ExportLine, type GaugeAnswer, GaugeSchema, MOST_ASKED, MOST_WANTED } from './continuity-set.ts';
export type {
  AnswerForm,
  AnswerInputOf,
  AnswerOf,
  ErrorAnswer,
  Operation,
  OperationOf,
  ParsedRequestOf,
  RequestOf,
} from './control.ts';
export { CONTROL, ErrorSchema, pathOf, SOCKET_PATH, VaultCheckLineSchema } from './control.ts';
export type {
  DecisionAnswer,
  DecisionFacts,
  OperatorAnswer,
  Passkey,
  RequestAnswer,
  SignedAnswer,
} from './decision.ts';
export {
  DecisionRulesSchema,
  DecisionSchema,
  decisionStatement,
  OperatorNameSchema,
  OperatorSchema,
  PasskeySchema,
  PublicKeySchema,
  passkeyCode,
  RequestSchema,
  readPasskeyCode,
  SignedSchema,
} from './decision.ts';
export type { DestinationTestAnswer } from './destination-test.ts';
export { AimedSchema, type DrillAnswer, DrillSchema, SpreadSchema } from './drill.ts';
export type { ExportHandler, ExportHead } from './export-stream.ts';
export { EXPORT_END, ExportHeadSchema, ExportReader, encodeExportHead } from './export-stream.ts';
export type { GlassAnswer, OpeningWhy } from './glass.ts';
export {
  GLASS_CONTROL,
  GlassSchema,
  OPENING_WHYS,
  OpeningWhySchema,
  OpeningWordsSchema,
  PatientOpenSchema,
} from './glass.ts';
export type { CertificateAnswer, TlsAnswer, TrustAnswer } from './identity.ts';
export { CertificateNameSchema, IDENTITY_CONTROL, ReasonSchema } from './identity.ts';
export type { ImportOpen } from './import.ts';
export { ImportOpenSchema, ImportRequestSchema, ImportResultSchema, MOST_NOT_STORED, MOST_STUDIES } from './import.ts';
export type {
  ConfigAnswer,
  DeliveryAnswer,
  HoldAnswer,
  LedgerCheckAnswer,
  LogEntry,
  ObjectAnswer,
  PlanAnswer,
  ProofAnswer,
  RulesAnswer,
  StatusAnswer,
} from './nouns.ts';
export {
  AeTitleSchema,
  CidrSchema,
  ConfigSchema,
  DeliverySchema,
  DestinationNameSchema,
  DestinationSchema,
  type DrillSettingsAnswer,
  DrillSettingsSchema,
  FindingSchema,
  HoldSchema,
  HostSchema,
  LedgerCheckSchema,
  LogEntrySchema,
  ObjectSchema,
  PeerSchema,
  PlanSchema,
  PortSchema,
  ProofSchema,
  RelayedServiceSchema,
  RelaySchema,
  RouteSchema,
  RuleProblemSchema,
  RulesSchema,
  ServiceSchema,
  Sha256Schema,
  StatusSchema,
  TextSchema,
} from './nouns.ts';
export type {
  FlowsAnswer,
  FoundAnswer,
  JourneyAnswer,
  MeaningAnswer,
  NeedAnswer,
  PillarAnswer,
  SettingsPastAnswer,
  StepAnswer,
  StrangerAnswer,
} from './overview.ts';
export {
  CheckpointSchema,
  FlowsSchema,
  FoundSchema,
  JourneySchema,
  MeaningSchema,
  NeedSchema,
  PillarSchema,
  SettingsPastSchema,
  StepSchema,
  StrangerSchema,
  TileSchema,
} from './overview.ts';
export {
  ACCESS,
  ACTOR_HEADER,
  type Actor,
  ActorSchema,
  mayDo,
  needsReason,
  ROLES,
  type Role,
  RoleSchema,
} from './people.ts';
export { PEOPLE_CONTROL } from './people-control.ts';
export { type PersonEvent, PersonEventSchema } from './person-event.ts';
export type { DifferenceAnswer, PolicyDone } from './policy.ts';
export {
  type CandidateAnswer,
  EXAM_ENDS,
  GRADES,
  type ReconciledIdentity,
  ReconciledIdentitySchema,
  type ReportedExam,
  SECOND_LOOKS,
  type TemporaryAnswer,
} from './reconcile.ts';
export { type RegistrationAnswer, RegistrationRequestSchema, RegistrationSchema } from './registration.ts';
export type { AttributeRowAnswer, AttributesAnswer, ComparisonAnswer, HexViewAnswer } from './review.ts';
export { AttributesSchema, ComparisonSchema, HexViewSchema, PlaceSchema } from './review.ts';
export { type WebTokenAnswer, WebTokenRequestSchema, WebTokenSchema } from './web-token.ts';
