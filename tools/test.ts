// npm test [-- --only PATTERN]: the checks, then every everyday test. PATTERN is a regular expression on the names of
// the tests (`DIMSE-4`), or a part of a path (`packages/vault`).

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runChecks } from './lib/checks.ts';
import { filesOf, report, runTests } from './lib/run-tests.ts';

const PATTERNS = ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'tools/**/*.test.ts', 'proving/*.test.ts'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { only: { type: 'string' }, 'no-checks': { type: 'boolean' } } });
const all = filesOf(root, PATTERNS);
const { only } = values;
const named = only === undefined ? [] : all.filter((file) => file.includes(only));

const isGood = values['no-checks'] === true || only !== undefined || (await runChecks(root));
const outcome = await runTests({
  root,
  files: named.length > 0 ? named : all,
  concurrency: 2,
  timeoutMs: 120_000,
  ...(only === undefined || named.length > 0 ? {} : { only }),
  fileEnded: (file, counts, seconds) => {
    if (only !== undefined && counts.startsWith('0 passed')) return;
    process.stdout.write(`${file}: ${counts} (${seconds.toFixed(1)} s)\n`);
  },
});
const code = report(outcome);
if (!isGood) process.stdout.write('and the checks above FAILED\n');
process.exitCode = isGood ? code : 1;
