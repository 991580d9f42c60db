import { type Text, text } from '@leadglass/kit';
import {
  HL7_ACKNOWLEDGEMENTS,
  HL7_CHARSETS,
  HL7_PROCESSINGS,
  HL7_TOLD,
  HL7_VERSIONS,
  type Hl7Destination,
} from '@leadglass/model';
import { z } from 'zod';
import { fingerprint } from './address-input.ts';
import { checked, defined, destinationName, fieldDocs, REPEATED, unique } from './checks.ts';
import { host, port } from './host-input.ts';
import { outageFields, outsideField } from './outage-input.ts';

const headerName = checked<string>(
  (value) => /^[\x20-\x7e\u00a0-\uffff]{1,180}$/.test(value),
  text(
    'Un nom d’application ou d’établissement a 1 à 180 caractères.',
    'A name of an application or facility has 1 to 180 characters.',
  ),
)(z.string());

const authority = checked<string>(
  (value) => /^[^|^~\\&\x00-\x1f\x7f]{1,64}(&[0-9]+(\.[0-9]+)+&ISO)?$/.test(value) && value.length <= 140,
  text('Une autorité est un nom, ou NOM&OID&ISO.', 'An authority is a name, or NAME&OID&ISO.'),
)(z.string());

/** A receiver of HL7 as people write it. */
export const hl7DestinationInput = z.strictObject({
  name: destinationName.clone().register(fieldDocs, {
    about: text('Le nom que nous lui donnons.', 'The name we give it.'),
    example: 'ris-hl7',
  }),
  host: host.clone().register(fieldDocs, {
    about: text('Nom ou adresse de la machine.', 'Name or address of the machine.'),
    example: 'ris.example.org',
  }),
  port: port.clone().register(fieldDocs, { about: text('Port TCP (MLLP).', 'TCP port (MLLP).'), example: '2575' }),
  tls: z
    .boolean()
    .default(false)
    .register(fieldDocs, { about: text('Connexion chiffrée (TLS).', 'Encrypted connection (TLS).'), example: 'true' }),
  certSha256: fingerprint.optional().register(fieldDocs, {
    about: text(
      'Empreinte SHA-256 du certificat attendu ; sans elle, l’autorité du site doit l’avoir signé. Demande tls: true.',
      'SHA-256 fingerprint of the expected certificate; without it the site’s authority must have signed it. Needs tls: true.',
    ),
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  }),
  application: headerName.default('LEADGLASS').register(fieldDocs, {
    about: text('Notre nom d’application (MSH-3).', 'Our name of an application (MSH-3).'),
    example: 'LEADGLASS',
  }),
  facility: headerName.optional().register(fieldDocs, {
    about: text('Notre établissement (MSH-4).', 'Our facility (MSH-4).'),
    example: 'CHU',
  }),
  receivingApplication: headerName.optional().register(fieldDocs, {
    about: text('Son nom d’application (MSH-5).', 'Its name of an application (MSH-5).'),
    example: 'RIS',
  }),
  receivingFacility: headerName.optional().register(fieldDocs, {
    about: text('Son établissement (MSH-6).', 'Its facility (MSH-6).'),
    example: 'CHU',
  }),
  version: z
    .enum(HL7_VERSIONS)
    .default('2.5')
    .register(fieldDocs, {
      about: text('Version de HL7 v2 (MSH-12).', 'Version of HL7 v2 (MSH-12).'),
      example: "'2.5'",
    }),
  charset: z
    .enum(HL7_CHARSETS)
    .default('8859/1')
    .register(fieldDocs, {
      about: text(
        'Jeu de caractères (MSH-18). Un message qui contient un caractère qui n’y est pas part en UNICODE UTF-8, et le dit.',
        'Character set (MSH-18). A message with a character that is not in it goes out as UNICODE UTF-8, and says so.',
      ),
      example: '8859/1',
    }),
  acknowledgement: z
    .enum(HL7_ACKNOWLEDGEMENTS)
    .default('original')
    .register(fieldDocs, {
      about: text(
        'original : il répond AA, AE ou AR. enhanced : il dit seulement qu’il garde le message (CA, CE, CR).',
        'original: it answers AA, AE or AR. enhanced: it only says that it keeps the message (CA, CE, CR).',
      ),
      example: 'original',
    }),
  processing: z
    .enum(HL7_PROCESSINGS)
    .default('production')
    .register(fieldDocs, {
      about: text(
        'production, ou test : les messages sont marqués comme essais (MSH-11 = T).',
        'production, or test: messages are marked as trials (MSH-11 = T).',
      ),
      example: 'production',
    }),
  messages: z
    .array(z.enum(HL7_TOLD))
    .min(1)
    .refine(unique, { params: { text: REPEATED } })
    .default([...HL7_TOLD])
    .register(fieldDocs, {
      about: text(
        'Ce qu’il reçoit : registrations (ADT^A04, A08, A11 : patients enregistrés ici), orders (ORM^O01), merges (ADT^A40 : qui ils sont).',
        'What it takes: registrations (ADT^A04, A08, A11: patients registered here), orders (ORM^O01), merges (ADT^A40: who they are).',
      ),
      example: '[registrations, orders, merges]',
    }),
  patientAuthority: authority.optional().register(fieldDocs, {
    about: text(
      'Autorité qui donne les numéros de patients (PID-3.4), quand l’identité rapprochée ne la dit pas : NOM ou NOM&OID&ISO.',
      'Who gives the numbers of patients (PID-3.4), where the reconciled identity does not say: NAME or NAME&OID&ISO.',
    ),
    example: 'CHU&1.2.250.1.999.1&ISO',
  }),
  system: destinationName
    .clone()
    .optional()
    .register(fieldDocs, {
      about: text(
        'La destination qui est le même système : tant qu’elle est en panne, rien ne lui est envoyé.',
        'The destination that is the same system: while that is down nothing is sent to it.',
      ),
      example: 'pacs',
    }),
  ...outsideField,
  giveBackPerMinute: outageFields.giveBackPerMinute.clone().register(fieldDocs, {
    about: text(
      'Messages par minute, au plus. Sans choix, il lui est laissé autant de temps que chaque message en a pris.',
      'Messages a minute, at most. Without a choice it is left as much time as each message took.',
    ),
    example: '60',
  }),
});

/** A receiver of HL7, from validated input. */
export function toHl7Destination(input: z.output<typeof hl7DestinationInput>): Hl7Destination {
  return defined(input);
}

/** What a changed receiver opens, or shuts. */
export function dangersOfHl7Destination(before: Hl7Destination | undefined, after: Hl7Destination): readonly Text[] {
  return [
    ...(after.outside === true && !after.tls ? [IN_THE_CLEAR] : []),
    ...(before?.tls === true && !after.tls ? [TLS_DROPPED] : []),
    ...(before?.processing === 'production' && after.processing === 'test' ? [TESTS] : []),
  ];
}

export const HL7_DESTINATION_REMOVED = text(
  'Ce qui l’attend ne lui parviendra pas tant qu’il n’est pas remis.',
  'What waits for it will not reach it unless it is put back.',
);
const IN_THE_CLEAR = text(
  'Des identités de patients sortiront du site sans chiffrement.',
  'Identities of patients will leave the site without encryption.',
);
const TLS_DROPPED = text(
  'Les identités de patients ne seront plus chiffrées en chemin.',
  'Identities of patients will no longer be encrypted on their way.',
);
const TESTS = text(
  'Il tiendra ce qui est enregistré ici pour des essais.',
  'It will take what is registered here for trials.',
);
