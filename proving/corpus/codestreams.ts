import { createRequire } from 'node:module';
import type { Image } from './object.ts';

// Real codestreams of small pictures, made by the codecs' own encoders; RLE and JPEG lossless are written here.

const require = createRequire(new URL('../../packages/inspect/package.json', import.meta.url));

interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
  readonly isUsingColorTransform: boolean;
}

interface Encoder {
  getDecodedBuffer(info: FrameInfo): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  delete(): void;
  setSubSampling?(form: number): void;
  setQuality?(...values: readonly unknown[]): void;
  setNearLossless?(near: number): void;
  setInterleaveMode?(mode: number): void;
  setProgressive?(isProgressive: boolean): void;
  setDecompositions?(levels: number): void;
  setCompressionRatio?(layer: number, ratio: number): void;
}

type Module = Readonly<Record<string, new () => Encoder>>;

async function load(name: string): Promise<Module> {
  const made: unknown = require(name);
  const factory = (typeof made === 'function' ? made : (made as { default: unknown }).default) as () => Promise<Module>;
  return factory();
}

const modules = new Map<string, Promise<Module>>();

async function encodeWith(
  codec: readonly [name: string, encoder: string],
  image: Image,
  frame: Uint8Array,
  prepare: (encoder: Encoder) => void,
): Promise<Buffer> {
  const [name, kind] = codec;
  if (!modules.has(name)) modules.set(name, load(name));
  const made = (await modules.get(name))?.[kind];
  if (made === undefined) throw new Error(`${name} has no ${kind}`);
  const encoder = new made();
  try {
    const target = encoder.getDecodedBuffer({
      width: image.columns,
      height: image.rows,
      bitsPerSample: image.stored,
      componentCount: image.samples,
      isSigned: false,
      isUsingColorTransform: image.samples === 3,
    });
    target.set(frame);
    prepare(encoder);
    encoder.encode();
    return Buffer.from(encoder.getEncodedBuffer());
  } finally {
    encoder.delete();
  }
}

const JPEG = ['@cornerstonejs/codec-libjpeg-turbo-8bit', 'JPEGEncoder'] as const;
const JPEG_LS = ['@cornerstonejs/codec-charls', 'JpegLSEncoder'] as const;
const JPEG_2000 = ['@cornerstonejs/codec-openjpeg', 'J2KEncoder'] as const;
const HTJ2K = ['@cornerstonejs/codec-openjph', 'HTJ2KEncoder'] as const;
const LINE_INTERLEAVED = 1;
/** Subsampling as libjpeg-turbo numbers it. */
const FULL_COLOUR = 0;
const GREY = 3;

/** JPEG of 8 bits (ISO 10918-1): baseline, or progressive. The picture must be larger than its JPEG: the encoder takes no more room. */
export function jpeg(image: Image, frame: Uint8Array, isProgressive = false): Promise<Buffer> {
  return encodeWith(JPEG, image, frame, (encoder) => {
    encoder.setSubSampling?.(image.samples === 1 ? GREY : FULL_COLOUR);
    encoder.setQuality?.(50);
    encoder.setProgressive?.(isProgressive);
  });
}

/** The same as process 2 calls it: an extended sequential frame header (SOF1) says no more than the baseline one. */
export async function jpegExtended(image: Image, frame: Uint8Array): Promise<Buffer> {
  const bytes = await jpeg(image, frame);
  const at = bytes.indexOf(Buffer.from([0xff, 0xc0, 0x00]));
  bytes[at + 1] = 0xc1;
  return bytes;
}

/** JPEG-LS (ISO 14495-1). @param near 0: lossless. */
export function jpegLs(image: Image, frame: Uint8Array, near: number): Promise<Buffer> {
  return encodeWith(JPEG_LS, image, frame, (encoder) => {
    encoder.setNearLossless?.(near);
    encoder.setInterleaveMode?.(image.samples === 3 ? LINE_INTERLEAVED : 0);
  });
}

/** A JPEG 2000 codestream (ISO 15444-1). */
export function jpeg2000(image: Image, frame: Uint8Array, isLossless: boolean): Promise<Buffer> {
  return encodeWith(JPEG_2000, image, frame, (encoder) => {
    encoder.setQuality?.(isLossless, 0);
    encoder.setDecompositions?.(2);
    if (!isLossless) encoder.setCompressionRatio?.(0, 4);
  });
}

/** An HTJ2K codestream (ISO 15444-15). */
export function htj2k(image: Image, frame: Uint8Array, isLossless: boolean): Promise<Buffer> {
  return encodeWith(HTJ2K, image, frame, (encoder) => {
    encoder.setQuality?.(isLossless, isLossless ? 0 : 0.01);
    encoder.setDecompositions?.(2);
  });
}

const MOST_RUN = 128;

/** RLE (PS3.5 Annex G): one segment a byte of a sample, the most significant first. */
export function rle(image: Image, frame: Uint8Array): Buffer {
  const width = image.allocated / 8;
  const step = width * image.samples;
  const segments: Buffer[] = [];
  for (let sample = 0; sample < image.samples; sample += 1) {
    for (let byte = width - 1; byte >= 0; byte -= 1) {
      const plane = Buffer.alloc(frame.length / step, 0);
      for (let at = 0; at < plane.length; at += 1) plane[at] = frame[at * step + sample * width + byte] ?? 0;
      segments.push(packRows(plane, image.columns));
    }
  }
  const header = Buffer.alloc(64);
  header.writeUInt32LE(segments.length, 0);
  let offset = 64;
  for (const [at, segment] of segments.entries()) {
    header.writeUInt32LE(offset, 4 + at * 4);
    offset += segment.length;
  }
  return Buffer.concat([header, ...segments]);
}

/** Each row by itself, as §G.3.1 asks; padded to even length. */
function packRows(plane: Buffer, columns: number): Buffer {
  const packed: number[] = [];
  for (let at = 0; at < plane.length; at += columns) packRow(plane.subarray(at, at + columns), packed);
  if (packed.length % 2 !== 0) packed.push(0);
  return Buffer.from(packed);
}

function packRow(row: Buffer, packed: number[]): void {
  for (let at = 0; at < row.length; ) {
    let run = 1;
    while (run < MOST_RUN && at + run < row.length && row[at + run] === row[at]) run += 1;
    if (run > 1) {
      packed.push(257 - run, row[at] ?? 0);
      at += run;
      continue;
    }
    let literal = 1;
    while (literal < MOST_RUN && at + literal < row.length && row[at + literal] !== row[at + literal - 1]) literal += 1;
    packed.push(literal - 1, ...row.subarray(at, at + literal));
    at += literal;
  }
}

const CODE_BITS = 5;
const CATEGORIES = 17;

/** JPEG lossless, first-order prediction (ISO 10918-1 Annex H, selection value 1), grey, with one plain Huffman table. */
export function jpegLossless(image: Image, frame: Uint8Array): Buffer {
  const { rows, columns, stored, allocated } = image;
  const table = [0xff, 0xc4, 0, 2 + 1 + 16 + CATEGORIES, 0, 0, 0, 0, 0, CATEGORIES, ...Array(11).fill(0)];
  const head = [0xff, 0xd8, ...table, ...Array.from({ length: CATEGORIES }, (_, at) => at)];
  const size = [rows >>> 8, rows & 255, columns >>> 8, columns & 255];
  const start = [0xff, 0xc3, 0, 11, stored, ...size, 1, 1, 0x11, 0];
  const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 1, 0, 0];
  const bits = new Bits();
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const pixel = (at: number) => (allocated === 16 ? view.getUint16(at * 2, true) : view.getUint8(at));
  for (let at = 0; at < rows * columns; at += 1) {
    const isFirst = at === 0;
    const before = at % columns === 0 ? at - columns : at - 1;
    putDifference(bits, pixel(at) - (isFirst ? 2 ** (stored - 1) : pixel(before)));
  }
  return Buffer.from([...head, ...start, ...scan, ...bits.end(), 0xff, 0xd9]);
}

/** A difference modulo 2^16 as category and bits (§H.1.2.2). */
function putDifference(bits: Bits, difference: number): void {
  const value = ((difference + 0x8000) & 0xffff) - 0x8000;
  const category = value === -0x8000 ? 16 : 32 - Math.clz32(Math.abs(value));
  bits.put(category, CODE_BITS);
  if (category < 16) bits.put(value < 0 ? value + 2 ** category - 1 : value, category);
}

/** Entropy-coded bits, a zero stuffed behind each FF (§F.1.2.3). */
class Bits {
  readonly #bytes: number[] = [];
  #held = 0;
  #count = 0;

  put(value: number, count: number): void {
    for (let at = count - 1; at >= 0; at -= 1) {
      this.#held = (this.#held << 1) | ((value >>> at) & 1);
      this.#count += 1;
      if (this.#count === 8) this.#flush();
    }
  }

  /** Filled up with ones. */
  end(): readonly number[] {
    while (this.#count !== 0) this.put(1, 1);
    return this.#bytes;
  }

  #flush(): void {
    this.#bytes.push(this.#held);
    if (this.#held === 0xff) this.#bytes.push(0);
    [this.#held, this.#count] = [0, 0];
  }
}
