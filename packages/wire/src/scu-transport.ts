import { isIP, Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { Clock, Fault } from '@leadglass/kit';
import {
  cancelledFault,
  otherNameFault,
  otherPinFault,
  socketFault,
  type Target,
  timeoutFault,
  tlsFault,
  untrustedFault,
} from './scu-faults.ts';
import { clientTlsOptions, type TlsIdentity } from './tls-profile.ts';

/** How a requestor speaks TLS. */
export interface ScuTls {
  /** PEM authorities that may have signed the other side's certificate. */
  readonly ca: readonly string[];
  /** Our own certificate, presented when asked for. */
  readonly identity?: TlsIdentity;
  /** SHA-256 of the other side's certificate (DER), lower-case hexadecimal: then that one alone will do, whoever signed it. */
  readonly certSha256?: string;
}

const fingerprintOf = (certificate: PeerCertificate): string =>
  (certificate.fingerprint256 ?? '').replaceAll(':', '').toLowerCase();

function commonNames(certificate: PeerCertificate): readonly string[] {
  const names: unknown = certificate.subject?.CN;
  if (typeof names === 'string') return [names];
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

/**
 * Whether the other side is who it must be: the pinned certificate, or one that our authorities signed and that bears the host's
 * name or address, or the called AE title as its common name (a node of the site is known by its title more often than by a name).
 */
function identityFault(socket: TLSSocket, target: Target, tls: ScuTls): Fault | undefined {
  const certificate = socket.getPeerCertificate();
  const sha256 = fingerprintOf(certificate);
  if (tls.certSha256 !== undefined) return sha256 === tls.certSha256 ? undefined : otherPinFault(target, sha256);
  if (!socket.authorized) return untrustedFault(target, sha256, socket.authorizationError);
  const isNamed = checkServerIdentity(target.host, certificate) === undefined;
  return isNamed || commonNames(certificate).includes(target.called) ? undefined : otherNameFault(target, sha256);
}

function dial(target: Target, tls: ScuTls | undefined, raw: Socket | undefined): Socket {
  const { host, port, localAddress } = target;
  const remote = localAddress === undefined ? { host, port } : { host, port, localAddress };
  const place = raw === undefined ? remote : { socket: raw };
  if (tls === undefined) return (raw ?? new Socket()).connect(remote);
  const servername = isIP(target.host) === 0 ? { servername: target.host } : {};
  // Names are looked at in `identityFault`, apart from the signature, so that each trouble has its own sentence.
  return connectTls({ ...place, ...servername, ...clientTlsOptions(tls), checkServerIdentity: () => undefined });
}

/** The first of the events that decide whether a dialled socket can be used, as a Fault or undefined. */
function outcome(
  socket: Socket,
  target: Target,
  tls: ScuTls | undefined,
  isConnected: boolean,
  decide: (fault: Fault | undefined) => void,
): () => void {
  let isTcpUp = isConnected;
  const connected = () => {
    isTcpUp = true;
    if (tls === undefined) decide(undefined);
  };
  const secured = () => decide(identityFault(socket as TLSSocket, target, tls as ScuTls));
  const failed = (error?: unknown) => {
    const cause = error instanceof Error ? error : undefined;
    decide(tls !== undefined && isTcpUp ? tlsFault(target, cause) : socketFault(target, cause));
  };
  socket.on('connect', connected).on('secureConnect', secured).on('error', failed).on('close', failed);
  return () => socket.off('connect', connected).off('secureConnect', secured).off('error', failed).off('close', failed);
}

/**
 * Opens a TCP connection, secured and checked when `tls` is given.
 *
 * @param connectMs bound on name look-up, TCP and TLS together.
 * @returns a connected socket, without delay (TCP_NODELAY), with no listener of ours but a silent `error` one; the caller owns it.
 * Rejects with Fault `wire.refused-connection`, `wire.unknown-host`, `wire.unreachable`, `wire.cut`, `wire.timeout`, `wire.tls`,
 * `wire.tls-untrusted`, `wire.tls-name`, `wire.tls-pin`, `wire.cancelled`; all transient.
 */
export function connectTransport(
  target: Target,
  tls: ScuTls | undefined,
  connectMs: number,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Socket> {
  return opened(target, tls, undefined, connectMs, clock, signal);
}

/**
 * Opens a TCP connection for another process: paused from before it is there, so that nothing is ever read from it here. A socket that this
 * process had begun to read would go on taking bytes off the other one until its own copy is closed.
 */
export function connectUnread(target: Target, connectMs: number, clock: Clock): Promise<Socket> {
  return opened(target, undefined, new Socket().pause(), connectMs, clock, undefined);
}

/**
 * Secures a connection that somebody else opened, and checks who is there. `raw` is connected and nothing was read from it.
 * Rejects as `connectTransport` does; `raw` is then destroyed.
 */
export function secureTransport(
  raw: Socket,
  target: Target,
  tls: ScuTls,
  handshakeMs: number,
  clock: Clock,
): Promise<Socket> {
  return opened(target, tls, raw, handshakeMs, clock, undefined);
}

function opened(
  target: Target,
  tls: ScuTls | undefined,
  raw: Socket | undefined,
  limitMs: number,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  if (signal?.aborted) return Promise.reject(cancelledFault(target));
  return new Promise((resolve, reject) => {
    const socket = dial(target, tls, raw);
    socket.on('error', () => {}); // one that nobody waits for any more must not end the process
    const decide = (fault: Fault | undefined) => {
      timer.cancel();
      signal?.removeEventListener('abort', cancel);
      forget();
      if (fault === undefined) return resolve(socket.setNoDelay(true));
      socket.destroy();
      reject(fault);
    };
    const cancel = () => decide(cancelledFault(target));
    const timer = clock.after(limitMs, () => decide(timeoutFault(target, 'connect', limitMs)));
    const forget = outcome(socket, target, tls, tls !== undefined && raw !== undefined, decide);
    signal?.addEventListener('abort', cancel, { once: true });
  });
}
