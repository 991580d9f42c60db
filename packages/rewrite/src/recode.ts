import {
  DataSetWriter,
  type ElementHead,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  TAG,
  type Tag,
  type TokenHandler,
  UNDEFINED_LENGTH,
} from '@leadglass/dicom';
import { Forms } from './form.ts';
import { unitOf } from './recast.ts';

const NOTHING = new Uint8Array(0);

/**
 * Writes a data set of any transfer syntax in Explicit VR Little Endian, as far as its tokens go: headers explicit, numbers turned round where
 * they were big endian, sequences and items of undefined length (PS3.5 §7.5), values what they were. Pixel data in fragments is where it
 * stops (`isAtFragments`): whoever decodes them goes on.
 */
export class Recoder implements TokenHandler {
  readonly #writer: DataSetWriter;
  readonly #forms = new Forms(EXPLICIT_VR_LITTLE_ENDIAN);
  readonly #sink: (bytes: Uint8Array) => void;
  readonly #isBigEndian: boolean;
  readonly #instead: ReadonlyMap<Tag, Uint8Array>;
  #unit = 1;
  #held: Uint8Array = NOTHING;
  #isLeftOut = false;
  #isPixelRepresentation = false;
  #isAtFragments = false;

  /**
   * @param transferSyntaxUid of the tokens. @param sink gets the bytes in order, views valid during the call only.
   * @param instead values put in place of the object's own, at the top level, of even length.
   */
  constructor(
    transferSyntaxUid: string,
    sink: (bytes: Uint8Array) => void,
    instead: ReadonlyMap<Tag, Uint8Array> = new Map(),
  ) {
    this.#isBigEndian = transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN;
    this.#writer = new DataSetWriter(EXPLICIT_VR_LITTLE_ENDIAN, sink);
    this.#sink = sink;
    this.#instead = instead;
  }

  /** Whether pixel data in fragments has begun: nothing is written from then on. */
  get isAtFragments(): boolean {
    return this.#isAtFragments;
  }

  element(head: ElementHead): void {
    const { tag, length, depth } = head;
    // A group length would lie from now on, and is retired (PS3.5 §7.2).
    this.#isLeftOut = this.#isAtFragments || (tag & 0xffff) === 0 || length === UNDEFINED_LENGTH;
    if (this.#isLeftOut) return;
    const form = this.#forms.of(head);
    const other = depth === 0 ? this.#instead.get(tag) : undefined;
    this.#writer.element({ ...head, ...form, length: other?.length ?? length });
    if (other !== undefined) this.#sink(other);
    this.#isLeftOut = other !== undefined;
    this.#isPixelRepresentation = tag === TAG.PixelRepresentation;
    this.#unit = this.#isBigEndian ? unitOf(form.vr) : 1;
  }

  value(bytes: Uint8Array): void {
    if (this.#isLeftOut || this.#isAtFragments) return;
    if (this.#isPixelRepresentation) this.#forms.pixelRepresentation(bytes);
    if (this.#unit === 1) this.#sink(bytes);
    else this.#turn(bytes);
  }

  elementEnd(): void {
    if (this.#held.length > 0) this.#sink(this.#held);
    this.#held = NOTHING;
    this.#isPixelRepresentation = false;
  }

  sequence(head: ElementHead): void {
    const form = this.#forms.of(head);
    if (!this.#isAtFragments) this.#writer.sequence({ ...head, ...form, length: UNDEFINED_LENGTH });
    this.#forms.sequence(form);
  }

  item(index: number): void {
    if (!this.#isAtFragments) this.#writer.item(index, UNDEFINED_LENGTH);
  }

  itemEnd(): void {
    if (!this.#isAtFragments) this.#writer.itemEnd();
  }

  sequenceEnd(): void {
    this.#forms.sequenceEnd();
    if (!this.#isAtFragments) this.#writer.sequenceEnd();
  }

  fragments(head: ElementHead): void {
    if (head.depth === 0 && head.tag === TAG.PixelData) this.#isAtFragments = true;
    else this.#isLeftOut = true;
  }

  fragment(): void {}
  fragmentEnd(): void {}
  fragmentsEnd(): void {}
  irregularity(): void {}

  /** Numbers lie across pieces: what does not fill one waits. */
  #turn(bytes: Uint8Array): void {
    const turner = turned(this.#held, bytes, this.#unit);
    this.#held = turner.rest;
    if (turner.whole.length > 0) this.#sink(turner.whole);
  }
}

/** The bytes of each number turned round, across pieces. @param held what the piece before left. */
export function turned(held: Uint8Array, bytes: Uint8Array, unit: number): { whole: Uint8Array; rest: Uint8Array } {
  const joined = held.length === 0 ? Buffer.from(bytes) : Buffer.concat([held, bytes]);
  const length = joined.length - (joined.length % unit);
  for (let at = 0; at < length; at += unit) joined.subarray(at, at + unit).reverse();
  return { whole: joined.subarray(0, length), rest: Uint8Array.from(joined.subarray(length)) };
}
