import { kindsOf } from '../kind.ts';

const kind = kindsOf('unpacking');

/** What ends unpacking before its time: each leaves the object not wholly looked at. */
export const UNPACKING_KINDS = {
  bomb: kind(
    'bomb',
    'malicious',
    'RFC 1951',
    'Des données compressées dans l’objet se déploient sans mesure : elles sont faites pour épuiser la mémoire de qui les ouvre.',
    'Compressed data in the object expand beyond all measure: they are made to exhaust the memory of whoever opens them.',
  ),
  tooMuch: kind(
    'too-much',
    'information',
    'RFC 1951',
    'Les données compressées dans l’objet sont trop volumineuses une fois déployées : le contrôle n’a pas pu aller au bout.',
    'The compressed data in the object are too large once expanded: the check could not be completed.',
  ),
  tooMany: kind(
    'too-many',
    'information',
    'APPNOTE 6.3.10 §4.3',
    'L’objet contient trop de fichiers compressés : le contrôle n’a pas pu aller au bout.',
    'The object holds too many compressed files: the check could not be completed.',
  ),
  tooDeep: kind(
    'too-deep',
    'information',
    'APPNOTE 6.3.10 §4.3',
    'L’objet contient des archives emboîtées trop profondément : le contrôle n’a pas pu aller au bout.',
    'The object holds archives nested too deeply: the check could not be completed.',
  ),
  broken: kind(
    'broken',
    'information',
    'RFC 1951; RFC 1952',
    'Des données compressées dans l’objet sont défectueuses ou incomplètes : le contrôle n’a pas pu aller au bout.',
    'Packed data in the object are broken or incomplete: the check could not be completed.',
  ),
  closed: kind(
    'closed',
    'information',
    'APPNOTE 6.3.10 §4.4.4, §4.4.5',
    'L’objet contient une archive chiffrée ou compressée d’une façon que le contrôle n’ouvre pas : il n’a pas pu aller au bout.',
    'The object holds an archive that is encrypted or packed in a way the check does not open: it could not be completed.',
  ),
} as const;
