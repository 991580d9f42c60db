import { basename, dirname } from 'node:path';
import type { FileOps } from '../src/index.ts';

interface Inode {
  bytes: Buffer;
  /** What is on the platters. */
  synced: Buffer;
}

type Entry = Inode | 'folder';

/** The system's refusals, by their names. */
export function errno(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/**
 * A disk in memory that forgets, when the power fails, everything that was not synced: bytes without fdatasync, names without a sync
 * of their folder. The worst a real disk may do.
 */
export class PowerDisk {
  #entries = new Map<string, Entry>([['/', 'folder']]);
  #synced = new Map<string, Entry>(this.#entries);
  readonly #open = new Map<number, Inode>();
  #nextFd = 3;

  /** The power fails: what was not synced is gone, and with it every descriptor. */
  fail(): void {
    this.#entries = new Map([...this.#synced].filter(([path]) => this.#isReachable(path)));
    this.#synced = new Map(this.#entries);
    for (const entry of this.#entries.values()) if (entry !== 'folder') entry.bytes = Buffer.from(entry.synced);
    this.#open.clear();
  }

  #isReachable(path: string): boolean {
    return path === '/' || (this.#synced.get(dirname(path)) === 'folder' && this.#isReachable(dirname(path)));
  }

  #inode(fd: number): Inode {
    const inode = this.#open.get(fd);
    if (inode === undefined) throw errno('EBADF');
    return inode;
  }

  #entry(path: string): Entry {
    const entry = this.#entries.get(path);
    if (entry === undefined) throw errno('ENOENT');
    return entry;
  }

  #openAt(path: string, isNew: boolean): number {
    if (isNew && this.#entries.has(path)) throw errno('EEXIST');
    if (isNew && this.#entries.get(dirname(path)) !== 'folder') throw errno('ENOENT');
    if (isNew) this.#entries.set(path, { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) });
    const entry = this.#entry(path);
    if (entry === 'folder') throw errno('EISDIR');
    this.#nextFd += 1;
    this.#open.set(this.#nextFd, entry);
    return this.#nextFd;
  }

  #read(fd: number, into: Uint8Array, position: number): number {
    return this.#inode(fd).bytes.copy(into, 0, position, position + into.byteLength);
  }

  #write(fd: number, bytes: Uint8Array, position: number): number {
    const inode = this.#inode(fd);
    if (position + bytes.byteLength > inode.bytes.byteLength) {
      const longer = Buffer.alloc(position + bytes.byteLength);
      inode.bytes.copy(longer);
      inode.bytes = longer;
    }
    inode.bytes.set(bytes, position);
    return bytes.byteLength;
  }

  #names(folder: string, entries = this.#entries): string[] {
    return [...entries.keys()].filter((path) => path !== '/' && dirname(path) === folder);
  }

  #syncData(fd: number): void {
    const inode = this.#inode(fd);
    inode.synced = Buffer.from(inode.bytes);
  }

  #syncFolder(folder: string): void {
    if (this.#entry(folder) !== 'folder') throw errno('ENOTDIR');
    for (const path of this.#names(folder, this.#synced)) if (!this.#entries.has(path)) this.#synced.delete(path);
    for (const path of this.#names(folder)) this.#synced.set(path, this.#entry(path));
  }

  #remove(path: string): void {
    this.#entry(path);
    this.#entries.delete(path);
  }

  /** The system calls of this disk. */
  ops(): FileOps {
    const isNew = (flags: number) => (flags & 0o100) !== 0;
    return {
      open: async (path, flags) => this.#openAt(path, isNew(flags)),
      openSync: (path, flags) => this.#openAt(path, isNew(flags)),
      close: async (fd) => void this.#open.delete(fd),
      closeSync: (fd) => void this.#open.delete(fd),
      read: async (fd, into, position) => this.#read(fd, into, position),
      readSync: (fd, into, position) => this.#read(fd, into, position),
      write: async (fd, bytes, position) => this.#write(fd, bytes, position),
      writeSync: (fd, bytes, position) => this.#write(fd, bytes, position),
      syncData: async (fd) => this.#syncData(fd),
      syncDataSync: (fd) => this.#syncData(fd),
      syncFolder: async (path) => this.#syncFolder(path),
      rename: async (from, to) => {
        const entry = this.#entry(from);
        this.#entries.delete(from);
        this.#entries.set(to, entry);
      },
      unlink: async (path) => this.#remove(path),
      unlinkSync: (path) => this.#remove(path),
      mkdir: async (path) => {
        if (this.#entries.has(path)) throw errno('EEXIST');
        this.#entry(dirname(path));
        this.#entries.set(path, 'folder');
      },
      rmdir: async (path) => {
        if (this.#names(path).length > 0) throw errno('ENOTEMPTY');
        this.#remove(path);
      },
      readdir: async (path) => {
        this.#entry(path);
        return this.#names(path).map((name) => basename(name));
      },
      look: async (path) => {
        const entry = this.#entry(path);
        return {
          isFile: entry !== 'folder',
          isFolder: entry === 'folder',
          bytes: entry === 'folder' ? 0 : entry.bytes.byteLength,
        };
      },
      sizeOf: async (fd) => this.#inode(fd).bytes.byteLength,
      freeBytes: async () => 1e12,
    };
  }
}
