import { type ElementHead, TAG, type Tag, vrOf } from '@leadglass/dicom';

/** VRs whose values are long enough to hold a document. */
const BULK: ReadonlySet<string> = new Set(['OB', 'OW', 'UN', 'OF', 'OD', 'OL', 'OV', 'UT', 'LT', 'ST', 'UC', 'UR']);

/** Pixels are looked at by what knows their codecs, not as documents. */
const PIXELS: ReadonlySet<Tag> = new Set<Tag>([TAG.PixelData, TAG.FloatPixelData, TAG.DoubleFloatPixelData]);

/** Whether the value may carry a document: bulk, but no pixels. */
export function mayCarryDocument(head: ElementHead): boolean {
  return BULK.has(head.vr) && !PIXELS.has(head.tag);
}

/** The VR to judge a value by: what the dictionary says where the wire says UN. */
export function judgedVr(head: ElementHead): string {
  return head.vr === 'UN' ? vrOf(head.tag) : head.vr;
}

/** Whether the element is a manufacturer's own. */
export function isPrivate(head: ElementHead): boolean {
  return (head.tag & 0x10000) !== 0;
}
