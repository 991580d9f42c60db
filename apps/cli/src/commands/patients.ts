import type { AnswerOf } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Command, Context, Given } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import { firstLine } from '../input.ts';
import type { Cell } from '../output.ts';
import { nameOf } from './chart.ts';
import { numberOf } from './messages.ts';

const LISTS = ['today', 'present', 'critical'] as const;
const MOST_INPUT_BYTES = 1024;
const STDIN = '-';

function onlyOf(value: string | undefined): (typeof LISTS)[number] | undefined {
  if (value === undefined) return undefined;
  const found = LISTS.find((each) => each === value);
  if (found !== undefined) return found;
  throw usageFailure(text(`--only : ${LISTS.join(', ')}.`, `--only: ${LISTS.join(', ')}.`));
}

/** The words to search for: typed at a question, read from standard input, or numbers given as they are. Throws a usage failure that repeats none of them. */
async function wordsOf({ ask, output }: Pick<Context, 'ask' | 'output'>, given: Given): Promise<string> {
  const { positionals } = given;
  if (positionals.length === 1 && positionals[0] === STDIN) return firstLine(process.stdin, MOST_INPUT_BYTES);
  if (positionals.some((word) => !/\d/.test(word))) throw usageFailure(NO_NAMES);
  if (positionals.length > 0) return positionals.join(' ');
  if (given.value('born') !== undefined || given.value('only') !== undefined) return '';
  const typed = await ask(output.of(QUESTION));
  if (typed === undefined) throw usageFailure(NOBODY_TO_ASK);
  return typed;
}

const patients: Command = {
  name: 'patients',
  usage: '[- | NUMBER] [--born YYYY-MM-DD] [--only today|present|critical]',
  summary: text('cherche des patients parmi les dossiers reçus', 'searches for patients among the charts received'),
  notes: text(
    'Sans mot, la commande demande le nom (un début, sans accents, une lettre fausse, comme il se prononce ; une date de naissance peut suivre) ; « - » le lit sur l’entrée standard. Un nom n’est pas pris sur la ligne de commande : tous les comptes de la machine la voient (ps) et le shell la garde dans son historique. Un numéro, une date (--born) y sont visibles de même : « - » les cache aussi. Le journal consigne qu’on a cherché, jamais les mots.',
    'Without a word the command asks for the name (a beginning, without accents, a letter wrong, as it sounds; a birth date may follow); “-” reads it from standard input. A name is not taken from the command line: every account of the machine sees that (ps), and the shell keeps it in its history. A number or a date (--born) is as visible there: “-” hides these too. The log tells that somebody searched, never the words.',
  ),
  options: {
    born: { value: 'YYYY-MM-DD', help: text('né ce jour', 'born on that day') },
    only: { value: 'LIST', help: text('arrivés aujourd’hui, présents, critiques', 'arrived today, present, critical') },
    limit: { value: 'N', help: text('réponses au plus (20)', 'most answers (20)') },
  },
  positionals: [0, 6],
  examples: ['patients', 'patients - < name.txt', 'patients 8000123456', 'patients --only critical'],
  async run(context, given) {
    const { client, output } = context;
    const [born, only, limit] = [given.value('born'), onlyOf(given.value('only')), given.value('limit')];
    const words = await wordsOf(context, given);
    const answer = await client.call('chart.search', {
      words: words.trim().slice(0, 64),
      ...(born === undefined ? {} : { bornOn: born }),
      ...(only === undefined ? {} : { only }),
      ...(limit === undefined ? {} : { limit: numberOf(limit) }),
    });
    output.json(answer);
    output.table(
      HEADS,
      answer.patients.map(rowOf).map((row) => row.map((cell) => cellOf(cell, context))),
    );
    if (answer.isCut) output.line(text('Il y en a d’autres : précisez.', 'There are more: be more precise.'), 'yellow');
    return EXIT.ok;
  },
};

type Found = AnswerOf<'chart.search'>['patients'][number];

function rowOf({ patient, fit }: Found): (Cell | Text)[] {
  return [
    ...[patient.chart, nameOf(patient), patient.birthDate, patient.sex, patient.location],
    patient.critical === 0 ? '' : { value: String(patient.critical), colour: 'red' as const },
    FITS[fit],
  ];
}

function cellOf(cell: Cell | Text, { output }: Pick<Context, 'output'>): Cell {
  return typeof cell === 'object' && 'fr' in cell ? output.of(cell) : cell;
}

const HEADS = [
  text('dossier', 'chart'),
  text('nom', 'name'),
  text('né le', 'born'),
  text('sexe', 'sex'),
  text('où', 'where'),
  text('critiques', 'critical'),
  text('correspondance', 'match'),
];
const FITS: Readonly<Record<Found['fit'], Text>> = {
  same: text('', ''),
  begins: text('', ''),
  alike: text('orthographe proche', 'spelt nearly so'),
  sounds: text('se prononce de même', 'sounds like it'),
};
const QUESTION = text('Nom, numéro ou date de naissance : ', 'Name, number or birth date: ');
const NO_NAMES = text(
  'Un nom n’est pas pris sur la ligne de commande : tous les comptes de la machine la voient (ps), et l’historique du shell la garde. Tapez ./leadglass patients, qui le demande, ou donnez-le sur l’entrée standard : ./leadglass patients -',
  'A name is not taken from the command line: every account of the machine sees that (ps), and the history of the shell keeps it. Type ./leadglass patients, which asks for it, or give it on standard input: ./leadglass patients -',
);
const NOBODY_TO_ASK = text(
  'Personne à qui demander le nom : donnez-le sur l’entrée standard (./leadglass patients -), un numéro, --born ou --only.',
  'Nobody to ask for the name: give it on standard input (./leadglass patients -), a number, --born or --only.',
);

export const PATIENTS: readonly Command[] = [patients];
