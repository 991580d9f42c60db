import { counted, text } from '../words/index.ts';

/** Words of the pages about held objects. */
export const HOLDS = {
  title: text('Retenues', 'Holds'),
  lead: text(
    'Ce qui a éveillé un doute attend ici la décision d’une personne. Le soin, lui, n’attend pas : quand c’est possible, une copie désarmée, aux pixels identiques, est déjà partie.',
    'What raised a doubt waits here for a person to decide. Care does not wait: where possible a disarmed copy, identical in its pixels, has already gone on.',
  ),
  one: text('Objet retenu', 'Held object'),
  list: text('Objets', 'Objects'),
  held: text('À décider', 'To decide'),
  released: text('Libérés', 'Released'),
  destroyed: text('Détruits', 'Destroyed'),
  every: text('Tous', 'All'),
  showing: text('Montrer', 'Show'),
  count: (n: number) => counted(n, { one: 'objet', other: 'objets' }, { one: 'object', other: 'objects' }),
  noneTitle: text('Rien n’est retenu', 'Nothing is held'),
  noneText: text(
    'Chaque objet est inspecté en arrivant : script dans un en-tête, programme caché derrière l’image, structure contradictoire… Ce qui inquiète apparaîtra ici, avec les octets en cause. Pour voir à quoi cela ressemble sans rien risquer : ./leadglass prove-it',
    'Every object is inspected as it arrives: a script in a header, a program hidden behind the image, a structure that contradicts itself… What worries will appear here, with the bytes concerned. To see what it looks like without any risk: ./leadglass prove-it',
  ),
  state: text('État', 'State'),
  since: text('Depuis', 'Since'),
  peer: text('Envoyé par', 'Sent by'),
  verdict: text('Verdict', 'Verdict'),
  why: text('Pourquoi', 'Why'),
  copy: text('Copie désarmée', 'Disarmed copy'),
  look: text('Examiner', 'Examine'),
  waitsSecond: text('attend une deuxième personne', 'waits for a second person'),
  unknown: text('Cet objet n’est pas retenu ici', 'This object is not held here'),
  unknownText: text(
    'Il a pu être détruit, ou n’est jamais passé par cette passerelle. Son parcours le dit.',
    'It may have been destroyed, or has never passed this gateway. Its journey tells.',
  ),
  journey: text('Son parcours', 'Its journey'),
  print: text('Imprimer', 'Print'),

  digest: text('SHA-256', 'SHA-256'),
  instance: text('Instance SOP', 'SOP instance'),
  decided: (by: string, when: string, why: string) =>
    text(`Décidé par ${by} le ${when} : ${why}`, `Decided by ${by} on ${when}: ${why}`),
  notices: text('À savoir avant de décider', 'To know before deciding'),
  whereCopy: (places: string) => text(`Où en est la copie : ${places}`, `Where the copy is: ${places}`),

  findings: text('Ce qui a été vu', 'What was seen'),
  findingsLead: text(
    'Chaque constat, avec les octets dont il parle. Les regarder s’inscrit au registre.',
    'Each finding, with the bytes it is about. Looking at them is written to the ledger.',
  ),
  noFindings: text(
    'Aucun constat en particulier : voyez la raison ci-dessus.',
    'No finding in particular: see the reason above.',
  ),
  at: (path: string) => text(`dans ${path}`, `in ${path}`),
  atOffset: (offset: string) => text(`à l’octet ${offset}`, `at byte ${offset}`),
  showBytes: text('Voir les octets', 'Show the bytes'),
  ofFinding: (n: string) => text(`\u00a0du constat ${n}`, `\u00a0of finding ${n}`),
  moreBytes: text('Plus d’octets autour', 'More bytes around'),
  bytesOf: (n: string) => text(`Octets du constat ${n}`, `Bytes of finding ${n}`),
  inInflated: text('Positions comptées dans les données décompressées.', 'Places counted in the inflated data.'),
  marked: text('Les octets surlignés sont ceux du constat.', 'The highlighted bytes are those of the finding.'),
  citing: (what: string) => text(`Référence : ${what}`, `Reference: ${what}`),

  picture: text('Image et copie, côte à côte', 'Image and copy, side by side'),
  pictureLead: text(
    'Dessinée dans un processus isolé qui n’a ni réseau, ni disque, ni clé ; votre navigateur ne reçoit qu’un PNG.',
    'Drawn in a sandboxed process without network, disk or key; your browser receives a PNG alone.',
  ),
  showPicture: text('Voir l’image', 'Show the image'),
  original: text('Original retenu', 'Held original'),
  theCopy: text('Copie désarmée', 'Disarmed copy'),
  frame: text('Image nº', 'Frame no.'),
  center: text('Centre', 'Centre'),
  width: text('Largeur', 'Width'),
  redraw: text('Redessiner', 'Draw again'),
  noPicture: text('Aucune image ne peut être dessinée', 'No image can be drawn'),
  changes: text('Ce qui a été changé dans la copie', 'What was changed in the copy'),
  noChanges: text(
    'La copie était connue avant d’être faite : rien n’est à comparer.',
    'The copy was known before it was made: there is nothing to compare.',
  ),
  samePixels: text('Pixels identiques, par deux lectures :', 'Identical pixels, by two readings:'),
  pixelsUnknown: text('Les pixels n’ont pas pu être comparés.', 'The pixels could not be compared.'),
  sizes: (before: string, after: string) =>
    text(`Original : ${before}. Copie : ${after}.`, `Original: ${before}. Copy: ${after}.`),
  compare: text('Comparer', 'Compare'),

  attributes: text('Attributs', 'Attributes'),
  attributesLead: text(
    'L’arbre des éléments, tel qu’il est écrit. Ce qui peut identifier quelqu’un est masqué.',
    'The tree of elements as it is written. What may identify somebody is masked.',
  ),
  showAttributes: text('Voir les attributs', 'Show the attributes'),
  moreRows: text('La suite', 'More'),
  showClear: text('Afficher en clair', 'Show in clear'),
  showClearTitle: text('Afficher les données du patient ?', 'Show the patient’s data?'),
  showClearText: text(
    'C’est un acte inscrit au registre, avec votre nom et l’objet. Ne le faites que si la décision en dépend.',
    'This is an act written to the ledger, with your name and the object. Do it only if the decision depends on it.',
  ),
  isClear: text(
    'Données en clair : cet affichage est inscrit au registre.',
    'Data in clear: this view is written to the ledger.',
  ),
  hide: text('Masquer à nouveau', 'Mask again'),
  masked: text('masqué', 'masked'),
  binary: text('binaire', 'binary'),
  stopped: (code: string) => text(`La lecture s’arrête ici : ${code}.`, `The reading stops here: ${code}.`),
  tag: text('Étiquette', 'Tag'),
  vr: text('VR', 'VR'),
  length: text('Longueur', 'Length'),
  value: text('Valeur', 'Value'),
  ofCopy: text('de la copie', 'of the copy'),

  decide: text('Décider', 'Decide'),
  decideLead: text(
    'Libérer envoie l’original tel quel à ses destinataires. Détruire l’efface d’ici pour toujours ; ses traces au registre restent.',
    'Releasing sends the original as it is to its destinations. Destroying erases it here for good; its traces in the ledger remain.',
  ),
  release: text('Libérer…', 'Release…'),
  releaseTitle: text('Libérer cet objet ?', 'Release this object?'),
  releaseText: text(
    'L’original, avec tout ce qui a été trouvé dedans, part vers ses destinataires. Vérifiez d’abord que la copie désarmée ne suffit pas.',
    'The original, with everything that was found in it, goes to its destinations. Check first that the disarmed copy is not enough.',
  ),
  releaseAct: text('Libérer', 'Release'),
  destroy: text('Détruire…', 'Destroy…'),
  destroyTitle: text('Détruire cet objet ?', 'Destroy this object?'),
  destroyText: text(
    'L’original est effacé d’ici, sans retour possible. La copie désarmée, si elle existe, n’est pas touchée.',
    'The original is erased here and cannot be brought back. The disarmed copy, if there is one, is not touched.',
  ),
  destroyType: (digits: string) => text(`Pour confirmer, recopiez : ${digits}`, `To confirm, type: ${digits}`),
  destroyAct: text('Détruire définitivement', 'Destroy for good'),
  reason: text('Pourquoi ?', 'Why?'),
  reasonMeaning: text(
    'Une phrase : elle reste au registre, avec votre nom.',
    'A sentence: it stays in the ledger, with your name.',
  ),
  cancel: text('Annuler', 'Cancel'),
  done: text('C’est fait.', 'Done.'),
  doneTo: (names: string) => text(`Libéré ; en route vers ${names}.`, `Released; on its way to ${names}.`),
  lookOnly: text(
    'Votre rôle permet de voir cette retenue, pas d’en décider : un administrateur ou le responsable de la sécurité le peut.',
    'Your role shows this hold but does not decide about it: an administrator or the security officer can.',
  ),

  two: text('Deux personnes décident', 'Two persons decide'),
  asked: (who: string, act: string) => text(`${who} a demandé : ${act}`, `${who} asked: ${act}`),
  askedWhy: (reason: string) => text(`Raison donnée : ${reason}`, `Reason given: ${reason}`),
  until: (when: string) => text(`À approuver avant le ${when}.`, `To be approved before ${when}.`),
  expired: text('Cette demande a expiré : elle est à refaire.', 'This request has expired: it has to be made again.'),
  withdraw: text('Retirer la demande', 'Withdraw the request'),
  withdrawTitle: text('Retirer cette demande ?', 'Withdraw this request?'),
  withdrawText: text(
    'L’objet reste retenu. Tout le monde peut retirer une demande : c’est le sens sûr.',
    'The object stays held. Anybody may withdraw a request: it is the safe direction.',
  ),
  actRelease: text('libérer', 'release'),
  actDestroy: text('détruire', 'destroy'),
} as const;

/** States of a hold. */
export const STATES = {
  held: text('à décider', 'to decide'),
  released: text('libéré', 'released'),
  destroyed: text('détruit', 'destroyed'),
} as const;

/** What becomes of the disarmed copy. */
export const COPIES = {
  none: text('aucune', 'none'),
  owed: text('à faire', 'to be made'),
  made: text('faite', 'made'),
  impossible: text('impossible', 'impossible'),
} as const;

/** How bad a finding is. */
export const SEVERITIES = {
  information: text('à noter', 'to note'),
  suspicious: text('suspect', 'suspicious'),
  malformed: text('malformé', 'malformed'),
  malicious: text('malveillant', 'malicious'),
} as const;

/** Verdicts on an object. */
export const VERDICTS: Readonly<Record<string, ReturnType<typeof text> | undefined>> = {
  clean: text('sain', 'clean'),
  suspicious: text('suspect', 'suspicious'),
  malformed: text('malformé', 'malformed'),
  malicious: text('malveillant', 'malicious'),
};

/** States of a delivery. */
export const DELIVERIES = {
  pending: text('en attente', 'waiting'),
  delivered: text('livré', 'delivered'),
  failed: text('en échec', 'failed'),
} as const;
