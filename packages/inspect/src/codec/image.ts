import { transferSyntax } from '@leadglass/dicom';

/** What an object says of each of its frames (PS3.3 §C.7.6.3). Numbers are -1 where it says nothing. */
export interface DeclaredImage {
  readonly transferSyntaxUid: string;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly photometric: string;
  /** Pixel Representation 1: two's complement. */
  readonly isSigned: boolean;
  /** Planar Configuration 1: colour by plane. Of native pixels alone. */
  readonly isPlanar: boolean;
}

/** How a frame is compressed, as far as its own bytes tell. */
export type Family = 'jpeg' | 'jpeg-2000' | 'rle' | 'deflate';

/** The family a transfer syntax declares; undefined for what has no frames to be told apart or no decoder here (video, JPEG XL). */
export function familyOf(transferSyntaxUid: string): Family | undefined {
  switch (transferSyntax(transferSyntaxUid)?.codec) {
    case 'jpeg':
    case 'jpeg-ls':
      return 'jpeg';
    case 'jpeg-2000':
    case 'htj2k':
      return 'jpeg-2000';
    case 'rle':
      return 'rle';
    case 'deflate':
      return 'deflate';
    default:
      return undefined;
  }
}

/** The family that the first four bytes of a frame show: SOI and a marker (ISO 10918-1 §B.2.1), or SOC and SIZ (ISO 15444-1 §A.4.1). */
export function familyShown(lead: Uint8Array): Family | undefined {
  if (lead[0] !== 0xff || lead[2] !== 0xff) return undefined;
  if (lead[1] === 0xd8) return 'jpeg';
  return lead[1] === 0x4f && lead[3] === 0x51 ? 'jpeg-2000' : undefined;
}

/** Bytes a decoded sample takes: one bit alone is decoded into a byte, or packed. */
export function sampleBytes(image: DeclaredImage): number {
  return Math.max(1, Math.ceil(image.bitsAllocated / 8));
}

/** What a reader of a frame's header has to say; each word is a kind of finding (`CODEC_KINDS`). */
export type CodecWord =
  | 'other-codec'
  | 'no-image'
  | 'native'
  | 'process'
  | 'wrapped'
  | 'odd-marker'
  | 'cut'
  | 'precision'
  | 'precision-differs'
  | 'components'
  | 'header'
  | 'tables'
  | 'tiles'
  | 'dimensions'
  | 'bomb'
  | 'no-data'
  | 'rle-header'
  | 'rle-long'
  | 'rle-short'
  | 'rle-padding';

/** Takes one frame's bytes as they come, in any split, keeps none of them, and tells what is wrong with its header. */
export interface HeaderReader {
  push(bytes: Uint8Array): void;
  /** Whether more bytes could tell nothing more: they need not be pushed. */
  readonly isDone: boolean;
  /** The frame is over. @param frameBytes its length. @param tail its last bytes, at most 4. */
  end(frameBytes: number, tail: Uint8Array): void;
}

/** Where a reader puts what it has to say. */
export type Tell = (word: CodecWord) => void;

/** A frame whose own header makes it so many times larger than the object says, and so large, is made to exhaust memory. */
const BOMB_TIMES = 64;
const BOMB_SIDE_TIMES = 2;
const BOMB_PIXELS = 2 ** 26;
const MOST_SIDE = 0xffff;

/** Whether an image of DICOM can have these dimensions: Rows and Columns have 16 bits. Decoders refuse the rest, and so is it told by `encapsulated`. */
export function areDimensionsPlausible(rows: number, columns: number): boolean {
  return rows <= MOST_SIDE && columns <= MOST_SIDE;
}

/** Compares a frame's own dimensions with the declared ones. Merely larger or smaller is told by inspector `encapsulated`. */
export function judgeDimensions(image: DeclaredImage, rows: number, columns: number, tell: Tell): void {
  if (image.rows < 1 || image.columns < 1) return;
  const pixels = rows * columns;
  // Both sides, so that one damaged number of an innocent header is not taken for intent.
  const isBothWays = rows > image.rows * BOMB_SIDE_TIMES && columns > image.columns * BOMB_SIDE_TIMES;
  if (isBothWays && pixels > BOMB_PIXELS && pixels > image.rows * image.columns * BOMB_TIMES) tell('bomb');
}

/** Compares a frame's own precision with the declared one: what needs more bytes a sample than declared writes outside. */
export function judgePrecision(image: DeclaredImage, bits: number, tell: Tell): void {
  if (image.bitsAllocated < 1) return;
  if (bits > sampleBytes(image) * 8) tell('precision');
  else if (image.bitsStored > 0 && bits !== image.bitsStored) tell('precision-differs');
}

/** Compares a frame's own components with the declared samples. */
export function judgeComponents(image: DeclaredImage, components: number, tell: Tell): void {
  if (image.samplesPerPixel > 0 && components !== image.samplesPerPixel) tell('components');
}
