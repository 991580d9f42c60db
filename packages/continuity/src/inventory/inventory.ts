import {
  type ElementToEncode,
  EXPLICIT_VR_LITTLE_ENDIAN,
  elementHeader,
  encodeElements,
  ITEM,
  SEQUENCE_DELIMITATION,
  TAG,
  type Tag,
  UNDEFINED_LENGTH,
  vrOf,
  writeFileMeta,
} from '@leadglass/dicom';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@leadglass/model';
import { type Attributes, type KeptObject, type KeptSeries, type KeptStudy, textAt } from './kept.ts';

/** Inventory Storage (PS3.4 §GG.3, PS3.6 Table A-1). */
export const INVENTORY_STORAGE = '1.2.840.10008.5.1.4.1.1.201.1';

/** Attributes of the Inventory IOD (PS3.3 §A.88, §C.38; PS3.6 §6) with their VR. */
const INVENTORY = {
  ScopeOfInventorySequence: [0x00080400, 'SQ'],
  InventoryPurpose: [0x00080401, 'LT'],
  InventoryInstanceDescription: [0x00080402, 'LT'],
  InventoryLevel: [0x00080403, 'CS'],
  ItemInventoryDateTime: [0x00080404, 'DT'],
  FileAccessURI: [0x00080409, 'UR'],
  StoredInstanceTransferSyntaxUID: [0x0008040e, 'UI'],
  FileAccessSequence: [0x0008041a, 'SQ'],
  StudyUpdateDateTime: [0x0008041f, 'DT'],
  IncorporatedInventoryInstanceSequence: [0x00080422, 'SQ'],
  InventoriedStudiesSequence: [0x00080423, 'SQ'],
  InventoriedSeriesSequence: [0x00080424, 'SQ'],
  InventoriedInstancesSequence: [0x00080425, 'SQ'],
  InventoryCompletionStatus: [0x00080426, 'CS'],
  NumberOfStudyRecordsInInstance: [0x00080427, 'UL'],
  TotalNumberOfStudyRecords: [0x00080428, 'UV'],
} as const satisfies Readonly<Record<string, readonly [Tag, string]>>;

type InventoryName = keyof typeof INVENTORY;

/** Of a patient and a study, in the order of their tags. */
const OF_STUDY: readonly Tag[] = [
  TAG.StudyDate,
  TAG.StudyTime,
  TAG.AccessionNumber,
  0x00080061,
  TAG.ReferringPhysicianName,
  TAG.StudyDescription,
  TAG.PatientName,
  TAG.PatientID,
  TAG.IssuerOfPatientID,
  TAG.PatientBirthDate,
  TAG.PatientSex,
  TAG.StudyInstanceUID,
  TAG.StudyID,
  0x00201206,
  0x00201208,
];
const OF_SERIES: readonly Tag[] = [
  TAG.SeriesDate,
  TAG.Modality,
  TAG.SeriesDescription,
  TAG.BodyPartExamined,
  TAG.SeriesInstanceUID,
  TAG.SeriesNumber,
  0x00201209,
];
const OF_INSTANCE: readonly Tag[] = [TAG.InstanceNumber, TAG.NumberOfFrames];

/** Another Inventory whose content belongs to this one, and where its sealed file lies. */
export interface IncorporatedInventory {
  readonly sopInstanceUid: string;
  readonly path: string;
}

export interface InventoryHead {
  readonly sopInstanceUid: string;
  readonly atMs: number;
  readonly incorporates: readonly IncorporatedInventory[];
}

/**
 * Writes one Inventory (PS3.3 §A.88) a study at a time, as a Part 10 file in Explicit VR Little Endian: `begin`, any number of `study`,
 * `end`. The sequence of studies has an undefined length (PS3.5 §7.5), so that nothing waits in memory. Each object names its
 * sealed file as File Access URI, relative to the folder the Inventory lies in.
 */
export class InventoryWriter {
  readonly #head: InventoryHead;
  #studies = 0;

  constructor(head: InventoryHead) {
    this.#head = head;
  }

  get studies(): number {
    return this.#studies;
  }

  begin(): Uint8Array {
    const { sopInstanceUid, atMs, incorporates } = this.#head;
    const meta = writeFileMeta({
      ...{ sopClassUid: INVENTORY_STORAGE, sopInstanceUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN },
      implementationClassUid: IMPLEMENTATION_CLASS_UID,
      implementationVersionName: IMPLEMENTATION_VERSION_NAME,
    });
    const at = momentOf(atMs);
    const incorporated = own('IncorporatedInventoryInstanceSequence', incorporates.map(incorporatedItem));
    const elements: readonly ElementToEncode[] = [
      text(TAG.SpecificCharacterSet, 'ISO_IR 192'),
      text(0x00080016, INVENTORY_STORAGE),
      text(0x00080018, sopInstanceUid),
      text(TAG.ContentDate, at.slice(0, 8)),
      text(0x00080033, at.slice(8)),
      text(TAG.Manufacturer, 'Leadglass'),
      text(TAG.TimezoneOffsetFromUTC, '+0000'),
      own('ScopeOfInventorySequence', []),
      own('InventoryPurpose', 'Restoring without the archive'),
      own('InventoryInstanceDescription', DESCRIPTION),
      own('InventoryLevel', 'INSTANCE'),
      ...(incorporates.length === 0 ? [] : [incorporated]),
    ];
    const [tag, vr] = INVENTORY.InventoriedStudiesSequence;
    return Buffer.concat([
      ...[meta, encodeElements(elements, EXPLICIT_VR_LITTLE_ENDIAN)],
      elementHeader(tag, vr, UNDEFINED_LENGTH, true, true),
    ]);
  }

  study(study: KeptStudy): Uint8Array {
    this.#studies += 1;
    const item = encodeElements(studyItem(study, this.#head.atMs), EXPLICIT_VR_LITTLE_ENDIAN);
    return Buffer.concat([delimiter(ITEM, item.byteLength), item]);
  }

  /** @param total studies in this Inventory and all it incorporates. */
  end(total: number): Uint8Array {
    const elements = [
      own('InventoryCompletionStatus', 'COMPLETE'),
      own('NumberOfStudyRecordsInInstance', this.#studies),
      own('TotalNumberOfStudyRecords', BigInt(total)),
    ];
    return Buffer.concat([delimiter(SEQUENCE_DELIMITATION, 0), encodeElements(elements, EXPLICIT_VR_LITTLE_ENDIAN)]);
  }
}

const DESCRIPTION =
  'Each File Access URI is relative to the folder of this file and names an age v1 file (https://age-encryption.org/v1): opened with a key it was sealed to, it is the DICOM file.';

function studyItem(study: KeptStudy, atMs: number): readonly ElementToEncode[] {
  return sorted([
    ...present(study.attributes, OF_STUDY, { [TAG.StudyInstanceUID]: study.studyInstanceUid }),
    own('ItemInventoryDateTime', `${momentOf(atMs)}+0000`),
    own('StudyUpdateDateTime', `${momentOf(study.newestAtMs)}+0000`),
    own('InventoriedSeriesSequence', study.series.map(seriesItem)),
  ]);
}

function seriesItem(series: KeptSeries): readonly ElementToEncode[] {
  return sorted([
    ...present(series.attributes, OF_SERIES, { [TAG.SeriesInstanceUID]: series.seriesInstanceUid }),
    own('InventoriedInstancesSequence', series.objects.map(instanceItem)),
  ]);
}

function instanceItem(object: KeptObject): readonly ElementToEncode[] {
  const access = [own('FileAccessURI', object.path), own('StoredInstanceTransferSyntaxUID', object.transferSyntaxUid)];
  return sorted([
    text(0x00080016, object.sopClassUid),
    text(0x00080018, object.sopInstanceUid),
    own('FileAccessSequence', [access]),
    ...present(object.attributes, OF_INSTANCE, {}),
  ]);
}

// PS3.3 Table C.38.2-3: which Inventory, and (Table C.38.2-2) where its file lies.
function incorporatedItem({ sopInstanceUid, path }: IncorporatedInventory): readonly ElementToEncode[] {
  return [
    own('FileAccessSequence', [[own('FileAccessURI', path)]]),
    text(TAG.ReferencedSOPClassUID, INVENTORY_STORAGE),
    text(TAG.ReferencedSOPInstanceUID, sopInstanceUid),
  ];
}

function present(
  attributes: Attributes,
  tags: readonly Tag[],
  known: Readonly<Record<number, string>>,
): readonly ElementToEncode[] {
  return tags.map((tag) => text(tag, known[tag] ?? textAt(attributes, tag)));
}

function own(name: InventoryName, value: ElementToEncode['value']): ElementToEncode {
  const [tag, vr] = INVENTORY[name];
  return { tag, vr, value };
}

function text(tag: Tag, value: string): ElementToEncode {
  return { tag, vr: vrOf(tag), value };
}

function sorted(elements: readonly ElementToEncode[]): readonly ElementToEncode[] {
  return elements.toSorted((a, b) => a.tag - b.tag);
}

function delimiter(tag: Tag, length: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(tag >>> 16, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

/** `YYYYMMDDHHMMSS` in UTC. */
function momentOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-T:]/g, '');
}
