import { SWEEP_BYTES, SWEEP_CODE, SWEEP_LAYOUT } from './sweep-code.ts';

/** What a sweep is told to look for: the gate's two tables, and a range of bytes that stand in none of its quads. */
export interface SweepTables {
  readonly coarse: Uint8Array;
  readonly fine: Int32Array;
  readonly low: number;
  /** How many values the range goes beyond `low`; negative when there is no range: then there is nothing to sweep with. */
  readonly span: number;
}

interface Memory {
  readonly buffer: ArrayBuffer;
}

/** What is used of WebAssembly, which Node has and its types leave to browsers. */
declare const WebAssembly: {
  readonly Memory: new (limits: { readonly initial: number; readonly maximum: number }) => Memory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly m: { readonly m: Memory } },
  ) => { readonly exports: { readonly sweep: SweepCall } };
};

type SweepCall = (at: number, end: number, out: number, low: number, span: number) => number;

const PAGE_BYTES = 65_536;

/**
 * The gate's inner loop in vectors, on memory of its own in which windows lie: pictures of more than eight bits are passed over four to ten
 * times as fast as quad by quad. It finds the very same (INSPECT-363).
 */
export class Sweep {
  readonly #memory: Memory;
  readonly #call: SweepCall;
  readonly #hits: Int32Array;
  #loaded: SweepTables | undefined;

  private constructor(memory: Memory, call: SweepCall) {
    this.#memory = memory;
    this.#call = call;
    this.#hits = new Int32Array(memory.buffer, SWEEP_LAYOUT.hits, SWEEP_BYTES / 4);
  }

  /** @param windowBytes memory for windows, in bytes. @returns undefined where the processor has no vectors: the gate does without. */
  static start(windowBytes: number): Sweep | undefined {
    try {
      const pages = Math.ceil((SWEEP_LAYOUT.windows + windowBytes) / PAGE_BYTES);
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(SWEEP_CODE), { m: { m: memory } });
      return new Sweep(memory, exports.sweep);
    } catch {
      return undefined;
    }
  }

  /** The memory the window at `at` bytes lies in. */
  get memory(): ArrayBuffer {
    return this.#memory.buffer;
  }

  /**
   * Calls `hit` with the place of every quad that may be of a literal, counted from `base`.
   * @param base where the window begins in the memory. @param from, to multiples of four, counted from `base`.
   */
  look(tables: SweepTables, base: number, from: number, to: number, hit: (at: number) => void): void {
    if (this.#loaded !== tables) this.#load(tables);
    const { low, span } = tables;
    for (let at = from; at < to; at += SWEEP_BYTES) {
      const end = Math.min(to, at + SWEEP_BYTES);
      const stop = this.#call(base + at, base + end, SWEEP_LAYOUT.hits, low, span);
      for (let one = 0; one < (stop - SWEEP_LAYOUT.hits) >> 2; one += 1) hit((this.#hits[one] as number) - base);
    }
  }

  #load(tables: SweepTables): void {
    new Uint8Array(this.#memory.buffer, SWEEP_LAYOUT.coarse, tables.coarse.length).set(tables.coarse);
    new Int32Array(this.#memory.buffer, SWEEP_LAYOUT.fine, tables.fine.length).set(tables.fine);
    this.#loaded = tables;
  }
}
