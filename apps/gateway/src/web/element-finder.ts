import { type ElementHead, SILENT_HANDLER, type Tag, type TokenHandler, UNDEFINED_LENGTH } from '@leadglass/dicom';
import { tagName } from '@leadglass/dicomweb';
import type { FileRange } from './call.ts';
import { headerBytes } from './object-map.ts';

/** Finds where the value of one element lies, by its path: `00400275.0.00420011`. */
export class ElementFinder implements TokenHandler {
  readonly #path: string;
  readonly #sequences: Tag[] = [];
  readonly #items: number[] = [];
  #found: { readonly range: FileRange; readonly vr: string } | undefined;
  #isPast = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Where it lies; undefined while it was not met. */
  get found(): { readonly range: FileRange; readonly vr: string } | undefined {
    return this.#found;
  }

  /** Whether it was met, or can come no more. */
  get isOver(): boolean {
    return this.#found !== undefined || this.#isPast;
  }

  element(head: ElementHead): void {
    if (this.isOver || head.length === UNDEFINED_LENGTH) return;
    // Elements stand in order: past the first tag of the path at the top level there is nothing more to look for.
    if (head.depth === 0 && head.tag > Number.parseInt(this.#path.slice(0, 8), 16)) this.#isPast = true;
    if (this.#prefix() + tagName(head.tag) !== this.#path) return;
    const from = head.offset + headerBytes(head);
    this.#found = { range: [from, from + head.length], vr: head.vr };
  }

  sequence(head: ElementHead): void {
    this.#sequences.push(head.tag);
  }

  item(index: number): void {
    this.#items.push(index);
  }

  itemEnd(): void {
    this.#items.pop();
  }

  sequenceEnd(): void {
    this.#sequences.pop();
  }

  readonly value = SILENT_HANDLER.value;
  readonly elementEnd = SILENT_HANDLER.elementEnd;
  readonly fragments = SILENT_HANDLER.fragments;
  readonly fragment = SILENT_HANDLER.fragment;
  readonly fragmentEnd = SILENT_HANDLER.fragmentEnd;
  readonly fragmentsEnd = SILENT_HANDLER.fragmentsEnd;
  readonly irregularity = SILENT_HANDLER.irregularity;

  #prefix(): string {
    return this.#sequences.map((tag, at) => `${tagName(tag)}.${this.#items[at] ?? 0}.`).join('');
  }
}
