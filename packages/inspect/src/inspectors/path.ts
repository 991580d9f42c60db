import { type ElementHead, TAG, type Tag, vrOf } from '@leadglass/dicom';
import { latin1 } from '../bytes.ts';
import type { FindingKind, Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';
import { holdsUids } from './uid.ts';

const kind = kindsOf('path');

/** Names that would lead a program out of its folder. */
export const PATH_KINDS = {
  uid: kind(
    'uid',
    'malicious',
    'PS3.5 §9.1',
    'Un identifiant unique (UID) contient un chemin de fichier : un logiciel qui nomme ses fichiers d’après lui écrirait hors de son dossier.',
    'A unique identifier (UID) holds a file path: a program that names its files after it would write outside its folder.',
  ),
  identifier: kind(
    'identifier',
    'malicious',
    'PS3.5 §6.2',
    'Un identifiant (patient, examen, demande…) contient un chemin de fichier : un logiciel qui nomme ses dossiers d’après lui en sortirait.',
    'An identifier (patient, study, order…) holds a file path: a program that names its folders after it would be led out of them.',
  ),
  text: kind(
    'text',
    'malicious',
    'PS3.5 §6.2',
    'Un texte contient une remontée de dossiers (« ../ ») : un logiciel qui nomme ses fichiers d’après lui écrirait hors de son dossier.',
    'A text climbs out of folders ("../"): a program that names its files after it would write outside its folder.',
  ),
  fileId: kind(
    'file-id',
    'malicious',
    'PS3.10 §8.2, §8.5',
    'Le répertoire du support désigne un fichier en dehors du support.',
    'The directory of the medium names a file outside the medium.',
  ),
} as const;

/** Identifiers that programs name files and folders after. UIDs are all watched, by VR. */
const IDENTIFIERS: ReadonlySet<Tag> = new Set<Tag>([
  TAG.AccessionNumber,
  TAG.PatientID,
  TAG.IssuerOfPatientID,
  TAG.StudyID,
  TAG.PatientName,
  TAG.Modality,
  TAG.StationName,
  TAG.RetrieveAETitle,
  TAG.FileSetID,
  0x00101000, // OtherPatientIDs
  0x00101001, // OtherPatientNames
  0x00321032, // RequestingPhysician
  0x00380010, // AdmissionID
  0x00400001, // ScheduledStationAETitle
  0x00400009, // ScheduledProcedureStepID
  0x00400241, // PerformedStationAETitle
  0x00400253, // PerformedProcedureStepID
  0x00401001, // RequestedProcedureID
  0x00402016, // PlacerOrderNumberImagingServiceRequest
  0x00402017, // FillerOrderNumberImagingServiceRequest
  0x00120010,
  0x00120020,
  0x00120030,
  0x00120040, // clinical trial sponsor, protocol, site and subject
]);

/** VRs short enough to become a name. */
const SHORT_TEXT: ReadonlySet<string> = new Set(['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'LO', 'PN', 'SH', 'TM']);

/** Path traversal in whatever a file name may be made of, at every depth (INSPECT-40 to 43). */
export function path(scene: Scene): Inspector {
  return {
    name: 'path',
    beginning(head, bytes): void {
      if (bytes.length < 2 || !mayHoldPath(bytes)) return;
      const trouble = troubleOf(head, latin1(bytes));
      if (trouble !== undefined) scene.find(trouble);
    },
  };
}

function troubleOf(head: ElementHead, value: string): FindingKind | undefined {
  if (holdsUids(head)) return isPathInUid(value) ? PATH_KINDS.uid : undefined;
  if (head.tag === TAG.ReferencedFileID) return leavesMedium(value) ? PATH_KINDS.fileId : undefined;
  if (IDENTIFIERS.has(head.tag)) return isPathInIdentifier(value) ? PATH_KINDS.identifier : undefined;
  return isPublicShortText(head) && climbs(value) ? PATH_KINDS.text : undefined;
}

/** A cheap first look: no dot pair, separator, colon or per-cent sign, no path. */
function mayHoldPath(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === 0x2f || byte === 0x5c || byte === 0x3a || byte === 0x25) return true;
    if (byte === 0x2e && bytes[at + 1] === 0x2e) return true;
  }
  return false;
}

/** Manufacturers' own elements hold paths of their devices as a matter of course. */
function isPublicShortText(head: ElementHead): boolean {
  return (head.tag & 0x10000) === 0 && SHORT_TEXT.has(head.vr === 'UN' ? vrOf(head.tag) : head.vr);
}

/** Whether a UID value holds a path. In a UID only `\` may stand beside digits and dots, between two UIDs. */
export function isPathInUid(value: string): boolean {
  if (/\/|^[\0 ]*[A-Za-z]:|%(2e|2f|5c)/i.test(value)) return true;
  if (value.startsWith('\\\\')) return true;
  return value.split('\\').some((one) => /^[ ]*\.{1,2}[\0 ]*$/.test(one));
}

/** Whether an identifier holds a path that climbs or is absolute. */
export function isPathInIdentifier(value: string): boolean {
  return climbs(value) || isAbsolute(value);
}

/** A component that is exactly `..` beside a separator, either kind, plain or per-cent encoded; or nothing but `..`. */
function climbs(value: string): boolean {
  const plain = value.replace(/%2e/gi, '.').replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
  const bare = plain.replace(/[\0 ]+$/, '').replace(/^ +/, '');
  if (bare === '..') return true;
  return /(^|[\\/])\.\.[\\/]|[\\/]\.\.($|[\0])/.test(bare);
}

/** `/etc/passwd`, `C:\x`, `\\host\share`, `file:`: never `12/34`, a date, or a bare slash. */
function isAbsolute(value: string): boolean {
  const bare = value.replace(/^ +/, '');
  return /^\/[A-Za-z_.][^/]*\/|^[A-Za-z]:[\\/]|^\\\\[^\\]|^file:|^~\//i.test(bare);
}

/** ReferencedFileID: components between `\`, each a name of the medium (PS3.10 §8.2: A–Z, 0–9, `_`, 8 at most; real media go further). */
function leavesMedium(value: string): boolean {
  const components = value.split('\\').map((component) => component.replace(/[\0 ]+$/, '').replace(/^ +/, ''));
  if (components.length > 1 && components[0] === '') return true;
  return components.some((one) => one === '.' || one === '..' || /[/:]|%(2e|2f|5c)/i.test(one));
}
