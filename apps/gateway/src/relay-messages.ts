import { RELAYED_SERVICES, type RelayedService } from '@leadglass/model';
import { KEY_FORMS, LEVELS } from '@leadglass/policy';
import { MOST_KEYS } from '@leadglass/relay';
import type { ScuTls } from '@leadglass/wire';
import { z } from 'zod';
import { shortText, uid } from './message-parts.ts';

/** What an intake says of operations that it passes on or answers. The keeper believes none of it: it decides by its own rules. */
const service = z.enum(RELAYED_SERVICES);
const upstreamName = z.string().max(64);
const status = z.int().min(0).max(0xffff);

const key = z.object({
  tag: z.int().min(0).max(0xffffffff),
  form: z.enum(KEY_FORMS),
  leading: z.exactOptional(z.boolean()),
  spanDays: z.exactOptional(z.int().min(0)),
});

/** May it be carried out? Shapes of keys, never a value. */
const operation = z.object({
  t: z.literal('operation'),
  connection: z.int(),
  seq: z.int(),
  service,
  sopClassUid: uid,
  upstream: upstreamName,
  level: z.exactOptional(z.enum(LEVELS)),
  keys: z.array(key).max(MOST_KEYS),
  moveDestination: z.exactOptional(z.string().max(64)),
  step: z.exactOptional(z.object({ kind: z.enum(['create', 'set']), uid })),
});

/** What came of one that was asked about. */
const operationEnded = z.object({
  t: z.literal('operation-ended'),
  connection: z.int(),
  seq: z.int(),
  status,
  results: z.int().min(0),
  withheld: z.exactOptional(z.int().min(1)),
  why: z.exactOptional(shortText),
});

/** One that was refused without asking, or contexts whose upstream cannot be asked. */
const operationRefused = z.object({
  t: z.literal('operation-refused'),
  connection: z.int(),
  service,
  sopClassUid: uid,
  upstream: upstreamName,
  status,
  why: shortText,
});

/**
 * An upstream of an association is of no use to it: it rejected us for good, gave no association, broke off what was asked of it, or went away
 * while nothing was.
 */
const upstreamFailed = z.object({
  t: z.literal('upstream-failed'),
  connection: z.int(),
  upstream: upstreamName,
  how: z.enum(['refused', 'unreached', 'failed', 'gone']),
});

export const fromRelay = [operation, operationEnded, operationRefused, upstreamFailed] as const;
export type UpstreamFailedMessage = z.infer<typeof upstreamFailed>;
export type OperationMessage = z.infer<typeof operation>;
export type OperationEndedMessage = z.infer<typeof operationEnded>;
export type OperationRefusedMessage = z.infer<typeof operationRefused>;
export type RelayMessage = OperationMessage | OperationEndedMessage | OperationRefusedMessage | UpstreamFailedMessage;

/** One upstream of an association: what is asked of it. The keeper opens the connection. */
export interface UpstreamPlan {
  /** Its name among the destinations. */
  readonly name: string;
  readonly services: readonly RelayedService[];
  /** Of these, what we answer ourselves where it cannot be asked. */
  readonly fallback: readonly RelayedService[];
  /** For sentences; the intake opens no connection. */
  readonly host: string;
  readonly port: number;
  /** AE titles. */
  readonly called: string;
  readonly calling: string;
}

/** How TLS is spoken with it: the identity it may ask for, and how it is known. */
export type UpstreamTls = ScuTls;
