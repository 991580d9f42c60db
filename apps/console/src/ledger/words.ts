import { counted, text } from '../words/index.ts';

/** Words of the ledger's pages. */
export const LEDGER = {
  title: text('Registre', 'Ledger'),
  lead: text(
    'Tout ce qui s’est passé, en entrées que personne ne peut réécrire sans que cela se voie : chacune est hachée dans un arbre dont la racine est signée.',
    'Everything that happened, in entries that nobody can rewrite unseen: each is hashed into a tree whose root is signed.',
  ),

  verify: text('Vérifier le registre', 'Verify the ledger'),
  verifyLead: text(
    'Le calcul se fait dans votre navigateur, sans croire le serveur : signature, racine, et rien de retiré depuis votre dernière visite.',
    'The computing is done in your browser, without believing the server: signature, root, and nothing taken away since your last visit.',
  ),
  verifyQuick: text('Vérifier', 'Verify'),
  verifyWhole: text('Tout relire', 'Read it all again'),
  verifyWholeMeaning: text(
    '« Vérifier » prend une seconde. « Tout relire » recalcule chaque entrée ; comptez une minute environ pour cent mille entrées.',
    '“Verify” takes a second. “Read it all again” computes every entry anew; count about a minute for a hundred thousand entries.',
  ),
  stop: text('Arrêter', 'Stop'),
  progress: (done: string, size: string) => text(`${done} entrées sur ${size}`, `${done} of ${size} entries`),
  beginning: text('Lecture de la racine signée…', 'Reading the signed root…'),
  neverVerified: text(
    'Ce navigateur n’a encore jamais vérifié ce registre : la première fois, il retient la clé et la racine, et les compare ensuite à chaque visite.',
    'This browser has never verified this ledger: the first time it remembers key and root, and compares them at each later visit.',
  ),
  remembered: (size: string, when: string) =>
    text(
      `Ce navigateur se souvient de ${size} entrées trouvées intactes le ${when}.`,
      `This browser remembers ${size} entries found intact on ${when}.`,
    ),
  sound: text('Le registre est intact', 'The ledger is intact'),
  unsound: text('Le registre n’est PAS intact', 'The ledger is NOT intact'),
  notChecked: text('La vérification n’a pas pu aller au bout', 'The check could not be completed'),
  notCheckedAdvice: text(
    'Cela ne dit rien du registre, ni en bien ni en mal. Vérifiez le réseau et recommencez ; sur la machine : ./leadglass ledger verify',
    'This says nothing about the ledger, good or bad. Check the network and try again; on the machine: ./leadglass ledger verify',
  ),
  unsoundAdvice: text(
    'Ne redémarrez ni ne réparez rien. Gardez cette page et la preuve ci-dessous, prévenez le responsable de la sécurité, et lancez sur la machine : ./leadglass ledger verify',
    'Restart and repair nothing. Keep this page and the evidence below, tell the security officer, and run on the machine: ./leadglass ledger verify',
  ),
  signedBy: (size: string) => text(`Racine de ${size} entrées, signée par`, `Root of ${size} entries, signed by`),
  checkedEntries: (n: string, tiles: string) =>
    text(
      `${n} entrées relues et recalculées ; ${tiles} tuiles de hachage comparées.`,
      `${n} entries read and computed anew; ${tiles} hash tiles compared.`,
    ),
  checkedQuick: text(
    'Signature et racine justes. Les entrées elles-mêmes n’ont pas été relues une à une.',
    'Signature and root are right. The entries themselves were not read one by one.',
  ),
  extends: (size: string, when: string) =>
    text(
      `Les ${size} entrées que ce navigateur connaissait (${when}) y sont toujours, inchangées.`,
      `The ${size} entries this browser knew (${when}) are still there, unchanged.`,
    ),
  firstTime: text(
    'Première vérification dans ce navigateur : comparez l’empreinte de la clé avec celle que le responsable de la sécurité a notée.',
    'First check in this browser: compare the key’s fingerprint with the one the security officer wrote down.',
  ),
  rootHash: text('Racine', 'Root'),
  fingerprint: text('Empreinte de la clé', 'Fingerprint of the key'),
  vkey: text('Clé de vérification', 'Verifier key'),
  checkedAt: text('Vérifié', 'Checked'),
  saveEvidence: text('Enregistrer la preuve', 'Save the evidence'),
  forget: text('Oublier ce que ce navigateur retient', 'Forget what this browser remembers'),
  forgetWarning: text(
    'À ne faire que si le registre a été recommencé exprès (nouvelle installation, restauration décidée). Les retraits antérieurs ne se verront plus depuis ce navigateur.',
    'Only when the ledger was begun anew on purpose (a new installation, a restore that was decided). Earlier removals will no longer be seen from this browser.',
  ),
  forgetAct: text('Oublier', 'Forget'),

  entries: text('Entrées', 'Entries'),
  entriesLead: text(
    'Les plus récentes d’abord ; ↑ ↓ pour les parcourir. Choisissez-en une pour la lire en clair, avec ses faits et sa preuve. Lire le registre s’inscrit aussi au registre.',
    'Newest first; ↑ ↓ to walk through them. Choose one to read it in plain words, with its facts and its proof. Reading the ledger is written to the ledger too.',
  ),
  size: (n: string) => text(`${n} entrées`, `${n} entries`),
  newest: text('Les plus récentes', 'Newest'),
  goTo: text('Aller à l’entrée', 'Go to entry'),
  go: text('Aller', 'Go'),
  filter: text('Genre', 'Kind'),
  everything: text('Tout', 'Everything'),
  closedTitle: text('La passerelle ne peut pas ouvrir son registre', 'The gateway cannot open its ledger'),
  closedText: text(
    'Ses fichiers sont abîmés ou manquent : rien n’est accepté tant que c’est ainsi. Ne réparez rien à la main ; lancez sur la machine ./leadglass ledger verify, qui dit où, et prévenez le responsable de la sécurité.',
    'Its files are damaged or missing: nothing is accepted while that is so. Repair nothing by hand; run ./leadglass ledger verify on the machine, which tells where, and tell the security officer.',
  ),
  emptyTitle: text('Le registre est vide', 'The ledger is empty'),
  emptyText: text(
    'La première entrée s’écrit au démarrage de la passerelle, puis une à chaque association, objet, livraison et décision.',
    'The first entry is written when the gateway starts, then one for each association, object, delivery and decision.',
  ),
  nothingOfKind: text('Rien de ce genre n’est encore arrivé', 'Nothing of this kind has happened yet'),
  nothingOfKindText: text('Choisissez un autre genre, ou « Tout ».', 'Choose another kind, or “Everything”.'),
  lastOfKind: (n: string) => text(`Les ${n} dernières de ce genre.`, `The last ${n} of this kind.`),
  waiting: text('attend le registre', 'waits for the ledger'),
  close: text('Fermer', 'Close'),
  noEntry: text('Il n’y a pas d’entrée de ce numéro', 'There is no entry of this number'),
  noEntryText: (size: string) => text(`Le registre va de 0 à ${size}.`, `The ledger goes from 0 to ${size}.`),

  entry: (index: string) => text(`Entrée nº ${index}`, `Entry no. ${index}`),
  before: text('Précédente', 'Previous'),
  after: text('Suivante', 'Next'),
  openAlone: text('Ouvrir seule', 'Open alone'),
  when: text('Quand', 'When'),
  kind: text('Genre', 'Kind'),
  outcome: text('Issue', 'Outcome'),
  what: text('Ce qui s’est passé', 'What happened'),
  who: text('Qui', 'Who'),
  requestor: text('a demandé', 'asked'),
  about: text('À propos de', 'About'),
  facts: text('Faits inscrits', 'Facts written'),
  raw: text('Message d’audit DICOM (PS3.15 §A.5)', 'DICOM audit message (PS3.15 §A.5)'),
  notOurs: text(
    'Cette entrée n’est pas un message d’audit que cette page sache lire ; la voici telle quelle.',
    'This entry is no audit message that this page can read; here it is as it stands.',
  ),

  proof: text('Preuve d’inscription', 'Inclusion proof'),
  prove: text('Prouver cette entrée', 'Prove this entry'),
  proving: text('Calcul…', 'Computing…'),
  proved: (index: string, size: string) =>
    text(
      `Prouvé dans ce navigateur : c’est bien l’entrée nº ${index} d’un registre signé de ${size} entrées.`,
      `Proved in this browser: this is entry no. ${index} of a signed ledger of ${size} entries.`,
    ),
  notProved: text('La preuve NE TIENT PAS', 'The proof DOES NOT HOLD'),
  downloadProof: text('Télécharger la preuve', 'Download the proof'),
  proofMeaning: text(
    'Texte C2SP tlog-proof : l’entrée, son chemin et la racine signée ; vérifiable sans Leadglass.',
    'C2SP tlog-proof text: the entry, its path and the signed root; can be checked without Leadglass.',
  ),
  notYet: text(
    'Cet événement attend encore son inscription au registre : une seconde, d’ordinaire.',
    'This event still waits to be written to the ledger: a second, as a rule.',
  ),

  export: text('Dossier pour un auditeur', 'A file for an auditor'),
  exportLead: text(
    'Un fichier zip : les entrées, une preuve pour chacune, la racine signée, et comment tout vérifier avec Python et OpenSSL, sans Leadglass.',
    'A zip file: the entries, a proof for each, the signed root, and how to verify all of it with Python and OpenSSL, without Leadglass.',
  ),
  from: text('De l’entrée', 'From entry'),
  to: text('à l’entrée', 'to entry'),
  exportAct: text('Préparer le dossier', 'Make the file'),
  exportMost: (n: string) => text(`Au plus ${n} entrées par dossier.`, `At most ${n} entries in a file.`),
  exportDone: (n: number) =>
    counted(
      n,
      { one: 'entrée prouvée et enregistrée.', other: 'entrées prouvées et enregistrées.' },
      { one: 'entry proved and saved.', other: 'entries proved and saved.' },
    ),
  exportUnproved: text(
    'Aucun dossier n’a été fait : une entrée n’est pas prouvée par le registre. Lancez « Tout relire ».',
    'No file was made: an entry is not proved by the ledger. Run “Read it all again”.',
  ),
  exportRange: text(
    'Indiquez deux numéros d’entrée, le premier avant le second.',
    'Give two entry numbers, the first before the second.',
  ),
} as const;

/** Kinds of events, by the first word of theirs: what the log is filtered by. */
export const KINDS = {
  gateway: text('Passerelle', 'Gateway'),
  intake: text('Réception', 'Intake'),
  clamav: text('ClamAV', 'ClamAV'),
  association: text('Associations', 'Associations'),
  connection: text('Connexions', 'Connections'),
  operation: text('Questions DICOM', 'DICOM questions'),
  arrival: text('Arrivées', 'Arrivals'),
  copy: text('Copies désarmées', 'Disarmed copies'),
  delivery: text('Livraisons', 'Deliveries'),
  commitment: text('Engagements de stockage', 'Storage commitments'),
  retrieve: text('Récupérations', 'Retrievals'),
  hold: text('Retenues', 'Holds'),
  operator: text('Opérateurs', 'Operators'),
  import: text('Imports', 'Imports'),
  web: text('DICOMweb', 'DICOMweb'),
  vault: text('Coffre', 'Vault'),
  ledger: text('Lectures du registre', 'Readings of the ledger'),
  certificate: text('Certificats', 'Certificates'),
  tls: text('TLS', 'TLS'),
  config: text('Réglages', 'Settings'),
  recovery: text('Reprises', 'Recovery'),
  outage: text('Pannes', 'Outages'),
  giveback: text('Restitutions', 'Give-back'),
  isolation: text('Isolement', 'Isolation'),
} as const;

/** What a check of the log may find wrong. */
export const FAULTS = {
  key: text(
    'La clé de vérification donnée par le serveur n’en est pas une.',
    'The verifier key given by the server is none.',
  ),
  'key-changed': text(
    'La clé qui signe n’est plus celle que ce navigateur connaît.',
    'The signing key is no longer the one this browser knows.',
  ),
  none: text(
    'La passerelle ne donne aucune racine signée : elle n’a pas pu ouvrir son registre.',
    'The gateway gives no signed root: it could not open its ledger.',
  ),
  'not-signed': text(
    'La racine n’est pas signée par la clé du registre.',
    'The root is not signed by the ledger’s key.',
  ),
  truncated: text(
    'Des entrées ont été retirées à la fin : il y en avait davantage.',
    'Entries were taken away at the end: there were more.',
  ),
  rewritten: text(
    'Des entrées que ce navigateur connaissait ont été changées.',
    'Entries that this browser knew were changed.',
  ),
  missing: text('Une entrée ne peut pas être lue.', 'An entry cannot be read.'),
  entry: text('Cette entrée a été modifiée.', 'This entry was changed.'),
  tile: text(
    'Un hachage conservé ne correspond pas aux entrées, à partir de celle-ci.',
    'A kept hash does not fit the entries, from this one on.',
  ),
  root: text('Les entrées ne donnent pas la racine signée.', 'The entries do not give the signed root.'),
} as const;

/** How it went (PS3.15 Table A.5.2-1). */
export const OUTCOMES = {
  0: text('réussi', 'success'),
  4: text('échec mineur', 'minor failure'),
  8: text('échec grave', 'serious failure'),
  12: text('échec majeur', 'major failure'),
} as const;

/** Why a proof does not hold. */
export const NOT_PROVED = {
  malformed: text('Elle n’a pas la forme attendue.', 'It does not have the expected form.'),
  'not-signed': text(
    'Sa racine n’est pas signée par la clé du registre.',
    'Its root is not signed by the ledger’s key.',
  ),
  'not-included': text('Cette entrée ne mène pas à la racine signée.', 'This entry does not lead to the signed root.'),
} as const;
