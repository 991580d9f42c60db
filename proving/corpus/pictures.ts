import { deflateRawSync } from 'node:zlib';
import type { TransferSyntax } from '@leadglass/dicom';
import { jpegLossless, rle } from '../../apps/cli/src/prove-it/pack/codestreams.ts';
import {
  type Image,
  nativeBytes,
  type ObjectToMake,
  offsetTable,
  pixelsOf,
  swapped,
  TRANSFER,
} from '../../apps/cli/src/prove-it/pack/object.ts';
import type { Seeded } from '../../apps/cli/src/prove-it/pack/seeded.ts';
import * as codec from './codestreams.ts';

/** Forms of pictures, as modalities make them. Large enough that a JPEG of them is smaller: its encoder asks that. */
export const IMAGES: readonly Omit<Image, 'frames'>[] = [
  { rows: 24, columns: 32, samples: 1, allocated: 16, stored: 12, photometric: 'MONOCHROME2', planar: 0 },
  { rows: 16, columns: 16, samples: 1, allocated: 16, stored: 16, photometric: 'MONOCHROME2', planar: 0 },
  { rows: 40, columns: 50, samples: 1, allocated: 8, stored: 8, photometric: 'MONOCHROME1', planar: 0 },
  { rows: 32, columns: 32, samples: 3, allocated: 8, stored: 8, photometric: 'RGB', planar: 0 },
  { rows: 35, columns: 37, samples: 3, allocated: 8, stored: 8, photometric: 'RGB', planar: 1 },
  { rows: 49, columns: 43, samples: 1, allocated: 8, stored: 8, photometric: 'MONOCHROME2', planar: 0 },
  { rows: 16, columns: 24, samples: 1, allocated: 1, stored: 1, photometric: 'MONOCHROME2', planar: 0 },
];

/** Pixels as they are written, and the module that describes them. */
export interface Pixels {
  readonly image: Image;
  readonly pixels: NonNullable<ObjectToMake['pixels']>;
}

type Encode = (image: Image, frame: Buffer) => Promise<Buffer> | Buffer;

/** How each codec's frames are made, and which pictures it takes. `undefined` in the answer: not made here. */
export function encoderOf({
  uid,
}: TransferSyntax): { readonly encode: Encode; takes(image: Image): boolean } | undefined {
  const short = uid.slice('1.2.840.10008.1.2'.length);
  const isByte = (image: Image) => image.allocated === 8;
  const isWhole = (image: Image) => image.allocated !== 1;
  const isGrey = (image: Image) => image.samples === 1 && image.allocated !== 1;
  const makers: Readonly<Record<string, { encode: Encode; takes(image: Image): boolean }>> = {
    '.4.50': { encode: (image, frame) => codec.jpeg(image, frame), takes: isByte },
    '.4.51': { encode: (image, frame) => codec.jpegExtended(image, frame), takes: isByte },
    '.4.55': { encode: (image, frame) => codec.jpeg(image, frame, true), takes: isByte },
    '.4.57': { encode: jpegLossless, takes: isGrey },
    '.4.70': { encode: jpegLossless, takes: isGrey },
    '.4.80': { encode: (image, frame) => codec.jpegLs(image, frame, 0), takes: isWhole },
    '.4.81': { encode: (image, frame) => codec.jpegLs(image, frame, 2), takes: isWhole },
    '.4.90': { encode: (image, frame) => codec.jpeg2000(image, frame, true), takes: isWhole },
    '.4.91': { encode: (image, frame) => codec.jpeg2000(image, frame, false), takes: isWhole },
    '.4.201': { encode: (image, frame) => codec.htj2k(image, frame, true), takes: isWhole },
    '.4.203': { encode: (image, frame) => codec.htj2k(image, frame, false), takes: isWhole },
    '.5': { encode: rle, takes: isWhole },
    '.8.1': { encode: (_image, frame) => deflateRawSync(frame), takes: isWhole },
  };
  return makers[short];
}

/** What the pixels are called once a codec has transformed their colours. */
function photometricOf({ codec: name, uid }: TransferSyntax, { samples, photometric }: Image): string {
  if (samples === 1) return photometric;
  if (name === 'jpeg') return 'YBR_FULL';
  if (name === 'jpeg-2000' || name === 'htj2k') return /\.(91|203)$/.test(uid) ? 'YBR_ICT' : 'YBR_RCT';
  return photometric;
}

/** A picture of noise in a compressed syntax, with an offset table or without; undefined when it cannot be encoded here. */
export async function encapsulated(random: Seeded, syntax: TransferSyntax, image: Image): Promise<Pixels | undefined> {
  const maker = encoderOf(syntax);
  if (maker === undefined) return undefined;
  const byPixel: Image = { ...image, planar: 0 };
  const made: Image = { ...byPixel, photometric: photometricOf(syntax, byPixel) };
  const frames: Buffer[] = [];
  for (let at = 0; at < image.frames; at += 1) {
    const one = { ...byPixel, frames: 1 };
    const frame = await maker.encode(one, pixelsOf(random, one));
    frames.push(frame.length % 2 === 0 ? frame : Buffer.concat([frame, Buffer.alloc(1)]));
  }
  const table = random.int(0, 1) === 0 ? Buffer.alloc(0) : offsetTable(frames);
  return { image: made, pixels: [table, ...frames] };
}

/** The same in a native syntax. */
export function native(random: Seeded, image: Image, transferSyntaxUid: string): Pixels {
  const pixels = pixelsOf(random, image);
  const isBig = transferSyntaxUid === TRANSFER.big;
  return { image, pixels: isBig ? swapped(pixels, image.allocated) : pixels };
}

/** Encapsulated uncompressed (PS3.5 §A.4.11): each native frame a fragment. */
export function framesOf({ image, pixels }: Pixels): readonly Uint8Array[] {
  if (!(pixels instanceof Uint8Array)) return pixels;
  const bytes = nativeBytes({ ...image, frames: 1 });
  if (image.allocated === 1) return [Buffer.alloc(0), pixels];
  const frames = Array.from({ length: image.frames }, (_, at) => pixels.subarray(at * bytes, (at + 1) * bytes));
  return [Buffer.alloc(0), ...frames];
}
