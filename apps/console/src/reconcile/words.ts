import { counted, text } from '../words/index.ts';

/** Who temporary identities turned out to be. */
export const RECONCILE = {
  title: text('Rattachement', 'Reconciliation'),
  lead: text(
    'Les images faites sous un numéro temporaire attendent ici de savoir de qui elles sont ; elles restent lisibles dans Leadglass.',
    'Images made under a temporary number wait here for whose they are; they stay readable in Leadglass.',
  ),
  waiting: text('En attente', 'Waiting'),
  none: text('Aucune image n’attend d’identité', 'No image waits for an identity'),
  noneMeaning: text(
    'Tout ce qui est venu sous un numéro temporaire est rattaché ou parti.',
    'All that came under a temporary number is reconciled or gone.',
  ),
  number: text('Numéro', 'Number'),
  since: text('Depuis', 'Since'),
  objects: text('Objets', 'Objects'),
  until: text('Part tel quel', 'Goes as it is'),
  state: text('État', 'State'),
  look: text('Regarder', 'Look'),
  lookAt: (number: string) => text(`Regarder ${number}`, `Look at ${number}`),
  whoIs: (number: string) => text(`Qui est ${number} ?`, `Who is ${number}?`),
  here: text('Ici', 'Here'),
  there: text('Là', 'There'),
  what: text('Quoi', 'What'),
  likeness: text('Ressemblance', 'Likeness'),
  knownFrom: (places: string) => text(`connu : ${places}`, `known from: ${places}`),
  score: (score: number) => text(`${score} sur 100`, `${score} of 100`),
  noCandidates: text('Personne ne ressemble', 'Nobody is like this'),
  noCandidatesMeaning: text(
    'Ni le planning conservé, ni les archives, ni les dossiers ne connaissent quelqu’un qui ressemble. Si c’est un nouveau patient, gardez ses renseignements ci-dessous.',
    'Neither the kept schedule nor the archive nor the charts know anybody alike. If this is a new patient, keep their details below.',
  ),
  accept: text('C’est cette personne', 'It is this person'),
  acceptAs: (id: string) => text(`C’est cette personne : ${id}`, `It is this person: ${id}`),
  accepted: (number: string) =>
    text(`${number} est rattaché ; ses images partent.`, `${number} is reconciled; its images go on.`),
  asked: (number: string) =>
    text(`${number} attend qu’une autre personne le confirme.`, `${number} waits for another person to confirm it.`),
  release: text('Laisser partir tel quel', 'Let it go as it is'),
  releaseOf: (number: string) => text(`Laisser partir tel quel : ${number}`, `Let it go as it is: ${number}`),
  releaseMeaning: text(
    'Les images partent sous le numéro temporaire ; elles ne pourront plus être rattachées ici.',
    'The images go out under the temporary number; they cannot be reconciled here any more.',
  ),
  released: (number: string) => text(`${number} part tel quel.`, `${number} goes out as it is.`),
  undo: text('Reprendre', 'Take back'),
  undoOf: (number: string) => text(`Reprendre le rattachement de ${number}`, `Take back who ${number} is`),
  undoMeaning: text(
    'Ce qui n’est pas encore livré ne part pas, et attend à nouveau.',
    'What has not been delivered yet does not go, and waits again.',
  ),
  takenBack: (number: string) => text(`${number} attend à nouveau.`, `${number} waits again.`),
  back: text('Revenir', 'Back'),
  images: (count: number) =>
    counted(count, { one: 'objet attend', other: 'objets attendent' }, { one: 'object waits', other: 'objects wait' }),
} as const;

/** Somebody whom nothing else knows. */
export const NEW_PATIENT = {
  title: text('Nouveau patient : garder ces renseignements', 'New patient: keep these details'),
  lead: text(
    'Les images reçoivent ces renseignements et le numéro que l’établissement donne au patient. Ils peuvent être corrigés ici, et repris tant que rien n’est livré. Une seconde personne doit dire la même chose si le site le demande.',
    'The images are given these details and the number that the hospital gives the patient. They can be corrected here, and taken back while nothing is delivered. A second person has to say the same where the site asks for it.',
  ),
  saidMeaning: text(
    'Une première personne a donné ces renseignements. Comparez-les, puis gardez-les tels quels pour confirmer.',
    'A first person gave these details. Compare them, then keep them as they are to confirm.',
  ),
  keep: text('Garder ces renseignements', 'Keep these details'),
  numberMeaning: text(
    'Celui de l’établissement, non le numéro temporaire.',
    'The hospital’s, not the temporary number.',
  ),
  issuer: text('Émetteur du numéro', 'Issuer of the number'),
  issuerMeaning: text('Si les images doivent le porter.', 'Where the images are to carry it.'),
  accession: text('Numéro de demande', 'Accession number'),
  toCheck: text('À vérifier', 'To be checked'),
  unknown: text('inconnu', 'unknown'),
  female: text('féminin', 'female'),
  male: text('masculin', 'male'),
  other: text('autre', 'other'),
} as const;

/** How far one is. */
export const STATES = {
  open: text('à rattacher', 'to be reconciled'),
  asked: text('seconde lecture', 'second look'),
  accepted: text('rattaché', 'reconciled'),
  released: text('parti tel quel', 'gone as it was'),
} as const;

/** How one thing compares. */
export const LIKENESSES = {
  same: text('identique', 'the same'),
  alike: text('proche', 'alike'),
  differs: text('différent', 'differs'),
  unknown: text('inconnu', 'unknown'),
} as const;

/** What is compared. */
export const FIELDS = {
  familyName: text('Nom', 'Family name'),
  givenName: text('Prénom', 'Given name'),
  birthDate: text('Date de naissance', 'Date of birth'),
  sex: text('Sexe', 'Sex'),
  localId: text('Numéro du patient', 'Patient number'),
  ins: text('INS', 'INS (national number)'),
  exam: text('Examen', 'Exam'),
} as const;

/** How likely it is. */
export const GRADES = {
  sure: text('sûr', 'sure'),
  doubtful: text('à vérifier à deux', 'takes two persons'),
  unlikely: text('peu probable', 'unlikely'),
} as const;
