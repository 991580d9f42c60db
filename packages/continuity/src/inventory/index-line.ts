import { TAG } from '@leadglass/dicom';
import { type KeptObject, type KeptSeries, type KeptStudy, textAt } from './kept.ts';

/** One line of the plain index: an object as JSON, its names those of the standard. */
export function indexLine(study: KeptStudy, series: KeptSeries, object: KeptObject): string {
  const of = (tag: number): string => textAt(study.attributes, tag);
  return `${JSON.stringify({
    path: object.path,
    sha256: object.sha256,
    bytes: object.bytes,
    receivedAt: new Date(object.receivedAtMs).toISOString(),
    SOPInstanceUID: object.sopInstanceUid,
    SOPClassUID: object.sopClassUid,
    TransferSyntaxUID: object.transferSyntaxUid,
    SeriesInstanceUID: series.seriesInstanceUid,
    Modality: textAt(series.attributes, TAG.Modality),
    StudyInstanceUID: study.studyInstanceUid,
    StudyDate: of(TAG.StudyDate),
    AccessionNumber: of(TAG.AccessionNumber),
    StudyDescription: of(TAG.StudyDescription),
    PatientID: of(TAG.PatientID),
    PatientName: of(TAG.PatientName),
    PatientBirthDate: of(TAG.PatientBirthDate),
    PatientSex: of(TAG.PatientSex),
  })}\n`;
}
