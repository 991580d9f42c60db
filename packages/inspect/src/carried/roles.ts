import { type ElementHead, isKnownTag, TAG, type Tag, TRAILING_BYTES } from '@leadglass/dicom';
import type { ContentRole } from './content.ts';

/** Shorter values hold nothing that could be named. */
const LEAST_BYTES = 12;
/** A text of the everyday VRs holds 64 characters at most (PS3.5 §6.2); several values stand in one. */
const SHORT_TEXT_BYTES = 64;

const BINARY: ReadonlySet<string> = new Set(['OB', 'OW', 'OD', 'OF', 'OL', 'OV', 'UN']);
const LONG_TEXTS: ReadonlySet<string> = new Set(['UT', 'LT', 'ST', 'UC']);
const SHORT_TEXTS: ReadonlySet<string> = new Set(['LO', 'SH', 'PN', 'UR', 'AE', 'CS']);
const PIXELS: ReadonlySet<Tag> = new Set<Tag>([TAG.PixelData, TAG.FloatPixelData, TAG.DoubleFloatPixelData]);

/** Whether the element is a manufacturer's own, or one no dictionary knows. */
export function isForeign(tag: Tag): boolean {
  return (tag & 0x10000) !== 0 || !isKnownTag(tag);
}

/** As what an element's value is to be looked at; undefined when nothing fits into it. */
export function roleOf(head: ElementHead): ContentRole | undefined {
  const { tag, vr, length } = head;
  if (length < LEAST_BYTES) return undefined;
  if (BINARY.has(vr)) return binaryRole(tag);
  if (LONG_TEXTS.has(vr)) return 'text';
  const isText = SHORT_TEXTS.has(vr);
  if (isText && length > SHORT_TEXT_BYTES) return 'text';
  // A manufacturer's element may hold anything under any VR.
  if ((tag & 0x10000) === 0 || vr === 'SQ') return undefined;
  return isText ? 'text' : 'value';
}

function binaryRole(tag: Tag): ContentRole {
  if (PIXELS.has(tag)) return 'pixels';
  if (tag === TAG.EncapsulatedDocument) return 'document';
  return tag === TRAILING_BYTES ? 'trailing' : 'value';
}
