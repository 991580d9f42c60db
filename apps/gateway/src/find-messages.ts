import { type AttributeSet, LEVELS, type Query } from '@leadglass/query';
import { z } from 'zod';
import { shortText, uid } from './message-parts.ts';

/**
 * What an intake asks of the keeper for a C-FIND that we answer from our own catalogue, and what it is told. The intake has parsed the
 * identifier; the keeper bounds all of it again, and never logs a value of it.
 */
const connection = z.int();
const seq = z.int().min(0);
const MOST_VALUE = 65_536;
const MOST_KEYS = 256;

const value = z.string().max(MOST_VALUE);
const match = z.discriminatedUnion('form', [
  z.object({ form: z.literal('universal') }),
  z.object({ form: z.literal('single'), value }),
  z.object({ form: z.literal('list'), values: z.array(value).min(1).max(4096), isEach: z.boolean() }),
  z.object({ form: z.literal('wildcard'), pattern: value }),
  z.object({ form: z.literal('range'), from: value, to: value }),
  z.object({ form: z.literal('empty') }),
  z.object({
    form: z.literal('sequence'),
    get keys() {
      return z.array(key).max(MOST_KEYS);
    },
  }),
]);
const key = z.object({ tag: z.int().min(0).max(0xffffffff), vr: z.string().length(2), match });

/** A query, once more: what it is made of is bounded, whoever made it. */
export const querySchema = z.object({
  root: z.enum(['PATIENT', 'STUDY']),
  level: z.enum(LEVELS),
  options: z.object({
    isRelational: z.boolean(),
    isDateTimeCombined: z.boolean(),
    isEmptyValueMatched: z.boolean(),
    isMultipleValueMatched: z.boolean(),
  }),
  keys: z.array(key).max(MOST_KEYS),
  charset: z.string().max(256),
}) satisfies z.ZodType<Query>;

const find = z.object({ t: z.literal('find'), connection, seq, sopClassUid: uid, query: querySchema });
/** The device has taken what was found so far: the next, please. */
const findMore = z.object({ t: z.literal('find-more'), connection, seq });
const findCancel = z.object({ t: z.literal('find-cancel'), connection, seq });
/** The identifier could not be read, or is none of this model. */
const findRefused = z.object({
  t: z.literal('find-refused'),
  connection,
  sopClassUid: uid,
  status: z.int().min(0).max(0xffff),
  why: shortText,
});

export const FIND_FROM_INTAKE = [find, findMore, findCancel, findRefused] as const;
export type FindFromIntake = z.infer<(typeof FIND_FROM_INTAKE)[number]>;
export type FindMessage = z.infer<typeof find>;

const KINDS: ReadonlySet<string> = new Set<FindFromIntake['t']>(['find', 'find-more', 'find-cancel', 'find-refused']);

/** Whether a message is about a C-FIND that we answer. */
export function isFind<M extends { readonly t: string }>(message: M): message is M & FindFromIntake {
  return KINDS.has(message.t);
}

/** What the keeper tells: some matches, and with the last of them the status of the last response. */
export interface FoundMessage {
  readonly t: 'found';
  readonly connection: number;
  readonly seq: number;
  readonly matches: readonly AttributeSet[];
  readonly last?: { readonly status: number; readonly comment: string };
}
