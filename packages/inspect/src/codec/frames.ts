import { type ElementHead, TAG } from '@leadglass/dicom';
import type { Inspector } from '../inspector.ts';
import { type Family, familyShown } from './image.ts';

/** Who hears of the compressed frames of an object. */
export interface FrameListener {
  /** A frame begins. @param frame counted from 0. @param lead its first bytes, at most LEAD_BYTES; they come again with `bytes`. */
  begin(frame: number, lead: Uint8Array, offset: number): void;
  /** The next bytes of the frame; valid during the call only. */
  bytes(piece: Uint8Array): void;
  end(): void;
  /** No more frames. @param fragments how many there were. */
  over(fragments: number): void;
}

/** What tells a frame from the rest of the one before: enough for both families that begin with a mark. */
export const LEAD_BYTES = 4;

/**
 * Tells frames among the fragments of the object's own pixel data. A fragment that begins with the mark of a codestream begins a frame,
 * any other goes on with the last (PS3.5 §A.4). RLE and deflate have no mark: there each fragment is a frame, but where the object
 * declares one alone.
 */
export class Frames {
  readonly #listener: FrameListener;
  readonly #lead = new Uint8Array(LEAD_BYTES);
  #leadBytes = 0;
  #isOurs = false;
  #isInFragment = false;
  #isTold = false;
  #fragments = 0;
  #frames = 0;
  #offset = 0;
  readonly #family: () => Family | undefined;
  readonly #isSingle: () => boolean;

  /** @param family what the object declares. @param isSingle whether it declares one frame. Both asked when the first fragment comes. */
  constructor(listener: FrameListener, family: () => Family | undefined, isSingle: () => boolean) {
    this.#listener = listener;
    this.#family = family;
    this.#isSingle = isSingle;
  }

  /** The part of an inspector that feeds this. */
  listening(): Pick<Inspector, 'fragments' | 'fragment' | 'value' | 'fragmentEnd' | 'fragmentsEnd'> {
    return {
      fragments: (head) => this.#begin(head),
      fragment: (index, _length, offset) => this.#fragment(index, offset),
      value: (bytes) => {
        if (this.#isInFragment) this.#value(bytes);
      },
      fragmentEnd: () => this.#fragmentEnd(),
      fragmentsEnd: () => this.#over(),
    };
  }

  #begin(head: ElementHead): void {
    this.#isOurs = head.depth === 0 && head.tag === TAG.PixelData && this.#family() !== undefined;
    [this.#fragments, this.#frames] = [0, 0];
  }

  /** Fragment 0 is the offset table. */
  #fragment(index: number, offset: number): void {
    if (!this.#isOurs || index === 0) return;
    this.#fragments += 1;
    this.#isInFragment = true;
    this.#offset = offset;
    [this.#leadBytes, this.#isTold] = [0, false];
  }

  #value(bytes: Uint8Array): void {
    if (this.#isTold) {
      this.#listener.bytes(bytes);
      return;
    }
    const taken = Math.min(LEAD_BYTES - this.#leadBytes, bytes.length);
    this.#lead.set(bytes.subarray(0, taken), this.#leadBytes);
    this.#leadBytes += taken;
    if (this.#leadBytes < LEAD_BYTES) return;
    this.#tell();
    if (taken < bytes.length) this.#listener.bytes(bytes.subarray(taken));
  }

  #fragmentEnd(): void {
    if (this.#isInFragment && !this.#isTold && this.#leadBytes > 0) this.#tell();
    this.#isInFragment = false;
  }

  #tell(): void {
    this.#isTold = true;
    const lead = this.#lead.subarray(0, this.#leadBytes);
    if (this.#isBeginning(lead)) {
      if (this.#frames > 0) this.#listener.end();
      this.#listener.begin(this.#frames, lead, this.#offset);
      this.#frames += 1;
    }
    this.#listener.bytes(lead);
  }

  #isBeginning(lead: Uint8Array): boolean {
    if (this.#frames === 0) return true;
    const family = this.#family();
    return family === 'rle' || family === 'deflate' ? !this.#isSingle() : familyShown(lead) !== undefined;
  }

  #over(): void {
    if (!this.#isOurs) return;
    this.#fragmentEnd();
    if (this.#frames > 0) this.#listener.end();
    this.#isOurs = false;
    this.#listener.over(this.#fragments);
  }
}
