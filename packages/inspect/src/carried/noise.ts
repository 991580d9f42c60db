import { latin1 } from '../bytes.ts';
import type { Scene } from '../inspector.ts';
import type { Content, ContentEye } from './content.ts';
import { formatOf } from './formats.ts';
import { isZlib } from './packed.ts';
import { isPackingCreator } from './packing-creators.ts';
import { DISGUISE_KINDS } from './recognition-kinds.ts';

/** Bytes of one sample, and how far samples lie apart: an eighth of a long value is counted. */
const SAMPLE_BYTES = 32_768;
const STRIDE_BYTES = 8 * SAMPLE_BYTES;
const VALUES = 256;
const EXPECTED = SAMPLE_BYTES / VALUES;
/**
 * Pearson's chi-squared of 255 degrees of freedom for an even choice among 256 values: 255 on average, standard deviation 22.6. Within five
 * of these are encrypted and random bytes and much of what is packed; pictures and numbers lie far above, counters below.
 */
const LEAST = 142;
const MOST = 368;

/** Manufacturers set a length or two before what they pack. */
const HEAD_BYTES = 32;
const FRONTS: readonly number[] = [0, 4, 8, 16];
/** A codestream or file of JPEG 2000 (ISO 15444-1 §A.4.1, §I.5.1). */
const JPEG_2000 = /^(\xff\x4f\xff\x51|\0\0\0\x0cjP)/;

/** Whether a value says that it is packed data or a picture: that explains why they look like noise, and others look into them. */
function isPackedAtFront(head: Uint8Array): boolean {
  return FRONTS.some((at) => {
    const front = head.subarray(at);
    const family = formatOf(front)?.family;
    if (family === 'packed' || family === 'picture' || JPEG_2000.test(latin1(front))) return true;
    return at < 16 && isZlib(front[0] ?? 0, front[1] ?? 0);
  });
}

/** Large amounts of bytes as even as dice in manufacturers' own elements (INSPECT-313): who made them decides whether they are told or suspect. */
export function noise(scene: Scene): ContentEye {
  return new NoiseEye(scene);
}

class NoiseEye implements ContentEye {
  readonly name = 'noise';
  readonly #scene: Scene;
  readonly #counts = new Uint32Array(VALUES);
  #creator = '';
  #seen = 0;
  #isNoise = false;
  readonly #head = new Uint8Array(HEAD_BYTES);

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  begin({ role, isPrivate, depth, length, creator }: Content): boolean {
    if (role !== 'value' || !isPrivate || depth > 0) return false;
    if (length !== undefined && length < SAMPLE_BYTES) return false;
    this.#counts.fill(0);
    [this.#creator, this.#seen, this.#isNoise] = [creator, 0, false];
    return true;
  }

  bytes(view: Uint8Array): void {
    if (this.#seen < HEAD_BYTES) this.#head.set(view.subarray(0, HEAD_BYTES - this.#seen), this.#seen);
    for (let at = 0; at < view.length; ) {
      const inStride = this.#seen % STRIDE_BYTES;
      const isCounted = inStride < SAMPLE_BYTES;
      const end = Math.min(view.length, at + (isCounted ? SAMPLE_BYTES : STRIDE_BYTES) - inStride);
      if (isCounted && !this.#isNoise) this.#count(view, at, end);
      this.#seen += end - at;
      at = end;
      if (isCounted && this.#seen % STRIDE_BYTES === SAMPLE_BYTES) this.#judge();
    }
  }

  end(): void {
    if (!this.#isNoise || isPackedAtFront(this.#head)) return;
    this.#scene.find(isPackingCreator(this.#creator) ? DISGUISE_KINDS.knownNoise : DISGUISE_KINDS.noise);
  }

  #count(view: Uint8Array, from: number, to: number): void {
    const counts = this.#counts;
    for (let at = from; at < to; at += 1) counts[view[at] as number] = (counts[view[at] as number] as number) + 1;
  }

  #judge(): void {
    let squares = 0;
    for (const count of this.#counts) squares += (count - EXPECTED) ** 2;
    this.#counts.fill(0);
    const chi = squares / EXPECTED;
    if (chi > LEAST && chi < MOST) this.#isNoise = true;
  }
}
