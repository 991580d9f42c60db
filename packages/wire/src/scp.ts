import type { Socket } from 'node:net';
import {
  type Abort,
  type AssociateAc,
  type AssociateRj,
  type AssociateRq,
  Association,
  type Command,
  type MessageFault,
  MessageOutbox,
  MessageReader,
  responseTo,
  type UpperLayerLimits,
} from '@leadglass/dimse';
import { type Clock, type Text, type Timer, text } from '@leadglass/kit';

/** How an association ended. */
export type Ending =
  | { readonly kind: 'released' }
  | { readonly kind: 'rejected' }
  | {
      readonly kind: 'aborted';
      readonly by: 'peer' | 'gateway' | 'transport';
      readonly abort: Abort;
      readonly why: Text;
    };

/** Who uses an acceptor's connection. Every call is synchronous; views are valid during the call only. */
export interface ScpUser {
  /** A-ASSOCIATE-RQ: answer with `accept` or `reject`, now or later. */
  associateRequested(request: AssociateRq): void;
  command(contextId: number, command: Command): void;
  dataSet(contextId: number, view: Uint8Array, isLast: boolean): void;
  /** A request that cannot be carried out as it stands (an identifier that is none, a field missing): answered with `status`
   *  by the connection itself when its user has nothing to say about it. */
  refused?(contextId: number, request: Command, status: number, why: Text): void;
  /** All of a piece of what came has been told: the moment to pause the reading (`pause`). */
  received?(): void;
  /** Once, last. */
  ended(ending: Ending): void;
}

/** Bounds of one connection; all ours. Milliseconds and bytes. */
export interface ScpLimits extends UpperLayerLimits {
  /** Longest silence between two messages of an association. */
  readonly idleMs: number;
  /** Longest silence inside a message. */
  readonly stallMs: number;
  /** Slowest a message may come: it is given `stallMs` and then a second for each so many bytes. */
  readonly slowestBytesPerSecond: number;
  /** Most bytes waiting for a peer that does not read, of answers of our own. */
  readonly unreadBytes: number;
  /** Longest time it may leave what we sent unread. */
  readonly unreadMs: number;
  /** How long after our last word the transport may linger. */
  readonly lingerMs: number;
}

export const DEFAULT_SCP_LIMITS: ScpLimits = {
  associatePduBytes: 64 * 1024,
  maximumLength: 256 * 1024,
  artimMs: 15_000,
  idleMs: 10 * 60_000,
  stallMs: 30_000,
  slowestBytesPerSecond: 4 * 1024,
  unreadBytes: 256 * 1024,
  unreadMs: 60_000,
  lingerMs: 5_000,
};

/** How often a connection looks at its own progress. */
const WATCH_EVERY_MS = 5_000;

const IDLE = text('aucune activité pendant trop longtemps', 'nothing was said for too long');
const STALLED = text(
  'message commencé mais plus rien, ou presque, ne vient',
  'a message was begun but nothing, or next to nothing, comes any more',
);
const UNREAD = text('le pair ne lit pas nos réponses', 'the peer does not read our answers');

/**
 * The acceptor's side of one transport connection: socket to Association to MessageReader to user. Bytes pass as views of the
 * socket's buffer; nothing is kept. `socket` is connected (and, with TLS, secured); the caller starts the reading with `onBytes`.
 */
export class ScpConnection {
  readonly #socket: Socket;
  readonly #association: Association;
  readonly #messages: MessageReader;
  readonly #acceptedContexts = new Set<number>();
  readonly #limits: ScpLimits;
  readonly #clock: Clock;
  readonly #user: ScpUser;
  #watch: Timer | undefined;
  #ending: Ending | undefined;
  #lastByteMs: number;
  #messageBeganMs: number | undefined;
  #messageBytes = 0;
  #isOpen = true;
  #pausedMs: number | undefined;
  #written = { bytes: 0, atMs: 0 };
  /** Everything we say on the association goes through here, a message at a time. */
  readonly outbox: MessageOutbox;

  constructor(socket: Socket, user: ScpUser, limits: ScpLimits, clock: Clock) {
    this.#socket = socket;
    this.#user = user;
    this.#limits = limits;
    this.#clock = clock;
    this.#lastByteMs = clock.monotonicMs();
    this.#messages = new MessageReader({
      contexts: this.#acceptedContexts,
      handler: {
        command: (contextId, command) => this.#command(contextId, command),
        dataSet: (contextId, view, isLast) => this.#dataSet(contextId, view, isLast),
        fault: (fault) => this.#fault(fault),
      },
    });
    this.#association = this.#newAssociation();
    this.outbox = this.#newOutbox();
    socket.setNoDelay(true);
    socket.on('error', () => this.#transportGone());
    socket.on('end', () => this.#transportGone());
    socket.on('close', () => this.#transportGone());
    socket.on('drain', () => this.outbox.drained());
    this.#watch = clock.after(WATCH_EVERY_MS, () => this.#look());
    this.#association.transportConnected();
  }

  /** Takes bytes off the socket. */
  onBytes(chunk: Uint8Array): void {
    this.#lastByteMs = this.#clock.monotonicMs();
    // Counted from the first byte after a silence: also a command, or the head of a PDU, that comes a byte at a time has its time.
    this.#beginMessage();
    this.#messageBytes += chunk.byteLength;
    if (this.#isOpen) this.#association.receive(chunk);
    if (this.#isOpen) this.#user.received?.();
  }

  /** Takes nothing more off the socket, and counts no silence, until `resume`. */
  pause(): void {
    this.#pausedMs ??= this.#clock.monotonicMs();
    this.#socket.pause();
  }

  resume(): void {
    if (this.#pausedMs === undefined) return;
    const now = this.#clock.monotonicMs();
    this.#lastByteMs = now;
    if (this.#messageBeganMs !== undefined) this.#messageBeganMs += now - this.#pausedMs;
    this.#pausedMs = undefined;
    if (this.#isOpen) this.#socket.resume();
  }

  accept(ac: AssociateAc): void {
    for (const context of ac.contexts) if (context.result === 0) this.#acceptedContexts.add(context.id);
    this.#association.accept(ac);
  }

  reject(rj: AssociateRj): void {
    this.#ending = { kind: 'rejected' };
    this.#association.reject(rj);
  }

  /** Sends a response on `contextId`, in one write. */
  respond(contextId: number, command: Command): void {
    if (!this.#isOpen || this.#ending !== undefined) return;
    this.outbox.send(contextId, command);
    if (this.#socket.writableLength + this.outbox.waitingBytes > this.#limits.unreadBytes) this.abort(2, 0, UNREAD);
  }

  /** What `body` sends goes out in as few writes as it fits into. */
  inOneWrite(body: () => void): void {
    this.#socket.cork();
    try {
      body();
    } finally {
      this.#socket.uncork();
    }
  }

  /** Ends the association from our side. source, reason: PS3.8 §9.3.8. */
  abort(source: number, reason: number, why: Text): void {
    if (this.#ending !== undefined) return;
    this.#ending = { kind: 'aborted', by: 'gateway', abort: { source, reason }, why };
    this.#association.abort(source, reason);
    this.#closeSoon();
  }

  #newOutbox(): MessageOutbox {
    const connection = this;
    return new MessageOutbox({
      data: (contextId, isCommand, isLast, bytes) => {
        if (this.#isOpen && this.#association.canSendData)
          this.#association.sendData(contextId, isCommand, isLast, bytes);
      },
      cork: () => this.#socket.cork(),
      uncork: () => this.#socket.uncork(),
      get isFull() {
        return connection.#socket.writableNeedDrain;
      },
    });
  }

  #newAssociation(): Association {
    return new Association({
      role: 'acceptor',
      limits: this.#limits,
      clock: this.#clock,
      handler: {
        send: (bytes) => {
          if (!this.#socket.destroyed && this.#socket.writable) this.#socket.write(bytes);
        },
        closeTransport: () => this.#closeSoon(),
        associateRequested: (request) => {
          this.#messageBeganMs = undefined;
          this.#user.associateRequested(request);
        },
        associateAccepted: () => {},
        associateRejected: () => {},
        data: (contextId, isCommand, isLast, fragment) => {
          this.#messages.data(contextId, isCommand, isLast, fragment);
          // Also the end of a data set that was read past unseen.
          if (isLast && !isCommand) this.#messageBeganMs = undefined;
        },
        releaseRequested: () => {
          this.#ending = { kind: 'released' };
          this.#association.releaseResponse();
        },
        released: () => {},
        aborted: (abort, by, why) => {
          this.#ending ??= { kind: 'aborted', by: by === 'provider' ? 'gateway' : by, abort, why };
          this.#closeSoon();
        },
      },
    });
  }

  #fault(fault: MessageFault): void {
    this.#messageBeganMs = undefined;
    if (fault.answer === 'abort') this.abort(fault.abort.source, fault.abort.reason, fault.why);
    else if (this.#user.refused === undefined) this.respond(fault.contextId, responseTo(fault.request, fault.status));
    else if (this.#ending === undefined) this.#user.refused(fault.contextId, fault.request, fault.status, fault.why);
  }

  #command(contextId: number, command: Command): void {
    if (command.hasDataSet) this.#beginMessage();
    else this.#messageBeganMs = undefined;
    if (this.#ending === undefined) this.#user.command(contextId, command);
  }

  #dataSet(contextId: number, view: Uint8Array, isLast: boolean): void {
    if (isLast) this.#messageBeganMs = undefined;
    if (this.#ending === undefined) this.#user.dataSet(contextId, view, isLast);
  }

  #beginMessage(): void {
    if (this.#messageBeganMs !== undefined) return;
    this.#messageBeganMs = this.#clock.monotonicMs();
    this.#messageBytes = 0;
  }

  // An allowance that grows with bytes moved, so that a slow line is served and a socket held open for nothing is not.
  #look(): void {
    const now = this.#clock.monotonicMs();
    if (this.#isUnread(now)) this.abort(2, 0, UNREAD);
    else if (this.#pausedMs === undefined) this.#lookForSilence(now);
    if (this.#isOpen) this.#watch = this.#clock.after(WATCH_EVERY_MS, () => this.#look());
  }

  #isUnread(now: number): boolean {
    const { bytesWritten, writableLength } = this.#socket;
    // What waits counts as written, so what has left is the difference.
    const bytes = bytesWritten - writableLength;
    if (writableLength === 0 || bytes !== this.#written.bytes) this.#written = { bytes, atMs: now };
    return now - this.#written.atMs > this.#limits.unreadMs;
  }

  #lookForSilence(now: number): void {
    const silentMs = now - this.#lastByteMs;
    if (this.#messageBeganMs === undefined) {
      if (silentMs > this.#limits.idleMs) this.abort(2, 0, IDLE);
    } else {
      const allowedMs = this.#limits.stallMs + (this.#messageBytes * 1000) / this.#limits.slowestBytesPerSecond;
      if (silentMs > this.#limits.stallMs || now - this.#messageBeganMs > allowedMs) this.abort(2, 0, STALLED);
    }
  }

  // Half-close first: what we said last (A-ABORT, A-ASSOCIATE-RJ, A-RELEASE-RP) must reach the peer, and closing outright while
  // its bytes are unread would reset the connection under it.
  #closeSoon(): void {
    if (!this.#isOpen || this.#socket.destroyed) return;
    this.#socket.end();
    this.#clock.after(this.#limits.lingerMs, () => this.#socket.destroy());
  }

  #transportGone(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#watch?.cancel();
    this.#association.transportClosed();
    this.outbox.close();
    this.#socket.end();
    this.#clock.after(this.#limits.lingerMs, () => this.#socket.destroy());
    this.#user.ended(
      this.#ending ?? {
        kind: 'aborted',
        by: 'transport',
        abort: { source: 0, reason: 0 },
        why: text('la connexion a été coupée', 'the connection was cut'),
      },
    );
  }
}
