import { counted, text } from '../words/index.ts';

/** Words of the pages about images. */
export const IMAGES = {
  title: text('Images', 'Images'),
  lead: text(
    'Les examens que cette passerelle conserve, même quand le PACS ou Internet ne répondent plus. Ouvrir un examen s’inscrit au registre.',
    'The studies this gateway keeps, even when the PACS or the Internet no longer answer. Opening a study is written to the ledger.',
  ),
  one: text('Examen', 'Study'),
  teachTitle: text('Cherchez un examen pour le lire', 'Search for a study to read it'),
  teach: text(
    'OHIF pour lire, la page légère sur un vieux poste ou un téléphone, Weasis s’il est installé. Rien ne sort de l’établissement.',
    'OHIF to read, the light page on an old computer or a phone, Weasis where it is installed. Nothing leaves the site.',
  ),
  open: text('Ouvrir l’examen', 'Open the study'),
  openLead: text(
    'Votre nom, l’heure et la raison sont inscrits au registre avant la première image.',
    'Your name, the time and the reason are written to the ledger before the first image.',
  ),
  reason: text('Raison', 'Reason'),
  reasonNeeded: text(
    'Votre rôle demande une raison : une phrase, sans nom de patient.',
    'Your role asks for a reason: a sentence, without a patient’s name.',
  ),
  reasonWelcome: text(
    'Facultative : une phrase, sans nom de patient.',
    'Optional: a sentence, without a patient’s name.',
  ),
  reasonMissing: text('Dites pourquoi vous ouvrez cet examen.', 'Say why you open this study.'),
  isOpen: text('Examen ouvert pour votre session', 'Study open for your session'),
  isOpenLead: text('Il le reste jusqu’à ce que vous vous déconnectiez.', 'It stays so until you sign out.'),
  ohif: text('Lire dans OHIF', 'Read in OHIF'),
  ohifMeaning: text(
    'La visionneuse complète : mesures, reconstructions, comparaison.',
    'The full viewer: measurements, reconstructions, comparison.',
  ),
  ohifMissing: text(
    'OHIF n’est pas installé sur cette passerelle. Sur la machine, avec le réseau : npm run viewer',
    'OHIF is not installed on this gateway. On the machine, with the network: npm run viewer',
  ),
  light: text('Page légère', 'Light page'),
  lightMeaning: text(
    'Sur n’importe quel navigateur : images compressées, pas pour un diagnostic de première intention.',
    'On any browser: compressed images, not for primary diagnosis.',
  ),
  weasis: text('Ouvrir dans Weasis', 'Open in Weasis'),
  weasisMeaning: text(
    'Si Weasis est installé sur ce poste. Le lien sert une fois, dans les cinq minutes.',
    'If Weasis is installed on this computer. The link is good once, within five minutes.',
  ),
  series: text('Séries', 'Series'),
  noSeries: text('Aucune série à montrer', 'No series to show'),
  noSeriesText: text(
    'Elles sont peut-être en retenue, ou ne sont pas encore indexées : réessayez dans quelques secondes.',
    'They may be held, or not indexed yet: try again in a few seconds.',
  ),
  objects: (n: number) => counted(n, { one: 'objet', other: 'objets' }, { one: 'object', other: 'objects' }),
  noName: text('Série sans nom', 'Series without a name'),
  patient: text('Patient', 'Patient'),
  born: text('Naissance', 'Born'),
  date: text('Date', 'Date'),
  description: text('Description', 'Description'),
  accession: text('Numéro d’examen', 'Accession number'),
  uid: text('UID de l’examen', 'Study UID'),
  notAStudy: text('Ce n’est pas le numéro d’un examen', 'This is not the number of a study'),
  journey: text('Son parcours', 'Its journey'),
  search: text('Chercher un autre examen', 'Search for another study'),
} as const;
