import type { Text } from '@leadglass/kit';
import { z } from 'zod';
import { hex64, shownCertificate } from '../message-parts.ts';
import { toldSchema } from './feed-messages.ts';

/** A FHIR resource or Bundle that was sent over HTTPS: told as a message of a feed is, with who sends it. */
export const fhirTold = z.object({
  t: z.literal('feed-fhir'),
  connection: z.int(),
  request: z.int(),
  /** Digest of the bearer token, certificate of the TLS client, both, or neither. */
  who: z.object({ token: hex64.optional(), certificate: shownCertificate.optional() }),
  item: toldSchema.omit({ connection: true, seq: true, feed: true }),
});
export type FhirTold = z.infer<typeof fhirTold>;

/** What became of it, as an HTTP status; `why` of one that is no success. */
export interface FhirAnswer {
  readonly t: 'feed-fhir-answer';
  readonly connection: number;
  readonly request: number;
  readonly status: 200 | 401 | 403 | 422 | 503;
  readonly why?: Text;
}
