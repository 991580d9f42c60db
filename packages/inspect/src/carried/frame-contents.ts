import { CodestreamEnd } from '../codec/codestream-end.ts';
import { LEAD_BYTES } from '../codec/frames.ts';
import { familyShown } from '../codec/image.ts';

/** Who takes the parts of compressed pixel data. */
export interface FrameParts {
  /** A part begins. @param isBehind whether it follows the end of a codestream, where nothing belongs. */
  part(isBehind: boolean): void;
  bytes(view: Uint8Array): void;
  partEnd(): void;
}

/**
 * Cuts fragments of compressed pixels where a codestream ends: what follows, in the same fragment or in further ones, is no image. A
 * fragment that begins as a codestream does begins a frame (PS3.5 §A.4); of what has no marks of its own each is a part.
 */
export class FrameContents {
  readonly #parts: FrameParts;
  readonly #lead = new Uint8Array(LEAD_BYTES);
  #held = 0;
  #end: CodestreamEnd | undefined;
  #isOpen = false;
  #isBehind = false;

  constructor(parts: FrameParts) {
    this.#parts = parts;
  }

  /** Pixel data begin. */
  begin(): void {
    this.#end = undefined;
  }

  fragment(): void {
    this.#held = 0;
    this.#isOpen = false;
  }

  value(view: Uint8Array): void {
    if (this.#isOpen) {
      this.#push(view);
      return;
    }
    const taken = Math.min(LEAD_BYTES - this.#held, view.length);
    this.#lead.set(view.subarray(0, taken), this.#held);
    this.#held += taken;
    if (this.#held < LEAD_BYTES) return;
    this.#open();
    if (taken < view.length) this.#push(view.subarray(taken));
  }

  fragmentEnd(): void {
    if (!this.#isOpen && this.#held > 0) this.#open();
    if (this.#isOpen) this.#parts.partEnd();
    this.#isOpen = false;
  }

  #open(): void {
    this.#isOpen = true;
    const lead = this.#lead.subarray(0, this.#held);
    if (familyShown(lead) !== undefined) this.#end = new CodestreamEnd();
    this.#part();
    this.#push(lead);
  }

  #part(): void {
    this.#isBehind = this.#end?.isOver === true;
    this.#parts.part(this.#isBehind);
  }

  #push(view: Uint8Array): void {
    if (this.#end?.isOver === true && !this.#isBehind) {
      this.#parts.partEnd();
      this.#part();
    }
    const end = this.#end?.push(view) ?? -1;
    this.#parts.bytes(end < 0 ? view : view.subarray(0, end));
    if (end >= 0 && end < view.length) this.#push(view.subarray(end));
  }
}
