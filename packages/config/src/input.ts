import { text } from '@leadglass/kit';
import {
  type AeTitle,
  DECISION_RULES,
  type Destination,
  isUid,
  type Peer,
  type Route,
  SERVICES,
  STRICTNESSES,
  WHEN_UNFINISHED,
} from '@leadglass/model';
import { z } from 'zod';
import { addressRange, fingerprint } from './address-input.ts';
import { bindingFields } from './binding-input.ts';
import { aeTitle, checked, defined, destinationName, fieldDocs, REPEATED, unique } from './checks.ts';
import { clamavInput } from './clamav-input.ts';
import { continuityInput } from './continuity-input.ts';
import { feedInput } from './feed-input.ts';
import { hl7DestinationInput } from './hl7-destination-input.ts';
import { host, port } from './host-input.ts';
import { identityFields } from './identity-input.ts';
import { outageFields, outsideField } from './outage-input.ts';
import { quirkInput } from './quirk-input.ts';
import { relayInput } from './relay-input.ts';
import { retentionInput } from './retention-input.ts';

const MOST_PRIVATE_CLASSES = 1000;
export const DEFAULT_CALLING = 'LEADGLASS' as AeTitle;

const privateClass = checked<string>(
  (value) => value === '*' || isUid(value),
  text(
    'Une classe SOP est un UID (chiffres et points, 64 caractères au plus) ou « * ».',
    'A SOP class is a UID (digits and dots, at most 64 characters) or "*".',
  ),
)(z.string());

const service = z.enum(SERVICES);

/** What a peer and a route may choose alike. */
const flowFields = {
  strictness: z
    .enum(STRICTNESSES)
    .optional()
    .register(fieldDocs, {
      about: text(
        'Sévérité du jugement : strict (tout objet douteux est retenu), balanced (par défaut), permissive (un objet douteux passe, et c’est consigné). Le choix le plus sévère l’emporte entre un correspondant et ses routes.',
        'How hard objects are judged: strict (every doubtful object is held), balanced (the default), permissive (a doubtful object passes, and it is recorded). Between a peer and its routes the hardest choice decides.',
      ),
      example: 'balanced',
    }),
  whenUnfinished: z
    .enum(WHEN_UNFINISHED)
    .optional()
    .register(fieldDocs, {
      about: text(
        'Quand un contrôle ne peut pas aller au bout : deliver (transmettre) ou hold (retenir). Sans choix, une image passe et un document est retenu.',
        'When a check cannot be completed: deliver or hold. Without a choice an image passes and a document is held.',
      ),
      example: 'deliver',
    }),
  release: z
    .enum(DECISION_RULES)
    .optional()
    .register(fieldDocs, {
      about: text(
        'Qui libère un objet retenu : one-person (par défaut) ou two-persons (une personne demande, une autre approuve, chacune avec sa clé : operator add). Inscrivez d’abord deux opérateurs. Le choix le plus sévère l’emporte, et vaut pour ce qui est déjà retenu.',
        'Who releases a held object: one-person (the default) or two-persons (one asks, another approves, each with a key of their own: operator add). Register two operators first. The hardest choice decides, and stands for what is held already.',
      ),
      example: 'two-persons',
    }),
  destroy: z
    .enum(DECISION_RULES)
    .optional()
    .register(fieldDocs, {
      about: text('Qui détruit un objet retenu, de même.', 'Who destroys a held object, likewise.'),
      example: 'two-persons',
    }),
};

/** A peer as people write it; the rest is filled in. */
export const peerInput = z.strictObject({
  aeTitle: aeTitle.clone().register(fieldDocs, {
    about: text(
      'Titre AE de l’appareil, tel qu’il se présente (calling AE title).',
      'AE title of the device as it presents itself (calling AE title).',
    ),
    example: 'CT1',
  }),
  from: addressRange.register(fieldDocs, {
    about: text('Adresse ou plage d’adresses d’où il appelle.', 'Address or address range it calls from.'),
    example: '192.0.2.0/24',
  }),
  certSha256: fingerprint.optional().register(fieldDocs, {
    about: text(
      'Empreinte SHA-256 de son certificat : il n’est alors admis qu’en TLS, avec ce certificat.',
      'SHA-256 fingerprint of its certificate: it is then admitted over TLS alone, with that certificate.',
    ),
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  }),
  allow: z
    .array(service)
    .min(1)
    .refine(unique, { params: { text: REPEATED } })
    .default(['echo', 'store'])
    .register(fieldDocs, {
      about: text(`Ce qu’il peut demander : ${SERVICES.join(', ')}.`, `What it may ask for: ${SERVICES.join(', ')}.`),
      example: '[echo, store]',
    }),
  whenHeld: z
    .enum(['keep-sending', 'tell'])
    .default('keep-sending')
    .register(fieldDocs, {
      about: text(
        'Réponse quand un objet est retenu : keep-sending (succès, pour un appareil) ou tell (statut 0124, pour un émetteur qui archive lui-même).',
        'Answer when an object is held: keep-sending (success, for a device) or tell (status 0124, for a sender with its own archive).',
      ),
      example: 'keep-sending',
    }),
  privateSopClasses: z
    .array(privateClass)
    .max(MOST_PRIVATE_CLASSES)
    .refine(unique, { params: { text: REPEATED } })
    .default([])
    .register(fieldDocs, {
      about: text(
        'Classes SOP privées qu’il peut envoyer ; « * » pour toutes.',
        'Private SOP classes it may send; "*" for any.',
      ),
      example: '[1.3.46.670589.5.0.1]',
    }),
  ...outsideField,
  ...identityFields,
  ...flowFields,
  ...bindingFields,
});

/** A destination as people write it. */
export const destinationInput = z.strictObject({
  name: destinationName
    .clone()
    .register(fieldDocs, { about: text('Le nom que nous lui donnons.', 'The name we give it.'), example: 'pacs' }),
  host: host.register(fieldDocs, {
    about: text('Nom ou adresse de la machine.', 'Name or address of the machine.'),
    example: 'pacs.example.org',
  }),
  port: port.register(fieldDocs, { about: text('Port TCP.', 'TCP port.'), example: '11112' }),
  called: aeTitle.clone().register(fieldDocs, {
    about: text('Son titre AE (called AE title).', 'Its AE title (called AE title).'),
    example: 'PACS',
  }),
  calling: aeTitle.default(DEFAULT_CALLING).register(fieldDocs, {
    about: text('Le titre AE sous lequel nous l’appelons.', 'The AE title we call it with.'),
    example: 'LEADGLASS',
  }),
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
  commitment: z
    .boolean()
    .default(false)
    .register(fieldDocs, {
      about: text(
        'Demander l’engagement de stockage (storage commitment) après la livraison.',
        'Ask for storage commitment after delivery.',
      ),
      example: 'true',
    }),
  ...outageFields,
});

/** A route as people write it. */
export const routeInput = z.strictObject({
  from: z.union([z.literal('*'), aeTitle]).register(fieldDocs, {
    about: text('Titre AE de l’émetteur, ou « * » pour tous.', 'The sender’s AE title, or "*" for every peer.'),
    example: "'*'",
  }),
  to: destinationName
    .clone()
    .register(fieldDocs, { about: text('Nom d’une destination.', 'A destination’s name.'), example: 'pacs' }),
  ...flowFields,
});

/** The whole file's shape. */
export const MOST_ITEMS = 10_000;
export const configInput = z.strictObject({
  peers: z.array(peerInput).max(MOST_ITEMS).default([]),
  destinations: z.array(destinationInput).max(MOST_ITEMS).default([]),
  routes: z.array(routeInput).max(MOST_ITEMS).default([]),
  relays: z.array(relayInput).max(MOST_ITEMS).default([]),
  quirks: z.array(quirkInput).max(MOST_ITEMS).default([]),
  clamav: clamavInput.optional(),
  feeds: z.array(feedInput).max(MOST_ITEMS).default([]),
  hl7Destinations: z.array(hl7DestinationInput).max(MOST_ITEMS).default([]),
  continuity: continuityInput.optional(),
  retention: retentionInput.optional(),
});

/** A peer with its defaults, from validated input. */
export function toPeer(input: z.output<typeof peerInput>): Peer {
  return defined(input);
}

/** A destination with its defaults, from validated input. */
export function toDestination(input: z.output<typeof destinationInput>): Destination {
  return defined(input);
}

/** A route, from validated input. */
export function toRoute(input: z.output<typeof routeInput>): Route {
  return defined(input);
}
