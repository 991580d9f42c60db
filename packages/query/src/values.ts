import { formatTag } from '@leadglass/dicom';
import { decodeText, latin1 } from './charset.ts';

/** VRs whose characters are in the Specific Character Set (PS3.5 §6.1.2.2). */
const TEXT_VRS: ReadonlySet<string> = new Set(['SH', 'LO', 'ST', 'LT', 'PN', 'UC', 'UT']);
/** VRs of characters of the default repertoire. */
const PLAIN_VRS: ReadonlySet<string> = new Set(['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'TM', 'UI', 'UR']);
/** VRs of one value, in which `\` is a character and spaces in front mean something (PS3.5 §6.2). */
const NARRATIVE_VRS: ReadonlySet<string> = new Set(['ST', 'LT', 'UT', 'UR']);

interface NumberVr {
  readonly bytes: number;
  readonly read: (data: DataView, at: number, isLittle: boolean) => string;
}

const NUMBER_VRS: ReadonlyMap<string, NumberVr> = new Map<string, NumberVr>([
  ['US', { bytes: 2, read: (data, at, little) => String(data.getUint16(at, little)) }],
  ['SS', { bytes: 2, read: (data, at, little) => String(data.getInt16(at, little)) }],
  ['UL', { bytes: 4, read: (data, at, little) => String(data.getUint32(at, little)) }],
  ['SL', { bytes: 4, read: (data, at, little) => String(data.getInt32(at, little)) }],
  ['UV', { bytes: 8, read: (data, at, little) => String(data.getBigUint64(at, little)) }],
  ['SV', { bytes: 8, read: (data, at, little) => String(data.getBigInt64(at, little)) }],
  ['FL', { bytes: 4, read: (data, at, little) => String(Number(data.getFloat32(at, little).toPrecision(7))) }],
  ['FD', { bytes: 8, read: (data, at, little) => String(data.getFloat64(at, little)) }],
  [
    'AT',
    {
      bytes: 4,
      read: (data, at, little) =>
        formatTag(((data.getUint16(at, little) << 16) | data.getUint16(at + 2, little)) >>> 0).replace(/\W/g, ''),
    },
  ],
]);

/** Whether values of this VR are text in the Specific Character Set. */
export function isTextVr(vr: string): boolean {
  return TEXT_VRS.has(vr);
}

/** Whether values of this VR are numbers on the wire. */
export function isBinaryVr(vr: string): boolean {
  return NUMBER_VRS.has(vr);
}

/** Whether a value of this VR is one whatever `\` it holds. */
export function isNarrative(vr: string): boolean {
  return NARRATIVE_VRS.has(vr);
}

/**
 * The value of an element as an AttributeSet holds it: decoded, padding off each value. Undefined for VRs that hold neither characters nor
 * numbers. Bytes of a number cut short are not read.
 */
export function readValue(vr: string, bytes: Uint8Array, charset: string, isLittle: boolean): string | undefined {
  if (TEXT_VRS.has(vr)) return trimmed(decodeText(bytes, charset, vr === 'PN'), vr);
  if (PLAIN_VRS.has(vr)) return trimmed(latin1(bytes), vr);
  const number = NUMBER_VRS.get(vr);
  if (number === undefined) return undefined;
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: string[] = [];
  for (let at = 0; at + number.bytes <= bytes.length; at += number.bytes) values.push(number.read(data, at, isLittle));
  return values.join('\\');
}

function trimmed(text: string, vr: string): string {
  if (NARRATIVE_VRS.has(vr)) return text.replace(/[\0 ]+$/, '');
  if (!text.includes('\\')) return bare(text);
  return text.split('\\').map(bare).join('\\');
}

function bare(value: string): string {
  let [from, to] = [0, value.length];
  while (to > from && isPadding(value.charCodeAt(to - 1))) to -= 1;
  while (from < to && value.charCodeAt(from) === 0x20) from += 1;
  return value.slice(from, to);
}

function isPadding(code: number): boolean {
  return code === 0x20 || code === 0;
}

/** The values of one string: one, or several between `\`. */
export function eachValue(value: string, vr: string): readonly string[] {
  return NARRATIVE_VRS.has(vr) || !value.includes('\\') ? [value] : value.split('\\');
}
