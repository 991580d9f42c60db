import type { ModelValue, PersonName } from './model-reader.ts';

type Read = (view: DataView, at: number, isLittle: boolean) => number | string;

/** A 64-bit number a double cannot hold stands as its digits. */
function whole(value: bigint): number | string {
  return value >= -MOST_WHOLE && value <= MOST_WHOLE ? Number(value) : value.toString();
}
const MOST_WHOLE = BigInt(Number.MAX_SAFE_INTEGER);

/** JSON has no such numbers: PS3.18 §F.2.3 writes them as text. */
function real(value: number): number | string {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'inf' : '-inf';
}

const NUMBERS: Readonly<Record<string, readonly [bytes: number, read: Read]>> = {
  FD: [8, (view, at, isLittle) => real(view.getFloat64(at, isLittle))],
  FL: [4, (view, at, isLittle) => real(view.getFloat32(at, isLittle))],
  SL: [4, (view, at, isLittle) => view.getInt32(at, isLittle)],
  SS: [2, (view, at, isLittle) => view.getInt16(at, isLittle)],
  SV: [8, (view, at, isLittle) => whole(view.getBigInt64(at, isLittle))],
  UL: [4, (view, at, isLittle) => view.getUint32(at, isLittle)],
  US: [2, (view, at, isLittle) => view.getUint16(at, isLittle)],
  UV: [8, (view, at, isLittle) => whole(view.getBigUint64(at, isLittle))],
};
/** Bytes of the words that a binary value is made of (PS3.5 §7.3); the models are little endian. */
const WORDS: Readonly<Record<string, number>> = { OD: 8, OF: 4, OL: 4, OV: 8, OW: 2 };
/** One value each, in which `\` is a character and leading spaces count (PS3.5 §6.2). */
const SINGLE: ReadonlySet<string> = new Set(['LT', 'ST', 'UT', 'UR']);
/** Character sets mean nothing to them. */
const PLAIN: ReadonlySet<string> = new Set(['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'TM', 'UI', 'UR']);

/**
 * The value of one element. @param decode text under the character set in force. What is not as its VR wants it is told as it is: numbers
 * that are none as text, a cut last number not at all.
 */
export function modelValue(
  vr: string,
  bytes: Uint8Array,
  isBigEndian: boolean,
  decode: (bytes: Uint8Array) => string,
): ModelValue {
  if (bytes.length === 0) return { kind: 'none' };
  const number = NUMBERS[vr];
  if (number !== undefined) return { kind: 'numbers', values: numbers(bytes, number, !isBigEndian) };
  if (vr === 'AT') return { kind: 'texts', values: tags(bytes, !isBigEndian) };
  const word = WORDS[vr];
  if (word !== undefined) return { kind: 'binary', bytes: isBigEndian ? turned(bytes, word) : bytes };
  if (vr === 'OB' || vr === 'UN') return { kind: 'binary', bytes };
  const text = PLAIN.has(vr)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    : decode(bytes);
  return textual(vr, text);
}

function textual(vr: string, text: string): ModelValue {
  if (SINGLE.has(vr)) {
    const only = text.replace(/[\0 ]+$/, '');
    return only === '' ? { kind: 'none' } : { kind: 'texts', values: [only] };
  }
  const values = text.split('\\').map((value) => value.replace(/^ +|[\0 ]+$/g, ''));
  if (values.every((value) => value === '')) return { kind: 'none' };
  if (vr === 'PN') return { kind: 'names', values: values.map(personName) };
  if (vr === 'DS' || vr === 'IS') return { kind: 'numbers', values: values.map(decimal) };
  return { kind: 'texts', values: values.map((value) => (value === '' ? null : value)) };
}

function personName(value: string): PersonName | null {
  if (value === '') return null;
  const [alphabetic = '', ideographic = '', phonetic = ''] = value.split('=');
  return { alphabetic, ideographic, phonetic };
}

function decimal(value: string): number | string | null {
  if (value === '') return null;
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : value;
}

function numbers(bytes: Uint8Array, [size, read]: readonly [number, Read], isLittle: boolean): (number | string)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, at) => read(view, at * size, isLittle));
}

function tags(bytes: Uint8Array, isLittle: boolean): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const half = (at: number) => view.getUint16(at, isLittle).toString(16).toUpperCase().padStart(4, '0');
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => half(at * 4) + half(at * 4 + 2));
}

function turned(bytes: Uint8Array, word: number): Uint8Array {
  const out = Buffer.from(bytes);
  const whole = out.subarray(0, out.length - (out.length % word));
  if (word === 2) whole.swap16();
  else if (word === 4) whole.swap32();
  else whole.swap64();
  return out;
}
