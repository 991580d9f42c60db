import { counted, text } from '../words/index.ts';

/** Words of the parts that every page is made of. */
export const KIT = {
  loading: text('Chargement…', 'Loading…'),
  again: text('Réessayer', 'Try again'),
  failed: text('Cela n’a pas marché', 'That did not work'),
  unexpected: text(
    'Cette page a rencontré une erreur inattendue. Rechargez-la ; si cela se répète, signalez le texte ci-dessous.',
    'This page met an unexpected error. Reload it; if it happens again, report the text below.',
  ),
  notAllowed: text('Votre rôle ne donne pas accès à cette page', 'Your role does not open this page'),
  notAllowedAdvice: text(
    'Demandez à un administrateur si vous en avez besoin : il peut changer votre rôle dans « Personnes ».',
    'Ask an administrator if you need it: they can change your role under “People”.',
  ),
  code: (code: string) => text(`Code : ${code}`, `Code: ${code}`),
  copy: text('Copier', 'Copy'),
  copied: text('Copié', 'Copied'),
  onCommandLine: text('En ligne de commande', 'On the command line'),
  cancel: text('Annuler', 'Cancel'),
  close: text('Fermer', 'Close'),
  undo: text('Défaire', 'Undo'),
  undone: text('C’est défait.', 'It is undone.'),
  dismiss: text('Fermer ce message', 'Dismiss this message'),
  messages: text('Messages', 'Messages'),
  reason: text('Pourquoi ?', 'Why?'),
  reasonMeaning: text(
    'Une phrase : elle reste dans le journal, avec votre nom.',
    'A sentence: it stays in the log, with your name.',
  ),
  reasonNeeded: text('Dites pourquoi, en quelques mots au moins.', 'Say why, in a few words at least.'),
  rows: (count: number) => counted(count, { one: 'ligne', other: 'lignes' }, { one: 'row', other: 'rows' }),
  scrollable: (label: string) => text(`${label}, tableau`, `${label}, table`),
  noDifference: text('Aucune différence.', 'No difference.'),
  gone: text('Retiré :', 'Removed:'),
  came: text('Ajouté :', 'Added:'),
  evidence: text('Preuves', 'Evidence'),
} as const;
