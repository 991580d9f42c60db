import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@leadglass/kit';
import { probeClamd } from './clamd-connect.ts';

/** What the tests' database knows, besides EICAR: harmless bytes that nothing else holds. */
export const MARKER = 'LEADGLASS-INERT-MARKER-7f3ac1d2';
/** The signature's name as clamd tells it: one that is none of ClamAV's own is UNOFFICIAL. */
export const MARKER_NAME = 'Leadglass.Test.Inert.UNOFFICIAL';

const READY_MS = 20_000;
const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin'];

function clamdPath(): string | undefined {
  return FOLDERS.map((folder) => join(folder, 'clamd')).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A real clamd with a database of a few signatures of ours. */
export interface RunningClamd {
  /** Its Unix socket. */
  readonly path: string;
  readonly process: ChildProcess;
  /** Ends it as a crash would; its socket's file stays. */
  kill(): Promise<void>;
  /** Starts it again at the same place. */
  restart(): Promise<void>;
}

function configure(folder: string, settings: readonly string[]): string {
  mkdirSync(join(folder, 'db'));
  const signature = (name: string, bytes: string) => `${name}:0:*:${Buffer.from(bytes, 'latin1').toString('hex')}\n`;
  writeFileSync(join(folder, 'db', 'test.ndb'), signature('Leadglass.Test.Inert', MARKER));
  const lines = [
    `DatabaseDirectory ${join(folder, 'db')}`,
    `LocalSocket ${join(folder, 'clamd.sock')}`,
    'Foreground yes',
    'MaxThreads 4',
    'ConcurrentDatabaseReload no',
    ...settings,
  ];
  const file = join(folder, 'clamd.conf');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

async function start(program: string, file: string, path: string): Promise<ChildProcess> {
  rmSync(path, { force: true });
  const child = spawn(program, ['-c', file], { stdio: 'ignore' });
  for (const endMs = performance.now() + READY_MS; ; await delay(50)) {
    if (await probeClamd({ path }, 1000, systemClock).then(Boolean, () => false)) return child;
    if (child.exitCode !== null || performance.now() > endMs) throw new Error('clamd does not start');
  }
}

/**
 * Starts a clamd that is ended with the test. @param settings lines of clamd.conf besides the usual. Where clamd is not installed the
 * test is visibly skipped (undefined), or fails where LEADGLASS_REQUIRE_PEERS is 1.
 */
export async function startClamd(t: TestContext, settings: readonly string[] = []): Promise<RunningClamd | undefined> {
  const program = clamdPath();
  if (program === undefined) {
    if (process.env.LEADGLASS_REQUIRE_PEERS === '1')
      throw new Error('clamd is not installed and LEADGLASS_REQUIRE_PEERS is 1');
    t.skip('clamd not installed');
    return undefined;
  }
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-clamd-')));
  const [file, path] = [configure(folder, settings), join(folder, 'clamd.sock')];
  let child = await start(program, file, path);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const over = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await over;
  };
  t.after(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const restart = async (): Promise<void> => {
    child = await start(program, file, path);
  };
  return {
    path,
    kill,
    restart,
    get process() {
      return child;
    },
  };
}

/** Something that listens where a clamd should and is none, ended with the test. @returns its Unix socket. */
export async function startFalseClamd(t: TestContext, serve: (socket: Socket) => void): Promise<string> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-false-clamd-')));
  const path = join(folder, 'clamd.sock');
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return path;
}
