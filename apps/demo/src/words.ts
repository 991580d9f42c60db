import { type Language, type Text, text } from '@leadglass/kit';
import type { Mood } from './actors/archive.ts';
import type { SentStudy } from './actors/sender.ts';
import { type Means, NEW_UNTIL_BYTES, SILENT_FROM_BYTES } from './budget.ts';
import type { Site } from './hospital.ts';
import type { Kind } from './studies/made.ts';
import type { Visitor } from './visitor.ts';

export const HELP = text(
  `npm run demo -- [options]

Un hôpital de synthèse sur cette machine : la vraie passerelle, sa console, et autour d’elle des appareils, un PACS, un
partenaire de télé-imagerie, un laboratoire, un poste infecté et un intrus. Aucun patient : tout est calculé, chaque nom est inventé.

  --once         s’arrête de soi-même après une minute
  --minutes N    … après N minutes
  --speed N      N fois plus vite (0,1 à 20 ; 1)
  --seed N       autres images, autres noms (1)
  --home DOSSIER ce dossier plutôt qu’un dossier temporaire ; jamais celui d’un vrai site
  --keep         garde le dossier à la fin ; le même --home le reprend
  --set-up       laisse l’installation guidée de la console au visiteur
  --quiet        ne dit que ce qu’il faut ouvrir
  --lang fr|en   la langue
  --help         cette aide

Ctrl-C arrête tout : processus, ports et dossier. Moins d’un gigaoctet, quelle que soit la durée.`,
  `npm run demo -- [options]

A synthetic hospital on this machine: the real gateway, its console, and around it devices, a PACS, a teleradiology
partner, a laboratory, an infected station and an intruder. No patient: everything is computed, every name is invented.

  --once         ends by itself after a minute
  --minutes N    … after N minutes
  --speed N      N times as fast (0.1 to 20; 1)
  --seed N       other images, other names (1)
  --home FOLDER  this folder instead of a temporary one; never that of a real site
  --keep         keeps the folder at the end; the same --home takes it up again
  --set-up       leaves the guided set-up of the console to the visitor
  --quiet        says only what to open
  --lang fr|en   the language
  --help         this help

Ctrl-C ends all of it: processes, ports and folder. Less than a gigabyte, however long it runs.`,
);

export const PREPARING = text(
  'Démonstration : préparation d’un hôpital de synthèse…',
  'Demonstration: preparing a synthetic hospital…',
);
export const ENDING = text('Fin de la démonstration…', 'The demonstration ends…');
export const GATEWAY_GONE = text('La passerelle s’est arrêtée : fin.', 'The gateway has stopped: the end.');

export function ended(home: string, isKept: boolean): Text {
  return isKept
    ? text(`Terminé. Le dossier est gardé : ${home}`, `Done. The folder is kept: ${home}`)
    : text('Terminé : rien n’est resté.', 'Done: nothing is left.');
}

/** The names of who is there, for whoever looks at the screen. */
const CAST = text(
  `  CT1, MR1       scanner et IRM, sur TLS ; le certificat de MR1 finit dans 20 jours
  US1, DX1       échographe et radiographie, en clair
  US2            nouveau venu en observation : une proposition l’attend
  CDROM          poste de lecture de CD, infecté : ce qu’il envoie est retenu
  MAMMO1, MR2    mal réglés : l’un se trompe de titre, l’autre oublie TLS
  un intrus      essaie des titres, dont celui de CT1
  PACS           reçoit tout ; TELERAD reçoit CT1 et MR1, et manque par moments
  LABO           dit qui arrive aux urgences, et envoie leurs résultats (HL7)`,
  `  CT1, MR1       CT and MR, over TLS; MR1's certificate ends in 20 days
  US1, DX1       ultrasound and radiography, in the clear
  US2            a newcomer under observation: a proposal waits for it
  CDROM          station that reads CDs, infected: what it sends is held
  MAMMO1, MR2    set wrongly: one asks for another title, the other forgets TLS
  an intruder    tries titles, that of CT1 among them
  PACS           receives everything; TELERAD receives CT1 and MR1, and is away at times
  LABO           tells who comes to the emergency department, and sends their results (HL7)`,
);

export interface Invitation {
  readonly site: Site;
  readonly home: string;
  /** The one-time link of the set-up; undefined where it was done before. */
  readonly link: string | undefined;
  readonly visitor: Visitor | undefined;
}

const CODES_SHOWN = 5;

/** Whose studies come first: a chest in 132 slices, a head, a radiograph, an abdomen. */
const PATIENTS = 'DEMO-CT-2, DEMO-MR-1, DEMO-DX-1, DEMO-US-1';

const row = (label: string, value: string) => `  ${label.padEnd(15)}${value}`;

function signIn({ site, link, visitor }: Invitation, language: Language): string[] {
  const say = (fr: string, en: string) => text(fr, en)[language];
  const open = row(say('ouvrez', 'open'), visitor?.address ?? link ?? `https://127.0.0.1:${site.console}/`);
  const warned = say(
    'votre navigateur ne connaît pas l’autorité de ce site : acceptez son certificat',
    'your browser does not know this site’s authority: accept its certificate',
  );
  if (visitor === undefined) return [open, row('', warned)];
  return [
    open,
    row('', warned),
    row(say('compte', 'account'), visitor.account),
    row(say('code d’urgence', 'emergency code'), visitor.codes.slice(0, CODES_SHOWN).join('  ')),
    row('', say('chacun sert une fois', 'each is good once')),
    row(say('aux urgences', 'emergency'), `${visitor.address}emergency`),
    row(say('compte', 'account'), visitor.emergency.account),
    row(say('code', 'code'), visitor.emergency.codes.slice(0, CODES_SHOWN).join('  ')),
  ];
}

/** What to open, how to sign in, and who is there. */
export function invitation(invited: Invitation, language: Language): string {
  const say = (fr: string, en: string) => text(fr, en)[language];
  const { site, home } = invited;
  return [
    '',
    say('HÔPITAL DE DÉMONSTRATION : aucun patient, aucun vrai nom', 'DEMONSTRATION HOSPITAL: no patient, no real name'),
    '',
    ...signIn(invited, language),
    `  DICOM          127.0.0.1:${site.dimse}, TLS 127.0.0.1:${site.dimseTls}, ${say('titre', 'title')} LEADGLASS`,
    row(say('images', 'images'), say('cherchez ', 'search for ').concat(PATIENTS)),
    `  ${say('commandes', 'commands').padEnd(15)}LEADGLASS_HOME=${home} ./leadglass status`,
    '',
    CAST[language],
    '',
    say('Ctrl-C arrête tout.', 'Ctrl-C ends all of it.'),
    '',
    '',
  ].join('\n');
}

const STUDIES: Readonly<Record<Kind, Text>> = {
  CT: text('scanner du thorax', 'chest CT'),
  MR: text('IRM cérébrale', 'MR of a head'),
  US: text('échographie', 'ultrasound'),
  DX: text('radiographie du thorax', 'chest radiograph'),
};

export function studySent(title: string, kind: Kind, { stored, refused }: SentStudy, isAgain: boolean): Text {
  const [frAgain, enAgain] = isAgain ? [', encore une fois', ', once more'] : ['', ''];
  const [frNot, enNot] = refused > 0 ? [`, ${refused} refusées`, `, ${refused} refused`] : ['', ''];
  return text(
    `${title.padEnd(7)} ${STUDIES[kind].fr}${frAgain} : ${stored} images${frNot}`,
    `${title.padEnd(7)} ${STUDIES[kind].en}${enAgain}: ${stored} images${enNot}`,
  );
}

export function infectedSent({ stored, refused }: SentStudy): Text {
  const all = stored + refused;
  return text(
    `CDROM   objets suspects envoyés : ${all} (voir « Retenues »)`,
    `CDROM   suspect objects sent: ${all} (see “Holds”)`,
  );
}

const MOODS: Readonly<Record<Mood, Text>> = {
  well: text('répond de nouveau : ce qui attendait part', 'answers again: what waited goes out'),
  slow: text('est lent', 'is slow'),
  down: text('ne répond plus : ses livraisons attendent', 'answers no more: its deliveries wait'),
};

export function partnerIs(mood: Mood): Text {
  return text(`TELERAD ${MOODS[mood].fr}`, `TELERAD ${MOODS[mood].en}`);
}

export function meansAre(means: Means): Text {
  const [most, last] = [NEW_UNTIL_BYTES / 1e6, SILENT_FROM_BYTES / 1e6];
  if (means === 'again')
    return text(
      `${most} Mo gardés : les appareils renvoient des examens déjà connus, qui ne prennent pas de place`,
      `${most} MB kept: the devices send known studies again, which take no space`,
    );
  return means === 'new'
    ? text('de nouveaux examens sont envoyés', 'new studies are sent')
    : text(
        `${last} Mo : plus rien n’est envoyé. Tout reste à regarder ; relancez pour recommencer`,
        `${last} MB: nothing is sent any more. Everything is still there to see; start again for more`,
      );
}
