import { type Text, text } from '@leadglass/kit';
import { FEED_CHARSETS, FEED_KINDS, FEED_PROCESSINGS, type Feed, QUIET_HOURS } from '@leadglass/model';
import { z } from 'zod';
import { addressRange, fingerprint } from './address-input.ts';
import { checked, defined, destinationName, fieldDocs } from './checks.ts';
import { identityFields } from './identity-input.ts';

const MOST_PER_SECOND = 100_000;
/** A week. */
const MOST_SILENT_MINUTES = 10_080;

const headerName = checked<string>(
  (value) => /^[\x20-\x7e\u00a0-\uffff]{1,180}$/.test(value),
  text(
    'Un nom d’application ou d’établissement a 1 à 180 caractères.',
    'A name of an application or facility has 1 to 180 characters.',
  ),
)(z.string());

const rate = checked<number>(
  (value) => Number.isInteger(value) && value >= 1 && value <= MOST_PER_SECOND,
  text(
    `Un nombre entier de messages par seconde, de 1 à ${MOST_PER_SECOND}.`,
    `A whole number of messages a second, from 1 to ${MOST_PER_SECOND}.`,
  ),
)(z.number());

const minutes = checked<number>(
  (value) => Number.isInteger(value) && value >= 0 && value <= MOST_SILENT_MINUTES,
  text(
    `Un nombre entier de minutes, de 0 à ${MOST_SILENT_MINUTES}.`,
    `A whole number of minutes, from 0 to ${MOST_SILENT_MINUTES}.`,
  ),
)(z.number());

const hours = checked<string>(
  (value) => QUIET_HOURS.test(value),
  text('Deux heures, comme 22:00-06:00.', 'Two times of day, such as 22:00-06:00.'),
)(z.string());

/** A feed as people write it. */
export const feedInput = z.strictObject({
  name: destinationName.clone().register(fieldDocs, {
    about: text('Le nom que nous lui donnons.', 'The name we give it.'),
    example: 'labo',
  }),
  kind: z.enum(FEED_KINDS).register(fieldDocs, {
    about: text(
      'Ce qu’il est : lab (laboratoire), ris (système de radiologie) ou adt (mouvements des patients). Tout message est lu, d’où qu’il vienne.',
      'What it is: lab (laboratory), ris (radiology system) or adt (comings and goings of patients). Every message is read, whoever sends it.',
    ),
    example: 'lab',
  }),
  from: addressRange.clone().register(fieldDocs, {
    about: text('Adresse ou plage d’adresses d’où il appelle.', 'Address or address range it calls from.'),
    example: '192.0.2.30',
  }),
  certSha256: fingerprint.optional().register(fieldDocs, {
    about: text(
      'Empreinte SHA-256 de son certificat : il n’est alors admis qu’en TLS, avec ce certificat.',
      'SHA-256 fingerprint of its certificate: it is then admitted over TLS alone, with that certificate.',
    ),
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  }),
  trustAnchors: identityFields.trustAnchors.clone().register(fieldDocs, {
    about: text(
      'Autorités qui peuvent avoir signé son certificat, comme pour un correspondant.',
      'Authorities that may have signed its certificate, as of a peer.',
    ),
    example: '[site]',
  }),
  certName: identityFields.certName.clone().register(fieldDocs, {
    about: text(
      'Nom que doit porter ce certificat ; sans choix, le nom du flux.',
      'Name this certificate has to bear; without a choice, the feed’s name.',
    ),
    example: 'labo.example.org',
  }),
  application: headerName.optional().register(fieldDocs, {
    about: text(
      'Application émettrice attendue (MSH-3) ; sans choix, n’importe laquelle.',
      'Sending application expected (MSH-3); without a choice, any.',
    ),
    example: 'LABO',
  }),
  facility: headerName.optional().register(fieldDocs, {
    about: text(
      'Établissement émetteur attendu (MSH-4) ; sans choix, n’importe lequel.',
      'Sending facility expected (MSH-4); without a choice, any.',
    ),
    example: 'CHU',
  }),
  charset: z
    .enum(FEED_CHARSETS)
    .default('windows-1252')
    .register(fieldDocs, {
      about: text(
        'Jeu de caractères des messages qui n’en disent rien et ne sont pas de l’UTF-8 : lus ainsi, et signalés.',
        'Characters of messages that say nothing of them and are not UTF-8: read so, and said to be.',
      ),
      example: 'windows-1252',
    }),
  processing: z
    .enum(FEED_PROCESSINGS)
    .default('production')
    .register(fieldDocs, {
      about: text(
        'production : ce qui est marqué comme essai (MSH-11, INS de test) est mis à l’écart. test : tout est lu.',
        'production: what is marked as a test (MSH-11, a test INS) is set apart. test: all of it is read.',
      ),
      example: 'production',
    }),
  mostPerSecond: rate.default(1000).register(fieldDocs, {
    about: text(
      'Messages lus par seconde au plus ; au-delà, l’émetteur attend.',
      'Messages read a second, at most; beyond that the sender waits.',
    ),
    example: '1000',
  }),
  silentAfterMinutes: minutes.optional().register(fieldDocs, {
    about: text(
      'Minutes sans message après lesquelles son silence est signalé ; 0 : jamais. Sans choix, d’après ce qu’il envoie d’habitude à cette heure.',
      'Minutes without a message after which its silence is told; 0: never. Without a choice, by what it usually sends at that hour.',
    ),
    example: '30',
  }),
  quietHours: hours.optional().register(fieldDocs, {
    about: text(
      'Heures locales pendant lesquelles rien n’est attendu de lui.',
      'Local hours in which nothing is expected of it.',
    ),
    example: '22:00-06:00',
  }),
});

/** A feed, from validated input. */
export function toFeed(input: z.output<typeof feedInput>): Feed {
  return defined(input);
}

/** What a changed feed opens, or shuts. */
export function dangersOfFeed(before: Feed | undefined, after: Feed): readonly Text[] {
  const isFree = after.certSha256 === undefined && after.trustAnchors === undefined;
  const wasBound = before?.certSha256 !== undefined || before?.trustAnchors !== undefined;
  return [
    ...(/\/0$/.test(after.from) && isFree && before?.from !== after.from ? [ANYBODY] : []),
    ...(wasBound && isFree ? [UNBOUND] : []),
    ...(after.processing === 'test' && before?.processing === 'production' ? [TESTS] : []),
    ...(after.silentAfterMinutes === 0 && before?.silentAfterMinutes !== 0 ? [UNHEARD] : []),
  ];
}

export const FEED_REMOVED = text('Ce qu’il envoie sera refusé.', 'What it sends will be refused.');
const ANYBODY = text(
  'Toute adresse pourra envoyer des résultats, sans certificat.',
  'Any address may send results, without a certificate.',
);
const UNHEARD = text('S’il cesse d’envoyer, personne n’en sera averti.', 'If it stops sending, nobody will be told.');
const UNBOUND = text(
  'Il n’aura plus à prouver qui il est par un certificat.',
  'It will no longer have to prove who it is with a certificate.',
);
const TESTS = text(
  'Les messages d’essai iront dans les dossiers des patients.',
  'Messages of tests will go into the charts of patients.',
);
