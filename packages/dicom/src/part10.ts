import { bytesEqual } from '@leadglass/kit';
import { type FileMeta, MAGIC, type MetaIrregularity, type MetaIrregularityCode, PREAMBLE_BYTES } from './file-meta.ts';
import { MetaParser } from './meta-parser.ts';
import { recogniseDataSet } from './recognise.ts';
import { isCapital } from './vr.ts';

/** What a Part10Reader says, in this order: preamble?, (irregularity*, meta)?, dataSet*. */
export interface Part10Handler {
  /** The 128 bytes before `DICM`. Not called when the file has none. */
  preamble(bytes: Uint8Array): void;
  metaIrregularity(irregularity: MetaIrregularity): void;
  meta(meta: FileMeta): void;
  /** The data set as it comes: views into the caller's chunk, valid during the call. */
  dataSet(bytes: Uint8Array): void;
}

/** Longest file meta taken, in bytes: real ones have some hundred. */
export const META_LIMIT_BYTES = 65_536;
/** Copied at a time while preamble and file meta are looked for: most are whole in the first, and the data set behind them is not copied. */
const STEP_BYTES = 2048;
/** What is needed to see how a data set begins. */
const RECOGNISE_BYTES = 8;
const HEADER_BYTES = PREAMBLE_BYTES + MAGIC.byteLength;

/**
 * Reads a Part 10 file (PS3.10 §7) as it comes: preamble, file meta, then the data set handed on. Memory: at most the
 * file meta. A file without preamble or meta is reported, and read on when its data set is recognisable.
 */
export class Part10Reader {
  readonly #handler: Part10Handler;
  readonly #parser: MetaParser;
  #buffer = new Uint8Array(1024);
  #length = 0;
  #state: 'header' | 'meta' | 'data-set' | 'dead' = 'header';
  /** Where group 0002 begins in the file. */
  #metaStart = 0;

  constructor(handler: Part10Handler) {
    this.#handler = handler;
    this.#parser = new MetaParser((code, tag, offset) => this.#report(code, tag, offset + this.#metaStart));
  }

  /** Whether the data set cannot be found: what is pushed from then on is ignored. */
  get isDead(): boolean {
    return this.#state === 'dead';
  }

  /** Takes the next bytes of the file, in any split. */
  push(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.byteLength > 0 && this.#state !== 'data-set' && this.#state !== 'dead') {
      const taken = this.#hold(rest);
      rest = rest.subarray(taken);
      this.#advance(false);
    }
    if (this.#state === 'data-set' && rest.byteLength > 0) this.#handler.dataSet(rest);
  }

  /** Says that the file is over. */
  end(): void {
    if (this.#state !== 'data-set' && this.#state !== 'dead') this.#advance(true);
  }

  /** Takes a step, as much as fits below the limit. Result: how much. */
  #hold(bytes: Uint8Array): number {
    const most = HEADER_BYTES + META_LIMIT_BYTES + RECOGNISE_BYTES;
    const taken = Math.min(bytes.byteLength, STEP_BYTES, most - this.#length);
    if (this.#length + taken > this.#buffer.byteLength) {
      const wider = new Uint8Array(Math.min(most, Math.max(this.#buffer.byteLength * 4, this.#length + taken)));
      wider.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = wider;
    }
    this.#buffer.set(bytes.subarray(0, taken), this.#length);
    this.#length += taken;
    return taken;
  }

  #advance(isEnd: boolean): void {
    if (this.#state === 'header') this.#readHeader(isEnd);
    if (this.#state === 'meta') this.#readMeta(isEnd);
  }

  #readHeader(isEnd: boolean): void {
    if (this.#length < HEADER_BYTES + RECOGNISE_BYTES && !isEnd) return;
    const held = this.#buffer.subarray(0, this.#length);
    if (bytesEqual(held.subarray(PREAMBLE_BYTES, HEADER_BYTES), MAGIC) && !this.#isMagicByChance(held)) {
      this.#handler.preamble(held.subarray(0, PREAMBLE_BYTES));
      this.#startMeta(HEADER_BYTES);
    } else if (bytesEqual(held.subarray(0, MAGIC.byteLength), MAGIC)) {
      this.#report('no-preamble', 0, 0);
      this.#startMeta(MAGIC.byteLength);
    } else this.#readBareFile(held);
  }

  /** `DICM` inside the values of a file that has no preamble: its first bytes already read as an element. */
  #isMagicByChance(held: Uint8Array): boolean {
    return held[HEADER_BYTES] !== 2 && recogniseDataSet(held) !== undefined;
  }

  #readBareFile(held: Uint8Array): void {
    if (beginsMeta(held, HEADER_BYTES)) {
      this.#report('no-magic', 0, PREAMBLE_BYTES);
      this.#startMeta(HEADER_BYTES);
      return;
    }
    const beginsWithMeta = beginsMeta(held, 0);
    if (beginsWithMeta || recogniseDataSet(held) !== undefined) {
      this.#report(beginsWithMeta ? 'no-preamble' : 'no-magic', 0, 0);
      this.#startMeta(0);
    } else this.#die(held.byteLength < HEADER_BYTES ? 'truncated-meta' : 'not-dicom', 0, 0);
  }

  #startMeta(at: number): void {
    this.#state = 'meta';
    this.#metaStart = at;
  }

  #readMeta(isEnd: boolean): void {
    const bytes = this.#buffer.subarray(this.#metaStart, this.#length);
    const outcome = this.#parser.read(bytes, isEnd);
    if (outcome === 'more' && bytes.byteLength < META_LIMIT_BYTES + RECOGNISE_BYTES && !isEnd) return;
    const { metaBytes } = this.#parser;
    if (outcome !== 'done') {
      this.#die(outcome === 'more' ? 'meta-too-long' : outcome, 0, this.#metaStart + metaBytes);
      return;
    }
    const meta = this.#parser.finish(bytes);
    this.#state = 'data-set';
    this.#handler.meta(meta);
    this.#buffer = new Uint8Array(0);
    if (bytes.byteLength > metaBytes) this.#handler.dataSet(bytes.subarray(metaBytes));
  }

  #report(code: MetaIrregularityCode, tag: number, offset: number): void {
    this.#handler.metaIrregularity({ code, tag, offset, isFatal: false });
  }

  #die(code: MetaIrregularityCode, tag: number, offset: number): void {
    this.#state = 'dead';
    this.#handler.metaIrregularity({ code, tag, offset, isFatal: true });
  }
}

/** Whether file meta in explicit VR begins at `at`: group 0002 and a VR of two capitals. */
function beginsMeta(held: Uint8Array, at: number): boolean {
  const isGroup = held[at] === 2 && held[at + 1] === 0 && held[at + 3] === 0;
  return isGroup && isCapital(held[at + 4] ?? 0) && isCapital(held[at + 5] ?? 0);
}
