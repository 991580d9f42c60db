export {
  type Authority,
  type CertificateAndKey,
  createAuthority,
  type DeviceCertificateOptions,
  expiresAtMs,
  fingerprintSha256,
  issueClientCertificate,
  issueDeviceCertificate,
  issueServerCertificate,
} from './authority.ts';
export { type ClamdAddress, type ClamdHealth, connectClamd, parseClamdAddress, probeClamd } from './clamd-connect.ts';
export { type ClamdLimits, ClamdPool, type ClamdSource, ClamdStream, DEFAULT_CLAMD_LIMITS } from './clamd-pool.ts';
export type { StreamOutcome, Unlooked } from './clamd-session.ts';
export { CONFORMANCE } from './conformance.ts';
export {
  DEFAULT_EDGE_LIMITS,
  Edge,
  type EdgeAddress,
  type EdgeEvent,
  type EdgeLimits,
  type EdgeOptions,
} from './edge.ts';
export {
  DEFAULT_WALK_LIMITS,
  dataSetOf,
  type FoundObject,
  type Skipped,
  type SkipReason,
  type WalkLimits,
  walkPart10,
} from './part10-source.ts';
export {
  acceptedKey,
  type DeviceKey,
  type DeviceKeyKind,
  isRevokedIn,
  keyDigestOf,
  type Link,
  namesOf,
  newDeviceKey,
  type Paths,
  type PfxForm,
  REVOKED_BYTES,
  type ReadCrl,
  type RequestedCertificate,
  type RevokedEntry,
  readAuthorities,
  readCrl,
  readCsr,
  revokedDigest,
  signCrl,
  TrustPaths,
  writePfx,
} from './pki/index.ts';
export {
  type RuleFile,
  type RuleFileLimits,
  type RuleFileProblem,
  type RuleFolder,
  readRuleFiles,
} from './rule-files.ts';
export { DEFAULT_SCP_LIMITS, type Ending, ScpConnection, type ScpLimits, type ScpUser } from './scp.ts';
export { MOST_CONTEXTS, openAssociation, ScuAssociation } from './scu.ts';
export type {
  ActionRequest,
  DimseStatus,
  EventReport,
  FindAnswer,
  FindRequest,
  MoveAnswer,
  MoveCounts,
  MoveRequest,
  ReportRequest,
  ScuContext,
  ScuContextResult,
  ScuOptions,
  StoredObject,
  StoreRequest,
} from './scu-api.ts';
export type { Target } from './scu-faults.ts';
export { garbledFault } from './scu-faults.ts';
export type { DataSetBytes } from './scu-fragments.ts';
export { DEFAULT_SCU_TIMEOUTS, type ScuTimeouts } from './scu-link.ts';
export { connectUnread, type ScuTls, secureTransport } from './scu-transport.ts';
export {
  type EchoReport,
  echoOnce,
  type SendEvent,
  type SendOptions,
  type SendReport,
  type Sent,
  sendFiles,
} from './send-files.ts';
export {
  clientTlsOptions,
  listenerTlsOptions,
  TLS_GROUPS,
  TLS_HANDSHAKE_MS,
  TLS_SESSION_SECONDS,
  TLS_SIGNATURES,
  TLS_SUITES,
  type TlsIdentity,
  type TlsSuite,
  type TlsVersion,
} from './tls-profile.ts';
export { openUpstream, UpstreamLink, type UpstreamOptions } from './upstream.ts';
