import { type ElementHead, formatTag, type Tag } from '@leadglass/dicom';

/** Deeper paths are shortened in the middle: a path is read by a person. */
const SHOWN_LEVELS = 12;

/** Where the reading stands: the sequences and items around the current element. As deep as the reader goes, no deeper. */
export class Where {
  readonly #sequences: Tag[] = [];
  readonly #items: number[] = [];
  #tag: Tag = 0;
  /** Offset of the current element or item, bytes from the start of the data set. */
  offset = 0;

  /** Items around the current element: its depth. */
  get depth(): number {
    return this.#items.length;
  }

  element(head: ElementHead): void {
    this.#tag = head.tag;
    this.offset = head.offset;
  }

  sequence(head: ElementHead): void {
    this.element(head);
    this.#sequences.push(head.tag);
  }

  item(index: number, offset: number): void {
    this.#items.push(index);
    this.#tag = 0;
    this.offset = offset;
  }

  itemEnd(): void {
    this.#items.pop();
    this.#tag = 0;
  }

  sequenceEnd(): void {
    this.#tag = this.#sequences.pop() ?? 0;
  }

  /** Path of the current element, or of `tag` at the same place. */
  path(tag: Tag = this.#tag): string {
    const levels = this.#items.map((item, at) => `${formatTag(this.#sequences[at] ?? 0)}[${item}]`);
    const open = this.#sequences.length > this.#items.length ? (this.#sequences.at(-1) ?? 0) : 0;
    if (open !== 0) levels.push(formatTag(open));
    if (tag !== 0 && tag !== open) levels.push(formatTag(tag));
    if (levels.length > SHOWN_LEVELS) levels.splice(SHOWN_LEVELS / 2, levels.length - SHOWN_LEVELS, '…');
    return levels.join('/');
  }
}
