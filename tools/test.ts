// npm test [-- --only PATTERN]: the checks, then every everyday test. PATTERN is a regular expression on the names of
// the tests (`DIMSE-4`), or a part of a path (`packages/vault`).

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runChecks } from './lib/checks.ts';
import { FileReport } from './lib/file-report.ts';
import { filesOf, report, runTests } from './lib/run-tests.ts';

const PATTERNS = ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'tools/**/*.test.ts', 'proving/*.test.ts'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { only: { type: 'string' }, 'no-checks': { type: 'boolean' } } });
const all = filesOf(root, PATTERNS);
const { only } = values;
const named = only === undefined ? [] : all.filter((file) => file.includes(only));

const isGood = values['no-checks'] === true || only !== undefined || (await runChecks(root));
const files = new FileReport();
const outcome = await runTests({
  root,
  groups: [{ files: named.length > 0 ? named : all, timeoutMs: 120_000 }],
  concurrency: 2,
  ...(only === undefined || named.length > 0 ? {} : { only }),
  fileEnded: (ended) => {
    if (only === undefined || ended.passed > 0 || /FAILED|skipped/.test(ended.counts)) files.fileEnded(ended);
  },
});
files.total();
const code = report(outcome);
if (!isGood) process.stdout.write('and the checks above FAILED\n');
process.exitCode = isGood ? code : 1;
