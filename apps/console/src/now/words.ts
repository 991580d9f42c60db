import { counted, numberOf, text } from '../words/index.ts';

const OBJECTS = [
  { one: 'objet', other: 'objets', many: 'd’objets' },
  { one: 'object', other: 'objects' },
] as const;

export const NOW = {
  title: text('Maintenant', 'Now'),
  needsTitle: text('Ce qui demande quelqu’un', 'What needs a person'),
  calm: text('Rien ne demande personne', 'Nothing needs anybody'),
  calmAdvice: text(
    'Quand un objet est retenu, qu’un inconnu frappe ou qu’une livraison n’avance plus, c’est écrit ici, avec le bouton qui règle la chose.',
    'When an object is held, a stranger knocks or a delivery is stuck, it is written here, with the button that settles it.',
  ),
  more: (count: number) =>
    text(
      count === 1 ? 'Montrer l’autre' : `Montrer les ${numberOf('fr', count)} autres`,
      count === 1 ? 'Show the other one' : `Show the ${numberOf('en', count)} others`,
    ),
  fewer: text('Montrer les plus pressants seulement', 'Show the most pressing only'),
  look: text('Voir', 'Look'),
  since: text('depuis', 'since'),
  urgent: text('Urgent', 'Urgent'),
  soon: text('Bientôt', 'Soon'),
  sometime: text('À l’occasion', 'Sometime'),
  done: (what: string) => text(`C’est fait : ${what}`, `Done: ${what}`),
  otherwise: text('En ligne de commande', 'On the command line'),

  pillarsTitle: text(
    'Disponibilité, intégrité, confidentialité, traçabilité',
    'Availability, integrity, confidentiality, traceability',
  ),
  availability: text('Disponibilité', 'Availability'),
  integrity: text('Intégrité', 'Integrity'),
  confidentiality: text('Confidentialité', 'Confidentiality'),
  traceability: text('Traçabilité', 'Traceability'),
  good: text('Bien', 'Good'),
  attention: text('À regarder', 'Attention'),
  bad: text('Mauvais', 'Bad'),
  unknown: text('Inconnu', 'Unknown'),

  mapTitle: text('Les flux', 'Flows'),
  mapLead: (seconds: number) =>
    text(
      `Ce qui est passé pendant les ${seconds} dernières secondes.`,
      `What went through in the last ${seconds} seconds.`,
    ),
  asMap: text('Plan', 'Map'),
  asTable: text('Tableau', 'Table'),
  asWhat: text('Montrer les flux en', 'Show the flows as'),
  devices: text('Appareils', 'Devices'),
  strangers: text('Inconnus, refusés', 'Strangers, refused'),
  destinations: text('Destinations', 'Destinations'),
  others: (count: number) => counted(count, { one: 'autre', other: 'autres' }, { one: 'other', other: 'others' }),
  gateway: text('Passerelle', 'Gateway'),
  associations: (count: number) =>
    counted(count, { one: 'association', other: 'associations' }, { one: 'association', other: 'associations' }),
  perSecond: (count: number) => text(`${numberOf('fr', count)} objets/s`, `${numberOf('en', count)} objects/s`),
  objects: (count: number) => counted(count, OBJECTS[0], OBJECTS[1]),
  questions: (count: number) =>
    counted(count, { one: 'demande', other: 'demandes' }, { one: 'question', other: 'questions' }),
  refusals: (count: number) => counted(count, { one: 'refus', other: 'refus' }, { one: 'refusal', other: 'refusals' }),
  holds: (count: number) => counted(count, { one: 'retenu', other: 'retenus' }, { one: 'held', other: 'held' }),
  waiting: (count: number) =>
    counted(count, { one: 'en attente', other: 'en attente' }, { one: 'waiting', other: 'waiting' }),
  quiet: text('Silencieux', 'Quiet'),
  active: text('Actif', 'Active'),
  trouble: text('En difficulté', 'In trouble'),
  refused: text('Refusé', 'Refused'),
  noNodes: text('Aucun appareil n’a encore parlé', 'No device has spoken yet'),
  noNodesAdvice: text(
    'Envoyez une image depuis un scanner vers cette passerelle : il apparaîtra ici, et vous pourrez l’admettre d’un bouton.',
    'Send an image from a scanner to this gateway: it will show up here, and one button lets it in.',
  ),
  from: text('De', 'From'),
  to: text('Vers', 'To'),
  objectsHead: text('Objets', 'Objects'),
  bytesHead: text('Volume', 'Volume'),
  questionsHead: text('Demandes', 'Questions'),
  refusalsHead: text('Refus', 'Refusals'),
  holdsHead: text('Retenus', 'Held'),
  waitingHead: text('En attente', 'Waiting'),

  newsTitle: text('À l’instant', 'Just now'),
  newsNone: text(
    'Rien ne s’est passé depuis que cette page est ouverte.',
    'Nothing has happened since this page was opened.',
  ),
  newsSkipped: (count: number) =>
    text(
      `${numberOf('fr', count)} autres lignes sont passées trop vite pour être lues : toutes sont dans le registre.`,
      `${numberOf('en', count)} more lines went by too fast to be read: all of them are in the ledger.`,
    ),
  newsPause: text('Figer', 'Hold still'),
  newsGo: text('Reprendre', 'Go on'),
} as const;
