import { type DecodedFrame, type DecodeOutcome, decoded, REFUSED, UNSUPPORTED } from './frame.ts';

/** A decoder of the WebAssembly codecs; all four have the same calls. Buffers are views of its memory, valid until the next call. */
interface WasmDecoder {
  getEncodedBuffer(bytes: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  readHeader?(): void;
  decode(): void;
  getFrameInfo(): FrameInfo;
  getInterleaveMode?(): number;
  delete(): void;
}

interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
}

/** The codecs by the family they decode, loaded when first needed: who decodes nothing pays nothing. */
const LOADERS = {
  jpeg: async () => {
    const { default: make } = await import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs');
    return (await make(quiet())).JPEGDecoder;
  },
  'jpeg-ls': async () => {
    const { default: make } = await import('@cornerstonejs/codec-charls/decodewasmjs');
    return (await make(quiet())).JpegLSDecoder;
  },
  'jpeg-2000': async () => {
    const { default: make } = await import('@cornerstonejs/codec-openjpeg/decodewasmjs');
    return (await make(quiet())).J2KDecoder;
  },
  htj2k: async () => {
    const { default: make } = await import('@cornerstonejs/codec-openjph/wasmjs');
    return (await make(quiet())).HTJ2KDecoder;
  },
} as const;

/** A codec's own messages may quote the frame: they go nowhere. Each codec fills an object of its own. */
function quiet(): object {
  return { print: () => {}, printErr: () => {} };
}

/** What the WebAssembly codecs decode. */
export type WasmCodec = keyof typeof LOADERS;

const loaded = new Map<WasmCodec, Promise<new () => unknown>>();

/** Decodes one frame. A codec that refuses or breaks is thrown away with its memory: the next frame gets a fresh one. */
export async function decodeWithWasm(codec: WasmCodec, bytes: Uint8Array): Promise<DecodeOutcome> {
  const Decoder = await load(codec);
  let outcome: DecodeOutcome;
  try {
    outcome = run(new Decoder() as WasmDecoder, bytes, codec);
  } catch (thrown) {
    outcome = isTrap(thrown) ? { kind: 'trapped' } : REFUSED;
  }
  if (outcome.kind !== 'decoded') loaded.delete(codec);
  return outcome;
}

/** Access out of bounds, an unreachable place, a stack that ran over: a codec that broke. One that aborts gives up in order, as for lack of memory. */
function isTrap(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return thrown.name === 'RangeError' || (thrown.name === 'RuntimeError' && !thrown.message.startsWith('Aborted('));
}

function load(codec: WasmCodec): Promise<new () => unknown> {
  const already = loaded.get(codec);
  if (already !== undefined) return already;
  const making: Promise<new () => unknown> = LOADERS[codec]();
  loaded.set(codec, making);
  return making;
}

function run(decoder: WasmDecoder, bytes: Uint8Array, codec: WasmCodec): DecodeOutcome {
  decoder.getEncodedBuffer(bytes.length).set(bytes);
  if (codec === 'htj2k') decoder.readHeader?.();
  decoder.decode();
  const info = decoder.getFrameInfo();
  const outcome = frameOf(decoder, info, codec);
  decoder.delete();
  return outcome;
}

function frameOf(decoder: WasmDecoder, info: FrameInfo, codec: WasmCodec): DecodeOutcome {
  const { width: columns, height: rows, componentCount: samples, bitsPerSample } = info;
  if (bitsPerSample > 16) return UNSUPPORTED;
  const bits = bitsPerSample > 8 ? 16 : 8;
  // A copy: the decoder's memory is taken back.
  const pixels = decoder.getDecodedBuffer().slice();
  const isPlanar = codec === 'jpeg-ls' && samples > 1 && decoder.getInterleaveMode?.() === 0;
  const isSigned = info.isSigned === true && codec !== 'jpeg';
  const frame: DecodedFrame = { rows, columns, samples, bits, isSigned, isRgb: isRgb(codec, samples), pixels };
  return decoded(isPlanar ? { ...frame, pixels: interleaved(pixels, samples, bits / 8) } : frame);
}

/** The JPEG decoder turns YCbCr into RGB, the JPEG 2000 ones undo their own transform. */
function isRgb(codec: WasmCodec, samples: number): boolean {
  return samples === 3 && codec !== 'jpeg-ls';
}

/** Planes one behind the other made pixels with their samples together. */
export function interleaved(planes: Uint8Array, samples: number, sampleBytes: number): Uint8Array {
  const plane = Math.floor(planes.length / samples);
  const pixels = new Uint8Array(plane * samples);
  for (let sample = 0; sample < samples; sample += 1) {
    for (let from = 0, to = sample * sampleBytes; from < plane; from += sampleBytes, to += samples * sampleBytes) {
      for (let at = 0; at < sampleBytes; at += 1) pixels[to + at] = planes[sample * plane + from + at] ?? 0;
    }
  }
  return pixels;
}
