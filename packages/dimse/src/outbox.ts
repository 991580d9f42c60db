import { assert, concatBytes } from '@leadglass/kit';
import type { Command } from './api.ts';
import { encodeCommand } from './command-codec.ts';

/** One association's outgoing side. */
export interface OutboxSink {
  /** A piece of a command or data set; the bytes are the sink's and stay unchanged. */
  data(contextId: number, isCommand: boolean, isLast: boolean, bytes: Uint8Array): void;
  /** What comes between the two goes out in as few writes as possible. */
  cork(): void;
  uncork(): void;
  /** Whether the peer reads too slowly for more; `MessageOutbox.drained` says when it no longer does. */
  readonly isFull: boolean;
}

/** A message up to this size is sent once it is whole; a larger one as it comes, in pieces of at least `PIECE_BYTES`. */
export const WHOLE_MESSAGE_BYTES = 64 * 1024;
const PIECE_BYTES = 16 * 1024;
/** What may wait, of all messages together, before their sources are to pause. Bytes. */
const MOST_WAITING_BYTES = 256 * 1024;

type Progress = 'open' | 'whole' | 'over';

/** One message on its way out. Its command may come before or after its data set has begun: nothing goes out before it. */
export class OutMessage {
  readonly contextId: number;
  readonly #outbox: MessageOutbox;
  #command: Uint8Array | undefined;
  #parts: Uint8Array[] = [];
  #waitingBytes = 0;
  #progress: Progress = 'open';
  #isStarted = false;
  #hasDataSet = false;

  /** Use `MessageOutbox.begin`. */
  constructor(outbox: MessageOutbox, contextId: number) {
    this.#outbox = outbox;
    this.contextId = contextId;
  }

  /** Bytes that wait, command and data set. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Whether a part of it is on the wire: it has to be ended, or its association. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Sent to its end, or dropped. */
  get isOver(): boolean {
    return this.#progress === 'over';
  }

  /** Whether its turn would bring something: known what it is, and whole or too large to wait for the rest. */
  get isReady(): boolean {
    const enough = this.#isStarted ? PIECE_BYTES : WHOLE_MESSAGE_BYTES;
    return this.#command !== undefined && (this.#progress === 'whole' || this.#waitingBytes > enough);
  }

  /** What it is: from now on it may go out. A command without a data set is whole with it. */
  send(command: Command): void {
    assert(this.#command === undefined && this.#progress !== 'over', 'a message has one command');
    this.#command = this.#outbox.encoded(command);
    this.#hasDataSet = command.hasDataSet;
    if (!command.hasDataSet) this.#progress = 'whole';
    this.#wait(this.#command.byteLength);
  }

  /** A piece of its data set, copied. */
  push(view: Uint8Array, isLast: boolean): void {
    if (this.#progress === 'over' || this.#outbox.isClosed) return;
    assert(this.#progress === 'open', 'nothing follows the last piece');
    if (view.byteLength > 0) this.#parts.push(new Uint8Array(view));
    if (isLast) this.#progress = 'whole';
    this.#wait(view.byteLength);
  }

  /** It is not sent after all. Only while nothing of it has gone out. */
  drop(): void {
    assert(!this.#isStarted, 'a message that has begun is ended');
    this.#progress = 'over';
    this.#parts = [];
    this.#wait(-this.#waitingBytes);
  }

  /** Hands over what is there; true when that was all of it. For its outbox. */
  flush(sink: OutboxSink): boolean {
    sink.cork();
    if (!this.#isStarted && this.#command !== undefined) sink.data(this.contextId, true, true, this.#command);
    this.#isStarted = true;
    if (this.#hasDataSet) this.#flushDataSet(sink);
    sink.uncork();
    if (this.#progress === 'whole') this.#progress = 'over';
    return this.isOver;
  }

  // Fragments have an even length but the last (PS3.8 Annex E; DCMTK refuses others): an odd byte waits for the next piece.
  #flushDataSet(sink: OutboxSink): void {
    const joined = this.#parts.length === 1 ? (this.#parts[0] as Uint8Array) : concatBytes(...this.#parts);
    const isLast = this.#progress === 'whole';
    const bytes = isLast ? joined.byteLength : joined.byteLength & ~1;
    if (bytes > 0 || isLast) sink.data(this.contextId, false, isLast, joined.subarray(0, bytes));
    this.#parts = bytes < joined.byteLength ? [joined.subarray(bytes)] : [];
  }

  /** What waits, counted anew after a flush. */
  settle(): number {
    const before = this.#waitingBytes;
    this.#waitingBytes = this.#parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
    return this.#waitingBytes - before;
  }

  #wait(bytes: number): void {
    this.#waitingBytes += bytes;
    this.#outbox.changed(this, bytes);
  }
}

/**
 * Keeps messages of several sources whole on one association: a message's fragments are not mixed with another's (PS3.7 §6.3.1, PS3.8
 * Annex E). Small ones wait until they are whole, so that a source that fails in the middle leaves no half of one behind.
 *
 * Memory is bounded by its users: after each piece they ask `mayGoOn`, and pause their source until `whenRoom` calls.
 */
export class MessageOutbox {
  readonly #sink: OutboxSink;
  /** Messages with something to send, oldest first. */
  readonly #ready = new Set<OutMessage>();
  /** The one that is half sent. */
  #turn: OutMessage | undefined;
  readonly #waiting = new Set<{ readonly message: OutMessage | undefined; readonly resume: () => void }>();
  #waitingBytes = 0;
  #said: { readonly command: Command; readonly bytes: Uint8Array } | undefined;
  #isSending = false;
  #isClosed = false;

  constructor(sink: OutboxSink) {
    this.#sink = sink;
  }

  /** Bytes that wait, of all messages. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** A message on this context; it goes out when its command is known (`send`). */
  begin(contextId: number): OutMessage {
    return new OutMessage(this, contextId);
  }

  /** A whole message without a data set. */
  send(contextId: number, command: Command): void {
    assert(!command.hasDataSet, 'a message with a data set is begun');
    this.begin(contextId).send(command);
  }

  /** Whether the source of `message` may bring more now; without one, the source of any. The one half sent must, or nobody could. */
  mayGoOn(message?: OutMessage): boolean {
    if (this.#isClosed) return true;
    if (this.#sink.isFull) return false;
    return (message !== undefined && message === this.#turn) || this.#waitingBytes <= MOST_WAITING_BYTES;
  }

  /** Calls `resume` once, as soon as `mayGoOn(message)` holds; never from inside this call. */
  whenRoom(message: OutMessage | undefined, resume: () => void): void {
    this.#waiting.add({ message, resume });
  }

  /** The association is over: nothing more goes out or waits, and nobody waits for it. */
  close(): void {
    this.#isClosed = true;
    this.#ready.clear();
    this.#turn = undefined;
    this.#waitingBytes = 0;
    this.#tellRoom();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** A command as bytes; one that is said again, as before every match of a query, is encoded once. For its messages. */
  encoded(command: Command): Uint8Array {
    if (this.#said?.command !== command) this.#said = { command, bytes: encodeCommand(command) };
    return this.#said.bytes;
  }

  /** The sink takes more again. */
  drained(): void {
    this.#sendReady();
  }

  /** Called by its messages. @param bytes more that wait. */
  changed(message: OutMessage, bytes: number): void {
    if (this.#isClosed) return;
    this.#waitingBytes += bytes;
    if (message.isOver) this.#ready.delete(message);
    else if (message.isReady) this.#ready.add(message);
    this.#sendReady();
  }

  #next(): OutMessage | undefined {
    if (this.#turn !== undefined) return this.#turn.isReady ? this.#turn : undefined;
    return this.#ready.values().next().value;
  }

  #sendReady(): void {
    if (this.#isSending || this.#isClosed) return;
    this.#isSending = true;
    for (let next = this.#next(); next !== undefined && !this.#sink.isFull; next = this.#next()) {
      this.#turn = next.flush(this.#sink) ? undefined : next;
      this.#ready.delete(next);
      this.#waitingBytes += next.settle();
    }
    this.#isSending = false;
    this.#tellRoom();
  }

  #tellRoom(): void {
    for (const entry of [...this.#waiting])
      if (this.mayGoOn(entry.message) && this.#waiting.delete(entry)) entry.resume();
  }
}
