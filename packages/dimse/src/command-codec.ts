import { assert, concatBytes, type Text } from '@leadglass/kit';
import type { Command } from './api.ts';
import {
  COMMAND_FIELD,
  COMMAND_SHAPES,
  type CommandShape,
  DATA_SET_FOLLOWS,
  ELEMENT,
  ELEMENT_ROWS,
  type ElementRow,
  EMPTY_COMMAND,
  isResponse,
  NO_DATA_SET,
} from './command.ts';
import { printable } from './field-reader.ts';
import { STATUS } from './status.ts';
import { WHY } from './why.ts';

/** What is wrong with a command set. */
export interface CommandFault {
  /** DIMSE status to answer with when `request` is there. */
  readonly status: number;
  readonly why: Text;
  /** What was read of it, when it is a request plain enough to be answered (its field, id and data set type are known); else only an abort is left. */
  readonly request?: Command;
}

export type DecodedCommand =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly fault: CommandFault };

type Draft = { -readonly [K in keyof Command]: Command[K] };

const ROWS_BY_ELEMENT: ReadonlyMap<number, ElementRow> = new Map(ELEMENT_ROWS.map((row) => [row.element, row]));
const ELEMENT_HEADER_BYTES = 8;
const NOTHING_MANDATORY: readonly number[] = [ELEMENT.commandField, ELEMENT.commandDataSetType];

/**
 * Decodes a command set: implicit VR little endian, group 0000 alone (PS3.7 §6.3.1). Unknown elements are read past, the group length
 * is not believed, an empty numeric element counts as absent. The caller bounds `bytes`.
 */
export function decodeCommand(bytes: Uint8Array): DecodedCommand {
  const draft: Draft = { ...EMPTY_COMMAND };
  const seen = new Set<number>();
  const why = readElements(bytes, draft, seen) ?? missingWhy(draft, seen) ?? shapeWhy(draft);
  if (why === undefined) return { ok: true, command: draft };
  const isUnknown = !COMMAND_SHAPES.has(draft.commandField);
  const status = isUnknown ? STATUS.unrecognizedOperation : STATUS.mistypedArgument;
  return { ok: false, fault: { status, why, ...(isAnswerable(draft, seen) ? { request: draft } : {}) } };
}

/** A response is never answered, nor is a cancel. */
function isAnswerable(draft: Draft, seen: ReadonlySet<number>): boolean {
  const isKnown = seen.has(ELEMENT.commandField) && seen.has(ELEMENT.messageId) && seen.has(ELEMENT.commandDataSetType);
  return isKnown && !isResponse(draft.commandField) && draft.commandField !== COMMAND_FIELD.cCancelRq;
}

/** Reads what it can; the first thing wrong, or undefined. A value of impossible length does not stop it: what follows tells whom to answer. */
function readElements(bytes: Uint8Array, draft: Draft, seen: Set<number>): Text | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let firstWhy: Text | undefined;
  let at = 0;
  while (at < bytes.byteLength) {
    if (bytes.byteLength - at < ELEMENT_HEADER_BYTES) return firstWhy ?? WHY.commandTruncated;
    const group = view.getUint16(at, true); //        1-2  group number
    const element = view.getUint16(at + 2, true); //  3-4  element number
    const length = view.getUint32(at + 4, true); //   5-8  value length
    at += ELEMENT_HEADER_BYTES;
    if (group !== 0) return firstWhy ?? WHY.commandGroup(group);
    if (length > bytes.byteLength - at) return firstWhy ?? WHY.commandElementLength(element, length);
    if (seen.has(element)) return firstWhy ?? WHY.commandElementTwice(element);
    const row = ROWS_BY_ELEMENT.get(element);
    if (row !== undefined && !readValue(row, view, bytes, at, length, draft, seen))
      firstWhy ??= WHY.commandElementLength(element, length);
    at += length;
  }
  return firstWhy;
}

/** Reads one value into `draft` and marks it seen; false when its length cannot be that of its VR. */
function readValue(
  row: ElementRow,
  view: DataView,
  bytes: Uint8Array,
  at: number,
  length: number,
  draft: Draft,
  seen: Set<number>,
): boolean {
  if (length === 0) return true;
  if (row.vr === 'US') {
    if (length !== 2) return false;
    setNumber(draft, row.key, view.getUint16(at, true));
  } else if (row.vr === 'AT') {
    if (length % 4 !== 0) return false;
    draft[row.key] = readTags(view, at, length);
  } else {
    if (length > row.mostBytes && row.vr !== 'LO') return false;
    draft[row.key] = printable(bytes, at, at + Math.min(length, row.mostBytes));
  }
  seen.add(row.element);
  return true;
}

function setNumber(draft: Draft, key: (ElementRow & { vr: 'US' })['key'], value: number): void {
  if (key === 'commandDataSetType') draft.hasDataSet = value !== NO_DATA_SET;
  else draft[key] = value;
}

/** AT values: each a group and an element number, little endian (PS3.5 §6.2). */
function readTags(view: DataView, at: number, length: number): number[] {
  const tags: number[] = [];
  for (let each = at; each < at + length; each += 4) {
    tags.push(view.getUint16(each, true) * 0x10000 + view.getUint16(each + 2, true));
  }
  return tags;
}

function missingWhy(draft: Draft, seen: ReadonlySet<number>): Text | undefined {
  if (!seen.has(ELEMENT.commandField)) return WHY.commandElementMissing(ELEMENT.commandField);
  const shape = COMMAND_SHAPES.get(draft.commandField);
  if (shape === undefined) return WHY.commandUnknown(draft.commandField);
  const missing = shape.mandatory.find((element) => !seen.has(element));
  return missing === undefined ? undefined : WHY.commandElementMissing(missing);
}

function shapeWhy(draft: Draft): Text | undefined {
  const needsDataSet = COMMAND_SHAPES.get(draft.commandField)?.dataSet === 'always';
  return needsDataSet && !draft.hasDataSet ? WHY.dataSetExpected : undefined;
}

/** Encodes a command set with its group length. Elements a command must have are always written, others when they say something. */
export function encodeCommand(command: Command): Uint8Array {
  const shape = COMMAND_SHAPES.get(command.commandField);
  const elements: Uint8Array[] = [];
  for (const row of ELEMENT_ROWS) {
    const value = encodeValue(row, command);
    if (value.byteLength > 0 && (isMandatory(row.element, shape, command) || saysSomething(row, command))) {
      elements.push(encodeElement(row.element, value));
    }
  }
  const body = concatBytes(...elements);
  return concatBytes(encodeElement(ELEMENT.groupLength, encodeU32(body.byteLength)), body);
}

/** C-GET and C-MOVE responses count their sub-operations, zero included; those remaining only while some may (PS3.7 §9.3.3.2, §9.3.4.2). */
function isMandatory(element: number, shape: CommandShape | undefined, command: Command): boolean {
  const counts = command.commandField === COMMAND_FIELD.cGetRsp || command.commandField === COMMAND_FIELD.cMoveRsp;
  if (counts && element >= ELEMENT.completedSuboperations && element <= ELEMENT.warningSuboperations) return true;
  if (counts && element === ELEMENT.remainingSuboperations) {
    return (
      command.status === STATUS.pending || command.status === STATUS.pendingWarning || command.status === STATUS.cancel
    );
  }
  const isPrioritized = element === ELEMENT.priority && PRIORITIZED.has(command.commandField);
  return isPrioritized || (shape?.mandatory ?? NOTHING_MANDATORY).includes(element);
}

/** Commands that carry a Priority, whose medium is 0. A sender that leaves it out is understood. */
const PRIORITIZED: ReadonlySet<number> = new Set([
  COMMAND_FIELD.cStoreRq,
  COMMAND_FIELD.cFindRq,
  COMMAND_FIELD.cMoveRq,
  COMMAND_FIELD.cGetRq,
]);

function saysSomething(row: ElementRow, command: Command): boolean {
  if (row.vr !== 'US') return true;
  return row.key !== 'commandDataSetType' && command[row.key] !== 0;
}

function encodeValue(row: ElementRow, command: Command): Uint8Array {
  if (row.vr === 'US') return encodeU16(row.key === 'commandDataSetType' ? dataSetType(command) : command[row.key]);
  if (row.vr === 'AT') return encodeTags(command[row.key]);
  return encodeText(command[row.key], row);
}

const dataSetType = (command: Command): number => (command.hasDataSet ? DATA_SET_FOLLOWS : NO_DATA_SET);
const encodeU16 = (value: number): Uint8Array => new Uint8Array([value & 0xff, value >>> 8]);
const encodeU32 = (value: number): Uint8Array => concatBytes(encodeU16(value & 0xffff), encodeU16(value >>> 16));

function encodeTags(tags: readonly number[]): Uint8Array {
  return concatBytes(...tags.map((tag) => concatBytes(encodeU16(tag >>> 16), encodeU16(tag & 0xffff))));
}

/** Padded to an even length: a NUL for UI, a space for the others (PS3.5 §6.2). */
function encodeText(value: string, row: ElementRow & { vr: 'UI' | 'AE' | 'LO' }): Uint8Array {
  assert(value.length <= row.mostBytes, `${row.key} has at most ${row.mostBytes} characters`);
  const padded = value.length % 2 === 0 ? value : value + (row.vr === 'UI' ? '\0' : ' ');
  return new Uint8Array(Buffer.from(padded, 'latin1'));
}

function encodeElement(element: number, value: Uint8Array): Uint8Array {
  return concatBytes(encodeU16(0), encodeU16(element), encodeU32(value.byteLength), value);
}
