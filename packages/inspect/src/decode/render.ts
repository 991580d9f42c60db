import type { DecodedFrame } from './frame.ts';
import { jpeg } from './jpeg-encode.ts';
import { png } from './png.ts';
import { type Shown, shown, type View } from './preview.ts';

/** How a picture of a frame is wanted (PS3.18 §8.3.5). */
export interface Picture {
  readonly type: 'png' | 'jpeg';
  /** Of a JPEG, 1 to 100. */
  readonly quality: number;
  /** What it fits into, its shape kept; default its own size. */
  readonly viewport?: { readonly columns: number; readonly rows: number } | undefined;
  /** Part of the frame, in its own pixels, counted from 0; default all of it. */
  readonly region?:
    | { readonly left: number; readonly top: number; readonly columns: number; readonly rows: number }
    | undefined;
}

const MOST_SIDE = 16_384;

/** A picture of 8 bits a sample; undefined when the region lies outside the frame, or a JPEG would be too small for its encoder. */
export async function picture(frame: DecodedFrame, view: View, wish: Picture): Promise<Uint8Array | undefined> {
  const part = cut(shown(frame, view, MOST_SIDE), wish.region);
  if (part === undefined) return undefined;
  const { columns, rows, samples, pixels } = fitted(part, wish.viewport);
  return wish.type === 'png'
    ? png(columns, rows, samples, pixels)
    : jpeg({ columns, rows, samples, pixels }, wish.quality);
}

function cut(image: Shown, region: Picture['region']): Shown | undefined {
  if (region === undefined) return image;
  const { left, top } = region;
  const columns = Math.min(region.columns, image.columns - left);
  const rows = Math.min(region.rows, image.rows - top);
  if (columns < 1 || rows < 1) return undefined;
  const line = columns * image.samples;
  const pixels = new Uint8Array(line * rows);
  for (let row = 0; row < rows; row += 1) {
    const from = ((top + row) * image.columns + left) * image.samples;
    pixels.set(image.pixels.subarray(from, from + line), row * line);
  }
  return { columns, rows, samples: image.samples, pixels };
}

function fitted(image: Shown, viewport: Picture['viewport']): Shown {
  if (viewport === undefined) return image;
  const scale = Math.min(viewport.columns / image.columns, viewport.rows / image.rows);
  const columns = Math.max(1, Math.round(image.columns * scale));
  const rows = Math.max(1, Math.round(image.rows * scale));
  if (columns === image.columns && rows === image.rows) return image;
  const wide = resized(image.pixels, { lines: image.rows, from: image.columns, to: columns, samples: image.samples });
  const turned = transposed(wide, image.rows, columns, image.samples);
  const high = resized(turned, { lines: columns, from: image.rows, to: rows, samples: image.samples });
  return { columns, rows, samples: image.samples, pixels: transposed(high, columns, rows, image.samples) };
}

interface Resizing {
  readonly lines: number;
  readonly from: number;
  readonly to: number;
  readonly samples: number;
}

/** Each line made `to` pixels long: a tent as wide as what one pixel stands for, so that nothing is skipped when it gets smaller. */
function resized(pixels: Uint8Array, { lines, from, to, samples }: Resizing): Uint8Array {
  const out = new Uint8Array(lines * to * samples);
  const step = from / to;
  const reach = Math.max(1, step);
  for (let at = 0; at < to; at += 1) {
    const middle = (at + 0.5) * step - 0.5;
    const [first, last] = [Math.max(0, Math.ceil(middle - reach)), Math.min(from - 1, Math.floor(middle + reach))];
    const weights: number[] = [];
    for (let source = first; source <= last; source += 1) weights.push(1 - Math.abs(source - middle) / reach);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (sum > 0) mix(pixels, out, { at, first, weights, sum, lines, from, to, samples });
    else
      mix(pixels, out, {
        at,
        first: Math.min(from - 1, Math.round(middle)),
        weights: [1],
        sum: 1,
        lines,
        from,
        to,
        samples,
      });
  }
  return out;
}

function mix(
  pixels: Uint8Array,
  out: Uint8Array,
  job: Resizing & {
    readonly at: number;
    readonly first: number;
    readonly weights: readonly number[];
    readonly sum: number;
  },
): void {
  const { at, first, weights, sum, lines, from, to, samples } = job;
  for (let line = 0; line < lines; line += 1) {
    for (let sample = 0; sample < samples; sample += 1) {
      let value = 0;
      for (let index = 0; index < weights.length; index += 1)
        value += (weights[index] ?? 0) * (pixels[(line * from + first + index) * samples + sample] ?? 0);
      out[(line * to + at) * samples + sample] = Math.round(value / sum);
    }
  }
}

function transposed(pixels: Uint8Array, rows: number, columns: number, samples: number): Uint8Array {
  const out = new Uint8Array(pixels.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const [from, to] = [(row * columns + column) * samples, (column * rows + row) * samples];
      for (let sample = 0; sample < samples; sample += 1) out[to + sample] = pixels[from + sample] ?? 0;
    }
  }
  return out;
}
