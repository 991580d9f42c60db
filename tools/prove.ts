// npm run prove [-- --ci] [--only PART_OF_PATH]: what is too long for every day. The suites with several peers (*.peers.ts) and the long ones
// (*.prove.ts, *.long.ts) three at a time, for they wait more than they compute, those that take longest first; then those that measure time
// or memory (*.alone.ts), by themselves. --ci runs each in its shortened form (LEADGLASS_PROVE=ci), and leaves out *.long.ts, whose short
// forms are among the others.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FileReport, longestFirst } from './lib/file-report.ts';
import { LONGEST } from './lib/longest.ts';
import { filesOf, report, runTests } from './lib/run-tests.ts';

const AT_A_TIME = 3;
/** Longest a test may take: one with peers, and one that is long on purpose. */
const [PEERS_MS, LONG_MS] = [180_000, 3_600_000];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { ci: { type: 'boolean' }, only: { type: 'string' } } });
if (values.ci === true) process.env.LEADGLASS_PROVE = 'ci';

function named(...patterns: string[]): string[] {
  const files = filesOf(root, patterns).filter((file) => file.includes(values.only ?? ''));
  return longestFirst(files, LONGEST);
}

const long = named('proving/**/*.prove.ts', ...(values.ci === true ? [] : ['proving/**/*.long.ts']));
const groups = [
  { files: long, timeoutMs: LONG_MS },
  { files: named('proving/**/*.peers.ts'), timeoutMs: PEERS_MS },
  { files: named('proving/**/*.alone.ts'), timeoutMs: LONG_MS, isAlone: true },
];
if (groups.every(({ files }) => files.length === 0)) {
  process.stdout.write(`No suite has "${values.only}" in its path.\n`);
  process.exitCode = 1;
} else {
  const files = new FileReport();
  const outcome = await runTests({
    root,
    groups,
    concurrency: AT_A_TIME,
    fileEnded: (ended) => files.fileEnded(ended),
  });
  files.total();
  process.exitCode = report(outcome);
}
