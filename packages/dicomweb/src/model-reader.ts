import {
  type ElementHead,
  type Irregularity,
  keywordOf,
  TAG,
  type Tag,
  type TokenHandler,
  TRAILING_BYTES,
  UNDEFINED_LENGTH,
} from '@leadglass/dicom';
import { modelValue } from './model-value.ts';

/** One component group of a name each; empty where there is none. */
export interface PersonName {
  readonly alphabetic: string;
  readonly ideographic: string;
  readonly phonetic: string;
}

/** What an attribute holds, as the JSON and XML models tell it. `null` stands for an empty value among others. */
export type ModelValue =
  | { readonly kind: 'none' }
  | { readonly kind: 'texts'; readonly values: readonly (string | null)[] }
  | { readonly kind: 'numbers'; readonly values: readonly (number | string | null)[] }
  | { readonly kind: 'names'; readonly values: readonly (PersonName | null)[] }
  | { readonly kind: 'binary'; readonly bytes: Uint8Array }
  | { readonly kind: 'bulk'; readonly uri: string };

/** Who writes a model down. */
export interface ModelWriter {
  attribute(tag: Tag, vr: string, creator: string | undefined, value: ModelValue): void;
  sequence(tag: Tag, creator: string | undefined): void;
  item(index: number): void;
  itemEnd(): void;
  sequenceEnd(): void;
}

export interface ModelReaderOptions {
  readonly writer: ModelWriter;
  /** Explicit VR big endian: numbers and words are turned round. */
  readonly isBigEndian: boolean;
  /** Text of `bytes` under the Specific Character Set in force (as written in the object, `\` between its values). */
  decode(bytes: Uint8Array, charset: string): string;
  /** Where bulk data is to be had. @param path tags and item indices, `00400275.0.00420011`. */
  bulkUri(path: string): string;
  /** Bytes of one value that may be inline; default DEFAULT_INLINE_BYTES. */
  readonly inlineBytes?: number;
}

/** Values of binary VRs up to this length stand in the model itself. */
export const DEFAULT_INLINE_BYTES = 1024;
/** Texts and numbers stand in the model up to this length, whatever they are. */
const MOST_VALUE_BYTES = 256 * 1024;
const BINARY_VRS: ReadonlySet<string> = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);

/** A data set or an item that is open: its character set and the names of its private blocks. */
interface Level {
  charset: string;
  readonly creators: Map<number, string>;
  /** Path of what contains it, with a point behind. */
  readonly path: string;
}

/**
 * Turns tokens into the attributes of the DICOM models (PS3.18 Annex F, PS3.19 Annex A). Values are collected up to a bound, larger ones are
 * bulk data; nesting is a stack as deep as the reader lets it be.
 */
export class ModelReader implements TokenHandler {
  readonly #options: ModelReaderOptions;
  readonly #inlineBytes: number;
  readonly #levels: Level[] = [{ charset: '', creators: new Map(), path: '' }];
  readonly #sequences: Tag[] = [];
  #open: { tag: Tag; vr: string; pieces: Uint8Array[]; bytes: number; isSkipped: boolean } | undefined;
  #isInFragments = false;

  constructor(options: ModelReaderOptions) {
    this.#options = options;
    this.#inlineBytes = options.inlineBytes ?? DEFAULT_INLINE_BYTES;
  }

  element(head: ElementHead): void {
    const { tag, vr, length } = head;
    const isLeftOut = (tag & 0xffff) === 0 || tag === TRAILING_BYTES || tag === TAG.DataSetTrailingPadding;
    const most = BINARY_VRS.has(vr) ? this.#inlineBytes : MOST_VALUE_BYTES;
    if (!isLeftOut && (length > most || length === UNDEFINED_LENGTH)) this.#bulk(tag, vr);
    this.#open = { tag, vr, pieces: [], bytes: 0, isSkipped: isLeftOut || length > most };
  }

  value(bytes: Uint8Array): void {
    if (this.#isInFragments || this.#open === undefined || this.#open.isSkipped) return;
    this.#open.pieces.push(new Uint8Array(bytes));
    this.#open.bytes += bytes.byteLength;
  }

  elementEnd(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined || open.isSkipped) return;
    const { tag, vr, pieces } = open;
    const [only] = pieces;
    const bytes = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
    const level = this.#level;
    this.#learn(tag, vr, bytes);
    const value = modelValue(vr, bytes, this.#options.isBigEndian, (text) => this.#options.decode(text, level.charset));
    const told = tag === TAG.SpecificCharacterSet && value.kind === 'texts' ? UTF8 : value;
    this.#options.writer.attribute(tag, vr, this.#creatorOf(tag), told);
  }

  sequence(head: ElementHead): void {
    this.#options.writer.sequence(head.tag, this.#creatorOf(head.tag));
    this.#sequences.push(head.tag);
  }

  item(index: number): void {
    const { charset, path } = this.#level;
    const sequence = this.#sequences.at(-1) ?? 0;
    this.#levels.push({ charset, creators: new Map(), path: `${path}${tagName(sequence)}.${index}.` });
    this.#options.writer.item(index);
  }

  itemEnd(): void {
    if (this.#levels.length > 1) this.#levels.pop();
    this.#options.writer.itemEnd();
  }

  sequenceEnd(): void {
    this.#sequences.pop();
    this.#options.writer.sequenceEnd();
  }

  fragments(head: ElementHead): void {
    this.#isInFragments = true;
    this.#bulk(head.tag, head.vr);
  }

  fragment(): void {}
  fragmentEnd(): void {}
  fragmentsEnd(): void {
    this.#isInFragments = false;
  }
  irregularity(_irregularity: Irregularity): void {}

  /** Closes what is open: a data set that ends early still gives a whole model. */
  end(): void {
    while (this.#sequences.length > 0) {
      if (this.#levels.length > this.#sequences.length) this.itemEnd();
      this.sequenceEnd();
    }
  }

  get #level(): Level {
    return this.#levels.at(-1) as Level;
  }

  #bulk(tag: Tag, vr: string): void {
    const uri = this.#options.bulkUri(this.#level.path + tagName(tag));
    this.#options.writer.attribute(tag, vr, this.#creatorOf(tag), { kind: 'bulk', uri });
  }

  #learn(tag: Tag, vr: string, bytes: Uint8Array): void {
    const level = this.#level;
    if (tag === TAG.SpecificCharacterSet) level.charset = Buffer.from(bytes).toString('latin1');
    const element = tag & 0xffff;
    const isCreator = (tag & 0x10000) !== 0 && element >= 0x10 && element <= 0xff;
    if (isCreator && bytes.length <= 64 && vr !== 'SQ')
      level.creators.set(
        (((tag & 0xffff0000) >>> 0) | element) >>> 0,
        Buffer.from(bytes)
          .toString('latin1')
          .replace(/[\0 ]+$/, ''),
      );
  }

  #creatorOf(tag: Tag): string | undefined {
    if ((tag & 0x10000) === 0 || (tag & 0xffff) < 0x1000) return undefined;
    return this.#level.creators.get((((tag & 0xffff0000) >>> 0) | ((tag >>> 8) & 0xff)) >>> 0);
  }
}

/** Texts of the models are UTF-8, whatever they were in the object. */
const UTF8: ModelValue = { kind: 'texts', values: ['ISO_IR 192'] };

/** A tag as the models and paths write it: `00100020`. */
export function tagName(tag: Tag): string {
  return (tag >>> 0).toString(16).toUpperCase().padStart(8, '0');
}

/** Keyword or, where there is none, the tag. */
export function attributeName(tag: Tag): string {
  return keywordOf(tag) ?? tagName(tag);
}
