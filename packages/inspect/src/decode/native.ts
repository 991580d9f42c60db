import { inflateRawSync } from 'node:zlib';
import { type DeclaredImage, sampleBytes } from '../codec/image.ts';
import { type DecodeOutcome, decoded, REFUSED, UNSUPPORTED } from './frame.ts';
import { interleaved } from './wasm.ts';

/** Bytes of one uncompressed frame; bits packed. */
export function nativeFrameBytes(image: DeclaredImage): number {
  return Math.ceil((image.rows * image.columns * image.samplesPerPixel * image.bitsAllocated) / 8);
}

/** Takes an uncompressed frame as it is (PS3.5 §8.1.1): planes put together, single bits unpacked, the low byte first. */
export function decodeNative(bytes: Uint8Array, image: DeclaredImage, isBigEndian: boolean): DecodeOutcome {
  const { rows, columns, samplesPerPixel: samples, isSigned, bitsAllocated } = image;
  const size = nativeFrameBytes(image);
  if (bytes.length < size) return REFUSED;
  if (bitsAllocated === 1 && samples === 1) return unpacked(bytes, rows, columns);
  const bits = sampleBytes(image) * 8;
  if (bits !== bitsAllocated || (bits !== 8 && bits !== 16 && bits !== 32)) return UNSUPPORTED;
  let pixels: Uint8Array = new Uint8Array(bytes.subarray(0, size));
  if (isBigEndian) swap(pixels, bits / 8);
  if (image.isPlanar && samples > 1) pixels = interleaved(pixels, samples, bits / 8);
  return decoded({ rows, columns, samples, bits, isSigned, isRgb: false, pixels });
}

/** Decodes a frame of Deflated Image Frame Compression (PS3.5 §8.2.16), never further than the image. */
export function decodeDeflated(bytes: Uint8Array, image: DeclaredImage): DecodeOutcome {
  try {
    const plain = inflateRawSync(bytes, { maxOutputLength: nativeFrameBytes(image) + 1 });
    return decodeNative(plain, image, false);
  } catch (thrown) {
    return (thrown as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' ? { kind: 'larger' } : REFUSED;
  }
}

/** One bit a pixel, the lowest of a byte first (PS3.5 Annex D.2). */
function unpacked(bytes: Uint8Array, rows: number, columns: number): DecodeOutcome {
  const pixels = new Uint8Array(rows * columns);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = ((bytes[at >>> 3] ?? 0) >>> (at & 7)) & 1;
  return decoded({ rows, columns, samples: 1, bits: 8, isSigned: false, isRgb: false, pixels });
}

function swap(pixels: Uint8Array, sampleBytes: number): void {
  const buffer = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.length - (pixels.length % sampleBytes));
  if (sampleBytes === 2) buffer.swap16();
  else if (sampleBytes === 4) buffer.swap32();
}
