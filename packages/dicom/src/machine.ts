import { EXPLICIT, FRAGMENTS, IMPLICIT, SEQUENCE, UNDECIDED } from './frame.ts';
import { parseExplicit, parseImplicit, readsAsExplicit, SHORT_HEADER_BYTES, tagAt } from './header.ts';
import { Items, UNBOUNDED } from './items.ts';
import type { Content } from './levels.ts';
import { TAG, TRAILING_BYTES } from './tag.ts';
import { type IrregularityCode, type ReaderLimits, type Tag, type TokenHandler, UNDEFINED_LENGTH } from './token.ts';
import { isTrailing, isZero } from './trailing.ts';
import type { DataSetEncoding } from './transfer-syntax.ts';

const DELIMITER_GROUP = 0xfffe;
/** What must be seen behind the header of a sequence of defined length: the tag of its first item. */
const PEEK_BYTES = 4;

/**
 * The structure of a data set: headers, values, nesting. It works on what it is shown and keeps no bytes: `read` says
 * how far it came, and is shown the rest again with what follows. No recursion: open levels are frames on a stack.
 */
export class TokenMachine extends Items {
  readonly #isEncapsulated: boolean;
  /** Whether a whole header waits only for the tag behind it. */
  #isPeeking = false;
  /** Bytes of a group length's value still to come, and what it says so far. */
  #groupLengthLeft = 0;
  #groupLength = 0;

  constructor(encoding: DataSetEncoding, handler: TokenHandler, limits: ReaderLimits, content: Content) {
    super(encoding, handler, limits, content);
    this.#isEncapsulated = encoding === 'encapsulated';
  }

  /** Reads from `from` to before `to`. Result: where it stopped for want of bytes; less than 16 are left over. */
  read(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to && !this.isDead) {
      if (this.valueLeft > 0) {
        at = this.#readValue(bytes, at, to);
        continue;
      }
      const before = this.position;
      const isRead = this.#readHeader(bytes, at, to - at);
      at += this.position - before;
      if (!isRead) break;
    }
    return at;
  }

  /** Says that the data set is over, `rest` being what was left over. Reports what is missing. */
  finish(rest: Uint8Array): void {
    if (this.isDead || this.valueLeft === UNBOUNDED) return;
    if (this.valueLeft > 0) {
      this.fail('truncated-value', this.#valueTag(), this.head.offset);
      return;
    }
    if (rest.byteLength > 0) {
      this.#finishRest(rest);
      return;
    }
    while (this.level > 0) this.#finishFrame();
    this.checkGroupEnd();
  }

  /** Ends the last token. Nothing comes after it. */
  close(): void {
    if (this.isDead || this.valueLeft !== UNBOUNDED) return;
    this.valueLeft = 0;
    this.handler.elementEnd();
  }

  /** Takes bytes that follow the data set, after `finish`. */
  trailing(bytes: Uint8Array): void {
    if (this.isDead) return;
    if (this.valueLeft !== UNBOUNDED) this.#startTrailing();
    this.handler.value(bytes);
    this.position += bytes.byteLength;
  }

  /** Ends reading for a reason seen from outside. */
  abandon(code: IrregularityCode): void {
    if (!this.isDead) this.fail(code, 0, this.position);
  }

  // What ends

  #valueTag(): Tag {
    return this.frame.kind === FRAGMENTS ? this.frame.tag : this.head.tag;
  }

  #finishRest(rest: Uint8Array): void {
    if (this.level === 0 && this.count > 0 && isZero(rest, 0, rest.byteLength)) {
      this.trailing(rest);
      return;
    }
    if (this.#isPeeking) this.fail('truncated-value', this.head.tag, this.position);
    else this.fail('truncated-header', 0, this.position);
  }

  /** The innermost level is open although nothing follows: its delimiter is missing, or its length promised more. */
  #finishFrame(): void {
    this.report('truncated-sequence', this.frame.tag, this.frame.offset);
    this.closeFrame();
  }

  // Values

  #readValue(bytes: Uint8Array, at: number, to: number): number {
    const size = Math.min(this.valueLeft, to - at);
    if (this.#groupLengthLeft > 0) this.#readGroupLength(bytes, at, size);
    this.handler.value(size === bytes.byteLength ? bytes : bytes.subarray(at, at + size));
    this.position += size;
    this.valueLeft -= size;
    if (this.valueLeft === 0) this.#endValue();
    return at + size;
  }

  #endValue(): void {
    if (this.frame.kind === FRAGMENTS) this.handler.fragmentEnd();
    else this.handler.elementEnd();
    this.closeFinished();
  }

  /** The group length (gggg,0000) counts from the end of its own element to the end of its group (PS3.5 §7.2). */
  #readGroupLength(bytes: Uint8Array, at: number, size: number): void {
    for (let index = 0; index < size; index += 1) {
      const shift = this.frame.isLittle ? 4 - this.#groupLengthLeft : this.#groupLengthLeft - 1;
      this.#groupLength += (bytes[at + index] as number) * 2 ** (8 * shift);
      this.#groupLengthLeft -= 1;
    }
    if (this.#groupLengthLeft > 0) return;
    this.frame.groupTag = this.head.tag;
    this.frame.groupEnd = this.position + size + this.#groupLength;
  }

  // Headers

  /** Reads one header and moves the position behind it. False when more bytes are needed. */
  #readHeader(bytes: Uint8Array, at: number, available: number): boolean {
    const frame = this.frame;
    if (frame.limit - this.position < SHORT_HEADER_BYTES) return this.stop('length-beyond-parent', frame.tag);
    if (available < SHORT_HEADER_BYTES) return false;
    const tag = tagAt(bytes, at, frame.isLittle);
    if (frame.kind === SEQUENCE) return this.readItem(bytes, at, tag);
    if (frame.kind === FRAGMENTS) return this.readFragment(bytes, at, tag);
    if (tag >>> 16 === DELIMITER_GROUP) return this.readStrayDelimiter(bytes, at, tag);
    return this.#readElement(bytes, at, available, tag);
  }

  #readElement(bytes: Uint8Array, at: number, available: number, tag: Tag): boolean {
    const frame = this.frame;
    if (this.level === 0 && this.count > 0 && isTrailing(bytes, at, tag, frame.lastTag, frame.form)) {
      this.#startTrailing();
      return true;
    }
    if (frame.form === UNDECIDED) {
      const room = frame.limit - this.position;
      frame.form = readsAsExplicit(bytes, at, frame.isLittle, room) ? EXPLICIT : IMPLICIT;
    }
    const head = this.head;
    head.tag = tag;
    head.quirk = undefined;
    const size =
      frame.form === EXPLICIT
        ? parseExplicit(head, bytes, at, available, frame.isLittle)
        : parseImplicit(head, bytes, at, frame.isLittle);
    if (size === 0) return false;
    const mayHoldItems = head.vr === 'SQ' && head.length >= SHORT_HEADER_BYTES && this.#fits(size);
    this.#isPeeking = mayHoldItems && available < size + PEEK_BYTES;
    if (this.#isPeeking) return false;
    this.#startElement(size, mayHoldItems && this.#holdsItems(bytes, at + size));
    return true;
  }

  /** Whether the element in hand ends within all that holds it. @param size of its header. */
  #fits(size: number): boolean {
    const { length } = this.head;
    return this.position + size + (length === UNDEFINED_LENGTH ? 0 : length) <= this.frame.limit;
  }

  /** Whether what follows the header of a sequence is an item or a delimitation item, in either byte order. */
  #holdsItems(bytes: Uint8Array, at: number): boolean {
    const group = tagAt(bytes, at, true) >>> 16;
    const swapped = tagAt(bytes, at, false) >>> 16;
    return group === DELIMITER_GROUP || swapped === DELIMITER_GROUP;
  }

  #startElement(size: number, holdsItems: boolean): void {
    const head = this.head;
    head.offset = this.position;
    head.depth = this.depth;
    if (!this.countOne(head.tag)) return;
    this.checkHead();
    const isUndefined = head.length === UNDEFINED_LENGTH;
    if (!this.#fits(size)) {
      this.fail('length-beyond-parent', head.tag, head.offset);
      return;
    }
    this.position += size;
    if (isUndefined) this.#startUndefined();
    else if (head.vr === 'SQ' && (holdsItems || head.length === 0)) this.#startSequence(this.position + head.length);
    else this.#startValue();
  }

  #startValue(): void {
    const head = this.head;
    if (head.vr === 'SQ') this.report('not-an-item', head.tag, head.offset);
    this.handler.element(head);
    if (head.length === 0) {
      this.#endValue();
      return;
    }
    this.valueLeft = head.length;
    if ((head.tag & 0xffff) !== 0 || head.length !== 4) return;
    this.#groupLengthLeft = 4;
    this.#groupLength = 0;
  }

  /** Undefined length: a sequence, encapsulated pixels, or UN that hides a sequence in implicit VR (PS3.5 §6.2.2). */
  #startUndefined(): void {
    const head = this.head;
    const isPixels = head.tag === TAG.PixelData;
    if (isPixels || head.vr === 'OB' || head.vr === 'OW') {
      if (!isPixels || !this.#isEncapsulated) this.report('undefined-length-not-allowed', head.tag, head.offset);
      this.handler.fragments(head);
      this.open(FRAGMENTS, head.tag, UNBOUNDED, head.offset);
      return;
    }
    const isHidden = head.vr === 'UN' && head.isVrExplicit;
    if (isHidden) this.report('undefined-length-un', head.tag, head.offset);
    else if (head.vr !== 'SQ' && head.vr !== 'UN') {
      this.report('undefined-length-not-allowed', head.tag, head.offset);
    }
    this.#startSequence(UNBOUNDED);
    if (!isHidden || this.isDead) return;
    this.frame.form = UNDECIDED;
    this.frame.isLittle = true;
  }

  #startSequence(end: number): void {
    const head = this.head;
    if (this.depth >= this.limits.depth) {
      this.fail('too-deep', head.tag, head.offset);
      return;
    }
    this.handler.sequence(head);
    this.open(SEQUENCE, head.tag, end, head.offset);
    this.closeFinished();
  }

  #startTrailing(): void {
    this.report('trailing-bytes', 0, this.position);
    const head = this.head;
    head.tag = TRAILING_BYTES;
    head.vr = 'UN';
    head.isVrExplicit = false;
    head.length = UNDEFINED_LENGTH;
    head.offset = this.position;
    head.depth = 0;
    this.checkGroupEnd();
    this.handler.element(head);
    this.valueLeft = UNBOUNDED;
  }
}
