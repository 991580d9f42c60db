// npm run prove [-- --ci] [--only PART_OF_PATH]: what is too long for every day. First the suites with several peers (*.peers.ts), two at a
// time; then those that measure time and memory (*.prove.ts), one at a time. --ci runs each in its shortened form (LEADGLASS_PROVE=ci).

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { filesOf, report, runTests } from './lib/run-tests.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { ci: { type: 'boolean' }, only: { type: 'string' } } });
if (values.ci === true) process.env.LEADGLASS_PROVE = 'ci';

/** How it went: 0 is good, undefined when there is no such suite. */
async function run(pattern: string, concurrency: number, timeoutMs: number): Promise<number | undefined> {
  const files = filesOf(root, [pattern]).filter((file) => file.includes(values.only ?? ''));
  if (files.length === 0) return undefined;
  const fileEnded = (file: string, counts: string, seconds: number) =>
    process.stdout.write(`${file}: ${counts} (${seconds.toFixed(0)} s)\n`);
  return report(await runTests({ root, files, concurrency, timeoutMs, fileEnded }));
}

const peers = await run('proving/**/*.peers.ts', 2, 180_000);
const measured = await run('proving/**/*.prove.ts', 1, 3_600_000);
if (peers === undefined && measured === undefined) process.stdout.write(`No suite has "${values.only}" in its path.\n`);
process.exitCode = peers === undefined && measured === undefined ? 1 : Math.max(peers ?? 0, measured ?? 0);
