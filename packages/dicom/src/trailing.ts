import { isKnownTag } from './dictionary.ts';
import { EXPLICIT } from './frame.ts';
import { TAG } from './tag.ts';
import type { Tag } from './token.ts';
import { VR_NONE, vrForm } from './vr.ts';

/**
 * Whether the eight bytes at `at`, met at the top level after the element `lastTag`, are no element but something that
 * follows the data set: zeros, anything after the trailing padding (PS3.10 §7.2), or a tag that the dictionary does not
 * know, that no VR carries, and that goes backwards or comes after the pixels.
 */
export function isTrailing(bytes: Uint8Array, at: number, tag: Tag, lastTag: Tag, form: number): boolean {
  if (lastTag === TAG.DataSetTrailingPadding) return true;
  const isAfterPixels = lastTag >= TAG.FloatPixelData;
  const isForward = tag > lastTag;
  if (isForward && !isAfterPixels) return false;
  if (tag === 0 && isZero(bytes, at + 4, at + 8)) return true;
  if (isKnownTag(tag)) return false;
  if (form === EXPLICIT) return vrForm(bytes[at + 4] as number, bytes[at + 5] as number) === VR_NONE;
  const isPrivate = (tag & 0x10000) !== 0;
  return isAfterPixels && !(isForward && isPrivate);
}

/** Whether every byte from `from` to before `to` is zero. */
export function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if (bytes[at] !== 0) return false;
  }
  return true;
}
