import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SOCKET_PATH } from '@leadglass/contract';
import { PROGRAM_ROOT, type SandboxedProgram } from '../compiled-code.ts';
import { viewerSocketIn } from './viewer-socket.ts';

/** V8's own heap: people are few, what the console keeps is bounded, and a leak must not take memory from the images. */
const HEAP_MB = 384;
const V8_FLAGS = [`--max-old-space-size=${HEAP_MB}`, '--max-semi-space-size=2', '--optimize-for-size'];
/** What the console's process runs. Compiled once and for all its code loads in half the time. */
export const CONSOLE: SandboxedProgram = {
  name: 'console',
  entry: fileURLToPath(new URL('./entry.ts', import.meta.url)),
  flags: V8_FLAGS,
};
/** The front end as Vite builds it. */
export const DIST = join(PROGRAM_ROOT, 'apps', 'console', 'dist');
/** OHIF as its makers publish it, fetched by `tools/fetch-viewer.ts`; absent on a machine that never had a network. */
export const VIEWER = join(PROGRAM_ROOT, 'viewer', 'ohif', 'dist');

/**
 * Node's flags for the console's process: it reads the program, its pages and the two sockets of the gateway, writes `people` alone, starts
 * nothing; the network is its trade.
 * @param codeDir its own copy of its compiled code, which it may write as well
 */
export function consoleFlags(home: string, codeDir?: string): string[] {
  const program = ['packages', 'node_modules', 'package.json', 'apps/gateway'].map((name) => join(PROGRAM_ROOT, name));
  const people = join(home, 'people');
  const sockets = [join(home, SOCKET_PATH), viewerSocketIn(join(home, 'run'))];
  const code = codeDir === undefined ? [] : [codeDir];
  return [
    '--permission',
    '--allow-net',
    ...[...program, DIST, VIEWER, people, ...sockets, ...code].map((path) => `--allow-fs-read=${path}`),
    ...[people, ...sockets, ...code].map((path) => `--allow-fs-write=${path}`),
    ...V8_FLAGS,
    '--no-warnings',
    '--disable-sigusr1',
  ];
}
