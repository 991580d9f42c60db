import { type ElementHead, TAG, type Tag, UNDEFINED_LENGTH } from '@leadglass/dicom';
import { latin1 } from './charset.ts';
import { nameOf } from './tags.ts';
import type { AttributeSet, AttributeValue } from './types.ts';
import { readValue } from './values.ts';

/** How much is taken from one data set. */
export interface CollectLimits {
  /** Characters of all values together. */
  readonly characters: number;
  /** Elements, at all depths. */
  readonly elements: number;
  /** Items of one sequence. */
  readonly items: number;
  /** Depth of nesting: 1 for items of top-level sequences. */
  readonly depth: number;
}

/** Attributes as they are put together. */
interface Open {
  readonly set: Record<string, AttributeValue>;
  readonly charset: string;
}

/**
 * Builds an attribute set from the short values of a data set, as an inspector hears them. Values of wanted tags are decoded in their own Specific
 * Character Set; inside a wanted sequence everything is. What goes beyond a limit is left out and `isCut` says so.
 */
export class AttributeCollector {
  readonly #isWanted: (tag: Tag) => boolean;
  readonly #limits: CollectLimits;
  readonly #isLittle: boolean;
  /** Open levels of wanted sequences; the first is the data set itself. */
  readonly #open: { set: Record<string, AttributeValue>; charset: string }[] = [{ set: {}, charset: '' }];
  readonly #sequences: { readonly items: AttributeSet[] }[] = [];
  /** Levels below that are not wanted. */
  #passedOver = 0;
  #characters = 0;
  #elements = 0;
  #isCut = false;

  constructor(options: { isWanted(tag: Tag): boolean; limits: CollectLimits; isLittle: boolean }) {
    this.#isWanted = options.isWanted;
    this.#limits = options.limits;
    this.#isLittle = options.isLittle;
  }

  get attributes(): AttributeSet {
    return this.#top.set;
  }

  /** Specific Character Set of the data set itself; empty when it has none. */
  get charset(): string {
    return this.#top.charset;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** One value. @param bytes all of it; a beginning, which `head.length` tells by being longer, is not taken. */
  beginning(head: ElementHead, bytes: Uint8Array): void {
    if (this.#passedOver > 0) return;
    const open = this.#current;
    if (head.tag === TAG.SpecificCharacterSet) open.charset = latin1(bytes).trimEnd();
    const name = nameOf(head.tag);
    if (!this.#takes(head.tag) || name in open.set) return;
    const value = readValue(head.vr, bytes, open.charset, this.#isLittle);
    if (value === undefined) return;
    if (head.length > bytes.length && head.length !== UNDEFINED_LENGTH) {
      this.#isCut = true;
      return;
    }
    this.#characters += value.length;
    if (this.#hasRoom()) open.set[name] = value;
  }

  sequence(head: ElementHead): void {
    const isWanted = this.#passedOver === 0 && this.#takes(head.tag);
    const isTooDeep = this.#open.length > this.#limits.depth;
    if (isWanted && isTooDeep) this.#isCut = true;
    if (!isWanted || isTooDeep || !this.#hasRoom()) {
      this.#passedOver += 1;
      return;
    }
    const items: AttributeSet[] = [];
    this.#current.set[nameOf(head.tag)] = items;
    this.#sequences.push({ items });
  }

  item(): void {
    const sequence = this.#sequences.at(-1);
    if (this.#passedOver > 0 || sequence === undefined) return;
    const set: Record<string, AttributeValue> = {};
    if (sequence.items.length < this.#limits.items) sequence.items.push(set);
    else this.#isCut = true;
    this.#open.push({ set, charset: this.#current.charset });
  }

  itemEnd(): void {
    if (this.#passedOver === 0 && this.#open.length > 1) this.#open.pop();
  }

  sequenceEnd(): void {
    if (this.#passedOver > 0) this.#passedOver -= 1;
    else this.#sequences.pop();
  }

  get #top(): Open {
    return this.#open[0] as Open;
  }

  get #current(): { set: Record<string, AttributeValue>; charset: string } {
    return this.#open.at(-1) as { set: Record<string, AttributeValue>; charset: string };
  }

  #takes(tag: Tag): boolean {
    if (this.#open.length === 1 ? !this.#isWanted(tag) : tag === TAG.SpecificCharacterSet) return false;
    this.#elements += 1;
    return true;
  }

  #hasRoom(): boolean {
    if (this.#characters <= this.#limits.characters && this.#elements <= this.#limits.elements) return true;
    this.#isCut = true;
    return false;
  }
}
