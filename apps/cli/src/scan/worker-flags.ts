import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readableFor, STANDARD_INPUT } from './walk.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
/**
 * V8's flags for a worker. A file leaves some hundred kB of garbage behind: a wide young generation lets it die there. V8 otherwise learns
 * from the first files to make objects old at birth, and each then keeps its like alive: two thirds more files a second without that.
 * Code is compiled at its first call and learns from it, as in an intake: the first hundreds of files are half of a short scan's time.
 * The heap is bounded, so that a fault of ours ends a worker and not the machine.
 */
const V8_FLAGS: readonly string[] = [
  '--no-allocation-site-pretenuring',
  '--always-sparkplug',
  '--no-lazy-feedback-allocation',
  '--min-semi-space-size=16',
  '--max-semi-space-size=32',
  '--max-old-space-size=512',
];

/** Node's flags for a worker: it may read what it is asked to look at and the program, and nothing else (CLI-27). */
export function workerFlags(paths: readonly string[], rulesDir: string | undefined): string[] {
  const program = ['packages', 'node_modules', 'package.json', 'apps/cli'].map((name) => join(ROOT, name));
  const asked = paths.filter((path) => path !== STANDARD_INPUT).map((path) => resolve(readableFor(path)));
  const readable = [...program, ...new Set(asked), ...(rulesDir === undefined ? [] : [resolve(rulesDir)])];
  return [
    ...V8_FLAGS,
    '--permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    '--no-warnings',
    '--disable-sigusr1',
  ];
}
