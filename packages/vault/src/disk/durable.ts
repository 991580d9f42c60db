import { dirname, join } from 'node:path';
import { type Fault, isFault } from '@leadglass/kit';
import { vaultFault } from '../faults.ts';
import { FILE_MODE, type FileOps, OPEN } from './file-ops.ts';

/**
 * The few functions through which every durable write of the vault goes. Each one returns only when both the bytes and the folder
 * entry are on the disk, and throws Fault `vault.disk-full` or `vault.unwritable` otherwise.
 */

function errnoOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}

/** Whether the world said that a name does not exist. */
export function isMissing(thrown: unknown): boolean {
  return errnoOf(thrown) === 'ENOENT';
}

/** Whether the world said that a name is taken. */
export function isTaken(thrown: unknown): boolean {
  return errnoOf(thrown) === 'EEXIST';
}

/** The Fault of a failed write. */
export function writeFault(cause: unknown): Fault {
  if (isFault(cause)) return cause;
  const errno = errnoOf(cause);
  return vaultFault(errno === 'ENOSPC' || errno === 'EDQUOT' ? 'vault.disk-full' : 'vault.unwritable', {
    cause,
    facts: { errno },
  });
}

/** The Fault of a failed read. */
export function readFault(cause: unknown): Fault {
  if (isFault(cause)) return cause;
  return vaultFault(isMissing(cause) ? 'vault.missing' : 'vault.unreadable', {
    cause,
    facts: { errno: errnoOf(cause) },
  });
}

async function writing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw writeFault(thrown);
  }
}

/** Writes all of `bytes` at `position`; not yet durable. */
export async function writeAll(ops: FileOps, fd: number, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) at += await ops.write(fd, bytes.subarray(at), position + at);
}

/** Writes all of `bytes` at `position`; not yet durable. The intake's way: what it writes the keeper makes durable. */
export function writeAllSync(ops: FileOps, fd: number, bytes: Uint8Array, position: number): void {
  try {
    for (let at = 0; at < bytes.byteLength; )
      at += ops.writeSync(fd, at === 0 ? bytes : bytes.subarray(at), position + at);
  } catch (thrown) {
    throw writeFault(thrown);
  }
}

/**
 * Makes what was written through any descriptor of this file durable (fdatasync). @param isAlone nothing else waits: then the trip to
 * another thread and back, a fifth of the time it takes, is saved.
 */
export function syncDurably(ops: FileOps, fd: number, isAlone = false): Promise<void> {
  return writing(async () => (isAlone ? ops.syncDataSync(fd) : ops.syncData(fd)));
}

/** Creates the file `path`, fills it, syncs its bytes; its folder entry is the caller's next step. Removes it again on failure. */
async function createFilled(ops: FileOps, path: string, fill: (fd: number) => Promise<void>): Promise<void> {
  const fd = await ops.open(path, OPEN.create, FILE_MODE);
  try {
    try {
      await fill(fd);
      await ops.syncData(fd);
    } finally {
      await ops.close(fd);
    }
  } catch (thrown) {
    await ops.unlink(path).catch(() => {});
    throw thrown;
  }
}

/** Creates the empty file `path`, which must not exist. */
export function createDurably(ops: FileOps, path: string): Promise<void> {
  return writing(async () => {
    await createFilled(ops, path, async () => {});
    await ops.syncFolder(dirname(path));
  });
}

/** A file written under a temporary name, synced, and about to get its own name. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** Writes the temporary file of a Move and syncs it; `moveDurably` then gives it its name. What lies at `path` from a crash is replaced. */
export function writeTempSynced(ops: FileOps, path: string, views: AsyncIterable<Uint8Array>): Promise<void> {
  return writing(async () => {
    await ops.unlink(path).catch((thrown: unknown) => {
      if (!isMissing(thrown)) throw thrown;
    });
    await createFilled(ops, path, async (fd) => {
      let at = 0;
      for await (const view of views) {
        await writeAll(ops, fd, view, at);
        at += view.byteLength;
      }
    });
  });
}

async function syncFolders(ops: FileOps, folders: ReadonlySet<string>): Promise<void> {
  for (const folder of folders) await ops.syncFolder(folder);
}

/**
 * Renames synced files, then syncs `folders` and each folder that gained a name, once. The folders that lost one are not synced: after
 * a crash a file may have both names again, and the old ones (staging, `tmp/`) are cleaned at the next start.
 */
export function moveDurably(ops: FileOps, moves: readonly Move[], folders: Iterable<string> = []): Promise<void> {
  return writing(async () => {
    for (const { from, to } of moves) await ops.rename(from, to);
    await syncFolders(ops, new Set([...folders, ...moves.map(({ to }) => dirname(to))]));
  });
}

/** Removes files; those already gone are as good. */
export function removeDurably(ops: FileOps, paths: readonly string[]): Promise<void> {
  return writing(async () => {
    for (const path of paths) {
      await ops.unlink(path).catch((thrown: unknown) => {
        if (!isMissing(thrown)) throw thrown;
      });
    }
    await syncFolders(ops, new Set(paths.map((path) => dirname(path))));
  });
}

/** Makes the folder `path` if it is missing; its parent is not synced. */
export function ensureFolder(ops: FileOps, path: string): Promise<void> {
  return writing(async () => {
    if (await isFolder(ops, path)) return;
    await ops.mkdir(path).catch((thrown: unknown) => {
      if (!isTaken(thrown)) throw thrown;
    });
  });
}

/** Makes the folder `path` and those above it up to one that exists, each durable in its parent. */
export function makeFolderDurably(ops: FileOps, path: string): Promise<void> {
  return writing(async () => {
    const folders = [path];
    for (let folder = dirname(path); !(await isFolder(ops, folder)); folder = dirname(folder)) folders.unshift(folder);
    for (const folder of folders) {
      await ensureFolder(ops, folder);
      await ops.syncFolder(dirname(folder));
    }
  });
}

/** Makes the missing ones of `names` in the folder `parent`, synced once for all. */
export function makeFoldersDurably(ops: FileOps, parent: string, names: readonly string[]): Promise<void> {
  return writing(async () => {
    const there = new Set(await ops.readdir(parent));
    const missing = names.filter((name) => !there.has(name));
    for (const name of missing) await ensureFolder(ops, join(parent, name));
    // Also when none is missing: an earlier start may have died before its sync.
    await ops.syncFolder(parent);
  });
}

/** Overwrites a stretch of an existing file. */
export function overwriteDurably(ops: FileOps, path: string, position: number, bytes: Uint8Array): Promise<void> {
  return writing(async () => {
    const fd = await ops.open(path, OPEN.update);
    try {
      await writeAll(ops, fd, bytes, position);
      await ops.syncData(fd);
    } finally {
      await ops.close(fd);
    }
  });
}

async function isFolder(ops: FileOps, path: string): Promise<boolean> {
  try {
    return (await ops.look(path)).isFolder;
  } catch (thrown) {
    if (isMissing(thrown)) return false;
    throw thrown;
  }
}
