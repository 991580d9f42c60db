import { text } from '@leadglass/kit';
import { z } from 'zod';
import { checked, fieldDocs } from './checks.ts';

const MOST_DOWN_AFTER_S = 600;
const MOST_PER_MINUTE = 60_000;

const within = (least: number, most: number, fr: string, en: string) =>
  checked<number>(
    (value) => Number.isInteger(value) && value >= least && value <= most,
    text(`${fr} : un nombre entier de ${least} à ${most}.`, `${en}: a whole number from ${least} to ${most}.`),
  )(z.number());

/** Whether something is none of the site's, as people write it. */
export const outsideField = {
  outside: z
    .boolean()
    .optional()
    .register(fieldDocs, {
      about: text(
        'Hors du site (true) ou dans le site (false) : hors du site, il est coupé quand le site est isolé (isolation on). Sans choix, son adresse décide : ce qui n’est pas d’une plage privée est hors du site.',
        'Outside of the site (true) or inside (false): outside, it is cut off while the site is isolated (isolation on). Without a choice its address decides: what is of no private range is outside.',
      ),
      example: 'true',
    }),
};

/** What a destination chooses for its outages. */
export const outageFields = {
  ...outsideField,
  downAfterSeconds: within(1, MOST_DOWN_AFTER_S, 'downAfterSeconds', 'downAfterSeconds')
    .optional()
    .register(fieldDocs, {
      about: text(
        'Durée, en secondes, pendant laquelle elle doit échouer (au moins trois fois de suite) avant de compter comme en panne ; sans choix, 5.',
        'How long, in seconds, it has to fail (at least three times in a row) before it counts as down; without a choice, 5.',
      ),
      example: '30',
    }),
  giveBackPerMinute: within(1, MOST_PER_MINUTE, 'giveBackPerMinute', 'giveBackPerMinute')
    .optional()
    .register(fieldDocs, {
      about: text(
        'Objets par minute, au plus, quand on lui rend ce qu’elle a manqué pendant une panne. Sans choix, la moitié de son temps lui est laissée pour les autres.',
        'Most objects a minute while it is given back what it missed in an outage. Without a choice half of its time is left to it for others.',
      ),
      example: '600',
    }),
};
