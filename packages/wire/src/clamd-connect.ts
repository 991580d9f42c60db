import { isIP, Socket } from 'node:net';
import { type Clock, Fault, type Text, text } from '@leadglass/kit';
import { CHUNK_HEAD_BYTES, ClamdSession, SESSION_BEGIN } from './clamd-session.ts';

/** Where clamd listens: a Unix socket, or a TCP port. */
export type ClamdAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** Longest path of a Unix socket (sockaddr_un, less its NUL). */
const MOST_PATH = 107;
const MOST_HOST = 253;
const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;
const HOST_AND_PORT = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([^[\]:/]{1,253})):([0-9]{1,5})$/;

/** Reads `/run/clamav/clamd.ctl`, `127.0.0.1:3310`, `[::1]:3310` or `av.example.org:3310`; undefined when it is none of these. */
export function parseClamdAddress(words: string): ClamdAddress | undefined {
  if (words.startsWith('/')) return words.length <= MOST_PATH && !/[\0-\x1f]/.test(words) ? { path: words } : undefined;
  const [, ip6, name, digits] = words.length > MOST_HOST + 8 ? [] : (HOST_AND_PORT.exec(words) ?? []);
  const port = Number(digits);
  if (!(port >= 1 && port <= 65_535)) return undefined;
  if (ip6 !== undefined) return isIP(ip6) === 6 ? { host: ip6, port } : undefined;
  return name !== undefined && HOST.test(name) ? { host: name, port } : undefined;
}

/**
 * Connects to clamd and begins a session. @param ms for all of it. Rejects with Fault `wire.clamd-unreachable` (transient).
 * The caller owns the socket, which is paused: nothing was read from it, and nothing is while it is handed to another process.
 */
export function connectClamd(address: ClamdAddress, ms: number, clock: Clock): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = new Socket().pause().connect(address);
    socket.setNoDelay(true);
    // One that nobody waits for any more must not end the process.
    socket.on('error', () => {});
    const failed = (cause?: unknown): void => {
      timer.cancel();
      socket.destroy();
      reject(unreachable(cause));
    };
    const timer = clock.after(ms, () => failed());
    socket.once('error', failed).once('close', failed);
    socket.once('connect', () => {
      timer.cancel();
      socket.off('error', failed).off('close', failed);
      socket.write(SESSION_BEGIN);
      resolve(socket);
    });
  });
}

/** What a look at clamd told. */
export interface ClamdHealth {
  /** `ClamAV 1.4.6`, as it says itself. */
  readonly version: string;
  /** Number of its official database, and when that was made, milliseconds since the epoch; absent where it has none. */
  readonly database?: { readonly number: number; readonly madeAtMs: number };
}

/** A stream that holds nothing: clamd is well when it says so of it, not when it merely answers. */
const INNOCENT = 'leadglass';
const VERSION = /^ClamAV ([A-Za-z0-9.+~-]{1,40})(?:\/([0-9]{1,9})\/([A-Za-z0-9: ]{1,40}))?$/;

/**
 * Looks whether clamd works: connects, asks its version, and has it look at a stream. @param ms for each of the three.
 * Rejects with Fault `wire.clamd-unreachable`, or `wire.clamd-unwell` when it answers late, nonsense or an error; both transient.
 */
export async function probeClamd(address: ClamdAddress, ms: number, clock: Clock): Promise<ClamdHealth> {
  const session = new ClamdSession(await connectClamd(address, ms, clock), clock, () => {});
  try {
    const version = await session.ask('VERSION', ms);
    const health = version === undefined ? undefined : healthOf(version);
    if (health === undefined) throw unwell();
    session.begin();
    const chunk = Buffer.alloc(CHUNK_HEAD_BYTES + INNOCENT.length);
    chunk.write(INNOCENT, CHUNK_HEAD_BYTES);
    session.send(chunk);
    if ((await session.finish(ms)).kind !== 'clean') throw unwell();
    return health;
  } finally {
    session.end();
  }
}

function healthOf(words: string): ClamdHealth | undefined {
  const [, version, number, made] = VERSION.exec(words) ?? [];
  if (version === undefined) return undefined;
  // Asctime without a zone: clamd's own, which as a rule is ours.
  const madeAtMs = Date.parse(made ?? '');
  const named = { version: `ClamAV ${version}` };
  return number === undefined || Number.isNaN(madeAtMs)
    ? named
    : { ...named, database: { number: Number(number), madeAtMs } };
}

const UNREACHABLE: Text = text(
  'clamd (ClamAV) est injoignable : vérifiez que le service fonctionne, son adresse, et le droit de lire son socket',
  'clamd (ClamAV) cannot be reached: check that the service runs, its address, and the right to use its socket',
);
const UNWELL: Text = text(
  'clamd (ClamAV) est joignable mais ne répond pas comme il faut : est-il surchargé, ou est-ce bien lui à cette adresse ?',
  'clamd (ClamAV) can be reached but does not answer as it should: is it overloaded, and is it clamd at that address?',
);

function unreachable(cause: unknown): Fault {
  return new Fault('wire.clamd-unreachable', 'transient', UNREACHABLE, cause === undefined ? {} : { cause });
}

function unwell(): Fault {
  return new Fault('wire.clamd-unwell', 'transient', UNWELL);
}
