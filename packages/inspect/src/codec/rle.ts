import { uint32 } from '../bytes.ts';
import { type DeclaredImage, type HeaderReader, sampleBytes, type Tell } from './image.ts';

/** The header: the number of segments and fifteen places, four bytes each, the low byte first (PS3.5 §G.5). */
export const RLE_HEADER_BYTES = 64;
const MOST_SEGMENTS = 15;
/** Bytes an encoder may leave behind a segment's pixels: one more run, or one more row. */
const LONGEST_RUN = 128;

/** Segments an RLE frame must have: one for each byte of each sample (PS3.5 §G.2). */
export function rleSegments(image: DeclaredImage): number {
  return image.samplesPerPixel * sampleBytes(image);
}

/** Reads an RLE frame: its header, then the length of every run, so that each segment is known to unpack to the image and no more (INSPECT-177, 178). */
export class RleReader implements HeaderReader {
  readonly #image: DeclaredImage;
  readonly #tell: Tell;
  readonly #header = new Uint8Array(RLE_HEADER_BYTES);
  readonly #most: number;
  #at = 0;
  #starts: readonly number[] = [];
  #segment = -1;
  /** Where the next segment begins. */
  #next = 0;
  /** What the present segment unpacks to so far. */
  #unpacked = 0;
  /** Bytes of the present run still to come, and what it counts for each when it is cut. */
  #run = 0;
  #runBytes = 0;
  isDone = false;

  constructor(image: DeclaredImage, tell: Tell) {
    this.#image = image;
    this.#tell = tell;
    this.#most = image.rows * image.columns;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    if (this.#at < RLE_HEADER_BYTES) {
      at = Math.min(RLE_HEADER_BYTES - this.#at, bytes.length);
      this.#header.set(bytes.subarray(0, at), this.#at);
      this.#at += at;
      if (this.#at < RLE_HEADER_BYTES) return;
      this.#begin();
    }
    while (at < bytes.length && !this.isDone) at = this.#walk(bytes, at);
  }

  end(frameBytes: number): void {
    if (this.#at < RLE_HEADER_BYTES) this.#tell('rle-header');
    else if (this.#starts.some((start) => start >= frameBytes)) this.#tell('rle-header');
    else if (!this.isDone) this.#closeSegment();
  }

  #begin(): void {
    const count = uint32(this.#header, 0, false);
    const places = Array.from({ length: MOST_SEGMENTS }, (_, at) => uint32(this.#header, 4 + 4 * at, false));
    this.#starts = places.slice(0, Math.min(count, MOST_SEGMENTS));
    const isAscending = this.#starts.every((start, at) => start > (this.#starts[at - 1] ?? RLE_HEADER_BYTES - 1));
    const expected = rleSegments(this.#image);
    const isCount = count >= 1 && count <= MOST_SEGMENTS && (expected < 1 || count === expected);
    if (!isCount || !isAscending) {
      this.isDone = true;
      this.#starts = [];
      this.#tell('rle-header');
    } else if (this.#starts[0] !== RLE_HEADER_BYTES || places.slice(count).some((place) => place !== 0)) {
      this.#tell('rle-padding');
    }
    // One bit a pixel may be packed or not, and dimensions may be missing: then there is nothing to count against.
    if (this.#most < 1 || this.#image.bitsAllocated < 8) this.isDone = true;
    this.#next = this.#starts[0] ?? 0;
    this.#segment = -1;
  }

  /** Takes bytes up to the next segment or the end of the piece. */
  #walk(bytes: Uint8Array, from: number): number {
    if (this.#at >= this.#next) this.#nextSegment();
    const to = Math.min(bytes.length, from + this.#next - this.#at);
    const begun = from;
    if (this.#segment < 0) this.#at += to - begun;
    else {
      this.#runs(bytes, from, to);
      this.#at += to - begun;
    }
    return to;
  }

  /** Run by run: a count below 128 is followed by one byte more than it says, one above by a byte that is repeated (PS3.5 §G.3.1). */
  #runs(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    let run = this.#run;
    let unpacked = this.#unpacked;
    let runBytes = this.#runBytes;
    while (at < to) {
      if (run > 0) {
        const taken = Math.min(run, to - at);
        at += taken;
        run -= taken;
        unpacked += taken * runBytes;
        continue;
      }
      const count = bytes[at] ?? 0;
      at += 1;
      if (count === 128) continue;
      run = count < 128 ? count + 1 : 1;
      runBytes = count < 128 ? 1 : 257 - count;
    }
    [this.#run, this.#unpacked, this.#runBytes] = [run, unpacked, runBytes];
  }

  #nextSegment(): void {
    if (this.#segment >= 0) this.#closeSegment();
    this.#segment += 1;
    this.#next = this.#starts[this.#segment + 1] ?? Number.MAX_SAFE_INTEGER;
    [this.#run, this.#unpacked, this.#runBytes] = [0, 0, 0];
  }

  #closeSegment(): void {
    if (this.#segment < 0) return;
    const surplus = this.#unpacked - this.#most;
    if (surplus > Math.max(LONGEST_RUN, this.#image.columns)) this.#tell('rle-long');
    else if (surplus < -this.#image.columns) this.#tell('rle-short');
    else if (surplus !== 0) this.#tell('rle-padding');
  }
}
