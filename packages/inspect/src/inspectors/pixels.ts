import { type ElementHead, EXPLICIT_VR_BIG_ENDIAN, TAG, transferSyntax, UNDEFINED_LENGTH } from '@leadglass/dicom';
import type { Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';
import { emptyModule, frameCount, isOfModule, nativeBytes, type PixelModule, takeIn } from './pixel-module.ts';

const kind = kindsOf('pixels');

/** What pixel data can contradict. */
export const PIXEL_KINDS = {
  short: kind(
    'short',
    'malformed',
    'PS3.3 §C.7.6.3, PS3.5 §8.1.1',
    'L’image contient moins de pixels que ses dimensions n’en annoncent : un logiciel lirait au-delà de la fin.',
    'The image has fewer pixels than its dimensions declare: a program would read beyond the end.',
  ),
  long: kind(
    'long',
    'malformed',
    'PS3.3 §C.7.6.3, PS3.5 §8.1.1',
    'L’image contient beaucoup plus de données que ses dimensions n’en annoncent : le surplus peut cacher autre chose.',
    'The image has much more data than its dimensions declare: the surplus can hide something else.',
  ),
  surplus: kind(
    'surplus',
    'information',
    'PS3.5 §8.1.1',
    'L’image est suivie de quelques octets de remplissage ; c’est une particularité de certains appareils.',
    'The image is followed by a few bytes of padding, a quirk of some devices.',
  ),
  noDimensions: kind(
    'no-dimensions',
    'malformed',
    'PS3.3 §C.7.6.3',
    'L’objet contient une image sans ses dimensions (lignes, colonnes ou bits).',
    'The object holds an image without its dimensions (rows, columns or bits).',
  ),
  zero: kind(
    'zero',
    'malformed',
    'PS3.3 §C.7.6.3',
    'L’image annonce zéro ligne, zéro colonne ou zéro bit.',
    'The image declares zero rows, zero columns or zero bits.',
  ),
  attributeLength: kind(
    'attribute-length',
    'malformed',
    'PS3.6 §6, PS3.5 §6.2',
    'Une dimension de l’image n’est pas codée sur deux octets : un logiciel en lirait une autre.',
    'A dimension of the image is not two bytes long: a program would read another one.',
  ),
  frames: kind(
    'frames',
    'malformed',
    'PS3.3 §C.7.6.6',
    'Le nombre d’images (trames) n’est pas un nombre.',
    'The number of frames is not a number.',
  ),
  bits: kind(
    'bits',
    'malformed',
    'PS3.5 §8.1.1',
    'Les bits des pixels se contredisent (stockés, alloués, bit de poids fort) : un logiciel écrirait hors de sa mémoire.',
    'The bits of the pixels contradict each other (stored, allocated, high bit): a program would write outside its memory.',
  ),
  highBit: kind(
    'high-bit',
    'information',
    'PS3.5 §8.1.1',
    'Le bit de poids fort n’est pas celui qu’exige la norme actuelle ; d’anciens appareils l’écrivent ainsi.',
    'The high bit is not the one the present standard asks for; older devices write it so.',
  ),
  samples: kind(
    'samples',
    'malformed',
    'PS3.3 §C.7.6.3.1.2',
    'Le nombre de composantes par pixel contredit le type de couleur : un logiciel lirait au-delà de l’image.',
    'The number of samples per pixel contradicts the colour type: a program would read beyond the image.',
  ),
  notNative: kind(
    'encapsulation',
    'suspicious',
    'PS3.5 §A.4',
    'L’image n’est pas codée comme la syntaxe de transfert l’annonce (compressée ou non).',
    'The image is not encoded as the transfer syntax declares (compressed or not).',
  ),
  several: kind(
    'several',
    'malformed',
    'PS3.3 §C.7.6.24, §C.7.6.25',
    'L’objet contient deux images à la même place : deux logiciels n’afficheraient pas la même.',
    'The object holds two images in the same place: two programs would not show the same one.',
  ),
  floatBits: kind(
    'float-bits',
    'information',
    'PS3.3 §C.7.6.24, §C.7.6.25',
    'Les pixels sont des nombres à virgule et le nombre de bits annoncé n’est pas le leur.',
    'The pixels are floating-point numbers and the declared number of bits is not theirs.',
  ),
} as const;

/** PS3.3 §C.7.6.3.1.2; what is not named here is private or newer and not judged. */
const SAMPLES_OF: Readonly<Record<string, number>> = {
  MONOCHROME1: 1,
  MONOCHROME2: 1,
  'PALETTE COLOR': 1,
  RGB: 3,
  HSV: 3,
  ARGB: 4,
  CMYK: 4,
  XYB: 3,
  YBR_FULL: 3,
  YBR_FULL_422: 3,
  YBR_PARTIAL_422: 3,
  YBR_PARTIAL_420: 3,
  YBR_ICT: 3,
  YBR_RCT: 3,
};
/** Chroma subsampled: native data may be this part of what full samples take (PS3.3 §C.7.6.3.1.2). */
const SUBSAMPLED: Readonly<Record<string, readonly [bigint, bigint]>> = {
  YBR_FULL_422: [2n, 3n],
  YBR_PARTIAL_422: [2n, 3n],
  YBR_PARTIAL_420: [1n, 2n],
};
/** Surplus up to this is padding to a block, whatever the image's size. */
const PADDING_BYTES = 2048n;

/** Length as declared, where it begins, and the bits a pixel has by the tag alone (0: the module says). */
interface SeenPixels {
  readonly length: number;
  readonly offset: number;
  readonly depth: number;
  readonly bits: number;
  readonly path: string;
}

interface Level {
  module: PixelModule | undefined;
  /** The pixel data seen at this level. */
  pixels: SeenPixels | undefined;
}

const PIXEL_TAGS = new Map<number, number>([
  [TAG.PixelData, 0],
  [TAG.FloatPixelData, 32],
  [TAG.DoubleFloatPixelData, 64],
]);

/** Image dimensions against the pixel data that follows, of the object and of every image inside a sequence (INSPECT-50 to 55). */
export function pixels(scene: Scene): Inspector {
  const isBigEndian = scene.context.transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN;
  const levels: Level[] = [{ module: undefined, pixels: undefined }];
  const current = (): Level => levels.at(-1) ?? { module: undefined, pixels: undefined };
  const sawPixels = (head: ElementHead): void => {
    const bits = PIXEL_TAGS.get(head.tag);
    const level = current();
    if (bits === undefined) return;
    if (level.pixels !== undefined) {
      // The very element again is a duplicate, which the reader tells of.
      if (level.pixels.bits !== bits) scene.find(PIXEL_KINDS.several);
      return;
    }
    level.pixels = { length: head.length, offset: head.offset, depth: head.depth, bits, path: scene.path() };
  };
  return {
    name: 'pixels',
    element(head): void {
      if (head.tag >= TAG.FloatPixelData) sawPixels(head);
    },
    fragments: sawPixels,
    beginning(head, bytes): void {
      if (head.tag >>> 16 !== 0x0028 || !isOfModule(head.tag)) return;
      const level = current();
      level.module ??= emptyModule();
      takeIn(level.module, head, bytes, isBigEndian);
    },
    item(): void {
      levels.push({ module: undefined, pixels: undefined });
    },
    itemEnd(): void {
      const level = levels.length > 1 ? levels.pop() : undefined;
      if (level !== undefined) judge(scene, level);
    },
    end(): void {
      const top = levels[0];
      if (top !== undefined) judge(scene, top);
    },
  };
}

type Kind = (typeof PIXEL_KINDS)[keyof typeof PIXEL_KINDS];
type Find = (what: Kind) => void;

function judge(scene: Scene, { module, pixels: seen }: Level): void {
  if (seen === undefined) return;
  const find = (what: Kind): void => scene.find(what, { path: seen.path, offset: seen.offset });
  const known = module ?? emptyModule();
  if (seen.bits > 0 && known.bitsAllocated > 0 && known.bitsAllocated !== seen.bits) find(PIXEL_KINDS.floatBits);
  if (seen.bits > 0) Object.assign(known, { bitsAllocated: seen.bits, bitsStored: -1, highBit: -1 });
  if (known.frames === -2) find(PIXEL_KINDS.frames);
  const hopeless = hopelessOf(known);
  if (hopeless !== undefined) {
    find(hopeless);
    return;
  }
  judgeBits(known, find);
  judgeSamples(known, find);
  if (seen.length !== UNDEFINED_LENGTH) judgeNative(scene, known, seen, find);
}

/** What makes every further computation moot. */
function hopelessOf(module: PixelModule): Kind | undefined {
  const { rows, columns, bitsAllocated } = module;
  if (module.hasBadLength) return PIXEL_KINDS.attributeLength;
  if (rows < 0 || columns < 0 || bitsAllocated < 0) return PIXEL_KINDS.noDimensions;
  return rows === 0 || columns === 0 || bitsAllocated === 0 ? PIXEL_KINDS.zero : undefined;
}

/** Only an image inside a sequence may be native where the transfer syntax compresses (PS3.5 §A.4). */
function judgeNative(scene: Scene, module: PixelModule, seen: SeenPixels, find: Find): void {
  const isCompressed = transferSyntax(scene.context.transferSyntaxUid)?.kind === 'encapsulated';
  if (isCompressed && seen.depth === 0 && seen.bits === 0) find(PIXEL_KINDS.notNative);
  else judgeLength(module, seen.length, find);
}

function judgeBits(module: PixelModule, find: Find): void {
  const { bitsAllocated, bitsStored, highBit } = module;
  const isImpossible = bitsAllocated > 64 || bitsStored > bitsAllocated || bitsStored === 0 || highBit >= bitsAllocated;
  if (isImpossible) find(PIXEL_KINDS.bits);
  else if (bitsStored > 0 && highBit >= 0 && highBit + 1 < bitsStored) find(PIXEL_KINDS.bits);
  else if (bitsStored > 0 && highBit >= 0 && highBit !== bitsStored - 1) find(PIXEL_KINDS.highBit);
}

function judgeSamples(module: PixelModule, find: Find): void {
  const expected = SAMPLES_OF[module.photometric];
  if (module.samplesPerPixel === 0) find(PIXEL_KINDS.zero);
  else if (expected !== undefined && module.samplesPerPixel > 0 && module.samplesPerPixel !== expected)
    find(PIXEL_KINDS.samples);
}

function judgeLength(module: PixelModule, length: number, find: Find): void {
  const samples = module.samplesPerPixel > 0 ? module.samplesPerPixel : (SAMPLES_OF[module.photometric] ?? 1);
  const full = nativeBytes({ ...module, samplesPerPixel: samples });
  const surplus = BigInt(length) - full;
  if (BigInt(length) < smallestBytes(full, module.photometric)) find(PIXEL_KINDS.short);
  else if (surplus > 1n) find(isPadding(module, surplus, full) ? PIXEL_KINDS.surplus : PIXEL_KINDS.long);
}

/** Whether a surplus is what devices leave: less than a row or a block, and less than the image. */
function isPadding(module: PixelModule, surplus: bigint, full: bigint): boolean {
  const oneRow = full / BigInt(frameCount(module)) / BigInt(module.rows);
  return surplus <= (oneRow > PADDING_BYTES ? oneRow : PADDING_BYTES) && surplus < full;
}

function smallestBytes(full: bigint, photometric: string): bigint {
  const part = SUBSAMPLED[photometric];
  return part === undefined ? full : (full * part[0]) / part[1];
}
