import type { Socket } from 'node:net';
import { type AcceptedContext, cStoreRq } from '@leadglass/dimse';
import { systemClock, text } from '@leadglass/kit';
import { RETRIEVE_STATUS, SubOperations } from '@leadglass/relay';
import { canTranscode, Transcoder } from '@leadglass/rewrite';
import type { ScpConnection } from '@leadglass/wire';
import { ObjectReader, type SentObject } from './object-stream.ts';

/** Longest wait for the answer to one C-STORE sub-operation. */
const RESPONSE_MS = 120_000;
const NO_BYTES = new Uint8Array(0);

export interface GetRunOptions {
  /** The objects, from the keeper. */
  readonly socket: Socket;
  readonly line: ScpConnection;
  readonly total: number;
  readonly withheld: readonly string[];
  readonly priority: number;
  readonly contexts: readonly AcceptedContext[];
  nextMessageId(): number;
  /** After each sub-operation but the last. */
  progress(operations: SubOperations): void;
  /** Once, also when the association is over before they are. */
  finished(status: number, operations: SubOperations): void;
}

/** The sub-operations of one C-GET (PS3.4 §C.4.3): objects come from the keeper and go out on the same association, one after the other. */
export class GetRun {
  readonly #options: GetRunOptions;
  readonly #reader: ObjectReader;
  readonly #operations: SubOperations;
  #isCancelled = false;
  #isOver = false;
  #awaited: { readonly messageId: number; resolve(status: number): void } | undefined;
  #giveUp: (why: Error) => void = () => {};
  readonly #over: Promise<never>;

  constructor(options: GetRunOptions) {
    this.#options = options;
    this.#reader = new ObjectReader(options.socket);
    this.#operations = new SubOperations(options.total, options.withheld);
    options.socket.on('error', () => {});
    this.#over = new Promise((_, reject) => {
      this.#giveUp = reject;
    });
    this.#over.catch(() => {});
  }

  start(): void {
    void this.#run();
  }

  /** C-CANCEL: what is under way is finished, nothing more begun. */
  cancel(): void {
    this.#isCancelled = true;
  }

  /** The association is over. */
  abandon(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#giveUp(new Error('the association is over'));
    this.#options.socket.destroy();
    this.#options.finished(RETRIEVE_STATUS.cancelled, this.#operations);
  }

  /** A C-STORE-RSP came. False when it answers nothing of ours. */
  answered(messageId: number, status: number): boolean {
    if (this.#awaited?.messageId !== messageId) return false;
    this.#awaited.resolve(status);
    this.#awaited = undefined;
    return true;
  }

  async #run(): Promise<void> {
    try {
      for (let head = await this.#reader.head(); head !== undefined; head = await this.#reader.head()) {
        if (this.#isCancelled) break;
        if ('isLost' in head) this.#operations.lost(head.sopInstanceUid);
        else await this.#send(head);
        if (this.#operations.counts.remaining > 0 && !this.#isOver) this.#options.progress(this.#operations);
      }
      this.#options.socket.destroy();
      if (this.#isOver) return;
      this.#isOver = true;
      this.#options.finished(this.#status, this.#operations);
    } catch {
      this.#options.socket.destroy();
      // A message cannot be cut short, nor can it be known what the peer makes of half of one.
      if (!this.#isOver) this.#options.line.abort(2, 0, BROKE);
    }
  }

  get #status(): number {
    return this.#isCancelled && this.#operations.counts.remaining > 0
      ? RETRIEVE_STATUS.cancelled
      : this.#operations.status;
  }

  async #send(object: SentObject): Promise<void> {
    const context = contextFor(this.#options.contexts, object);
    if (context === undefined) throw new Error('the keeper sent what was not asked for');
    const messageId = this.#options.nextMessageId();
    const answer = this.#answerTo(messageId);
    await this.#pour(context, messageId, object);
    const late = systemClock.after(RESPONSE_MS, () => this.#giveUp(new Error('a sub-operation is not answered')));
    const status = await Promise.race([answer, this.#over]).finally(() => late.cancel());
    this.#operations.answered(object.sopInstanceUid, status);
  }

  #answerTo(messageId: number): Promise<number> {
    return new Promise((resolve) => {
      this.#awaited = { messageId, resolve };
    });
  }

  async #pour(context: AcceptedContext, messageId: number, object: SentObject): Promise<void> {
    const { line, priority } = this.#options;
    const message = line.outbox.begin(context.id);
    const { sopClassUid: affectedSopClassUid, sopInstanceUid: affectedSopInstanceUid } = object;
    message.send(cStoreRq({ messageId, affectedSopClassUid, affectedSopInstanceUid, priority }));
    const transcoder =
      context.transferSyntax === object.transferSyntaxUid
        ? undefined
        : new Transcoder(object.transferSyntaxUid, context.transferSyntax, (bytes) => message.push(bytes, false));
    let left = object.bytes;
    for await (const piece of this.#reader.pieces(object.bytes)) {
      left -= piece.byteLength;
      if (transcoder === undefined) message.push(piece, left === 0);
      else if (!transcoder.push(piece)) throw new Error('not to be written in another form');
      if (!line.outbox.mayGoOn(message)) await this.#room(message);
    }
    if (transcoder === undefined) return;
    if (!transcoder.end()) throw new Error('not to be written in another form');
    message.push(NO_BYTES, true);
  }

  async #room(message: Parameters<ScpConnection['outbox']['mayGoOn']>[0]): Promise<void> {
    const { outbox } = this.#options.line;
    await Promise.race([new Promise<void>((resolve) => outbox.whenRoom(message, resolve)), this.#over]);
  }
}

/** The context an object goes out in: its own transfer syntax, else the other uncompressed one. */
export function contextFor(
  contexts: readonly AcceptedContext[],
  { sopClassUid, transferSyntaxUid }: Pick<SentObject, 'sopClassUid' | 'transferSyntaxUid'>,
): AcceptedContext | undefined {
  const ofClass = contexts.filter(({ abstractSyntax }) => abstractSyntax === sopClassUid);
  return (
    ofClass.find(({ transferSyntax }) => transferSyntax === transferSyntaxUid) ??
    ofClass.find(({ transferSyntax }) => canTranscode(transferSyntaxUid, transferSyntax))
  );
}

const BROKE = text(
  'un objet demandé n’a pas pu être envoyé jusqu’au bout',
  'an object that was asked for could not be sent to its end',
);
