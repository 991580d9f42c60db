import { TAG, type Tag } from '@leadglass/dicom';
import { QUERY_TAG } from './tags.ts';
import { LEVELS, type Level, type Query, type Root } from './types.ts';

/** The unique key of each level (PS3.4 §C.6.1.1). */
export const UNIQUE_KEY = {
  PATIENT: TAG.PatientID,
  STUDY: TAG.StudyInstanceUID,
  SERIES: TAG.SeriesInstanceUID,
  IMAGE: TAG.SOPInstanceUID,
} as const satisfies Readonly<Record<Level, Tag>>;

/** What is taken from every object and kept in the catalogue, by level (PS3.4 Tables C.6-1 to C.6-5, PS3.18 Tables 10.6.1-5 and following). */
export const KEPT_ATTRIBUTES = {
  PATIENT: [
    TAG.PatientName,
    TAG.PatientID,
    TAG.IssuerOfPatientID,
    TAG.PatientBirthDate,
    QUERY_TAG.PatientBirthTime,
    TAG.PatientSex,
    QUERY_TAG.OtherPatientIDs,
    QUERY_TAG.OtherPatientNames,
    QUERY_TAG.OtherPatientIDsSequence,
  ],
  STUDY: [
    TAG.StudyInstanceUID,
    TAG.StudyDate,
    TAG.StudyTime,
    TAG.AccessionNumber,
    TAG.StudyID,
    TAG.StudyDescription,
    TAG.ReferringPhysicianName,
    QUERY_TAG.PhysiciansOfRecord,
    QUERY_TAG.NameOfPhysiciansReadingStudy,
    QUERY_TAG.AdmittingDiagnosesDescription,
    QUERY_TAG.ProcedureCodeSequence,
    QUERY_TAG.PatientAge,
    QUERY_TAG.PatientSize,
    QUERY_TAG.PatientWeight,
    TAG.TimezoneOffsetFromUTC,
  ],
  SERIES: [
    TAG.SeriesInstanceUID,
    TAG.Modality,
    TAG.SeriesNumber,
    TAG.SeriesDescription,
    TAG.SeriesDate,
    QUERY_TAG.SeriesTime,
    TAG.BodyPartExamined,
    QUERY_TAG.Laterality,
    TAG.ProtocolName,
    TAG.Manufacturer,
    TAG.ManufacturerModelName,
    TAG.StationName,
    TAG.InstitutionName,
    QUERY_TAG.InstitutionalDepartmentName,
    QUERY_TAG.PerformingPhysicianName,
    QUERY_TAG.OperatorsName,
    QUERY_TAG.PatientPosition,
    TAG.FrameOfReferenceUID,
    QUERY_TAG.PerformedProcedureStepStartDate,
    QUERY_TAG.PerformedProcedureStepStartTime,
    QUERY_TAG.PerformedProcedureStepID,
    QUERY_TAG.PerformedProcedureStepDescription,
    QUERY_TAG.RequestAttributesSequence,
  ],
  IMAGE: [
    TAG.SOPClassUID,
    TAG.SOPInstanceUID,
    TAG.InstanceNumber,
    TAG.ImageType,
    TAG.ContentDate,
    QUERY_TAG.ContentTime,
    TAG.AcquisitionDate,
    QUERY_TAG.AcquisitionTime,
    QUERY_TAG.AcquisitionNumber,
    TAG.NumberOfFrames,
    TAG.Rows,
    TAG.Columns,
    TAG.BitsAllocated,
    QUERY_TAG.ConceptNameCodeSequence,
    QUERY_TAG.DocumentTitle,
    QUERY_TAG.CompletionFlag,
    QUERY_TAG.VerificationFlag,
    QUERY_TAG.ContentLabel,
    QUERY_TAG.ContentDescription,
    QUERY_TAG.PresentationCreationDate,
    QUERY_TAG.PresentationCreationTime,
  ],
} as const satisfies Readonly<Record<Level, readonly Tag[]>>;

/** What is worked out for an answer, by the level it is an attribute of. */
export const COMPUTED_ATTRIBUTES = {
  PATIENT: [
    QUERY_TAG.NumberOfPatientRelatedStudies,
    QUERY_TAG.NumberOfPatientRelatedSeries,
    QUERY_TAG.NumberOfPatientRelatedInstances,
  ],
  STUDY: [
    QUERY_TAG.ModalitiesInStudy,
    QUERY_TAG.SOPClassesInStudy,
    QUERY_TAG.NumberOfStudyRelatedSeries,
    QUERY_TAG.NumberOfStudyRelatedInstances,
  ],
  SERIES: [QUERY_TAG.NumberOfSeriesRelatedInstances],
  IMAGE: [],
} as const satisfies Readonly<Record<Level, readonly Tag[]>>;

/** In every answer whatever its level. */
const EVERYWHERE: readonly Tag[] = [QUERY_TAG.InstanceAvailability, TAG.RetrieveAETitle];

const LEVEL_OF: ReadonlyMap<Tag, Level> = new Map(
  LEVELS.flatMap((level) =>
    [...KEPT_ATTRIBUTES[level], ...COMPUTED_ATTRIBUTES[level]].map((tag): [Tag, Level] => [tag, level]),
  ),
);

/** The level an attribute belongs to; undefined when the catalogue does not keep it. */
export function levelOf(tag: Tag): Level | undefined {
  return LEVEL_OF.get(tag);
}

/** 0 for PATIENT to 3 for IMAGE. */
export function depthOf(level: Level): number {
  return LEVELS.indexOf(level);
}

/** The levels of an information model: in Study Root the patient's attributes are the study's. */
export function levelsOf(root: Root): readonly Level[] {
  return root === 'PATIENT' ? LEVELS : LEVELS.slice(1);
}

/** Whether answers at `level` can hold an attribute: it is kept or computed at that level or above. */
export function isSupported(tag: Tag, level: Level): boolean {
  const own = LEVEL_OF.get(tag);
  return EVERYWHERE.includes(tag) || (own !== undefined && depthOf(own) <= depthOf(level));
}

/** Keys of a query that are neither matched nor returned: what status FF01 tells of (PS3.4 §C.4.1.1.4). */
export function unsupportedKeys({ keys, level }: Pick<Query, 'keys' | 'level'>): readonly Tag[] {
  return keys.map(({ tag }) => tag).filter((tag) => !isSupported(tag, level));
}
