import { type ElementToEncode, encodeElements, TAG, type Tag, vrOf } from '@leadglass/dicom';
import type { Key } from './types.ts';

/** Attributes of the Modality Worklist information model that room `dicom` has no need to name (PS3.6). */
export const WORKLIST_TAG = {
  ScheduledProcedureStepSequence: 0x00400100,
  ScheduledStationAETitle: 0x00400001,
  ScheduledProcedureStepStartDate: 0x00400002,
  ScheduledProcedureStepStartTime: 0x00400003,
  ScheduledPerformingPhysicianName: 0x00400006,
  ScheduledProcedureStepDescription: 0x00400007,
  ScheduledProcedureStepID: 0x00400009,
  ScheduledStationName: 0x00400010,
  ScheduledProcedureStepLocation: 0x00400011,
  RequestedProcedureDescription: 0x00321060,
  RequestedProcedureID: 0x00401001,
  ReasonForTheRequestedProcedure: 0x00401002,
  RequestedProcedurePriority: 0x00401003,
  RequestingPhysician: 0x00321032,
  OtherPatientIDsSequence: 0x00101002,
  TypeOfPatientID: 0x00100022,
} as const satisfies Readonly<Record<string, Tag>>;

/** An attribute of the model: by itself, or a sequence with what its items hold. */
type WorklistKey = Tag | readonly [sequence: Tag, items: readonly WorklistKey[]];

const CODE = [0x00080100, 0x00080102, 0x00080103, 0x00080104] as const;
const REFERENCE = [0x00081150, 0x00081155] as const;
const IDENTIFIER = [TAG.PatientID, TAG.IssuerOfPatientID, WORKLIST_TAG.TypeOfPatientID] as const;
const ISSUER = [0x00400031, 0x00400032, 0x00400033] as const;

/** What is asked of an information system, kept, and given back: Table K.6-1 of PS3.4, with the optional attributes that devices ask for. */
// biome-ignore format: a line a module of the table
export const WORKLIST_KEYS: readonly WorklistKey[] = [
  [WORKLIST_TAG.ScheduledProcedureStepSequence, [
    TAG.Modality, 0x00321070, 0x00400001, 0x00400002, 0x00400003, 0x00400004, 0x00400005, 0x00400006, 0x00400007,
    [0x00400008, CODE], 0x00400009, 0x00400010, 0x00400011, 0x00400012, 0x00400020, 0x00400400,
  ]],
  // Requested Procedure
  TAG.StudyInstanceUID, TAG.StudyDate, TAG.StudyTime, 0x00321060, [0x00321064, CODE], [0x00081110, REFERENCE], 0x00401001,
  0x00401002, 0x00401003, 0x00401004, 0x00401005, 0x00401008, 0x00401009, [0x0040100a, CODE], 0x00401010, 0x00401400,
  // Imaging Service Request
  TAG.AccessionNumber, [0x00080051, ISSUER], TAG.ReferringPhysicianName, 0x00321032, 0x00321033, 0x00402001, 0x00402004,
  0x00402005, 0x00402008, 0x00402009, 0x00402010, 0x00402016, 0x00402017, 0x00402400,
  // Visit
  0x00080080, 0x00080081, 0x00081040, 0x00081080, [0x00081120, REFERENCE], 0x00380008, 0x00380010, [0x00380014, ISSUER],
  0x00380020, 0x00380021, 0x00380300, 0x00380400, 0x00384000,
  // Patient
  TAG.PatientName, TAG.PatientID, TAG.IssuerOfPatientID, TAG.PatientBirthDate, 0x00100032, TAG.PatientSex, 0x00101000,
  0x00101001, [0x00101002, IDENTIFIER], 0x00101005, 0x00101010, 0x00101020, 0x00101030, 0x00101040, 0x00101060, 0x00102000,
  0x00102110, 0x00102154, 0x00102160, 0x00102180, 0x001021a0, 0x001021b0, 0x001021c0, 0x001021d0, 0x001021f0, 0x00102201,
  0x00102203, 0x00102297, 0x00104000, [0x00100101, CODE], 0x00380050, 0x00380500, 0x00403001,
];

const INSIDE: ReadonlyMap<Tag, readonly WorklistKey[]> = new Map(
  WORKLIST_KEYS.filter((key) => typeof key !== 'number').map(([tag, items]) => [tag, items]),
);

/** Keys of a worklist query that are neither matched nor returned: what status FF01 tells of (PS3.4 §K.4.1.1.4). */
export function unsupportedWorklistKeys(keys: readonly Key[]): readonly Tag[] {
  return keys.flatMap(({ tag, match }) => {
    if (!WORKLIST_KEYS.some((key) => tagOfKey(key) === tag)) return [tag];
    const inside = match.form === 'sequence' ? match.keys.map((one) => one.tag) : [];
    return inside.filter((one) => !(INSIDE.get(tag) ?? []).some((key) => tagOfKey(key) === one));
  });
}

/**
 * The identifier that asks an information system for everything it has scheduled from one day to another (PS3.4 §K.4.1.1.3): every attribute
 * we keep as a return key, the dates as the one constraint.
 * @param from, to `YYYYMMDD`; both ends belong to it.
 */
export function encodeWorklistQuery(from: string, to: string, transferSyntaxUid: string): Uint8Array {
  const dates = from === to ? from : `${from}-${to}`;
  return encodeElements(elementsOf(WORKLIST_KEYS, dates), transferSyntaxUid);
}

/** Recursion follows the table above. */
function elementsOf(keys: readonly WorklistKey[], dates: string): readonly ElementToEncode[] {
  return keys
    .map((key): ElementToEncode => {
      if (typeof key !== 'number') return { tag: key[0], vr: 'SQ', value: [elementsOf(key[1], dates)] };
      const isDate = key === WORKLIST_TAG.ScheduledProcedureStepStartDate;
      return isDate ? { tag: key, value: dates } : { tag: key, vr: vrOf(key), value: new Uint8Array(0) };
    })
    .toSorted((a, b) => a.tag - b.tag);
}

function tagOfKey(key: WorklistKey): Tag {
  return typeof key === 'number' ? key : key[0];
}
