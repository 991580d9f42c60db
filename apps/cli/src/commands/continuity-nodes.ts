import { text } from '@leadglass/kit';
import type { Command } from '../command.ts';
import { EXIT } from '../exits.ts';
import { timeWords } from '../words.ts';
import { aeTitleOf, sayRemoved } from './values.ts';

const add: Command = {
  name: 'continuity node add',
  usage: 'NAME',
  summary: text('attend un second boîtier et donne son code', 'expects a second box and gives its code'),
  notes: text(
    'Le code s’affiche une seule fois, vaut un jour et sert une fois, sur le boîtier : leadglass continuity-node --from https://PASSERELLE:PORT --code CODE. Il porte l’empreinte du certificat de cette passerelle, qui doit écouter avec --web.',
    'The code is shown once, is good for a day and used once, on the box: leadglass continuity-node --from https://GATEWAY:PORT --code CODE. It bears the fingerprint of this gateway’s certificate, which has to listen with --web.',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['continuity node add BOX-ER'],
  async run({ client, output }, given) {
    const answer = await client.call('continuity.node.add', { name: aeTitleOf(given.at(0)) });
    output.json(answer);
    output.line(answer.code);
    const until = timeWords(answer.untilMs);
    output.line(
      text(`Affiché cette seule fois ; bon jusqu’au ${until}.`, `Shown this once; good until ${until}.`),
      'yellow',
    );
    return EXIT.ok;
  },
};

const list: Command = {
  name: 'continuity node list',
  usage: '',
  summary: text('les boîtiers qui tirent', 'the boxes that pull'),
  options: {},
  positionals: [0, 0],
  examples: ['continuity node list'],
  async run({ client, output }) {
    const answer = await client.call('continuity.node.list', {});
    output.json(answer);
    const [yes, no] = [output.of(text('oui', 'yes')), output.of(text('pas encore', 'not yet'))];
    output.table(
      [
        text('nom', 'name'),
        text('ajouté', 'added'),
        text('enrôlé', 'enrolled'),
        text('vu pour la dernière fois', 'last seen'),
      ],
      answer.nodes.map(({ name, addedAtMs, isEnrolled, seenAtMs }) => [
        name,
        timeWords(addedAtMs),
        { value: isEnrolled ? yes : no, colour: isEnrolled ? 'green' : 'yellow' },
        seenAtMs === null ? '' : timeWords(seenAtMs),
      ]),
    );
    return EXIT.ok;
  },
};

const remove: Command = {
  name: 'continuity node remove',
  usage: 'NAME',
  summary: text('retire un boîtier : il ne tire plus rien', 'removes a box: it pulls nothing more'),
  notes: text(
    'Ce qu’il a déjà reste chez lui, scellé pour lui : s’il est perdu ou volé, il faut l’effacer ou le considérer comme compromis.',
    'What it has stays with it, sealed to it: when it is lost or stolen, wipe it or take it for compromised.',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['continuity node remove BOX-ER'],
  async run({ client, output }, given) {
    const name = aeTitleOf(given.at(0));
    sayRemoved(output, name, await client.call('continuity.node.remove', { name }));
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [add, list, remove];
