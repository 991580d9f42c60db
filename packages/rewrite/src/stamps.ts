import {
  type ElementHead,
  type ElementToEncode,
  encodeElements,
  IMPLICIT_VR_LITTLE_ENDIAN,
  ITEM,
  type Tag,
} from '@leadglass/dicom';
import type { Output } from './output.ts';
import {
  CONTRIBUTING_EQUIPMENT,
  contributingEquipment,
  type ModifiedAttribute,
  ORIGINAL_ATTRIBUTES,
  originalAttributes,
  type RewritingSystem,
} from './provenance.ts';

interface Stamp {
  readonly tag: Tag;
  readonly item: readonly ElementToEncode[];
  isPlaced: boolean;
}

/**
 * What the copy is marked with: an item of the Contributing Equipment Sequence, and of the Original Attributes Sequence when
 * attributes were changed. Added to the sequence that is there, or in one of its own at its place among the elements.
 */
export class Stamps {
  readonly #transferSyntaxUid: string;
  readonly #isSorting: boolean;
  readonly #stamps: readonly Stamp[];

  constructor(
    transferSyntaxUid: string,
    isSorting: boolean,
    system: RewritingSystem,
    modified: readonly ModifiedAttribute[],
    source?: string,
  ) {
    this.#transferSyntaxUid = transferSyntaxUid;
    this.#isSorting = isSorting;
    const equipment = { tag: CONTRIBUTING_EQUIPMENT, item: contributingEquipment(system), isPlaced: false };
    const originals = { tag: ORIGINAL_ATTRIBUTES, item: originalAttributes(system, modified, source), isPlaced: false };
    this.#stamps = modified.length === 0 ? [equipment] : [equipment, originals];
  }

  /** Writes what belongs before the element `tag` of the top level; all that is left, before the end (`undefined`). */
  before(tag: Tag | undefined, out: Output, isImplicit: boolean): void {
    if (this.#isSorting && tag !== undefined) return;
    for (const stamp of this.#stamps) {
      if (stamp.isPlaced || (tag !== undefined && stamp.tag >= tag)) continue;
      stamp.isPlaced = true;
      out.sequence({ tag: stamp.tag, vr: 'SQ', isVrExplicit: !isImplicit });
      out.wholeItem(this.#encoded(stamp, isImplicit));
      out.sequenceEnd();
    }
  }

  /** Adds the item to the open sequence `tag` of the top level, if it is one of ours, behind what it holds. */
  appendTo(tag: Tag, out: Output, isImplicit: boolean): void {
    const stamp = this.#open(tag);
    if (stamp === undefined) return;
    stamp.isPlaced = true;
    out.wholeItem(this.#encoded(stamp, isImplicit));
  }

  /** For such a sequence sent as UN of defined length: the item that is added behind its value (PS3.5 §6.2.2: implicit VR). */
  tailOf(head: ElementHead): Uint8Array | undefined {
    const stamp = this.#open(head.tag);
    if (stamp === undefined || head.vr !== 'UN') return undefined;
    stamp.isPlaced = true;
    const content = this.#encoded(stamp, true);
    const item = new Uint8Array(8 + content.length);
    const view = new DataView(item.buffer);
    view.setUint16(0, ITEM >>> 16, true);
    view.setUint16(2, ITEM & 0xffff, true);
    view.setUint32(4, content.length, true);
    item.set(content, 8);
    return item;
  }

  #open(tag: Tag): Stamp | undefined {
    return this.#stamps.find((stamp) => stamp.tag === tag && !stamp.isPlaced);
  }

  #encoded(stamp: Stamp, isImplicit: boolean): Uint8Array {
    return encodeElements(stamp.item, isImplicit ? IMPLICIT_VR_LITTLE_ENDIAN : this.#transferSyntaxUid);
  }
}
