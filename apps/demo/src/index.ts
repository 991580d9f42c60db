import { isFault } from '@leadglass/kit';
import { runDemo } from './demo.ts';
import { type DemoOptions, readOptions } from './options.ts';
import { HELP } from './words.ts';

/** A second request to end, later than this, ends at once. */
const REPEAT_MS = 2_000;

/** Aborts at the first request to end (Ctrl-C, SIGTERM); the same request reaches us several times, from a terminal, npm and the launcher. */
function requestToEnd(): AbortSignal {
  const stop = new AbortController();
  let firstAt: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      firstAt ??= performance.now();
      if (performance.now() - firstAt > REPEAT_MS) process.exit(1);
      stop.abort();
    });
  return stop.signal;
}

/** Runs `npm run demo -- WORDS…`; resolves with its exit code. @param program main file of the command line */
export async function run(words: readonly string[], program: string): Promise<number> {
  let options: DemoOptions | undefined;
  try {
    options = readOptions(words, program, process.env);
    if (options.wantsHelp) process.stdout.write(`${HELP[options.language]}\n`);
    else await runDemo(options, requestToEnd());
    return 0;
  } catch (thrown) {
    if (!isFault(thrown)) throw thrown;
    process.stderr.write(`${thrown.text[options?.language ?? 'fr']}\n`);
    return thrown.code === 'demo.usage' ? 2 : 1;
  }
}
