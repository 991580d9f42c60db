import type { DecodedFrame } from './frame.ts';
import { png } from './png.ts';

/** How pixel values become grey (PS3.3 §C.11.1, §C.11.2.1). */
export interface View {
  readonly photometric: string;
  /** Bits of a value that count; what lies above is cut off. */
  readonly bitsStored: number;
  readonly isSigned: boolean;
  readonly slope: number;
  readonly intercept: number;
  /** Window Center and Width; undefined: from the darkest value to the brightest. */
  readonly window: { readonly center: number; readonly width: number } | undefined;
}

/** The longer side of a preview, in pixels. */
export const PREVIEW_SIDE = 512;

/** Makes a PNG of at most PREVIEW_SIDE a side, grey or RGB, 8 bits: enough to recognise an image, never for diagnosis. */
export function preview(frame: DecodedFrame, view: View): Uint8Array {
  const { columns, rows, samples, pixels } = shown(frame, view, PREVIEW_SIDE);
  return png(columns, rows, samples, pixels);
}

/** An image as it is seen: 8 bits a sample, rows from the top, samples together. */
export interface Shown {
  readonly columns: number;
  readonly rows: number;
  /** 1: grey, 3: RGB. */
  readonly samples: 1 | 3;
  readonly pixels: Uint8Array;
}

/** The frame under its view, made smaller by a whole number until no side is longer than `mostSide`. */
export function shown(frame: DecodedFrame, view: View, mostSide: number): Shown {
  const step = Math.max(1, Math.ceil(Math.max(frame.rows, frame.columns) / mostSide));
  const small: Small = {
    rows: Math.ceil(frame.rows / step),
    columns: Math.ceil(frame.columns / step),
    step,
  };
  const isColour = frame.samples === 3;
  const pixels = isColour ? colour(frame, view, small) : grey(frame, view, small);
  return { columns: small.columns, rows: small.rows, samples: isColour ? 3 : 1, pixels };
}

interface Small {
  readonly rows: number;
  readonly columns: number;
  /** Pixels of the frame to one of the preview, each way. */
  readonly step: number;
}

function grey(frame: DecodedFrame, view: View, small: Small): Uint8Array {
  const values = new Float64Array(small.rows * small.columns);
  const read = reader(frame, view);
  for (let at = 0; at < values.length; at += 1)
    values[at] = mean(frame, small, at, 0, read) * view.slope + view.intercept;
  const { lowest, width } = range(values, view);
  const isInverted = view.photometric === 'MONOCHROME1';
  return Uint8Array.from(values, (value) => {
    const shade = Math.round(((value - lowest) / width) * 255);
    const bounded = Math.min(255, Math.max(0, shade));
    return isInverted ? 255 - bounded : bounded;
  });
}

/** The values shown as black and white: c - 0.5 - (w-1)/2 and w - 1 above it (PS3.3 §C.11.2.1.2.1). */
function range(values: Float64Array, { window }: View): { lowest: number; width: number } {
  const { lowest, highest } = extremes(values);
  if (window !== undefined && window.width >= 1) {
    const width = Math.max(1, window.width - 1);
    const black = window.center - 0.5 - width / 2;
    // A window that shows one shade alone, made for other values: the picture would tell nothing.
    if (black < highest && black + width > lowest) return { lowest: black, width };
  }
  return { lowest, width: Math.max(1, highest - lowest) };
}

function extremes(values: Float64Array): { lowest: number; highest: number } {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  return { lowest, highest };
}

function colour(frame: DecodedFrame, view: View, small: Small): Uint8Array {
  const pixels = new Uint8Array(small.rows * small.columns * 3);
  const read = reader(frame, { ...view, bitsStored: frame.bits, isSigned: false });
  const shift = 2 ** (frame.bits - 8);
  const isYbr = !frame.isRgb && view.photometric.startsWith('YBR_FULL');
  for (let at = 0; at < small.rows * small.columns; at += 1) {
    const [first = 0, second = 0, third = 0] = [0, 1, 2].map((sample) => mean(frame, small, at, sample, read) / shift);
    pixels.set(isYbr ? rgb(first, second, third) : [first, second, third].map(byteOf), at * 3);
  }
  return pixels;
}

/** PS3.3 §C.7.6.3.1.2, YBR_FULL. */
function rgb(y: number, blue: number, red: number): number[] {
  const [cb, cr] = [blue - 128, red - 128];
  return [y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb].map(byteOf);
}

function byteOf(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}

/** Mean of the pixels that one of the preview stands for. */
function mean(
  frame: DecodedFrame,
  { columns, step }: Small,
  at: number,
  sample: number,
  read: (index: number) => number,
): number {
  const [top, left] = [Math.floor(at / columns) * step, (at % columns) * step];
  const [bottom, right] = [Math.min(top + step, frame.rows), Math.min(left + step, frame.columns)];
  let sum = 0;
  for (let row = top; row < bottom; row += 1) {
    for (let column = left; column < right; column += 1)
      sum += read((row * frame.columns + column) * frame.samples + sample);
  }
  return sum / ((bottom - top) * (right - left));
}

/** Reads a sample by its index: the bits that count, with their sign. */
function reader(frame: DecodedFrame, view: View): (index: number) => number {
  const { pixels, bits } = frame;
  const data = new DataView(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const raw = bits === 8 ? (at: number) => data.getUint8(at) : wide(data, bits);
  const counted = view.bitsStored >= 1 && view.bitsStored <= bits ? view.bitsStored : bits;
  const span = 2 ** counted;
  const isSigned = view.isSigned || frame.isSigned;
  return (index) => {
    const value = raw(index) % span;
    return isSigned && value >= span / 2 ? value - span : value;
  };
}

function wide(data: DataView, bits: 16 | 32): (index: number) => number {
  return bits === 16 ? (at) => data.getUint16(at * 2, true) : (at) => data.getUint32(at * 4, true);
}
