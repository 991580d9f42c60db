// npm run bench [-- …]: hands over to proving/bench/main.ts with the same arguments; with --scan, --query, --relay or --hl7 to the file of that name.

import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const KINDS = ['scan', 'query', 'relay', 'hl7'];
const kind = KINDS.find((name) => process.argv.includes(`--${name}`)) ?? 'main';
const script = `proving/bench/${kind}.ts`;
const args = [join(root, script), ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
