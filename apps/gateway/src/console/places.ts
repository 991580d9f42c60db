import { join } from 'node:path';
import { SOCKET_PATH } from '@leadglass/contract';
import { PROGRAM_ROOT } from '../intake-code.ts';
import { viewerSocketIn } from './viewer-socket.ts';

/** V8's own heap. */
const HEAP_MB = 384;
/** The front end as Vite builds it. */
export const DIST = join(PROGRAM_ROOT, 'apps', 'console', 'dist');
/** OHIF as its makers publish it, fetched by `tools/fetch-viewer.ts`; absent on a machine that never had a network. */
export const VIEWER = join(PROGRAM_ROOT, 'viewer', 'ohif', 'dist');

/**
 * Node's flags for the console's process: it reads the program, its pages and the two sockets of the gateway, writes `people` alone, starts
 * nothing; the network is its trade.
 */
export function consoleFlags(home: string): string[] {
  const program = ['packages', 'node_modules', 'package.json', 'apps/gateway'].map((name) => join(PROGRAM_ROOT, name));
  const people = join(home, 'people');
  const sockets = [join(home, SOCKET_PATH), viewerSocketIn(join(home, 'run'))];
  return [
    '--permission',
    '--allow-net',
    ...[...program, DIST, VIEWER, people, ...sockets].map((path) => `--allow-fs-read=${path}`),
    ...[people, ...sockets].map((path) => `--allow-fs-write=${path}`),
    // People are few: what it keeps is bounded, and a leak must not take memory from the images.
    `--max-old-space-size=${HEAP_MB}`,
    '--max-semi-space-size=2',
    '--optimize-for-size',
    '--no-warnings',
    '--disable-sigusr1',
  ];
}
