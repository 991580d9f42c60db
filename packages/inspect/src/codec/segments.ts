/** Who hears of the marker segments of a codestream. */
export interface SegmentListener {
  /** A segment's parameters, without its marker and length; cut at SEGMENT_BYTES. Valid during the call only. */
  segment(marker: number, body: Uint8Array, length: number): void;
  /** A marker that stands alone. */
  marker(marker: number): void;
  /** Bytes where a marker should begin: they are skipped. */
  odd(): void;
  /** A length that no segment can have, or a header longer than any: nothing more is read. */
  broken(): void;
}

/** Kept of one segment: the longest that means something, eight Huffman tables, takes 2,184 bytes. */
export const SEGMENT_BYTES = 4096;
/** Real headers hold colour profiles of up to some MB. */
const MOST_HEADER_BYTES = 16 * 1024 * 1024;

/**
 * Walks the marker segments of a JPEG, JPEG-LS or JPEG 2000 codestream by their lengths, in any split. Bytes that are passed over cost
 * nothing. `stop` ends it; `skip` passes over bytes that are no segments.
 */
export class Segments {
  readonly #listener: SegmentListener;
  readonly #isWanted: (marker: number) => boolean;
  readonly #isAlone: (marker: number) => boolean;
  readonly #body = new Uint8Array(SEGMENT_BYTES);
  #held = 0;
  /** Bytes of the present segment still to come, its length included; -1: between segments. */
  #left = -1;
  #length = 0;
  #marker = 0;
  #skip = 0;
  #hasPrefix = false;
  #seen = 0;
  isDone = false;

  /** @param isWanted markers whose parameters are kept. @param isAlone markers without a length. */
  constructor(listener: SegmentListener, isWanted: (marker: number) => boolean, isAlone: (marker: number) => boolean) {
    this.#listener = listener;
    this.#isWanted = isWanted;
    this.#isAlone = isAlone;
  }

  /** Bytes taken so far. */
  get seen(): number {
    return this.#seen;
  }

  /** Bytes still to be passed over. */
  get toSkip(): number {
    return this.#skip;
  }

  stop(): void {
    this.isDone = true;
  }

  /** Passes over the next `bytes`: what `skip` covers does not count as header. */
  skip(bytes: number): void {
    this.#skip = bytes;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.isDone) {
      const begun = at;
      if (this.#skip > 0) {
        at += Math.min(this.#skip, bytes.length - at);
        this.#skip -= at - begun;
      } else if (this.#left >= 0) at += this.#parameters(bytes, at);
      else {
        this.#between(bytes[at] ?? 0);
        at += 1;
      }
      this.#seen += at - begun;
    }
  }

  #between(byte: number): void {
    if (!this.#hasPrefix) {
      this.#hasPrefix = byte === 0xff;
      if (!this.#hasPrefix) this.#listener.odd();
      return;
    }
    // Any number of fill bytes may precede a marker (ISO 10918-1 §B.1.1.2).
    if (byte === 0xff) return;
    this.#hasPrefix = false;
    this.#marker = byte;
    if (byte === 0) this.#listener.odd();
    else if (this.#isAlone(byte)) this.#listener.marker(byte);
    else [this.#left, this.#held, this.#length] = [2, 0, 0];
    if (this.#seen > MOST_HEADER_BYTES) this.#break();
  }

  #parameters(bytes: Uint8Array, at: number): number {
    if (this.#length === 0) return this.#lengthByte(bytes[at] ?? 0);
    const taken = Math.min(this.#left, bytes.length - at);
    if (this.#isWanted(this.#marker)) {
      const kept = Math.min(taken, SEGMENT_BYTES - this.#held);
      this.#body.set(bytes.subarray(at, at + kept), this.#held);
      this.#held += kept;
    }
    this.#left -= taken;
    if (this.#left === 0) this.#close();
    return taken;
  }

  #lengthByte(byte: number): number {
    this.#body[this.#held] = byte;
    this.#held += 1;
    if (this.#held < 2) return 1;
    const length = ((this.#body[0] ?? 0) << 8) | byte;
    this.#held = 0;
    if (length < 2) this.#break();
    [this.#length, this.#left] = [length, length - 2];
    if (length === 2) this.#close();
    return 1;
  }

  #close(): void {
    this.#left = -1;
    const body = this.#body.subarray(0, this.#held);
    if (this.#isWanted(this.#marker)) this.#listener.segment(this.#marker, body, this.#length - 2);
    this.#length = 0;
  }

  #break(): void {
    this.isDone = true;
    this.#listener.broken();
  }
}

/** Unsigned 16 bits, the high byte first, as all codestreams write them. */
export function be16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** Unsigned 32 bits, the high byte first. */
export function be32(bytes: Uint8Array, at: number): number {
  return be16(bytes, at) * 0x10000 + be16(bytes, at + 2);
}
