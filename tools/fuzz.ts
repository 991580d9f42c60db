// npm run fuzz [-- --seconds N] [--only ROOM]: runs each room's src/fuzz.ts for N seconds (60) on new random input.

import { spawnSync } from 'node:child_process';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { filesOf } from './lib/run-tests.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, only: { type: 'string' } } });
const seconds = Number(values.seconds);
if (!(seconds > 0)) {
  process.stderr.write('--seconds: a positive number\n');
  process.exit(2);
}
const files = filesOf(root, ['packages/*/src/fuzz.ts']).filter((file) => file.includes(`/${values.only ?? ''}`));
const failed = files.filter((file) => {
  process.stdout.write(`${relative(root, file)}\n`);
  const args = [file, '--seconds', String(seconds)];
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status !== 0;
});
for (const file of failed) process.stdout.write(`FAILED ${relative(root, file)}\n`);
process.stdout.write(`${files.length - failed.length} passed, ${failed.length} failed\n`);
process.exitCode = failed.length === 0 && files.length > 0 ? 0 : 1;
