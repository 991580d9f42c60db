import type { FrameSize } from '../codec/size.ts';
import { type DecodeOutcome, decoded, REFUSED, UNSUPPORTED } from './frame.ts';
import { BitReader, DamagedJpeg, HuffmanTable } from './jpeg-bits.ts';
import { inverseDct } from './jpeg-idct.ts';

// JPEG of 12 bits with loss (ISO 10918-1, processes 2 and 4): sequential, Huffman coded. The libraries that browsers have stop at 8 bits.

const SAMPLE_BITS = 12;
const MOST_COMPONENTS = 4;
/** From the order of the zigzag to that of rows (§A.3.6). */
const ZIGZAG = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21],
  ...[28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61],
  ...[54, 47, 55, 62, 63],
);

interface Component {
  readonly id: number;
  readonly h: number;
  readonly v: number;
  readonly table: number;
  /** Blocks a row and rows of blocks, of the image and filled up to whole MCUs. */
  readonly blocks: readonly [across: number, down: number];
  readonly stride: number;
  readonly plane: Uint16Array;
  isDecoded: boolean;
}

interface Coded {
  readonly component: Component;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
  readonly quantiser: Uint16Array;
  previous: number;
}

/** Decodes one frame whose header says `size`. @returns pixels of 16 bits, their colours as they are coded. */
export function decodeJpegTwelve(bytes: Uint8Array, size: FrameSize): DecodeOutcome {
  if (size.bits !== SAMPLE_BITS || size.components < 1 || size.components > MOST_COMPONENTS) return UNSUPPORTED;
  try {
    return new TwelveBitDecoder(bytes).decode(size);
  } catch (thrown) {
    if (thrown instanceof DamagedJpeg || thrown instanceof RangeError) return REFUSED;
    throw thrown;
  }
}

class TwelveBitDecoder {
  readonly #bytes: Uint8Array;
  readonly #quantisers: (Uint16Array | undefined)[] = [];
  /** DC tables at 0 to 3, AC tables at 16 to 19. */
  readonly #huffman: (HuffmanTable | undefined)[] = [];
  #components: readonly Component[] = [];
  #mcus: readonly [across: number, down: number] = [0, 0];
  #restartInterval = 0;
  readonly #block = new Int32Array(64);

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  decode(size: FrameSize): DecodeOutcome {
    for (let at = 2; !this.#isWhole(); ) {
      const marker = this.#marker(at);
      const length = ((this.#bytes[at + 2] ?? 0) << 8) | (this.#bytes[at + 3] ?? 0);
      const body = this.#bytes.subarray(at + 4, at + 2 + length);
      if (length < 2 || body.length !== length - 2) throw new DamagedJpeg();
      at += 2 + length;
      if (marker === 0xda) at = this.#scan(body, at);
      else this.#segment(marker, body, size);
    }
    return this.#frame(size);
  }

  #isWhole(): boolean {
    return this.#components.length > 0 && this.#components.every((one) => one.isDecoded);
  }

  #marker(at: number): number {
    const marker = this.#bytes[at + 1] ?? 0;
    if (this.#bytes[at] !== 0xff || marker < 0xc0) throw new DamagedJpeg();
    return marker;
  }

  #segment(marker: number, body: Uint8Array, size: FrameSize): void {
    if (marker === 0xdb) this.#quantisation(body);
    else if (marker === 0xc4) this.#tables(body);
    else if (marker === 0xdd) this.#restartInterval = ((body[0] ?? 0) << 8) | (body[1] ?? 0);
    else if ((marker === 0xc0 || marker === 0xc1) && this.#components.length === 0) this.#start(body, size);
    else if (marker < 0xe0 || (marker > 0xef && marker !== 0xfe)) throw new DamagedJpeg();
  }

  #quantisation(body: Uint8Array): void {
    for (let at = 0; at < body.length; ) {
      const [width, id] = [(body[at] ?? 0) >> 4 === 0 ? 1 : 2, (body[at] ?? 0) & 15];
      if (at + 1 + 64 * width > body.length || id > 3) throw new DamagedJpeg();
      const table = new Uint16Array(64);
      for (let one = 0; one < 64; one += 1) {
        const place = at + 1 + one * width;
        table[one] = width === 1 ? (body[place] ?? 0) : ((body[place] ?? 0) << 8) | (body[place + 1] ?? 0);
      }
      this.#quantisers[id] = table;
      at += 1 + 64 * width;
    }
  }

  #tables(body: Uint8Array): void {
    for (let at = 0; at < body.length; ) {
      const id = body[at] ?? 0;
      const counts = body.subarray(at + 1, at + 17);
      const total = counts.reduce((sum, count) => sum + count, 0);
      if (counts.length < 16 || total > 256 || at + 17 + total > body.length || (id & 0xec) !== 0)
        throw new DamagedJpeg();
      this.#huffman[id] = new HuffmanTable(counts, body.subarray(at + 17, at + 17 + total));
      at += 17 + total;
    }
  }

  #start(body: Uint8Array, { rows, columns, components }: FrameSize): void {
    if (body.length !== 6 + 3 * components || rows < 1 || columns < 1) throw new DamagedJpeg();
    const factors = Array.from({ length: components }, (_, at) => body[6 + 3 * at + 1] ?? 0);
    const [hs, vs] = [factors.map((one) => one >> 4), factors.map((one) => one & 15)];
    if ([...hs, ...vs].some((one) => one < 1 || one > 4)) throw new DamagedJpeg();
    const [hMost, vMost] = [Math.max(...hs), Math.max(...vs)];
    this.#mcus = [Math.ceil(columns / (8 * hMost)), Math.ceil(rows / (8 * vMost))];
    const [across, down] = this.#mcus;
    this.#components = factors.map((_, at) => {
      const [h, v] = [hs[at] ?? 1, vs[at] ?? 1];
      const blocks = [Math.ceil((columns * h) / hMost / 8), Math.ceil((rows * v) / vMost / 8)] as const;
      const stride = across * h * 8;
      const plane = new Uint16Array(stride * down * v * 8);
      const [id, table] = [body[6 + 3 * at] ?? 0, body[6 + 3 * at + 2] ?? 0];
      return { id, h, v, table, blocks, stride, plane, isDecoded: false };
    });
  }

  /** @returns where the marker behind the scan stands. */
  #scan(body: Uint8Array, at: number): number {
    const count = body[0] ?? 0;
    if (count < 1 || body.length !== 4 + 2 * count) throw new DamagedJpeg();
    const coded = Array.from({ length: count }, (_, one) =>
      this.#coded(body[1 + 2 * one] ?? 0, body[2 + 2 * one] ?? 0),
    );
    const bits = new BitReader(this.#bytes, at);
    const [only] = coded;
    const [across, down] = count === 1 && only !== undefined ? only.component.blocks : this.#mcus;
    for (let mcu = 0; mcu < across * down; mcu += 1) {
      if (mcu > 0 && this.#restartInterval > 0 && mcu % this.#restartInterval === 0) {
        bits.restart();
        for (const one of coded) one.previous = 0;
      }
      const [x, y] = [mcu % across, Math.floor(mcu / across)];
      if (count === 1 && only !== undefined) this.#put(bits, only, x, y);
      else for (const one of coded) this.#putAll(bits, one, x, y);
    }
    return bits.position;
  }

  /** A component is decoded once: whoever repeats scans gains no time. */
  #coded(id: number, tables: number): Coded {
    const component = this.#components.find((one) => one.id === id && !one.isDecoded);
    const [dc, ac] = [this.#huffman[tables >> 4], this.#huffman[16 + (tables & 15)]];
    const quantiser = this.#quantisers[component?.table ?? -1];
    if (component === undefined || dc === undefined || ac === undefined || quantiser === undefined)
      throw new DamagedJpeg();
    component.isDecoded = true;
    return { component, dc, ac, quantiser, previous: 0 };
  }

  #putAll(bits: BitReader, coded: Coded, x: number, y: number): void {
    const { h, v } = coded.component;
    for (let down = 0; down < v; down += 1)
      for (let across = 0; across < h; across += 1) this.#put(bits, coded, x * h + across, y * v + down);
  }

  /** Decodes a block and puts its samples where it stands, in blocks. */
  #put(bits: BitReader, coded: Coded, x: number, y: number): void {
    const block = this.#block;
    coded.previous = coefficients(bits, coded, block);
    inverseDct(block);
    const { plane, stride } = coded.component;
    for (let at = 0; at < 64; at += 1) {
      const sample = (block[at] ?? 0) + 2 ** (SAMPLE_BITS - 1);
      plane[(8 * y + (at >> 3)) * stride + 8 * x + (at & 7)] = Math.max(0, Math.min(2 ** SAMPLE_BITS - 1, sample));
    }
  }

  #frame({ rows, columns, components }: FrameSize): DecodeOutcome {
    const samples = new Uint16Array(rows * columns * components);
    const [hMost, vMost] = [
      Math.max(...this.#components.map(({ h }) => h)),
      Math.max(...this.#components.map(({ v }) => v)),
    ];
    for (const [index, { plane, stride, h, v }] of this.#components.entries()) {
      for (let y = 0; y < rows; y += 1) {
        const row = Math.floor((y * v) / vMost) * stride;
        for (let x = 0; x < columns; x += 1)
          samples[(y * columns + x) * components + index] = plane[row + Math.floor((x * h) / hMost)] ?? 0;
      }
    }
    const pixels = new Uint8Array(samples.buffer);
    return decoded({ rows, columns, samples: components, bits: 16, isSigned: false, isRgb: false, pixels });
  }
}

/** The coefficients of one block, dequantised, into `block` (§F.2.2). @returns its DC coefficient, before that. */
function coefficients(bits: BitReader, { dc, ac, quantiser, previous }: Coded, block: Int32Array): number {
  block.fill(0);
  const size = dc.next(bits);
  if (size > 15) throw new DamagedJpeg();
  const first = previous + bits.extended(size);
  block[0] = first * (quantiser[0] ?? 0);
  for (let at = 1; at < 64; at += 1) {
    const code = ac.next(bits);
    const [run, length] = [code >> 4, code & 15];
    if (length === 0 && run < 15) break;
    at += run;
    if (length === 0) continue;
    if (at > 63) throw new DamagedJpeg();
    block[ZIGZAG[at] ?? 0] = bits.extended(length) * (quantiser[at] ?? 0);
  }
  return first;
}
