import type { GlassAnswer } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { Command } from '../command.ts';
import { EXIT, usageFailure } from '../exits.ts';
import { timeWords } from '../words.ts';

const MOST_AT_ONCE = 200;

const WHYS: Readonly<Record<GlassAnswer['why'], Text>> = {
  care: text('prise en charge', 'care of the patient'),
  advice: text('avis demandé', 'advice asked for'),
  danger: text('vie en danger', 'life in danger'),
  other: text('autre raison', 'another reason'),
};

const list: Command = {
  name: 'glass list',
  usage: '[--all] [--last N]',
  summary: text('les dossiers ouverts sans venue ni demande connue', 'charts opened without a known visit or order'),
  notes: text(
    'Chaque ligne attend que quelqu’un qui en répond l’ait regardée.',
    'Each line waits until somebody who answers for it has looked at it.',
  ),
  options: {
    all: { help: text('aussi celles qui ont été revues', 'those that were reviewed too') },
    last: { value: 'N', help: text('les N dernières (50)', 'the last N (50)') },
  },
  positionals: [0, 0],
  examples: ['glass list', 'glass list --all --json'],
  async run({ client, output }, given) {
    const answer = await client.call('glass.list', {
      isAll: given.flag('all'),
      limit: given.number('last', 1, MOST_AT_ONCE) ?? 50,
    });
    output.json(answer);
    output.table(
      [
        ...[text('n°', 'no.'), text('quand', 'when'), text('qui', 'who'), text('dossier', 'chart')],
        ...[text('pourquoi', 'why'), text('fois', 'times'), text('revue', 'reviewed')],
      ],
      answer.openings.map(({ no, lastMs, by, role, chart, why, words, times, reviewedMs, reviewedBy }) => [
        ...[String(no), timeWords(lastMs), `${by} (${role})`, String(chart)],
        [output.of(WHYS[why]), words].filter((each) => each !== '').join(': '),
        String(times),
        reviewedMs === null ? { value: '–', colour: 'yellow' } : `${timeWords(reviewedMs)} ${reviewedBy}`,
      ]),
    );
    output.line(text(`${answer.waiting} à revoir.`, `${answer.waiting} to review.`));
    return EXIT.ok;
  },
};

function numberOf(word: string): number {
  if (/^[1-9]\d{0,14}$/.test(word)) return Number(word);
  throw usageFailure(text('Donnez les numéros de « glass list ».', 'Give the numbers of “glass list”.'));
}

const review: Command = {
  name: 'glass review',
  usage: 'NO… [--note TEXT]',
  summary: text('marque des ouvertures comme revues', 'marks openings as reviewed'),
  notes: text('La note reste au registre : sans nom de patient.', 'The note stays in the ledger: no patient’s name.'),
  options: { note: { value: 'TEXT', help: text('ce qui a été vu', 'what was seen') } },
  positionals: [1, MOST_AT_ONCE],
  examples: ['glass review 3 4 --note "vu avec le service"'],
  async run({ client, output }, given) {
    const nos = given.positionals.map(numberOf);
    const answer = await client.call('glass.review', { nos, note: given.value('note') ?? '' });
    output.json(answer);
    output.line(text(`${answer.reviewed} revues.`, `${answer.reviewed} reviewed.`), 'green');
    return EXIT.ok;
  },
};

export const COMMANDS: readonly Command[] = [list, review];
