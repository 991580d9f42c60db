import { counted, text } from '../words/index.ts';
import type { Stage } from './groups.ts';

/** Words of the journey pages. */
export const JOURNEY = {
  title: text('Parcours', 'Journey'),
  lead: text(
    'Tout ce qui est arrivé à un examen, un objet ou une association : de la première prise de contact à l’accusé de réception du destinataire.',
    'Everything that happened to a study, an object or an association: from the first knock to the receipt of whoever it was for.',
  ),
  search: text('Chercher un examen', 'Search for a study'),
  searchMeaning: text(
    'Nom, numéro de patient ou d’examen, date (2026-01-31), UID. Chaque recherche s’inscrit au registre.',
    'Name, patient or accession number, date (2026-01-31), UID. Each search is written to the ledger.',
  ),
  typeMore: text('Deux caractères au moins.', 'Two characters at least.'),
  searching: text('Recherche…', 'Searching…'),
  found: (n: number) => counted(n, { one: 'résultat', other: 'résultats' }, { one: 'result', other: 'results' }),
  cut: text('Il y en a davantage : précisez.', 'There are more: be more precise.'),
  nothing: text('Rien ne commence ainsi ici', 'Nothing here begins like this'),
  nothingText: text(
    'La recherche porte sur ce que la passerelle conserve. Essayez le numéro d’examen, ou le début du nom de famille ; un objet en retenue se trouve dans « Retenues ».',
    'The search covers what this gateway keeps. Try the accession number, or the beginning of the family name; a held object is found under “Holds”.',
  ),
  directly: text('Ouvrir par un identifiant', 'Open by an identifier'),
  directlyMeaning: text(
    'UID d’examen ou d’objet, empreinte SHA-256, association, ou numéro du journal (#1234). Pas de nom de patient.',
    'Study or object UID, SHA-256 digest, association, or number in the log (#1234). No patient name.',
  ),
  open: text('Ouvrir', 'Open'),
  notAnId: text(
    'Ce n’est pas un identifiant : chiffres, lettres, points, tirets ou #.',
    'This is no identifier: digits, letters, points, dashes or #.',
  ),
  teachTitle: text('Un examen manque au PACS ?', 'Is a study missing in the PACS?'),
  teach: text(
    'Cherchez-le ici : son parcours dit s’il a frappé à la porte, s’il est arrivé, ce qui a été trouvé, où il attend, et qui l’a reçu, preuve à l’appui.',
    'Look for it here: its journey tells whether it knocked, whether it came, what was found, where it waits, and who received it, with the proof.',
  ),
  kinds: text('Résultats', 'Results'),
  objects: (n: number) => counted(n, { one: 'objet', other: 'objets' }, { one: 'object', other: 'objects' }),
  entries: (n: number) => counted(n, { one: 'entrée', other: 'entrées' }, { one: 'entry', other: 'entries' }),
  from: text('Correspondants', 'Peers'),
  first: text('Premier signe', 'First sign'),
  last: text('Dernier signe', 'Last sign'),
  size: text('Volume', 'Size'),
  modality: text('Modalité', 'Modality'),
  identifier: text('Identifiant', 'Identifier'),
  timeline: text('Chronologie', 'Timeline'),
  timelineLead: text(
    'Dans l’ordre des faits. Ouvrez une étape pour voir chaque entrée, et la prouver.',
    'In the order of events. Open a step to see each entry, and to prove it.',
  ),
  between: (from: string, to: string) => text(`de ${from} à ${to}`, `${from} to ${to}`),
  showAll: (n: string) => text(`Montrer les ${n} entrées`, `Show all ${n} entries`),
  openAll: text('Tout ouvrir', 'Open all'),
  closeAll: text('Tout fermer', 'Close all'),
  isCut: text(
    'Ce parcours est long : seul son début est montré. Ouvrez un objet pour voir le sien en entier.',
    'This journey is long: only its beginning is shown. Open an object to see all of its own.',
  ),
  objectList: text('Objets', 'Objects'),
  received: text('Reçu', 'Received'),
  verdict: text('Verdict', 'Verdict'),
  object: text('Objet', 'Object'),
  showObject: text('Voir son parcours', 'See its journey'),
  noSteps: text('Rien au registre à ce sujet', 'Nothing in the ledger about this'),
  noStepsText: text(
    'L’identifiant est bien formé, mais rien de tel n’est passé par cette passerelle.',
    'The identifier is well formed, but nothing of the kind has passed this gateway.',
  ),
  inLedger: (index: string) => text(`Entrée nº ${index} du registre`, `Entry no. ${index} of the ledger`),
  proveHere: text('Preuve', 'Proof'),
  openImages: text('Voir les images', 'See the images'),
  openHold: text('Voir la retenue', 'See the hold'),
} as const;

/** What a journey can be of. */
export const SUBJECTS = {
  study: text('Examen', 'Study'),
  object: text('Objet', 'Object'),
  association: text('Association', 'Association'),
} as const;

/** What each stage is called, and what it means. */
export const STAGES: Readonly<
  Record<Stage, { readonly name: ReturnType<typeof text>; readonly meaning: ReturnType<typeof text> }>
> = {
  knock: {
    name: text('À la porte', 'At the door'),
    meaning: text('Qui s’est présenté, et comment on l’a reconnu.', 'Who came, and how they were recognised.'),
  },
  arrival: {
    name: text('Arrivée', 'Arrival'),
    meaning: text('Reçu, haché, écrit sur disque avant la réponse.', 'Received, hashed, on disk before the answer.'),
  },
  verdict: {
    name: text('Inspection', 'Inspection'),
    meaning: text('Ce que les inspecteurs ont vu.', 'What the inspectors saw.'),
  },
  custody: {
    name: text('Conservation', 'Custody'),
    meaning: text('Gardé, scellé, opposable.', 'Kept, sealed, on record.'),
  },
  hold: {
    name: text('Retenue', 'Hold'),
    meaning: text(
      'L’original attend une personne ; la copie désarmée poursuit sa route.',
      'The original waits for a person; the disarmed copy goes on.',
    ),
  },
  delivery: {
    name: text('Livraison', 'Delivery'),
    meaning: text('Essais et réponses des destinataires.', 'Tries, and what the destinations answered.'),
  },
  receipt: {
    name: text('Accusé', 'Receipt'),
    meaning: text('Le destinataire s’engage à conserver.', 'The destination commits to keeping it.'),
  },
  question: {
    name: text('Questions', 'Questions'),
    meaning: text('Qui a demandé à son sujet.', 'Who asked about it.'),
  },
  given: {
    name: text('Remis', 'Given out'),
    meaning: text('Qui l’a lu ou récupéré.', 'Who read or retrieved it.'),
  },
  decision: {
    name: text('Décision', 'Decision'),
    meaning: text('Ce qu’une personne a décidé.', 'What a person decided.'),
  },
};
