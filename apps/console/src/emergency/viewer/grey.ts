import type { Look, Window } from './look.ts';

/** Stored values of one frame, as they came: unsigned, whatever they mean. */
export type Stored = Uint8Array | Uint16Array;

/** The stored values of a frame of Explicit VR Little Endian; undefined when there are fewer than the image has pixels. */
export function storedOf(bytes: ArrayBuffer, { rows, columns, bitsAllocated }: Look): Stored | undefined {
  const count = rows * columns;
  if (bytes.byteLength < (count * bitsAllocated) / 8) return undefined;
  return bitsAllocated === 8 ? new Uint8Array(bytes, 0, count) : new Uint16Array(bytes, 0, count);
}

/** What a stored value says, before rescaling: its bits alone, with its sign. */
function meant(stored: number, { bitsStored, highBit, isSigned }: Look): number {
  const value = (stored >>> (highBit + 1 - bitsStored)) & ((1 << bitsStored) - 1);
  return isSigned && value >= 1 << (bitsStored - 1) ? value - (1 << bitsStored) : value;
}

/** The value of one pixel in the units of the modality. */
export function valueAt(stored: Stored, look: Look, column: number, row: number): number | undefined {
  const isInside = column >= 0 && row >= 0 && column < look.columns && row < look.rows;
  const raw = isInside ? stored[row * look.columns + column] : undefined;
  return raw === undefined ? undefined : meant(raw, look) * look.slope + look.intercept;
}

/** The window that shows all values of the frame, its padding left out. */
export function windowOfAll(stored: Stored, look: Look): Window {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const raw of stored) {
    const value = meant(raw, look);
    if (value === look.padding) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return { center: 0, width: 1 };
  const [from, to] = [low * look.slope + look.intercept, high * look.slope + look.intercept];
  // Both end values are shown as such: a linear window reaches them half a value further in (PS3.3 §C.11.2.1.2).
  return { center: (from + to) / 2 + 0.5, width: Math.max(1, Math.abs(to - from) + 1) };
}

/** Grey of a value, 0 to 255 (PS3.3 §C.11.2.1.2 and §C.11.2.1.3). */
export function greyOf(value: number, { center, width }: Window, shape: Look['shape']): number {
  if (shape === 'sigmoid') return 255 / (1 + Math.exp((-4 * (value - center)) / width));
  if (shape === 'exact') return ((value - center) / width + 0.5) * 255;
  return ((value - (center - 0.5)) / Math.max(1, width - 1) + 0.5) * 255;
}

/** Grey by stored value, for all values there can be: what makes another window cost one look-up a pixel. */
export function tableOf(look: Look, window: Window, isInverted: boolean): Uint8ClampedArray {
  const table = new Uint8ClampedArray(2 ** look.bitsAllocated);
  const isTurned = isInverted !== look.isInverted;
  for (let raw = 0; raw < table.length; raw += 1) {
    const grey = greyOf(meant(raw, look) * look.slope + look.intercept, window, look.shape);
    table[raw] = isTurned ? 255 - grey : grey;
  }
  return table;
}

/** Writes the greys of a frame into the pixels of a canvas (RGBA). */
export function paint(stored: Stored, table: Uint8ClampedArray, rgba: Uint8ClampedArray): void {
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, stored.length);
  const colours = coloursOf(table);
  for (let at = 0; at < stored.length; at += 1) pixels[at] = colours[stored[at] as number] as number;
}

const OPAQUE = 0xff000000;

/** A grey as the four bytes of a pixel: the same in both byte orders, but for where the opaque one stands; every browser's machine is little endian. */
function coloursOf(table: Uint8ClampedArray): Uint32Array {
  const colours = new Uint32Array(table.length);
  for (let at = 0; at < table.length; at += 1) {
    const grey = table[at] as number;
    colours[at] = (OPAQUE | (grey << 16) | (grey << 8) | grey) >>> 0;
  }
  return colours;
}
