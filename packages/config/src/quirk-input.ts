import { text } from '@leadglass/kit';
import type { Quirk } from '@leadglass/model';
import { z } from 'zod';
import { aeTitle, checked, defined, destinationName, fieldDocs, REPEATED, unique } from './checks.ts';

const shortText = checked<string>(
  (value) => value.trim() !== '' && value.length <= 64 && !/[^\x20-\x7e]/.test(value),
  text('Il faut 1 à 64 caractères ASCII imprimables.', 'This must be 1 to 64 printable ASCII characters.'),
)(z.string());

const findingCode = checked<string>(
  (value) => /^[a-z][a-z0-9-]{0,39}\.[a-z][a-z0-9-]{0,59}$/.test(value),
  text(
    'Un code d’anomalie s’écrit comme il est affiché : structure.blank-vr.',
    'A finding’s code is written as it is shown: structure.blank-vr.',
  ),
)(z.string());

const MOST_CODES = 100;

/** What the site accepts of a device, as people write it. */
export const quirkInput = z.strictObject({
  name: destinationName.clone().register(fieldDocs, {
    about: text('Le nom que nous lui donnons.', 'The name we give it.'),
    example: 'ct1-padding',
  }),
  peer: aeTitle
    .clone()
    .optional()
    .register(fieldDocs, {
      about: text(
        'Titre AE de l’émetteur. Il faut au moins lui ou le fabricant.',
        'The sender’s AE title. It or the manufacturer is needed.',
      ),
      example: 'CT1',
    }),
  manufacturer: shortText
    .clone()
    .optional()
    .register(fieldDocs, {
      about: text(
        'Fabricant que l’objet indique ; « * » pour n’importe quels caractères.',
        'Manufacturer the object tells; "*" for any characters.',
      ),
      example: "'ACME*'",
    }),
  model: shortText
    .clone()
    .optional()
    .register(fieldDocs, { about: text('Modèle, de même.', 'Model, likewise.'), example: "'Scan 3000'" }),
  software: shortText
    .clone()
    .optional()
    .register(fieldDocs, {
      about: text('Version du logiciel, de même.', 'Software version, likewise.'),
      example: "'1.*'",
    }),
  accept: z
    .array(findingCode)
    .min(1)
    .max(MOST_CODES)
    .refine(unique, { params: { text: REPEATED } })
    .register(fieldDocs, {
      about: text(
        'Codes des anomalies qui ne comptent plus pour cet appareil. Ce qui est dangereux ou illisible compte toujours.',
        'Codes of findings that no longer count for this device. What is dangerous or unreadable always counts.',
      ),
      example: '[structure.blank-vr]',
    }),
  path: shortText
    .clone()
    .optional()
    .register(fieldDocs, {
      about: text('Seulement pour l’élément à cet endroit.', 'For the element at this place alone.'),
      example: "'(0028,0120)'",
    }),
});

/** What the site accepts of a device, from validated input. */
export function toQuirk(input: z.output<typeof quirkInput>): Quirk {
  return defined(input);
}
