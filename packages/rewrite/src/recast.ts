import { EXPLICIT_VR_BIG_ENDIAN, type Tag, vrOf } from '@leadglass/dicom';

/** Bytes of one whole number of each VR, and whether it has a sign. */
const WHOLE: Readonly<Record<string, readonly [bytes: number, isSigned: boolean]>> = {
  US: [2, false],
  SS: [2, true],
  UL: [4, false],
  SL: [4, true],
  UV: [8, false],
  SV: [8, true],
};
const TEXTS: ReadonlySet<string> = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT', 'UI']);
const MOST_TEXT_BYTES = 1024;

/** Longest value that can be recast, in bytes. */
export const MOST_RECAST_BYTES = 65_536;

/**
 * The value of `tag` under its VR of the dictionary, when the wire gave it another: whole numbers that fit, and plain text. Undefined
 * when the value cannot be kept.
 */
export function recastValue(
  tag: Tag,
  vr: string,
  value: Uint8Array,
  transferSyntaxUid: string,
): Uint8Array | undefined {
  const wanted = vrOf(tag);
  const isLittle = transferSyntaxUid !== EXPLICIT_VR_BIG_ENDIAN;
  const from = WHOLE[vr];
  const to = WHOLE[wanted];
  if (from !== undefined && to !== undefined) return recastNumbers(value, from, to, isLittle);
  const isPlain = value.length <= MOST_TEXT_BYTES && value.every((byte) => byte >= 0x20 && byte < 0x7f);
  return TEXTS.has(wanted) && isPlain ? new Uint8Array(value) : undefined;
}

function recastNumbers(
  value: Uint8Array,
  [fromBytes, isFromSigned]: readonly [number, boolean],
  [toBytes, isToSigned]: readonly [number, boolean],
  isLittle: boolean,
): Uint8Array | undefined {
  if (value.length % fromBytes !== 0) return undefined;
  const numbers = Buffer.from(value);
  const out = Buffer.alloc((value.length / fromBytes) * toBytes);
  for (let at = 0; at < numbers.length / fromBytes; at += 1) {
    const number = readWhole(numbers.subarray(at * fromBytes, (at + 1) * fromBytes), isFromSigned, isLittle);
    if (number !== BigInt.asUintN(toBytes * 8, number) && !isToSigned) return undefined;
    if (number !== BigInt.asIntN(toBytes * 8, number) && isToSigned) return undefined;
    writeWhole(out.subarray(at * toBytes, (at + 1) * toBytes), number, isLittle);
  }
  return new Uint8Array(out);
}

function readWhole(bytes: Buffer, isSigned: boolean, isLittle: boolean): bigint {
  let number = 0n;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[isLittle ? bytes.length - 1 - at : at] ?? 0;
    number = (number << 8n) | BigInt(byte);
  }
  return isSigned ? BigInt.asIntN(bytes.length * 8, number) : number;
}

function writeWhole(bytes: Buffer, number: bigint, isLittle: boolean): void {
  let rest = BigInt.asUintN(bytes.length * 8, number);
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[isLittle ? at : bytes.length - 1 - at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ AT: 2, OW: 2, SS: 2, US: 2, FL: 4, OF: 4, OL: 4, SL: 4, UL: 4, FD: 8, OD: 8, OV: 8, SV: 8, UV: 8 },
};

/** Bytes of the numbers a value of this VR is made of: 1 where byte order means nothing (PS3.5 §7.3). */
export function unitOf(vr: string): number {
  return UNITS[vr] ?? 1;
}

/** The value with the bytes of each number turned round. What does not fill a number stays as it is. */
export function swapped(value: Uint8Array, unit: number): Uint8Array {
  const turned = new Uint8Array(value);
  for (let at = 0; at + unit <= turned.length; at += unit) turned.subarray(at, at + unit).reverse();
  return turned;
}
