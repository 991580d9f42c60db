import type { AnswerOf, RequestOf } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import type { Command, Given, Options } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import { timeWords } from '../words.ts';
import { aeTitleOf, destinationNameOf } from './values.ts';

/** How a peer proves who it is. */
export const IDENTITY_OPTIONS: Options = {
  trust: {
    value: 'NAME',
    isMultiple: true,
    help: text(
      'TLS seul, avec un certificat de cette autorité (site, ou cert trust add) à son nom',
      'TLS alone, with a certificate of this authority (site, or cert trust add) in its name',
    ),
  },
  'cert-name': {
    value: 'NAME',
    help: text('ce nom-là (sinon son titre AE)', 'that name (else its AE title)'),
  },
  'when-other-device': {
    value: 'tell|hold',
    help: text(
      'quand ses objets viennent d’un autre appareil (tell)',
      'when its objects come from another device (tell)',
    ),
  },
};

/** What was chosen of it. Throws CliFailure (exit 2). */
export function identityOf(given: Given): Pick<RequestOf<'peer.add'>, 'trustAnchors' | 'certName' | 'whenOtherDevice'> {
  const trust = given.list('trust').map(destinationNameOf);
  const certName = given.value('cert-name');
  const other = given.value('when-other-device');
  if (other !== undefined && other !== 'tell' && other !== 'hold')
    throw usageFailure(text('--when-other-device : tell ou hold.', '--when-other-device: tell or hold.'));
  return {
    ...(trust.length === 0 ? {} : { trustAnchors: trust }),
    ...(certName === undefined ? {} : { certName }),
    ...(other === undefined ? {} : { whenOtherDevice: other }),
  };
}

/** What a peer has to show, in a word. */
export function certificateWords({
  certSha256,
  trustAnchors,
}: Pick<AnswerOf<'peer.list'>['peers'][number], 'certSha256' | 'trustAnchors'>): string {
  const pinned = certSha256 === undefined ? [] : [`${certSha256.slice(0, 16)}…`];
  const words = [...pinned, ...(trustAnchors ?? [])];
  return words.length === 0 ? '–' : words.join(', ');
}

/** The devices behind the titles, as their objects say. */
export const devices: Command = {
  name: 'peer devices',
  usage: '[AET]',
  summary: text('les appareils vus sous chaque titre', 'the devices seen under each title'),
  notes: text(
    'Fabricant, modèle et, sans l’afficher, numéro de série : ce que disent les objets reçus.',
    'Maker, model and, without showing it, serial number: what the objects received say.',
  ),
  options: {},
  positionals: [0, 1],
  examples: ['peer devices', 'peer devices CT1'],
  async run({ client, output }, given) {
    const title = given.positionals.length === 0 ? undefined : aeTitleOf(given.at(0));
    const answer = await client.call('device.list', {});
    const shown = answer.devices.filter(({ peer }) => title === undefined || peer === title);
    output.json({ devices: shown });
    output.table(
      [
        text('titre AE', 'AE title'),
        text('fabricant', 'maker'),
        text('modèle', 'model'),
        text('appareil', 'device'),
        text('depuis', 'since'),
      ],
      shown.map(({ peer, manufacturer, model, digest, firstSeenMs }) => [
        ...[peer, manufacturer, model, digest.slice(0, 8)],
        timeWords(firstSeenMs),
      ]),
    );
    return EXIT.ok;
  },
};
