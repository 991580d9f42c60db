import { assert } from '@leadglass/kit';

/** Where fragments go: one association's outgoing side. */
export interface FragmentSink {
  /** Hands over one presentation data value; the bytes stay untouched until the next `flushed()` resolves. */
  data(isCommand: boolean, isLast: boolean, bytes: Uint8Array): void;
  /** Everything between the two goes out in as few writes as possible. */
  cork(): void;
  uncork(): void;
  /** Resolves once the kernel has all that was handed over. Rejects with the association's Fault. */
  flushed(): Promise<void>;
}

/** A data set given in pieces. Each piece may be reused by its producer once the next is asked for. */
export type DataSetBytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Bytes handed to the socket before we wait for it: enough to keep a fast link busy, little enough to see a stall. */
const BURST_BYTES = 256 * 1024;

/**
 * Cuts one message into fragments as large as the peer takes (PS3.8 Annex E) without copying: a fragment is a view of the
 * producer's piece. Only what is left over at the end of a piece is copied, to be completed by the next one, because the last
 * fragment has to be marked as such and, when the length is not known, nobody knows yet which one that is.
 */
export class Fragmenter {
  readonly #sink: FragmentSink;
  readonly #fragmentBytes: number;
  readonly #length: number | undefined;
  #command: Uint8Array | undefined;
  #carry: Uint8Array | undefined;
  #carriedBytes = 0;
  #takenBytes = 0;

  /** @param command sent in front of the first fragment, in the same write; undefined when it has gone out already. @param length of the data set when known, bytes. */
  constructor(sink: FragmentSink, fragmentBytes: number, command: Uint8Array | undefined, length: number | undefined) {
    assert(fragmentBytes > 0, 'a fragment holds at least one byte');
    this.#sink = sink;
    this.#fragmentBytes = fragmentBytes;
    this.#command = command;
    this.#length = length;
  }

  /** Bytes of the data set taken so far. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** Whether a known length has been reached: the message is complete. */
  get isComplete(): boolean {
    return this.#takenBytes === this.#length;
  }

  /** Sends `piece`, all but what has to wait for the next. False when it goes beyond the known length: nothing of it was sent. */
  async push(piece: Uint8Array): Promise<boolean> {
    if (this.#length !== undefined && this.#takenBytes + piece.byteLength > this.#length) return false;
    if (piece.byteLength === 0) return true;
    this.#takenBytes += piece.byteLength;
    const rest = await this.#topUp(piece);
    const nowBytes = this.isComplete ? rest.byteLength : rest.byteLength - this.#leftOver(rest.byteLength);
    for (let at = 0; at < nowBytes; at += BURST_BYTES) await this.#burst(rest.subarray(0, nowBytes), at);
    if (nowBytes < rest.byteLength) this.#keep(rest.subarray(nowBytes));
    return true;
  }

  /** Ends a message of unknown length (or of none). */
  async end(): Promise<void> {
    this.#sink.cork();
    this.#sendCommand();
    this.#sink.data(false, true, this.#carried());
    this.#sink.uncork();
    await this.#sink.flushed();
  }

  // With a known length a full fragment never has to wait; without one, the last never goes before the end is seen.
  #leftOver(bytes: number): number {
    const odd = bytes % this.#fragmentBytes;
    return odd === 0 && this.#length === undefined && bytes > 0 ? this.#fragmentBytes : odd;
  }

  async #topUp(piece: Uint8Array): Promise<Uint8Array> {
    if (this.#carriedBytes === 0) return piece;
    const taken = Math.min(this.#fragmentBytes - this.#carriedBytes, piece.byteLength);
    this.#keep(piece.subarray(0, taken));
    const rest = piece.subarray(taken);
    const isLast = this.isComplete && rest.byteLength === 0;
    const mustWait =
      !isLast && (this.#carriedBytes < this.#fragmentBytes || (rest.byteLength === 0 && this.#length === undefined));
    if (mustWait) return rest;
    this.#sink.cork();
    this.#sendCommand();
    this.#sink.data(false, isLast, this.#carried());
    this.#sink.uncork();
    await this.#sink.flushed();
    this.#carriedBytes = 0;
    return rest;
  }

  async #burst(bytes: Uint8Array, from: number): Promise<void> {
    const step = this.#fragmentBytes;
    const begin = Math.ceil(from / step) * step;
    const end = Math.min(bytes.byteLength, from + BURST_BYTES);
    this.#sink.cork();
    this.#sendCommand();
    for (let at = begin; at < end; at += step) {
      const isLast = this.isComplete && at + step >= bytes.byteLength;
      this.#sink.data(false, isLast, bytes.subarray(at, at + step));
    }
    this.#sink.uncork();
    await this.#sink.flushed();
  }

  #sendCommand(): void {
    if (this.#command !== undefined) this.#sink.data(true, true, this.#command);
    this.#command = undefined;
  }

  #keep(bytes: Uint8Array): void {
    this.#carry ??= new Uint8Array(this.#fragmentBytes);
    this.#carry.set(bytes, this.#carriedBytes);
    this.#carriedBytes += bytes.byteLength;
  }

  #carried(): Uint8Array {
    return this.#carry?.subarray(0, this.#carriedBytes) ?? new Uint8Array(0);
  }
}
