import {
  type ElementToEncode,
  encodeElements,
  encodingOf,
  TRANSFER_SYNTAXES,
  type TransferSyntax,
} from '@leadglass/dicom';
import {
  commonElements,
  el,
  fileOf,
  type Image,
  imageElements,
  item,
  type ObjectToMake,
  offsetTable,
  pixelElement,
  pixelsOf,
  swapped,
  TRANSFER,
} from '../../apps/cli/src/prove-it/pack/object.ts';
import { Seeded } from '../../apps/cli/src/prove-it/pack/seeded.ts';
import type { CleanObject } from './clean.ts';
import * as codec from './codestreams.ts';
import { familyElements } from './families.ts';
import { encoderOf } from './pictures.ts';
import { transportStream } from './video.ts';

// Innocent objects of the rarer forms that the standard allows: what a rewriting might get wrong.

const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';
const PARAMETRIC_MAP = '1.2.840.10008.5.1.4.1.1.30';
const SEGMENTATION = '1.2.840.10008.5.1.4.1.1.66.4';
const ECG = '1.2.840.10008.5.1.4.1.1.9.1.1';
const ICON_IMAGE_SEQUENCE = 0x00880200;
const NOTHING = Buffer.alloc(0);
const GREY: Image = {
  rows: 40,
  columns: 48,
  samples: 1,
  allocated: 8,
  stored: 8,
  frames: 1,
  photometric: 'MONOCHROME2',
  planar: 0,
};
const TWELVE_BITS: Image = { ...GREY, allocated: 16, stored: 12 };
const ICON: Image = { ...GREY, rows: 32, columns: 32 };

/** An object still without pixels. */
function objectOf(random: Seeded, transferSyntaxUid: string, sopClassUid: string, image?: Image): ObjectToMake {
  const sopInstanceUid = random.uid();
  const module = image === undefined ? [] : imageElements(image);
  const elements = [...commonElements(random, sopClassUid, sopInstanceUid, 'OT'), ...module];
  return { sopClassUid, sopInstanceUid, transferSyntaxUid, elements };
}

/** The class of a secondary capture with as many frames of such depth (PS3.3 §A.8). */
function classFor({ frames, allocated }: Image): string {
  if (frames === 1) return SECONDARY_CAPTURE;
  return `${SECONDARY_CAPTURE}.${allocated === 8 ? 2 : 3}`;
}

const adding = (object: ObjectToMake, ...elements: readonly ElementToEncode[]): ObjectToMake => ({
  ...object,
  elements: [...object.elements, ...elements],
});

function native(random: Seeded, transferSyntaxUid: string, image: Image = TWELVE_BITS): ObjectToMake {
  const pixels = pixelsOf(random, image);
  const isBig = encodingOf(transferSyntaxUid) === 'explicit-be';
  const object = objectOf(random, transferSyntaxUid, classFor(image), image);
  return { ...object, pixels: isBig ? swapped(pixels, image.allocated) : pixels };
}

type Cases = Readonly<Record<string, (random: Seeded, transferSyntaxUid: string) => ObjectToMake>>;

function nestedSequences(depth: number): ElementToEncode {
  let inner: ElementToEncode = el(0x0040a730, [[el(0x0040a040, 'TEXT', 'CS')]]);
  for (let level = 1; level < depth; level += 1)
    inner = el(0x0040a730, [[el(0x0040a040, 'CONTAINER', 'CS'), inner], []]);
  return inner;
}

const PRIVATE_SEQUENCE: readonly ElementToEncode[] = [
  el(0x00190010, 'ACME SEQ 1.0', 'LO'),
  el(
    0x00191001,
    [[el(0x00190010, 'ACME SEQ 1.0', 'LO'), el(0x00191002, 'a', 'LO')], [el(0x00080100, 'X1', 'SH')]],
    'SQ',
  ),
];

/** A sequence under UN: undefined length, implicit little endian inside, whatever the data set is (PS3.5 §6.2.2). */
function unSequence(transferSyntaxUid: string): Pick<ObjectToMake, 'elements' | 'encoded'> {
  const inside = Buffer.from(encodeElements([el(0x00191002, 'inside', 'LO')], TRANSFER.implicit));
  const value = Buffer.concat([item(0xe000, inside.length), inside, item(0xe0dd, 0)]);
  const head = Buffer.from(encodeElements([el(0x00191003, NOTHING, 'UN')], transferSyntaxUid));
  head.fill(0xff, head.length - 4);
  return {
    elements: [el(0x00190010, 'ACME SEQ 1.0', 'LO')],
    encoded: [{ tag: 0x00191003, bytes: Buffer.concat([head, value]) }],
  };
}

/** Forms of data sets, each tried in every native transfer syntax. */
const NATIVE_CASES: Cases = {
  'sequences with delimiters': (random, syntax) => ({
    ...adding(native(random, syntax), nestedSequences(6), ...PRIVATE_SEQUENCE),
    isDelimited: true,
  }),
  'sequences with lengths': (random, syntax) => adding(native(random, syntax), nestedSequences(6), ...PRIVATE_SEQUENCE),
  'sequence under UN': (random, syntax) => {
    const { elements, encoded = [] } = unSequence(syntax);
    return { ...adding(native(random, syntax), ...elements), encoded };
  },
  'icon image': (random, syntax) =>
    adding(
      native(random, syntax),
      el(ICON_IMAGE_SEQUENCE, [[...imageElements(ICON), el(0x7fe00010, pixelsOf(random, ICON), 'OW')]]),
    ),
  'overlay in the high bits': (random, syntax) =>
    adding(
      native(random, syntax),
      ...[el(0x60000010, 40), el(0x60000011, 48), el(0x60000040, 'G', 'CS'), el(0x60000050, [1, 1], 'SS')],
      ...[el(0x60000100, 16), el(0x60000102, 12)],
    ),
  'overlay of its own': (random, syntax) =>
    adding(
      native(random, syntax),
      ...[el(0x60020010, 40), el(0x60020011, 48), el(0x60020040, 'R', 'CS'), el(0x60020050, [1, 1], 'SS')],
      ...[el(0x60020100, 1), el(0x60020102, 0), el(0x60023000, random.bytes((40 * 48) / 8), 'OW')],
    ),
  'palette and its tables': (random, syntax) =>
    adding(
      native(random, syntax, { ...GREY, photometric: 'PALETTE COLOR' }),
      ...[0x00281101, 0x00281102, 0x00281103].map((tag) => el(tag, [256, 0, 16], 'US')),
      ...[0x00281201, 0x00281202, 0x00281203].map((tag) => el(tag, random.bytes(512), 'OW')),
    ),
  waveform: (random, syntax) => adding(objectOf(random, syntax, ECG), ...familyElements(random, ECG)),
  'bits of a segmentation': (random, syntax) => {
    const image: Image = { ...GREY, columns: 47, allocated: 1, stored: 1, frames: 3 };
    return { ...objectOf(random, syntax, SEGMENTATION, image), pixels: pixelsOf(random, image) };
  },
  'odd number of bytes': (random, syntax) => native(random, syntax, { ...GREY, rows: 33, columns: 35 }),
  'thirty-two bits': (random, syntax) => native(random, syntax, { ...GREY, allocated: 32, stored: 32 }),
  'float pixels': (random, syntax) =>
    adding(
      objectOf(random, syntax, PARAMETRIC_MAP, { ...GREY, allocated: 32, stored: 32 }),
      el(0x7fe00008, Buffer.alloc(40 * 48 * 4, 0x3f), 'OF'),
    ),
  'double float pixels': (random, syntax) =>
    adding(
      objectOf(random, syntax, PARAMETRIC_MAP, { ...GREY, allocated: 32, stored: 32 }),
      el(0x7fe00009, Buffer.alloc(40 * 48 * 8, 0x3f), 'OD'),
    ),
  'trailing padding': (random, syntax) => adding(native(random, syntax), el(0xfffcfffc, Buffer.alloc(600), 'OB')),
};

function* nativeCases(seed: number): Generator<CleanObject> {
  for (const [name, make] of Object.entries(NATIVE_CASES)) {
    for (const syntax of Object.values(TRANSFER))
      yield { name: `${name}, ${syntax}`, bytes: fileOf(make(new Seeded(`${seed} ${name} ${syntax}`), syntax)) };
  }
}

// Encapsulated pixels

/** A frame cut into three fragments of even length. */
function cut(frame: Buffer): readonly Buffer[] {
  const third = Math.max(2, 2 * Math.floor(frame.length / 6));
  return [frame.subarray(0, third), frame.subarray(third, 2 * third), frame.subarray(2 * third)];
}

/** Basic offset table of frames of several fragments each: where the first of each lies (PS3.5 §A.4). */
function tableOf(frames: readonly (readonly Buffer[])[]): Buffer {
  const table = Buffer.alloc(4 * frames.length);
  let offset = 0;
  for (const [at, fragments] of frames.entries()) {
    table.writeUInt32LE(offset, 4 * at);
    for (const { length } of fragments) offset += 8 + length + (length % 2);
  }
  return table;
}

/** Extended Offset Table and its lengths (PS3.3 §C.7.6.3.1.8): 64 bits a frame. */
function extendedTables(frames: readonly Buffer[]): ElementToEncode[] {
  const offsets = Buffer.alloc(8 * frames.length);
  const lengths = Buffer.alloc(8 * frames.length);
  let offset = 0n;
  for (const [at, { length }] of frames.entries()) {
    offsets.writeBigUInt64LE(offset, 8 * at);
    lengths.writeBigUInt64LE(BigInt(length), 8 * at);
    offset += BigInt(8 + length);
  }
  return [el(0x7fe00001, offsets, 'OV'), el(0x7fe00002, lengths, 'OV')];
}

/** Ways of laying the same frames into fragments, each tried with every codec. */
const LAYOUTS: Readonly<Record<string, (object: ObjectToMake, frames: readonly Buffer[]) => ObjectToMake>> = {
  'fragments of frames, with table': (object, frames) => {
    const fragments = frames.map(cut);
    return { ...object, pixels: [tableOf(fragments), ...fragments.flat()] };
  },
  'empty table': (object, frames) => ({ ...object, pixels: [NOTHING, ...frames] }),
  'basic table': (object, frames) => ({ ...object, pixels: [offsetTable(frames), ...frames] }),
  'extended table': (object, frames) => ({
    ...adding(object, ...extendedTables(frames)),
    pixels: [NOTHING, ...frames],
  }),
};

function evened(frame: Buffer): Buffer {
  return frame.length % 2 === 0 ? frame : Buffer.concat([frame, Buffer.alloc(1)]);
}

async function framesOf(random: Seeded, syntax: TransferSyntax, image: Image): Promise<readonly Buffer[]> {
  const encoder = encoderOf(syntax);
  const frames: Buffer[] = [];
  for (let at = 0; at < image.frames; at += 1) {
    const plain = pixelsOf(random, { ...image, frames: 1 });
    frames.push(evened((await encoder?.encode({ ...image, frames: 1 }, plain)) ?? plain));
  }
  return frames;
}

/** RLE frames are one fragment each (PS3.5 §A.4.2). */
const isLaidOut = (syntax: TransferSyntax, layout: string): boolean =>
  syntax.codec !== 'rle' || !layout.startsWith('fragments');

async function* layouts(seed: number): AsyncGenerator<CleanObject> {
  for (const syntax of TRANSFER_SYNTAXES.filter((one) => encoderOf(one) !== undefined)) {
    for (const [layout, lay] of Object.entries(LAYOUTS).filter(([name]) => isLaidOut(syntax, name))) {
      const random = new Seeded(`${seed} ${syntax.uid} ${layout}`);
      const image: Image = { ...GREY, frames: 3 };
      const frames = await framesOf(random, syntax, image);
      const object = lay(objectOf(random, syntax.uid, classFor(image), image), frames);
      yield { name: `${layout}, ${syntax.name}`, bytes: fileOf(object) };
    }
    yield { name: `compressed icon, ${syntax.name}`, bytes: fileOf(await withIcon(seed, syntax)) };
  }
}

/** An icon encapsulated like the image itself (PS3.3 §C.7.6.1.1.6): fragments inside an item. */
async function withIcon(seed: number, syntax: TransferSyntax): Promise<ObjectToMake> {
  const random = new Seeded(`${seed} ${syntax.uid} icon`);
  const object = objectOf(random, syntax.uid, SECONDARY_CAPTURE, GREY);
  const icon = pixelElement([NOTHING, ...(await framesOf(random, syntax, ICON))], syntax.uid);
  const inside = Buffer.concat([encodeElements(imageElements(ICON), syntax.uid), icon]);
  const head = Buffer.from('8800000253510000ffffffff', 'hex');
  const bytes = Buffer.concat([head, item(0xe000, inside.length), inside, item(0xe0dd, 0)]);
  const pixels = [NOTHING, ...(await framesOf(random, syntax, GREY))];
  return { ...object, encoded: [{ tag: ICON_IMAGE_SEQUENCE, bytes }], pixels };
}

/** Frames of the family a transfer syntax is of, where its own form cannot be encoded here. Passed through, nobody decodes them. */
async function standIn(random: Seeded, { codec: name, uid }: TransferSyntax): Promise<Buffer | undefined> {
  const frame = pixelsOf(random, GREY);
  if (name === 'jpeg') return codec.jpeg(GREY, frame);
  if (name === 'jpeg-2000') return codec.jpeg2000(GREY, frame, true);
  if (name === 'htj2k') return codec.htj2k(GREY, frame, true);
  // The mark of a JPEG XL codestream (ISO 18181-1), and noise.
  if (name === 'jpeg-xl') return Buffer.concat([Buffer.from('ff0a', 'hex'), random.bytes(uid.length * 20)]);
  return ['mpeg-2', 'h264', 'hevc'].includes(name) ? transportStream(random) : undefined;
}

async function* others(seed: number): AsyncGenerator<CleanObject> {
  for (const syntax of TRANSFER_SYNTAXES.filter((one) => encoderOf(one) === undefined)) {
    const random = new Seeded(`${seed} ${syntax.uid} other`);
    const frame = await standIn(random, syntax);
    if (frame === undefined) continue;
    const object = objectOf(random, syntax.uid, SECONDARY_CAPTURE, GREY);
    yield { name: `stand-in, ${syntax.name}`, bytes: fileOf({ ...object, pixels: [NOTHING, evened(frame)] }) };
  }
}

/** Pixels that are at an address (PS3.5 §A.6): the object has none. */
function* elsewhere(seed: number): Generator<CleanObject> {
  for (const syntax of TRANSFER_SYNTAXES.filter((one) => one.codec === 'jpip')) {
    const object = objectOf(new Seeded(`${seed} ${syntax.uid}`), syntax.uid, SECONDARY_CAPTURE, GREY);
    const address = el(0x00287fe0, 'https://images.hospital.example/jpip?target=1', 'UR');
    yield { name: `pixels elsewhere, ${syntax.name}`, bytes: fileOf(adding(object, address)) };
  }
}

/**
 * Innocent objects of the forms that rewriting finds hardest: every way of laying out sequences, private data, icons, overlays, tables
 * and waveforms in every native transfer syntax, every way of laying out fragments in every compressed one, and every other
 * transfer syntax of the standard with pixels of its family. The same seed gives the same bytes.
 */
export async function* particularObjects(seed: number): AsyncGenerator<CleanObject> {
  yield* nativeCases(seed);
  yield* layouts(seed);
  yield* others(seed);
  yield* elsewhere(seed);
}
