import { concatBytes } from '@leadglass/kit';
import { u32 } from './header.ts';
import { BoundedInflate } from './inflate.ts';
import type { Content } from './levels.ts';
import { TokenMachine } from './machine.ts';
import { DEFAULT_READER_LIMITS, type ReaderLimits, type TokenHandler } from './token.ts';
import { encodingOf } from './transfer-syntax.ts';

/** What a DataSetReader needs to know. */
export interface DataSetReaderOptions {
  /** Unknown and private UIDs are read as explicit VR little endian with encapsulated pixel data. */
  readonly transferSyntaxUid: string;
  readonly handler: TokenHandler;
  readonly limits?: ReaderLimits;
  /** What the bytes are, `data-set` unless said. */
  readonly content?: Content;
}

/** Twice the longest header with what must be seen behind it; a header cut by the network waits in half of it. */
const HELD_BYTES = 32;
const GZIP_TAIL_BYTES = 8;

/**
 * Reads a data set (PS3.5 §7) as it comes and says it in tokens. Synchronous, one pass, bounded memory whatever the
 * input: nothing is joined or copied but a header cut between two chunks. Any input gives a finite number of tokens and
 * no exception but the handler's own.
 */
export class DataSetReader {
  readonly #machine: TokenMachine;
  readonly #inflate: BoundedInflate | undefined;
  readonly #held = new Uint8Array(HELD_BYTES);
  #heldBytes = 0;
  #bytesRead = 0;
  /** What follows the deflate stream, while it may still be harmless. */
  #tail: Uint8Array = new Uint8Array(0);
  #isTrailing = false;
  #isEnded = false;

  constructor(options: DataSetReaderOptions) {
    const limits = options.limits ?? DEFAULT_READER_LIMITS;
    const encoding = encodingOf(options.transferSyntaxUid);
    this.#machine = new TokenMachine(encoding, options.handler, limits, options.content ?? 'data-set');
    if (encoding !== 'deflated') return;
    this.#inflate = new BoundedInflate(
      limits,
      (bytes) => {
        this.#take(bytes);
        return !this.#machine.isDead;
      },
      (bytes) => this.#takeTrailing(bytes),
    );
  }

  /** Whether a fatal irregularity was met: what is pushed from then on is counted and otherwise ignored. */
  get isDead(): boolean {
    return this.#machine.isDead;
  }

  /** Bytes pushed so far (deflated ones, for a deflated data set). */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Takes the next bytes, in any split. Handlers get views into `chunk`, valid during the call. */
  push(chunk: Uint8Array): void {
    this.#bytesRead += chunk.byteLength;
    if (this.#machine.isDead || this.#isEnded) return;
    if (this.#inflate === undefined) this.#take(chunk);
    else this.#takeDeflated(this.#inflate, chunk);
  }

  /** Says that nothing more comes: reports what is missing. Harmless when called twice. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#inflate !== undefined) this.#endDeflated(this.#inflate);
    if (!this.#isTailHarmless()) this.#startTrailing();
    this.#finish();
    this.#machine.close();
  }

  #takeDeflated(inflate: BoundedInflate, chunk: Uint8Array): void {
    inflate.push(chunk);
    this.#checkInflate(inflate);
  }

  #endDeflated(inflate: BoundedInflate): void {
    inflate.end();
    this.#checkInflate(inflate);
    if (inflate.state === 'open' && this.#bytesRead > 0) this.#machine.abandon('inflate-failed');
  }

  #checkInflate(inflate: BoundedInflate): void {
    if (inflate.state === 'failed') this.#machine.abandon('inflate-failed');
    if (inflate.state === 'bomb') this.#machine.abandon('inflate-bomb');
  }

  /**
   * What follows a deflate stream. One NUL makes its length even (PS3.5 §A.5), and real writers leave the eight bytes
   * that end a gzip stream (RFC 1952 §2.3.1): neither is an irregularity, so as much waits until more comes.
   */
  #takeTrailing(bytes: Uint8Array): void {
    if (!this.#isTrailing && this.#tail.byteLength + bytes.byteLength <= GZIP_TAIL_BYTES) {
      this.#tail = concatBytes(this.#tail, bytes);
      return;
    }
    if (!this.#isTrailing) this.#startTrailing();
    if (bytes.byteLength > 0) this.#machine.trailing(bytes);
  }

  #startTrailing(): void {
    this.#isTrailing = true;
    this.#finish();
    if (this.#tail.byteLength > 0) this.#machine.trailing(this.#tail);
  }

  #isTailHarmless(): boolean {
    const { byteLength } = this.#tail;
    if (byteLength <= 1) return byteLength === 0 || this.#tail[0] === 0;
    return byteLength === GZIP_TAIL_BYTES && u32(this.#tail, 4, true) === (this.#inflate?.outBytes ?? 0) % 2 ** 32;
  }

  #finish(): void {
    this.#machine.finish(this.#held.subarray(0, this.#heldBytes));
    this.#heldBytes = 0;
  }

  #take(chunk: Uint8Array): void {
    const from = this.#heldBytes > 0 ? this.#takeHeld(chunk) : 0;
    const reached = this.#machine.read(chunk, from, chunk.byteLength);
    if (this.#machine.isDead) return;
    for (let at = reached; at < chunk.byteLength; at += 1) {
      this.#held[this.#heldBytes] = chunk[at] as number;
      this.#heldBytes += 1;
    }
  }

  /** Reads the header that the last chunk cut, with what it lacks. Result: where in `chunk` reading goes on. */
  #takeHeld(chunk: Uint8Array): number {
    const before = this.#heldBytes;
    const borrowed = Math.min(HELD_BYTES - before, chunk.byteLength);
    for (let at = 0; at < borrowed; at += 1) this.#held[before + at] = chunk[at] as number;
    const total = before + borrowed;
    const reached = this.#machine.read(this.#held, 0, total);
    if (reached >= before) {
      this.#heldBytes = 0;
      return reached - before;
    }
    // Still too little: less than HELD_BYTES / 2 is ever held, so the whole chunk has been borrowed.
    this.#held.copyWithin(0, reached, total);
    this.#heldBytes = total - reached;
    return chunk.byteLength;
  }
}
