import { type Text, text } from '@leadglass/kit';

/** What was changed, by kind. */
const KINDS = {
  preamble: text(
    'Les 128 octets avant l’objet ont été remis à zéro.',
    'The 128 bytes before the object were set to zero.',
  ),
  'file-header': text('L’en-tête du fichier a été écrit à neuf.', 'The file header was written anew.'),
  trailing: text('Ce qui suivait la fin de l’objet a été coupé.', 'What followed the end of the object was cut off.'),
  'trailing-padding': text('Un remplissage final a été retiré.', 'Padding at the end was removed.'),
  'group-length': text(
    'Les longueurs de groupe, abandonnées par la norme, ont été retirées.',
    'Group lengths, which the standard retired, were removed.',
  ),
  'forbidden-group': text(
    'Des éléments qu’un objet n’a pas le droit de contenir ont été retirés.',
    'Elements that an object may not hold were removed.',
  ),
  duplicate: text(
    'Un élément figurait deux fois : le premier est gardé, l’autre retiré.',
    'An element stood twice: the first is kept, the other removed.',
  ),
  order: text('Les éléments ont été remis dans l’ordre.', 'The elements were put in order.'),
  'odd-length': text('Des longueurs impaires ont été complétées.', 'Odd lengths were padded.'),
  'value-type': text(
    'Des types de valeur (VR) absents ou inexistants ont été remplacés.',
    'Missing or non-existent value types (VR) were replaced.',
  ),
  'byte-order': text('L’ordre des octets a été rétabli.', 'The byte order was set right.'),
  closed: text('Une fin de séquence manquante a été ajoutée.', 'A missing end of sequence was added.'),
  removed: text('Un élément dangereux a été retiré.', 'A dangerous element was removed.'),
  emptied: text('Une valeur dangereuse a été vidée.', 'A dangerous value was emptied.'),
  cleaned: text(
    'Des caractères dangereux ont été remplacés dans un texte.',
    'Dangerous characters were replaced in a text.',
  ),
  coerced: text(
    'L’identité demandée a pris la place de celle de l’objet.',
    'The identity asked for took the place of the object’s own.',
  ),
  uid: text(
    'Un identifiant unique (UID) mal formé a été remplacé par un identifiant valable.',
    'An ill-formed unique identifier (UID) was replaced by a valid one.',
  ),
  recast: text('Un type de valeur (VR) faux a été corrigé.', 'A wrong value type (VR) was corrected.'),
  notice: text(
    'Le document joint a été remplacé par une page d’explication.',
    'The document inside was replaced by a page that explains.',
  ),
} as const satisfies Readonly<Record<string, Text>>;

export type ChangeKind = keyof typeof KINDS;

/** What a change of this kind is, in a sentence; undefined for a kind that an older or newer Leadglass wrote down. */
export function changeSentence(kind: string): Text | undefined {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind as ChangeKind] : undefined;
}

/** One thing that was changed. Holds no values. */
export interface Change {
  readonly kind: ChangeKind;
  readonly text: Text;
  /** Of the first element concerned; empty when it is about the whole. */
  readonly path: string;
  /** How many times. */
  readonly times: number;
}

/** Told one by one; the others are counted, a kind a line. */
const SINGLE: ReadonlySet<ChangeKind> = new Set([
  ...(['duplicate', 'removed', 'emptied', 'cleaned', 'coerced', 'uid', 'recast', 'notice'] as const),
]);
const MOST_SINGLE = 256;

/** Changes as they are made; bounded. */
export class ChangeRecord {
  readonly #changes = new Map<string, { kind: ChangeKind; path: string; times: number }>();

  note(kind: ChangeKind, path = ''): void {
    const isSingle = SINGLE.has(kind) && this.#changes.size < MOST_SINGLE;
    const key = isSingle ? `${kind} ${path}` : kind;
    const known = this.#changes.get(key);
    if (known === undefined) this.#changes.set(key, { kind, path, times: 1 });
    else known.times += 1;
  }

  get changes(): readonly Change[] {
    return [...this.#changes.values()].map((one) => ({ ...one, text: KINDS[one.kind] }));
  }
}
