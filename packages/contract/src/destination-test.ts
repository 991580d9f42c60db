import { z } from 'zod';
import { DestinationNameSchema, DestinationSchema, TextSchema } from './nouns.ts';

/** What is tried: a destination there is, or one that is about to be. */
export const DestinationTestRequestSchema = z
  .strictObject({
    name: z.optional(DestinationNameSchema),
    target: z.optional(DestinationSchema.omit({ name: true, commitment: true })),
  })
  .refine(({ name, target }) => (name === undefined) !== (target === undefined), { error: 'name or target' });

/** What came of it: an association, a C-ECHO, and which kinds of image would be taken. Nothing is stored anywhere. */
export const DestinationTestSchema = z.object({
  isGood: z.boolean(),
  /** `wire.*` when there was no association; `destination.*` when there was and something is amiss; null when all is well. */
  code: z.nullable(z.string()),
  /** What came of it, in a sentence. */
  text: TextSchema,
  /** What to do about it. */
  advice: z.array(TextSchema).readonly(),
  /** Milliseconds until the association stood, and until the C-ECHO was answered; null: they were not. */
  associateMs: z.nullable(z.number()),
  echoMs: z.nullable(z.number()),
  /** Implementation Version Name, as the other side gives it. */
  implementation: z.string().max(64),
  /** Storage SOP classes that were proposed. */
  storage: z.array(z.object({ uid: z.string(), name: z.string(), isAccepted: z.boolean() })).readonly(),
});
export type DestinationTestAnswer = z.output<typeof DestinationTestSchema>;
