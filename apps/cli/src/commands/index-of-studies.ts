import type { IndexAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Command, Context } from '../command.ts';
import { EXIT } from '../exits.ts';

function show({ output }: Context, { studies, series, instances, waiting, rebuild }: IndexAnswer): void {
  const row = (name: Text, value: string | number) => output.line(`  ${output.of(name).padEnd(16)} ${value}`);
  row(text('examens', 'studies'), studies);
  row(text('séries', 'series'), series);
  row(text('instances', 'instances'), instances);
  row(text('en attente', 'waiting'), waiting);
  if (rebuild.isRunning)
    output.line(
      text(
        `L’index est en cours de réfection : ${rebuild.looked} objets relus. D’ici la fin, les réponses peuvent être incomplètes, et le disent.`,
        `The index is being made anew: ${rebuild.looked} objects read. Until it is done answers may be incomplete, and say so.`,
      ),
      'yellow',
    );
  if (rebuild.failed > 0)
    output.line(
      text(
        `${rebuild.failed} objets n’ont pas pu être relus ; le journal technique les nomme (« leadglass vault check » dit ce qu’ils ont).`,
        `${rebuild.failed} objects could not be read; the technical log names them (“leadglass vault check” says what is wrong).`,
      ),
      'red',
    );
}

const status: Command = {
  name: 'index status',
  usage: '',
  summary: text('ce que l’index des examens contient', 'what the index of studies holds'),
  options: {},
  positionals: [0, 0],
  examples: ['index status', 'index status --json'],
  async run(context) {
    const answer = await context.client.call('index.status', {});
    context.output.json(answer);
    show(context, answer);
    return EXIT.ok;
  },
};

const rebuild: Command = {
  name: 'index rebuild',
  usage: '',
  summary: text('refait l’index des examens à partir du coffre', 'makes the index of studies anew from the vault'),
  notes: text(
    'Chaque objet est relu par un processus sans aucun droit. Le travail se fait en arrière-plan et reprend après un arrêt ;\n' +
      '« index status » dit où il en est. Les images arrivent et partent pendant ce temps comme d’habitude.',
    'Each object is read by a process that has no rights. The work is done in the background and goes on after a stop;\n' +
      '“index status” tells how far it is. Images come and go meanwhile as usual.',
  ),
  options: {},
  positionals: [0, 0],
  examples: ['index rebuild'],
  async run({ client, output }) {
    const answer = await client.call('index.rebuild', {});
    output.json(answer);
    output.line(
      answer.isBegun
        ? text('L’index est refait en arrière-plan.', 'The index is being made anew in the background.')
        : text('L’index est déjà en cours de réfection.', 'The index is being made anew already.'),
      'green',
    );
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [status, rebuild];
