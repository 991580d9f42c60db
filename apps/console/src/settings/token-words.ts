import { text } from '../words/index.ts';

/** Words of the part about tokens for the web services. */
export const TOKENS = {
  tab: text('Jetons web', 'Web tokens'),
  title: text('Jetons pour DICOMweb', 'Tokens for DICOMweb'),
  lead: text(
    'Un programme (une visionneuse, une IA) présente un jeton pour chercher, lire ou déposer. La passerelle n’en garde que l’empreinte.',
    'A program (a viewer, an AI) shows a token to search, read or store. The gateway keeps its digest alone.',
  ),
  none: text('Aucun jeton', 'No token'),
  noneText: text(
    'Personne ne se sert de DICOMweb par un secret. Les personnes, elles, passent par la console.',
    'Nobody uses DICOMweb by a secret. People come through the console.',
  ),
  inForce: text('en vigueur', 'in force'),
  over: text('terminé', 'over'),
  since: (date: string) => text(`donné le ${date}`, `given on ${date}`),
  until: (date: string) => text(`jusqu’au ${date}`, `until ${date}`),
  forever: text('sans fin', 'no end'),
  qido: text('chercher', 'search'),
  wado: text('lire', 'read'),
  stow: text('déposer', 'store'),
  add: text('Donner un jeton…', 'Give a token…'),
  addTitle: text('Donner un jeton', 'Give a token'),
  addAct: text('Donner', 'Give'),
  cancel: text('Annuler', 'Cancel'),
  name: text('Titre', 'Title'),
  nameMeaning: text(
    'Sous lequel ses lectures et ses envois sont consignés : 16 caractères au plus.',
    'Under which its reads and sends are logged: at most 16 characters.',
  ),
  rights: text('Ce qu’il peut', 'What it may do'),
  days: text('Durée en jours', 'Days it lasts'),
  daysMeaning: text('Vide : sans fin.', 'Empty: no end.'),
  secretText: text(
    'Voici le secret. Il ne s’affiche que cette fois : donnez-le au programme maintenant.',
    'This is the secret. It is shown this once: give it to the program now.',
  ),
  secretUse: text(
    'Le programme le présente ainsi : Authorization: Bearer SECRET',
    'The program shows it as: Authorization: Bearer SECRET',
  ),
  secretKept: text('C’est fait', 'Done'),
  remove: text('Reprendre', 'Take back'),
  removeNamed: (name: string) => text(`Reprendre le jeton « ${name} »`, `Take back the token “${name}”`),
  removeText: text('Il ne vaut plus rien dès maintenant.', 'It is worth nothing from now on.'),
  removed: (name: string) => text(`Le jeton « ${name} » est repris.`, `The token “${name}” is taken back.`),
} as const;
