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

export const fromRelay = [operation, operationEnded, operationRefused] as const;
export type OperationMessage = z.infer<typeof operation>;
export type OperationEndedMessage = z.infer<typeof operationEnded>;
export type OperationRefusedMessage = z.infer<typeof operationRefused>;
export type RelayMessage = OperationMessage | OperationEndedMessage | OperationRefusedMessage;

/** One upstream of an association: what is asked of it. The keeper opens the connection. */
export interface UpstreamPlan {
  /** Its name among the destinations. */
  readonly name: string;
  readonly services: readonly RelayedService[];
  /** Those that we answer in its place when it cannot be reached; default none. */
  readonly standIn?: readonly RelayedService[];
  /** For sentences; the intake opens no connection. */
  readonly host: string;
  readonly port: number;
  /** AE titles. */
  readonly called: string;
  readonly calling: string;
}

/** How TLS is spoken with it: the identity it may ask for, and how it is known. */
export type UpstreamTls = ScuTls;
