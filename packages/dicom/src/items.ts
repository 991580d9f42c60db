import { ITEM_FRAME, UNDECIDED } from './frame.ts';
import { SHORT_HEADER_BYTES, tagAt, u32 } from './header.ts';
import { Levels } from './levels.ts';
import { ITEM, ITEM_DELIMITATION, SEQUENCE_DELIMITATION } from './tag.ts';
import { type Tag, UNDEFINED_LENGTH } from './token.ts';

/** An open level whose end only its delimiter tells. */
export const UNBOUNDED = Number.POSITIVE_INFINITY;

/** Items, fragments and their delimiters (PS3.5 §7.5, §A.4). Middle layer of the token machine. */
export class Items extends Levels {
  /** Bytes of the present value or fragment still to come; Infinity for trailing bytes. */
  protected valueLeft = 0;

  protected readItem(bytes: Uint8Array, at: number, tag: Tag): boolean {
    const frame = this.frame;
    if (frame.index < 0 && tagAt(bytes, at, !frame.isLittle) === ITEM) return this.#swap(bytes, at);
    const length = u32(bytes, at + 4, frame.isLittle);
    if (tag === ITEM) return this.#startItem(length);
    if (tag !== SEQUENCE_DELIMITATION && tag !== ITEM_DELIMITATION) return this.stop('not-an-item', tag);
    const isEnd = tag === SEQUENCE_DELIMITATION && frame.end === UNBOUNDED;
    this.#skipDelimiter(tag, length, isEnd);
    return true;
  }

  /** The items are in the other byte order, as some devices write what they send as UN. */
  #swap(bytes: Uint8Array, at: number): boolean {
    const frame = this.frame;
    this.report('big-endian-un', frame.tag, this.position);
    frame.isLittle = !frame.isLittle;
    frame.form = UNDECIDED;
    return this.#startItem(u32(bytes, at + 4, frame.isLittle));
  }

  #startItem(length: number): boolean {
    const sequence = this.frame;
    const offset = this.position;
    if (!this.countOne(sequence.tag)) return false;
    const isUndefined = length === UNDEFINED_LENGTH;
    const end = isUndefined ? UNBOUNDED : offset + SHORT_HEADER_BYTES + length;
    const isBeyond = !isUndefined && end > sequence.limit;
    if (isBeyond) this.report('length-beyond-parent', ITEM, offset);
    if (!isUndefined && length % 2 === 1) this.report('odd-length', ITEM, offset);
    sequence.index += 1;
    this.position += SHORT_HEADER_BYTES;
    this.handler.item(sequence.index, length, offset);
    // What holds the item is believed, not the item; real directories say too much here.
    this.open(ITEM_FRAME, sequence.tag, isBeyond ? sequence.limit : end, offset);
    this.depth += 1;
    this.closeFinished();
    return true;
  }

  protected readFragment(bytes: Uint8Array, at: number, tag: Tag): boolean {
    const frame = this.frame;
    const length = u32(bytes, at + 4, frame.isLittle);
    if (tag === SEQUENCE_DELIMITATION || tag === ITEM_DELIMITATION) {
      this.#skipDelimiter(tag, length, tag === SEQUENCE_DELIMITATION);
      return true;
    }
    if (tag !== ITEM) return this.stop('not-an-item', tag);
    if (length === UNDEFINED_LENGTH) return this.stop('undefined-length-not-allowed', frame.tag);
    if (!this.countOne(frame.tag)) return false;
    if (this.position + SHORT_HEADER_BYTES + length > frame.limit) return this.stop('length-beyond-parent', ITEM);
    if (length % 2 === 1) this.report('odd-length', ITEM, this.position);
    frame.index += 1;
    this.head.offset = this.position;
    this.handler.fragment(frame.index, length, this.position);
    this.position += SHORT_HEADER_BYTES;
    this.valueLeft = length;
    if (length === 0) this.handler.fragmentEnd();
    return true;
  }

  /** A delimiter where elements are: it ends an item of undefined length, or is out of place. */
  protected readStrayDelimiter(bytes: Uint8Array, at: number, tag: Tag): boolean {
    const frame = this.frame;
    const isOpenItem = frame.kind === ITEM_FRAME && frame.end === UNBOUNDED;
    const length = u32(bytes, at + 4, frame.isLittle);
    if (tag === ITEM_DELIMITATION) {
      this.#skipDelimiter(tag, length, isOpenItem);
      return true;
    }
    if (tag !== SEQUENCE_DELIMITATION && (tag !== ITEM || !isOpenItem)) {
      return this.stop('delimiter-out-of-place', tag);
    }
    const sequence = this.parent;
    if (!isOpenItem || (tag === SEQUENCE_DELIMITATION && sequence?.end !== UNBOUNDED)) {
      this.#skipDelimiter(tag, length, false);
      return true;
    }
    // The item's own delimiter is missing: what follows belongs to its sequence, which reads it next.
    this.report('delimiter-out-of-place', tag, this.position);
    this.closeFrame();
    return true;
  }

  /** Passes a delimitation item. Its length should be zero and is not believed (PS3.5 §7.5). */
  #skipDelimiter(tag: Tag, length: number, isInPlace: boolean): void {
    if (length !== 0) this.report('delimiter-has-length', tag, this.position);
    if (!isInPlace) this.report('delimiter-out-of-place', tag, this.position);
    else this.checkGroupEnd();
    this.position += SHORT_HEADER_BYTES;
    if (isInPlace) this.closeFrame();
    this.closeFinished();
  }
}
