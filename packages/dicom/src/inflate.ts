import { Inflate } from 'fflate';
import type { ReaderLimits } from './token.ts';

/**
 * Deflated bytes given to the inflater at once: at the format's greatest ratio (1032) they become 4 MiB at most. Always
 * the same slices however the network cut them, so that a broken stream is read equally far each time, and a peer that
 * sends single bytes does not make the inflater move its window for each.
 */
const SLICE_BYTES = 4096;
/** The ratio is judged only past this much output: small data sets of zeros are harmless. */
const RATIO_FROM_BYTES = 2 ** 20;

/** What of fflate's stream state tells that the last block has been read. The type says private; the fields are there. */
interface Progress {
  readonly s: { readonly f?: number; readonly l?: unknown };
  readonly p: Uint8Array;
}

/** How an inflation stands: going on, at its proper end, broken, grown beyond its limits, or no longer wanted. */
export type InflateState = 'open' | 'finished' | 'failed' | 'bomb' | 'unwanted';

/**
 * Raw deflate (RFC 1951, PS3.5 §A.5) as a stream, with bounded output per step and in all. Inflated bytes go to `sink`,
 * what follows the deflate stream to `trailing`. `sink` says whether it wants more. Memory: one window and one slice's output.
 */
export class BoundedInflate {
  readonly #limits: ReaderLimits;
  readonly #sink: (bytes: Uint8Array) => boolean;
  readonly #trailing: (bytes: Uint8Array) => void;
  readonly #inflate: Inflate;
  readonly #slice = new Uint8Array(SLICE_BYTES);
  #sliceBytes = 0;
  #state: InflateState = 'open';
  #inBytes = 0;
  #outBytes = 0;

  constructor(limits: ReaderLimits, sink: (bytes: Uint8Array) => boolean, trailing: (bytes: Uint8Array) => void) {
    this.#limits = limits;
    this.#sink = sink;
    this.#trailing = trailing;
    this.#inflate = new Inflate((bytes) => this.#take(bytes));
  }

  get state(): InflateState {
    return this.#state;
  }

  /** Inflated bytes so far. */
  get outBytes(): number {
    return this.#outBytes;
  }

  /** Takes deflated bytes, in any split. Nothing more is inflated once the state is not `open`. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.byteLength && this.#state === 'open') {
      const part = chunk.subarray(at, at + SLICE_BYTES - this.#sliceBytes);
      at += part.byteLength;
      this.#gather(part);
    }
    if (this.#state === 'finished' && at < chunk.byteLength) this.#trailing(chunk.subarray(at));
  }

  /** Says that nothing more comes. */
  end(): void {
    if (this.#state === 'open' && this.#sliceBytes > 0) this.#step(this.#slice.subarray(0, this.#sliceBytes));
    this.#sliceBytes = 0;
  }

  #gather(part: Uint8Array): void {
    if (part.byteLength === SLICE_BYTES) {
      this.#step(part);
      return;
    }
    this.#slice.set(part, this.#sliceBytes);
    this.#sliceBytes += part.byteLength;
    if (this.#sliceBytes < SLICE_BYTES) return;
    this.#sliceBytes = 0;
    this.#step(this.#slice);
  }

  #step(slice: Uint8Array): void {
    this.#inBytes += slice.byteLength;
    try {
      this.#inflate.push(slice);
    } catch {
      this.#state = 'failed';
    }
    if (this.#state !== 'open') return;
    const { s, p } = this.#inflate as unknown as Progress;
    if (!s.f || s.l) return;
    this.#state = 'finished';
    if (p.byteLength > 0) this.#trailing(p.subarray(this.#bitsLeft() > 0 ? 1 : 0));
  }

  /** Bits already read of the first byte the inflater still holds. */
  #bitsLeft(): number {
    return (this.#inflate as unknown as { readonly s: { readonly p?: number } }).s.p ?? 0;
  }

  #take(bytes: Uint8Array): void {
    if (bytes.byteLength === 0 || this.#state !== 'open') return;
    this.#outBytes += bytes.byteLength;
    const isBeyondRatio =
      this.#outBytes > RATIO_FROM_BYTES && this.#outBytes > this.#inBytes * this.#limits.inflateRatio;
    if (isBeyondRatio || this.#outBytes > this.#limits.inflatedBytes) this.#state = 'bomb';
    else if (!this.#sink(bytes)) this.#state = 'unwanted';
  }
}
