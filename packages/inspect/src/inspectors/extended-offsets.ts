import { type ElementHead, TAG, type Tag } from '@leadglass/dicom';
import { uint32 } from '../bytes.ts';
import type { FindingKind, Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';

const kind = kindsOf('extended-offsets');

/** What the extended table of compressed frames can contradict. */
export const EXTENDED_OFFSET_KINDS = {
  form: kind(
    'form',
    'malformed',
    'PS3.3 §C.7.6.3.1.8',
    'La table étendue des images compressées n’a pas une forme possible : ses deux listes ne vont pas ensemble.',
    'The extended table of compressed frames has an impossible form: its two lists do not go together.',
  ),
  beyond: kind(
    'beyond',
    'malformed',
    'PS3.3 §C.7.6.3.1.8',
    'La table étendue des images compressées désigne des données hors de l’objet : un logiciel lirait au-delà de sa fin.',
    'The extended table of compressed frames points outside the object: a program would read beyond its end.',
  ),
  off: kind(
    'off',
    'suspicious',
    'PS3.3 §C.7.6.3.1.8',
    'La table étendue des images compressées ne désigne pas le début des images : deux logiciels n’afficheraient pas la même chose.',
    'The extended table of compressed frames does not point to where frames begin: two programs would not show the same thing.',
  ),
  tooMany: kind(
    'too-many',
    'information',
    'PS3.3 §C.7.6.3.1.8',
    'La table étendue des images compressées est trop longue pour être vérifiée jusqu’au bout.',
    'The extended table of compressed frames is too long to be checked to the end.',
  ),
} as const;

const ENTRY_BYTES = 8;
/** Entries that are kept: a film of 36 minutes at 30 frames a second. */
const MOST_ENTRIES = 65_536;
const HIGH = 2 ** 32;

/** Entries of one list as they come. What is beyond 2^53 is beyond any object, exact or not. */
class Entries {
  readonly values: number[] = [];
  readonly #rest = new Uint8Array(ENTRY_BYTES);
  #held = 0;
  isTooMany = false;

  /** Whether a part of an entry is left over. */
  get isCut(): boolean {
    return this.#held > 0;
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#rest[this.#held] = byte;
      this.#held += 1;
      if (this.#held === ENTRY_BYTES) this.#take();
    }
  }

  #take(): void {
    this.#held = 0;
    this.isTooMany ||= this.values.length >= MOST_ENTRIES;
    if (!this.isTooMany) this.values.push(uint32(this.#rest, 4, false) * HIGH + uint32(this.#rest, 0, false));
  }
}

/** Extended Offset Table and its Lengths against the fragments of the object's own pixel data (INSPECT-200). */
export function extendedOffsets(scene: Scene): Inspector {
  const eye = new OffsetEye(scene);
  return {
    name: 'extended-offsets',
    element: (head) => eye.element(head),
    value: (bytes) => eye.value(bytes),
    elementEnd: () => eye.elementEnd(),
    fragments: (head) => eye.fragments(head),
    fragment: (index, length, offset) => eye.fragment(index, length, offset),
    fragmentsEnd: () => eye.fragmentsEnd(),
  };
}

class OffsetEye {
  readonly #scene: Scene;
  readonly #lists = new Map<Tag, Entries>();
  #open: Entries | undefined;
  #isWatching = false;
  #base = -1;
  /** End of the last fragment, counted as entries are. */
  #span = 0;
  #next = 0;
  #isLengthWrong = false;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  element(head: ElementHead): void {
    if (head.tag !== TAG.ExtendedOffsetTable && head.tag !== TAG.ExtendedOffsetTableLengths) return;
    if (head.depth !== 0 || head.length === 0) return;
    this.#open = new Entries();
    this.#lists.set(head.tag, this.#open);
  }

  value(bytes: Uint8Array): void {
    this.#open?.push(bytes);
  }

  elementEnd(): void {
    this.#open = undefined;
  }

  fragments(head: ElementHead): void {
    this.#isWatching = head.tag === TAG.PixelData && head.depth === 0 && this.#lists.size > 0;
  }

  fragment(index: number, length: number, offset: number): void {
    if (!this.#isWatching || index === 0) return;
    if (this.#base < 0) this.#base = offset;
    const at = offset - this.#base;
    this.#span = at + 8 + length;
    if (this.#offsets[this.#next] !== at) return;
    if ((this.#lengths[this.#next] ?? 0) > length) this.#isLengthWrong = true;
    this.#next += 1;
  }

  fragmentsEnd(): void {
    if (!this.#isWatching) return;
    this.#isWatching = false;
    const lists = [...this.#lists.values()];
    if (lists.some((list) => list.isTooMany)) this.#scene.unfinished(EXTENDED_OFFSET_KINDS.tooMany);
    const trouble = this.#trouble(lists);
    if (trouble !== undefined) this.#scene.find(trouble);
  }

  #trouble(lists: readonly Entries[]): FindingKind | undefined {
    const hasLengths = this.#lists.has(TAG.ExtendedOffsetTableLengths);
    if (lists.some((list) => list.isCut) || (hasLengths && this.#lengths.length !== this.#offsets.length))
      return EXTENDED_OFFSET_KINDS.form;
    const isBeyond = this.#offsets.some((offset, i) => offset + 8 + (this.#lengths[i] ?? 0) > this.#span);
    if (isBeyond) return EXTENDED_OFFSET_KINDS.beyond;
    return this.#isLengthWrong || this.#next < this.#offsets.length ? EXTENDED_OFFSET_KINDS.off : undefined;
  }

  get #offsets(): readonly number[] {
    return this.#lists.get(TAG.ExtendedOffsetTable)?.values ?? [];
  }

  get #lengths(): readonly number[] {
    return this.#lists.get(TAG.ExtendedOffsetTableLengths)?.values ?? [];
  }
}
