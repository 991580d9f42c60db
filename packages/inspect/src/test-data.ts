import { hasLongLength, type Tag, UNDEFINED_LENGTH, writeFileMeta } from '@leadglass/dicom';
import { concatBytes } from '@leadglass/kit';

/** Small data sets for tests: explicit VR little endian, written by hand so that they can be wrong. */
export const CT_CLASS = '1.2.840.10008.5.1.4.1.1.2';
export const INSTANCE = '1.2.826.0.1.3680043.8.498.1234567890';
export const EXPLICIT = '1.2.840.10008.1.2.1';

/** One element. @param declared a length that differs from the value's. */
export function element(tag: Tag, vr: string, value: Uint8Array | string | number, declared?: number): Uint8Array {
  const bytes = typeof value === 'number' ? u16(value) : typeof value === 'string' ? padded(value, vr) : value;
  const length = declared ?? bytes.length;
  const head = hasLongLength(vr)
    ? concatBytes(letters(vr), u16(0), u32(length))
    : concatBytes(letters(vr), u16(length));
  return concatBytes(u16(tag >>> 16), u16(tag & 0xffff), head, bytes);
}

/** A sequence of undefined length with items of undefined length. */
export function sequence(tag: Tag, ...items: readonly Uint8Array[]): Uint8Array {
  const body = items.flatMap((item) => [marker(0xe000, UNDEFINED_LENGTH), item, marker(0xe00d, 0)]);
  return concatBytes(element(tag, 'SQ', new Uint8Array(0), UNDEFINED_LENGTH), ...body, marker(0xe0dd, 0));
}

/** Encapsulated pixel data: offset table and fragments. */
export function encapsulatedPixels(table: Uint8Array, ...fragments: readonly Uint8Array[]): Uint8Array {
  const body = [table, ...fragments].flatMap((fragment) => [marker(0xe000, fragment.length), fragment]);
  return concatBytes(element(0x7fe00010, 'OB', new Uint8Array(0), UNDEFINED_LENGTH), ...body, marker(0xe0dd, 0));
}

/** Item or delimitation item. */
export function marker(element: number, length: number): Uint8Array {
  return concatBytes(u16(0xfffe), u16(element), u32(length));
}

/** Class, instance, patient and study of a plain object. */
export function identity(
  changes: { readonly instance?: string; readonly patientId?: string; readonly study?: string } = {},
): Uint8Array {
  return concatBytes(
    element(0x00080016, 'UI', CT_CLASS),
    element(0x00080018, 'UI', changes.instance ?? INSTANCE),
    element(0x00080060, 'CS', 'CT'),
    element(0x00100020, 'LO', changes.patientId ?? 'P1'),
    element(0x0020000d, 'UI', changes.study ?? '1.2.826.0.1.3680043.8.498.1'),
    element(0x0020000e, 'UI', '1.2.826.0.1.3680043.8.498.2'),
  );
}

export interface ImageChanges {
  readonly samples?: number;
  readonly photometric?: string;
  readonly frames?: string;
  readonly rows?: number | Uint8Array;
  readonly columns?: number;
  readonly allocated?: number;
  readonly stored?: number;
  readonly high?: number;
}

/** The image pixel module, 4 x 4 pixels of 16 bits unless changed. */
export function imageModule(changes: ImageChanges = {}): Uint8Array {
  return concatBytes(
    element(0x00280002, 'US', changes.samples ?? 1),
    element(0x00280004, 'CS', changes.photometric ?? 'MONOCHROME2'),
    ...(changes.frames === undefined ? [] : [element(0x00280008, 'IS', changes.frames)]),
    element(0x00280010, 'US', changes.rows ?? 4),
    element(0x00280011, 'US', changes.columns ?? 4),
    element(0x00280100, 'US', changes.allocated ?? 16),
    element(0x00280101, 'US', changes.stored ?? 12),
    element(0x00280102, 'US', changes.high ?? 11),
  );
}

/** Native pixel data of so many bytes. */
export function pixelData(bytes: number): Uint8Array {
  return element(0x7fe00010, 'OW', new Uint8Array(bytes));
}

/** A Part 10 file around a data set. */
export function file(
  dataSet: Uint8Array,
  changes: { readonly preamble?: string; readonly instance?: string; readonly transferSyntax?: string } = {},
): Uint8Array {
  const head = writeFileMeta({
    sopClassUid: CT_CLASS,
    sopInstanceUid: changes.instance ?? INSTANCE,
    transferSyntaxUid: changes.transferSyntax ?? EXPLICIT,
    implementationClassUid: '2.25.121313075077188603141021201332555492611',
    implementationVersionName: 'TEST',
  });
  if (changes.preamble !== undefined) head.set(Buffer.from(changes.preamble.slice(0, 128), 'latin1'));
  return concatBytes(head, dataSet);
}

function padded(value: string, vr: string): Uint8Array {
  const even = value.length % 2 === 0 ? value : value + (vr === 'UI' ? '\0' : ' ');
  return new Uint8Array(Buffer.from(even, 'latin1'));
}

function letters(vr: string): Uint8Array {
  return new Uint8Array(Buffer.from(vr, 'latin1'));
}

export function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >>> 8);
}

export function u32(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}
