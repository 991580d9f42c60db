import { DUPLICATE, EXPLICIT, Frame, IMPLICIT, IN_ORDER, ITEM_FRAME, OUT_OF_ORDER, SEQUENCE } from './frame.ts';
import { Head } from './header.ts';
import { type IrregularityCode, type ReaderLimits, type Tag, type TokenHandler, UNDEFINED_LENGTH } from './token.ts';
import type { DataSetEncoding } from './transfer-syntax.ts';

/** What the bytes are: group 0000 belongs in a command set and group 0002 in file meta, nowhere else. */
export type Content = 'data-set' | 'command-set' | 'file-meta';

/**
 * Where the reader stands: the open levels on a stack, the bytes behind it, and the checks that belong to a level
 * (order, duplicates, group lengths, groups, counts). Lowest layer of the token machine.
 */
export class Levels {
  protected readonly handler: TokenHandler;
  protected readonly limits: ReaderLimits;
  readonly #content: Content;
  protected readonly head = new Head();
  readonly #frames: Frame[] = [new Frame()];
  protected level = 0;
  protected frame: Frame;
  /** Items open. */
  protected depth = 0;
  protected count = 0;
  /** Bytes of the data set behind us. */
  protected position = 0;
  #isDead = false;

  constructor(encoding: DataSetEncoding, handler: TokenHandler, limits: ReaderLimits, content: Content) {
    this.handler = handler;
    this.limits = limits;
    this.#content = content;
    this.frame = this.#frames[0] as Frame;
    this.frame.isLittle = encoding !== 'explicit-be';
    this.frame.form = encoding === 'implicit-le' ? IMPLICIT : EXPLICIT;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** The level that holds the present one; undefined at the top. */
  protected get parent(): Frame | undefined {
    return this.#frames[this.level - 1];
  }

  protected open(kind: number, tag: Tag, end: number, offset: number): void {
    const parent = this.frame;
    this.level += 1;
    let frame = this.#frames[this.level];
    if (frame === undefined) {
      frame = new Frame();
      this.#frames[this.level] = frame;
    }
    frame.open(kind, parent, tag, end, offset);
    this.frame = frame;
  }

  protected closeFrame(): void {
    const frame = this.frame;
    this.checkGroupEnd();
    this.level -= 1;
    this.frame = this.#frames[this.level] as Frame;
    if (frame.kind === ITEM_FRAME) {
      this.depth -= 1;
      this.handler.itemEnd();
    } else if (frame.kind === SEQUENCE) this.handler.sequenceEnd();
    else this.handler.fragmentsEnd();
  }

  protected closeFinished(): void {
    while (this.position === this.frame.end) this.closeFrame();
  }

  protected checkGroupEnd(): void {
    const frame = this.frame;
    if (frame.groupEnd === 0) return;
    const isTrue = frame.groupEnd === this.position;
    frame.groupEnd = 0;
    if (!isTrue) this.report('group-length-lies', frame.groupTag, this.position);
  }

  protected checkHead(): void {
    const head = this.head;
    const group = head.tag >>> 16;
    if (head.quirk !== undefined) this.report(head.quirk, head.tag, head.offset);
    const order = this.frame.note(head.tag);
    if (order !== IN_ORDER) this.#reportOrder(order);
    if (group < 8 || group === 0xffff) this.#checkGroup(group);
    if (head.length % 2 === 1 && head.length !== UNDEFINED_LENGTH) this.report('odd-length', head.tag, head.offset);
    if (this.frame.groupEnd !== 0 && this.frame.groupTag >>> 16 !== group) this.checkGroupEnd();
  }

  #reportOrder(order: number): void {
    const { tag, offset } = this.head;
    if ((order & OUT_OF_ORDER) !== 0) this.report('out-of-order', tag, offset);
    if ((order & DUPLICATE) !== 0) this.report('duplicate-element', tag, offset);
  }

  #checkGroup(group: number): void {
    const { tag, offset } = this.head;
    if (group === 0) {
      if (this.#content !== 'command-set') this.report('group-0000-element', tag, offset);
    } else if (group === 2) {
      if (this.#content !== 'file-meta') this.report('group-0002-element', tag, offset);
    } else if (group % 2 === 1) this.report('illegal-group', tag, offset);
  }

  protected countOne(tag: Tag): boolean {
    this.count += 1;
    if (this.count > this.limits.elements) this.fail('too-many-elements', tag, this.position);
    return !this.#isDead;
  }

  protected report(code: IrregularityCode, tag: Tag, offset: number): void {
    this.handler.irregularity({ code, tag, offset, depth: this.depth, isFatal: false });
  }

  protected fail(code: IrregularityCode, tag: Tag, offset: number): void {
    this.#isDead = true;
    this.handler.irregularity({ code, tag, offset, depth: this.depth, isFatal: true });
  }

  protected stop(code: IrregularityCode, tag: Tag): false {
    this.fail(code, tag, this.position);
    return false;
  }
}
