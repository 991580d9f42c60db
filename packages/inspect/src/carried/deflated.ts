import { Unpacking } from '../content/inflate.ts';
import type { Depot, Packing, Reader } from './depot.ts';

/** Small things may pack to nothing: the ratio is judged past this much output. */
const RATIO_FROM_BYTES = 16 * 2 ** 20;
/** Empty masks and volumes pack to a three-hundredth; deflate itself ends at 1,032. */
const MOST_RATIO = 400;

/** What a reader of deflated bytes is told. */
export interface DeflatedOptions {
  readonly packing: Packing;
  /** Of zlib 2; 0 for deflated bytes alone. */
  readonly headerBytes: number;
  /** Unpacked bytes that are looked at; what lies behind is passed over, and never a bomb. */
  readonly most?: number;
  /** Whether the member was opened already, empty or not. */
  readonly isOpen?: boolean;
}

/** Deflated bytes up to their proper end. The member is opened with its first byte: what only looked packed is none. */
export class Deflated implements Reader {
  readonly #depot: Depot;
  readonly #options: DeflatedOptions;
  readonly #unpacking: Unpacking;
  #isOpen: boolean;

  constructor(depot: Depot, options: DeflatedOptions) {
    this.#depot = depot;
    this.#options = options;
    this.#isOpen = options.isOpen === true;
    this.#unpacking = new Unpacking(depot.budget, (bytes) => this.#take(bytes), options.headerBytes);
  }

  push(bytes: Uint8Array): readonly Uint8Array[] | undefined {
    const taken = this.#unpacking.push(bytes);
    if (this.#unpacking.isOpen) return undefined;
    this.#close();
    return [this.#unpacking.rest, bytes.subarray(taken)];
  }

  end(): readonly Uint8Array[] {
    this.#unpacking.end();
    this.#close();
    return [this.#unpacking.rest];
  }

  #take(bytes: Uint8Array): void {
    const { most = Number.POSITIVE_INFINITY, packing } = this.#options;
    if (!this.#isOpen) this.#depot.open(packing);
    this.#isOpen = true;
    this.#depot.bytes(bytes);
    const { inBytes, outBytes } = this.#unpacking;
    if (outBytes >= most) this.#unpacking.stop();
    else if (outBytes > RATIO_FROM_BYTES && outBytes > inBytes * MOST_RATIO) {
      this.#unpacking.stop();
      this.#depot.stopped('bomb');
    }
  }

  #close(): void {
    const { isOverBudget, isLost } = this.#unpacking;
    const { packing } = this.#options;
    if (isOverBudget) this.#depot.stopped('tooMuch');
    // Two bytes make a zlib header: chance alone makes many.
    else if (isLost && (packing === 'gzip' || packing === 'zip')) this.#depot.stopped('broken');
    if (this.#isOpen) this.#depot.close();
    this.#isOpen = false;
  }
}

/** Bytes as they are, counted. */
export class Stored implements Reader {
  readonly #depot: Depot;
  #left: number;

  /** The member is open. */
  constructor(depot: Depot, length: number) {
    this.#depot = depot;
    this.#left = length;
  }

  push(bytes: Uint8Array): readonly Uint8Array[] | undefined {
    const taken = Math.min(this.#left, bytes.length);
    this.#left -= taken;
    if (taken > 0) this.#depot.bytes(bytes.subarray(0, taken));
    if (this.#left > 0) return undefined;
    this.#depot.close();
    return [bytes.subarray(taken)];
  }

  end(): readonly Uint8Array[] {
    this.#depot.close();
    return [];
  }
}

/** Another reader, for so many bytes at most. */
export class Limited implements Reader {
  readonly #inner: Reader;
  #left: number;

  constructor(inner: Reader, length: number) {
    this.#inner = inner;
    this.#left = length;
  }

  push(bytes: Uint8Array): readonly Uint8Array[] | undefined {
    const taken = Math.min(this.#left, bytes.length);
    this.#left -= taken;
    const rest = this.#inner.push(bytes.subarray(0, taken)) ?? (this.#left === 0 ? this.#inner.end() : undefined);
    return rest === undefined ? undefined : [...rest, bytes.subarray(taken)];
  }

  end(): readonly Uint8Array[] {
    return this.#inner.end();
  }
}
