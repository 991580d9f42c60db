import { text } from '@leadglass/kit';
import { WHEN_OTHER_DEVICE } from '@leadglass/model';
import { z } from 'zod';
import { checked, destinationName, fieldDocs, REPEATED, unique } from './checks.ts';

const certName = checked<string>(
  (value) => /^[\x20-\x7e\u00a0-\uffff]{1,128}$/.test(value),
  text('Un nom de certificat a 1 à 128 caractères.', 'A certificate name has 1 to 128 characters.'),
)(z.string());

/** How a peer proves who it is, as people write it. */
export const identityFields = {
  trustAnchors: z
    .array(destinationName)
    .min(1)
    .max(16)
    .refine(unique, { params: { text: REPEATED } })
    .optional()
    .register(fieldDocs, {
      about: text(
        'Autorités qui peuvent avoir signé son certificat : « site » (la nôtre) ou les noms donnés à cert trust add. Il n’est alors admis qu’en TLS, avec un certificat qui porte son nom.',
        'Authorities that may have signed its certificate: "site" (ours) or the names given to cert trust add. It is then admitted over TLS alone, with a certificate that bears its name.',
      ),
      example: '[site]',
    }),
  certName: certName.optional().register(fieldDocs, {
    about: text(
      'Nom que doit porter ce certificat (CN ou subjectAltName) ; sans choix, son titre AE.',
      'Name this certificate has to bear (CN or subjectAltName); without a choice, its AE title.',
    ),
    example: 'ct1.radiology.example.org',
  }),
  whenOtherDevice: z
    .enum(WHEN_OTHER_DEVICE)
    .optional()
    .register(fieldDocs, {
      about: text(
        'Quand ses objets disent venir d’un autre appareil que d’habitude (fabricant, modèle, numéro de série) : tell (signaler et transmettre, par défaut : un appareil réparé change de numéro) ou hold (retenir).',
        'When its objects say they come from another device than usual (maker, model, serial number): tell (say so and pass on, the default: a repaired device has another number) or hold.',
      ),
      example: 'tell',
    }),
};
