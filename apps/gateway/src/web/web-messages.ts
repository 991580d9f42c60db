import type { Text } from '@leadglass/kit';
import type { Peer } from '@leadglass/model';
import type { AttributeSet, Query } from '@leadglass/query';
import { z } from 'zod';
import { querySchema } from '../find-messages.ts';
import { hex64, shownCertificate, uid } from '../message-parts.ts';
import { image } from '../served-messages.ts';

/**
 * What an intake that speaks HTTP and the keeper say to each other. A request is asked for once, with who asks and what for; what was granted
 * is all that its later messages may touch. The keeper believes an intake's word on the certificate and the token's digest, as with DIMSE.
 */
const connection = z.int();
const request = z.int();
const ids = z.object({ study: uid, series: uid.optional(), instance: uid.optional() });

/** Who asks: the digest of a bearer token, the certificate of the TLS client, both, or neither. */
const who = z.object({ token: hex64.optional(), certificate: shownCertificate.optional() });

const uidOrNothing = z.string().max(128);

const query: z.ZodType<Query> = querySchema;
const search = z.object({ query, limit: z.int().min(0).optional(), offset: z.int().min(0) });
export type WebSearch = z.infer<typeof search>;

/** Of a part: the keeper gives those it told of, by their whole name. */
const partKey = z.string().max(64);

/** What a continuity box asks: to enrol, for the set, for what a study holds, for an object sealed to it, for what the set
 * holds besides images, for hashes of the log. */
const continuityAsk = z.discriminatedUnion('op', [
  z.object({ op: z.literal('enrol'), recipient: z.string().max(100), digest: hex64 }),
  z.object({ op: z.literal('set'), from: z.int().min(0) }),
  z.object({ op: z.literal('ledger'), path: z.string().max(80) }),
  z.object({ op: z.literal('study'), study: uid }),
  z.object({ op: z.literal('object'), study: uid, sha256: hex64 }),
  z.object({ op: z.literal('parts'), from: z.int().min(0) }),
  z.object({ op: z.literal('part'), key: partKey }),
  z.object({ op: z.literal('document'), key: partKey, document: z.string().regex(/^[0-9a-f]{32}$/) }),
]);
export type ContinuityAsk = z.infer<typeof continuityAsk>;

const ask = z.object({
  t: z.literal('web-ask'),
  connection,
  request,
  who,
  /** Form of the resource, for the log: no value of the request. */
  route: z.string().regex(/^[A-Za-z ]{1,40}$/),
  what: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('objects'), ids }),
    z.object({ kind: z.literal('search'), search }),
    z.object({ kind: z.literal('store'), study: uidOrNothing }),
    z.object({ kind: z.literal('continuity'), ask: continuityAsk }),
  ]),
});

/** Plain bytes of a granted object, from `from` on and before `to`: they come through the request's pipe, in the order asked for. */
const read = z.object({
  t: z.literal('web-read'),
  connection,
  request,
  sha256: hex64,
  from: z.int().min(0),
  to: z.int().min(0),
});

/** One frame of a granted object, made a picture in a decoder; it comes through the pipe, its length (4 bytes, big endian) first, 0 for none. */
const render = z.object({
  t: z.literal('web-render'),
  connection,
  request,
  sha256: hex64,
  ranges: z.array(z.tuple([z.int().min(0), z.int().min(0)])).max(4096),
  image,
  form: z.object({
    type: z.enum(['png', 'jpeg', 'raw']),
    quality: z.int().min(1).max(100),
    slope: z.number(),
    intercept: z.number(),
    window: z.object({ center: z.number(), width: z.number() }).optional(),
    viewport: z.object({ columns: z.int().min(1), rows: z.int().min(1) }).optional(),
    region: z
      .object({ left: z.int().min(0), top: z.int().min(0), columns: z.int().min(1), rows: z.int().min(1) })
      .optional(),
  }),
});

/** The request is over: what was given out or taken in. */
const done = z.object({
  t: z.literal('web-done'),
  connection,
  request,
  status: z.int(),
  instances: z.int().min(0),
  bytes: z.number().min(0),
  /** Objects that were sent and are not kept. */
  failed: z.int().min(0),
});
const closed = z.object({ t: z.literal('web-closed'), connection, why: z.string().max(64) });

export const webFromIntake = [ask, read, render, done, closed] as const;
export type WebAsk = z.infer<typeof ask>;
export type WebRead = z.infer<typeof read>;
export type WebRender = z.infer<typeof render>;
export type WebDone = z.infer<typeof done>;
export type WebClosed = z.infer<typeof closed>;
export type WebFromIntake = WebAsk | WebRead | WebRender | WebDone | WebClosed;
export type WebWho = z.infer<typeof who>;
export type RenderForm = WebRender['form'];

/** An object that a request may read. */
export interface WebInstance {
  readonly sha256: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly metaBytes: number;
  readonly plainBytes: number;
}

/** Anything the keeper says of a request. With `web-pour` comes the reading end of its pipe. */
export type WebToIntake =
  | { readonly t: 'web-granted'; readonly connection: number; readonly request: number; readonly grant: WebGrant }
  | {
      readonly t: 'web-refused';
      readonly connection: number;
      readonly request: number;
      readonly status: number;
      readonly code: string;
      readonly text: Text;
    }
  | { readonly t: 'web-pour'; readonly connection: number; readonly request: number };

export type WebGrant =
  | { readonly kind: 'objects'; readonly instances: readonly WebInstance[] }
  | {
      readonly kind: 'search';
      readonly matches: readonly AttributeSet[];
      /** There are more than were given. */
      readonly isMore: boolean;
    }
  /** `session`: the connection under which objects are announced. */
  | { readonly kind: 'store'; readonly session: number; readonly peer: Peer }
  /** `json`: the answer; `sealed`: bytes that are read as they are, sealed to who asks, and what they are read by. */
  | {
      readonly kind: 'continuity';
      readonly json?: string;
      readonly sealed?: { readonly sha256: string; readonly bytes: number };
    };
