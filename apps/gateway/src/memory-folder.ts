import { mkdtempSync, readdirSync, realpathSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

/** A file system in memory, on every Linux; anybody may make a folder there, and nobody may touch another's. */
const SHARED_MEMORY = '/dev/shm';
/** Linux's own number for such a file system (statfs(2), TMPFS_MAGIC). */
const TMPFS = 0x0102_1994;
/** With less than that left it is somebody else's: containers have 64 MiB unless told otherwise. */
const LEAST_FREE_BYTES = 48 * 1024 * 1024;
const OURS = /^leadglass-(\d+)-/;

let made: { readonly folder: string | undefined } | undefined;

/** A folder in memory for this process alone, removed when it ends; undefined where there is none, or too little. */
export function memoryFolder(): string | undefined {
  made ??= { folder: make() };
  return made.folder;
}

function make(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const root = realpathSync(SHARED_MEMORY);
    sweep(root);
    const { type, bavail, bsize } = statfsSync(root);
    if (type !== TMPFS || bavail * bsize < LEAST_FREE_BYTES) return undefined;
    // 0700 from its first moment on (mkdtemp(3)).
    const folder = mkdtempSync(join(root, `leadglass-${process.pid}-`));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return folder;
  } catch {
    return undefined;
  }
}

/** What processes that were killed have left. Another account's cannot be removed, and need not be. */
function sweep(root: string): void {
  for (const name of readdirSync(root)) {
    const pid = Number(OURS.exec(name)?.[1] ?? 0);
    if (pid === 0 || pid === process.pid || isAlive(pid)) continue;
    try {
      rmSync(join(root, name), { recursive: true, force: true });
    } catch {
      // Its owner's next start does it.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
