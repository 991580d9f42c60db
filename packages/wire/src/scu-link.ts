import type { Socket } from 'node:net';
import {
  type AssociateAc,
  type AssociateRj,
  type AssociateRq,
  Association,
  type Command,
  MessageOutbox,
  MessageReader,
} from '@leadglass/dimse';
import { type Clock, type Fault, isFault, text } from '@leadglass/kit';
import {
  abortedFault,
  ambiguous,
  cancelledFault,
  errnoOf,
  garbledFault,
  rejectedFault,
  type Target,
  timeoutFault,
  tlsFault,
  type Wait,
} from './scu-faults.ts';

/** Bounds on every wait of a requestor, milliseconds. */
export interface ScuTimeouts {
  /** Name look-up, TCP and TLS together. */
  readonly connectMs: number;
  /** From the A-ASSOCIATE-RQ to its answer. */
  readonly associateMs: number;
  /** From the end of a request to its response. */
  readonly responseMs: number;
  /** Longest time the peer may leave what we sent unread. */
  readonly writeStallMs: number;
  /** From the A-RELEASE-RQ to its answer; then the connection is cut. */
  readonly releaseMs: number;
}

export const DEFAULT_SCU_TIMEOUTS: ScuTimeouts = {
  connectMs: 10_000,
  associateMs: 30_000,
  responseMs: 120_000,
  writeStallMs: 60_000,
  releaseMs: 10_000,
};

/** Who hears what the peer says. Calls are synchronous; views are valid during the call only. */
export interface LinkUser {
  command(contextId: number, command: Command): void;
  dataSet(contextId: number, view: Uint8Array, isLast: boolean): void;
  /** Bytes came; whatever messages they completed have been told. */
  received(): void;
  /** It is over, not as it should be; once. */
  ended?(fault: Fault): void;
}

const ASSOCIATE_PDU_BYTES = 64 * 1024;
const ARTIM_MS = 10_000;
/** How long our last word may take to leave before the socket is destroyed under it. */
const LINGER_MS = 1_000;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (fault: Fault) => void;
}

/**
 * One requestor association over one connected socket: bytes in and out, timeouts, and the one Fault that ended it. What the
 * messages mean is `ScuAssociation`'s business.
 */
export class ScuLink {
  readonly target: Target;
  readonly timeouts: ScuTimeouts;
  /** For users that send messages of several sources; one that sends its own uses `data`. */
  readonly outbox: MessageOutbox;
  readonly #user: LinkUser;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #association: Association;
  readonly #messages: MessageReader;
  readonly #contextIds = new Set<number>();
  /** Set once, when the association is over; `isReleased` when it ended as it should. */
  #fault: Fault | undefined;
  #isReleased = false;
  #isReleasing = false;
  #accepted: AssociateAc | undefined;
  #unwritten = 0;
  #lastWriteError: unknown;
  readonly #waiters = new Set<Waiter>();
  #flush: Waiter | undefined;

  constructor(
    socket: Socket,
    target: Target,
    user: LinkUser,
    maximumLength: number,
    timeouts: ScuTimeouts,
    clock: Clock,
  ) {
    this.target = target;
    this.timeouts = timeouts;
    this.#socket = socket;
    this.#clock = clock;
    this.#user = user;
    this.outbox = this.#newOutbox();
    this.#messages = new MessageReader({
      contexts: this.#contextIds,
      handler: {
        command: (contextId, command) => user.command(contextId, command),
        dataSet: (contextId, view, isLast) => user.dataSet(contextId, view, isLast),
        fault: ({ why }) => this.abort(garbledFault(target, why)),
      },
    });
    this.#association = this.#newAssociation(maximumLength);
    socket.on('data', (chunk: Uint8Array) => {
      this.#association.receive(chunk);
      user.received();
    });
    socket.on('error', (error) => {
      this.#lastWriteError = error;
    });
    socket.on('close', () => this.#transportGone());
    socket.on('end', () => this.#transportGone());
    socket.on('drain', () => this.outbox.drained());
    this.#association.transportConnected();
  }

  /** Whether messages can still be exchanged. */
  get isOpen(): boolean {
    return this.#accepted !== undefined && this.#fault === undefined && !this.#isReleasing;
  }

  /** What ended the association, when it did not end as it should. */
  get fault(): Fault | undefined {
    return this.#fault;
  }

  /** Asks for the association. Rejects with `wire.rejected`, `wire.timeout`, `wire.aborted`, `wire.tls`. */
  async negotiate(request: AssociateRq): Promise<AssociateAc> {
    this.#association.request(request);
    await this.waitFor('associate', () => this.#accepted !== undefined);
    return this.#accepted as AssociateAc;
  }

  data(contextId: number, isCommand: boolean, isLast: boolean, bytes: Uint8Array): void {
    if (this.isOpen) this.#association.sendData(contextId, isCommand, isLast, bytes);
  }

  /** Takes nothing more off the socket until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  /** Resolves once the kernel has all that was sent. Rejects with the association's Fault, `wire.timeout` when the peer stopped reading. */
  flushed(): Promise<void> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    if (this.#unwritten === 0) return Promise.resolve();
    return this.#timed('write', this.timeouts.writeStallMs, (waiter) => {
      this.#flush = waiter;
    });
  }

  /** Waits, within that wait's timeout, until `isDone` holds after something the peer said (`heard`). */
  waitFor(wait: 'associate' | 'response', isDone: () => boolean): Promise<void> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    if (isDone()) return Promise.resolve();
    const limitMs = wait === 'associate' ? this.timeouts.associateMs : this.timeouts.responseMs;
    return this.#timed(wait, limitMs, (waiter) => {
      const settle = {
        reject: waiter.reject,
        resolve: () => {
          if (isDone() && this.#waiters.delete(settle)) waiter.resolve();
        },
      };
      this.#waiters.add(settle);
    });
  }

  /** Something was heard that a `waitFor` may be waiting for. */
  heard(): void {
    for (const waiter of [...this.#waiters]) waiter.resolve();
  }

  /** A-RELEASE; resolves when the association is over, one way or another, within `releaseMs`. */
  async release(): Promise<void> {
    if (!this.isOpen) return this.#destroy();
    this.#isReleasing = true;
    this.#association.release();
    await new Promise<void>((resolve) => {
      const timer = this.#clock.after(this.timeouts.releaseMs, resolve);
      const settle = () => {
        timer.cancel();
        resolve();
      };
      this.#waiters.add({ resolve: () => this.#isReleased && settle(), reject: settle });
    });
    if (!this.#isReleased) this.abort(cancelledFault(this.target));
    this.#destroy();
  }

  /** A-ABORT from our side, because of `fault`. Harmless when it is over already. */
  abort(fault: Fault = cancelledFault(this.target)): void {
    if (this.#fault !== undefined || this.#isReleased) return;
    this.#end(fault);
    this.#association.abort();
    this.#closeSoon();
  }

  /** `thrown`, made ambiguous when a whole request had gone out: the peer may have done what it asked. */
  afterRequest(thrown: unknown): unknown {
    return isFault(thrown) && thrown.retry === 'transient' ? ambiguous(thrown) : thrown;
  }

  #timed(wait: Wait, limitMs: number, register: (waiter: Waiter) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(limitMs, () => this.abort(timeoutFault(this.target, wait, limitMs)));
      const waiter: Waiter = {
        resolve: () => {
          timer.cancel();
          resolve();
        },
        reject: (fault) => {
          timer.cancel();
          reject(fault);
        },
      };
      register(waiter);
    });
  }

  #newOutbox(): MessageOutbox {
    const link = this;
    return new MessageOutbox({
      data: (contextId, isCommand, isLast, bytes) => this.data(contextId, isCommand, isLast, bytes),
      cork: () => this.cork(),
      uncork: () => this.uncork(),
      get isFull() {
        return link.#socket.writableNeedDrain;
      },
    });
  }

  #newAssociation(maximumLength: number): Association {
    return new Association({
      role: 'requestor',
      limits: { associatePduBytes: ASSOCIATE_PDU_BYTES, maximumLength, artimMs: ARTIM_MS },
      clock: this.#clock,
      handler: {
        send: (bytes) => this.#write(bytes),
        closeTransport: () => this.#closeSoon(),
        associateRequested: () => {},
        associateAccepted: (ac) => this.#associated(ac),
        associateRejected: (rj: AssociateRj) => this.#end(rejectedFault(this.target, rj)),
        data: (contextId, isCommand, isLast, fragment) => this.#messages.data(contextId, isCommand, isLast, fragment),
        releaseRequested: () => this.#peerReleases(),
        released: () => this.#released(),
        aborted: (_abort, by, why) => this.#end(this.#tlsTrouble() ?? abortedFault(this.target, by, why)),
      },
    });
  }

  readonly #written = (error?: Error | null): void => {
    this.#unwritten -= 1;
    if (error || this.#unwritten > 0) return;
    const flush = this.#flush;
    this.#flush = undefined;
    flush?.resolve();
  };

  #write(bytes: Uint8Array): void {
    if (this.#socket.destroyed || !this.#socket.writable) return;
    this.#unwritten += 1;
    this.#socket.write(bytes, this.#written);
  }

  #associated(ac: AssociateAc): void {
    this.#accepted = ac;
    for (const context of ac.contexts) if (context.result === 0) this.#contextIds.add(context.id);
    this.heard();
  }

  #peerReleases(): void {
    this.#association.releaseResponse();
    if (this.#isReleasing) return; // both at once (PS3.8 §7.2.2.7): our own confirmation follows
    const why = text(
      "elle a clos l'association alors que nous envoyions encore",
      'it released the association while we were still sending',
    );
    this.#end(abortedFault(this.target, 'peer', why));
  }

  #released(): void {
    this.#isReleased = true;
    this.heard();
    this.#closeSoon();
  }

  // With TLS 1.3 the other side's refusal of our certificate arrives after the handshake, as the first thing read.
  #tlsTrouble(): Fault | undefined {
    const isTls = errnoOf(this.#lastWriteError).startsWith('ERR_SSL');
    return isTls ? tlsFault(this.target, this.#lastWriteError) : undefined;
  }

  #transportGone(): void {
    this.#association.transportClosed();
    if (!this.#isReleased) {
      const why = text("l'autre côté a fermé", 'the other side closed');
      this.#end(this.#tlsTrouble() ?? abortedFault(this.target, 'transport', why));
    }
    this.#socket.destroy();
  }

  #end(fault: Fault): void {
    if (this.#fault !== undefined || this.#isReleased) return;
    this.#fault = fault;
    for (const waiter of [...this.#waiters]) waiter.reject(fault);
    this.#waiters.clear();
    this.#flush?.reject(fault);
    this.#flush = undefined;
    this.outbox.close();
    this.#user.ended?.(fault);
  }

  #closeSoon(): void {
    if (this.#socket.destroyed) return;
    this.#socket.end();
    this.#clock.after(LINGER_MS, () => this.#destroy());
  }

  #destroy(): void {
    this.#socket.destroy();
  }
}
