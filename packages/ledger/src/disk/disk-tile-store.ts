import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { assert } from '@leadglass/kit';
import type { TileStore } from '../api.ts';
import { unreadable, unwritable } from '../faults.ts';

const PATH = /^[a-z0-9]+(?:[/.][a-z0-9]+)*$/;
/** Syncs under way at once: enough for the file system to join them in one journal commit, few enough to leave threads to others. */
const AT_ONCE = 3;

/**
 * Tiles as files under `root` (mode 0600, directories 0700), durable when a promise resolves: each file is written beside its place,
 * synced and renamed, then each directory touched is synced once. Throws Fault `ledger.unwritable`, `ledger.unreadable` (transient).
 */
export function diskTileStore(root: string): TileStore {
  return new DiskTileStore(root);
}

class DiskTileStore implements TileStore {
  readonly #root: string;
  /** Directories known to exist durably. */
  readonly #made = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    const place = this.#place(path);
    try {
      const bytes = await readFile(place);
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (thrown) {
      if (hasErrno(thrown, 'ENOENT') || hasErrno(thrown, 'ENOTDIR')) return undefined;
      throw unreadable(thrown, path);
    }
  }

  async write(files: readonly { readonly path: string; readonly bytes: Uint8Array }[]): Promise<void> {
    const toSync = new Set<string>();
    for (const file of files) await this.#prepare(dirname(this.#place(file.path)), file.path, toSync);
    await eachAtOnce(files, (file) => this.#put(file.path, file.bytes));
    for (const file of files) toSync.add(dirname(this.#place(file.path)));
    await eachAtOnce([...toSync], (directory) => this.#sync(directory));
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    await this.write([{ path, bytes }]);
  }

  async remove(path: string): Promise<void> {
    const place = this.#place(path);
    try {
      await rm(place, { recursive: true, force: true });
    } catch (thrown) {
      throw unwritable(thrown, path);
    } finally {
      this.#made.delete(place);
    }
  }

  #place(path: string): string {
    assert(PATH.test(path), 'a tile path is made of plain names');
    return join(this.#root, path);
  }

  /** Makes a directory and notes every directory that got a new name in it. */
  async #prepare(directory: string, path: string, toSync: Set<string>): Promise<void> {
    if (this.#made.has(directory)) return;
    try {
      const first = await mkdir(directory, { recursive: true, mode: 0o700 });
      if (first !== undefined) for (const parent of parentsOf(first, directory)) toSync.add(parent);
      this.#made.add(directory);
    } catch (thrown) {
      throw unwritable(thrown, path);
    }
  }

  async #put(path: string, bytes: Uint8Array): Promise<void> {
    const place = this.#place(path);
    const staged = `${place}.new`;
    try {
      await writeSynced(staged, bytes);
      await rename(staged, place);
    } catch (thrown) {
      this.#made.clear();
      await rm(staged, { force: true }).catch(() => {});
      throw unwritable(thrown, path);
    }
  }

  async #sync(directory: string): Promise<void> {
    // Windows has no handle on a directory to sync; NTFS journals the name itself.
    if (process.platform === 'win32') return;
    try {
      const handle = await open(directory, 'r');
      await handle.sync().finally(() => handle.close());
    } catch (thrown) {
      this.#made.clear();
      throw unwritable(thrown, relative(this.#root, directory));
    }
  }
}

async function writeSynced(place: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(place, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Directories from the parent of `first` (the first one made) down to the parent of `last`. */
function parentsOf(first: string, last: string): string[] {
  const steps = relative(first, last)
    .split(sep)
    .filter((step) => step !== '');
  const parents = [dirname(first), first];
  for (const step of steps) parents.push(join(parents.at(-1) as string, step));
  return parents;
}

async function eachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const settled = await Promise.allSettled(items.slice(at, at + AT_ONCE).map(work));
    const failed = settled.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

function hasErrno(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}
