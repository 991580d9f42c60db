import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** A check that is not a test: its name, and the script and arguments that run it under this very Node. */
interface Check {
  readonly name: string;
  readonly args: readonly string[];
}

/** What one check said. `lines` is its output, worth reading when it failed. */
export interface Checked {
  readonly name: string;
  readonly isGood: boolean;
  readonly seconds: number;
  readonly lines: string;
}

function checksOf(root: string): readonly Check[] {
  const require = createRequire(join(root, 'package.json'));
  const bin = (name: string, file: string) => join(require.resolve(`${name}/package.json`), '..', file);
  return [
    { name: 'rooms', args: [join(root, 'tools/check-rooms.ts')] },
    { name: 'dependencies', args: [join(root, 'tools/check-dependencies.ts')] },
    { name: 'lint and format', args: [bin('@biomejs/biome', 'bin/biome'), 'check', '--colors=off', '.'] },
    { name: 'types', args: [bin('typescript', 'bin/tsc'), '--noEmit', '--pretty', 'false', '-p', root] },
    // Apart: it alone has a document and a window.
    {
      name: 'types of the console',
      args: [bin('typescript', 'bin/tsc'), '--noEmit', '--pretty', 'false', '-p', join(root, 'apps/console')],
    },
  ];
}

const LONGEST_OUTPUT_CHARS = 20_000;

function runCheck(root: string, check: Check): Promise<Checked> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, check.args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let lines = '';
  const keep = (chunk: Buffer) => {
    if (lines.length < LONGEST_OUTPUT_CHARS) lines += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ name: check.name, isGood: false, seconds: 0, lines: error.message }));
    child.on('close', (code) => {
      resolve({ name: check.name, isGood: code === 0, seconds: (performance.now() - startedAt) / 1000, lines });
    });
  });
}

/** Runs the rooms, dependency, lint, format and type checks side by side and prints a line each; false when one failed. */
export async function runChecks(root: string): Promise<boolean> {
  const results = await Promise.all(checksOf(root).map((check) => runCheck(root, check)));
  for (const { name, isGood, seconds, lines } of results) {
    process.stdout.write(`${isGood ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)\n`);
    if (!isGood) process.stdout.write(lines.replace(/^/gm, '       '));
  }
  return results.every((result) => result.isGood);
}
