import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What memory came to while one inspector, or all together, looked at one object. */
export interface Grown {
  readonly inspector: string;
  /** Bytes it was shown; of a deflated object before inflation. */
  readonly shown: number;
  /** Resident bytes at the peak over those before the first byte. */
  readonly grown: number;
  readonly verdict: string;
  readonly unfinished: readonly string[];
  readonly codes: readonly string[];
  readonly ms: number;
}

/** All that JavaScript may hold at once, MB: a fortieth of the largest object. */
const HEAP_MB = 48;

/**
 * Shows an object of `bytes` bytes to every inspector, in a process of its own with a heap far smaller than the object.
 * @param manner each inspector by itself, or all of them over one object. Throws when the process dies: out of memory, for one.
 */
export async function grownOver(shape: string, bytes: number, manner: 'alone' | 'together'): Promise<readonly Grown[]> {
  const options = [`--max-old-space-size=${HEAP_MB}`, '--max-semi-space-size=1', '--expose-gc', '--no-warnings'];
  const script = join(import.meta.dirname, 'child.ts');
  const child = spawn(process.execPath, [...options, script, shape, String(bytes), manner], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | string>((settle, fail) => {
    child.once('error', fail).once('close', (code, signal) => settle(code ?? signal ?? 'lost'));
  });
  const [out, said, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status !== 0) throw new Error(`${shape} ${manner}: ended with ${status}: ${said.slice(-500)}`);
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
