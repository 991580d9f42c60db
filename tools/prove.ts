// npm run prove [-- --ci] [--only PART_OF_PATH]: what is too long for every day. First the suites with several peers (*.peers.ts) and the long
// ones (*.prove.ts, *.long.ts), three at a time: they wait more than they compute; then those that measure time or memory (*.alone.ts), by
// themselves. --ci runs each in its shortened form (LEADGLASS_PROVE=ci), and leaves out *.long.ts, whose short forms are among the others.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { filesOf, report, runTests } from './lib/run-tests.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { ci: { type: 'boolean' }, only: { type: 'string' } } });
if (values.ci === true) process.env.LEADGLASS_PROVE = 'ci';

/** How it went: 0 is good, undefined when there is no such suite. */
async function run(patterns: string[], concurrency: number, timeoutMs: number): Promise<number | undefined> {
  const files = filesOf(root, patterns).filter((file) => file.includes(values.only ?? ''));
  if (files.length === 0) return undefined;
  const fileEnded = (file: string, counts: string, seconds: number) =>
    process.stdout.write(`${file}: ${counts} (${seconds.toFixed(0)} s)\n`);
  return report(await runTests({ root, files, concurrency, timeoutMs, fileEnded }));
}

const runs = [
  await run(['proving/**/*.peers.ts'], 3, 180_000),
  await run(['proving/**/*.prove.ts', ...(values.ci === true ? [] : ['proving/**/*.long.ts'])], 3, 3_600_000),
  await run(['proving/**/*.alone.ts'], 1, 3_600_000),
].filter((outcome) => outcome !== undefined);
if (runs.length === 0) process.stdout.write(`No suite has "${values.only}" in its path.\n`);
process.exitCode = runs.length === 0 ? 1 : Math.max(...runs);
