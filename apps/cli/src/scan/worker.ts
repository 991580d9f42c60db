import { createHash } from 'node:crypto';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { RemoteClamd } from './clamd.ts';
import { composeInspectors } from './inspectors.ts';
import { Looker } from './look.ts';
import type { FileLooked, FileToLook, FromWorker, ToWorker } from './messages.ts';
import { openFile, readPiece } from './reading.ts';
import { Source } from './source.ts';
import { RemoteTrials } from './trials.ts';
import { codeOf } from './walk.ts';

/**
 * The process that touches untrusted bytes, started by ScanPool under Node's permission model: it may read what is scanned and the
 * program's code, and nothing else; no network, no other process, not a byte written.
 */

const TELL_EVERY_MS = 100;
const ALIVE_EVERY_MS = 1_000;

function tell(message: FromWorker): void {
  // Without a listener of its own a failed send ends the process with a stack; 'disconnect' ends it in order.
  process.send?.(message, undefined, undefined, () => {});
}

let aliveMs = performance.now();

/** The next bytes of an open file; says now and then that a long one goes on. */
function read(fd: number): Uint8Array | undefined {
  const nowMs = performance.now();
  if (nowMs - aliveMs > ALIVE_EVERY_MS) {
    aliveMs = nowMs;
    tell({ t: 'alive' });
  }
  return readPiece(fd);
}

async function readWithRoom(fd: number): Promise<Uint8Array | undefined> {
  await clamd?.room();
  return read(fd);
}

class Worker {
  readonly #looker: Looker;
  #looked: FileLooked['looked'][number][] = [];
  #path = '';

  readonly #isAbout: boolean;

  constructor(inspectors: Awaited<ReturnType<typeof composeInspectors>>, isAbout: boolean) {
    this.#isAbout = isAbout;
    const told = (one: FileLooked['looked'][number]) => {
      // The command knows the path: what lies inside is all it is told.
      this.#looked.push({ ...one, path: one.path.slice(this.#path.length) });
    };
    this.#looker = new Looker(inspectors, told, { isAbout });
  }

  async task(task: number, files: readonly FileToLook[]): Promise<void> {
    let ended: FileLooked[] = [];
    let toldMs = performance.now();
    for (const [at, file] of files.entries()) {
      ended.push(await this.#file(at, file));
      const nowMs = performance.now();
      if (nowMs - toldMs < TELL_EVERY_MS || at === files.length - 1) continue;
      tell({ t: 'looked', task, files: ended, isDone: false });
      [ended, toldMs, aliveMs] = [[], nowMs, nowMs];
    }
    tell({ t: 'looked', task, files: ended, isDone: true });
  }

  async #file(at: number, file: FileToLook): Promise<FileLooked> {
    this.#looked = [];
    this.#path = file.path;
    const hash = this.#isAbout ? createHash('sha256') : undefined;
    const hashed = (piece: Uint8Array | undefined) => {
      if (piece !== undefined) hash?.update(piece);
      return piece;
    };
    try {
      const fd = openFile(file);
      try {
        const next = clamd === undefined ? () => hashed(read(fd)) : async () => hashed(await readWithRoom(fd));
        await this.#looker.look(file.path, new Source(next));
      } finally {
        closeSync(fd);
      }
      return { at, looked: this.#looked, ...(hash === undefined ? {} : { sha256: hash.digest('hex') }) };
    } catch (thrown) {
      return { at, looked: this.#looked, problem: codeOf(thrown) };
    }
  }
}

const trials = new RemoteTrials(tell);
let clamd: RemoteClamd | undefined;
let worker: Promise<Worker> | undefined;
let last: Promise<void> = Promise.resolve();

async function configure({ rulesDir, hasClamd, isAbout }: ToWorker & { readonly t: 'configure' }): Promise<Worker> {
  // Loaded for whoever asked for it alone: it brings the network's code with it.
  clamd = hasClamd === true ? new (await import('./clamd.ts')).RemoteClamd(tell) : undefined;
  const made = new Worker(await composeInspectors(rulesDir, trials, clamd?.pool), isAbout === true);
  tell({ t: 'ready' });
  return made;
}

process.on('message', (message: ToWorker, handle: unknown) => {
  if (message.t === 'no-clamd') return clamd?.pool.refuse();
  if (message.t === 'clamd') return handle instanceof Socket ? clamd?.pool.add(handle) : undefined;
  if (message.t === 'tried') return trials.answered(message);
  if (message.t === 'configure') {
    worker = configure(message);
    worker.catch((thrown: Error) => {
      tell({ t: 'refused', why: thrown.message });
      process.disconnect?.();
    });
    return;
  }
  last = last.then(async () => (await worker)?.task(message.task, message.files));
  last.catch(() => process.exit(1));
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group: the command ends its workers itself.
process.on('SIGINT', () => {});
