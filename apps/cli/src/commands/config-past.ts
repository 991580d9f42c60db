import { writeFile } from 'node:fs/promises';
import { text } from '@leadglass/kit';
import type { Command, Given } from '../command.ts';
import { CliFailure, EXIT, usageFailure } from '../exits.ts';
import { timeWords } from '../words.ts';

function numberOf(given: Given): number {
  const no = Number(given.at(0));
  if (!Number.isSafeInteger(no) || no < 1)
    throw usageFailure(
      text('Donnez le numéro d’un état (config history).', 'Give the number of a state (config history).'),
    );
  return no;
}

const history: Command = {
  name: 'config history',
  usage: '[--last N] [--show NO [-o FILE]]',
  summary: text('les états que les réglages ont eus', 'the states the settings had'),
  notes: text(
    'Les 200 derniers, avec qui les a changés et comment. --show donne le YAML de l’un d’eux ; config undo y revient.',
    'The last 200, with who changed them and how. --show gives the YAML of one; config undo goes back to it.',
  ),
  options: {
    last: { value: 'N', short: 'n', help: text('combien d’états (20)', 'how many states (20)') },
    show: { value: 'NO', help: text('le YAML de cet état', 'the YAML of this state') },
    output: { short: 'o', value: 'FILE', help: text('dans un nouveau fichier', 'into a new file') },
  },
  positionals: [0, 0],
  examples: ['config history', 'config history --show 12 -o before.yaml'],
  async run({ client, output }, given) {
    const shown = given.number('show', 1, Number.MAX_SAFE_INTEGER);
    const asked = shown === undefined ? { limit: given.number('last', 1, 200) ?? 20 } : { before: shown + 1, limit: 1 };
    const { past } = await client.call('config.history', asked);
    const one = past[0];
    if (shown !== undefined && one?.no !== shown) throw notRemembered();
    output.json({ past });
    if (shown === undefined) {
      const rows = past.map(({ no, atMs, by, change }) => [no, timeWords(atMs), by, output.of(change)]);
      output.table([text('nº', 'no.'), text('quand', 'when'), text('qui', 'who'), text('changement', 'change')], rows);
    } else await give(output, one?.source ?? '', given.value('output'));
    return EXIT.ok;
  },
};

async function give(output: { block(value: string): void }, source: string, file: string | undefined): Promise<void> {
  if (file === undefined) return output.block(source);
  try {
    await writeFile(file, source, { flag: 'wx', mode: 0o600 });
  } catch (thrown) {
    const why = text(`Impossible d’écrire ${file}.`, `Cannot write ${file}.`);
    throw new CliFailure(EXIT.failed, why, 'cli.unwritable-file', [(thrown as Error).message]);
  }
}

function notRemembered(): CliFailure {
  const why = text('Cet état n’est pas (ou plus) gardé.', 'This state is not kept (any more).');
  return new CliFailure(EXIT.notFound, why, 'control.not-found');
}

const undo: Command = {
  name: 'config undo',
  usage: 'NO',
  summary: text('remet les réglages comme ils étaient', 'puts the settings back as they were'),
  notes: text(
    'En entier ou pas du tout. C’est un changement comme un autre : il entre dans l’historique et s’annule de même.',
    'All of it or nothing. It is a change like any other: it goes into the history and can be undone likewise.',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['config history', 'config undo 12'],
  async run({ client, output }, given) {
    const answer = await client.call('config.undo', { no: numberOf(given) });
    output.json(answer);
    for (const { text: said } of answer.changes) output.line(`~ ${output.of(said)}`, 'yellow');
    output.line(
      answer.changes.length === 0
        ? text('Les réglages sont déjà ainsi.', 'The settings are so already.')
        : text('Remis en vigueur.', 'In force again.'),
      'green',
    );
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [history, undo];
