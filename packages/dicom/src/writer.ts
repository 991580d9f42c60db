import { elementHeader, itemHeader } from './encode.ts';
import { ITEM, ITEM_DELIMITATION, SEQUENCE_DELIMITATION } from './tag.ts';
import { type ElementHead, type TokenHandler, UNDEFINED_LENGTH } from './token.ts';
import { encodingOf } from './transfer-syntax.ts';

/**
 * Writes tokens as a data set: the inverse of DataSetReader. Lengths, defined or undefined, and the form of each header
 * are written as the tokens say, so that the tokens of a regular data set give its bytes again. It computes no lengths:
 * whoever changes a value inside a sequence of defined length changes the lengths around it too. For a deflated
 * transfer syntax it gives the bytes before deflation.
 */
export class DataSetWriter implements TokenHandler {
  readonly #sink: (bytes: Uint8Array) => void;
  readonly #isLittle: boolean;
  /** Open sequences and items, alternating: whether each has an undefined length. */
  readonly #isUndefined: boolean[] = [];
  /** How many levels lie inside a UN of undefined length, which is little endian in any transfer syntax. */
  #unLevels = 0;

  /** @param sink gets the bytes in order: fresh small arrays for headers, the very views it was given for values. */
  constructor(transferSyntaxUid: string, sink: (bytes: Uint8Array) => void) {
    this.#sink = sink;
    this.#isLittle = encodingOf(transferSyntaxUid) !== 'explicit-be';
  }

  element(head: ElementHead): void {
    if (head.length !== UNDEFINED_LENGTH) this.#header(head);
  }

  value(bytes: Uint8Array): void {
    this.#sink(bytes);
  }

  elementEnd(): void {}

  sequence(head: ElementHead): void {
    this.#header(head);
    this.#isUndefined.push(head.length === UNDEFINED_LENGTH);
    const isUn = head.vr === 'UN' && head.isVrExplicit;
    if (isUn || this.#unLevels > 0) this.#unLevels += 1;
  }

  item(_index: number, length: number): void {
    this.#sink(itemHeader(ITEM, length, this.#order()));
    this.#isUndefined.push(length === UNDEFINED_LENGTH);
  }

  itemEnd(): void {
    if (this.#isUndefined.pop() === true) this.#sink(itemHeader(ITEM_DELIMITATION, 0, this.#order()));
  }

  sequenceEnd(): void {
    if (this.#isUndefined.pop() === true) this.#sink(itemHeader(SEQUENCE_DELIMITATION, 0, this.#order()));
    if (this.#unLevels > 0) this.#unLevels -= 1;
  }

  fragments(head: ElementHead): void {
    this.#header(head);
  }

  fragment(_index: number, length: number): void {
    this.#sink(itemHeader(ITEM, length, this.#order()));
  }

  fragmentEnd(): void {}

  fragmentsEnd(): void {
    this.#sink(itemHeader(SEQUENCE_DELIMITATION, 0, this.#order()));
  }

  /** What is irregular is not repaired: the tokens are written as they come. */
  irregularity(): void {}

  #order(): boolean {
    return this.#isLittle || this.#unLevels > 0;
  }

  #header(head: ElementHead): void {
    this.#sink(elementHeader(head.tag, head.vr, head.length, head.isVrExplicit, this.#order()));
  }
}
