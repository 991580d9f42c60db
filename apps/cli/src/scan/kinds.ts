import type { FindingKind } from '@leadglass/inspect';
import { text } from '@leadglass/kit';
import type { Severity } from '@leadglass/model';

function kind(inspector: string, what: string, severity: Severity, cites: string, fr: string, en: string): FindingKind {
  return { inspector, code: `${inspector}.${what}`, severity, cites, text: text(fr, en) };
}

const MEDIA = 'PS3.10 §8';
const ZIP = 'APPNOTE 6.3.10 §4.3';

/** What a file that is no DICOM object can be. Patient media carry viewers: a program is said, not condemned (CLI-29). */
export const FILE_KINDS = {
  executable: kind(
    'file',
    'executable',
    'suspicious',
    MEDIA,
    'Ce fichier est un programme. Les CD de patients en contiennent pour afficher les images ; ne l’ouvrez pas : les images se lisent sans lui.',
    'This file is a program. Patient CDs carry some to show the images; do not open it: the images can be read without it.',
  ),
  script: kind(
    'file',
    'script',
    'suspicious',
    MEDIA,
    'Ce fichier est un script : des commandes qu’un ordinateur exécuterait à l’ouverture.',
    'This file is a script: commands that a computer would run on opening it.',
  ),
  shortcut: kind(
    'file',
    'shortcut',
    'suspicious',
    MEDIA,
    'Ce fichier est un raccourci : il ouvre autre chose que ce qu’il montre.',
    'This file is a shortcut: it opens something other than what it shows.',
  ),
  autorun: kind(
    'file',
    'autorun',
    'suspicious',
    MEDIA,
    'Ce fichier demande à l’ordinateur de lancer un programme dès que le disque est inséré.',
    'This file asks the computer to start a program as soon as the disc is inserted.',
  ),
  disguised: kind(
    'file',
    'disguised',
    'malicious',
    MEDIA,
    'Ce fichier porte le nom d’une image DICOM, mais c’est un programme ou un script.',
    'This file is named like a DICOM image, but it is a program or a script.',
  ),
  macro: kind(
    'file',
    'macro',
    'suspicious',
    MEDIA,
    'Ce document bureautique contient un programme (des macros) qui peut s’exécuter à l’ouverture.',
    'This office document contains a program (macros) that may run on opening it.',
  ),
  closedArchive: kind(
    'file',
    'closed-archive',
    'suspicious',
    MEDIA,
    'Ce fichier est une archive d’un format dont le contenu n’a pas pu être regardé.',
    'This file is an archive of a format whose content could not be looked at.',
  ),
  diskImage: kind(
    'file',
    'disk-image',
    'suspicious',
    MEDIA,
    'Ce fichier est l’image d’un disque entier ; son contenu n’a pas pu être regardé.',
    'This file is the image of a whole disc; its content could not be looked at.',
  ),
  document: kind(
    'file',
    'document',
    'information',
    MEDIA,
    'Ce fichier est un document, pas un objet DICOM.',
    'This file is a document, not a DICOM object.',
  ),
  page: kind(
    'file',
    'page',
    'information',
    MEDIA,
    'Ce fichier est une page ou un fichier de description (HTML, XML), pas un objet DICOM.',
    'This file is a page or a description (HTML, XML), not a DICOM object.',
  ),
  picture: kind(
    'file',
    'picture',
    'information',
    MEDIA,
    'Ce fichier est une image ordinaire, pas un objet DICOM.',
    'This file is an ordinary picture, not a DICOM object.',
  ),
  medium: kind(
    'file',
    'medium',
    'information',
    MEDIA,
    'Ce fichier est un son ou une vidéo, pas un objet DICOM.',
    'This file is sound or video, not a DICOM object.',
  ),
  text: kind(
    'file',
    'text',
    'information',
    MEDIA,
    'Ce fichier est du texte, pas un objet DICOM.',
    'This file is text, not a DICOM object.',
  ),
  empty: kind('file', 'empty', 'information', MEDIA, 'Ce fichier est vide.', 'This file is empty.'),
  unknown: kind(
    'file',
    'unknown',
    'information',
    MEDIA,
    'Ce fichier n’est pas un objet DICOM et n’est d’aucune sorte connue de l’inspection.',
    'This file is not a DICOM object and of no sort that inspection knows.',
  ),
} as const;

/** What an archive can be wrong about. */
export const ARCHIVE_KINDS = {
  members: kind(
    'archive',
    'member',
    'information',
    ZIP,
    'Un ou plusieurs fichiers de cette archive appellent une remarque : voir leurs lignes.',
    'One or more files of this archive call for a remark: see their lines.',
  ),
  encrypted: kind(
    'archive',
    'encrypted',
    'suspicious',
    `${ZIP}.13`,
    'Un fichier de cette archive est protégé par un mot de passe : son contenu n’a pas pu être regardé.',
    'A file of this archive is protected by a password: its content could not be looked at.',
  ),
  method: kind(
    'archive',
    'unknown-method',
    'suspicious',
    'APPNOTE 6.3.10 §4.4.5',
    'Un fichier de cette archive est comprimé par une méthode rare : son contenu n’a pas pu être regardé.',
    'A file of this archive is compressed by a rare method: its content could not be looked at.',
  ),
  bomb: kind(
    'archive',
    'bomb',
    'malicious',
    ZIP,
    'Cette archive se déploie en une quantité démesurée de données : elle est faite pour épuiser l’ordinateur qui l’ouvre.',
    'This archive unpacks to an absurd amount of data: it is made to exhaust the computer that opens it.',
  ),
  deep: kind(
    'archive',
    'too-deep',
    'suspicious',
    ZIP,
    'Des archives sont emboîtées trop profondément : les plus profondes n’ont pas été ouvertes.',
    'Archives are nested too deeply: the deepest were not opened.',
  ),
  many: kind(
    'archive',
    'too-many',
    'suspicious',
    ZIP,
    'Cette archive contient plus de fichiers que l’inspection n’en regarde ; les suivants n’ont pas été regardés.',
    'This archive holds more files than inspection looks at; those that follow were not looked at.',
  ),
  name: kind(
    'archive',
    'climbing-name',
    'malicious',
    'APPNOTE 6.3.10 §4.4.17',
    'Un fichier de cette archive porte un nom qui le ferait écrire hors du dossier où on la déploie.',
    'A file of this archive has a name that would have it written outside the folder it is unpacked in.',
  ),
  broken: kind(
    'archive',
    'broken',
    'malformed',
    ZIP,
    'Cette archive est abîmée ou coupée : elle n’a pas pu être lue jusqu’au bout.',
    'This archive is damaged or cut short: it could not be read to its end.',
  ),
  listings: kind(
    'archive',
    'two-listings',
    'malformed',
    `${ZIP}.12`,
    'Cette archive annonce deux contenus différents, au début et à la fin : deux logiciels y verraient des fichiers différents.',
    'This archive announces two different contents, at its start and at its end: two programs would see different files.',
  ),
  trailing: kind(
    'archive',
    'trailing',
    'suspicious',
    `${ZIP}.16`,
    'Des données étrangères suivent la fin de cette archive.',
    'Foreign data follow the end of this archive.',
  ),
} as const;
