import { text } from '@leadglass/kit';
import type { Command, Given } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import { FLOW_OPTIONS, flowChoiceOf } from './flow-choice.ts';
import { certificateWords, devices, IDENTITY_OPTIONS, identityOf } from './peer-identity.ts';
import { aeTitleOf, OUTSIDE_OPTIONS, outsideOf, sayChange, sayRemoved, servicesOf, sha256Of } from './values.ts';

function whenHeldOf(given: Given): 'keep-sending' | 'tell' | undefined {
  const value = given.value('when-held');
  if (value === undefined || value === 'keep-sending' || value === 'tell') return value;
  throw usageFailure(text('--when-held : keep-sending ou tell.', '--when-held: keep-sending or tell.'));
}

const add: Command = {
  name: 'peer add',
  usage: 'AET --from CIDR --allow echo,store[,…] [--cert-sha256 HEX]',
  summary: text('admet un correspondant', 'admits a peer'),
  notes: text(
    'Un correspondant est un titre AE et une plage d’adresses ; les ajouter de nouveau modifie ses droits.\nPrend effet aussitôt.',
    'A peer is an AE title and an address range; adding the pair again changes its rights.\nTakes effect at once.',
  ),
  options: {
    from: {
      value: 'CIDR',
      help: text('d’où il appelle : 192.0.2.0/24, ou une adresse', 'where it calls from: 192.0.2.0/24, or an address'),
    },
    allow: {
      value: 'LIST',
      help: text('ses droits : echo, store, find, move, get…', 'its rights: echo, store, find, move, get…'),
    },
    'cert-sha256': {
      value: 'HEX',
      help: text('empreinte du certificat : TLS avec lui seul', 'certificate fingerprint: TLS with that one alone'),
    },
    ...IDENTITY_OPTIONS,
    'when-held': {
      value: 'keep-sending|tell',
      help: text('réponse quand un objet est retenu (keep-sending)', 'answer when an object is held (keep-sending)'),
    },
    ...OUTSIDE_OPTIONS,
    ...FLOW_OPTIONS,
    'private-sop-class': {
      value: 'UID|*',
      isMultiple: true,
      help: text('classe SOP privée admise', 'private SOP class admitted'),
    },
  },
  positionals: [1, 1],
  examples: ['peer add CT1 --from 10.1.2.0/24 --allow echo,store'],
  async run({ client, output }, given) {
    const certificate = given.value('cert-sha256');
    const whenHeld = whenHeldOf(given);
    const aeTitle = aeTitleOf(given.at(0));
    const answer = await client.call('peer.add', {
      aeTitle,
      from: given.required('from'),
      allow: servicesOf(given.required('allow')),
      privateSopClasses: given.list('private-sop-class'),
      ...(certificate === undefined ? {} : { certSha256: sha256Of(certificate) }),
      ...(whenHeld === undefined ? {} : { whenHeld }),
      ...identityOf(given),
      ...outsideOf(given),
      ...flowChoiceOf(given),
    });
    sayChange(output, aeTitle, answer);
    return EXIT.ok;
  },
};

const list: Command = {
  name: 'peer list',
  usage: '',
  summary: text('les correspondants admis', 'the peers admitted'),
  options: {},
  positionals: [0, 0],
  examples: ['peer list'],
  async run({ client, output }) {
    const answer = await client.call('peer.list', {});
    output.json(answer);
    output.table(
      [
        text('titre AE', 'AE title'),
        text('depuis', 'from'),
        text('droits', 'rights'),
        text('retenue', 'when held'),
        text('sévérité', 'strictness'),
        text('certificat', 'certificate'),
      ],
      answer.peers.map((peer) => [
        peer.aeTitle,
        peer.from,
        peer.allow.join(','),
        peer.whenHeld,
        peer.strictness ?? 'balanced',
        certificateWords(peer),
      ]),
    );
    return EXIT.ok;
  },
};

const remove: Command = {
  name: 'peer remove',
  usage: 'AET [--from CIDR]',
  summary: text('n’admet plus un correspondant', 'admits a peer no longer'),
  options: { from: { value: 'CIDR', help: text('cette plage seulement', 'this range only') } },
  positionals: [1, 1],
  examples: ['peer remove CT1'],
  async run({ client, output }, given) {
    const from = given.value('from');
    const aeTitle = aeTitleOf(given.at(0));
    const answer = await client.call('peer.remove', { aeTitle, ...(from === undefined ? {} : { from }) });
    sayRemoved(output, aeTitle, answer);
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [add, list, remove, devices];
