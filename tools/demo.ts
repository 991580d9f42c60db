// npm run demo [-- …]: a synthetic hospital around the real gateway (apps/demo). Ends with Ctrl-C; `-- --help` says the rest.

import { fileURLToPath } from 'node:url';
import { run } from '../apps/demo/src/index.ts';

process.exitCode = await run(process.argv.slice(2), fileURLToPath(new URL('../apps/cli/src/main.ts', import.meta.url)));
