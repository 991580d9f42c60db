import { text } from '../words/index.ts';

/** Words of the page on drills. */
export const DRILLS = {
  title: text('Exercices du mauvais jour', 'Drills of the bad day'),
  lead: text(
    'Un patient fabriqué passe par les vraies portes, tous les systèmes coupés pour lui : combien de temps jusqu’à l’image, jusqu’au résultat ? Les vraies pannes sont mesurées de même.',
    'A made-up patient goes through the real doors, every system cut off for it: how long to the image, to the result? Real outages are measured likewise.',
  ),
  run: text('Faire un exercice', 'Run a drill'),
  runs: text('Exercice en cours…', 'A drill is under way…'),
  sure: text('Faire un exercice maintenant ?', 'Run a drill now?'),
  sureText: text(
    'Un résultat et un scanner du patient EXERCICE LEADGLASS entrent par le port HL7 et le port DICOM. On peut le voir quelques secondes dans la recherche de la page Urgences. Rien n’est livré ni demandé à vos systèmes ; ensuite tout est détruit, et les temps restent au registre.',
    'A result and a CT of the patient EXERCICE LEADGLASS come in by the HL7 port and the DICOM port. For some seconds it can be seen in the search of the page Emergency. Nothing is delivered to, or asked of, your systems; then all of it is destroyed, and the times stay in the ledger.',
  ),
  last: text('Image et résultat : temps et objectif', 'Image and result, time against aim'),
  lastLead: text(
    'Une barre par exercice ou par panne, la plus récente en haut ; le trait est l’objectif. D’une panne : 95 % de ce qui est venu.',
    'A bar a drill or outage, the newest on top; the line is the aim. Of an outage: 95% of what came.',
  ),
  history: text('Exercices et pannes', 'Drills and outages'),
  none: text('Aucun exercice encore', 'No drill yet'),
  noneText: text(
    'Le premier dit si le mauvais jour l’image et le résultat seraient là à temps.',
    'The first one says whether image and result would be there in time on the bad day.',
  ),
  no: text('N°', 'No.'),
  when: text('Quand', 'When'),
  what: text('Quoi', 'What'),
  outcome: text('Issue', 'Outcome'),
  image: text('Image', 'Image'),
  lab: text('Résultat', 'Result'),
  detail: text('Détail', 'Details'),
  close: text('Fermer', 'Close'),
  scheduled: text('exercice (prévu)', 'drill (scheduled)'),
  drillBy: (by: string) => text(`exercice (${by})`, `drill (${by})`),
  outageOf: (upstream: string) => text(`panne de ${upstream}`, `outage of ${upstream}`),
  running: text('en cours', 'running'),
  'in-time': text('dans les temps', 'in time'),
  late: text('en retard', 'late'),
  failed: text('échoué', 'failed'),
  'broken-off': text('interrompu', 'broken off'),
  missed: text('manqué', 'missed'),
  'nothing-came': text('rien n’est venu', 'nothing came'),
  timeOfAim: (time: string, aim: string) => text(`${time} sur ${aim}`, `${time} of ${aim}`),
  never: text('jamais', 'never'),
  failedAt: (step: string, why: string) => text(`À l’étape « ${step} » : ${why}`, `At the step “${step}”: ${why}`),
  untried: (step: string, why: string) => text(`Non essayé, ${step} : ${why}`, `Not tried, ${step}: ${why}`),
  cutOff: (names: string) => text(`Coupés pour lui : ${names}`, `Cut off for it: ${names}`),
  spread: (name: string, n: number, median: string, p95: string, worst: string) =>
    text(
      `${name} : ${n}, médiane ${median}, 95 % en ${p95}, au pire ${worst}`,
      `${name}: ${n}, median ${median}, 95% within ${p95}, worst ${worst}`,
    ),
  images: text('Images', 'Images'),
  results: text('Résultats', 'Results'),
  destroyed: (objects: number, messages: number, charts: number) =>
    text(
      `Détruits ensuite : ${objects} images, ${messages} message(s), ${charts} dossier(s).`,
      `Destroyed after it: ${objects} images, ${messages} message(s), ${charts} chart(s).`,
    ),
  left: (n: number) => text(`Traces qui restent : ${n}.`, `Traces that are left: ${n}.`),
  schedule: text('Quand, et ce que le site vise', 'When, and what the site aims at'),
  on: text('Jour', 'Day'),
  at: text('Heure de la passerelle', 'Time of the gateway'),
  imageSeconds: text('Objectif jusqu’à l’image (s)', 'Aim to the image (s)'),
  labSeconds: text('Objectif jusqu’au résultat (s)', 'Aim to the result (s)'),
  tell: text('Qui prévenir', 'Whom to call'),
  save: text('Enregistrer', 'Save'),
  saved: text('Exercices réglés', 'Drills are set'),
  next: text('Le prochain :', 'The next:'),
  noNext: text('Aucun de lui-même.', 'None by itself.'),
} as const;

/** When they run by themselves. */
export const DAYS = {
  never: text('jamais de lui-même', 'never by itself'),
  daily: text('chaque jour', 'every day'),
  monday: text('lundi', 'Monday'),
  tuesday: text('mardi', 'Tuesday'),
  wednesday: text('mercredi', 'Wednesday'),
  thursday: text('jeudi', 'Thursday'),
  friday: text('vendredi', 'Friday'),
  saturday: text('samedi', 'Saturday'),
  sunday: text('dimanche', 'Sunday'),
} as const;
