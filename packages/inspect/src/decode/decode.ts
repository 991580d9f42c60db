import { EXPLICIT_VR_BIG_ENDIAN, transferSyntax } from '@leadglass/dicom';
import type { DeclaredImage } from '../codec/image.ts';
import { type FrameSize, frameSize } from '../codec/size.ts';
import { type DecodeOutcome, MOST_SAMPLES, REFUSED, UNSUPPORTED } from './frame.ts';
import { decodeJpegLossless } from './jpeg-lossless.ts';
import { decodeJpegTwelve } from './jpeg-twelve.ts';
import { decodeDeflated, decodeNative } from './native.ts';
import { decodeRle } from './rle.ts';
import { decodeWithWasm } from './wasm.ts';

/**
 * Decodes one frame, in the process it is called in: only ever call it in one that may be lost (apps/gateway/src/decoder.ts).
 * The frame's own header is held against `image` first: nothing larger than declared, and nothing over MOST_SAMPLES, is decoded.
 * @param bytes the whole frame, its fragments joined. @returns pixels, or why there are none; hostile bytes never throw.
 */
export async function decodeFrame(bytes: Uint8Array, image: DeclaredImage): Promise<DecodeOutcome> {
  const { rows, columns, samplesPerPixel, bitsAllocated } = image;
  if (rows < 1 || columns < 1 || samplesPerPixel < 1 || bitsAllocated < 1) return REFUSED;
  if (rows * columns * samplesPerPixel > MOST_SAMPLES) return { kind: 'too-large' };
  const syntax = transferSyntax(image.transferSyntaxUid);
  if (syntax?.kind !== 'encapsulated')
    return decodeNative(bytes, image, image.transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN);
  if (syntax.codec === 'rle') return decodeRle(bytes, image);
  if (syntax.codec === 'deflate') return decodeDeflated(bytes, image);
  if (syntax.codec === 'none') return decodeNative(bytes, image, false);
  const size = frameSize(bytes);
  // What shows no mark is refused by all codecs, or is a kind that none of ours knows.
  if (size === undefined) return UNSUPPORTED;
  const isLarger = size.rows > rows || size.columns > columns || size.components > samplesPerPixel;
  return isLarger ? { kind: 'larger' } : decodeSized(bytes, size, syntax.codec === 'htj2k');
}

/** What the frame itself shows decides, as it does for every program that shows it. */
function decodeSized(
  bytes: Uint8Array,
  size: FrameSize,
  isHighThroughput: boolean,
): Promise<DecodeOutcome> | DecodeOutcome {
  switch (size.process) {
    case 0:
      return decodeWithWasm(isHighThroughput ? 'htj2k' : 'jpeg-2000', bytes);
    case 0xf7:
      return decodeWithWasm('jpeg-ls', bytes);
    case 0xc3:
      return decodeJpegLossless(bytes, size);
    case 0xc0:
    case 0xc1:
      return size.bits === 8 ? decodeWithWasm('jpeg', bytes) : decodeJpegTwelve(bytes, size);
    case 0xc2:
      return size.bits === 8 ? decodeWithWasm('jpeg', bytes) : UNSUPPORTED;
    default:
      return UNSUPPORTED;
  }
}
