import * as fs from 'node:fs';
import { promisify } from 'node:util';

/** What a listing or a look at a file tells. */
export interface FileFacts {
  readonly isFile: boolean;
  readonly isFolder: boolean;
  readonly bytes: number;
}

/** Every system call this room makes, as one table, so that a test can make each of them fail in turn. `…Sync` are for the intake alone. */
export interface FileOps {
  open(path: string, flags: number, mode?: number): Promise<number>;
  openSync(path: string, flags: number, mode?: number): number;
  close(fd: number): Promise<void>;
  closeSync(fd: number): void;
  /** Bytes read, 0 at the end. */
  read(fd: number, into: Uint8Array, position: number): Promise<number>;
  readSync(fd: number, into: Uint8Array, position: number): number;
  /** Bytes written, perhaps fewer than given. */
  write(fd: number, bytes: Uint8Array, position: number): Promise<number>;
  writeSync(fd: number, bytes: Uint8Array, position: number): number;
  /** fdatasync(2). */
  syncData(fd: number): Promise<void>;
  /** The same, in place: for a caller with nothing else to do meanwhile. */
  syncDataSync(fd: number): void;
  /** Makes the entries of a folder durable. */
  syncFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  unlinkSync(path: string): void;
  mkdir(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  readdir(path: string): Promise<string[]>;
  /** Does not follow a symbolic link. */
  look(path: string): Promise<FileFacts>;
  /** Size of an open file. */
  sizeOf(fd: number): Promise<number>;
  freeBytes(path: string): Promise<number>;
}

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL } = fs.constants;
// Windows has neither flag; there NTFS journals folder entries by itself.
const O_NOFOLLOW = fs.constants.O_NOFOLLOW ?? 0;
const O_DIRECTORY = fs.constants.O_DIRECTORY ?? 0;

/** How files are opened here: never through a symbolic link, created only where nothing was. */
export const OPEN = {
  read: O_RDONLY | O_NOFOLLOW,
  update: O_RDWR | O_NOFOLLOW,
  create: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW,
} as const;
/** Only the owner reads what is sealed: names and sizes are nobody else's business either. */
export const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

const open = promisify(fs.open);
const close = promisify(fs.close);
const fdatasync = promisify(fs.fdatasync);
const fsync = promisify(fs.fsync);

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const fd = await open(path, O_RDONLY | O_DIRECTORY);
  try {
    await fsync(fd);
  } finally {
    await close(fd);
  }
}

function readAt(fd: number, into: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(fd, into, 0, into.byteLength, position, (error, bytes) =>
      error === null ? resolve(bytes) : reject(error),
    );
  });
}

function writeAt(fd: number, bytes: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.write(fd, bytes, 0, bytes.byteLength, position, (error, written) =>
      error === null ? resolve(written) : reject(error),
    );
  });
}

async function look(path: string): Promise<FileFacts> {
  const stat = await fs.promises.lstat(path);
  return { isFile: stat.isFile(), isFolder: stat.isDirectory(), bytes: stat.size };
}

/** The machine's own system calls. */
export const systemFileOps: FileOps = {
  open,
  openSync: fs.openSync,
  close,
  closeSync: fs.closeSync,
  read: readAt,
  readSync: (fd, into, position) => fs.readSync(fd, into, 0, into.byteLength, position),
  write: writeAt,
  writeSync: (fd, bytes, position) => fs.writeSync(fd, bytes, 0, bytes.byteLength, position),
  syncData: fdatasync,
  syncDataSync: fs.fdatasyncSync,
  syncFolder,
  rename: fs.promises.rename,
  unlink: fs.promises.unlink,
  unlinkSync: fs.unlinkSync,
  mkdir: async (path) => void (await fs.promises.mkdir(path, { mode: FOLDER_MODE })),
  rmdir: fs.promises.rmdir,
  readdir: (path) => fs.promises.readdir(path),
  look,
  // Asks no disk: an open file's size is in memory, and another thread costs fifty times as much.
  sizeOf: async (fd) => fs.fstatSync(fd).size,
  freeBytes: async (path) => {
    const { bavail, bsize } = await fs.promises.statfs(path);
    return bavail * bsize;
  },
};
