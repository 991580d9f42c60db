import { vrOf } from './dictionary.ts';
import { ITEM } from './tag.ts';
import type { Tag } from './token.ts';
import { encodingOf } from './transfer-syntax.ts';
import { hasLongLength } from './vr.ts';

/** A value to encode: bytes as they are, text, numbers of the VR's kind, or the items of a sequence. */
export type ValueToEncode =
  | Uint8Array
  | string
  | number
  | bigint
  | readonly (number | bigint)[]
  | readonly (readonly ElementToEncode[])[];

/** One element to encode. Without `vr` the dictionary's. */
export interface ElementToEncode {
  readonly tag: Tag;
  readonly vr?: string;
  readonly value: ValueToEncode;
}

type Write = (view: DataView, at: number, value: number | bigint, isLittle: boolean) => void;

/** Binary VRs: bytes of one number, and how it is written (PS3.5 §6.2). */
const NUMBERS: Readonly<Record<string, readonly [bytes: number, write: Write]>> = {
  AT: [4, writeTag],
  FD: [8, (view, at, value, isLittle) => view.setFloat64(at, Number(value), isLittle)],
  FL: [4, (view, at, value, isLittle) => view.setFloat32(at, Number(value), isLittle)],
  SL: [4, (view, at, value, isLittle) => view.setInt32(at, Number(value), isLittle)],
  SS: [2, (view, at, value, isLittle) => view.setInt16(at, Number(value), isLittle)],
  SV: [8, (view, at, value, isLittle) => view.setBigInt64(at, BigInt(value), isLittle)],
  UL: [4, (view, at, value, isLittle) => view.setUint32(at, Number(value), isLittle)],
  US: [2, (view, at, value, isLittle) => view.setUint16(at, Number(value), isLittle)],
  UV: [8, (view, at, value, isLittle) => view.setBigUint64(at, BigInt(value), isLittle)],
};
/** VRs padded to even length with NUL; texts are padded with a space (PS3.5 §6.2). */
const PADDED_WITH_NUL: readonly string[] = ['OB', 'UI', 'UN'];

function writeTag(view: DataView, at: number, value: number | bigint, isLittle: boolean): void {
  view.setUint16(at, Number(value) >>> 16, isLittle);
  view.setUint16(at + 2, Number(value) & 0xffff, isLittle);
}

/**
 * Encodes a data set or command set from its elements, in the order given, values padded to even length, sequences and
 * items with defined lengths. For small data sets made here: command sets, file meta, tests. A deflated transfer syntax
 * gives the bytes before deflation. Text is written as UTF-8, which for one in the default repertoire is the same.
 */
export function encodeElements(elements: readonly ElementToEncode[], transferSyntaxUid: string): Uint8Array {
  const encoding = encodingOf(transferSyntaxUid);
  const parts: Uint8Array[] = [];
  const form = { isExplicit: encoding !== 'implicit-le', isLittle: encoding !== 'explicit-be' };
  for (const element of elements) parts.push(...encodeOne(element, transferSyntaxUid, form));
  return joined(parts);
}

interface Form {
  readonly isExplicit: boolean;
  readonly isLittle: boolean;
}

function encodeOne(element: ElementToEncode, transferSyntaxUid: string, form: Form): Uint8Array[] {
  const vr = element.vr ?? vrOf(element.tag);
  const value = isItems(element.value)
    ? encodeItems(element.value, transferSyntaxUid, form)
    : padded(encodeValue(element.value, vr, form.isLittle), vr);
  return [elementHeader(element.tag, vr, value.byteLength, form.isExplicit, form.isLittle), value];
}

function isItems(value: ValueToEncode): value is readonly (readonly ElementToEncode[])[] {
  return Array.isArray(value) && value.every((item) => Array.isArray(item)) && value.length > 0;
}

/** Recursion here follows what this program builds, never a peer's bytes. */
function encodeItems(
  items: readonly (readonly ElementToEncode[])[],
  transferSyntaxUid: string,
  form: Form,
): Uint8Array {
  return joined(
    items.flatMap((item) => {
      const content = encodeElements(item, transferSyntaxUid);
      return [itemHeader(ITEM, content.byteLength, form.isLittle), content];
    }),
  );
}

function encodeValue(
  value: Exclude<ValueToEncode, readonly (readonly ElementToEncode[])[]>,
  vr: string,
  isLittle: boolean,
): Uint8Array {
  if (value instanceof Uint8Array) return value;
  // A view of a shared pool: what is encoded is copied into the whole before anybody sees it.
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  const numbers = typeof value === 'number' || typeof value === 'bigint' ? [value] : value;
  const kind = NUMBERS[vr];
  if (kind === undefined) return new Uint8Array(Buffer.from(numbers.join('\\'), 'latin1'));
  const [size, write] = kind;
  const bytes = new Uint8Array(numbers.length * size);
  const view = new DataView(bytes.buffer);
  numbers.forEach((number, index) => {
    write(view, index * size, number, isLittle);
  });
  return bytes;
}

function padded(value: Uint8Array, vr: string): Uint8Array {
  if (value.byteLength % 2 === 0) return value;
  const even = new Uint8Array(value.byteLength + 1);
  even.set(value);
  if (!PADDED_WITH_NUL.includes(vr)) even[value.byteLength] = 0x20;
  return even;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** The header of an element (PS3.5 §7.1). @param length in bytes, or UNDEFINED_LENGTH. */
export function elementHeader(
  tag: Tag,
  vr: string,
  length: number,
  isExplicit: boolean,
  isLittle: boolean,
): Uint8Array {
  const isLong = isExplicit && hasLongLength(vr);
  const header = new Uint8Array(isLong ? 12 : 8);
  putUint(header, 0, tag >>> 16, 2, isLittle);
  putUint(header, 2, tag, 2, isLittle);
  if (isExplicit) {
    header[4] = vr.charCodeAt(0);
    header[5] = vr.charCodeAt(1);
  }
  if (isLong) putUint(header, 8, length, 4, isLittle);
  else putUint(header, isExplicit ? 6 : 4, length, isExplicit ? 2 : 4, isLittle);
  return header;
}

// A DataView for each of so small headers costs more than all the rest.
function putUint(bytes: Uint8Array, at: number, value: number, size: number, isLittle: boolean): void {
  for (let no = 0; no < size; no += 1) bytes[isLittle ? at + no : at + size - 1 - no] = value >>> (8 * no);
}

/** The header of an item or delimitation item (PS3.5 §7.5). */
export function itemHeader(tag: Tag, length: number, isLittle: boolean): Uint8Array {
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  writeTag(view, 0, tag, isLittle);
  view.setUint32(4, length, isLittle);
  return header;
}
