import { Inflate } from 'fflate';

/**
 * Deflated bytes given to the inflater at once: as many as the last ones were little packed, since each time it costs the moving of its
 * window. At the format's greatest ratio (1032) they become 1 to 8 MiB. The same slices in any split.
 */
const SLICES: readonly (readonly [mostRatio: number, bytes: number])[] = [
  [8, 8192],
  [64, 4096],
  [2048, 1024],
];
const FIRST_SLICE = 1024;

function sliceBytes(ratio: number): number {
  return SLICES.find(([mostRatio]) => ratio <= mostRatio)?.[1] ?? FIRST_SLICE;
}

/** What of fflate's stream state tells that the last block has been read. The type says private; the field is there. */
interface Progress {
  readonly s: { readonly f?: number; readonly l?: unknown; readonly p?: number };
  /** Packed bytes it still holds. */
  readonly p: Uint8Array;
}

const NOTHING = new Uint8Array(0);
/** The zlib header (RFC 1950 §2.2). */
export const ZLIB_HEADER_BYTES = 2;

/** How much may still be unpacked, in bytes: shared by all streams of one object. */
export interface Budget {
  left: number;
}

/** A zlib stream (RFC 1950), or deflated bytes alone (RFC 1951), unpacked as it comes, as far as the budget goes. Bounded memory, the same output in any split; never throws. */
export class Unpacking {
  readonly #budget: Budget;
  readonly #sink: (bytes: Uint8Array) => void;
  readonly #inflate: Inflate;
  #slice = new Uint8Array(FIRST_SLICE);
  #held = 0;
  /** Bytes of the header still to come: the checksum behind the data is not looked at either, readers tolerate a wrong one. */
  #header: number;
  /** Whether more is wanted: neither at its proper end, nor broken, nor over budget. */
  isOpen = true;
  /** Whether the bytes are no deflate stream, from the start or from somewhere on. */
  isBroken = false;
  /** Whether the budget ended it. */
  isOverBudget = false;

  /** @param headerBytes what stands before the deflated bytes: zlib's header, or nothing. */
  constructor(budget: Budget, sink: (bytes: Uint8Array) => void, headerBytes = ZLIB_HEADER_BYTES) {
    this.#header = headerBytes;
    this.#budget = budget;
    this.#sink = sink;
    this.#inflate = new Inflate((bytes) => this.#take(bytes));
  }

  /** Packed bytes that were taken and not used: what stands behind the proper end; the first ones when it never came to one. */
  rest: Uint8Array = NOTHING;
  #first: Uint8Array | undefined;
  #isUnended = false;
  inBytes = 0;
  outBytes = 0;

  /** Ends it: no more is wanted. */
  stop(): void {
    this.isOpen = false;
  }

  /** Takes the next packed bytes, in any split. @returns how many: the rest when it ended among them. */
  push(bytes: Uint8Array): number {
    let at = Math.min(this.#header, bytes.length);
    this.#header -= at;
    while (at < bytes.length && this.isOpen) {
      const part = bytes.subarray(at, at + this.#slice.length - this.#held);
      at += part.length;
      this.#slice.set(part, this.#held);
      this.#held += part.length;
      if (this.#held === this.#slice.length) this.#step();
    }
    return at;
  }

  /** Says that nothing more comes. */
  end(): void {
    if (this.isOpen && this.#held > 0) this.#step();
    if (this.isOpen) this.#unended();
  }

  /** Whether it came to no proper end, and took more than what it gives back. */
  get isLost(): boolean {
    return this.#isUnended && this.inBytes > this.rest.length;
  }

  #unended(): void {
    this.isOpen = false;
    this.#isUnended = true;
    this.rest = this.#first ?? NOTHING;
  }

  #step(): void {
    // The inflater keeps views of what it is given: the next slice is another.
    const slice = this.#slice.subarray(0, this.#held);
    const outBytes = this.outBytes;
    this.#held = 0;
    this.#first ??= slice;
    this.inBytes += slice.length;
    try {
      this.#inflate.push(slice);
    } catch {
      this.isBroken = true;
      this.#unended();
      return;
    }
    this.#slice = new Uint8Array(sliceBytes((this.outBytes - outBytes) / slice.length));
    const { s, p } = this.#inflate as unknown as Progress;
    if (!s.f || s.l || !this.isOpen) return;
    this.isOpen = false;
    // Of the first byte it still holds some bits may have been read.
    this.rest = p.subarray((s.p ?? 0) > 0 ? 1 : 0);
  }

  #take(bytes: Uint8Array): void {
    if (!this.isOpen || bytes.length === 0) return;
    const taken = Math.min(bytes.length, this.#budget.left);
    this.#budget.left -= taken;
    this.outBytes += taken;
    if (taken > 0) this.#sink(bytes.subarray(0, taken));
    if (taken < bytes.length) {
      this.isOverBudget = true;
      this.isOpen = false;
    }
  }
}
