import type { ElementHead } from '@leadglass/dicom';
import { BEGINNING_BYTES } from './inspector.ts';

const NOTHING = new Uint8Array(0);

/** Collects the first bytes of a value. The rest of a long one is not looked at. */
export class Beginning {
  /** Of the element being read: a copy, since the reader reuses its own. */
  readonly head = { tag: 0, vr: 'UN', isVrExplicit: false, length: 0, offset: 0, depth: 0 };
  readonly #store = new Uint8Array(BEGINNING_BYTES);
  #bytes: Uint8Array = NOTHING;
  #isOpen = false;

  begin(head: ElementHead): void {
    const held = this.head;
    held.tag = head.tag;
    held.vr = head.vr;
    held.isVrExplicit = head.isVrExplicit;
    held.length = head.length;
    held.offset = head.offset;
    held.depth = head.depth;
    this.#bytes = NOTHING;
    this.#isOpen = true;
  }

  /** Copies: pieces are views of the reader's buffer, which may be reused before the element ends. */
  push(bytes: Uint8Array): void {
    if (!this.#isOpen || this.#bytes.length >= BEGINNING_BYTES) return;
    const held = this.#bytes.length;
    const taken = Math.min(bytes.length, BEGINNING_BYTES - held);
    // A loop: for the few bytes of most values it costs less than the call of `set` does.
    for (let at = 0; at < taken; at += 1) this.#store[held + at] = bytes[at] ?? 0;
    this.#bytes = this.#store.subarray(0, held + taken);
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  close(): void {
    this.#bytes = NOTHING;
    this.#isOpen = false;
  }
}
