import { type Text, text } from '@leadglass/kit';
import { type ChartRetention, DEFAULT_CHART_RETENTION } from '@leadglass/model';
import { z } from 'zod';
import { checked, fieldDocs } from './checks.ts';

const MOST_DAYS = 36_525;

const days = (least: number) =>
  checked<number>(
    (value) => Number.isInteger(value) && value >= least && value <= MOST_DAYS,
    text(`Un nombre entier de ${least} à ${MOST_DAYS}.`, `A whole number from ${least} to ${MOST_DAYS}.`),
  )(z.number());

/** How long messages and charts are kept, as people write it. */
export const retentionInput = z.strictObject({
  messageDays: days(1)
    .default(DEFAULT_CHART_RETENTION.messageDays)
    .register(fieldDocs, {
      about: text(
        'Jours pendant lesquels un message est gardé tel qu’il est arrivé, une fois dans son dossier ou mis de côté par une personne. Ce qui attend d’être compris ou revu est gardé. Jamais plus longtemps que les dossiers.',
        'Days a message is kept as it came, once it is in its chart or was put aside by a person. What waits to be understood or looked at is kept. Never longer than charts.',
      ),
      example: '180',
    }),
  chartDays: days(30)
    .default(DEFAULT_CHART_RETENTION.chartDays)
    .register(fieldDocs, {
      about: text(
        'Jours pendant lesquels un dossier est gardé après la dernière chose dite de son patient. Celui d’un patient présent, et celui dont une revue ou une réconciliation a besoin, est gardé quoi qu’il en soit.',
        'Days a chart is kept after the last thing told of its patient. That of a patient in the house, and one that a review or a reconciliation needs, is kept whatever happens.',
      ),
      example: '1826',
    }),
});

/** What is gone for good with a shorter time than before. Where nothing was chosen, the defaults stood. */
export function dangersOfRetention(before: ChartRetention | undefined, after: ChartRetention): readonly Text[] {
  const { messageDays, chartDays } = before ?? DEFAULT_CHART_RETENTION;
  return [
    ...(after.messageDays < messageDays ? [FEWER_MESSAGES] : []),
    ...(after.chartDays < chartDays ? [FEWER_CHARTS] : []),
  ];
}

const FEWER_MESSAGES = text(
  'Les messages plus anciens seront oubliés, sans retour possible.',
  'Older messages will be forgotten, for good.',
);
const FEWER_CHARTS = text(
  'Les dossiers sans nouvelle depuis plus longtemps seront oubliés, sans retour possible.',
  'Charts of which nothing was heard for longer will be forgotten, for good.',
);
/** Removing the setting brings the defaults back. */
export const RETENTION_REMOVED = text(
  `Les durées par défaut s’appliqueront : ${DEFAULT_CHART_RETENTION.messageDays} jours pour les messages, ${DEFAULT_CHART_RETENTION.chartDays} pour les dossiers.`,
  `The defaults will hold: ${DEFAULT_CHART_RETENTION.messageDays} days for messages, ${DEFAULT_CHART_RETENTION.chartDays} for charts.`,
);
