import { text } from '../words/index.ts';

/** Words around every page: navigation, help, palette. */
export const SHELL = {
  printed: (who: string, when: string) =>
    text(`Leadglass, imprimé par ${who} le ${when}`, `Leadglass, printed by ${who} on ${when}`),
  skip: text('Aller au contenu', 'Skip to the content'),
  home: text('Leadglass, accueil', 'Leadglass, home'),
  navigation: text('Navigation principale', 'Main navigation'),
  more: text('Plus', 'More'),
  search: text('Aller à, chercher…', 'Go to, search…'),
  paletteTitle: text('Aller à une page, ou chercher', 'Go to a page, or search'),
  paletteHint: text(
    'Une page, un correspondant, un examen, un patient, une empreinte…',
    'A page, a peer, a study, a patient, a digest…',
  ),
  paletteNothing: text('Rien de ce nom. Essayez un autre mot.', 'Nothing by that name. Try another word.'),
  paletteSearch: (words: string) =>
    text(`Chercher « ${words} » parmi les examens et les objets`, `Search “${words}” among studies and objects`),
  paletteSearchNote: text('Cette recherche est notée au journal.', 'The log tells of this search.'),
  kindPage: text('Page', 'Page'),
  kindPeer: text('Correspondant', 'Peer'),
  kindAct: text('Action', 'Action'),
  help: text('Raccourcis clavier', 'Keyboard shortcuts'),
  helpOpen: text('Cette aide', 'This help'),
  helpPalette: text('Aller à, chercher', 'Go to, search'),
  helpThen: text('puis', 'then'),
  helpLetters: text('Raccourcis d’une lettre', 'Single-letter shortcuts'),
  helpLettersMeaning: text(
    'À couper si vous dictez au clavier ou utilisez la commande vocale.',
    'Turn off if you dictate or use voice control.',
  ),
  language: text('Langue', 'Language'),
  toOther: text('Switch to English', 'Passer en français'),
  french: text('Français', 'Français'),
  english: text('English', 'English'),
  scheme: text('Apparence', 'Appearance'),
  schemeAuto: text('Celle du système', 'The system’s'),
  schemeLight: text('Claire', 'Light'),
  schemeDark: text('Sombre', 'Dark'),
  account: (name: string, initials: string) =>
    text(`${initials}, compte de ${name}`, `${initials}, account of ${name}`),
  myAccount: text('Mon compte', 'My account'),
  lock: text('Verrouiller', 'Lock'),
  demo: text(
    'Démonstration : un hôpital imaginaire, des images synthétiques. Rien ici ne concerne un patient réel.',
    'Demonstration: an imaginary hospital, synthetic images. Nothing here is about a real patient.',
  ),
  connecting: text('Connexion…', 'Connecting…'),
  live: text('En direct', 'Live'),
  stale: (since: string) =>
    text(
      `Plus de nouvelles depuis ${since}. Ce qui est affiché date d’alors.`,
      `No news since ${since}. What is shown dates from then.`,
    ),
  offline: text('Aucune nouvelle de la passerelle', 'No news from the gateway'),
  notFound: text('Cette page n’existe pas', 'There is no such page'),
  notFoundAdvice: text(
    'L’adresse est peut-être ancienne ou mal recopiée. Le menu mène à toutes les pages.',
    'The address may be old or mistyped. The menu leads to every page.',
  ),
  lockedTitle: text('Session verrouillée', 'Session locked'),
  lockedAdvice: text(
    'Montrez de nouveau qui vous êtes pour continuer. Rien de ce qui était affiché ne reste à l’écran.',
    'Show again who you are to go on. Nothing of what was shown remains on the screen.',
  ),
  lockedAgain: text('Se reconnecter', 'Sign in again'),
  toDo: (count: number) =>
    text(
      count === 1 ? '1 chose vous attend' : `${count} choses vous attendent`,
      count === 1 ? '1 thing waits for you' : `${count} things wait for you`,
    ),
} as const;

/** Roles as people call them. */
export const ROLE_WORDS = {
  administrator: text('administrateur', 'administrator'),
  'security-officer': text('sécurité (RSSI)', 'security officer'),
  radiologist: text('radiologue', 'radiologist'),
  technologist: text('manipulateur', 'technologist'),
  emergency: text('urgences', 'emergency'),
  auditor: text('auditeur', 'auditor'),
} as const;
