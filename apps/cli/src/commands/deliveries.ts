import type { RequestOf } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import type { Command, Given } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import type { Colour } from '../output.ts';
import { timeWords } from '../words.ts';
import { destinationNameOf, sha256Of } from './values.ts';

const COLOURS: Readonly<Record<string, Colour>> = { pending: 'yellow', delivered: 'green', failed: 'red' };
const STATES = ['pending', 'delivered', 'failed'] as const;

function filterOf(given: Given): RequestOf<'deliveries.list'> {
  const [state, destination, sha256] = [given.value('state'), given.value('destination'), given.value('object')];
  const known = STATES.find((each) => each === state);
  if (state !== undefined && known === undefined) {
    throw usageFailure(text('--state : pending, delivered ou failed.', '--state: pending, delivered or failed.'));
  }
  return {
    limit: given.number('last', 1, 10_000) ?? 50,
    ...(known === undefined ? {} : { state: known }),
    ...(destination === undefined ? {} : { destination: destinationNameOf(destination) }),
    ...(sha256 === undefined ? {} : { sha256: sha256Of(sha256) }),
  };
}

const list: Command = {
  name: 'deliveries list',
  usage: '[--state S] [--destination NAME] [--object SHA256] [--last N]',
  summary: text('les livraisons et leur état', 'the deliveries and their state'),
  options: {
    state: { value: 'STATE', help: text('pending, delivered ou failed', 'pending, delivered or failed') },
    destination: { value: 'NAME', help: text('vers cette destination', 'to this destination') },
    object: { value: 'SHA256', help: text('de cet objet', 'of this object') },
    last: { value: 'N', short: 'n', help: text('combien (50)', 'how many (50)') },
  },
  positionals: [0, 0],
  examples: ['deliveries list --state failed'],
  async run({ client, output }, given) {
    const answer = await client.call('deliveries.list', filterOf(given));
    output.json(answer);
    const heads = [
      text('n°', 'no.'),
      text('objet', 'object'),
      text('vers', 'to'),
      text('état', 'state'),
      text('essais', 'tries'),
    ];
    output.table(
      [...heads, text('prochain', 'next'), text('réponse', 'answer')],
      answer.deliveries.map((each) => [
        each.id,
        each.sha256.slice(0, 12),
        each.destination,
        { value: each.state, colour: COLOURS[each.state] ?? 'bold' },
        each.attempts,
        each.state === 'pending' ? timeWords(each.nextAtMs) : '',
        each.fault ?? (each.status === undefined ? '' : `${each.status.toString(16).padStart(4, '0').toUpperCase()}H`),
      ]),
    );
    return EXIT.ok;
  },
};

const retry: Command = {
  name: 'deliveries retry',
  usage: 'DESTINATION [--object SHA256]',
  summary: text('reprend les livraisons en échec', 'takes up failed deliveries again'),
  options: { object: { value: 'SHA256', help: text('de cet objet seulement', 'of this object only') } },
  positionals: [1, 1],
  examples: ['deliveries retry PACS'],
  async run({ client, output }, given) {
    const sha256 = given.value('object');
    const answer = await client.call('deliveries.retry', {
      destination: destinationNameOf(given.at(0)),
      ...(sha256 === undefined ? {} : { sha256: sha256Of(sha256) }),
    });
    output.json(answer);
    output.line(
      text(`${answer.retried} livraisons reprises.`, `${answer.retried} deliveries taken up again.`),
      'green',
    );
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [list, retry];
