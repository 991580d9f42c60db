import { type Text, text } from '@leadglass/kit';

/** Why no harmless copy can be made: only a person can decide. */
export interface Obstacle {
  /** Stable: `rewrite.unreadable`. */
  readonly code: ObstacleCode;
  readonly text: Text;
  /** Code of the finding that stands in the way; empty when the rewriting itself met it. */
  readonly finding: string;
  /** Path of the element; empty when it is about the object as a whole. */
  readonly path: string;
}

const TEXTS = {
  'rewrite.unreadable': text(
    'L’objet ne peut pas être lu jusqu’au bout (coupé, longueurs fausses ou volume démesuré) : une copie serait incomplète.',
    'The object cannot be read to its end (cut short, false lengths or absurd size): a copy would be incomplete.',
  ),
  'rewrite.pixels': text(
    'Le danger est dans l’image elle-même, et l’image n’est jamais modifiée.',
    'The danger is in the image itself, and the image is never changed.',
  ),
  'rewrite.medical-content': text(
    'Le danger est dans une partie qui porte le contenu médical (mesures, compte rendu, traitement) : elle n’est ni retirée ni changée sans une personne.',
    'The danger is in a part that carries the medical content (measurements, report, treatment): it is not removed or changed without a person.',
  ),
  'rewrite.transfer-syntax': text(
    'On ne sait pas comment l’image est codée : rien ne dit comment la relire.',
    'It is not known how the image is encoded: nothing says how to read it.',
  ),
  'rewrite.directory': text(
    'Un répertoire de support désigne ses fichiers par leur position dans le fichier : il doit être refait, non désarmé.',
    'A medium’s directory points at positions inside its own file: it has to be made anew, not disarmed.',
  ),
  'rewrite.order': text(
    'Les éléments sont en désordre sur une étendue trop grande pour être remis en ordre.',
    'The elements are out of order over too great an extent to be put back.',
  ),
  'rewrite.too-long': text(
    'Une valeur à remplacer est trop longue pour être refaite.',
    'A value to be replaced is too long to be made anew.',
  ),
  'rewrite.charset': text(
    'L’identité demandée ne peut pas s’écrire dans le jeu de caractères de cet objet.',
    'The identity asked for cannot be written in this object’s character set.',
  ),
  'rewrite.whole-object': text(
    'L’anomalie concerne l’objet dans son ensemble ; aucune partie ne peut être retirée pour y remédier.',
    'The trouble concerns the object as a whole; no part can be removed to remedy it.',
  ),
} as const satisfies Readonly<Record<string, Text>>;

export type ObstacleCode = keyof typeof TEXTS;

/** Builds an Obstacle. */
export function obstacle(code: ObstacleCode, finding = '', path = ''): Obstacle {
  return { code, text: TEXTS[code], finding, path };
}
