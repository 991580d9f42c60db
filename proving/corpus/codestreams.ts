import { createRequire } from 'node:module';
import type { Image } from '../../apps/cli/src/prove-it/pack/object.ts';

// Real codestreams of small pictures, made by the codecs' own encoders; RLE and JPEG lossless are in the pack of `prove-it`.

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
