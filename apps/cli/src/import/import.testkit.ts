import type { Finding, Severity } from '@leadglass/model';
import { verdictOf } from '@leadglass/model';
import type { About } from '../scan/about.ts';
import type { Looked } from '../scan/look.ts';
import type { Outcome } from '../scan/pool.ts';

const NOTHING: About = {
  sha256: 'ab'.repeat(32),
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  sopInstanceUid: '1.2.3',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
  studyInstanceUid: '1.2',
  studyDate: '20260101',
  studyDescription: 'TDM',
  seriesInstanceUid: '1.2.1',
  seriesDescription: '',
  modality: 'CT',
  charset: 'ISO_IR 100',
  patientName: 'DUPRE^LEA',
  patientId: 'EXT-77',
  issuerOfPatientId: '',
  birthDate: '19800102',
  sex: 'F',
  accessionNumber: '',
  references: [],
};

export function finding(severity: Severity, code = `test.${severity}`): Finding {
  return { inspector: 'test', code, severity, path: '(0008,103E)', offset: 0, text: { fr: 'fr', en: code }, cites: '' };
}

/** A DICOM object as looking tells it. */
export function object(about: Partial<About> = {}, findings: readonly Finding[] = []): Looked {
  const verdict = verdictOf(findings);
  return { path: '', nature: 'dicom', bytes: 100, verdict, findings, unfinished: [], about: { ...NOTHING, ...about } };
}

/** One file of a medium with what was found in it. */
export function file(path: string, looked: readonly Looked[], sha256 = 'cd'.repeat(32)): Outcome {
  return { entry: { path, bytes: 100 }, looked: looked.map((one) => ({ ...one, path: `${path}${one.path}` })), sha256 };
}
