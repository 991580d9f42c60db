/** A coded value of an audit message. */
export interface Code {
  readonly code: string;
  /** `DCM` or `RFC-3881`. */
  readonly system: 'DCM' | 'RFC-3881';
  /** Code Meaning. */
  readonly meaning: string;
}

const dcm = (code: string, meaning: string): Code => ({ code, system: 'DCM', meaning });
const rfc = (code: string, meaning: string): Code => ({ code, system: 'RFC-3881', meaning });

/** Event identifiers (PS3.16 CID 400). */
export const EVENT_ID = {
  applicationActivity: dcm('110100', 'Application Activity'),
  auditLogUsed: dcm('110101', 'Audit Log Used'),
  instancesAccessed: dcm('110103', 'DICOM Instances Accessed'),
  instancesTransferred: dcm('110104', 'DICOM Instances Transferred'),
  studyDeleted: dcm('110105', 'DICOM Study Deleted'),
  export: dcm('110106', 'Export'),
  import: dcm('110107', 'Import'),
  query: dcm('110112', 'Query'),
  securityAlert: dcm('110113', 'Security Alert'),
  userAuthentication: dcm('110114', 'User Authentication'),
} as const;

/** Event types (PS3.16 CID 401, 403). */
export const EVENT_TYPE = {
  applicationStart: dcm('110120', 'Application Start'),
  applicationStop: dcm('110121', 'Application Stop'),
  login: dcm('110122', 'Login'),
  logout: dcm('110123', 'Logout'),
  nodeAuthentication: dcm('110126', 'Node Authentication'),
  emergencyOverride: dcm('110127', 'Emergency Override Started'),
  networkConfiguration: dcm('110128', 'Network Configuration'),
  securityConfiguration: dcm('110129', 'Security Configuration'),
  softwareConfiguration: dcm('110131', 'Software Configuration'),
  restrictedFunction: dcm('110132', 'Use of Restricted Function'),
  objectSecurity: dcm('110135', 'Object Security Attributes Changed'),
  userSecurity: dcm('110137', 'User Security Attributes Changed'),
  localServiceStarted: dcm('110141', 'Local Service Operation Started'),
  localServiceStopped: dcm('110142', 'Local Service Operation Stopped'),
} as const;

/** Roles of active participants (PS3.16 CID 402). */
export const ROLE = {
  application: dcm('110150', 'Application'),
  destination: dcm('110152', 'Destination Role ID'),
  source: dcm('110153', 'Source Role ID'),
  destinationMedia: dcm('110154', 'Destination Media'),
  sourceMedia: dcm('110155', 'Source Media'),
} as const;

/** Media of an export or an import (PS3.16 CID 405). */
export const MEDIA_URI: Code = dcm('110037', 'URI');

/** What a participant object's identifier is (PS3.16 CID 404, RFC 3881 §5.5.4). */
export const ID_TYPE = {
  patientNumber: rfc('2', 'Patient Number'),
  uri: rfc('12', 'URI'),
  studyInstanceUid: dcm('110180', 'Study Instance UID'),
  sopClassUid: dcm('110181', 'SOP Class UID'),
} as const;

/** Kind of audit source: an application server (RFC 3881 §5.4.3). */
export const SOURCE_TYPE_APPLICATION: Code = rfc('4', 'Application Server Process');
