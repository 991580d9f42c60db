// npm run prove [-- --ci] [--only PART_OF_PATH]: the long suites. --ci runs each in its shortened form (LEADGLASS_PROVE=ci).

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { filesOf, report, runTests } from './lib/run-tests.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { ci: { type: 'boolean' }, only: { type: 'string' } } });
if (values.ci === true) process.env.LEADGLASS_PROVE = 'ci';
const files = filesOf(root, ['proving/**/*.prove.ts']).filter((file) => file.includes(values.only ?? ''));
const outcome = await runTests({
  root,
  files,
  // They measure time and memory: one at a time.
  concurrency: 1,
  timeoutMs: 3_600_000,
  fileEnded: (file, counts, seconds) => process.stdout.write(`${file}: ${counts} (${seconds.toFixed(0)} s)\n`),
});
process.exitCode = report(outcome);
