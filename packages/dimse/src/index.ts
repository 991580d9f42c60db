export type {
  Abort,
  AssociateAc,
  AssociateRj,
  AssociateRq,
  AssociationHandler,
  Command,
  CommonExtendedNegotiation,
  ExtendedNegotiation,
  NegotiatedContext,
  ProposedContext,
  RoleSelection,
  UpperLayerLimits,
  UserIdentity,
  UserInformation,
} from './api.ts';
export { Association, type AssociationOptions } from './association.ts';
export {
  COMMAND_FIELD,
  COMMAND_SHAPES,
  type CommandField,
  type CommandShape,
  EMPTY_COMMAND,
  isResponse,
  PRIORITY,
} from './command.ts';
export { type CommandFault, type DecodedCommand, decodeCommand, encodeCommand } from './command-codec.ts';
export { CONFORMANCE } from './conformance.ts';
export {
  type MessageFault,
  type MessageHandler,
  MessageReader,
  type MessageReaderOptions,
  MOST_COMMAND_BYTES,
} from './message-reader.ts';
export {
  type CStoreRqOptions,
  cCancelRq,
  cEchoRq,
  cEchoRsp,
  commandOf,
  cStoreRq,
  cStoreRsp,
  type NActionRqOptions,
  type NEventReportRqOptions,
  nActionRq,
  nEventReportRq,
  type ResponseExtra,
  responseTo,
  storageCommitmentRq,
} from './messages.ts';
export {
  type AcceptedContext,
  acceptanceOf,
  acceptedContexts,
  CONTEXT_RESULT,
  firstProposed,
  type Implementation,
  type Negotiated,
  type NegotiationRules,
  negotiate,
  type RequestOptions,
  requestOf,
} from './negotiation.ts';
export { MessageOutbox, type OutboxSink, OutMessage, WHOLE_MESSAGE_BYTES } from './outbox.ts';
export {
  ABORT_REASON,
  ABORT_SOURCE,
  type ControlPdu,
  type Decoded,
  ITEM_TYPE,
  PDU_TYPE,
  type PduFault,
} from './pdu.ts';
export { decodePdu } from './pdu-decode.ts';
export { encodePdu, PDATA_HEADER_BYTES, writePDataHeader } from './pdu-encode.ts';
export { EVENTS, STATES, type State } from './state-table.ts';
export { STATUS, STATUS_TABLE, type StatusClass, type StatusMeaning, statusClass, statusMeaning } from './status.ts';
export {
  DICOM_APPLICATION_CONTEXT,
  IMPLICIT_VR_LITTLE_ENDIAN,
  isWireUid,
  STORAGE_COMMITMENT_PUSH_MODEL,
  STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
  VERIFICATION,
} from './uids.ts';
