import { z } from 'zod';
import { AeTitleSchema } from './nouns.ts';

const RightSchema = z.enum(['qido', 'wado', 'stow', 'fhir']);

/** What is asked of `web.token.add`. */
export const WebTokenRequestSchema = z.strictObject({
  name: AeTitleSchema,
  allow: z.array(RightSchema).min(1).max(4),
  /** Days until it ends; without it, never. */
  days: z.optional(z.int().min(1).max(3660)),
});

/** A token as it is listed: never its secret. */
export const WebTokenSchema = z.object({
  name: z.string(),
  allow: z.array(z.string()).readonly(),
  addedAtMs: z.number(),
  untilMs: z.nullable(z.number()),
  isInForce: z.boolean(),
});
export type WebTokenAnswer = z.output<typeof WebTokenSchema>;
