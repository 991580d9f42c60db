/** What a compressed frame says of its own size. */
export interface FrameHeader {
  readonly rows: number;
  readonly columns: number;
}

/** How far into a fragment a frame header is looked for, in bytes: application segments (ICC, Exif) may stand before it. */
const MOST_HEADER_BYTES = 262_144;
/** SIZ of JPEG 2000 ends 24 bytes in with the origin; a start of frame needs 7 bytes behind its marker. */
const J2K_HEADER_BYTES = 24;

const LOOKING = 0;
const FOUND = 1;
const GIVEN_UP = 2;

/**
 * Finds the frame header of a JPEG, JPEG-LS (ISO 10918-1 §B.2.2, ISO 14495-1 §C.2.2) or JPEG 2000 (ISO 15444-1 §A.5.1) codestream that
 * comes in pieces. Walks marker segments by their lengths and keeps a few bytes; decodes nothing.
 */
export class FrameHeaderFinder {
  readonly #held = new Uint8Array(J2K_HEADER_BYTES);
  #count = 0;
  #skip = 0;
  #seen = 0;
  #state = LOOKING;
  #isFirst = true;
  #header: FrameHeader | undefined;

  /** Begins with a new fragment. */
  restart(): void {
    this.#count = 0;
    this.#skip = 0;
    this.#seen = 0;
    this.#state = LOOKING;
    this.#isFirst = true;
    this.#header = undefined;
  }

  /** Whether more bytes could tell more. */
  get isLooking(): boolean {
    return this.#state === LOOKING;
  }

  /** The header, once found. */
  get header(): FrameHeader | undefined {
    return this.#header;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && this.#state === LOOKING) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, bytes.length - at);
        this.#skip -= passed;
        at += passed;
        this.#seen += passed;
      } else {
        this.#held[this.#count] = bytes[at] ?? 0;
        this.#count += 1;
        at += 1;
        this.#seen += 1;
        this.#step();
      }
      if (this.#seen > MOST_HEADER_BYTES) this.#state = GIVEN_UP;
    }
  }

  #step(): void {
    if (this.#isFirst) this.#start();
    else this.#segment();
  }

  /** The first two bytes decide: SOI of JPEG and JPEG-LS, or SOC and SIZ of JPEG 2000. Anything else is not ours to judge. */
  #start(): void {
    if (this.#count < 2) return;
    const held = this.#held;
    if (held[0] === 0xff && held[1] === 0xd8) {
      this.#isFirst = false;
      this.#count = 0;
      return;
    }
    if (held[0] !== 0xff || held[1] !== 0x4f) {
      this.#state = GIVEN_UP;
      return;
    }
    if (this.#count < J2K_HEADER_BYTES) return;
    this.#state = GIVEN_UP;
    if (held[2] === 0xff && held[3] === 0x51) this.#found(this.#u32(12) - this.#u32(20), this.#u32(8) - this.#u32(16));
  }

  #segment(): void {
    const held = this.#held;
    if (held[0] !== 0xff) this.#state = GIVEN_UP;
    if (this.#count < 2 || this.#state !== LOOKING) return;
    const marker = held[1] ?? 0;
    if (marker === 0xff) this.#count = 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) this.#count = 0;
    else if (marker === 0xd9 || marker === 0xda || marker < 0xc0) this.#state = GIVEN_UP;
    else this.#measured(marker);
  }

  #measured(marker: number): void {
    if (this.#count < 4) return;
    if (isStartOfFrame(marker)) {
      if (this.#count === 9) this.#found(this.#u16(5), this.#u16(7));
      return;
    }
    const length = this.#u16(2);
    if (length < 2) this.#state = GIVEN_UP;
    this.#skip = length - 2;
    this.#count = 0;
  }

  #found(rows: number, columns: number): void {
    this.#state = FOUND;
    this.#header = { rows, columns };
  }

  #u16(at: number): number {
    return ((this.#held[at] ?? 0) << 8) | (this.#held[at + 1] ?? 0);
  }

  #u32(at: number): number {
    return this.#u16(at) * 0x10000 + this.#u16(at + 2);
  }
}

/** SOF0–SOF15 but DHT, JPG and DAC, and SOF55 of JPEG-LS. */
function isStartOfFrame(marker: number): boolean {
  if (marker === 0xf7) return true;
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
