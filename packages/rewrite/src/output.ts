import { DataSetWriter, type ElementHead, type Tag, UNDEFINED_LENGTH } from '@leadglass/dicom';
import { concatBytes } from '@leadglass/kit';

/** Pixel data and what follows: passed on as they come, never held. */
const FIRST_STREAMED: Tag = 0x7fe00000;

/** An element being held back until its level is put in order. */
interface Entry {
  readonly tag: Tag;
  readonly parts: Uint8Array[];
}

export interface OutputOptions {
  readonly transferSyntaxUid: string;
  /** Views are valid during the call only. */
  readonly sink: (bytes: Uint8Array) => void;
  /** Whether elements are to be put in order: then all but pixel data is held, at most `mostHeldBytes`. */
  readonly isSorting: boolean;
  readonly mostHeldBytes: number;
}

/** Header of an element to write; lengths of sequences are always undefined. */
export interface WrittenHead {
  readonly tag: Tag;
  readonly vr: string;
  readonly isVrExplicit: boolean;
  readonly length: number;
}

/**
 * The canonical data set as it is written: ascending tags at every level, sequences and items of undefined length. In sorting mode a
 * level is held until it ends; else what would not ascend is refused (`isOutOfOrder`).
 */
export class Output {
  readonly #writer: DataSetWriter;
  readonly #options: OutputOptions;
  /** Entries of open levels, in sorting mode, until the pixel data. */
  readonly #levels: Entry[][] = [[]];
  /** Last tag of each open level. */
  readonly #last: Tag[] = [-1];
  #isHolding: boolean;
  #heldBytes = 0;
  #isOutOfOrder = false;
  readonly #flushes: (() => void)[] = [];

  constructor(options: OutputOptions) {
    this.#options = options;
    this.#isHolding = options.isSorting;
    this.#writer = new DataSetWriter(options.transferSyntaxUid, (bytes) => this.#write(bytes));
  }

  /** Whether something came that cannot be put in order any more, or that is more than may be held. */
  get isOutOfOrder(): boolean {
    return this.#isOutOfOrder;
  }

  /** `before`: what is to be written before the held elements go out, once. */
  onFlush(before: () => void): void {
    this.#flushes.push(before);
  }

  element(head: WrittenHead): void {
    this.#begin(head.tag);
    this.#writer.element(asHead(head));
  }

  /** A whole element, header and value; the value is of even length. */
  whole(head: Omit<WrittenHead, 'length'>, value: Uint8Array): void {
    this.element({ ...head, length: value.length });
    if (value.length > 0) this.value(value);
  }

  value(bytes: Uint8Array): void {
    this.#write(bytes);
  }

  sequence(head: Omit<WrittenHead, 'length'>): void {
    this.#begin(head.tag);
    this.#writer.sequence(asHead({ ...head, length: UNDEFINED_LENGTH }));
  }

  item(index: number): void {
    this.#writer.item(index, UNDEFINED_LENGTH);
    this.#last.push(-1);
    if (this.#isHolding) this.#levels.push([]);
  }

  itemEnd(): void {
    if (this.#isHolding && this.#levels.length > 1) {
      const entries = this.#levels.pop() ?? [];
      for (const part of partsInOrder(entries)) this.#levels.at(-1)?.at(-1)?.parts.push(part);
    }
    this.#last.pop();
    this.#writer.itemEnd();
  }

  /** An item encoded before, of defined length. @param content without the item's header. */
  wholeItem(content: Uint8Array): void {
    this.#writer.item(0, content.length);
    this.#write(content);
    this.#writer.itemEnd();
  }

  sequenceEnd(): void {
    this.#writer.sequenceEnd();
  }

  fragments(head: Omit<WrittenHead, 'length'>): void {
    this.#begin(head.tag);
    this.#writer.fragments(asHead({ ...head, length: UNDEFINED_LENGTH }));
  }

  fragment(index: number, length: number): void {
    this.#writer.fragment(index, length);
  }

  fragmentsEnd(): void {
    this.#writer.fragmentsEnd();
  }

  /** Writes what is held. Nothing may come after it. */
  end(): void {
    this.#flush();
  }

  #begin(tag: Tag): void {
    const level = this.#last.length - 1;
    if (this.#isHolding && level === 0 && tag >= FIRST_STREAMED) this.#flush();
    if (this.#isHolding) {
      this.#levels.at(-1)?.push({ tag, parts: [] });
      return;
    }
    if (tag <= (this.#last[level] ?? -1)) this.#isOutOfOrder = true;
    this.#last[level] = tag;
  }

  #flush(): void {
    for (const before of this.#flushes.splice(0)) before();
    if (!this.#isHolding) return;
    this.#isHolding = false;
    const entries = this.#levels[0] ?? [];
    const parts = partsInOrder(entries);
    this.#last[0] = entries.reduce((highest, entry) => Math.max(highest, entry.tag), -1);
    this.#levels[0] = [];
    for (const part of parts) this.#options.sink(part);
  }

  #write(bytes: Uint8Array): void {
    if (!this.#isHolding) {
      this.#options.sink(bytes);
      return;
    }
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > this.#options.mostHeldBytes) this.#isOutOfOrder = true;
    if (!this.#isOutOfOrder) this.#levels.at(-1)?.at(-1)?.parts.push(concatBytes(bytes));
  }
}

function partsInOrder(entries: readonly Entry[]): readonly Uint8Array[] {
  return entries.toSorted((a, b) => a.tag - b.tag).flatMap((entry) => entry.parts);
}

function asHead(head: WrittenHead): ElementHead {
  return { ...head, offset: 0, depth: 0 };
}
