import type { OutageAnswer } from '@leadglass/contract';
import { type Language, type Text, text } from '@leadglass/kit';
import type { Command } from '../command.ts';
import { EXIT } from '../exits.ts';
import type { Cell, Colour } from '../output.ts';
import { sizeWords, spanWords, timeWords } from '../words.ts';
import { destinationNameOf } from './values.ts';

const STATES: Readonly<Record<OutageAnswer['state'], readonly [Text, Colour]>> = {
  up: [text('répond', 'up'), 'green'],
  doubtful: [text('douteux', 'doubtful'), 'yellow'],
  down: [text('en panne', 'down'), 'red'],
  returning: [text('revient', 'returning'), 'yellow'],
  declared: [text('déclaré en panne', 'declared down'), 'red'],
};

function cellsOf(each: OutageAnswer, language: Language): readonly Cell[] {
  const [word, colour] = STATES[each.state];
  const { owed, giveBack } = each;
  const left = giveBack?.leftMs === undefined ? '' : spanWords(giveBack.leftMs, language);
  return [
    each.name,
    { value: word[language], colour },
    each.how === undefined ? '' : timeWords(each.sinceMs),
    each.services.join(','),
    owed.objects,
    sizeWords(owed.bytes, language),
    owed.oldestAtMs === undefined ? '' : timeWords(owed.oldestAtMs),
    giveBack === undefined ? '' : `${giveBack.delivered}/${giveBack.owed} (${giveBack.perMinute}/min)`,
    left,
  ];
}

const list: Command = {
  name: 'outage list',
  usage: '',
  summary: text('les systèmes surveillés, et ce qui leur est dû', 'the upstreams, and what they are owed'),
  notes: text(
    'Code 5 quand l’un d’eux est en panne. Dû : ce qui attend de lui être livré ; restitution : ce qui lui est rendu depuis son retour.',
    'Exit code 5 when one of them is down. Owed: what waits to be delivered to it; give-back: what it was given since it is back.',
  ),
  options: {},
  positionals: [0, 0],
  examples: ['outage list', 'outage list --json'],
  exits: [
    [EXIT.ok, text('aucun n’est en panne', 'none is down')],
    [EXIT.unsound, text('l’un d’eux est en panne', 'one of them is down')],
  ],
  async run({ client, output }) {
    const answer = await client.call('outage.list', {});
    output.json(answer);
    const heads = [text('nom', 'name'), text('état', 'state'), text('depuis', 'since'), text('répond à', 'answers')];
    const owed = [text('dû', 'owed'), text('taille', 'size'), text('le plus ancien', 'oldest')];
    output.table(
      [...heads, ...owed, text('restitution', 'give-back'), text('reste', 'left')],
      answer.upstreams.map((each) => cellsOf(each, output.language)),
    );
    return answer.upstreams.some(({ how }) => how !== undefined) ? EXIT.unsound : EXIT.ok;
  },
};

const declare: Command = {
  name: 'outage declare',
  usage: 'NAME --reason TEXT',
  summary: text('déclare un système en panne', 'declares an upstream down'),
  notes: text(
    'Leadglass répond alors à sa place et garde ce qui lui est dû, jusqu’à « outage end ».',
    'Leadglass then answers in its place and keeps what it is owed, until “outage end”.',
  ),
  options: { reason: { value: 'TEXT', help: text('pourquoi', 'why') } },
  positionals: [1, 1],
  examples: ['outage declare PACS --reason "salle serveur inondée"'],
  async run({ client, output }, given) {
    const name = destinationNameOf(given.at(0));
    const answer = await client.call('outage.declare', { name, reason: given.required('reason') });
    output.json(answer);
    output.line(text(`${name} : déclaré en panne.`, `${name}: declared down.`), 'yellow');
    return EXIT.ok;
  },
};

const end: Command = {
  name: 'outage end',
  usage: 'NAME',
  summary: text('dit qu’un système est de retour', 'says that an upstream is back'),
  notes: text(
    'Il est interrogé, et cru quand il répond assez longtemps ; ce qui lui est dû lui est alors livré, dans l’ordre.',
    'It is asked, and believed once it answers for long enough; then it is delivered what it is owed, in order.',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['outage end PACS'],
  async run({ client, output }, given) {
    const name = destinationNameOf(given.at(0));
    const answer = await client.call('outage.end', { name });
    output.json(answer);
    if (answer.isEnded) output.line(text(`${name} est interrogé.`, `${name} is being asked.`), 'green');
    else output.line(text(`${name} n’était pas en panne.`, `${name} was not down.`));
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [list, declare, end];
