import { text } from '@leadglass/kit';
import { RELAY_CALLINGS, RELAYED_SERVICES, type Relay } from '@leadglass/model';
import { z } from 'zod';
import { aeTitle, defined, destinationName, fieldDocs, REPEATED, unique } from './checks.ts';

const NAMES = RELAYED_SERVICES.join(', ');

/** A relay as people write it. */
export const relayInput = z.strictObject({
  from: z.union([z.literal('*'), aeTitle]).register(fieldDocs, {
    about: text('Titre AE de l’appareil, ou « * » pour tous.', 'The device’s AE title, or "*" for every peer.'),
    example: "'*'",
  }),
  services: z
    .array(z.enum(RELAYED_SERVICES))
    .min(1)
    .refine(unique, { params: { text: REPEATED } })
    .register(fieldDocs, {
      about: text(
        `Ce qui est transmis : ${NAMES}. Il faut aussi le droit de l’appareil (allow).`,
        `What is passed on: ${NAMES}. The device needs the right (allow) too.`,
      ),
      example: '[worklist, mpps]',
    }),
  to: destinationName.clone().register(fieldDocs, {
    about: text(
      'Nom de la destination qui répond à sa place ; le premier relais qui convient décide.',
      'Name of the destination that answers in our place; the first relay that fits decides.',
    ),
    example: 'pacs',
  }),
  calling: z
    .enum(RELAY_CALLINGS)
    .optional()
    .register(fieldDocs, {
      about: text(
        'Le titre AE que voit l’amont : gateway (par défaut, celui de la destination) ou peer (celui de l’appareil, pour un système qui répond selon l’appareil).',
        'The AE title the upstream sees: gateway (the default, the destination’s `calling`) or peer (the device’s own, for a system that answers by device).',
      ),
      example: 'peer',
    }),
});

/** A relay, from validated input. */
export function toRelay(input: z.output<typeof relayInput>): Relay {
  return defined(input);
}
