import { formatTag } from '@leadglass/dicom';

/** VRs of characters (PS3.5 §6.2). */
const TEXT_VRS: ReadonlySet<string> = new Set([
  ...['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'LO', 'LT', 'PN', 'SH', 'ST', 'TM', 'UC', 'UI', 'UR', 'UT'],
]);
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
const DECODERS: ReadonlyMap<string, string> = new Map([
  ['ISO_IR 100', 'latin1'],
  ['ISO_IR 192', 'utf-8'],
  ['GB18030', 'gb18030'],
  ['GBK', 'gb18030'],
]);

/** Whether values of this VR are characters. */
export function isText(vr: string): boolean {
  return TEXT_VRS.has(vr);
}

/**
 * `value` with all that a terminal would obey, and all that cannot be seen, written out: ESC as `<1B>`, a turned direction of writing as
 * `<U+202E>`. What comes out holds no such character.
 */
export function visible(value: string): string {
  return value.replace(UNPRINTABLE, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return code.length <= 2 ? `<${code.padStart(2, '0')}>` : `<U+${code.padStart(4, '0')}>`;
  });
}

/**
 * Characters of a text value, padding off, made visible. Character sets of one table (PS3.3 §C.12.1.1.2) are read; of any other, and of
 * several at once, bytes over 7F are written out as `<E9>`: nothing is guessed.
 * @param charset Specific Character Set as it stands in the object, empty when it has none.
 */
export function shownText(bytes: Uint8Array, charset: string): string {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end -= 1;
  const taken = bytes.subarray(0, end);
  const decoder = DECODERS.get(charset.trim());
  if (decoder !== undefined) return visible(new TextDecoder(decoder).decode(taken));
  const characters = Buffer.from(taken).toString('latin1');
  return visible(characters).replace(/[\x80-\xff]/g, (one) => `<${one.charCodeAt(0).toString(16).toUpperCase()}>`);
}

interface NumberVr {
  readonly bytes: number;
  readonly read: (data: DataView, at: number, isLittle: boolean) => string;
}

/** A float of 32 bits has seven digits that mean something. */
const decimal = (value: number): string => String(Number(value.toPrecision(7)));

const NUMBER_VRS: ReadonlyMap<string, NumberVr> = new Map<string, NumberVr>([
  ['US', { bytes: 2, read: (data, at, isLittle) => String(data.getUint16(at, isLittle)) }],
  ['SS', { bytes: 2, read: (data, at, isLittle) => String(data.getInt16(at, isLittle)) }],
  ['UL', { bytes: 4, read: (data, at, isLittle) => String(data.getUint32(at, isLittle)) }],
  ['SL', { bytes: 4, read: (data, at, isLittle) => String(data.getInt32(at, isLittle)) }],
  ['UV', { bytes: 8, read: (data, at, isLittle) => String(data.getBigUint64(at, isLittle)) }],
  ['SV', { bytes: 8, read: (data, at, isLittle) => String(data.getBigInt64(at, isLittle)) }],
  ['FL', { bytes: 4, read: (data, at, isLittle) => decimal(data.getFloat32(at, isLittle)) }],
  ['FD', { bytes: 8, read: (data, at, isLittle) => String(data.getFloat64(at, isLittle)) }],
  ['AT', { bytes: 4, read: tagAt }],
]);

/** A tag is two numbers of 16 bits (PS3.5 §6.2 AT). */
function tagAt(data: DataView, at: number, isLittle: boolean): string {
  return formatTag(((data.getUint16(at, isLittle) << 16) | data.getUint16(at + 2, isLittle)) >>> 0);
}

/** Values of a VR of numbers, `1\2\3`; undefined for any other VR. Bytes left over are not read. */
export function shownNumbers(vr: string, bytes: Uint8Array, isLittle: boolean): string | undefined {
  const kind = NUMBER_VRS.get(vr);
  if (kind === undefined) return undefined;
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: string[] = [];
  for (let at = 0; at + kind.bytes <= bytes.length; at += kind.bytes) values.push(kind.read(data, at, isLittle));
  return values.join('\\');
}
