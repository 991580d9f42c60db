import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChecks } from './lib/checks.ts';

process.exitCode = (await runChecks(dirname(dirname(fileURLToPath(import.meta.url))))) ? 0 : 1;
