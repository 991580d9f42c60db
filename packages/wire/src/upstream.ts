import type { Socket } from 'node:net';
import type { AssociateAc, AssociateRq, MessageOutbox } from '@leadglass/dimse';
import type { Clock, Fault, Timer } from '@leadglass/kit';
import { type Target, timeoutFault } from './scu-faults.ts';
import { type LinkUser, ScuLink, type ScuTimeouts } from './scu-link.ts';
import { type ScuTls, secureTransport } from './scu-transport.ts';

/** How an association is asked for over a connection that somebody else opened. */
export interface UpstreamOptions {
  /** Connected; nothing was read from it. */
  readonly socket: Socket;
  readonly target: Target;
  /** When TLS is spoken on it. */
  readonly tls?: ScuTls;
  readonly request: AssociateRq;
  /** Largest P-DATA-TF we accept, bytes. */
  readonly maximumLength: number;
  readonly timeouts: ScuTimeouts;
  readonly clock: Clock;
  /** Hears what the upstream says. May be called before `openUpstream` resolves: it may speak right behind its acceptance. */
  readonly user: LinkUser & { ended(fault: Fault): void };
}

/** A data set that comes slower than this is taken for a peer that holds us: bytes a second, once `responseMs` are used up. */
const SLOWEST_BYTES_PER_SECOND = 4096;

/**
 * One association with an upstream, for a user that passes messages on: everything it says goes through `outbox`.
 * What an upstream owes has a time: `responseMs` without a whole message while something is awaited end the association, a second more for
 * every 4,096 bytes of data set meanwhile. Bytes that trickle buy nothing.
 */
export class UpstreamLink {
  readonly accepted: AssociateAc;
  readonly target: Target;
  readonly #link: ScuLink;
  readonly #clock: Clock;
  readonly #responseMs: number;
  #isAwaiting = false;
  #heardMs = 0;
  #bytes = 0;
  #watch: Timer | undefined;

  /** Use `openUpstream`. */
  constructor(link: ScuLink, accepted: AssociateAc, clock: Clock, responseMs: number) {
    this.#link = link;
    this.accepted = accepted;
    this.target = link.target;
    this.#clock = clock;
    this.#responseMs = responseMs;
  }

  get outbox(): MessageOutbox {
    return this.#link.outbox;
  }

  get isOpen(): boolean {
    return this.#link.isOpen;
  }

  /** Whether answers are owed: the time of a silent upstream runs. */
  await(isAwaiting: boolean): void {
    if (isAwaiting && !this.#isAwaiting) this.heard();
    this.#isAwaiting = isAwaiting;
    if (isAwaiting) this.#watch ??= this.#clock.after(this.#responseMs, () => this.#look());
  }

  /** It said something whole: its time begins anew. */
  heard(): void {
    this.#heardMs = this.#clock.monotonicMs();
    this.#bytes = 0;
  }

  /** Part of a data set came. */
  received(bytes: number): void {
    this.#bytes += bytes;
  }

  pause(): void {
    this.#link.pause();
  }

  resume(): void {
    // What it said meanwhile was ours to read.
    this.heard();
    this.#link.resume();
  }

  /** A-RELEASE; resolves when the association is over, within `releaseMs`. */
  async release(): Promise<void> {
    this.#watch?.cancel();
    await this.#link.release();
  }

  /** A-ABORT, because of `fault` or because it is not needed any more. Harmless when it is over. */
  abort(fault?: Fault): void {
    this.#watch?.cancel();
    if (fault === undefined) this.#link.abort();
    else this.#link.abort(fault);
  }

  #look(): void {
    this.#watch = undefined;
    if (!this.#isAwaiting || !this.isOpen) return;
    const allowedMs = this.#responseMs + (this.#bytes * 1000) / SLOWEST_BYTES_PER_SECOND;
    const leftMs = this.#heardMs + allowedMs - this.#clock.monotonicMs();
    if (leftMs <= 0) this.#link.abort(timeoutFault(this.target, 'response', this.#responseMs));
    else this.#watch = this.#clock.after(leftMs, () => this.#look());
  }
}

/** Secures the connection when it is to be, asks for the association. Rejects with the Fault (`wire.*`) that says why there is none. */
export async function openUpstream(options: UpstreamOptions): Promise<UpstreamLink> {
  const { target, tls, timeouts, clock, user } = options;
  const socket =
    tls === undefined ? options.socket : await secureTransport(options.socket, target, tls, timeouts.connectMs, clock);
  socket.setNoDelay(true);
  let opened: UpstreamLink | undefined;
  const hearing: LinkUser = {
    command: (contextId, command) => {
      opened?.heard();
      user.command(contextId, command);
    },
    dataSet: (contextId, view, isLast) => {
      if (isLast) opened?.heard();
      else opened?.received(view.byteLength);
      user.dataSet(contextId, view, isLast);
    },
    received: () => user.received(),
    ended: (fault) => user.ended(fault),
  };
  const link = new ScuLink(socket, target, hearing, options.maximumLength, timeouts, clock);
  const accepted = await link.negotiate(options.request);
  opened = new UpstreamLink(link, accepted, clock, timeouts.responseMs);
  return opened;
}
