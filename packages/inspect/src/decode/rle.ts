import { uint32 } from '../bytes.ts';
import { type DeclaredImage, sampleBytes } from '../codec/image.ts';
import { RLE_HEADER_BYTES, rleSegments } from '../codec/rle.ts';
import { type DecodeOutcome, decoded, REFUSED, UNSUPPORTED } from './frame.ts';

const LAST_SEGMENT = 14;
/** A count that means no run at all (PS3.5 §G.3.2). */
const NOTHING = 128;

/** Decodes an RLE frame (PS3.5 Annex G): each segment holds one byte of one sample, the high byte's first. Never writes beyond the image. */
export function decodeRle(bytes: Uint8Array, image: DeclaredImage): DecodeOutcome {
  const { rows, columns, samplesPerPixel: samples } = image;
  const each = sampleBytes(image);
  if (each !== 1 && each !== 2 && each !== 4) return UNSUPPORTED;
  if (image.bitsAllocated < 8) return UNSUPPORTED;
  if (bytes.length < RLE_HEADER_BYTES || uint32(bytes, 0, false) !== rleSegments(image)) return REFUSED;
  const pixels = new Uint8Array(rows * columns * samples * each);
  const plane = new Uint8Array(rows * columns);
  for (let segment = 0; segment < samples * each; segment += 1) {
    if (!unpackSegment(segmentOf(bytes, segment), plane)) return REFUSED;
    const [sample, byte] = [Math.floor(segment / each), each - 1 - (segment % each)];
    scatter(plane, pixels, sample * each + byte, samples * each);
  }
  const bits = (each * 8) as 8 | 16 | 32;
  return decoded({ rows, columns, samples, bits, isSigned: image.isSigned, isRgb: false, pixels });
}

function segmentOf(bytes: Uint8Array, segment: number): Uint8Array {
  const start = uint32(bytes, 4 + 4 * segment, false);
  const next = segment < LAST_SEGMENT ? uint32(bytes, 8 + 4 * segment, false) : 0;
  return bytes.subarray(start, next > start ? next : undefined);
}

/** Unpacks one segment into `plane`, never beyond it. @returns whether it fills it. */
function unpackSegment(packed: Uint8Array, plane: Uint8Array): boolean {
  let to = 0;
  for (let at = 0; at < packed.length && to < plane.length; ) {
    const count = packed[at] ?? 0;
    at += 1;
    if (count === NOTHING) continue;
    if (count < NOTHING) {
      const literal = packed.subarray(at, at + Math.min(count + 1, plane.length - to));
      plane.set(literal, to);
      to += literal.length;
      at += count + 1;
    } else if (at < packed.length) {
      plane.fill(packed[at] ?? 0, to, to + 257 - count);
      to += 257 - count;
      at += 1;
    }
  }
  return to >= plane.length;
}

function scatter(plane: Uint8Array, pixels: Uint8Array, first: number, step: number): void {
  for (let at = 0, to = first; at < plane.length; at += 1, to += step) pixels[to] = plane[at] ?? 0;
}
