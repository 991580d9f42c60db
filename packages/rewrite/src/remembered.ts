import { type ElementHead, TAG, type Tag } from '@leadglass/dicom';
import { isPrivateCreator } from './nature.ts';

/** Of the top level: what the rest of the object's reading depends on. */
const TAGS: ReadonlySet<Tag> = new Set<Tag>([
  TAG.SpecificCharacterSet,
  TAG.SOPClassUID,
  TAG.SOPInstanceUID,
  TAG.PixelRepresentation,
]);
const MOST_BYTES = 65_536;

/** A few values of the top level, as the copy has them. */
export class Remembered {
  readonly #values = new Map<Tag, Uint8Array>();

  /** Whether this element's value is wanted whole: private creators too, for the record of what was removed. */
  wants(head: ElementHead, depth: number): boolean {
    return depth === 0 && head.length <= MOST_BYTES && (TAGS.has(head.tag) || isPrivateCreator(head.tag));
  }

  set(tag: Tag, value: Uint8Array): void {
    if (TAGS.has(tag)) this.#values.set(tag, value);
  }

  /** A UID without padding; undefined when there is none. */
  uid(tag: Tag): string | undefined {
    const value = this.#values.get(tag);
    return value === undefined ? undefined : ascii(value).replace(/^ +|[\0 ]+$/g, '');
  }

  /** Specific Character Set (0008,0005); empty when there is none. */
  get charset(): string {
    return ascii(this.#values.get(TAG.SpecificCharacterSet) ?? new Uint8Array(0));
  }
}

function ascii(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
}
