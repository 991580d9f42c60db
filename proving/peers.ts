import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const READY_MS = 20_000;
const POLL_MS = 20;
const STOP_MS = 3_000;
const MOST_OUTPUT_CHARS = 64 * 1024;
const LOOPBACK = '127.0.0.1';
/** Debian puts daemons where an ordinary PATH does not look. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Full path of an installed program, or undefined. @param tool its file name: `storescp`, `Orthanc`. */
export function which(tool: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, tool))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of `tool`; when it is not installed the test is visibly skipped (undefined), or fails where LEADGLASS_REQUIRE_PEERS is 1. */
export function requirePeer(t: TestContext, tool: string): string | undefined {
  const path = which(tool);
  if (path !== undefined) return path;
  if (process.env.LEADGLASS_REQUIRE_PEERS === '1')
    throw new Error(`${tool} is not installed and LEADGLASS_REQUIRE_PEERS is 1`);
  t.skip(`${tool} not installed`);
  return undefined;
}

/** The Python that has pydicom, or undefined when none has: Debian's own is asked first. */
export function pythonWithPydicom(): string | undefined {
  return ['/usr/bin/python3', 'python3'].find((name) => spawnSync(name, ['-c', 'import pydicom']).status === 0);
}

/** The Python that has pydicom; a visible skip (undefined) when none has, a failure where peers are required. */
export function requirePydicom(t: TestContext): string | undefined {
  const python = pythonWithPydicom();
  if (python !== undefined) return python;
  if (process.env.LEADGLASS_REQUIRE_PEERS === '1')
    throw new Error('pydicom is not installed and LEADGLASS_REQUIRE_PEERS is 1');
  t.skip('pydicom not installed');
  return undefined;
}

/** Where the shared test data is when it is there. */
export function sharedData(): string {
  const repository = dirname(dirname(fileURLToPath(import.meta.url)));
  return process.env.LEADGLASS_SHARED_DATA ?? resolve(repository, '../shared/data');
}

/** Folder of the shared test data; when it is absent the test is visibly skipped (undefined), or fails where peers are required. */
export function requireSharedData(t: TestContext): string | undefined {
  const folder = sharedData();
  try {
    readdirSync(folder);
    return folder;
  } catch {
    if (process.env.LEADGLASS_REQUIRE_PEERS === '1')
      throw new Error('the shared test data is missing and LEADGLASS_REQUIRE_PEERS is 1');
    t.skip('shared test data not there');
    return undefined;
  }
}

/** A program of somebody else's that runs for a test. */
export interface Peer {
  readonly host: string;
  readonly port: number;
  readonly aet: string;
  /** Where it keeps what it receives. */
  readonly directory: string;
  readonly process: ChildProcess;
  /** What it printed so far, the last 64 kB. */
  output(): string;
  /** Ends it (and waits for its end) and removes its folder. Harmless twice. */
  stop(): Promise<void>;
}

/** An Orthanc with its REST interface. */
export interface Orthanc extends Peer {
  readonly httpPort: number;
  /** GET of a path that answers JSON. */
  get(path: string): Promise<unknown>;
  /** GET of a path that answers bytes. */
  getBytes(path: string): Promise<Uint8Array>;
  post(path: string, body: unknown): Promise<unknown>;
}

/** Below the ports the system gives to whoever calls out, so that none of them is taken between being found free and being listened on. */
const FIRST_PORT = 10_000;
const PORTS = 22_000;
/** Processes that run side by side look in different places. */
let nextPort = (process.pid * 97) % PORTS;

/** A TCP port of loopback that was free a moment ago, and that no other call here or in a suite beside gives out soon. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS; tries += 1) {
    const port = FIRST_PORT + nextPort;
    nextPort = (nextPort + 1) % PORTS;
    if (await isFree(port)) return port;
  }
  throw new Error('no port');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isListening = await new Promise<boolean>((settle) => {
    server.once('error', () => settle(false)).listen(port, LOOPBACK, () => settle(true));
  });
  if (isListening) {
    server.close();
    await once(server, 'close');
  }
  return isListening;
}

async function answersTcp(port: number): Promise<boolean> {
  const socket = connect({ host: LOOPBACK, port });
  const isThere = await new Promise<boolean>((settle) =>
    socket.once('connect', () => settle(true)).once('error', () => settle(false)),
  );
  socket.destroy();
  return isThere;
}

async function answersHttp(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function until(child: ChildProcess, isReady: () => Promise<boolean>, output: () => string): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`the peer ended with ${child.exitCode}: ${output()}`);
    if (performance.now() > deadline) throw new Error(`the peer is not ready after ${READY_MS} ms: ${output()}`);
    await delay(POLL_MS);
  }
}

function watchOutput(child: ChildProcess): () => string {
  let said = '';
  const hear = (chunk: Buffer) => {
    said = (said + chunk.toString('latin1')).slice(-MOST_OUTPUT_CHARS);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  return () => said;
}

function ending(child: ChildProcess, directory: string): () => Promise<void> {
  const killOnExit = () => child.kill('SIGKILL');
  process.once('exit', killOnExit);
  return async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const last = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(last);
    }
    process.removeListener('exit', killOnExit);
    rmSync(directory, { recursive: true, force: true });
  };
}

/**
 * Starts DCMTK's storescp, keeping what it receives bit for bit in `directory`. Resolves when it listens.
 * @param options.extra further arguments, e.g. `['--abort-after']`, `['-pdu', '131072']`. @param options.noDelay sets TCP_NODELAY
 *   in its environment, as a tuned installation does; a stock one has not.
 */
export async function startStorescp(
  options: {
    readonly port?: number;
    readonly aet?: string;
    readonly extra?: readonly string[];
    readonly noDelay?: boolean;
    readonly keep?: boolean;
  } = {},
): Promise<Peer> {
  const aet = options.aet ?? 'STORESCP';
  const port = options.port ?? (await freePort());
  const directory = mkdtempSync(join(tmpdir(), 'leadglass-storescp-'));
  const keeping = (options.keep ?? true) ? ['+B', '-od', directory] : ['--ignore'];
  const args = ['-aet', aet, ...keeping, ...(options.extra ?? ['+xa']), String(port)];
  const environment = { ...process.env, ...(options.noDelay ? { TCP_NODELAY: '1' } : {}) };
  const child = spawn(which('storescp') ?? 'storescp', args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  const output = watchOutput(child);
  const stop = ending(child, directory);
  await until(child, () => answersTcp(port), output).catch(async (why: unknown) => {
    await stop();
    throw why;
  });
  return { host: LOOPBACK, port, aet, directory, process: child, output, stop };
}

/** Starts `program`, which listens on `port` of loopback. Resolves when it does. */
export async function startProgram(
  program: string,
  args: readonly string[],
  port: number,
  aet: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Peer> {
  const directory = mkdtempSync(join(tmpdir(), 'leadglass-peer-'));
  const env = { ...process.env, ...environment };
  const child = spawn(which(program) ?? program, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: directory, env });
  const output = watchOutput(child);
  const stop = ending(child, directory);
  await until(child, () => answersTcp(port), output).catch(async (why: unknown) => {
    await stop();
    throw why;
  });
  return { host: LOOPBACK, port, aet, directory, process: child, output, stop };
}

function orthancConfiguration(directory: string, port: number, httpPort: number, aet: string): Record<string, unknown> {
  const syntaxes = ['Deflated', 'Jpeg', 'Jpeg2000', 'JpegLossless', 'Jpip', 'Mpeg2', 'Rle', 'Mpeg4', 'H265'];
  return {
    Name: aet,
    StorageDirectory: join(directory, 'storage'),
    IndexDirectory: join(directory, 'storage'),
    DicomAet: aet,
    DicomPort: port,
    HttpPort: httpPort,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomCheckCalledAet: false,
    DicomAlwaysAllowEcho: true,
    DicomAlwaysAllowStore: true,
    UnknownSopClassAccepted: true,
    OverwriteInstances: true,
    StorageCompression: false,
    Plugins: [],
    ...Object.fromEntries(syntaxes.map((name) => [`${name}TransferSyntaxAccepted`, true])),
  };
}

/**
 * Starts an Orthanc that takes everything. Resolves when its REST interface answers.
 * @param options.extra settings laid over the configuration, e.g. `{ DicomModalities: { lead: ['LEADGLASS', '127.0.0.1', 11112] } }`.
 */
export async function startOrthanc(
  options: {
    readonly port?: number;
    readonly aet?: string;
    /** Of one that was killed: it goes on with what it had. */
    readonly directory?: string;
    readonly extra?: Readonly<Record<string, unknown>>;
  } = {},
): Promise<Orthanc> {
  const aet = options.aet ?? 'ORTHANC';
  const port = options.port ?? (await freePort());
  const httpPort = await freePort();
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'leadglass-orthanc-'));
  const file = join(directory, 'orthanc.json');
  writeFileSync(file, JSON.stringify({ ...orthancConfiguration(directory, port, httpPort, aet), ...options.extra }));
  const child = spawn(which('Orthanc') ?? 'Orthanc', [file], { stdio: ['ignore', 'pipe', 'pipe'], cwd: directory });
  const output = watchOutput(child);
  const stop = ending(child, directory);
  const base = `http://${LOOPBACK}:${httpPort}`;
  await until(child, () => answersHttp(`${base}/system`), output).catch(async (why: unknown) => {
    await stop();
    throw why;
  });
  const request = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const answer = await fetch(base + path, init);
    if (!answer.ok) throw new Error(`Orthanc answered ${answer.status} to ${path}`);
    return answer;
  };
  return {
    host: LOOPBACK,
    port,
    aet,
    directory,
    process: child,
    output,
    stop,
    httpPort,
    get: async (path) => (await request(path)).json(),
    getBytes: async (path) => new Uint8Array(await (await request(path)).arrayBuffer()),
    post: async (path, body) => (await request(path, { method: 'POST', body: JSON.stringify(body) })).json(),
  };
}
