import type { Text } from '@leadglass/kit';
import type { Feed } from '@leadglass/model';
import { z } from 'zod';
import { shortText, shownCertificate } from '../message-parts.ts';
import type { FhirTold } from './fhir-messages.ts';
import { problemSchema } from './reading-json.ts';

/*
 * What an intake that speaks MLLP and the keeper say to each other. The intake cuts and reads messages; the keeper decides who may send, keeps
 * them, and only then lets them be acknowledged. Message and reading come in base64: the keeper seals both unread.
 */

/** Messages told at once. */
export const MOST_TOLD = 64;
const MOST_MESSAGE_CHARS = 28 * 1024 * 1024;
const MOST_READING_CHARS = 64 * 1024 * 1024;
const headerWord = z.string().max(400);

const ask = z.object({ t: z.literal('feed-ask'), connection: z.int(), certificate: shownCertificate.optional() });

/** A message as an intake read it. */
export const toldSchema = z.object({
  connection: z.int(),
  /** Numbers the message within its connection. */
  seq: z.int().min(0),
  /** Name of one of the feeds that the connection was admitted as. */
  feed: z.string().max(64),
  application: headerWord,
  facility: headerWord,
  controlId: headerWord,
  /** `ORU^R01`. */
  type: z.string().max(64),
  processing: z.string().max(8),
  charset: z.string().max(32),
  problems: z.array(problemSchema).max(50),
  /** Somebody in it bears a national identifier of tests. */
  isTestIns: z.boolean(),
  /** Something of it can be told. */
  isUnderstood: z.boolean(),
  message: z.string().max(MOST_MESSAGE_CHARS),
  /** Empty when not even a patient could be read. */
  reading: z.string().max(MOST_READING_CHARS),
});

const tell = z.object({ t: z.literal('feed-told'), items: z.array(toldSchema).max(MOST_TOLD) });

/** A message that was answered AE and not kept: nobody can say what it is, or it is not this sender's. */
const refused = z.object({ t: z.literal('feed-refused'), connection: z.int(), why: shortText });
const closed = z.object({ t: z.literal('feed-closed'), connection: z.int(), why: shortText.optional() });
/** A message of the tray, read again. */
const reread = z.object({
  t: z.literal('feed-read'),
  request: z.int(),
  item: toldSchema.omit({ connection: true, seq: true, feed: true, message: true }).optional(),
});

export const feedFromIntake = [ask, tell, refused, closed, reread] as const;
export type ToldMessage = z.infer<typeof toldSchema>;
export type ReadMessage = NonNullable<z.infer<typeof reread>['item']>;
export type FeedFromIntake =
  | z.infer<typeof ask>
  | z.infer<typeof tell>
  | z.infer<typeof refused>
  | z.infer<typeof closed>
  | z.infer<typeof reread>
  | FhirTold;

/** What an intake knows of a feed. */
export type FeedForIntake = Pick<Feed, 'name' | 'application' | 'facility' | 'charset'>;

/** What became of a message. `why`: of AE and AR. */
export interface FeedAnswer {
  readonly connection: number;
  readonly seq: number;
  readonly code: 'AA' | 'AE' | 'AR';
  readonly error?: { readonly code: 202 | 207; readonly why: Text };
}

/** Anything the keeper says of feeds. */
export type FeedToIntake =
  | {
      readonly t: 'feed-admitted';
      readonly connection: number;
      readonly feeds: readonly FeedForIntake[];
      /** How acknowledgements name us. */
      readonly own: { readonly application: string; readonly facility: string };
    }
  | { readonly t: 'feed-answers'; readonly answers: readonly FeedAnswer[] }
  | {
      readonly t: 'feed-read';
      readonly request: number;
      readonly message: string;
      readonly charset: Feed['charset'];
    };

/** Whether it is of feeds. */
export function isOfFeeds(message: { readonly t: string }): message is FeedFromIntake {
  return message.t.startsWith('feed-');
}
