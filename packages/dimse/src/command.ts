import type { Command } from './api.ts';

/** Command Field (0000,0100), PS3.7 Table E.1-1. */
export const COMMAND_FIELD = {
  cStoreRq: 0x0001,
  cStoreRsp: 0x8001,
  cGetRq: 0x0010,
  cGetRsp: 0x8010,
  cFindRq: 0x0020,
  cFindRsp: 0x8020,
  cMoveRq: 0x0021,
  cMoveRsp: 0x8021,
  cEchoRq: 0x0030,
  cEchoRsp: 0x8030,
  nEventReportRq: 0x0100,
  nEventReportRsp: 0x8100,
  nGetRq: 0x0110,
  nGetRsp: 0x8110,
  nSetRq: 0x0120,
  nSetRsp: 0x8120,
  nActionRq: 0x0130,
  nActionRsp: 0x8130,
  nCreateRq: 0x0140,
  nCreateRsp: 0x8140,
  nDeleteRq: 0x0150,
  nDeleteRsp: 0x8150,
  cCancelRq: 0x0fff,
} as const;
export type CommandField = (typeof COMMAND_FIELD)[keyof typeof COMMAND_FIELD];

/** Priority (0000,0700), PS3.7 Table 9.1-1. */
export const PRIORITY = { medium: 0x0000, high: 0x0001, low: 0x0002 } as const;

/** Set in the Command Field of every response. */
export const RESPONSE_BIT = 0x8000;
/** Command Data Set Type (0000,0800) that says no data set follows; any other value says that one does (PS3.7 §E.1). */
export const NO_DATA_SET = 0x0101;
export const DATA_SET_FOLLOWS = 0x0001;

/** Elements of group 0000 by their element number, PS3.7 Table E.1-1. */
export const ELEMENT = {
  groupLength: 0x0000,
  affectedSopClassUid: 0x0002,
  requestedSopClassUid: 0x0003,
  commandField: 0x0100,
  messageId: 0x0110,
  messageIdBeingRespondedTo: 0x0120,
  moveDestination: 0x0600,
  priority: 0x0700,
  commandDataSetType: 0x0800,
  status: 0x0900,
  offendingElements: 0x0901,
  errorComment: 0x0902,
  errorId: 0x0903,
  affectedSopInstanceUid: 0x1000,
  requestedSopInstanceUid: 0x1001,
  eventTypeId: 0x1002,
  attributeIdentifiers: 0x1005,
  actionTypeId: 0x1008,
  remainingSuboperations: 0x1020,
  completedSuboperations: 0x1021,
  failedSuboperations: 0x1022,
  warningSuboperations: 0x1023,
  moveOriginatorAe: 0x1030,
  moveOriginatorMessageId: 0x1031,
} as const;

type KeyOf<T> = { [K in keyof Command]: Command[K] extends T ? K : never }[keyof Command];
/** Names of the fields of a Command by their kind. */
export type NumberKey = KeyOf<number>;
export type TextKey = KeyOf<string>;
export type TagsKey = KeyOf<readonly number[]>;

/** How one element of group 0000 is read and written. `mostBytes`: its longest value on the wire. */
export type ElementRow =
  | { readonly element: number; readonly vr: 'US'; readonly key: NumberKey | 'commandDataSetType' }
  | { readonly element: number; readonly vr: 'UI' | 'AE' | 'LO'; readonly key: TextKey; readonly mostBytes: number }
  | { readonly element: number; readonly vr: 'AT'; readonly key: TagsKey };

const us = (key: NumberKey | 'commandDataSetType'): ElementRow => ({ element: ELEMENT[key], vr: 'US', key });
const ui = (key: TextKey): ElementRow => ({ element: ELEMENT[key], vr: 'UI', key, mostBytes: 64 });
const ae = (key: TextKey): ElementRow => ({ element: ELEMENT[key], vr: 'AE', key, mostBytes: 16 });
const lo = (key: TextKey): ElementRow => ({ element: ELEMENT[key], vr: 'LO', key, mostBytes: 64 });
const at = (key: TagsKey): ElementRow => ({ element: ELEMENT[key], vr: 'AT', key });

/** The elements we read and write, in ascending order (PS3.7 Table E.1-1). */
export const ELEMENT_ROWS: readonly ElementRow[] = [
  ui('affectedSopClassUid'),
  ui('requestedSopClassUid'),
  us('commandField'),
  us('messageId'),
  us('messageIdBeingRespondedTo'),
  ae('moveDestination'),
  us('priority'),
  us('commandDataSetType'),
  us('status'),
  at('offendingElements'),
  lo('errorComment'),
  us('errorId'),
  ui('affectedSopInstanceUid'),
  ui('requestedSopInstanceUid'),
  us('eventTypeId'),
  at('attributeIdentifiers'),
  us('actionTypeId'),
  us('remainingSuboperations'),
  us('completedSuboperations'),
  us('failedSuboperations'),
  us('warningSuboperations'),
  ae('moveOriginatorAe'),
  us('moveOriginatorMessageId'),
];

/** What a kind of command must have; `dataSet` where its data set is not a choice. */
export interface CommandShape {
  readonly name: string;
  /** Elements always written, and whose absence on the wire is a fault. */
  readonly mandatory: readonly number[];
  readonly dataSet?: 'always' | 'never';
}

const E = ELEMENT;
const REQUEST = [E.commandField, E.messageId, E.commandDataSetType];
const RESPONSE = [E.commandField, E.messageIdBeingRespondedTo, E.commandDataSetType, E.status];
const REQUESTED = [...REQUEST, E.requestedSopClassUid, E.requestedSopInstanceUid];

/** Every command of PS3.7 §9.3 and §10.3 by its Command Field. */
export const COMMAND_SHAPES: ReadonlyMap<number, CommandShape> = new Map<number, CommandShape>([
  [
    COMMAND_FIELD.cStoreRq,
    { name: 'C-STORE-RQ', mandatory: [...REQUEST, E.affectedSopClassUid, E.affectedSopInstanceUid], dataSet: 'always' },
  ],
  [COMMAND_FIELD.cStoreRsp, { name: 'C-STORE-RSP', mandatory: RESPONSE, dataSet: 'never' }],
  [COMMAND_FIELD.cGetRq, { name: 'C-GET-RQ', mandatory: [...REQUEST, E.affectedSopClassUid], dataSet: 'always' }],
  [COMMAND_FIELD.cGetRsp, { name: 'C-GET-RSP', mandatory: RESPONSE }],
  [COMMAND_FIELD.cFindRq, { name: 'C-FIND-RQ', mandatory: [...REQUEST, E.affectedSopClassUid], dataSet: 'always' }],
  [COMMAND_FIELD.cFindRsp, { name: 'C-FIND-RSP', mandatory: RESPONSE }],
  [
    COMMAND_FIELD.cMoveRq,
    { name: 'C-MOVE-RQ', mandatory: [...REQUEST, E.affectedSopClassUid, E.moveDestination], dataSet: 'always' },
  ],
  [COMMAND_FIELD.cMoveRsp, { name: 'C-MOVE-RSP', mandatory: RESPONSE }],
  [COMMAND_FIELD.cEchoRq, { name: 'C-ECHO-RQ', mandatory: [...REQUEST, E.affectedSopClassUid], dataSet: 'never' }],
  [COMMAND_FIELD.cEchoRsp, { name: 'C-ECHO-RSP', mandatory: RESPONSE, dataSet: 'never' }],
  [
    COMMAND_FIELD.cCancelRq,
    {
      name: 'C-CANCEL-RQ',
      mandatory: [E.commandField, E.messageIdBeingRespondedTo, E.commandDataSetType],
      dataSet: 'never',
    },
  ],
  [
    COMMAND_FIELD.nEventReportRq,
    {
      name: 'N-EVENT-REPORT-RQ',
      mandatory: [...REQUEST, E.affectedSopClassUid, E.affectedSopInstanceUid, E.eventTypeId],
    },
  ],
  [COMMAND_FIELD.nEventReportRsp, { name: 'N-EVENT-REPORT-RSP', mandatory: RESPONSE }],
  [COMMAND_FIELD.nGetRq, { name: 'N-GET-RQ', mandatory: REQUESTED, dataSet: 'never' }],
  [COMMAND_FIELD.nGetRsp, { name: 'N-GET-RSP', mandatory: RESPONSE }],
  [COMMAND_FIELD.nSetRq, { name: 'N-SET-RQ', mandatory: REQUESTED, dataSet: 'always' }],
  [COMMAND_FIELD.nSetRsp, { name: 'N-SET-RSP', mandatory: RESPONSE }],
  [COMMAND_FIELD.nActionRq, { name: 'N-ACTION-RQ', mandatory: [...REQUESTED, E.actionTypeId] }],
  [COMMAND_FIELD.nActionRsp, { name: 'N-ACTION-RSP', mandatory: RESPONSE }],
  [COMMAND_FIELD.nCreateRq, { name: 'N-CREATE-RQ', mandatory: [...REQUEST, E.affectedSopClassUid] }],
  [COMMAND_FIELD.nCreateRsp, { name: 'N-CREATE-RSP', mandatory: RESPONSE }],
  [COMMAND_FIELD.nDeleteRq, { name: 'N-DELETE-RQ', mandatory: REQUESTED, dataSet: 'never' }],
  [COMMAND_FIELD.nDeleteRsp, { name: 'N-DELETE-RSP', mandatory: RESPONSE, dataSet: 'never' }],
]);

/** A command with every field at its default (0, '', none): what an absent element reads as. */
export const EMPTY_COMMAND: Command = {
  commandField: 0,
  messageId: 0,
  messageIdBeingRespondedTo: 0,
  affectedSopClassUid: '',
  affectedSopInstanceUid: '',
  requestedSopClassUid: '',
  requestedSopInstanceUid: '',
  priority: 0,
  hasDataSet: false,
  status: 0,
  errorComment: '',
  errorId: 0,
  offendingElements: [],
  attributeIdentifiers: [],
  eventTypeId: 0,
  actionTypeId: 0,
  moveDestination: '',
  moveOriginatorAe: '',
  moveOriginatorMessageId: 0,
  remainingSuboperations: 0,
  completedSuboperations: 0,
  failedSuboperations: 0,
  warningSuboperations: 0,
};

/** Whether a Command Field is that of a response. */
export function isResponse(commandField: number): boolean {
  return (commandField & RESPONSE_BIT) !== 0;
}
