import { ITEM, TAG, type Tag, vrOf } from '@leadglass/dicom';
import type { Step } from './place.ts';

/** What can be done to one element. */
export type Treatment =
  | 'remove'
  | 'empty'
  | 'clean' // dangerous characters replaced, one for one
  | 'new-uid' // a well-formed UID derived from the old value
  | 'recast' // given its VR of the dictionary, the value kept when it can be
  | 'notice'; // a document's place is taken by a notice

/** What an element is to the patient's care; `medical`: without it, or with another value, the object would mean something else. */
export type Nature =
  | 'pixels'
  | 'document'
  | 'private'
  | 'uid'
  | 'class'
  | 'url'
  | 'text'
  | 'number'
  | 'code'
  | 'medical'
  | 'other';

const TEXTS: ReadonlySet<string> = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
const NUMBERS: ReadonlySet<string> = new Set(['DS', 'IS']);
/** Of a form that no cleaned text has: better empty than false. */
const FORMED: ReadonlySet<string> = new Set(['AS', 'DA', 'DT', 'TM']);

/** Groups that say what is seen, measured or treated. */
const MEDICAL_GROUPS: ReadonlySet<number> = new Set([
  0x0018, 0x0020, 0x0022, 0x0028, 0x0048, 0x0052, 0x0054, 0x0062, 0x0066, 0x0068, 0x0070, 0x0072, 0x0074, 0x3002,
  0x3004, 0x3006, 0x3008, 0x300a, 0x300c, 0x300e, 0x3010, 0x5200, 0x5400, 0x7fe0,
]);
/** Where the pixels are when they are not in the object (PS3.5 §A.6). */
export const PIXEL_DATA_PROVIDER_URL: Tag = 0x00287fe0;
const REPORT_GROUP = 0x0040;
const REPORT_FIRST = 0xa000;
const PIXELS: ReadonlySet<Tag> = new Set<Tag>([
  TAG.PixelData,
  TAG.FloatPixelData,
  TAG.DoubleFloatPixelData,
  TAG.ExtendedOffsetTable,
  TAG.ExtendedOffsetTableLengths,
]);

/** Whether the group is private (odd), creators included. */
export function isPrivate(tag: Tag): boolean {
  return (tag & 0x10000) !== 0;
}

/** Whether `tag` names who owns a block of private elements (PS3.5 §7.8.1). */
export function isPrivateCreator(tag: Tag): boolean {
  const element = tag & 0xffff;
  return isPrivate(tag) && element >= 0x10 && element <= 0xff;
}

/**
 * What no data set may hold: commands, file meta, and groups that the standard forbids (PS3.5 §7.1, §7.8); behind the pixels private
 * elements that can have no creator (gggg,0001–000F; PS3.5 §7.8.1) too: foreign bytes there may read like some. Before them real devices
 * write such ones, and they stay.
 */
export function isForbidden(tag: Tag): boolean {
  const group = tag >>> 16;
  if (group < 4 || group === 5 || group === 7 || group === 0xffff) return true;
  return tag > TAG.PixelData && isPrivate(tag) && (tag & 0xffff) < 0x10;
}

/** Whether the element carries what is seen, measured or treated: it is never removed or emptied. An address is no content. */
export function isMedical(tag: Tag): boolean {
  if (tag === PIXEL_DATA_PROVIDER_URL) return false;
  const group = tag >>> 16;
  if (group === REPORT_GROUP) return (tag & 0xffff) >= REPORT_FIRST;
  return MEDICAL_GROUPS.has(group) || (group >>> 8 === 0x60 && group % 2 === 0);
}

/** Whether this element holds pixels or tells where they are. */
export function holdsPixels(tag: Tag): boolean {
  return PIXELS.has(tag);
}

/** What the element at the end of `steps` is. */
export function natureOf(steps: readonly Step[]): Nature {
  const tag = steps.at(-1)?.tag ?? 0;
  if (holdsPixels(tag)) return 'pixels';
  if (tag === TAG.EncapsulatedDocument && steps.length === 1) return 'document';
  if (isPrivateCreator(tag)) return 'text';
  if (steps.some((step) => isPrivate(step.tag))) return 'private';
  return natureOfPublic(tag);
}

function natureOfPublic(tag: Tag): Nature {
  const vr = vrOf(tag);
  if (tag === TAG.SOPClassUID) return 'class';
  if (vr === 'UI') return 'uid';
  if (vr === 'UR') return 'url';
  if (TEXTS.has(vr)) return 'text';
  if (FORMED.has(vr)) return 'code';
  if (isMedical(tag)) return 'medical';
  return NUMBERS.has(vr) ? 'number' : 'other';
}

/** How an element of each nature is made harmless; undefined when only a person can. */
export const TREATMENT_OF: Readonly<Record<Nature, Treatment | undefined>> = {
  pixels: undefined,
  medical: undefined,
  class: undefined,
  document: 'notice',
  private: 'remove',
  uid: 'new-uid',
  url: 'empty',
  text: 'clean',
  number: 'empty',
  code: 'empty',
  other: 'remove',
};

/** Steps to the element meant: a finding at an item, or at an item's header, means its sequence. */
export function elementSteps(steps: readonly Step[]): readonly Step[] {
  return steps.at(-1)?.tag === ITEM ? steps.slice(0, -1) : steps;
}
