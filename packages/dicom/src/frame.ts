import type { Tag } from './token.ts';

/** What stands open around the reader: the data set itself, a sequence, an item of one, or encapsulated fragments. */
export const TOP = 0;
export const SEQUENCE = 1;
export const ITEM_FRAME = 2;
export const FRAGMENTS = 3;

/** How element headers are written inside a frame. Undecided: the first header of the item tells (content of UN). */
export const IMPLICIT = 0;
export const EXPLICIT = 1;
export const UNDECIDED = 2;

/** What `Frame.note` saw. */
export const IN_ORDER = 0;
export const OUT_OF_ORDER = 1;
export const DUPLICATE = 2;

const FIRST_TAGS = 64;
/** Most tags remembered a level for finding duplicates out of order. Beyond it only neighbours are compared. */
const MOST_TAGS = 16_384;
/** Of those that came out of order, which cost more to remember. */
const MOST_LATE_TAGS = 1024;

/** One open level. Frames are made once per depth and reused, so that a million items allocate nothing. */
export class Frame {
  kind = TOP;
  /** Where it ends, in bytes from the start of the data set; Infinity when undefined. */
  end = Number.POSITIVE_INFINITY;
  /** Where the innermost enclosing level of defined length ends (this one included): nothing here may go beyond. */
  limit = Number.POSITIVE_INFINITY;
  form = IMPLICIT;
  isLittle = true;
  /** Of the sequence or fragments; for an item, of its sequence. */
  tag: Tag = 0;
  /** Of the last item or fragment begun; -1 before the first. */
  index = -1;
  offset = 0;
  /** The element read last at this level, -1 before the first. */
  lastTag = -1;
  /** Where the group measured by a (gggg,0000) element should end; 0 when none is being measured. */
  groupEnd = 0;
  groupTag: Tag = 0;
  #tags = new Uint32Array(0);
  #count = 0;
  #highest = -1;
  readonly #late = new Set<Tag>();

  /** Makes the frame fresh. The parent's byte order and form are inherited. */
  open(kind: number, parent: Frame, tag: Tag, end: number, offset: number): void {
    this.kind = kind;
    this.end = end;
    this.limit = Math.min(end, parent.limit);
    this.form = parent.form;
    this.isLittle = parent.isLittle;
    this.tag = tag;
    this.index = -1;
    this.offset = offset;
    this.lastTag = -1;
    this.groupEnd = 0;
    this.#count = 0;
    this.#highest = -1;
    if (this.#late.size > 0) this.#late.clear();
  }

  /** Remembers an element of this level. Result: IN_ORDER, or a sum of OUT_OF_ORDER and DUPLICATE. */
  note(tag: Tag): number {
    const previous = this.lastTag;
    this.lastTag = tag;
    if (tag > this.#highest) {
      this.#append(tag);
      return IN_ORDER;
    }
    const isKnown = tag === this.#highest || this.#late.has(tag) || this.#wasInOrder(tag);
    if (!isKnown && this.#late.size < MOST_LATE_TAGS) this.#late.add(tag);
    return (tag < previous ? OUT_OF_ORDER : IN_ORDER) + (isKnown ? DUPLICATE : 0);
  }

  #append(tag: Tag): void {
    this.#highest = tag;
    if (this.#count >= MOST_TAGS) return;
    if (this.#count === this.#tags.length) {
      const wider = new Uint32Array(Math.max(FIRST_TAGS, this.#count * 2));
      wider.set(this.#tags);
      this.#tags = wider;
    }
    this.#tags[this.#count] = tag;
    this.#count += 1;
  }

  #wasInOrder(tag: Tag): boolean {
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const here = this.#tags[middle] as number;
      if (here === tag) return true;
      if (here < tag) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }
}
