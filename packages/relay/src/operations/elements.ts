import { deflateRawSync } from 'node:zlib';
import {
  DataSetReader,
  DEFAULT_READER_LIMITS,
  type ElementHead,
  encodeElements,
  encodingOf,
  type Tag,
  type TokenHandler,
} from '@leadglass/dicom';

/** One element of a small data set: its value as the bytes it came in, or its items. */
export interface RawElement {
  readonly tag: Tag;
  readonly vr: string;
  readonly value: Uint8Array | readonly (readonly RawElement[])[];
}

const LIMITS = { ...DEFAULT_READER_LIMITS, depth: 16, elements: 8192, inflatedBytes: 2 ** 20 };
const NOTHING = new Uint8Array(0);

/**
 * Reads a data set of a query that was collected within bounds, or undefined when it cannot be read to its end, is nested deeper than 16, or
 * holds what no query does (encapsulated pixel data). Values stay in their own bytes, whatever their character set.
 */
export function readElements(bytes: Uint8Array, transferSyntaxUid: string): readonly RawElement[] | undefined {
  const builder = new Builder();
  const reader = new DataSetReader({ transferSyntaxUid, handler: builder, limits: LIMITS });
  reader.push(bytes);
  reader.end();
  return reader.isDead || builder.isBroken ? undefined : builder.elements;
}

/** Writes it again in the same transfer syntax, in order of tags; group lengths, which would be wrong, are left out (PS3.5 §7.2). */
export function writeElements(elements: readonly RawElement[], transferSyntaxUid: string): Uint8Array {
  const bytes = encodeElements(ordered(elements), transferSyntaxUid);
  return encodingOf(transferSyntaxUid) === 'deflated' ? deflateRawSync(bytes) : bytes;
}

/** As deep as was read: 16 at most. */
function ordered(elements: readonly RawElement[]): RawElement[] {
  return elements
    .filter(({ tag }) => (tag & 0xffff) !== 0)
    .map(({ tag, vr, value }) => ({ tag, vr, value: isItems(value) ? itemsOf(value) : value }))
    .sort((a, b) => a.tag - b.tag);
}

function itemsOf(items: readonly (readonly RawElement[])[]): RawElement['value'] {
  return items.length === 0 ? NOTHING : items.map(ordered);
}

/** Whether a value is items. */
export function isItems(value: RawElement['value']): value is readonly (readonly RawElement[])[] {
  return !(value instanceof Uint8Array);
}

/** The values of an element in the default repertoire, unpadded; undefined when it is not there. */
export function valuesOf(elements: readonly RawElement[], tag: Tag): readonly string[] | undefined {
  const found = elements.find((element) => element.tag === tag);
  if (found === undefined || isItems(found.value)) return undefined;
  const words = Buffer.from(found.value).toString('latin1').replaceAll('\0', ' ').split('\\');
  return words.map((word) => word.trim()).filter((word) => word !== '');
}

class Builder implements TokenHandler {
  readonly elements: RawElement[] = [];
  isBroken = false;
  /** Where elements go now: the data set, or the innermost item. */
  readonly #lists: RawElement[][] = [this.elements];
  readonly #sequences: RawElement[][][] = [];
  #open: { readonly tag: Tag; readonly vr: string } | undefined;
  #parts: Uint8Array[] = [];

  element({ tag, vr }: ElementHead): void {
    this.#open = { tag, vr };
    this.#parts = [];
  }

  value(bytes: Uint8Array): void {
    this.#parts.push(Uint8Array.from(bytes));
  }

  elementEnd(): void {
    if (this.#open !== undefined) this.#lists.at(-1)?.push({ ...this.#open, value: Buffer.concat(this.#parts) });
    this.#open = undefined;
  }

  sequence({ tag }: ElementHead): void {
    const items: RawElement[][] = [];
    this.#lists.at(-1)?.push({ tag, vr: 'SQ', value: items });
    this.#sequences.push(items);
  }

  item(): void {
    const item: RawElement[] = [];
    this.#sequences.at(-1)?.push(item);
    this.#lists.push(item);
  }

  itemEnd(): void {
    this.#lists.pop();
  }

  sequenceEnd(): void {
    this.#sequences.pop();
  }

  irregularity({ isFatal, code }: Parameters<TokenHandler['irregularity']>[0]): void {
    this.isBroken ||= isFatal || code.startsWith('truncated') || code === 'trailing-bytes';
  }

  fragments(): void {
    this.isBroken = true;
  }

  fragment(): void {}
  fragmentEnd(): void {}
  fragmentsEnd(): void {}
}
