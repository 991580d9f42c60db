import { deflateRawSync, constants as zlib } from 'node:zlib';
import { type ElementToEncode, encodeElements } from '@leadglass/dicom';
import {
  commonElements,
  el,
  type Image,
  imageElements,
  item,
  pixelsOf,
  TRANSFER,
} from '../../apps/cli/src/prove-it/pack/object.ts';
import { Seeded } from '../../apps/cli/src/prove-it/pack/seeded.ts';
import { jpeg } from '../corpus/codestreams.ts';
import { plainPdf } from '../corpus/families.ts';

/** A data set of any size, made piece by piece: neither on a disk nor in memory. */
export interface HugeObject {
  readonly transferSyntaxUid: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** Pieces are used again: valid until the next is asked for. */
  pieces(): Iterable<Uint8Array>;
}

type Make = (bytes: number) => Omit<HugeObject, 'sopInstanceUid'> | Promise<Omit<HugeObject, 'sopInstanceUid'>>;

const PIECE_BYTES = 64 * 1024;
const CT = '1.2.840.10008.5.1.4.1.1.2';
const ENHANCED_CT = '1.2.840.10008.5.1.4.1.1.2.1';
const MULTI_FRAME_BYTE = '1.2.840.10008.5.1.4.1.1.7.2';
const COMPREHENSIVE_SR = '1.2.840.10008.5.1.4.1.1.88.33';
const ENCAPSULATED_PDF = '1.2.840.10008.5.1.4.1.1.104.1';
const ENCAPSULATED_CDA = '1.2.840.10008.5.1.4.1.1.104.2';
const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const SOP_INSTANCE_UID = '2.25.7001';
const RANDOM = new Seeded('huge');
/** Elements are this long, so that 2 GB of them stay under the reader's bound of ten million. */
const SMALL_VALUE_BYTES = 218;
const SMALL_BYTES = SMALL_VALUE_BYTES + 8;

function identity(sopClassUid: string, modality: string): ElementToEncode[] {
  return commonElements(new Seeded('huge identity'), sopClassUid, SOP_INSTANCE_UID, modality);
}

function encoded(elements: readonly ElementToEncode[], syntax: string = TRANSFER.explicit): Uint8Array {
  return encodeElements(
    elements.toSorted((a, b) => a.tag - b.tag),
    syntax,
  );
}

/** Tag, VR and a length of 32 bits, the value still to come. */
function longHeader(tag: number, vr: string, length: number): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  head.writeUInt32LE(length, 8);
  return head;
}

/** `filling` over and over, `bytes` in all. */
function* filled(bytes: number, filling: Uint8Array): Generator<Uint8Array> {
  const piece = Buffer.alloc(PIECE_BYTES - (PIECE_BYTES % filling.length) || filling.length);
  for (let at = 0; at < piece.length; at += filling.length) piece.set(filling, at);
  for (let left = bytes; left > 0; left -= piece.length) yield left >= piece.length ? piece : piece.subarray(0, left);
}

function* value(
  elements: readonly ElementToEncode[],
  { tag, vr, bytes, before = Buffer.alloc(0) }: { tag: number; vr: string; bytes: number; before?: Uint8Array },
  filling: Uint8Array,
): Generator<Uint8Array> {
  const length = bytes - (bytes % 2);
  yield encoded(elements);
  yield longHeader(tag, vr, length);
  yield before;
  yield* filled(length - before.length, filling);
}

const noise = (): Buffer => RANDOM.bytes(4096);
const TEXT = Buffer.from('Compte rendu : pas de lésion focale. Dose 12,5 mGy (a/b = 3).\r\n', 'latin1');

function native(bytes: number): ReturnType<Make> {
  const frameBytes = 512 * 512 * 2;
  const frames = Math.max(1, Math.floor(bytes / frameBytes));
  const image: Image = { ...GREY, rows: 512, columns: 512, allocated: 16, stored: 12, frames };
  const elements = [...identity(ENHANCED_CT, 'CT'), ...imageElements(image)];
  const filling = pixelsOf(RANDOM, { ...image, rows: 8, frames: 1 });
  const pixels = { tag: 0x7fe00010, vr: 'OW', bytes: frames * frameBytes };
  return {
    transferSyntaxUid: TRANSFER.explicit,
    sopClassUid: ENHANCED_CT,
    pieces: () => value(elements, pixels, filling),
  };
}

const GREY: Image = {
  rows: 64,
  columns: 64,
  samples: 1,
  allocated: 8,
  stored: 8,
  frames: 1,
  photometric: 'MONOCHROME2',
  planar: 0,
};

async function encapsulated(bytes: number): Promise<Omit<HugeObject, 'sopInstanceUid'>> {
  const coded = await jpeg(GREY, pixelsOf(RANDOM, GREY));
  const frame = coded.length % 2 === 0 ? coded : Buffer.concat([coded, Buffer.alloc(1)]);
  const fragment = Buffer.concat([item(0xe000, frame.length), frame]);
  const frames = Math.max(1, Math.floor(bytes / fragment.length));
  const elements = [...identity(MULTI_FRAME_BYTE, 'OT'), ...imageElements({ ...GREY, frames })];
  function* pieces(): Generator<Uint8Array> {
    yield encoded(elements, JPEG_BASELINE);
    yield Buffer.concat([longHeader(0x7fe00010, 'OB', 0xffffffff), item(0xe000, 0)]);
    yield* filled(frames * fragment.length, fragment);
    yield item(0xe0dd, 0);
  }
  return { transferSyntaxUid: JPEG_BASELINE, sopClassUid: MULTI_FRAME_BYTE, pieces };
}

/** One private element of unknown VR. */
function unknown(bytes: number): ReturnType<Make> {
  const elements = [...identity(CT, 'CT'), el(0x00290010, 'ACME 1.1', 'LO')];
  return {
    transferSyntaxUid: TRANSFER.explicit,
    sopClassUid: CT,
    pieces: () => value(elements, { tag: 0x00291001, vr: 'UN', bytes }, noise()),
  };
}

function text(bytes: number): ReturnType<Make> {
  return {
    transferSyntaxUid: TRANSFER.explicit,
    sopClassUid: COMPREHENSIVE_SR,
    pieces: () => value(identity(COMPREHENSIVE_SR, 'SR'), { tag: 0x0040a160, vr: 'UT', bytes }, TEXT),
  };
}

/** One element after another, private, each with its own tag. */
function small(bytes: number): ReturnType<Make> {
  function* pieces(): Generator<Uint8Array> {
    yield encoded(identity(CT, 'CT'));
    const piece = Buffer.alloc(256 * SMALL_BYTES, 0x41);
    for (let at = 0; at * SMALL_BYTES < bytes; at += 256) {
      // (gggg,1000–10FF) of each odd group from 0029 on, then the next 256.
      const group = 0x0029 + 2 * ((at / 256) % 0x3fe0);
      const first = 0x1000 + 0x100 * Math.floor(at / 256 / 0x3fe0);
      for (let one = 0; one < 256; one += 1) {
        piece.writeUInt16LE(group, one * SMALL_BYTES);
        piece.writeUInt16LE(first + one, one * SMALL_BYTES + 2);
        piece.write('LO', one * SMALL_BYTES + 4, 'latin1');
        piece.writeUInt16LE(SMALL_VALUE_BYTES, one * SMALL_BYTES + 6);
      }
      yield piece;
    }
  }
  return { transferSyntaxUid: TRANSFER.explicit, sopClassUid: CT, pieces };
}

const DEEP_LEVELS = 12;

/** A content tree of items without end, twelve deep each. */
function deep(bytes: number): ReturnType<Make> {
  let inner: ElementToEncode[] = [el(0x0040a040, 'TEXT'), el(0x0040a160, TEXT.toString('latin1').repeat(40), 'UT')];
  for (let level = 1; level < DEEP_LEVELS; level += 1) inner = [el(0x0040a040, 'CONTAINER'), el(0x0040a730, [inner])];
  const content = Buffer.from(encoded(inner));
  const one = Buffer.concat([item(0xe000, content.length), content]);
  function* pieces(): Generator<Uint8Array> {
    yield encoded(identity(COMPREHENSIVE_SR, 'SR'));
    yield longHeader(0x0040a730, 'SQ', 0xffffffff);
    yield* filled(Math.max(1, Math.floor(bytes / one.length)) * one.length, one);
    yield item(0xe0dd, 0);
  }
  return { transferSyntaxUid: TRANSFER.explicit, sopClassUid: COMPREHENSIVE_SR, pieces };
}

function document(bytes: number, sopClassUid: string, mime: string, filling: Buffer): ReturnType<Make> {
  const elements = [...identity(sopClassUid, 'DOC'), el(0x00420012, mime)].filter(({ tag }) => tag < 0x00420011);
  return {
    transferSyntaxUid: TRANSFER.explicit,
    sopClassUid,
    pieces: () =>
      value(elements, { tag: 0x00420011, vr: 'OB', bytes, before: filling }, filling.subarray(filling.length >> 1)),
  };
}

const XML = Buffer.from(
  `<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">${'<text>Pas de lésion.</text>'.repeat(200)}`,
  'utf8',
);

/** A megabyte of deflate that unpacks to a gigabyte: the stream of a flushed run of zeros may be said again and again (RFC 1951 §3.2). */
function bomb(bytes: number): ReturnType<Make> {
  const head = encoded(identity(CT, 'CT'));
  function* pieces(): Generator<Uint8Array> {
    const start = Buffer.concat([head, longHeader(0x00291001, 'OB', bytes)]);
    yield deflateRawSync(start, { finishFlush: zlib.Z_FULL_FLUSH });
    yield* deflatedZeros(bytes);
  }
  return { transferSyntaxUid: TRANSFER.deflated, sopClassUid: CT, pieces };
}

/** A raw deflate stream that unpacks to `bytes` zeros, in pieces of its flushed runs. */
function* deflatedZeros(bytes: number): Generator<Buffer> {
  const run = deflateRawSync(Buffer.alloc(2 ** 20), { finishFlush: zlib.Z_FULL_FLUSH });
  for (let left = bytes; left > 0; left -= 2 ** 20) yield run;
  yield deflateRawSync(Buffer.alloc(0));
}

/** The same in a private element of a plain object, behind the header of an archive: ZIP (APPNOTE 6.3.10 §4.3.7) or gzip (RFC 1952 §2.3). */
function packedBomb(bytes: number, header: Buffer): ReturnType<Make> {
  const elements = [...identity(CT, 'CT'), el(0x00290010, 'ACME 1.1', 'LO')];
  const packed = [...deflatedZeros(bytes)].reduce((sum, { length }) => sum + length, header.length);
  function* pieces(): Generator<Uint8Array> {
    yield encoded(elements);
    yield longHeader(0x00291001, 'OB', packed + (packed % 2));
    yield header;
    yield* deflatedZeros(bytes);
    yield Buffer.alloc(packed % 2);
  }
  return { transferSyntaxUid: TRANSFER.explicit, sopClassUid: CT, pieces };
}

/** A file `a` of unknown length, deflated. */
const ZIP_HEADER = Buffer.from('504b03041400080008000000000000000000000000000000000001000000' + '61', 'hex');
const GZIP_HEADER = Buffer.from('1f8b0800000000000003', 'hex');

const MAKERS: Readonly<Record<string, Make>> = {
  native,
  encapsulated,
  unknown,
  text,
  small,
  deep,
  pdf: (bytes) => document(bytes, ENCAPSULATED_PDF, 'application/pdf', plainPdf('Compte rendu')),
  xml: (bytes) => document(bytes, ENCAPSULATED_CDA, 'text/XML', XML),
  bomb,
  'zip-bomb': (bytes) => packedBomb(bytes, ZIP_HEADER),
  'gzip-bomb': (bytes) => packedBomb(bytes, GZIP_HEADER),
};

/** Names of the shapes there are, but for bombs. */
export const HUGE_SHAPES: readonly string[] = Object.keys(MAKERS).filter((name) => !name.endsWith('bomb'));
/** Names of those that are small and unpack to what is asked for. */
export const BOMB_SHAPES: readonly string[] = Object.keys(MAKERS).filter((name) => name.endsWith('bomb'));

/** An object of a shape, of about so many bytes (a bomb: so many once unpacked). */
export async function hugeObject(shape: string, bytes: number): Promise<HugeObject> {
  const make = MAKERS[shape];
  if (make === undefined) throw new Error(`no shape ${shape}`);
  return { ...(await make(bytes)), sopInstanceUid: SOP_INSTANCE_UID };
}
