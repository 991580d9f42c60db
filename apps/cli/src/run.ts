import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { isFault, text } from '@leadglass/kit';
import { ControlClient } from './client.ts';
import { type Command, type Context, helpOf, homeOf, parseGiven } from './command.ts';
import { findCommand, groupOf, overview } from './commands.ts';
import { CliFailure, EXIT, type Exit, usageFailure } from './exits.ts';
import { Output } from './output.ts';
import { languageFor } from './words.ts';

const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** Ended by Ctrl-C, as shells count it. */
const INTERRUPTED = 130;

/** The value of `--lang` wherever it stands: needed before the words can be parsed, to say in which language they are wrong. */
function askedLanguage(words: readonly string[]): string | undefined {
  const at = words.indexOf('--lang');
  return at >= 0 ? words[at + 1] : words.find((word) => word.startsWith('--lang='))?.slice('--lang='.length);
}

async function ask(question: string, isSecret = false): Promise<string | undefined> {
  if (process.stdin.isTTY !== true) return undefined;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const asker = createInterface({
    input: process.stdin,
    ...(isSecret ? { output: nowhere, terminal: true } : { output: process.stderr }),
  });
  if (isSecret) process.stderr.write(question);
  try {
    return await asker.question(isSecret ? '' : question);
  } finally {
    asker.close();
    if (isSecret) process.stderr.write('\n');
  }
}

function tell(output: Output, thrown: unknown): Exit {
  if (thrown instanceof CliFailure) {
    output.json({ error: { code: thrown.code, text: thrown.text, details: thrown.details } });
    output.error(output.of(thrown.text), 'red');
    for (const detail of thrown.details) output.error(`  ${typeof detail === 'string' ? detail : output.of(detail)}`);
    return thrown.exit;
  }
  if (isFault(thrown)) {
    output.json({ error: { code: thrown.code, text: thrown.text, details: [] } });
    output.error(output.of(thrown.text), 'red');
    return EXIT.failed;
  }
  throw thrown;
}

async function runCommand(command: Command, words: readonly string[], output: Output): Promise<number> {
  const given = parseGiven(command, words);
  if (given.flag('help')) {
    process.stdout.write(`${helpOf(output, command)}\n`);
    return EXIT.ok;
  }
  const home = homeOf(given, process.env, process.cwd(), ROOT);
  const ended = new AbortController();
  const interrupt = () => ended.abort();
  // These own their signals: the gateway drains.
  if (command.name !== 'up' && command.name !== 'continuity-node') process.once('SIGINT', interrupt);
  const context: Context = {
    ...{ output, home, environment: process.env, signal: ended.signal, ask },
    client: new ControlClient(home),
  };
  const exit = await command.run(context, given);
  return ended.signal.aborted && exit !== EXIT.ok ? INTERRUPTED : exit;
}

/** `leadglass`, `leadglass help`, `leadglass peer`: says which commands there are. Anything else is a mistake. */
async function withoutCommand(words: readonly string[], output: Output): Promise<Exit> {
  const isAsked = words.length === 0 || words.some((word) => ['help', '--help', '-h'].includes(word));
  const group = await groupOf(words.find((word) => word !== 'help'));
  if (group.length > 0) {
    for (const command of group) output.error(`  leadglass ${command.name} ${command.usage}`);
    return isAsked ? EXIT.ok : EXIT.usage;
  }
  if (isAsked) {
    process.stdout.write(`${await overview(output)}\n`);
    return EXIT.ok;
  }
  const shown = words.slice(0, 2).join(' ');
  const sentence = text(
    `Commande inconnue : ${shown}. Voir ./leadglass help.`,
    `Unknown command: ${shown}. See ./leadglass help.`,
  );
  throw usageFailure(sentence);
}

/** Runs `leadglass WORDS…` and resolves with its exit code. */
export async function run(words: readonly string[]): Promise<number> {
  // `| head` is no failure.
  process.stdout.on('error', (thrown: NodeJS.ErrnoException) => process.exit(thrown.code === 'EPIPE' ? 0 : 1));
  const language = languageFor(askedLanguage(words), process.env);
  const output = new Output(language, words.includes('--json'), process.stdout, process.stderr, process.env);
  try {
    const found = await findCommand(words);
    if (found !== undefined) return await runCommand(found.command, found.rest, output);
    return await withoutCommand(words, output);
  } catch (thrown) {
    return tell(output, thrown);
  }
}
