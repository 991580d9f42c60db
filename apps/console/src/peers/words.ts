import { counted, text } from '../words/index.ts';

const TIMES = [
  { one: 'fois', other: 'fois' },
  { one: 'time', other: 'times' },
] as const;

export const PEERS = {
  title: text('Correspondants', 'Peers'),
  lead: text(
    'Qui a le droit de parler à la passerelle, depuis où, et pour quoi faire. Tout le reste est refusé, et s’affiche ici.',
    'Who may speak to the gateway, from where, and to do what. Everything else is refused, and shows up here.',
  ),
  add: text('Ajouter un correspondant', 'Add a peer'),
  learn: text('Apprendre les règles', 'Learn the rules'),
  knocked: text('Qui a frappé', 'Who knocked'),
  knockedLead: text(
    'Refusés, et pourquoi. Reconnaissez l’appareil avant d’admettre : un titre AE se recopie, une adresse se devine.',
    'Refused, and why. Recognise the device before letting it in: an AE title can be copied, an address guessed.',
  ),
  nobodyKnocked: text('Personne n’a frappé', 'Nobody knocked'),
  nobodyKnockedAdvice: text(
    'Un appareil inconnu qui envoie une image apparaît ici dans la seconde, avec son titre, son adresse et un bouton pour l’admettre.',
    'An unknown device that sends an image shows up here within a second, with its title, its address and a button that lets it in.',
  ),
  untitled: text('Sans titre AE', 'No AE title'),
  more: (count: number) =>
    counted(
      count,
      { one: 'autre, plus ancien', other: 'autres, plus anciens' },
      { one: 'other, older', other: 'others, older' },
    ),
  fewer: text('Les plus récents seulement', 'The most recent only'),
  association: text('ouvrir une association', 'open an association'),
  admit: text('Admettre', 'Let in'),
  admitNamed: (title: string) => text(`Admettre ${title}`, `Let ${title} in`),
  choose: text('Choisir les droits…', 'Choose rights…'),
  admitted: (title: string) => text(`${title} est admis.`, `${title} is let in.`),
  removed: (title: string) => text(`${title} n’est plus admis.`, `${title} is no longer let in.`),
  times: (count: number) => counted(count, TIMES[0], TIMES[1]),
  overTls: text('Chiffré (TLS)', 'Encrypted (TLS)'),
  inClear: text('En clair', 'In the clear'),
  last: text('dernière fois', 'last time'),
  wouldGive: text('Recevrait', 'Would get'),

  allowed: text('Qui est admis', 'Who is let in'),
  aeTitle: text('Titre AE', 'AE title'),
  from: text('Depuis', 'From'),
  may: text('Droits', 'Rights'),
  identity: text('Identité', 'Identity'),
  rules: text('Règles', 'Rules'),
  seen: text('Vu', 'Seen'),
  never: text('jamais', 'never'),
  none: text('Personne n’est encore admis', 'Nobody is let in yet'),
  noneAdvice: text(
    'Envoyez une image depuis un appareil : il sera refusé, apparaîtra ci-dessus, et un bouton suffira pour l’admettre.',
    'Send an image from a device: it will be refused, show up above, and one button will let it in.',
  ),
  enforced: text('Appliquées', 'Enforced'),
  observed: text('Observé', 'Observed'),
  byAddress: text('Adresse seule', 'Address alone'),
  byPin: text('Certificat épinglé', 'Pinned certificate'),
  bySignature: text('Certificat signé', 'Signed certificate'),
  noCertificate: text('Aucun certificat émis', 'No certificate issued'),
  expires: (when: string) => text(`Expire ${when}`, `Expires ${when}`),
  expired: text('Certificat expiré', 'Certificate expired'),

  unknown: text('Ce titre n’est pas admis', 'This title is not let in'),
  unknownAdvice: text(
    'S’il a frappé, il est dans la liste « Qui a frappé ». Sinon, ajoutez-le.',
    'If it knocked it is in the list “Who knocked”. If not, add it.',
  ),
  back: text('Tous les correspondants', 'All peers'),
  fromRange: (range: string) => text(`Depuis ${range}`, `From ${range}`),
  whatItDoes: text('Ce qu’il fait', 'What it does'),
  used: (times: string, bytes: string, since: string) =>
    text(`${times} et ${bytes} depuis le ${since}`, `${times} and ${bytes} since ${since}`),
  unused: text('Cette règle n’a encore servi à rien.', 'This rule has not been of use yet.'),
  beyond: text('Au-delà de ses règles', 'Beyond its rules'),
  beyondNone: text('Rien de ce qu’il a demandé ne dépasse ses règles.', 'Nothing it asked for goes beyond its rules.'),
  passedObserved: text('Passé, car observé', 'Passed, since observed'),
  wasRefused: text('Refusé', 'Refused'),
  give: (right: string) => text(`Donner le droit « ${right} »`, `Give the right “${right}”`),
  given: (title: string, right: string) =>
    text(`${title} a le droit « ${right} ».`, `${title} has the right “${right}”.`),
  certificates: text('Certificats émis pour lui', 'Certificates issued for it'),
  certificatesNone: text(
    'Aucun. Un certificat signé par l’autorité du site fait que personne ne peut se faire passer pour lui.',
    'None. A certificate signed by the site’s authority keeps anybody from passing for it.',
  ),
  validUntil: (when: string) => text(`valable jusqu’au ${when}`, `valid until ${when}`),
  revokedOn: (when: string) => text(`révoqué le ${when}`, `revoked on ${when}`),
  revoke: text('Révoquer', 'Revoke'),
  revokeTitle: (name: string) => text(`Révoquer le certificat ${name} ?`, `Revoke the certificate ${name}?`),
  revokeMeaning: text(
    'Ses associations en cours sont coupées, et il n’entrera plus avec ce certificat. Cela ne se défait pas : il en faudra un autre.',
    'Its open associations are ended, and it no longer comes in with this certificate. This cannot be undone: it will need another.',
  ),
  revoked: (name: string) => text(`Le certificat ${name} est révoqué.`, `The certificate ${name} is revoked.`),
  devices: text('Appareils derrière ce titre', 'Devices behind this title'),
  devicesNone: text(
    'Aucun objet n’a encore dit de quel appareil il vient.',
    'No object has told yet which device it comes from.',
  ),
  firstSeen: (when: string) => text(`vu depuis le ${when}`, `seen since ${when}`),
  edit: text('Changer les droits…', 'Change rights…'),
  remove: text('Ne plus admettre…', 'No longer let in…'),
  removeTitle: (title: string, from: string) =>
    text(`Ne plus admettre ${title} depuis ${from} ?`, `No longer let ${title} in from ${from}?`),
  removeMeaning: text(
    'Dès maintenant, ce qu’il demande est refusé. Ce qui est déjà en garde reste. Cela se défait.',
    'From now on what it asks for is refused. What is in custody stays. This can be undone.',
  ),
  removeAct: text('Ne plus admettre', 'No longer let in'),
  observe: text('Observer', 'Observe'),
  observeMeaning: text(
    'Ce qui dépasse ses règles passe, inspecté comme toujours, et est noté.',
    'What goes beyond its rules passes, inspected as always, and is recorded.',
  ),
  enforce: text('Appliquer ses règles…', 'Enforce its rules…'),
  enforceMeaning: text('Ce qui dépasse ses règles est refusé.', 'What goes beyond its rules is refused.'),
  observing: (title: string) => text(`${title} est observé.`, `${title} is observed.`),
  enforcing: (title: string) => text(`Les règles de ${title} s’appliquent.`, `The rules of ${title} are enforced.`),
} as const;

/** The form that adds or changes a peer. */
export const PEER_FORM = {
  addTitle: text('Ajouter un correspondant', 'Add a peer'),
  editTitle: (title: string) => text(`Droits de ${title}`, `Rights of ${title}`),
  aeTitle: text('Titre AE', 'AE title'),
  aeTitleMeaning: text(
    'Tel que l’appareil se présente : 16 caractères au plus.',
    'As the device presents itself: at most 16 characters.',
  ),
  from: text('Adresse ou plage', 'Address or range'),
  fromMeaning: text(
    '192.0.2.10/32 pour une seule adresse, 192.0.2.0/24 pour un réseau.',
    '192.0.2.10/32 for one address, 192.0.2.0/24 for a network.',
  ),
  pin: text('Empreinte du certificat (SHA-256)', 'Certificate fingerprint (SHA-256)'),
  pinMeaning: text(
    'Facultative. Avec elle, il n’est admis qu’en TLS, avec ce certificat-là.',
    'Optional. With it, it is let in over TLS alone, with that very certificate.',
  ),
  rights: text('Ce qu’il peut demander', 'What it may ask for'),
  atLeastOne: text(
    'Au moins un droit, sinon il n’a rien à faire ici.',
    'At least one right, or it has no business here.',
  ),
  badTitle: text(
    '1 à 16 caractères, sans « \\ » ni espace au bord.',
    '1 to 16 characters, no “\\”, no space at either end.',
  ),
  badFrom: text(
    'Une adresse s’écrit 192.0.2.10/32 ou 2001:db8::/64.',
    'An address is written 192.0.2.10/32 or 2001:db8::/64.',
  ),
  badPin: text('64 chiffres hexadécimaux en minuscules.', '64 lower-case hexadecimal digits.'),
  save: text('Enregistrer', 'Save'),
} as const;

/** What binds a peer beyond its rights. */
export const LIMITS = {
  mode: text('Ses règles', 'Its rules'),
  modeMeaning: text(
    'Observé : ce qui dépasse ses droits passe, inspecté, et est noté. Appliqué : c’est refusé.',
    'Observed: what goes beyond its rights passes, inspected, and is recorded. Enforced: it is refused.',
  ),
  asSite: text('comme le reste du site', 'as the rest of the site'),
  enforce: text('appliquées', 'enforced'),
  observe: text('observées', 'observed'),
  identity: text('Comment il prouve qui il est', 'How it proves who it is'),
  anchors: text('Autorités dont il peut montrer un certificat', 'Authorities whose certificate it may show'),
  noAnchors: text(
    'L’autorité du site suffit tant qu’aucune autre n’est ajoutée (leadglass cert trust add).',
    'The authority of the site is enough while no other is added (leadglass cert trust add).',
  ),
  certName: text('Nom exigé dans son certificat', 'Name its certificate must bear'),
  certNameMeaning: text(
    'Facultatif : sans lui, tout nom de ces autorités.',
    'Optional: without it, any name of those authorities.',
  ),
  otherDevice: text('Si un autre appareil se présente sous ce titre', 'If another device comes under this title'),
  otherTell: text('le dire', 'tell'),
  otherHold: text('le dire et retenir ce qu’il envoie', 'tell, and hold what it sends'),
  notChosen: text('pas de choix', 'no choice'),
  yes: text('oui', 'yes'),
  no: text('non', 'no'),
  limits: text('Limites de ses recherches', 'Limits of its queries'),
  limitsMeaning: text('Laissez vide ce qui ne doit pas être limité.', 'Leave empty what is not to be limited.'),
  mostResults: text('Résultats au plus', 'Results at most'),
  mostResultsMeaning: text('Un nombre entier, de 1 à 100 000.', 'A whole number, 1 to 100,000.'),
  mostDays: text('Jours de recul au plus', 'Days back at most'),
  mostDaysMeaning: text('Un nombre entier de jours.', 'A whole number of days.'),
  perMinute: text('Recherches par minute', 'Queries a minute'),
  perMinuteMeaning: text('Un nombre entier, à partir de 1.', 'A whole number, from 1.'),
  hours: text('Heures', 'Hours'),
  hoursMeaning: text('Écrites 07:00-19:30, heure de la passerelle.', 'Written 07:00-19:30, by the gateway’s clock.'),
  modalities: text('Modalités qu’il voit', 'Modalities it sees'),
  modalitiesMeaning: text('Des codes, séparés par des virgules : CT, MR.', 'Codes, separated by commas: CT, MR.'),
  moveTo: text('Où il peut faire envoyer', 'Where it may have images sent'),
  moveToMeaning: text(
    'Des titres AE, séparés par des virgules, en plus du sien.',
    'AE titles, separated by commas, besides its own.',
  ),
  nameWildcards: text('Jokers dans les noms', 'Wildcards in names'),
  wildcardsAny: text('partout', 'anywhere'),
  wildcardsTrailing: text('à la fin seulement', 'at the end only'),
  wildcardsNone: text('aucun', 'none'),
  sweeps: text('Peut demander tout, sans critère', 'May ask for everything, without a criterion'),
  ownStation: text('Ne voit que la liste de travail de son poste', 'Sees the worklist of its own station alone'),
  wrong: text('Cela ne peut pas être enregistré ainsi.', 'This cannot be saved like that.'),
  difference: text('Ce qui changera', 'What will change'),
  review: text('Voir ce qui changera', 'See what will change'),
  back: text('Revenir', 'Back'),
} as const;

/** Rights, as people call them. */
export const RIGHTS = {
  echo: text('tester la liaison', 'test the link'),
  store: text('envoyer des images', 'send images'),
  find: text('chercher', 'search'),
  move: text('faire envoyer', 'have images sent'),
  get: text('récupérer', 'retrieve'),
  worklist: text('liste de travail', 'worklist'),
  mpps: text('étapes d’examen', 'procedure steps'),
  commit: text('engagement de stockage', 'storage commitment'),
  print: text('imprimer', 'print'),
  ups: text('étapes unifiées', 'unified steps'),
  availability: text('disponibilité', 'availability'),
  qido: text('chercher (web)', 'search (web)'),
  wado: text('lire (web)', 'read (web)'),
  stow: text('envoyer (web)', 'send (web)'),
  fhir: text('envoyer (FHIR)', 'send (FHIR)'),
  continuity: text('tirer l’ensemble de continuité', 'pull the continuity set'),
} as const;

/** Observing, proposing, simulating, enforcing. */
export const LEARNING = {
  title: text('Apprendre les règles', 'Learn the rules'),
  lead: text(
    'Observer d’abord, proposer les règles les plus étroites qui suffisent, les essayer sur ce qui a été vu, puis les appliquer.',
    'Observe first, propose the smallest rules that suffice, try them on what was seen, then enforce them.',
  ),
  observation: text('1. Observer', '1. Observe'),
  observing: (since: string, until: string) =>
    text(`depuis le ${since}, jusqu’au ${until}`, `since ${since}, until ${until}`),
  over: text('terminé', 'over'),
  site: text('Tout le site', 'The whole site'),
  siteUntil: (until: string) => text(`jusqu’au ${until}`, `until ${until}`),
  noObservation: text(
    'Rien n’est observé : tout ce qui dépasse les règles est refusé.',
    'Nothing is observed: whatever goes beyond the rules is refused.',
  ),
  observeSite: text('Observer tout le site 14 jours', 'Observe the whole site for 14 days'),
  observeSiteMeaning: text(
    'Les correspondants sans règle propre passent pendant ce temps, inspectés comme toujours. Les inconnus restent refusés.',
    'Peers without a mode of their own pass meanwhile, inspected as always. Strangers stay refused.',
  ),
  observeSiteDone: text('Tout le site est observé pendant 14 jours.', 'The whole site is observed for 14 days.'),
  seen: text('Ce qui dépasse les règles', 'What goes beyond the rules'),
  seenNone: text('Rien n’a dépassé les règles.', 'Nothing went beyond the rules.'),
  propose: text('2. Proposer', '2. Propose'),
  proposeLead: (kinds: number, peers: number) =>
    text(
      `D’après ${kinds} sortes d’échanges vues, pour ${peers} correspondants.`,
      `From ${kinds} kinds of exchanges seen, for ${peers} peers.`,
    ),
  proposeButton: text('Proposer des règles', 'Propose rules'),
  before: text('Changements proposés', 'Proposed changes'),
  uncovered: text('Ce que la proposition ne couvre pas', 'What the proposal does not cover'),
  simulate: text('3. Essayer', '3. Try'),
  simulateButton: text('Essayer sur ce qui a été vu', 'Try on what was seen'),
  simulated: (kinds: number, count: number) =>
    text(
      `${kinds} sortes d’échanges rejouées, soit ${count} échanges.`,
      `${kinds} kinds of exchanges replayed, ${count} exchanges in all.`,
    ),
  noDifference: text('Rien ne serait traité autrement.', 'Nothing would be treated otherwise.'),
  wouldRefuse: text('Serait refusé', 'Would be refused'),
  wouldAdmit: text('Serait admis', 'Would be let in'),
  partly: text('en partie', 'in part'),
  enforce: text('4. Appliquer', '4. Enforce'),
  toSettings: text('Relire et appliquer dans les réglages', 'Review and apply in the settings'),
  enforceAll: text('Appliquer les règles de tous…', 'Enforce everybody’s rules…'),
  enforceAllTitle: text('Appliquer les règles de tous ?', 'Enforce everybody’s rules?'),
  enforceAllMeaning: text(
    'Toute observation prend fin. Voici ce qui serait refusé désormais :',
    'All observation ends. This would be refused from now on:',
  ),
  enforceAct: text('Appliquer', 'Enforce'),
  enforced: text('Les règles s’appliquent à tous.', 'The rules are enforced for everybody.'),
  exchanges: (count: number) =>
    counted(count, { one: 'échange', other: 'échanges' }, { one: 'exchange', other: 'exchanges' }),
} as const;
