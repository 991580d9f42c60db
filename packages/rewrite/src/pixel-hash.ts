import { createHash, type Hash } from 'node:crypto';
import { type ElementHead, type Irregularity, TAG, type Tag, type TokenHandler } from '@leadglass/dicom';

/** What pixel data comes to, whatever file it stands in. */
export interface PixelDigest {
  /** SHA-256, lower-case hexadecimal; see PixelHasher. */
  readonly sha256: string;
  /** Bytes of values and fragments; 0 when the object has no pixels. */
  readonly bytes: number;
  /** Fragments of encapsulated pixel data, the offset table among them; 0 for native. */
  readonly fragments: number;
}

const PIXELS: ReadonlySet<Tag> = new Set<Tag>([
  TAG.ExtendedOffsetTable,
  TAG.ExtendedOffsetTableLengths,
  TAG.FloatPixelData,
  TAG.DoubleFloatPixelData,
  TAG.PixelData,
]);
const NUL = new Uint8Array(1);

/**
 * The SHA-256 of an object's pixels, from its tokens. Native pixel data: of the value as it stands, an odd one with the NUL that pads
 * it (PS3.5 §8.1.1), so that `sha256sum` of the extracted value gives the same. Encapsulated: of each item, the offset table first,
 * as its length (four bytes, little endian) and its bytes. Extended offset tables come before, in the order of the data set. Of an
 * element that stands twice the first counts.
 */
export class PixelHasher implements TokenHandler {
  readonly #hash: Hash = createHash('sha256');
  readonly #length = new DataView(new ArrayBuffer(4));
  #bytes = 0;
  #fragments = 0;
  #isOn = false;
  #isOdd = false;
  #duplicateAt = -1;
  #isFragmented = false;

  /** To be asked once, after the end. */
  digest(): PixelDigest {
    return { sha256: this.#hash.digest('hex'), bytes: this.#bytes, fragments: this.#fragments };
  }

  irregularity({ code, offset }: Irregularity): void {
    if (code === 'duplicate-element') this.#duplicateAt = offset;
  }

  element(head: ElementHead): void {
    this.#isOn = this.#isPixels(head);
    this.#isOdd = head.length % 2 === 1;
  }

  value(bytes: Uint8Array): void {
    if (!this.#isOn) return;
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  elementEnd(): void {
    if (this.#isOn && this.#isOdd) this.value(NUL);
    this.#isOn = false;
  }

  fragments(head: ElementHead): void {
    this.#isFragmented = this.#isPixels(head);
  }

  fragment(_index: number, length: number): void {
    this.#isOn = this.#isFragmented;
    if (!this.#isOn) return;
    this.#length.setUint32(0, length, true);
    this.#hash.update(new Uint8Array(this.#length.buffer));
    this.#fragments += 1;
  }

  fragmentEnd(): void {
    this.#isOn = false;
  }

  fragmentsEnd(): void {
    this.#isFragmented = false;
  }

  sequence(): void {}
  item(): void {}
  itemEnd(): void {}
  sequenceEnd(): void {}

  #isPixels(head: ElementHead): boolean {
    return head.depth === 0 && PIXELS.has(head.tag) && head.offset !== this.#duplicateAt;
  }
}
