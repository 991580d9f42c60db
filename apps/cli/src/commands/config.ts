import { readFile } from 'node:fs/promises';
import type { PlanAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Command, Context } from '../command.ts';
import { CliFailure, EXIT, type Exit } from '../exits.ts';

const LONGEST_FILE_BYTES = 4_000_000;

/** The text of a configuration file. Throws CliFailure when it cannot be read or is too long. */
export async function sourceOf(name: string): Promise<string> {
  try {
    const bytes = await readFile(name);
    if (bytes.byteLength <= LONGEST_FILE_BYTES) return bytes.toString('utf8');
  } catch (thrown) {
    const why = (thrown as Error).message;
    throw new CliFailure(
      EXIT.notFound,
      text(`Impossible de lire ${name}.`, `Cannot read ${name}.`),
      'cli.unreadable-file',
      [why],
    );
  }
  throw new CliFailure(EXIT.failed, text(`${name} est trop long.`, `${name} is too long.`), 'cli.file-too-long');
}

const SIGNS = { add: ['+', 'green'], change: ['~', 'yellow'], remove: ['-', 'red'] } as const;

/** Prints problems or changes; exit 5 when the file has problems. */
function showPlan({ output }: Context, name: string, plan: PlanAnswer, done: Text): Exit {
  output.json(plan);
  for (const problem of plan.problems)
    output.error(`${name}:${problem.line}: ${problem.path}: ${output.of(problem.text)}`, 'red');
  if (plan.problems.length > 0) return EXIT.unsound;
  for (const change of plan.changes) {
    const [sign, colour] = SIGNS[change.kind];
    output.line(`${sign} ${output.of(change.text)}`, colour);
  }
  output.line(plan.changes.length === 0 ? text('Rien à changer.', 'Nothing to change.') : done);
  return EXIT.ok;
}

const show: Command = {
  name: 'config show',
  usage: '',
  summary: text('la configuration en vigueur, en YAML', 'the configuration in force, as YAML'),
  options: {},
  positionals: [0, 0],
  examples: ['config show > leadglass.yaml'],
  async run({ client, output }) {
    const answer = await client.call('config.show', {});
    output.json(answer.config);
    output.block(answer.source);
    return EXIT.ok;
  },
};

const plan: Command = {
  name: 'config plan',
  usage: 'FILE',
  summary: text('ce que changerait un fichier de configuration', 'what a configuration file would change'),
  notes: text(
    'Ne change rien. Code 5 quand le fichier a des erreurs, toutes dites à la fois.',
    'Changes nothing. Exit code 5 when the file has problems, all told at once.',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['config plan leadglass.yaml'],
  async run(context, given) {
    const answer = await context.client.call('config.plan', { source: await sourceOf(given.at(0)) });
    return showPlan(
      context,
      given.at(0),
      answer,
      text('Rien n’est encore changé : config apply.', 'Nothing is changed yet: config apply.'),
    );
  },
};

const apply: Command = {
  name: 'config apply',
  usage: 'FILE',
  summary: text(
    'applique un fichier de configuration, en entier ou pas du tout',
    'applies a configuration file, all of it or nothing',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['config apply leadglass.yaml'],
  async run(context, given) {
    const answer = await context.client.call('config.apply', { source: await sourceOf(given.at(0)) });
    return showPlan(context, given.at(0), answer, text('Appliqué.', 'Applied.'));
  },
};

export const COMMANDS: readonly Command[] = [show, plan, apply];
