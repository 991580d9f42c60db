import { TAG, type Tag } from '@leadglass/dicom';
import { bytesEqual } from '@leadglass/kit';
import { isPrivate, isPrivateCreator } from './nature.ts';
import { creatorTag, isRecordable, type ModifiedAttribute, recordedVr } from './provenance.ts';
import type { ChangeKind } from './record.ts';
import { cleanText } from './text-cleaner.ts';

/** Longest old value recorded, and most attributes. */
export const MOST_OLD_BYTES = 1024;
const MOST_MODIFIED = 256;
const MOST_CREATORS = 64;
const MOST_CREATOR_BYTES = 64;

/** Kinds of change that leave an old value to be recorded (PS3.3 §C.12.1.1.9). */
const RECORDED: ReadonlySet<ChangeKind> = new Set([
  ...(['duplicate', 'removed', 'emptied', 'cleaned', 'coerced', 'uid', 'recast', 'notice'] as const),
]);
const TEXTS: ReadonlySet<string> = new Set([
  ...['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'LO', 'PN', 'SH', 'TM', 'UI'],
]);

/** Whether a change of this kind belongs into the Original Attributes Sequence. */
export function isRecordedKind(kind: ChangeKind): boolean {
  return RECORDED.has(kind);
}

/** Gathers what the Original Attributes Sequence will say: which attributes of the top level were changed, and their old values. */
export class Originals {
  readonly #modified = new Map<Tag, ModifiedAttribute>();
  readonly #creators = new Map<Tag, Uint8Array>();

  get modified(): readonly ModifiedAttribute[] {
    return [...this.#modified.values()];
  }

  /** A private creator of the top level went by. */
  creator(tag: Tag, value: Uint8Array): void {
    if (this.#creators.size < MOST_CREATORS && value.length <= MOST_CREATOR_BYTES && isHarmless(tag, 'LO', value, ''))
      this.#creators.set(tag, new Uint8Array(value));
  }

  /**
   * An attribute of the top level was changed, or a sequence of the top level that holds one.
   * @param old its old value, when it is short and may be kept; undefined for a sequence.
   */
  note(tag: Tag, vr: string, kind: ChangeKind, old: Uint8Array | undefined, charset: string): void {
    const creator = isPrivate(tag) ? this.#creators.get(creatorTag(tag)) : undefined;
    if (!isRecordable(tag, creator) || this.#modified.has(tag) || this.#modified.size >= MOST_MODIFIED) return;
    const known = recordedVr(tag, vr);
    const base = { tag, vr: known, ...(creator === undefined ? {} : { creator }) };
    this.#modified.set(tag, { ...base, ...keptValue(tag, known, kind, old, charset) });
  }
}

/** The first value of two stays in the object, so the other is the old one; a UID that is none is kept as bytes. */
function keptValue(
  tag: Tag,
  vr: string,
  kind: ChangeKind,
  old: Uint8Array | undefined,
  charset: string,
): Pick<ModifiedAttribute, 'value' | 'nonconforming'> {
  if (old === undefined || isPrivate(tag) || isPrivateCreator(tag) || !TEXTS.has(vr)) return {};
  if (!isHarmless(tag, vr, old, charset)) return {};
  if (kind === 'duplicate') return { value: old };
  if (kind === 'coerced') return isConforming(vr, old) ? { value: old } : { nonconforming: old };
  return kind === 'uid' && tag !== TAG.SOPClassUID ? { nonconforming: old } : {};
}

/** The form of the VRs that identities are written in (PS3.5 §6.2); what is only too long or badly set conforms well enough to be kept. */
function isConforming(vr: string, value: Uint8Array): boolean {
  const bare = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    .toString('latin1')
    .replace(/[\0 ]+$/, '');
  if (vr === 'DA') return /^(?:[0-9]{8})?$/.test(bare);
  return vr !== 'CS' || /^[A-Z0-9_ ]{0,16}$/.test(bare);
}

/** Whether cleaning would leave the value as it is. */
function isHarmless(tag: Tag, vr: string, value: Uint8Array, charset: string): boolean {
  return value.length <= MOST_OLD_BYTES && bytesEqual(cleanText(value, tag, vr, charset), value);
}
