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

/** A baseline JPEG (ISO 10918-1) of an image made here. @param quality 1 to 100. */
export async function jpeg({ columns, rows, samples, pixels }: Shown, quality: number): Promise<Uint8Array> {
  loaded ??= load();
  const Made = await loaded;
  const encoder = new Made() as Encoder;
  const size = { width: columns, height: rows, bitsPerSample: 8, isSigned: false, componentCount: samples } as const;
  encoder.getDecodedBuffer(size).set(pixels);
  encoder.setQuality(quality);
  encoder.encode();
  const encoded = encoder.getEncodedBuffer().slice();
  encoder.delete();
  return encoded;
}
