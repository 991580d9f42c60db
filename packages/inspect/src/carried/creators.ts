import type { ElementHead } from '@leadglass/dicom';
import { latin1 } from '../bytes.ts';
import { PerItem } from '../levels.ts';

const LONGEST = 64;
const NOBODY: ReadonlyMap<number, string> = new Map();

/** Who reserved which private block (PS3.5 §7.8.1), item by item: at most 240 blocks a group each. */
export class Creators {
  readonly #blocks = new PerItem(() => new Map<number, string>());

  /** To be told of every beginning of a private element; keeps names alone. */
  take(head: ElementHead, bytes: Uint8Array): void {
    const element = head.tag & 0xffff;
    if (element < 0x10 || element > 0xff) return;
    const name = latin1(bytes.subarray(0, LONGEST)).replace(/[\0 ]+$/, '');
    this.#blocks.current.set(((head.tag & 0xffff0000) | element) >>> 0, name);
  }

  /** The creator of the block an element stands in; empty when nobody reserved it. */
  of(tag: number): string {
    const block = ((tag & 0xffff0000) | ((tag >>> 8) & 0xff)) >>> 0;
    return (this.#blocks.known ?? NOBODY).get(block) ?? '';
  }

  enter(): void {
    this.#blocks.enter();
  }

  leave(): void {
    this.#blocks.leave();
  }
}
