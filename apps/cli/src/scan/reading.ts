import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { FileToLook } from './messages.ts';
import { codeOf, STANDARD_INPUT } from './walk.ts';

/** Read at a time: what stays in the processor's second cache is not fetched twice. */
const PIECE_BYTES = 256 * 1024;
const WAIT_MS = 5;
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
/** No link is followed that appeared since the folder was listed, and no pipe waited for. Windows knows neither flag. */
const FLAGS = O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0);
const STANDARD_INPUT_FD = 0;

const buffer = Buffer.alloc(PIECE_BYTES);
const pause = new Int32Array(new SharedArrayBuffer(4));

/** Waits a moment for what is not ready yet. */
export function waitAMoment(): void {
  Atomics.wait(pause, 0, 0, WAIT_MS);
}

/** The next bytes of an open file, into the one buffer of this process; undefined at the end. Throws what the system throws. */
export function readPiece(fd: number): Uint8Array | undefined {
  for (;;) {
    try {
      const bytes = readSync(fd, buffer, 0, PIECE_BYTES, null);
      return bytes === 0 ? undefined : buffer.subarray(0, bytes);
    } catch (thrown) {
      if (codeOf(thrown) === 'EOF') return undefined;
      if (codeOf(thrown) !== 'EAGAIN') throw thrown;
      waitAMoment();
    }
  }
}

/** Opens a file to be looked at: a regular one, or the standard input. */
export function openFile({ path, raw }: FileToLook): number {
  if (path === STANDARD_INPUT) return STANDARD_INPUT_FD;
  const fd = openSync(raw === undefined ? path : Buffer.from(raw, 'base64'), FLAGS);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw Object.assign(new Error('not a file'), { code: 'ENOTFILE' });
}
