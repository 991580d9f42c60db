import { text } from '@leadglass/kit';
import { DEFAULT_CONTINUITY } from '@leadglass/model';
import { z } from 'zod';
import { checked, fieldDocs } from './checks.ts';
import { drillInput } from './drill-input.ts';

const MOST_BYTES = 10 ** 15;

const whole = (least: number, most: number) =>
  checked<number>(
    (value) => Number.isInteger(value) && value >= least && value <= most,
    text(`Un nombre entier de ${least} à ${most}.`, `A whole number from ${least} to ${most}.`),
  )(z.number());

/** The continuity set as people write it. */
export const continuityInput = z.strictObject({
  days: whole(1, 365)
    .default(DEFAULT_CONTINUITY.days)
    .register(fieldDocs, {
      about: text(
        'Jours dont les images et les comptes rendus sont tenus prêts pour le jour où tout le reste est en panne.',
        'Days whose images and reports are kept ready for the day everything else is down.',
      ),
      example: '14',
    }),
  budgetBytes: whole(1_000_000, MOST_BYTES)
    .default(DEFAULT_CONTINUITY.budgetBytes)
    .register(fieldDocs, {
      about: text(
        'Taille la plus grande de cet ensemble, en octets. La dernière étude d’un patient présent en fait partie quoi qu’il en soit.',
        'Largest size of that set, in bytes. The newest study of a patient in the house is in it whatever happens.',
      ),
      example: '500000000000',
    }),
  priorsPerPatient: whole(0, 50)
    .default(DEFAULT_CONTINUITY.priorsPerPatient)
    .register(fieldDocs, {
      about: text(
        'Études antérieures de chaque patient attendu ou présent, celles de la même modalité d’abord.',
        'Earlier studies of each patient who is expected or in the house, those of the same modality first.',
      ),
      example: '3',
    }),
  autonomyDays: whole(1, 365)
    .default(DEFAULT_CONTINUITY.autonomyDays)
    .register(fieldDocs, {
      about: text(
        'Jours que le site veut pouvoir tenir seul ; la jauge s’y mesure.',
        'Days the site means to hold out on its own; the gauge is measured against them.',
      ),
      example: '42',
    }),
  drill: drillInput.optional().register(fieldDocs, {
    about: text(
      'Exercices du mauvais jour (`leadglass drill`) : `on` (never, daily, ou un jour : monday…), `at` l’heure de la machine, `imageSeconds` et `labSeconds` les temps que le site vise, `tell` qui prévenir quand un exercice échoue. Sans lui, aucun de lui-même, et 120 s pour chacun.',
      'Drills of the bad day (`leadglass drill`): `on` (never, daily, or a day: monday…), `at` the time of the machine, `imageSeconds` and `labSeconds` the times the site aims at, `tell` whom to call when one fails. Without it none by itself, and 120 s each.',
    ),
    example: '{ on: monday, at: "04:30", imageSeconds: 120, labSeconds: 120, tell: "astreinte PACS, 4242" }',
  }),
});
