import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { memoryFolder } from './memory-folder.ts';

/** The folder that holds `packages/`, `apps/` and `node_modules/`. */
export const PROGRAM_ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A process of ours in a sandbox. Started with the word `warm` it loads its code, handles nothing, and ends. */
export interface SandboxedProgram {
  /** Folder of its compiled code. */
  readonly name: 'intake' | 'console';
  /** Absolute path of what it runs. */
  readonly entry: string;
  /** V8's flags: code compiled under others is not taken. */
  readonly flags: readonly string[];
}

/** Where its compiled code is kept between starts; undefined when the program is run without a code cache. */
function sharedCache({ name }: SandboxedProgram): string | undefined {
  const { NODE_COMPILE_CACHE: cache } = process.env;
  return cache === undefined ? undefined : join(cache, name);
}

// Changes whenever a source file is added, replaced or removed.
function markerIn(cache: string, { entry }: SandboxedProgram): string {
  const packages = join(PROGRAM_ROOT, 'packages');
  const folders = readdirSync(packages).map((room) => join(packages, room, 'src'));
  const changed = [...folders, dirname(entry), entry].filter(existsSync).map((path) => statSync(path).mtimeMs);
  return join(cache, `warm-${process.version}-${Math.max(...changed)}`);
}

/** Whether its code as it stands has been compiled into the cache; also when there is none to compile into. */
export function isWarm(program: SandboxedProgram): boolean {
  const cache = sharedCache(program);
  return cache === undefined || existsSync(markerIn(cache, program));
}

/**
 * Compiles a program's code once into the cache, by a process of ours that handles nothing. Put in place whole: whoever starts meanwhile has
 * the old one, this one, or compiles for itself. Never rejects.
 */
export async function warmCode(program: SandboxedProgram): Promise<void> {
  const cache = sharedCache(program);
  if (cache === undefined || isWarm(program)) return;
  const fresh = `${cache}-${process.pid}`;
  try {
    mkdirSync(fresh, { recursive: true });
    const child = spawn(process.execPath, [...program.flags, '--no-warnings', program.entry, 'warm'], {
      env: { NODE_COMPILE_CACHE: fresh },
      stdio: 'ignore',
    });
    const code = await new Promise<number | null>((resolve) =>
      child.once('exit', resolve).once('error', () => resolve(1)),
    );
    if (code !== 0) return;
    writeFileSync(markerIn(fresh, program), '');
    rmSync(cache, { recursive: true, force: true });
    renameSync(fresh, cache);
  } catch {
    // A read-only installation, or another start was first: each process compiles for itself, or takes what that one made.
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * A copy of the compiled code, for one process alone. Node uses a code cache only where it may also write, and what one sandboxed process may
 * write no other may ever run: so each start has its own, removed once all is loaded. A thousand small files: in memory where there is a
 * file system for that, since on a disk they cost a third of a start.
 * @param onDisk folder that holds it elsewhere
 * @returns its folder; undefined when there is no compiled code, or no room for it
 */
export async function ownCode(program: SandboxedProgram, onDisk: string): Promise<string | undefined> {
  const cache = sharedCache(program);
  if (cache === undefined || !existsSync(cache)) return undefined;
  const name = `${program.name}-${randomBytes(6).toString('hex')}`;
  for (const folder of [memoryFolder(), onDisk]) {
    if (folder === undefined) continue;
    const own = join(folder, name);
    try {
      await cp(cache, own, { recursive: true });
      return own;
    } catch {
      await removeCode(own);
    }
  }
  return undefined;
}

/** Not in place: on a busy disk that takes seconds, in which nobody would be answered. What stays goes at the next start. Never rejects. */
export async function removeCode(own: string | undefined): Promise<void> {
  if (own !== undefined) await rm(own, { recursive: true, force: true }).catch(() => {});
}
