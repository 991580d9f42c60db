import type { RequestOf } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import { DEFAULT_AE_TITLE } from '@leadglass/model';
import type { Command, Given, Options } from '../command.ts';
import { EXIT } from '../exits.ts';
import {
  aeTitleOf,
  destinationNameOf,
  hostPortOf,
  OUTSIDE_OPTIONS,
  outsideOf,
  sayChange,
  sayRemoved,
  sha256Of,
} from './values.ts';

const TARGET: Options = {
  to: { value: 'HOST:PORT', help: text('où elle écoute', 'where it listens') },
  called: { value: 'AET', help: text('son titre AE', 'its AE title') },
  calling: { value: 'AET', help: text('le nôtre (LEADGLASS)', 'ours (LEADGLASS)') },
  tls: { help: text('par TLS', 'over TLS') },
  'cert-sha256': {
    value: 'HEX',
    help: text('empreinte exigée de son certificat', 'fingerprint its certificate must have'),
  },
};

const add: Command = {
  name: 'destination add',
  usage: 'NAME --to HOST:PORT --called AET [--calling AET] [--tls]',
  summary: text('ajoute une destination de livraison', 'adds a destination to deliver to'),
  notes: text('Le même nom de nouveau modifie la destination.', 'The same name again changes the destination.'),
  options: {
    ...TARGET,
    commitment: { help: text('demander l’engagement de stockage', 'ask for storage commitment') },
    ...OUTSIDE_OPTIONS,
    'give-back-per-minute': {
      value: 'N',
      help: text('objets par minute, au plus, après une panne', 'most objects a minute after an outage'),
    },
    'down-after': {
      value: 'S',
      help: text('en panne après S secondes d’échecs (5)', 'down after S seconds of failures (5)'),
    },
  },
  positionals: [1, 1],
  examples: ['destination add PACS --to 10.1.2.3:11112 --called ORTHANC'],
  async run({ client, output }, given) {
    const name = destinationNameOf(given.at(0));
    const certificate = given.value('cert-sha256');
    const answer = await client.call('destination.add', {
      name,
      ...hostPortOf(given.required('to')),
      called: aeTitleOf(given.required('called')),
      calling: aeTitleOf(given.value('calling') ?? DEFAULT_AE_TITLE),
      tls: given.flag('tls'),
      commitment: given.flag('commitment'),
      ...outageOf(given),
      ...(certificate === undefined ? {} : { certSha256: sha256Of(certificate) }),
    });
    sayChange(output, name, answer);
    return EXIT.ok;
  },
};

/** What it chooses for its outages. */
function outageOf(
  given: Given,
): Pick<RequestOf<'destination.add'>, 'outside' | 'giveBackPerMinute' | 'downAfterSeconds'> {
  const perMinute = given.number('give-back-per-minute', 1, 60_000);
  const downAfter = given.number('down-after', 1, 600);
  return {
    ...outsideOf(given),
    ...(perMinute === undefined ? {} : { giveBackPerMinute: perMinute }),
    ...(downAfter === undefined ? {} : { downAfterSeconds: downAfter }),
  };
}

const list: Command = {
  name: 'destination list',
  usage: '',
  summary: text('les destinations', 'the destinations'),
  options: {},
  positionals: [0, 0],
  examples: ['destination list'],
  async run({ client, output }) {
    const answer = await client.call('destination.list', {});
    output.json(answer);
    const head = [
      text('nom', 'name'),
      text('adresse', 'address'),
      text('appelé', 'called'),
      text('appelant', 'calling'),
    ];
    output.table(
      [...head, text('TLS', 'TLS'), text('engagement', 'commitment')],
      answer.destinations.map((each) => [
        each.name,
        each.host.includes(':') ? `[${each.host}]:${each.port}` : `${each.host}:${each.port}`,
        each.called,
        each.calling,
        each.tls ? '✓' : '–',
        each.commitment ? '✓' : '–',
      ]),
    );
    return EXIT.ok;
  },
};

const remove: Command = {
  name: 'destination remove',
  usage: 'NAME',
  summary: text('retire une destination', 'removes a destination'),
  notes: text('Refusé tant qu’une route y mène.', 'Refused while a route leads there.'),
  options: {},
  positionals: [1, 1],
  examples: ['destination remove PACS'],
  async run({ client, output }, given) {
    const name = destinationNameOf(given.at(0));
    sayRemoved(output, name, await client.call('destination.remove', { name }));
    return EXIT.ok;
  },
};

type Tried = RequestOf<'destination.test'>;

function triedOf(given: Given): Tried {
  if (given.at(0) !== '') return { name: destinationNameOf(given.at(0)) };
  const certificate = given.value('cert-sha256');
  const target = {
    ...hostPortOf(given.required('to')),
    called: aeTitleOf(given.required('called')),
    calling: aeTitleOf(given.value('calling') ?? DEFAULT_AE_TITLE),
    tls: given.flag('tls'),
    ...(certificate === undefined ? {} : { certSha256: sha256Of(certificate) }),
  };
  return { target };
}

const test: Command = {
  name: 'destination test',
  usage: 'NAME | --to HOST:PORT --called AET [--calling AET] [--tls]',
  summary: text('essaie la connexion comme une livraison le ferait', 'tries the connection as a delivery would'),
  notes: text(
    'Par la passerelle, avec son titre et son certificat : association, C-ECHO, et les sortes d’objets acceptées. Rien n’est déposé ni changé. echo fait la même chose depuis cette commande, sans la passerelle.',
    'By the gateway, with its title and its certificate: association, C-ECHO, and the kinds of object accepted. Nothing is stored or changed. echo does the same from this command, without the gateway.',
  ),
  options: TARGET,
  positionals: [0, 1],
  examples: ['destination test PACS', 'destination test --to 10.1.2.3:11112 --called ORTHANC'],
  async run({ client, output }, given) {
    const answer = await client.call('destination.test', triedOf(given));
    output.json(answer);
    output.line(answer.text, answer.isGood ? 'green' : 'red');
    for (const each of answer.advice) output.line(text(`  → ${each.fr}`, `  → ${each.en}`));
    if (answer.associateMs !== null) {
      const [whole, name] = [Math.round(answer.associateMs + (answer.echoMs ?? 0)), answer.implementation || '–'];
      output.line(text(`${name}, ${whole} ms`, `${name}, ${whole} ms`));
      const not = answer.storage.filter(({ isAccepted }) => !isAccepted).map((each) => each.name);
      if (not.length > 0)
        output.line(text(`Pas accepté : ${not.join(', ')}`, `Not accepted: ${not.join(', ')}`), 'yellow');
    }
    return answer.isGood ? EXIT.ok : EXIT.failed;
  },
};

export const COMMANDS: readonly Command[] = [add, list, remove, test];
