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
export type { DecisionAnswer, DecisionFacts, OperatorAnswer, RequestAnswer } from './decision.ts';
export {
  DecisionSchema,
  decisionStatement,
  OperatorNameSchema,
  OperatorSchema,
  PublicKeySchema,
  RequestSchema,
  RulesSchema,
  SignedSchema,
} from './decision.ts';
export type { ExportHandler, ExportHead } from './export-stream.ts';
export { EXPORT_END, ExportHeadSchema, ExportReader, encodeExportHead } from './export-stream.ts';
export type {
  ConfigAnswer,
  DeliveryAnswer,
  HoldAnswer,
  LedgerCheckAnswer,
  LogEntry,
  ObjectAnswer,
  PlanAnswer,
  ProofAnswer,
  StatusAnswer,
} from './nouns.ts';
export {
  AeTitleSchema,
  CidrSchema,
  ConfigSchema,
  DeliverySchema,
  DestinationNameSchema,
  DestinationSchema,
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
  RouteSchema,
  ServiceSchema,
  Sha256Schema,
  StatusSchema,
  TextSchema,
} from './nouns.ts';
export type { AttributeRowAnswer, AttributesAnswer, ComparisonAnswer, HexViewAnswer } from './review.ts';
export { AttributesSchema, ComparisonSchema, HexViewSchema, PlaceSchema } from './review.ts';
