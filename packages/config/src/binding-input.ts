import { text } from '@leadglass/kit';
import { NAME_WILDCARDS, PEER_MODES } from '@leadglass/model';
import { parseHours } from '@leadglass/policy';
import { z } from 'zod';
import { aeTitle, checked, defined, fieldDocs, REPEATED, unique } from './checks.ts';

const MOST_VALUES = 100;

const wholeFrom1 = (most: number) =>
  checked<number>(
    (value) => Number.isInteger(value) && value >= 1 && value <= most,
    text(`Il faut un nombre entier de 1 à ${most}.`, `This must be a whole number from 1 to ${most}.`),
  )(z.number());

const hours = checked<string>(
  (value) => parseHours(value) !== undefined,
  text(
    'Des heures s’écrivent 07:00-19:30 (heure locale de la passerelle ; 22:00-06:00 passe minuit).',
    'Hours are written 07:00-19:30 (the gateway’s local time; 22:00-06:00 goes over midnight).',
  ),
)(z.string());

const modality = checked<string>(
  (value) => /^[A-Z0-9_ ]{1,16}$/.test(value) && value.trim() === value,
  text('Une modalité est un code comme CT, MR ou US.', 'A modality is a code such as CT, MR or US.'),
)(z.string());

const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .min(1)
    .max(MOST_VALUES)
    .refine(unique, { params: { text: REPEATED } });

/** How far a peer's queries may reach, as people write it. */
export const queryLimitsInput = z.strictObject({
  mostResults: wholeFrom1(100_000).optional(),
  mostDays: wholeFrom1(36_600).optional(),
  perMinute: wholeFrom1(100_000).optional(),
  hours: hours.optional(),
  nameWildcards: z.enum(NAME_WILDCARDS).optional(),
  sweeps: z.boolean().optional(),
  modalities: listOf(modality).optional(),
  ownStation: z.boolean().optional(),
  moveTo: listOf(aeTitle).optional(),
});

/** What binds a peer. */
export const bindingFields = {
  mode: z
    .enum(PEER_MODES)
    .optional()
    .register(fieldDocs, {
      about: text(
        'enforce : ses règles s’appliquent (par défaut, sauf quand tout le site est observé). observe : ce qui les dépasse passe, inspecté comme toujours, et est noté comme ce qui aurait été refusé.',
        'enforce: its rules apply (the default, unless the whole site is observed). observe: what goes beyond them passes, inspected as always, and is recorded as what would have been refused.',
      ),
      example: 'enforce',
    }),
  queryLimits: queryLimitsInput
    .transform((value) => defined(value))
    .optional()
    .register(fieldDocs, {
      about: text(
        'Jusqu’où vont ses demandes : mostResults (réponses par question, 5000), mostDays (période qui restreint à elle seule, 366 jours), perMinute (demandes par minute, 300), hours (07:00-19:30), nameWildcards (any, trailing : un nom qui commence par « * » ne restreint pas à lui seul, par défaut ; none), sweeps (questions que rien ne restreint, false), modalities (réponses de ces modalités seulement), ownStation (liste de travail de son seul titre AE), moveTo (titres AE vers lesquels il peut faire envoyer, outre lui-même).',
        'How far its requests reach: mostResults (answers to a question, 5000), mostDays (period that narrows by itself, 366 days), perMinute (requests a minute, 300), hours (07:00-19:30), nameWildcards (any; trailing: a name that begins with "*" does not narrow by itself, the default; none), sweeps (questions that nothing narrows, false), modalities (answers of these modalities only), ownStation (worklist of its own AE title only), moveTo (AE titles it may have objects sent to besides itself).',
      ),
      example: '{ mostDays: 31, perMinute: 60, moveTo: [WS2] }',
    }),
};
