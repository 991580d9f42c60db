import type { MetaIrregularity, MetaIrregularityCode } from '@leadglass/dicom';
import type { FindingKind } from '../inspector.ts';
import { kindsOf } from '../kind.ts';

const kind = kindsOf('meta');

/** How much each irregularity of what precedes the data set matters (PS3.10 §7.1). */
export const META_KINDS: Readonly<Record<MetaIrregularityCode, FindingKind>> = {
  'no-magic': kind(
    'no-magic',
    'malformed',
    'PS3.10 §7.1',
    'Le fichier n’a pas la marque « DICM » ni d’en-tête : rien ne dit comment le lire.',
    'The file has neither the mark "DICM" nor a header: nothing says how to read it.',
  ),
  'no-preamble': kind(
    'no-preamble',
    'information',
    'PS3.10 §7.1',
    'Le fichier commence par son en-tête, sans préambule ni marque ; d’anciens logiciels l’écrivent ainsi.',
    'The file begins with its header, without preamble or mark, as older programs write it.',
  ),
  'not-dicom': kind(
    'not-dicom',
    'malformed',
    'PS3.10 §7.1',
    'Ce n’est pas un fichier DICOM.',
    'This is no DICOM file.',
  ),
  'truncated-meta': kind(
    'truncated',
    'malformed',
    'PS3.10 §7.1',
    'Le fichier s’arrête dans son en-tête : il est incomplet.',
    'The file ends inside its header: it is incomplete.',
  ),
  'meta-too-long': kind(
    'too-long',
    'malformed',
    'PS3.10 §7.1',
    'L’en-tête du fichier est démesuré.',
    'The header of the file is absurdly long.',
  ),
  'meta-implicit': kind(
    'implicit',
    'suspicious',
    'PS3.10 §7.1',
    'L’en-tête du fichier n’est pas codé comme la norme l’exige (types implicites).',
    'The header of the file is not encoded as the standard asks (implicit VR).',
  ),
  'meta-big-endian': kind(
    'big-endian',
    'malformed',
    'PS3.10 §7.1',
    'L’en-tête du fichier n’est pas codé comme la norme l’exige (gros-boutiste).',
    'The header of the file is not encoded as the standard asks (big endian).',
  ),
  'meta-unknown-vr': kind(
    'unknown-vr',
    'malformed',
    'PS3.5 §6.2, PS3.10 §7.1',
    'L’en-tête du fichier contient un type de valeur (VR) qui n’existe pas.',
    'The header of the file holds a value type (VR) that does not exist.',
  ),
  'undefined-length': kind(
    'undefined-length',
    'malformed',
    'PS3.10 §7.1',
    'Un élément de l’en-tête du fichier a une longueur indéfinie.',
    'An element of the file header has an undefined length.',
  ),
  'group-length-missing': kind(
    'group-length-missing',
    'suspicious',
    'PS3.10 §7.1',
    'L’en-tête du fichier ne dit pas sa longueur.',
    'The header of the file does not say its length.',
  ),
  'group-length-lies': kind(
    'group-length-lies',
    'malformed',
    'PS3.10 §7.1',
    'La longueur annoncée de l’en-tête du fichier est fausse : deux logiciels ne liraient pas le même objet.',
    'The declared length of the file header is false: two programs would not read the same object.',
  ),
  'foreign-group': kind(
    'foreign-group',
    'malformed',
    'PS3.10 §7.1',
    'L’en-tête du fichier prétend s’étendre sur des éléments qui n’en sont pas.',
    'The header of the file claims elements that are not its own.',
  ),
  'version-missing': kind(
    'version-missing',
    'information',
    'PS3.10 §7.1',
    'L’en-tête du fichier ne dit pas sa version.',
    'The header of the file does not say its version.',
  ),
  'version-unknown': kind(
    'version-unknown',
    'information',
    'PS3.10 §7.1',
    'La version de l’en-tête du fichier n’est pas celle de la norme.',
    'The version of the file header is not the standard’s.',
  ),
  'missing-media-storage-uid': kind(
    'missing-media-storage-uid',
    'suspicious',
    'PS3.10 §7.1',
    'L’en-tête du fichier ne dit pas quel objet il contient.',
    'The header of the file does not say which object it holds.',
  ),
  'missing-transfer-syntax': kind(
    'missing-transfer-syntax',
    'malformed',
    'PS3.10 §7.1',
    'L’en-tête du fichier ne dit pas comment l’objet est codé (syntaxe de transfert).',
    'The header of the file does not say how the object is encoded (transfer syntax).',
  ),
  'unknown-transfer-syntax': kind(
    'unknown-transfer-syntax',
    'malformed',
    'PS3.5 §10, PS3.6 Annex A',
    'L’objet est annoncé dans un codage (syntaxe de transfert) que la norme ne connaît pas.',
    'The object is declared in an encoding (transfer syntax) that the standard does not know.',
  ),
  'out-of-order': kind(
    'out-of-order',
    'malformed',
    'PS3.5 §7.1, PS3.10 §7.1',
    'Les éléments de l’en-tête du fichier ne sont pas dans l’ordre.',
    'The elements of the file header are not in order.',
  ),
  'duplicate-element': kind(
    'duplicate-element',
    'malformed',
    'PS3.5 §7.1, PS3.10 §7.1',
    'Le même élément figure deux fois dans l’en-tête du fichier.',
    'The same element stands twice in the file header.',
  ),
  'odd-length': kind(
    'odd-length',
    'information',
    'PS3.5 §7.1.1',
    'Une valeur de l’en-tête du fichier a une longueur impaire ; c’est une particularité connue.',
    'A value of the file header has an odd length, a known quirk.',
  ),
};

/** What a header without preamble or mark leaves out as a matter of course: it was never a Part 10 file. */
const LEFT_OUT_BY_BARE: ReadonlySet<MetaIrregularityCode> = new Set<MetaIrregularityCode>([
  'no-magic',
  'group-length-missing',
  'missing-media-storage-uid',
]);

/**
 * The kind of an irregularity, given all of the same file. A bare header that says how to read the object is a quirk; so is one that
 * announces no object at all, where one that announces half of it is not what any program writes.
 */
export function metaKind(irregularity: MetaIrregularity, all: readonly MetaIrregularity[]): FindingKind {
  const found = META_KINDS[irregularity.code];
  const count = (code: MetaIrregularityCode): number => all.filter((one) => one.code === code).length;
  const isBare = count('no-preamble') > 0 && count('missing-transfer-syntax') === 0;
  const announcesNothing =
    irregularity.code === 'missing-media-storage-uid' && count('missing-media-storage-uid') === 2;
  const isQuirk = announcesNothing || (isBare && LEFT_OUT_BY_BARE.has(irregularity.code));
  return isQuirk ? { ...found, severity: 'information' } : found;
}
