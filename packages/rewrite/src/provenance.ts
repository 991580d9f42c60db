import { type ElementToEncode, type Tag, tagOf, vrOf } from '@leadglass/dicom';
import { isPrivate, isPrivateCreator } from './nature.ts';

/** Who rewrites, and when; stands in the copy. All text is ASCII: it is read under any character set. */
export interface RewritingSystem {
  /** `LEADGLASS`, at most 64 characters. */
  readonly name: string;
  /** Manufacturer and model of the equipment that contributed. */
  readonly manufacturer: string;
  readonly model: string;
  /** Of the software; may be empty. */
  readonly version: string;
  /** Milliseconds since 1970, of the change. */
  readonly epochMs: number;
  /** File meta (0002,0012), (0002,0013). */
  readonly implementationClassUid: string;
  readonly implementationVersionName: string;
  /** What it is to the object: default `modifying`. */
  readonly role?: 'modifying' | 'importing' | 'reconciling';
}

/** An attribute of the top level that was changed or removed, or holds one that was. */
export interface ModifiedAttribute {
  readonly tag: Tag;
  /** VR it is recorded under. */
  readonly vr: string;
  /** The old value, when it is harmless and fits its VR. */
  readonly value?: Uint8Array;
  /** The old value, when it is harmless and does not fit. */
  readonly nonconforming?: Uint8Array;
  /** Who owns the private block; private attributes without an owner are not recorded (PS3.5 §7.8.1). */
  readonly creator?: Uint8Array;
}

const named = (keyword: string): Tag => tagOf(keyword) ?? 0;
export const CONTRIBUTING_EQUIPMENT: Tag = named('ContributingEquipmentSequence');
export const ORIGINAL_ATTRIBUTES: Tag = named('OriginalAttributesSequence');

/** What the equipment contributed, as codes of DCM (PS3.16 CID 7005) and in words. */
const ROLES = {
  modifying: {
    value: '109103',
    meaning: 'Modifying Equipment',
    description: 'Disarmed copy: written anew in canonical form, pixel data unchanged',
  },
  reconciling: {
    value: '109103',
    meaning: 'Modifying Equipment',
    description: 'Patient identity reconciled after a downtime: written anew, pixel data unchanged',
  },
  importing: {
    value: 'MEDIM',
    meaning: 'Portable Media Importer Equipment',
    description: 'Imported from a medium: written anew in canonical form, pixel data unchanged',
  },
} as const;

/** One item of the Contributing Equipment Sequence (PS3.3 §C.12.1.1.5), as elements. */
export function contributingEquipment(system: RewritingSystem): readonly ElementToEncode[] {
  const { value, meaning, description } = ROLES[system.role ?? 'modifying'];
  const purpose = [
    { tag: named('CodeValue'), value },
    { tag: named('CodingSchemeDesignator'), value: 'DCM' },
    { tag: named('CodeMeaning'), value: meaning },
  ];
  return [
    { tag: named('Manufacturer'), value: system.manufacturer },
    { tag: named('ManufacturerModelName'), value: system.model },
    ...(system.version === '' ? [] : [{ tag: named('SoftwareVersions'), value: system.version }]),
    { tag: named('ContributionDateTime'), value: dateTime(system.epochMs) },
    { tag: named('ContributionDescription'), value: description },
    { tag: named('PurposeOfReferenceCodeSequence'), value: [purpose] },
  ];
}

/**
 * One item of the Original Attributes Sequence (PS3.3 §C.12.1.1.9), as elements. DEVIATION (docs/decisions/0006): an old value that is
 * harmful is recorded as empty, as the standard asks for values that do not conform; it is in the sealed original.
 * @param source who gave the previous values, when values were coerced to others; else the modification corrects.
 */
export function originalAttributes(
  system: RewritingSystem,
  modified: readonly ModifiedAttribute[],
  source?: string,
): readonly ElementToEncode[] {
  const isCorrection =
    source === undefined && modified.every((one) => one.value !== undefined || one.nonconforming !== undefined);
  const nonconforming = modified.filter((one) => one.nonconforming !== undefined);
  return [
    { tag: named('ModifiedAttributesSequence'), value: [modifiedItem(modified)] },
    ...(nonconforming.length === 0
      ? []
      : [{ tag: named('NonconformingModifiedAttributesSequence'), value: nonconforming.map(nonconformingItem) }]),
    { tag: named('AttributeModificationDateTime'), value: dateTime(system.epochMs) },
    { tag: named('ModifyingSystem'), value: system.name },
    { tag: named('SourceOfPreviousValues'), value: source ?? '' },
    { tag: named('ReasonForTheAttributeModification'), value: isCorrection ? 'CORRECT' : 'COERCE' },
  ];
}

function modifiedItem(modified: readonly ModifiedAttribute[]): readonly ElementToEncode[] {
  const elements = new Map<Tag, ElementToEncode>();
  for (const one of modified) {
    if (one.creator !== undefined) {
      const creator = creatorTag(one.tag);
      elements.set(creator, { tag: creator, vr: 'LO', value: one.creator });
    }
    const known = elements.get(one.tag);
    if (known === undefined) elements.set(one.tag, { tag: one.tag, vr: one.vr, value: one.value ?? '' });
  }
  return [...elements.values()].sort((a, b) => a.tag - b.tag);
}

function nonconformingItem(one: ModifiedAttribute): readonly ElementToEncode[] {
  return [
    { tag: named('SelectorAttribute'), value: one.tag },
    { tag: named('SelectorValueNumber'), value: 1 },
    { tag: named('NonconformingDataElementValue'), value: one.nonconforming ?? '' },
  ].sort((a, b) => a.tag - b.tag);
}

/** The element that names the owner of a private element's block: (gggg,0010) to (gggg,00FF). */
export function creatorTag(tag: Tag): Tag {
  return ((tag & 0xffff0000) >>> 0) + ((tag & 0xff00) >>> 8);
}

/** Whether the element can stand in a Modified Attributes item: a sequence recorded empty, a private one only with its owner. */
export function isRecordable(tag: Tag, creator: Uint8Array | undefined): boolean {
  if (tag === CONTRIBUTING_EQUIPMENT || tag === ORIGINAL_ATTRIBUTES) return false;
  return !isPrivate(tag) || (creator !== undefined && !isPrivateCreator(tag));
}

/** VR an emptied attribute is recorded under: the dictionary's, or the wire's where the dictionary knows none. */
export function recordedVr(tag: Tag, vr: string): string {
  const known = vrOf(tag);
  return known === 'UN' ? vr : known;
}

/** DT (PS3.5 §6.2) in UTC, with the offset that says so. */
function dateTime(epochMs: number): string {
  const iso = new Date(epochMs).toISOString();
  return `${iso.slice(0, 19).replace(/[-T:]/g, '')}+0000`;
}
