import { counted, text } from '../words/index.ts';

/** Words of trying a connection. */
export const TESTS = {
  test: text('Essayer la connexion', 'Try the connection'),
  testNamed: (name: string) => text(`Essayer la connexion : ${name}`, `Try the connection: ${name}`),
  testing: text('Essai en cours…', 'Trying…'),
  good: text('Répond', 'Answers'),
  bad: text('À corriger', 'To be put right'),
  answered: (who: string, ms: string) =>
    text(
      `${who === '' ? 'Sans nom de logiciel' : who}, en ${ms} ms`,
      `${who === '' ? 'No software name' : who}, in ${ms} ms`,
    ),
  notTaken: (n: number) =>
    counted(
      n,
      { one: 'sorte d’objets non acceptée', other: 'sortes d’objets non acceptées' },
      { one: 'kind of object not accepted', other: 'kinds of object not accepted' },
    ),
} as const;

/** Words of the part about destinations. */
export const DESTINATIONS = {
  title: text('Destinations', 'Destinations'),
  lead: text(
    'Où la passerelle remet les images. Un essai ne dépose rien et ne change rien.',
    'Where the gateway delivers images. A test stores nothing and changes nothing.',
  ),
  none: text('Aucune destination', 'No destination'),
  noneText: text(
    'Tant qu’il n’y en a pas, les images sont gardées ici et ne partent nulle part.',
    'While there is none, images are kept here and go nowhere.',
  ),
  where: (host: string, called: string) => text(`${host}, titre ${called}`, `${host}, title ${called}`),
  overTls: text('par TLS', 'over TLS'),
  commitment: text('engagement de stockage demandé', 'storage commitment asked for'),
  add: text('Ajouter une destination…', 'Add a destination…'),
  addTitle: text('Ajouter une destination', 'Add a destination'),
  addAct: text('Ajouter', 'Add'),
  cancel: text('Annuler', 'Cancel'),
  added: (name: string) =>
    text(
      `« ${name} » est ajoutée. Rien n’y va tant qu’aucune route n’y mène (onglet « Modifier »).`,
      `“${name}” is added. Nothing goes there until a route leads to it (tab “Edit”).`,
    ),
  remove: text('Retirer', 'Remove'),
  removeNamed: (name: string) => text(`Retirer « ${name} »`, `Remove “${name}”`),
  removeText: text(
    'Refusé tant qu’une route ou un relais y mène : modifiez d’abord les réglages.',
    'Refused while a route or a relay leads there: edit the settings first.',
  ),
  removed: (name: string) => text(`« ${name} » est retirée.`, `“${name}” is removed.`),
  name: text('Nom chez nous', 'Name here'),
  nameMeaning: text('Lettres, chiffres et tirets : « pacs ».', 'Letters, digits and dashes: “pacs”.'),
  host: text('Adresse', 'Address'),
  port: text('Port', 'Port'),
  called: text('Son titre AE', 'Its AE title'),
  tls: text('Par TLS', 'Over TLS'),
} as const;
