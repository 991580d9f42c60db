import type { Shown } from './preview.ts';

/** The encoder of libjpeg-turbo. Buffers are views of its memory, valid until the next call. */
interface Encoder {
  getDecodedBuffer(frame: {
    readonly width: number;
    readonly height: number;
    readonly bitsPerSample: 8;
    readonly isSigned: false;
    readonly componentCount: number;
  }): Uint8Array;
  setQuality(quality: number): void;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  delete(): void;
}

let loaded: Promise<new () => unknown> | undefined;

async function load(): Promise<new () => unknown> {
  const { default: make } = await import('@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs');
  return (await make({ print: () => {}, printErr: () => {} })).JPEGEncoder;
}

/**
 * The encoder's room for its output is as large as its input, and it does not look (codec-libjpeg-turbo-8bit 1.2.8): what could become larger
 * than that is not given to it. Above quality 95 noise does; so do pictures hardly larger than the tables every JPEG begins with.
 */
const MOST_QUALITY = 95;
const LEAST_BYTES = 8192;

/** A baseline JPEG (ISO 10918-1) of an image made here; undefined for one too small for the encoder. @param quality 1 to 100; over 95 counts as 95. */
export async function jpeg(image: Shown, quality: number): Promise<Uint8Array | undefined> {
  const { columns, rows, samples, pixels } = image.pixels.length < LEAST_BYTES ? asColour(image) : image;
  if (pixels.length < LEAST_BYTES) return undefined;
  loaded ??= load();
  const Made = await loaded;
  const encoder = new Made() as Encoder;
  const size = { width: columns, height: rows, bitsPerSample: 8, isSigned: false, componentCount: samples } as const;
  encoder.getDecodedBuffer(size).set(pixels);
  encoder.setQuality(Math.min(quality, MOST_QUALITY));
  encoder.encode();
  const encoded = encoder.getEncodedBuffer().slice();
  encoder.delete();
  return encoded;
}

/** Grey written as colour: the same to see, three times the room. */
function asColour(image: Shown): Shown {
  if (image.samples === 3) return image;
  const pixels = new Uint8Array(image.pixels.length * 3);
  for (const [at, shade] of image.pixels.entries()) pixels.fill(shade, at * 3, at * 3 + 3);
  return { ...image, samples: 3, pixels };
}
