import { assert } from '@leadglass/kit';
import type { Command } from './api.ts';
import { COMMAND_FIELD, EMPTY_COMMAND, isResponse, RESPONSE_BIT } from './command.ts';
import { STATUS } from './status.ts';
import { STORAGE_COMMITMENT_PUSH_MODEL, STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE, VERIFICATION } from './uids.ts';

/** Any command by its field: what is not said is absent. For the N-*, C-FIND, C-MOVE and C-GET requests that have no builder of their own. */
export function commandOf(commandField: number, fields: Partial<Omit<Command, 'commandField'>>): Command {
  return { ...EMPTY_COMMAND, ...fields, commandField };
}

/** PS3.7 §9.3.5.1. */
export function cEchoRq(messageId: number): Command {
  return commandOf(COMMAND_FIELD.cEchoRq, { messageId, affectedSopClassUid: VERIFICATION });
}

/** What a C-STORE-RQ says. `moveOriginator*`: for a store that a C-MOVE asked for. */
export interface CStoreRqOptions {
  readonly messageId: number;
  readonly affectedSopClassUid: string;
  readonly affectedSopInstanceUid: string;
  readonly priority?: number;
  readonly moveOriginatorAe?: string;
  readonly moveOriginatorMessageId?: number;
}

/** PS3.7 §9.3.1.1. The data set follows. */
export function cStoreRq(options: CStoreRqOptions): Command {
  return commandOf(COMMAND_FIELD.cStoreRq, { ...options, hasDataSet: true });
}

/** PS3.7 §9.3.2.3: cancels the C-FIND, C-GET or C-MOVE of that Message ID. */
export function cCancelRq(messageIdBeingRespondedTo: number): Command {
  return commandOf(COMMAND_FIELD.cCancelRq, { messageIdBeingRespondedTo });
}

/** What an N-ACTION-RQ says. */
export interface NActionRqOptions {
  readonly messageId: number;
  readonly requestedSopClassUid: string;
  readonly requestedSopInstanceUid: string;
  readonly actionTypeId: number;
  readonly hasDataSet: boolean;
}

/** PS3.7 §10.3.4.1. */
export function nActionRq(options: NActionRqOptions): Command {
  return commandOf(COMMAND_FIELD.nActionRq, options);
}

/** The N-ACTION-RQ that asks for storage commitment (PS3.4 §J.3.2). The data set follows. */
export function storageCommitmentRq(messageId: number): Command {
  return nActionRq({
    messageId,
    requestedSopClassUid: STORAGE_COMMITMENT_PUSH_MODEL,
    requestedSopInstanceUid: STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
    actionTypeId: 1,
    hasDataSet: true,
  });
}

/** What an N-EVENT-REPORT-RQ says. */
export interface NEventReportRqOptions {
  readonly messageId: number;
  readonly affectedSopClassUid: string;
  readonly affectedSopInstanceUid: string;
  readonly eventTypeId: number;
  readonly hasDataSet: boolean;
}

/** PS3.7 §10.3.1.1. */
export function nEventReportRq(options: NEventReportRqOptions): Command {
  return commandOf(COMMAND_FIELD.nEventReportRq, options);
}

/** What a response adds to its status. `errorComment`: at most 64 characters. */
export type ResponseExtra = Partial<
  Pick<
    Command,
    | 'hasDataSet'
    | 'errorComment'
    | 'errorId'
    | 'offendingElements'
    | 'affectedSopClassUid'
    | 'affectedSopInstanceUid'
    | 'remainingSuboperations'
    | 'completedSuboperations'
    | 'failedSuboperations'
    | 'warningSuboperations'
  >
>;

/**
 * The response to any request but C-CANCEL (PS3.7 §9.3, §10.3): its field, message id, SOP class and instance sent back
 * (the requested ones as the affected ones), event and action type with them. Identifiers that could not be written are left out.
 */
export function responseTo(request: Command, status: number, extra: ResponseExtra = {}): Command {
  assert(
    !isResponse(request.commandField) && request.commandField !== COMMAND_FIELD.cCancelRq,
    'a request is answered',
  );
  return commandOf(request.commandField | RESPONSE_BIT, {
    messageIdBeingRespondedTo: request.messageId,
    affectedSopClassUid: request.affectedSopClassUid || request.requestedSopClassUid,
    affectedSopInstanceUid: request.affectedSopInstanceUid || request.requestedSopInstanceUid,
    eventTypeId: request.eventTypeId,
    actionTypeId: request.actionTypeId,
    status,
    ...extra,
  });
}

/** PS3.7 §9.3.5.2. */
export function cEchoRsp(request: Command): Command {
  return responseTo(request, STATUS.success);
}

/** PS3.7 §9.3.1.2. @param errorComment at most 64 characters, no patient data. */
export function cStoreRsp(request: Command, status: number, errorComment = ''): Command {
  return responseTo(request, status, { errorComment });
}
