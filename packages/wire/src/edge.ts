import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import {
  checkServerIdentity,
  connect as connectTls,
  createServer as createTlsServer,
  type PeerCertificate,
  type TLSSocket,
} from 'node:tls';
import type { Clock, Timer } from '@leadglass/kit';
import { clientTlsOptions, listenerTlsOptions, type TlsIdentity } from './tls-profile.ts';

/** Where something listens or is. */
export interface EdgeAddress {
  readonly host: string;
  readonly port: number;
}

/** One way through an edge, and its bounds. */
export interface EdgeOptions {
  /** Addresses that may come in, as `plainAddress` writes them; of `tls-in` none: the certificate decides there. */
  readonly allowed: readonly string[];
  readonly listen: EdgeAddress;
  readonly to: EdgeAddress;
  /** `tls-out`: plain from the device, TLS to the gateway. `tls-in`: TLS from the gateway, plain to the device. */
  readonly way: 'tls-out' | 'tls-in';
  readonly identity: TlsIdentity;
  /** PEM of the site's authority, which alone may have signed the other side's certificate. */
  readonly authorityPem: string;
  /** A name the gateway's certificates bear, whatever address it is called at. */
  readonly siteName: string;
  readonly clock: Clock;
  readonly limits?: EdgeLimits;
  /** Told of each connection: what happened, from where. Never a byte of what passed. */
  readonly told: (event: EdgeEvent) => void;
}

/** Bounds of an edge; milliseconds. */
export interface EdgeLimits {
  readonly connections: number;
  readonly connectMs: number;
  /** Longest without a byte in either direction. */
  readonly idleMs: number;
}

export const DEFAULT_EDGE_LIMITS: EdgeLimits = { connections: 64, connectMs: 10_000, idleMs: 15 * 60_000 };

/** What happened to a connection; `why` a code, bytes from and to whoever came in. */
export type EdgeEvent =
  | { readonly kind: 'refused'; readonly from: string; readonly why: string }
  | { readonly kind: 'opened'; readonly from: string }
  | { readonly kind: 'failed'; readonly from: string; readonly why: string }
  | { readonly kind: 'closed'; readonly from: string; readonly bytesIn: number; readonly bytesOut: number };

const LOOK_MS = 5_000;

/**
 * A TLS front for a device that has none: passes the bytes of each connection on, one for one, and understands none of them. It keeps
 * at most the two sockets' buffers of a connection, and slows down whoever is faster.
 */
export class Edge {
  readonly #options: EdgeOptions;
  readonly #limits: EdgeLimits;
  readonly #open = new Set<Socket>();
  #server: Server | undefined;

  constructor(options: EdgeOptions) {
    this.#options = options;
    this.#limits = options.limits ?? DEFAULT_EDGE_LIMITS;
  }

  /** Listens; rejects with the system's error when it cannot. @returns where it listens, the port chosen when 0 was asked. */
  async start(): Promise<EdgeAddress> {
    const { listen } = this.#options;
    const server = this.#newServer();
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: listen.host, port: listen.port }, resolve);
    });
    const bound = server.address();
    return { host: listen.host, port: typeof bound === 'object' && bound !== null ? bound.port : listen.port };
  }

  /** Takes nothing new and ends what is open. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) =>
      this.#server === undefined ? resolve() : this.#server.close(() => resolve()),
    );
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #newServer(): Server {
    const { way, identity, authorityPem } = this.#options;
    if (way === 'tls-out')
      return createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => this.#take(socket));
    const options = listenerTlsOptions({ identity, ca: [authorityPem] });
    const server = createTlsServer({ ...options, allowHalfOpen: true }, (socket) => this.#take(socket));
    return server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      this.#options.told({ kind: 'refused', from: plain(socket.remoteAddress), why: codeOf(error) });
      socket.destroy();
    });
  }

  #take(socket: Socket): void {
    const from = plain(socket.remoteAddress);
    socket.on('error', () => {});
    const why = this.#refusal(socket, from);
    if (why !== undefined) {
      socket.destroy();
      return this.#options.told({ kind: 'refused', from, why });
    }
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    this.#dial(from, socket);
  }

  #refusal(socket: Socket, from: string): string | undefined {
    const { way, allowed, siteName } = this.#options;
    if (this.#open.size >= this.#limits.connections) return 'TOO_MANY';
    if (way === 'tls-out') return allowed.includes(from) ? undefined : 'NOT_THE_DEVICE';
    return bearsName((socket as TLSSocket).getPeerCertificate(), siteName) ? undefined : 'NOT_THE_GATEWAY';
  }

  #dial(from: string, inner: Socket): void {
    const { clock, told } = this.#options;
    const outer = this.#connect();
    const timer = clock.after(this.#limits.connectMs, () => failed('ETIMEDOUT'));
    const failed = (why: string) => {
      if (outer.destroyed && inner.destroyed) return;
      timer.cancel();
      inner.destroy();
      outer.destroy();
      told({ kind: 'failed', from, why });
    };
    const onError = (error: NodeJS.ErrnoException) => failed(codeOf(error));
    const gone = () => failed('ECONNABORTED');
    outer.once('error', onError);
    inner.once('close', gone);
    outer.once(this.#options.way === 'tls-out' ? 'secureConnect' : 'connect', () => {
      const why = this.#options.way === 'tls-out' ? this.#doubt(outer as TLSSocket) : undefined;
      if (why !== undefined) return failed(why);
      timer.cancel();
      outer.off('error', onError);
      inner.off('close', gone);
      this.#join(from, inner, outer);
    });
  }

  #connect(): Socket {
    const { to, way, identity, authorityPem } = this.#options;
    const address = { host: to.host, port: to.port, allowHalfOpen: true };
    if (way === 'tls-in') return connectTcp(address);
    // Who answers is looked at in `#doubt`, before a byte of the device's goes out.
    const options = { ...clientTlsOptions({ identity, ca: [authorityPem] }), checkServerIdentity: () => undefined };
    return connectTls({ ...address, ...options });
  }

  /** Why the one that answered is not our gateway; undefined when it is. */
  #doubt(socket: TLSSocket): string | undefined {
    const { to, siteName } = this.#options;
    if (!socket.authorized) return 'UNTRUSTED';
    const certificate = socket.getPeerCertificate();
    const isNamed = checkServerIdentity(to.host, certificate) === undefined;
    return isNamed || checkServerIdentity(siteName, certificate) === undefined ? undefined : 'OTHER_NAME';
  }

  #join(from: string, inner: Socket, outer: Socket): void {
    const { told } = this.#options;
    told({ kind: 'opened', from });
    inner.setNoDelay(true);
    outer.setNoDelay(true);
    const watch = this.#watch(inner, outer);
    let open = 2;
    const done = () => {
      open -= 1;
      if (open > 0) return;
      watch.cancel();
      inner.destroy();
      outer.destroy();
      told({ kind: 'closed', from, bytesIn: inner.bytesRead, bytesOut: inner.bytesWritten });
    };
    // A failure of one direction destroys both sockets (pipeline does), an end lets the other direction finish.
    pipeline(inner, outer, done);
    pipeline(outer, inner, done);
  }

  #watch(inner: Socket, outer: Socket): { cancel(): void } {
    const { clock } = this.#options;
    let [bytes, sinceMs] = [0, clock.monotonicMs()];
    let timer: Timer;
    const look = () => {
      const now = inner.bytesRead + outer.bytesRead;
      if (now !== bytes) [bytes, sinceMs] = [now, clock.monotonicMs()];
      if (clock.monotonicMs() - sinceMs > this.#limits.idleMs) {
        inner.destroy();
        outer.destroy();
        return;
      }
      timer = clock.after(Math.min(LOOK_MS, this.#limits.idleMs), look);
    };
    timer = clock.after(Math.min(LOOK_MS, this.#limits.idleMs), look);
    return { cancel: () => timer.cancel() };
  }
}

function bearsName(certificate: PeerCertificate, name: string): boolean {
  const names: unknown = certificate.subject?.CN;
  return names === name || (Array.isArray(names) && names.includes(name));
}

function codeOf(error: NodeJS.ErrnoException): string {
  return String(error.code ?? 'TLS')
    .replace(/[^A-Z0-9_]/g, '')
    .slice(0, 60);
}

/** `::ffff:192.0.2.1` is 192.0.2.1 to everybody. */
function plain(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}
