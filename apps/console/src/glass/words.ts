import { counted, text } from '../words/index.ts';

/** Words of the page on openings that are reviewed. */
export const GLASS = {
  title: text('Ouvertures à revoir', 'Openings to review'),
  lead: text(
    'Dossiers ouverts alors qu’aucun système n’avait annoncé de venue ni de demande. Chacune est aussi dans le registre.',
    'Charts opened although no system had told of a visit or an order. Each is in the ledger too.',
  ),
  all: text('Montrer aussi celles qui ont été revues', 'Show those that were reviewed too'),
  none: text('Rien à revoir', 'Nothing to review'),
  noneText: text(
    'Quand quelqu’un ouvre un patient sans venue ni demande connue, cela paraît ici.',
    'When somebody opens a patient without a known visit or order, it appears here.',
  ),
  waiting: (n: number) =>
    counted(
      n,
      { one: 'ouverture à revoir', other: 'ouvertures à revoir' },
      { one: 'opening to review', other: 'openings to review' },
    ),
  who: text('Qui', 'Who'),
  when: text('Quand', 'When'),
  chart: text('Dossier', 'Chart'),
  why: text('Pourquoi', 'Why'),
  times: text('Fois', 'Times'),
  review: text('Revue', 'Review'),
  mark: text('Marquer comme revues', 'Mark as reviewed'),
  choose: (no: number) => text(`Choisir l’ouverture n° ${no}`, `Choose opening no. ${no}`),
  note: text('Note (sans nom de patient)', 'Note (without a patient’s name)'),
  done: (n: number) =>
    counted(
      n,
      { one: 'ouverture revue', other: 'ouvertures revues' },
      { one: 'opening reviewed', other: 'openings reviewed' },
    ),
  reviewedBy: (by: string) => text(`revue par ${by}`, `reviewed by ${by}`),
  cut: text('Il y en a de plus anciennes.', 'There are older ones.'),
  care: text('prise en charge', 'care of the patient'),
  advice: text('avis demandé', 'advice asked for'),
  danger: text('vie en danger', 'life in danger'),
  other: text('autre raison', 'another reason'),
} as const;
