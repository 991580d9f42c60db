import { EXPLICIT_VR_BIG_ENDIAN, type IrregularityCode, ITEM, UNDEFINED_LENGTH } from '@leadglass/dicom';
import { UNREADABLE } from '@leadglass/model';
import { uint32 } from '../bytes.ts';
import type { FindingKind, Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';

const kind = kindsOf('structure');

/** How much each irregularity of the reader matters, and what it means. Quirks that real devices produce are information. */
export const STRUCTURE_KINDS: Readonly<Record<Exclude<IrregularityCode, 'trailing-bytes'>, FindingKind>> = {
  'truncated-header': kind(
    'truncated-header',
    'malformed',
    'PS3.5 §7.1',
    'L’objet s’arrête au milieu d’un en-tête d’élément : il est incomplet.',
    'The object ends in the middle of an element header: it is incomplete.',
  ),
  'truncated-value': kind(
    'truncated-value',
    'malformed',
    'PS3.5 §7.1',
    'Un élément annonce plus d’octets que l’objet n’en contient : l’objet est tronqué ou sa longueur est fausse.',
    'An element declares more bytes than the object has: the object is cut short or the length is false.',
  ),
  'truncated-sequence': kind(
    'truncated-sequence',
    'malformed',
    'PS3.5 §7.5.1',
    'L’objet s’arrête dans une séquence ou une image compressée qui n’est jamais refermée.',
    'The object ends inside a sequence or compressed image that is never closed.',
  ),
  'length-beyond-parent': kind(
    'length-beyond-parent',
    'malformed',
    'PS3.5 §7.5',
    'Un élément dépasse la séquence qui le contient : deux logiciels le liraient différemment.',
    'An element is longer than the sequence that holds it: two programs would read it differently.',
  ),
  'odd-length': kind(
    'odd-length',
    'information',
    'PS3.5 §7.1.1',
    'Une valeur a une longueur impaire ; c’est une particularité connue de certains appareils.',
    'A value has an odd length, a known quirk of some devices.',
  ),
  'unknown-vr': kind(
    'unknown-vr',
    'malformed',
    'PS3.5 §6.2',
    'Un élément porte un type de valeur (VR) qui n’existe pas.',
    'An element carries a value type (VR) that does not exist.',
  ),
  'blank-vr': kind(
    'blank-vr',
    'malformed',
    'PS3.5 §6.2',
    'Un élément a un type de valeur (VR) vide.',
    'An element has an empty value type (VR).',
  ),
  'implicit-in-explicit': kind(
    'implicit-in-explicit',
    'malformed',
    'PS3.5 §7.1.3',
    'L’objet n’est pas codé comme annoncé : des éléments sans type (VR) dans un objet à types explicites.',
    'The object is not encoded as declared: elements without a type (VR) in an explicit VR object.',
  ),
  'undefined-length-not-allowed': kind(
    'undefined-length-not-allowed',
    'malformed',
    'PS3.5 §7.1.2',
    'Un élément d’un type qui ne le permet pas a une longueur indéfinie.',
    'An element of a type that does not allow it has an undefined length.',
  ),
  'delimiter-out-of-place': kind(
    'delimiter-out-of-place',
    'malformed',
    'PS3.5 §7.5',
    'Un marqueur de début ou de fin de séquence se trouve là où il n’a pas de sens.',
    'A marker that begins or ends a sequence stands where it has no meaning.',
  ),
  'delimiter-has-length': kind(
    'delimiter-has-length',
    'information',
    'PS3.5 §7.5.1',
    'Un marqueur de fin de séquence porte une longueur au lieu de zéro.',
    'A marker that ends a sequence carries a length instead of zero.',
  ),
  'not-an-item': kind(
    'not-an-item',
    'malformed',
    'PS3.5 §7.5',
    'Une séquence ne contient pas les éléments de liste attendus : son contenu n’est pas une séquence.',
    'A sequence does not hold the list items expected: its content is not a sequence.',
  ),
  'out-of-order': kind(
    'out-of-order',
    'malformed',
    'PS3.5 §7.1',
    'Les éléments ne sont pas dans l’ordre croissant exigé : certains logiciels n’en liraient qu’une partie.',
    'Elements are not in the required ascending order: some programs would read only part of them.',
  ),
  'duplicate-element': kind(
    'duplicate-element',
    'malformed',
    'PS3.5 §7.1',
    'Le même élément figure deux fois : deux logiciels n’en liraient pas la même valeur.',
    'The same element stands twice: two programs would not read the same value.',
  ),
  'group-0000-element': kind(
    'group-0000-element',
    'malformed',
    'PS3.5 §7.1, PS3.7 §6.3.1',
    'Une commande réseau est cachée dans l’objet (groupe 0000).',
    'A network command is hidden inside the object (group 0000).',
  ),
  'group-0002-element': kind(
    'group-0002-element',
    'malformed',
    'PS3.10 §7.1',
    'Des éléments d’en-tête de fichier (groupe 0002) se trouvent dans l’objet et pourraient en contredire le codage.',
    'File header elements (group 0002) stand inside the object and could contradict its encoding.',
  ),
  'illegal-group': kind(
    'illegal-group',
    'malformed',
    'PS3.5 §7.8',
    'Un élément porte un numéro de groupe que la norme interdit.',
    'An element carries a group number that the standard forbids.',
  ),
  'group-length-lies': kind(
    'group-length-lies',
    'information',
    'PS3.5 §7.2',
    'La longueur annoncée d’un groupe d’éléments n’est plus juste ; des logiciels modifient un objet sans la recalculer.',
    'The declared length of a group of elements is out of date: programs change an object without computing it again.',
  ),
  'too-deep': kind(
    'too-deep',
    'malformed',
    'PS3.5 §7.5',
    'Des séquences sont imbriquées à une profondeur qu’aucun appareil ne produit et qui fait tomber des logiciels.',
    'Sequences are nested deeper than any device does, deep enough to crash programs.',
  ),
  'too-many-elements': kind(
    'too-many-elements',
    'malformed',
    'PS3.5 §7.1',
    'L’objet contient un nombre démesuré d’éléments.',
    'The object holds an absurd number of elements.',
  ),
  'undefined-length-un': kind(
    'undefined-length-un',
    'information',
    'PS3.5 §6.2.2',
    'Une séquence est transmise sous un type inconnu (UN) ; c’est permis et courant.',
    'A sequence is sent under an unknown type (UN), which is allowed and common.',
  ),
  'big-endian-un': kind(
    'big-endian-un',
    'information',
    'PS3.5 §6.2.2',
    'Une séquence de type inconnu (UN) est codée en gros-boutiste ; c’est une particularité de vieux appareils.',
    'A sequence of unknown type (UN) is encoded big endian, a quirk of old devices.',
  ),
  'inflate-failed': kind(
    'inflate-failed',
    'malformed',
    'PS3.5 §A.5',
    'Les données compressées de l’objet sont abîmées.',
    'The compressed data of the object is broken.',
  ),
  'inflate-bomb': kind(
    'inflate-bomb',
    'malicious',
    'PS3.5 §A.5',
    'L’objet se décompresse en un volume démesuré : c’est une bombe de décompression.',
    'The object inflates to an absurd size: it is a decompression bomb.',
  ),
};

/** What the reader's own view does not tell. */
export const MORE_STRUCTURE_KINDS = {
  unreadable: {
    ...kind(
      'unreadable',
      'malformed',
      'PS3.5 §7.1',
      'La lecture s’arrête ici : la suite de l’objet ne peut pas être comprise.',
      'Reading stops here: what follows in the object cannot be understood.',
    ),
    code: UNREADABLE,
  },
  directoryLength: kind(
    'directory-length',
    'information',
    'PS3.5 §7.5, PS3.10 §8',
    'Une entrée du répertoire d’un support est plus longue que la place annoncée ; des logiciels modifient ces répertoires sur place.',
    'An entry of a medium’s directory is longer than the room declared; programs change such directories in place.',
  ),
  absurdGroupLength: kind(
    'group-length-absurd',
    'malformed',
    'PS3.5 §7.2',
    'La longueur annoncée d’un groupe d’éléments est impossible : un logiciel qui la croit lirait ailleurs.',
    'The declared length of a group of elements is impossible: a program that believes it would read elsewhere.',
  ),
} as const;

/** Shortest element: a header of eight bytes. A group length counts whole elements, so 1 to 7 cannot be. */
const SHORTEST_ELEMENT_BYTES = 8;
const PIXEL_GROUP_LENGTH = 0x7fe00000;
/** Header and value of a group length element. */
const GROUP_LENGTH_BYTES = 12;

/** Turns what the reader saw wrong into findings (INSPECT-10 to 16). `trailing-bytes` is another inspector's. */
export function structure(scene: Scene): Inspector {
  const isBigEndian = scene.context.transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN;
  let reached = 0;
  let groupEnd = { claimed: 0, offset: -1, path: '' };
  const reach = (offset: number, length: number): void => {
    reached = Math.max(reached, offset + (length === UNDEFINED_LENGTH ? 0 : length) + GROUP_LENGTH_BYTES);
  };
  return {
    name: 'structure',
    element: (head) => reach(head.offset, head.length),
    sequence: (head) => reach(head.offset, head.length),
    fragment: (_index, length, offset) => reach(offset, length),
    beginning(head, bytes): void {
      if ((head.tag & 0xffff) !== 0 || bytes.length !== 4 || head.depth !== 0) return;
      const claimed = uint32(bytes, 0, isBigEndian);
      if (claimed > 0 && claimed < SHORTEST_ELEMENT_BYTES) scene.find(MORE_STRUCTURE_KINDS.absurdGroupLength);
      const end = head.offset + GROUP_LENGTH_BYTES + claimed;
      // Recompressing the pixels leaves their group length behind in real files.
      if (end > groupEnd.claimed && head.tag !== PIXEL_GROUP_LENGTH)
        groupEnd = { claimed: end, offset: head.offset, path: scene.path() };
    },
    irregularity(irregularity): void {
      if (irregularity.code === 'trailing-bytes') return;
      const { tag, offset } = irregularity;
      const isDirectory =
        irregularity.code === 'length-beyond-parent' && tag === ITEM && scene.path() === DIRECTORY_PATH;
      scene.findTag(
        isDirectory ? MORE_STRUCTURE_KINDS.directoryLength : STRUCTURE_KINDS[irregularity.code],
        tag,
        offset,
      );
      if (irregularity.isFatal && !isDirectory) scene.findTag(MORE_STRUCTURE_KINDS.unreadable, tag, offset);
    },
    end(): void {
      if (groupEnd.claimed > reached) scene.find(MORE_STRUCTURE_KINDS.absurdGroupLength, groupEnd);
    },
  };
}

/** Directory records, between two items (PS3.3 §F.3): media alone have them, the network never brings one. */
const DIRECTORY_PATH = '(0004,1220)';
