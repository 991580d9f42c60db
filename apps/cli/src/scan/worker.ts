import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import type { RemoteClamd } from './clamd.ts';
import { composeInspectors } from './inspectors.ts';
import { Looker } from './look.ts';
import type { FileLooked, FileToLook, FromWorker, ToWorker } from './messages.ts';
import { Source } from './source.ts';
import { RemoteTrials } from './trials.ts';
import { codeOf, STANDARD_INPUT } from './walk.ts';

/**
 * The process that touches untrusted bytes, started by ScanPool under Node's permission model: it may read what is scanned and the
 * program's code, and nothing else; no network, no other process, not a byte written.
 */

/** Read at a time: what stays in the processor's second cache is not fetched twice. */
const PIECE_BYTES = 256 * 1024;
const TELL_EVERY_MS = 100;
const ALIVE_EVERY_MS = 1_000;
const WAIT_MS = 5;
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
/** No link is followed that appeared since the folder was listed, and no pipe waited for. Windows knows neither flag. */
const FLAGS = O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0);
const STANDARD_INPUT_FD = 0;

const buffer = Buffer.alloc(PIECE_BYTES);
const pause = new Int32Array(new SharedArrayBuffer(4));

function tell(message: FromWorker): void {
  // Without a listener of its own a failed send ends the process with a stack; 'disconnect' ends it in order.
  process.send?.(message, undefined, undefined, () => {});
}

let aliveMs = performance.now();

/** The next bytes of an open file into the one buffer. */
function read(fd: number): Uint8Array | undefined {
  const nowMs = performance.now();
  if (nowMs - aliveMs > ALIVE_EVERY_MS) {
    aliveMs = nowMs;
    tell({ t: 'alive' });
  }
  for (;;) {
    try {
      const bytes = readSync(fd, buffer, 0, PIECE_BYTES, null);
      return bytes === 0 ? undefined : buffer.subarray(0, bytes);
    } catch (thrown) {
      if (codeOf(thrown) === 'EOF') return undefined;
      if (codeOf(thrown) !== 'EAGAIN') throw thrown;
      Atomics.wait(pause, 0, 0, WAIT_MS);
    }
  }
}

async function readWithRoom(fd: number): Promise<Uint8Array | undefined> {
  await clamd?.room();
  return read(fd);
}

function openFile({ path, raw }: FileToLook): number {
  if (path === STANDARD_INPUT) return STANDARD_INPUT_FD;
  const fd = openSync(raw === undefined ? path : Buffer.from(raw, 'base64'), FLAGS);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw Object.assign(new Error('not a file'), { code: 'ENOTFILE' });
}

class Worker {
  readonly #looker: Looker;
  #looked: FileLooked['looked'][number][] = [];
  #path = '';

  constructor(inspectors: Awaited<ReturnType<typeof composeInspectors>>) {
    this.#looker = new Looker(inspectors, (one) => {
      // The command knows the path: what lies inside is all it is told.
      this.#looked.push({ ...one, path: one.path.slice(this.#path.length) });
    });
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
    try {
      const fd = openFile(file);
      try {
        await this.#looker.look(file.path, new Source(clamd === undefined ? () => read(fd) : () => readWithRoom(fd)));
      } finally {
        closeSync(fd);
      }
      return { at, looked: this.#looked };
    } catch (thrown) {
      return { at, looked: this.#looked, problem: codeOf(thrown) };
    }
  }
}

const trials = new RemoteTrials(tell);
let clamd: RemoteClamd | undefined;
let worker: Promise<Worker> | undefined;
let last: Promise<void> = Promise.resolve();

async function configure({ rulesDir, hasClamd }: ToWorker & { readonly t: 'configure' }): Promise<Worker> {
  // Loaded for whoever asked for it alone: it brings the network's code with it.
  clamd = hasClamd === true ? new (await import('./clamd.ts')).RemoteClamd(tell) : undefined;
  const made = new Worker(await composeInspectors(rulesDir, trials, clamd?.pool));
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
