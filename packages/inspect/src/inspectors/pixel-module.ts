import { type ElementHead, TAG, type Tag } from '@leadglass/dicom';
import { latin1, uint16 } from '../bytes.ts';

/** The attributes that say how large pixel data is (PS3.3 §C.7.6.3), of one data set or item. -1: not there. */
export interface PixelModule {
  samplesPerPixel: number;
  photometric: string;
  frames: number;
  rows: number;
  columns: number;
  bitsAllocated: number;
  bitsStored: number;
  highBit: number;
  /** Whether one of the numbers was not two bytes long. */
  hasBadLength: boolean;
}

/** A module that nothing is known of yet. */
export function emptyModule(): PixelModule {
  return {
    samplesPerPixel: -1,
    photometric: '',
    frames: -1,
    rows: -1,
    columns: -1,
    bitsAllocated: -1,
    bitsStored: -1,
    highBit: -1,
    hasBadLength: false,
  };
}

const NUMBERS = new Map<Tag, 'samplesPerPixel' | 'rows' | 'columns' | 'bitsAllocated' | 'bitsStored' | 'highBit'>([
  [TAG.SamplesPerPixel, 'samplesPerPixel'],
  [TAG.Rows, 'rows'],
  [TAG.Columns, 'columns'],
  [TAG.BitsAllocated, 'bitsAllocated'],
  [TAG.BitsStored, 'bitsStored'],
  [TAG.HighBit, 'highBit'],
]);

/** Whether the element belongs to the module. */
export function isOfModule(tag: Tag): boolean {
  return tag === TAG.PhotometricInterpretation || tag === TAG.NumberOfFrames || NUMBERS.has(tag);
}

/** Takes one element's value into the module. */
export function takeIn(module: PixelModule, head: ElementHead, bytes: Uint8Array, isBigEndian: boolean): void {
  const name = NUMBERS.get(head.tag);
  if (name !== undefined) {
    if (bytes.length === 2) module[name] = uint16(bytes, 0, isBigEndian);
    else if (bytes.length > 0) module.hasBadLength = true;
  } else if (head.tag === TAG.PhotometricInterpretation) {
    module.photometric = latin1(bytes)
      .replace(/[\0 ]+$/, '')
      .trimStart();
  } else if (head.tag === TAG.NumberOfFrames) {
    module.frames = countOf(latin1(bytes));
  }
}

/** A count written as IS: at most 2^31 - 1; -1 when empty, -2 when it is no count. */
export function countOf(value: string): number {
  const bare = value.replace(/[\0 ]+$/, '').trimStart();
  if (bare === '') return -1;
  return /^\+?[0-9]{1,10}$/.test(bare) && Number(bare) <= 0x7fffffff ? Number(bare) : -2;
}

/** Pixels of one frame. At most 65535², so exact as a number. */
export function pixelsOf(module: PixelModule): number {
  return module.rows * module.columns;
}

/** 0 frames is written by some devices for 1 (PS3.3 §C.7.6.6.1.1 asks for at least 1). */
export function frameCount(module: PixelModule): number {
  return Math.max(1, module.frames);
}

/**
 * Bytes that native pixel data must have (PS3.5 §8.1.1, Annex D): bits packed, padding not counted. BigInt: the product of a
 * hostile 65535 x 65535 x 65535 x 64 x 2^31 has no room in a number.
 */
export function nativeBytes(module: PixelModule): bigint {
  const bits =
    BigInt(pixelsOf(module)) *
    BigInt(module.samplesPerPixel) *
    BigInt(module.bitsAllocated) *
    BigInt(frameCount(module));
  return (bits + 7n) / 8n;
}
