import { kindsOf } from '../kind.ts';

const kind = kindsOf('clamav');

/** What ClamAV can say of an object. The signature’s name is added to the first two by `named`. */
export const CLAMAV_KINDS = {
  found: kind(
    'found',
    'malicious',
    'ClamAV',
    'ClamAV reconnaît un contenu dangereux',
    'ClamAV recognises dangerous content',
  ),
  suspected: kind(
    'suspected',
    'suspicious',
    'ClamAV',
    'ClamAV juge un contenu douteux',
    'ClamAV finds content doubtful',
  ),
  large: kind(
    'too-large',
    'information',
    '',
    'Objet plus grand que ce qui est montré à ClamAV : seul son début lui a été montré, et rien n’y a été reconnu.',
    'Object larger than what is shown to ClamAV: its beginning alone was shown, and nothing was recognised in it.',
  ),
  limits: kind(
    'limits',
    'information',
    '',
    'ClamAV a dû s’arrêter à l’une de ses propres limites (taille, profondeur, nombre de fichiers) : il n’a pas tout regardé.',
    'ClamAV had to stop at a limit of its own (size, depth, number of files): it did not look at everything.',
  ),
  many: kind(
    'many-contents',
    'information',
    '',
    'L’objet contient plus de fichiers que ce qui est montré à ClamAV un à un ; les derniers ne lui ont été montrés que dans leur ensemble.',
    'The object holds more files than are shown to ClamAV one by one; the last of them were shown to it as part of the whole alone.',
  ),
  slow: kind(
    'slow',
    'information',
    '',
    'ClamAV n’a pas répondu à temps sur cet objet.',
    'ClamAV did not answer in time about this object.',
  ),
  unavailable: kind(
    'unavailable',
    'information',
    '',
    'ClamAV n’a pas pu regarder cet objet : il est arrêté, surchargé ou refuse de répondre.',
    'ClamAV could not look at this object: it is down, overloaded, or refuses to answer.',
  ),
} as const;
