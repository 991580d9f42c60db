import type { Image } from './object.ts';

// Codestreams of small pictures that need no encoder but a few lines.

const MOST_RUN = 128;

/** RLE (PS3.5 Annex G): one segment a byte of a sample, the most significant first. */
export function rle(image: Image, frame: Uint8Array): Buffer {
  const width = image.allocated / 8;
  const step = width * image.samples;
  const segments: Buffer[] = [];
  for (let sample = 0; sample < image.samples; sample += 1) {
    for (let byte = width - 1; byte >= 0; byte -= 1) {
      const plane = Buffer.alloc(frame.length / step, 0);
      for (let at = 0; at < plane.length; at += 1) plane[at] = frame[at * step + sample * width + byte] ?? 0;
      segments.push(packRows(plane, image.columns));
    }
  }
  const header = Buffer.alloc(64);
  header.writeUInt32LE(segments.length, 0);
  let offset = 64;
  for (const [at, segment] of segments.entries()) {
    header.writeUInt32LE(offset, 4 + at * 4);
    offset += segment.length;
  }
  return Buffer.concat([header, ...segments]);
}

/** Each row by itself, as §G.3.1 asks; padded to even length. */
function packRows(plane: Buffer, columns: number): Buffer {
  const packed: number[] = [];
  for (let at = 0; at < plane.length; at += columns) packRow(plane.subarray(at, at + columns), packed);
  if (packed.length % 2 !== 0) packed.push(0);
  return Buffer.from(packed);
}

function packRow(row: Buffer, packed: number[]): void {
  for (let at = 0; at < row.length; ) {
    let run = 1;
    while (run < MOST_RUN && at + run < row.length && row[at + run] === row[at]) run += 1;
    if (run > 1) {
      packed.push(257 - run, row[at] ?? 0);
      at += run;
      continue;
    }
    let literal = 1;
    while (literal < MOST_RUN && at + literal < row.length && row[at + literal] !== row[at + literal - 1]) literal += 1;
    packed.push(literal - 1, ...row.subarray(at, at + literal));
    at += literal;
  }
}

const CODE_BITS = 5;
const CATEGORIES = 17;

/** JPEG lossless, first-order prediction (ISO 10918-1 Annex H, selection value 1), grey, with one plain Huffman table. */
export function jpegLossless(image: Image, frame: Uint8Array): Buffer {
  const { rows, columns, stored, allocated } = image;
  const table = [0xff, 0xc4, 0, 2 + 1 + 16 + CATEGORIES, 0, 0, 0, 0, 0, CATEGORIES, ...Array(11).fill(0)];
  const head = [0xff, 0xd8, ...table, ...Array.from({ length: CATEGORIES }, (_, at) => at)];
  const size = [rows >>> 8, rows & 255, columns >>> 8, columns & 255];
  const start = [0xff, 0xc3, 0, 11, stored, ...size, 1, 1, 0x11, 0];
  const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 1, 0, 0];
  const bits = new Bits();
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const pixel = (at: number) => (allocated === 16 ? view.getUint16(at * 2, true) : view.getUint8(at));
  for (let at = 0; at < rows * columns; at += 1) {
    const isFirst = at === 0;
    const before = at % columns === 0 ? at - columns : at - 1;
    putDifference(bits, pixel(at) - (isFirst ? 2 ** (stored - 1) : pixel(before)));
  }
  return Buffer.from([...head, ...start, ...scan, ...bits.end(), 0xff, 0xd9]);
}

/** A difference modulo 2^16 as category and bits (§H.1.2.2). */
function putDifference(bits: Bits, difference: number): void {
  const value = ((difference + 0x8000) & 0xffff) - 0x8000;
  const category = value === -0x8000 ? 16 : 32 - Math.clz32(Math.abs(value));
  bits.put(category, CODE_BITS);
  if (category < 16) bits.put(value < 0 ? value + 2 ** category - 1 : value, category);
}

/** Entropy-coded bits, a zero stuffed behind each FF (§F.1.2.3). */
class Bits {
  readonly #bytes: number[] = [];
  #held = 0;
  #count = 0;

  put(value: number, count: number): void {
    for (let at = count - 1; at >= 0; at -= 1) {
      this.#held = (this.#held << 1) | ((value >>> at) & 1);
      this.#count += 1;
      if (this.#count === 8) this.#flush();
    }
  }

  /** Filled up with ones. */
  end(): readonly number[] {
    while (this.#count !== 0) this.put(1, 1);
    return this.#bytes;
  }

  #flush(): void {
    this.#bytes.push(this.#held);
    if (this.#held === 0xff) this.#bytes.push(0);
    [this.#held, this.#count] = [0, 0];
  }
}
