import { text } from '@leadglass/kit';
import { DEFAULT_DRILL, DRILL_DAYS } from '@leadglass/model';
import { z } from 'zod';
import { checked } from './checks.ts';

const MOST_SECONDS = 3_600;
const MOST_WORDS = 200;

const seconds = checked<number>(
  (value) => Number.isInteger(value) && value >= 1 && value <= MOST_SECONDS,
  text(`Un nombre entier de secondes, de 1 à ${MOST_SECONDS}.`, `A whole number of seconds from 1 to ${MOST_SECONDS}.`),
)(z.number());
const timeOfDay = checked<string>(
  (value) => /^([01][0-9]|2[0-3]):[0-5][0-9]$/.test(value),
  text('Une heure s’écrit entre guillemets : "04:30".', 'A time is written in quotes: "04:30".'),
)(z.string());
const words = checked<string>(
  (value) => value.length <= MOST_WORDS && !/\p{Cc}/u.test(value),
  text(`Une ligne de ${MOST_WORDS} caractères au plus.`, `One line of at most ${MOST_WORDS} characters.`),
)(z.string());

/** Drills of the bad day as people write them. */
export const drillInput = z.strictObject({
  on: z.enum(DRILL_DAYS).default(DEFAULT_DRILL.on),
  at: timeOfDay.default(DEFAULT_DRILL.at),
  imageSeconds: seconds.default(DEFAULT_DRILL.imageSeconds),
  labSeconds: seconds.default(DEFAULT_DRILL.labSeconds),
  tell: words.default(DEFAULT_DRILL.tell),
});
