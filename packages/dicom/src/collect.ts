import { trimmedText } from './meta-parser.ts';
import type { ElementHead, Irregularity, Tag, TokenHandler } from './token.ts';

/** What one chosen element was seen to hold. */
interface Collected {
  bytes: Uint8Array;
  /** Bytes kept. */
  length: number;
  /** Whether the value was longer than the limit. */
  isCut: boolean;
}

const NOTHING = new Uint8Array(0);

/**
 * Keeps the values of chosen top-level elements, each up to a limit. Of an element that comes twice the first is kept
 * (the reader reports the second). Memory: at most tags × limit, allocated by what comes, not by declared lengths.
 */
export class ElementCollector implements TokenHandler {
  readonly #tags: ReadonlySet<Tag>;
  readonly #maxBytesEach: number;
  readonly #values = new Map<Tag, Collected>();
  #open: Collected | undefined = undefined;

  /** @param tags wanted, top level only; @param maxBytesEach most bytes kept of each. */
  constructor(tags: readonly Tag[], maxBytesEach: number) {
    this.#tags = new Set(tags);
    this.#maxBytesEach = maxBytesEach;
  }

  /** Whether the element was there (it may be empty). */
  has(tag: Tag): boolean {
    return this.#values.has(tag);
  }

  /** The kept bytes of an element; undefined when it was not there. */
  bytes(tag: Tag): Uint8Array | undefined {
    const kept = this.#values.get(tag);
    return kept?.bytes.subarray(0, kept.length);
  }

  /** Whether the value was longer than the limit, so that only its beginning was kept. */
  isCut(tag: Tag): boolean {
    return this.#values.get(tag)?.isCut ?? false;
  }

  /** The value as text of one byte a character without trailing NULs and spaces; undefined when it was not there. */
  text(tag: Tag): string | undefined {
    const bytes = this.bytes(tag);
    return bytes === undefined ? undefined : trimmedText(bytes);
  }

  element(head: ElementHead): void {
    if (head.depth !== 0 || !this.#tags.has(head.tag) || this.#values.has(head.tag)) return;
    this.#open = { bytes: NOTHING, length: 0, isCut: head.length > this.#maxBytesEach };
    this.#values.set(head.tag, this.#open);
  }

  value(bytes: Uint8Array): void {
    const kept = this.#open;
    if (kept === undefined) return;
    const part = bytes.subarray(0, this.#maxBytesEach - kept.length);
    if (kept.length + part.byteLength > kept.bytes.byteLength) grow(kept, part.byteLength, this.#maxBytesEach);
    kept.bytes.set(part, kept.length);
    kept.length += part.byteLength;
  }

  elementEnd(): void {
    this.#open = undefined;
  }

  sequence(): void {}
  item(): void {}
  itemEnd(): void {}
  sequenceEnd(): void {}
  fragments(): void {}
  fragment(): void {}
  fragmentEnd(): void {}
  fragmentsEnd(): void {}
  irregularity(): void {}
}

function grow(kept: Collected, more: number, most: number): void {
  const wider = new Uint8Array(Math.min(most, Math.max(kept.length + more, kept.length * 2)));
  wider.set(kept.bytes.subarray(0, kept.length));
  kept.bytes = wider;
}

/** Hears everything and does nothing; a beginning for handlers that want a few tokens only. */
export const SILENT_HANDLER: TokenHandler = {
  element() {},
  value() {},
  elementEnd() {},
  sequence() {},
  item() {},
  itemEnd() {},
  sequenceEnd() {},
  fragments() {},
  fragment() {},
  fragmentEnd() {},
  fragmentsEnd() {},
  irregularity() {},
};

class Fan implements TokenHandler {
  readonly #to: readonly TokenHandler[];

  constructor(to: readonly TokenHandler[]) {
    this.#to = to;
  }

  element(head: ElementHead): void {
    for (const handler of this.#to) handler.element(head);
  }
  value(bytes: Uint8Array): void {
    for (const handler of this.#to) handler.value(bytes);
  }
  elementEnd(): void {
    for (const handler of this.#to) handler.elementEnd();
  }
  sequence(head: ElementHead): void {
    for (const handler of this.#to) handler.sequence(head);
  }
  item(index: number, length: number, offset: number): void {
    for (const handler of this.#to) handler.item(index, length, offset);
  }
  itemEnd(): void {
    for (const handler of this.#to) handler.itemEnd();
  }
  sequenceEnd(): void {
    for (const handler of this.#to) handler.sequenceEnd();
  }
  fragments(head: ElementHead): void {
    for (const handler of this.#to) handler.fragments(head);
  }
  fragment(index: number, length: number, offset: number): void {
    for (const handler of this.#to) handler.fragment(index, length, offset);
  }
  fragmentEnd(): void {
    for (const handler of this.#to) handler.fragmentEnd();
  }
  fragmentsEnd(): void {
    for (const handler of this.#to) handler.fragmentsEnd();
  }
  irregularity(irregularity: Irregularity): void {
    for (const handler of this.#to) handler.irregularity(irregularity);
  }
}

/** One handler that tells all of `handlers`, each token to each in the order given. */
export function combine(...handlers: readonly TokenHandler[]): TokenHandler {
  const [first] = handlers;
  return handlers.length === 1 && first !== undefined ? first : new Fan(handlers);
}
