import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What an intake runs. */
export const INTAKE_ENTRY = fileURLToPath(new URL('./intake.ts', import.meta.url));
/** The folder that holds `packages/`, `apps/` and `node_modules/`. */
export const PROGRAM_ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/**
 * V8's flags for an intake. It keeps next to nothing: a small young generation costs it no speed and half its memory. Compiling at the
 * first call rather than the hundredth makes the first images after a start nearly as fast as all others (docs/performance.md).
 */
export const V8_FLAGS: readonly string[] = [
  '--max-semi-space-size=2',
  '--always-sparkplug',
  '--no-lazy-feedback-allocation',
];

/** Where the intake's compiled code is kept between starts; undefined when the program is run without a code cache. */
function sharedCache(): string | undefined {
  const cache = process.env.NODE_COMPILE_CACHE;
  return cache === undefined ? undefined : join(cache, 'intake');
}

// Changes whenever a source file is added, replaced or removed.
function codeStamp(): string {
  const packages = join(PROGRAM_ROOT, 'packages');
  const folders = readdirSync(packages).map((room) => join(packages, room, 'src'));
  const newest = [...folders, INTAKE_ENTRY].filter((path) => existsSync(path)).map((path) => statSync(path).mtimeMs);
  return `${process.version}-${Math.max(...newest)}`;
}

/** Compiles the intake's code once into the cache, by a process of ours that handles nothing. Saves each intake 30 MB and a third of a second. */
export async function warmIntakeCode(): Promise<void> {
  const cache = sharedCache();
  if (cache === undefined) return;
  const marker = join(cache, `warm-${codeStamp()}`);
  if (existsSync(marker)) return;
  try {
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    const child = spawn(process.execPath, [...V8_FLAGS, '--no-warnings', INTAKE_ENTRY, 'warm'], {
      env: { NODE_COMPILE_CACHE: cache },
      stdio: 'ignore',
    });
    const code = await new Promise<number | null>((resolve) =>
      child.once('exit', resolve).once('error', () => resolve(1)),
    );
    if (code === 0) writeFileSync(marker, '');
  } catch {
    // A read-only installation: the intakes compile for themselves.
  }
}

/**
 * Copies the compiled code to `folder`, for one intake alone. Node uses a code cache only where it may also write, and what one
 * intake may write no other may ever run: so each start has its own copy, removed with it.
 * @returns whether there is one.
 */
export async function copyIntakeCode(folder: string): Promise<boolean> {
  const cache = sharedCache();
  if (cache === undefined || !existsSync(cache)) return false;
  try {
    await cp(cache, folder, { recursive: true });
    return true;
  } catch {
    return false;
  }
}
