import { kindsOf } from '../kind.ts';

const kind = kindsOf('codec');

/** What the trial decoding of frames can say. A decoder's refusal alone is no threat: real images are refused by one and shown by another. */
export const TRIAL_KINDS = {
  refused: kind(
    'decode-refused',
    'information',
    'PS3.5 §8.2',
    'Une image compressée n’a pas pu être décodée entièrement à l’essai ; certains logiciels ne l’afficheront peut-être pas.',
    'A compressed frame could not be decoded entirely in the trial; some programs may not show it.',
  ),
  trapped: kind(
    'decode-crash',
    'suspicious',
    'PS3.5 §8.2',
    'Une image compressée fait échouer brutalement un décodeur, comme le ferait une image piégée.',
    'A compressed frame makes a decoder break down, as a booby-trapped image would.',
  ),
  slow: kind(
    'decode-slow',
    'suspicious',
    'PS3.5 §8.2',
    'Une image compressée occupe un décodeur sans fin, deux essais de suite : elle bloquerait les logiciels qui l’ouvrent.',
    'A compressed frame keeps a decoder busy without end, twice in a row: it would block the programs that open it.',
  ),
  bomb: kind(
    'decode-bomb',
    'malformed',
    'PS3.5 §8.2.16',
    'Une fois décompressée, une image dépasse la taille annoncée : un logiciel y épuiserait ou y déborderait sa mémoire.',
    'Once decompressed, a frame is larger than declared: a program would exhaust or overflow its memory on it.',
  ),
  unfinished: kind(
    'decode-not-tried',
    'information',
    '',
    'L’essai de décodage de l’image n’a pas pu être mené : elle est trop grande pour lui, ou il n’était pas disponible.',
    'The trial decoding of the image could not be carried out: the image is too large for it, or it was not available.',
  ),
} as const;
