import type { RuleSource } from '@leadglass/inspect';
import type { Text } from '@leadglass/kit';
import type { Peer } from '@leadglass/model';
import type { OperationDecision } from '@leadglass/policy';
import { z } from 'zod';
import { finding, hex64, shortText, staged, uid } from './message-parts.ts';
import { fromRelay, type UpstreamPlan, type UpstreamTls } from './relay-messages.ts';
import type { ToServed } from './served-messages.ts';

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
  certificate: z.object({ sha256: hex64, isSigned: z.boolean() }).optional(),
  implementation: z.string().max(100),
  /** Abstract syntaxes proposed that are not storage. */
  asks: z.array(uid).max(128),
});

/** What the object says that can be held against what is known: no patient data. */
const content = z.object({
  manufacturer: z.string().max(64),
  model: z.string().max(64),
  software: z.string().max(64),
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
  isUnreadable: z.boolean(),
  /** Set when the intake itself could not keep the object (disk full, protocol trouble): the status to answer with. */
  failure: z.object({ status: z.int(), comment: z.string().max(64), why: shortText }).optional(),
  kept: z.object({ sha256: hex64, staged }).optional(),
  metaBytes: z.int().min(0),
  plainBytes: z.int().min(0),
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
  ...fromRelay,
]);
export type FromIntake = z.infer<typeof fromIntake>;
export type ArrivalMessage = z.infer<typeof arrival>;
export type AssociateMessage = z.infer<typeof associate>;
export type EndedMessage = z.infer<typeof ended>;
export type EventReportMessage = z.infer<typeof eventReport>;

/** The TLS listener's material: the one private key an intake ever sees. */
export interface TlsMaterial {
  readonly certPem: string;
  readonly keyPem: string;
  readonly caPem: string;
}

/** Anything the keeper says. */
export type ToIntake =
  | ToServed
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
  /** This connection has said nothing worth its place, and another needs it. */
  | { readonly t: 'drop'; readonly connection: number }
  | { readonly t: 'drain' };
