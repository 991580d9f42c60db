import { Decoder } from 'jpeg-lossless-decoder-js';
import type { FrameSize } from '../codec/size.ts';
import { type DecodeOutcome, decoded, REFUSED, UNSUPPORTED } from './frame.ts';

/** Decodes a lossless JPEG frame (ISO 10918-1 §H) of 2 to 16 bits; in colour of 8 bits, with all samples in one scan. */
export function decodeJpegLossless(bytes: Uint8Array, size: FrameSize): DecodeOutcome {
  const sampleBytes = size.bits > 8 ? 2 : 1;
  if (size.components !== 1 && (size.components !== 3 || sampleBytes > 1)) return UNSUPPORTED;
  const decoder = new Decoder();
  try {
    const { buffer, byteOffset, length } = bytes;
    const values = decoder.decode(buffer as ArrayBuffer, byteOffset, length, sampleBytes);
    if (decoder.numComp !== decoder.frame.numComp) return UNSUPPORTED;
    // It stops at the end of the scan, wherever in the image that is.
    if (values === null || decoder.yLoc < decoder.frame.dimY) return REFUSED;
    return decoded({
      rows: decoder.frame.dimY,
      columns: decoder.frame.dimX,
      samples: size.components,
      bits: sampleBytes === 2 ? 16 : 8,
      isSigned: false,
      isRgb: false,
      pixels: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    });
  } catch {
    return REFUSED;
  }
}
