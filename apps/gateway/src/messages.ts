import type { RuleSource } from '@leadglass/inspect';
import type { Text } from '@leadglass/kit';
import type { Peer, TrustAnchor } from '@leadglass/model';
import type { OperationDecision } from '@leadglass/policy';
import { MOST_CATALOGUED } from '@leadglass/relay';
import type { TlsVersion } from '@leadglass/wire';
import { z } from 'zod';
import { type FeedToIntake, feedFromIntake } from './feeds/feed-messages.ts';
import { type FhirAnswer, fhirTold } from './feeds/fhir-messages.ts';
import { FIND_FROM_INTAKE, type FoundMessage } from './find-messages.ts';
import { finding, hex64, shortText, shownCertificate, staged, uid } from './message-parts.ts';
import { OWN_FROM_INTAKE, type OwnToIntake } from './own-messages.ts';
import { fromRelay, type UpstreamPlan, type UpstreamTls } from './relay-messages.ts';
import { type ErrandMessage, SCHEDULE_FROM_INTAKE } from './schedule/schedule-messages.ts';
import type { ToServed } from './served-messages.ts';
import { type WebToIntake, webFromIntake } from './web/web-messages.ts';

/**
 * What keeper and intake say to each other over the child process's channel. The keeper believes no intake: every message is
 * parsed, every string bounded, and no field of it is ever used as a path without the vault's own check.
 */
const abort = z.object({ source: z.int(), reason: z.int() });

const associate = z.object({
  t: z.literal('associate'),
  connection: z.int(),
  calling: z.string().max(64),
  called: z.string().max(64),
  certificate: shownCertificate.optional(),
  implementation: z.string().max(100),
  /** Abstract syntaxes proposed that are not storage. */
  asks: z.array(uid).max(128),
});

/** What the object says that can be held against what is known: no patient data. */
const content = z.object({
  manufacturer: z.string().max(64),
  model: z.string().max(64),
  software: z.string().max(64),
  device: z.string().regex(/^([0-9a-f]{16})?$/),
  creators: z.array(z.object({ digest: z.string().regex(/^[0-9a-f]{16}$/), path: z.string().max(400) })).max(64),
  earliestDate: z.int().min(0),
  latestDate: z.int().min(0),
  isBeforeBirth: z.boolean(),
  pixelSha256: z.string().regex(/^([0-9a-f]{64})?$/),
});

const arrival = z.object({
  t: z.literal('arrival'),
  connection: z.int(),
  /** Numbers the question, so that its answer finds it. */
  seq: z.int(),
  sopClassUid: uid,
  sopInstanceUid: uid,
  transferSyntaxUid: uid,
  studyInstanceUid: uid,
  seriesInstanceUid: uid,
  modality: z.string().max(32),
  /** PatientID: turned into a keyed pseudonym by the keeper at once, and forgotten. */
  patientId: z.string().max(400),
  /** IssuerOfPatientID: the same number of another issuer is another patient. */
  issuerOfPatientId: z.string().max(400),
  findings: z.array(finding).max(100),
  /** Inspectors that could not finish. */
  unfinished: z.array(z.string().max(64)).max(64),
  content,
  /** What the catalogue keeps, as JSON: sealed by the keeper at once, and forgotten. */
  attributes: z.string().max(MOST_CATALOGUED),
  isUnreadable: z.boolean(),
  /** Set when the intake itself could not keep the object (disk full, protocol trouble): the status to answer with. */
  failure: z.object({ status: z.int(), comment: z.string().max(64), why: shortText }).optional(),
  kept: z.object({ sha256: hex64, staged }).optional(),
  metaBytes: z.int().min(0),
  plainBytes: z.int().min(0),
  /** Move Originator Message ID (0000,1031); 0 when it came for itself. */
  moveOriginatorMessageId: z.int().min(0).max(0xffff),
});

/** What it came for: requests received, how many of them C-ECHO, and the abstract syntaxes proposed and not accepted. */
const asked = z.object({
  messages: z.int().min(0),
  echoes: z.int().min(0),
  refusedClasses: z.array(z.string().max(64)).max(128),
});

const ended = z.object({
  t: z.literal('ended'),
  connection: z.int(),
  kind: z.enum(['released', 'rejected', 'aborted']),
  by: z.enum(['peer', 'gateway', 'transport']).optional(),
  abort: abort.optional(),
  why: shortText.optional(),
  objects: z.int().min(0),
  bytes: z.number().min(0),
  asked: z.optional(asked),
});

const eventReport = z.object({
  t: z.literal('event-report'),
  connection: z.int(),
  seq: z.int(),
  eventTypeId: z.int(),
  /** The report's data set, explicit or implicit as `transferSyntaxUid` says, base64. */
  dataSet: z.string().max(2_000_000),
  transferSyntaxUid: uid,
});

const handshakeFailed = z.object({ t: z.literal('handshake-failed'), connection: z.int(), why: shortText });
/** The intake's lane pool: one more lane please; and: nothing will be written to this one until it is recycled. */
const wantLane = z.object({ t: z.literal('want-lane') });
const retired = z.object({ t: z.literal('retired'), file: z.string().max(64) });
const ready = z.object({ t: z.literal('ready') });
const fault = z.object({ t: z.literal('fault'), event: z.string().max(100), detail: z.string().max(1000) });

/** Anything an intake says. */
export const fromIntake = z.discriminatedUnion('t', [
  associate,
  arrival,
  ended,
  eventReport,
  handshakeFailed,
  wantLane,
  retired,
  ready,
  fault,
  ...OWN_FROM_INTAKE,
  ...webFromIntake,
  ...FIND_FROM_INTAKE,
  ...SCHEDULE_FROM_INTAKE,
  ...fromRelay,
  ...feedFromIntake,
  fhirTold,
]);
export type FromIntake = z.infer<typeof fromIntake>;
export type { ShownCertificate } from './message-parts.ts';
export type ArrivalMessage = z.infer<typeof arrival>;
export type AssociateMessage = z.infer<typeof associate>;
export type EndedMessage = z.infer<typeof ended>;
export type EventReportMessage = z.infer<typeof eventReport>;

/** The TLS listener's material: the one private key an intake ever sees. */
export interface TlsMaterial {
  readonly certPem: string;
  readonly keyPem: string;
  readonly caPem: string;
  /** Lowest version spoken; TLSv1.2 unless set. */
  readonly minVersion?: TlsVersion;
  /** Authorities of others, by name; default none. */
  readonly anchors?: readonly TrustAnchor[];
}

/** Anything the keeper says. */
export type ToIntake =
  | ToServed
  | OwnToIntake
  | WebToIntake
  | FoundMessage
  | FeedToIntake
  | ErrandMessage
  | FhirAnswer
  | {
      readonly t: 'configure';
      readonly intakeId: string;
      readonly stagingDir: string;
      readonly recipients: readonly string[];
      /** The site's own YARA rules, checked. */
      readonly rules: readonly RuleSource[];
    }
  /** Others, for the objects that begin from now on. */
  | { readonly t: 'rules'; readonly rules: readonly RuleSource[] }
  | { readonly t: 'tls'; readonly material: TlsMaterial }
  | {
      readonly t: 'connection';
      readonly connection: number;
      readonly isTls: boolean;
      /** HTTP or MLLP is spoken on it; default DICOM. */
      readonly speaks?: 'web' | 'hl7';
    }
  | {
      readonly t: 'admitted';
      readonly connection: number;
      readonly peer: Peer;
      /** Who is asked in our place; `upstream` or `no-upstream` follows for each. */
      readonly upstreams: readonly UpstreamPlan[];
    }
  /** With a connected socket. */
  | { readonly t: 'upstream'; readonly connection: number; readonly upstream: string; readonly tls?: UpstreamTls }
  | { readonly t: 'no-upstream'; readonly connection: number; readonly upstream: string; readonly why: Text }
  /** The keeper's word on an operation. */
  | {
      readonly t: 'decided';
      readonly connection: number;
      readonly seq: number;
      readonly decision: OperationDecision;
    }
  | {
      readonly t: 'rejected';
      readonly connection: number;
      readonly rejection: { readonly result: 1 | 2; readonly source: 1 | 2 | 3; readonly reason: number };
    }
  | {
      readonly t: 'answer';
      readonly connection: number;
      readonly seq: number;
      readonly status: number;
      readonly comment?: string;
    }
  | { readonly t: 'lane' | 'recycle' | 'forget'; readonly file: string }
  | { readonly t: 'no-lane' }
  /** Ends a connection: `why`, or because it has said nothing worth its place and another needs it. */
  | { readonly t: 'drop'; readonly connection: number; readonly why?: Text }
  | { readonly t: 'drain' };
