import type { FlowsAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Command, Context } from '../command.ts';
import { EXIT } from '../exits.ts';
import type { Cell, Colour } from '../output.ts';
import { countWords, listWords, sizeWords, timeWords } from '../words.ts';

type Node = FlowsAnswer['nodes'][number];

const STATES: Readonly<Record<Node['state'], readonly [Text, Colour]>> = {
  active: [text('actif', 'active'), 'green'],
  quiet: [text('calme', 'quiet'), 'grey'],
  trouble: [text('en difficulté', 'in trouble'), 'red'],
  refused: [text('refusé', 'refused'), 'yellow'],
};
const KINDS: Readonly<Record<Node['kind'], Text>> = {
  peer: text('appareil', 'device'),
  gateway: text('passerelle', 'gateway'),
  destination: text('destination', 'destination'),
  stranger: text('inconnu', 'stranger'),
};

function show({ output }: Context, flows: FlowsAnswer): void {
  const rate = sizeWords(flows.bytesPerSecond, output.language);
  const perSecond = flows.objectsPerSecond.toFixed(1);
  const going = listWords(
    countWords(flows.associations, ['association', 'associations'], ['association', 'associations']),
    text(`${perSecond.replace('.', ',')} objets/s`, `${perSecond} objects/s`),
  );
  output.line(`${timeWords(flows.atMs)}  ${output.of(going)}, ${rate}/s`, 'bold');
  const rows = flows.nodes.map((node): readonly Cell[] => {
    const [state, colour] = STATES[node.state];
    const why = node.why === undefined ? '' : output.of(node.why);
    return [output.of(KINDS[node.kind]), node.name, { value: output.of(state), colour }, why];
  });
  output.table([text('quoi', 'what'), text('nom', 'name'), text('état', 'state'), text('pourquoi', 'why')], rows);
  const ways = flows.edges.map(({ from, to, objects, bytes, questions, refusals, holds, waiting }) => [
    ...[`${from} → ${to}`, objects, sizeWords(bytes, output.language), questions, refusals, holds, waiting],
  ]);
  if (ways.length === 0) return;
  output.line();
  output.table(WAYS, ways);
}

const WAYS: readonly Text[] = [
  text('trajet', 'way'),
  text('objets', 'objects'),
  text('volume', 'size'),
  text('questions', 'questions'),
  text('refus', 'refusals'),
  text('retenues', 'holds'),
  text('en attente', 'waiting'),
];

const flows: Command = {
  name: 'flows',
  usage: '[--window SECONDS] [--follow]',
  summary: text('ce qui passe, entre qui et qui', 'what goes on, between whom'),
  notes: text(
    'Compte les dernières secondes (60). --follow : chaque seconde, jusqu’à Ctrl-C.',
    'Counts the last seconds (60). --follow: each second, until Ctrl-C.',
  ),
  options: {
    window: { value: 'SECONDS', help: text('combien de secondes (1 à 3600)', 'how many seconds (1 to 3600)') },
    follow: { short: 'f', help: text('et la suite, chaque seconde', 'and what follows, each second') },
  },
  positionals: [0, 0],
  examples: ['flows', 'flows --window 3600', 'flows --follow --json'],
  async run(context, given) {
    const windowMs = (given.number('window', 1, 3600) ?? 60) * 1000;
    if (given.flag('follow')) {
      for await (const line of context.client.lines('flows.follow', { windowMs }, context.signal)) {
        context.output.json(line, true);
        show(context, line);
      }
      return EXIT.ok;
    }
    const answer = await context.client.call('flows', { windowMs });
    context.output.json(answer);
    show(context, answer);
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [flows];
