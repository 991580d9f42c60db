import { text } from '@leadglass/kit';
import { readCrl } from '@leadglass/wire';
import { readInput } from '../cert/hand-out.ts';
import type { Command } from '../command.ts';
import { CliFailure, EXIT } from '../exits.ts';
import { timeWords } from '../words.ts';
import { destinationNameOf, sayChange, sayRemoved } from './values.ts';

const add: Command = {
  name: 'cert trust add',
  usage: 'NAME FILE',
  summary: text(
    'importe l’autorité de quelqu’un d’autre (PKI de l’hôpital, IGC-Santé…)',
    'imports somebody else’s authority (the hospital’s PKI, IGC-Santé…)',
  ),
  notes: text(
    'FILE : certificats PEM de l’autorité et de ses intermédiaires, ou un seul en DER. Elle ne vaut que pour les correspondants qui la nomment : peer add … --trust NAME.',
    'FILE: PEM certificates of the authority and its intermediates, or one alone in DER. It counts for the peers that name it alone: peer add … --trust NAME.',
  ),
  options: {},
  positionals: [2, 2],
  examples: ['cert trust add hospital hospital-ca.pem'],
  async run({ client, output }, given) {
    const name = destinationNameOf(given.at(0));
    const file = (await readInput(given.at(1))).toString('base64');
    const answer = await client.call('trust.add', { name, file });
    sayChange(output, name, answer);
    for (const { subject, isAnchor, sha256 } of answer.anchor.authorities)
      output.line(`  ${isAnchor ? '*' : ' '} ${sha256.slice(0, 16)}  ${subject}`, 'grey');
    return EXIT.ok;
  },
};

const list: Command = {
  name: 'cert trust list',
  usage: '',
  summary: text(
    'les autorités importées et leurs listes de révocation',
    'the imported authorities and their revocation lists',
  ),
  options: {},
  positionals: [0, 0],
  examples: ['cert trust list'],
  async run({ client, output }) {
    const answer = await client.call('trust.list', {});
    output.json(answer);
    output.table(
      [
        text('nom', 'name'),
        text('autorité', 'authority'),
        text('jusqu’au', 'until'),
        text('révoqués', 'revoked'),
        text('liste suivante', 'next list'),
      ],
      answer.anchors.flatMap(({ name, authorities }) =>
        authorities.map(({ subject, notAfterMs, revoked, listNextUpdateMs, isAnchor }) => [
          isAnchor ? name : `${name} (+)`,
          subject.slice(0, 60),
          timeWords(notAfterMs),
          String(revoked),
          listNextUpdateMs === 0 ? '–' : timeWords(listNextUpdateMs),
        ]),
      ),
    );
    return EXIT.ok;
  },
};

const remove: Command = {
  name: 'cert trust remove',
  usage: 'NAME',
  summary: text('retire une autorité importée', 'removes an imported authority'),
  options: {},
  positionals: [1, 1],
  examples: ['cert trust remove hospital'],
  async run({ client, output }, given) {
    const name = destinationNameOf(given.at(0));
    sayRemoved(output, name, await client.call('trust.remove', { name }));
    return EXIT.ok;
  },
};

const importCrl: Command = {
  name: 'cert crl import',
  usage: 'FILE',
  summary: text(
    'prend la liste de révocation d’une autorité importée',
    'takes the revocation list of an imported authority',
  ),
  notes: text(
    'En vigueur aussitôt ; ce qu’elle révoque est déconnecté. À refaire à chaque nouvelle liste, par exemple chaque jour.',
    'In force at once; what it revokes is disconnected. To be done again with each new list, for example every day.',
  ),
  options: {},
  positionals: [1, 1],
  examples: ['cert crl import hospital.crl'],
  async run({ client, output }, given) {
    const bytes = await readInput(given.at(0));
    const { anchors } = await client.call('trust.list', {});
    const crl = await readCrl(
      bytes,
      anchors.flatMap(({ authorities }) => authorities.map(({ certPem }) => certPem)),
    );
    if ('en' in crl) throw new CliFailure(EXIT.failed, crl, 'cli.bad-list');
    const { authority, thisUpdateMs, nextUpdateMs, digests } = crl;
    const asked = { authority, thisUpdateMs, nextUpdateMs, digests: digests.toString('base64') };
    const answer = await client.call('trust.crl', asked as Parameters<typeof client.call<'trust.crl'>>[1]);
    output.json(answer);
    output.line(text(`certificats révoqués : ${answer.revoked}`, `revoked certificates: ${answer.revoked}`), 'green');
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [add, list, remove, importCrl];
