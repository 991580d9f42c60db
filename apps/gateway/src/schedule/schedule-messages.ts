import { z } from 'zod';
import { querySchema } from '../find-messages.ts';
import { shortText, uid } from '../message-parts.ts';
import type { UpstreamTls } from '../relay-messages.ts';
import {
  ENTRIES_AT_ONCE,
  MOST_ANSWER_CHARACTERS,
  MOST_ENTRY_CHARACTERS,
  MOST_STEP_BYTES,
  PERFORMED_STATES,
} from './schedule-bounds.ts';

/**
 * What intake and keeper say to each other for devices to go on working while an information system is away: worklist questions and
 * performed procedure steps that we answer, and errands at an information system (decision 0031).
 */
const connection = z.int();
const seq = z.int().min(0);
const status = z.int().min(0).max(0xffff);

const worklistFind = z.object({
  ...{ t: z.literal('worklist-find'), connection, seq },
  query: z.object({ keys: querySchema.shape.keys, charset: z.string().max(256) }),
});

/** What a device says of a performed procedure step: read in the intake, kept as it came. */
const step = z.object({
  ...{ t: z.literal('step'), connection, seq, kind: z.enum(['create', 'set']), uid },
  state: z.exactOptional(z.enum(PERFORMED_STATES)),
  transferSyntaxUid: uid,
  dataSet: z.base64().max(Math.ceil(MOST_STEP_BYTES / 3) * 4),
});

/** Entries an information system gave, as JSON. */
const errandFound = z.object({
  ...{ t: z.literal('errand-found'), connection },
  entries: z.array(z.string().max(MOST_ENTRY_CHARACTERS)).min(1).max(ENTRIES_AT_ONCE),
});

/** How an errand ended. `isSent`: its request was on the wire. No `status`: nothing answered it. */
const errandEnded = z.object({
  ...{ t: z.literal('errand-ended'), connection, isSent: z.boolean() },
  status: z.exactOptional(status),
  errorId: z.exactOptional(status),
  why: z.exactOptional(shortText),
  /** What a receiver of HL7 answered to the message. */
  answer: z.exactOptional(
    z.object({ code: z.enum(['AA', 'AE', 'AR', 'CA', 'CE', 'CR']), text: z.string().max(MOST_ANSWER_CHARACTERS) }),
  ),
  /** Entries that could not be read and were left out. */
  unread: z.int().min(0),
});

export const SCHEDULE_FROM_INTAKE = [worklistFind, step, errandFound, errandEnded] as const;
export type ScheduleFromIntake = z.infer<(typeof SCHEDULE_FROM_INTAKE)[number]>;
export type WorklistFindMessage = z.infer<typeof worklistFind>;
export type StepMessageFromIntake = z.infer<typeof step>;
export type ErrandFoundMessage = z.infer<typeof errandFound>;
export type ErrandEndedMessage = z.infer<typeof errandEnded>;

const KINDS: ReadonlySet<string> = new Set<ScheduleFromIntake['t']>([
  'worklist-find',
  'step',
  'errand-found',
  'errand-ended',
]);

/** Whether a message is about what devices go on working with. */
export function isSchedule<M extends { readonly t: string }>(message: M): message is M & ScheduleFromIntake {
  return KINDS.has(message.t);
}

/** What is asked of an information system over one connection. */
export type ErrandWork =
  /** Everything scheduled from one day to another, `YYYYMMDD`. */
  | { readonly kind: 'worklist'; readonly from: string; readonly to: string; readonly mostEntries: number }
  /** One message on a performed procedure step. `dataSet`: base64. */
  | {
      readonly kind: 'create' | 'set';
      readonly uid: string;
      readonly transferSyntaxUid: string;
      readonly dataSet: string;
    }
  | Hl7Work;

/** One HL7 message over MLLP, base64; empty: the connection alone is tried. */
export interface Hl7Work {
  readonly kind: 'hl7';
  readonly message: string;
  readonly controlId: string;
  /** That it is kept is all that is waited for. */
  readonly isEnhanced: boolean;
}

/** An errand for an intake, with a connected socket. */
export interface ErrandMessage {
  readonly t: 'errand';
  readonly connection: number;
  readonly target: {
    readonly host: string;
    readonly port: number;
    readonly called: string;
    readonly calling: string;
  };
  readonly tls?: UpstreamTls;
  readonly work: ErrandWork;
}
