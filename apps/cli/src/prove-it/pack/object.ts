import { deflateRawSync } from 'node:zlib';
import {
  DataSetReader,
  DataSetWriter,
  type ElementHead,
  type ElementToEncode,
  encodeElements,
  encodingOf,
  type Tag,
  UNDEFINED_LENGTH,
  writeFileMeta,
} from '@leadglass/dicom';
import type { Seeded } from './seeded.ts';

/** An object to be written as a Part 10 file. */
export interface ObjectToMake {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** The data set without its pixels, in any order. */
  readonly elements: readonly ElementToEncode[];
  /** Native pixel data, or the offset table and fragments of encapsulated ones. */
  readonly pixels?: Uint8Array | readonly Uint8Array[];
  readonly preamble?: Uint8Array;
  /** Elements of the top level that are encoded already, header and value. */
  readonly encoded?: readonly { readonly tag: Tag; readonly bytes: Uint8Array }[];
  /** Whether sequences and items are written without lengths, each with its delimiter. */
  readonly isDelimited?: boolean;
  /** Bytes behind the data set. */
  readonly trailing?: Uint8Array;
}

export const TRANSFER = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  big: '1.2.840.10008.1.2.2',
} as const;

const PIXEL_DATA = 0x7fe00010;

/** Shorthand for an element. Without `vr` the dictionary's. */
export function el(tag: Tag, value: ElementToEncode['value'], vr?: string): ElementToEncode {
  return vr === undefined ? { tag, value } : { tag, value, vr };
}

/** The file (PS3.10 §7). Elements are put in the order of their tags, at every depth; a tag that comes twice counts once, the last. */
export function fileOf(object: ObjectToMake): Buffer {
  const { preamble } = object;
  const head = Buffer.from(
    writeFileMeta({ ...object, implementationClassUid: '2.25.3141592653589793', implementationVersionName: 'CORPUS' }),
  );
  if (preamble !== undefined) head.set(preamble.subarray(0, 128));
  return Buffer.concat([head, writtenDataSet(object)]);
}

/** The data set as C-STORE carries it: deflated where its syntax says so, whatever is behind it included. */
export function writtenDataSet(object: ObjectToMake): Buffer {
  const { isDelimited, transferSyntaxUid } = object;
  const plain = isDelimited === true ? delimited(dataSetOf(object), transferSyntaxUid) : dataSetOf(object);
  const isDeflated = encodingOf(transferSyntaxUid) === 'deflated';
  return Buffer.concat([isDeflated ? evened(deflateRawSync(plain)) : plain, object.trailing ?? Buffer.alloc(0)]);
}

/** Sequences and items with delimiters in place of lengths (PS3.5 §7.5.1). */
class DelimitedWriter extends DataSetWriter {
  override sequence(head: ElementHead): void {
    super.sequence({ ...head, length: UNDEFINED_LENGTH });
  }

  override item(index: number): void {
    super.item(index, UNDEFINED_LENGTH);
  }
}

/** @param plain a data set before deflation. */
function delimited(plain: Buffer, transferSyntaxUid: string): Buffer {
  const parts: Buffer[] = [];
  const inflated = encodingOf(transferSyntaxUid) === 'deflated' ? TRANSFER.explicit : transferSyntaxUid;
  const handler = new DelimitedWriter(inflated, (bytes) => parts.push(Buffer.from(bytes)));
  const reader = new DataSetReader({ transferSyntaxUid: inflated, handler });
  reader.push(plain);
  reader.end();
  return Buffer.concat(parts);
}

/** The data set as it is written, before deflation. */
function dataSetOf({ elements, pixels, transferSyntaxUid, encoded = [] }: ObjectToMake): Buffer {
  const byTag = new Map(elements.map((element) => [element.tag, element]));
  const written = inOrder([...byTag.values()]).map((element) => ({
    tag: element.tag,
    bytes: encodeElements([element], transferSyntaxUid),
  }));
  const image = pixels === undefined ? [] : [{ tag: PIXEL_DATA, bytes: pixelElement(pixels, transferSyntaxUid) }];
  const all = [...written, ...encoded, ...image].toSorted((a, b) => a.tag - b.tag);
  return Buffer.concat(all.map(({ bytes }) => bytes));
}

/** Elements in the order of their tags, at every depth (PS3.5 §7.1). */
function inOrder(elements: readonly ElementToEncode[]): ElementToEncode[] {
  return elements
    .toSorted((a, b) => a.tag - b.tag)
    .map((element) => ({ ...element, value: valueInOrder(element.value) }));
}

function valueInOrder(value: ElementToEncode['value']): ElementToEncode['value'] {
  if (!Array.isArray(value) || !value.every((item) => Array.isArray(item))) return value;
  return value.map((item) => inOrder(item as readonly ElementToEncode[]));
}

/** Pixel Data with its header: a native value, or an offset table and fragments. */
export function pixelElement(pixels: NonNullable<ObjectToMake['pixels']>, transferSyntaxUid: string): Uint8Array {
  if (pixels instanceof Uint8Array) {
    const isBytes = encodingOf(transferSyntaxUid) === 'encapsulated';
    return encodeElements([{ tag: PIXEL_DATA, vr: isBytes ? 'OB' : 'OW', value: evened(pixels) }], transferSyntaxUid);
  }
  const head = Buffer.from('e07f10004f420000ffffffff', 'hex');
  const items = pixels.flatMap((fragment) => [item(0xe000, evened(fragment).length), evened(fragment)]);
  return Buffer.concat([head, ...items, item(0xe0dd, 0)]);
}

/** Header of an item (element E000) or delimiter (E00D, E0DD), little endian. */
export function item(element: number, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(0xfffe, 0);
  bytes.writeUInt16LE(element, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

function evened(bytes: Uint8Array): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
}

/** Basic offset table of fragments that are a frame each (PS3.5 §A.4). */
export function offsetTable(frames: readonly Uint8Array[]): Buffer {
  const table = Buffer.alloc(frames.length * 4);
  let offset = 0;
  for (const [at, frame] of frames.entries()) {
    table.writeUInt32LE(offset, at * 4);
    offset += 8 + evened(frame).length;
  }
  return table;
}

/** What every object of a study says of itself. */
export function commonElements(
  random: Seeded,
  sopClassUid: string,
  sopInstanceUid: string,
  modality: string,
): ElementToEncode[] {
  const day = `20${random.int(10, 26)}0${random.int(1, 9)}${random.int(10, 28)}`;
  return [
    el(0x00080016, sopClassUid),
    el(0x00080018, sopInstanceUid),
    el(0x00080020, day),
    el(0x00080023, day),
    el(0x00080030, `${random.int(10, 23)}${random.int(10, 59)}${random.int(10, 59)}`),
    el(0x00080050, `A${random.int(1000, 999_999)}`),
    el(0x00080060, modality),
    el(0x00080070, random.pick(['SIEMENS', 'GE MEDICAL SYSTEMS', 'Philips Medical Systems', 'Canon', 'ACME'])),
    el(0x00081030, random.pick(['TDM thorax', 'IRM 1.5T tete', 'Chest PA & lateral', 'L-SPINE (3 views)', 'Scanner'])),
    el(0x0008103e, random.pick(['Ax T1 SE +C', 'Thin 1.0 B70s', 'ADC (10^-6 mm/s)', 'PA', '<MIP> Cor.'])),
    el(0x00100010, random.pick(['MARTIN^JEAN', 'DUPONT^MARIE^^MME', "O'NEIL^SEAN", 'TEST^ONE'])),
    el(0x00100020, `P${random.int(1, 999_999)}`),
    el(0x00100030, `19${random.int(30, 99)}0${random.int(1, 9)}${random.int(10, 28)}`),
    el(0x00100040, random.pick(['M', 'F', 'O'])),
    el(0x0020000d, random.uid()),
    el(0x0020000e, random.uid()),
    el(0x00200010, `S${random.int(1, 99_999)}`),
    el(0x00200011, String(random.int(1, 40))),
    el(0x00200013, String(random.int(1, 900))),
  ];
}

/** The image pixel module (PS3.3 §C.7.6.3). */
export interface Image {
  readonly rows: number;
  readonly columns: number;
  readonly samples: 1 | 3;
  readonly allocated: 1 | 8 | 16 | 32;
  readonly stored: number;
  readonly frames: number;
  readonly photometric: string;
  /** 0: colour by pixel; 1: by plane. */
  readonly planar: 0 | 1;
}

/** Its elements. `frames` above one, or an object of several frames by its class, are said. */
export function imageElements(image: Image, isMultiFrame = image.frames > 1): ElementToEncode[] {
  const { samples, photometric, rows, columns, allocated, stored, frames, planar } = image;
  return [
    el(0x00280002, samples),
    el(0x00280004, photometric),
    ...(samples > 1 ? [el(0x00280006, planar)] : []),
    ...(isMultiFrame ? [el(0x00280008, String(frames))] : []),
    el(0x00280010, rows),
    el(0x00280011, columns),
    el(0x00280100, allocated),
    el(0x00280101, stored),
    el(0x00280102, stored - 1),
    el(0x00280103, 0),
  ];
}

/** Bytes of one native frame; of 1-bit images those of all frames, packed together (PS3.5 §8.1.1). */
export function nativeBytes({ rows, columns, samples, allocated, frames }: Image): number {
  return Math.ceil((rows * columns * samples * allocated * frames) / 8);
}

/** Pixels as a scanner makes them: a smooth picture with noise, inside the stored bits. Little endian. */
export function pixelsOf(random: Seeded, image: Image): Buffer {
  const { allocated, stored } = image;
  const bytes = Buffer.alloc(nativeBytes(image));
  if (allocated === 1) return random.bytes(bytes.length);
  const most = 2 ** Math.min(stored, 31) - 1;
  const width = allocated / 8;
  const slope = random.int(1, 9);
  for (let at = 0; at * width < bytes.length; at += 1) {
    const value = Math.min(most, ((at * slope) % (most + 1)) * 0.5 + random.int(0, Math.min(most, 31)));
    bytes.writeUIntLE(Math.floor(value), at * width, width);
  }
  return bytes;
}

/** The same pixels in big endian order. */
export function swapped(pixels: Buffer, allocated: number): Buffer {
  const bytes = Buffer.from(pixels);
  if (allocated === 16) return bytes.swap16();
  return allocated === 32 ? bytes.swap32() : bytes;
}
