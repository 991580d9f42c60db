import type { IsolationAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Command } from '../command.ts';
import { EXIT } from '../exits.ts';
import type { Output } from '../output.ts';
import { timeWords } from '../words.ts';

const WHY: Readonly<Record<IsolationAnswer['outside']['destinations'][number]['why'], Text>> = {
  marked: text('déclarée hors du site', 'marked as outside'),
  address: text('adresse publique', 'public address'),
  unresolved: text('nom sans adresse', 'name without an address'),
};

function say(output: Output, { isOn, sinceMs, by, reason, stopped, outside }: IsolationAnswer): void {
  const since = sinceMs === undefined ? '' : timeWords(sinceMs);
  if (isOn)
    output.line(
      text(
        `Isolé depuis ${since} (${by ?? ''}) : ${reason ?? ''}`,
        `Isolated since ${since} (${by ?? ''}): ${reason ?? ''}`,
      ),
      'red',
    );
  else output.line(text('Le site n’est pas isolé.', 'The site is not isolated.'), 'green');
  if (stopped !== undefined) {
    const { associations, webConnections, destinations, listeners } = stopped;
    output.line(text(`  associations coupées : ${associations}`, `  associations ended: ${associations}`));
    output.line(text(`  connexions Web coupées : ${webConnections}`, `  web connections ended: ${webConnections}`));
    for (const { name, owedObjects } of destinations)
      output.line(
        text(
          `  vers ${name} : arrêté, ${owedObjects} objets attendent`,
          `  to ${name}: stopped, ${owedObjects} objects wait`,
        ),
      );
    for (const listener of listeners)
      output.line(text(`  ${listener} : le site seul`, `  ${listener}: the site alone`));
  }
  const head = isOn ? text('Coupé :', 'Cut off:') : text('Serait coupé :', 'Would be cut off:');
  output.line(head, 'bold');
  for (const { name, why } of outside.destinations) output.line(`  ${name} (${output.of(WHY[why])})`);
  for (const title of outside.peers) output.line(`  ${title} (${output.of(WHY.marked)})`);
  output.line(text('  tout appel d’une adresse publique', '  every call from a public address'));
}

const on: Command = {
  name: 'isolation on',
  usage: '--reason TEXT',
  summary: text('coupe tout échange avec l’extérieur', 'cuts every flow with the outside'),
  notes: text(
    'Tout de suite : destinations, correspondants et clients Web hors du site. Ce qui est dans le site continue. Un pas en arrière : isolation off.',
    'At once: destinations, peers and web clients outside of the site. What is inside goes on. One step back: isolation off.',
  ),
  options: { reason: { value: 'TEXT', help: text('pourquoi', 'why') } },
  positionals: [0, 0],
  examples: ['isolation on --reason "attaque en cours"'],
  async run({ client, output }, given) {
    const answer = await client.call('isolation.on', { reason: given.required('reason') });
    output.json(answer);
    say(output, answer);
    return EXIT.ok;
  },
};

const off: Command = {
  name: 'isolation off',
  usage: '',
  summary: text('rétablit les échanges avec l’extérieur', 'lets flows with the outside go on again'),
  options: {},
  positionals: [0, 0],
  examples: ['isolation off'],
  async run({ client, output }) {
    const answer = await client.call('isolation.off', {});
    output.json(answer);
    say(output, answer);
    return EXIT.ok;
  },
};

const status: Command = {
  name: 'isolation status',
  usage: '',
  summary: text(
    'si le site est isolé, et ce qui est hors du site',
    'whether the site is isolated, and what lies outside',
  ),
  options: {},
  positionals: [0, 0],
  examples: ['isolation status'],
  async run({ client, output }) {
    const answer = await client.call('isolation.show', {});
    output.json(answer);
    say(output, answer);
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [on, off, status];
