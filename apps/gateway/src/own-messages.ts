import { MOST_REFERENCES, RETRIEVE_LEVELS } from '@leadglass/relay';
import { z } from 'zod';
import { shortText, uid } from './message-parts.ts';

/**
 * What an intake asks of the keeper for the services we answer from our own vault (storage commitment, retrieval), and what it is told. The
 * intake has parsed all of it; the keeper bounds all of it again.
 */
const connection = z.int();
/** Numbers what is asked on one connection, so that its answer finds it. */
const seq = z.int().min(0);
const uids = z.array(uid).max(10_000);
const status = z.int().min(0).max(0xffff);
const count = z.int().min(0).max(1_000_000);

const commitAsk = z.object({
  t: z.literal('commit-ask'),
  connection,
  seq,
  transactionUid: uid,
  objects: z
    .array(z.tuple([uid, uid]))
    .min(1)
    .max(MOST_REFERENCES),
  /** Of the context it came in: in it a report on the same association is written. */
  transferSyntaxUid: uid,
});

/** The device answered a report on its own association. */
const reported = z.object({ t: z.literal('reported'), connection, report: seq, status });

const retrieve = z.object({
  t: z.literal('retrieve'),
  connection,
  seq,
  service: z.enum(['move', 'get']),
  sopClassUid: uid,
  level: z.enum(RETRIEVE_LEVELS),
  /** Turned into pseudonyms by the keeper at once, and forgotten. */
  patientId: z.string().max(400),
  issuerOfPatientId: z.string().max(400),
  studyUids: uids,
  seriesUids: uids,
  sopUids: uids,
  moveDestination: z.string().max(16),
  messageId: z.int().min(0).max(0xffff),
  priority: z.int().min(0).max(0xffff),
  /** Of a C-GET: pairs of SOP class and transfer syntax that can be sent on the association. */
  accepts: z.array(z.tuple([uid, uid])).max(256),
});

const retrieveCancel = z.object({ t: z.literal('retrieve-cancel'), connection, seq });

/** What became of a C-GET, as its device was told. */
const got = z.object({
  t: z.literal('got'),
  connection,
  seq,
  status,
  completed: count,
  failed: count,
  warning: count,
});

/** It was refused in the intake: what was asked could not be read. */
const refusedOwn = z.object({
  t: z.literal('own-refused'),
  connection,
  service: z.enum(['commit', 'move', 'get', 'mpps']),
  sopClassUid: uid,
  status,
  why: shortText,
});

/** What an intake says about our own services. */
export const OWN_FROM_INTAKE = [commitAsk, reported, retrieve, retrieveCancel, got, refusedOwn] as const;
export type OwnFromIntake = z.infer<(typeof OWN_FROM_INTAKE)[number]>;
export type CommitAskMessage = z.infer<typeof commitAsk>;
export type RetrieveMessage = z.infer<typeof retrieve>;
export type GotMessage = z.infer<typeof got>;
export type RefusedOwnMessage = z.infer<typeof refusedOwn>;

const KINDS: ReadonlySet<string> = new Set<OwnFromIntake['t']>([
  'commit-ask',
  'reported',
  'retrieve',
  'retrieve-cancel',
  'got',
  'own-refused',
]);

/** Whether a message is about our own services. */
export function isOwn<M extends { readonly t: string }>(message: M): message is M & OwnFromIntake {
  return KINDS.has(message.t);
}

/** Counts of sub-operations; see `Counts` of the relay. */
export interface SubOperationCounts {
  readonly remaining: number;
  readonly completed: number;
  readonly failed: number;
  readonly warning: number;
}

/** What the keeper tells about our own services. */
export type OwnToIntake =
  | {
      readonly t: 'own-answer';
      readonly connection: number;
      readonly seq: number;
      readonly status: number;
      readonly comment?: string;
      /** PS3.7 §C.1 Error ID (0000,0903). */
      readonly errorId?: number;
    }
  | {
      readonly t: 'report';
      readonly connection: number;
      readonly report: number;
      readonly eventTypeId: number;
      /** Base64, in the transfer syntax of the context the device asked in. */
      readonly dataSet: string;
    }
  /** Pending, or the last word on a C-MOVE. */
  | {
      readonly t: 'sub-operations';
      readonly connection: number;
      readonly seq: number;
      readonly status: number;
      readonly comment?: string;
      readonly counts: SubOperationCounts;
      readonly failed: readonly string[];
    }
  /** The objects of a C-GET come through the socket that comes with it. */
  | {
      readonly t: 'objects';
      readonly connection: number;
      readonly seq: number;
      readonly total: number;
      readonly withheld: readonly string[];
    };
