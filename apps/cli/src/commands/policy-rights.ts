import type { RequestOf } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import type { Command, Given } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import { showDone } from './policy-words.ts';
import { aeTitleOf, servicesOf } from './values.ts';

const CLASSES = {
  'private-sop-class': {
    value: 'UID|*',
    isMultiple: true,
    help: text('classe SOP privée', 'private SOP class'),
  },
};

const rights = (verb: 'allow' | 'revoke'): Command => ({
  name: `policy ${verb}`,
  usage: 'AET [SERVICE]… [--private-sop-class UID]…',
  summary:
    verb === 'allow'
      ? text(
          'donne des droits à un correspondant, sans toucher au reste',
          'gives a peer rights and leaves the rest as it is',
        )
      : text('retire des droits à un correspondant', 'takes rights from a peer'),
  options: CLASSES,
  positionals: [1, 20],
  examples: verb === 'allow' ? ['policy allow CT1 find worklist'] : ['policy revoke CT1 find'],
  async run(context, given) {
    const services = given.positionals.slice(1);
    const answer = await context.client.call('policy.allow', {
      aeTitle: aeTitleOf(given.at(0)),
      services: services.length === 0 ? [] : [...servicesOf(services.join(','))],
      privateSopClasses: [...given.list('private-sop-class')],
      revoke: verb === 'revoke',
    });
    context.output.json(answer);
    showDone(context, answer);
    return EXIT.ok;
  },
});

type Limits = RequestOf<'policy.limit'>['limits'];

function yesNo(given: Given, option: string): boolean | undefined {
  const value = given.value(option);
  if (value === undefined) return undefined;
  if (/^(yes|oui|no|non)$/.test(value)) return /^(yes|oui)$/.test(value);
  throw usageFailure(text(`--${option} : oui ou non.`, `--${option}: yes or no.`));
}

function namesOf(given: Given): 'any' | 'trailing' | 'none' | undefined {
  const value = given.value('names');
  if (value === undefined || value === 'any' || value === 'trailing' || value === 'none') return value;
  throw usageFailure(text('--names : any, trailing ou none.', '--names: any, trailing or none.'));
}

function limitsOf(given: Given): Limits {
  const limits = {
    mostResults: given.number('most-results', 1, 100_000),
    mostDays: given.number('most-days', 1, 36_600),
    perMinute: given.number('per-minute', 1, 100_000),
    hours: given.value('hours'),
    nameWildcards: namesOf(given),
    sweeps: yesNo(given, 'sweeps'),
    ownStation: yesNo(given, 'own-station'),
    modalities: given.list('modality').length === 0 ? undefined : [...given.list('modality')],
  };
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)) as Limits;
}

const limit: Command = {
  name: 'policy limit',
  usage: 'AET [--most-days N] [--per-minute N] [--hours 07:00-19:00] …',
  summary: text('dit jusqu’où vont les demandes d’un correspondant', 'says how far a peer’s requests reach'),
  notes: text(
    'Sans choix : 5000 réponses, une période de 366 jours, 300 demandes par minute, un nom qui commence par « * » ne restreint\npas à lui seul, pas de question que rien ne restreint. Ce qui n’est pas cité reste ; --clear repart de là.',
    'Without a choice: 5000 answers, a period of 366 days, 300 requests a minute, a name that begins with "*" does not narrow by\nitself, no question that nothing narrows. What is not named stays; --clear begins from there.',
  ),
  options: {
    'most-results': { value: 'N', help: text('réponses par question', 'answers to a question') },
    'most-days': { value: 'N', help: text('période qui restreint à elle seule', 'period that narrows by itself') },
    'per-minute': { value: 'N', help: text('demandes par minute', 'requests a minute') },
    hours: { value: 'HH:MM-HH:MM', help: text('heures où il peut interroger', 'hours it may ask in') },
    names: { value: 'any|trailing|none', help: text('jokers dans le nom du patient', 'wildcards in patient names') },
    sweeps: { value: 'yes|no', help: text('questions que rien ne restreint', 'questions that nothing narrows') },
    modality: {
      value: 'CT',
      isMultiple: true,
      help: text('réponses de ces modalités seulement', 'answers of these modalities only'),
    },
    'own-station': {
      value: 'yes|no',
      help: text('liste de travail de son seul titre', 'worklist of its own title only'),
    },
    'move-to': {
      value: 'AET',
      isMultiple: true,
      help: text('titre vers lequel il peut faire envoyer', 'title it may have objects sent to'),
    },
    clear: { help: text('repartir sans limite choisie', 'begin without chosen limits') },
  },
  positionals: [1, 1],
  examples: ['policy limit WS1 --most-days 31 --move-to WS2', 'policy limit WS1 --clear'],
  async run(context, given) {
    const answer = await context.client.call('policy.limit', {
      aeTitle: aeTitleOf(given.at(0)),
      limits: limitsOf(given),
      addMoveTo: given.list('move-to').map(aeTitleOf),
      clear: given.flag('clear'),
    });
    context.output.json(answer);
    showDone(context, answer);
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [rights('allow'), rights('revoke'), limit];
