import { z } from 'zod';
import { DestinationNameSchema, Sha256Schema, TextSchema } from './nouns.ts';

// Decisions about held objects: by one person, or by two of whom each signs.

const ActSchema = z.enum(['release', 'destroy']);
const RuleSchema = z.enum(['one-person', 'two-persons']);
const hexOf = (bytes: number) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`), { error: `${2 * bytes} hexadecimal digits` });

/** Written as a destination's name is. */
export const OperatorNameSchema = DestinationNameSchema;
/** Ed25519, in lower-case hexadecimal. */
export const PublicKeySchema = hexOf(32);

/** What an operator adds to a decision: the signature of `decisionStatement`. */
export const SignedSchema = z.strictObject({
  operator: OperatorNameSchema,
  /** From `hold.challenge`. */
  challenge: hexOf(16),
  /** Ed25519. */
  signature: hexOf(64),
});

/** A request that waits for the second of two people. */
export const RequestSchema = z.object({
  id: z.string(),
  sha256: Sha256Schema,
  act: ActSchema,
  operator: z.string(),
  reason: z.string(),
  askedAtMs: z.number(),
  untilMs: z.number(),
  /** It stands no more: nobody can approve it. */
  isExpired: z.boolean(),
});
export type RequestAnswer = z.output<typeof RequestSchema>;

/** How many people a decision about one hold takes. */
export const DecisionRulesSchema = z.object({ release: RuleSchema, destroy: RuleSchema });

/** What became of a decision. */
export const DecisionSchema = z.object({
  sha256: Sha256Schema,
  act: ActSchema,
  /** `asked`: a second person has until `untilMs`. */
  outcome: z.enum(['done', 'asked']),
  /** Where it goes now, once released. */
  destinations: z.array(z.string()).readonly(),
  untilMs: z.nullable(z.number()),
  /** What to know and to do next. */
  notices: z.array(TextSchema).readonly(),
});
export type DecisionAnswer = z.output<typeof DecisionSchema>;

/** Somebody who decides about held objects. */
export const OperatorSchema = z.object({
  name: OperatorNameSchema,
  publicKey: PublicKeySchema,
  /** Of the key, as people compare it. */
  fingerprint: z.string(),
  addedAtMs: z.number(),
  inForceAtMs: z.number(),
  isInForce: z.boolean(),
});
export type OperatorAnswer = z.output<typeof OperatorSchema>;

/** All that a decision is about. */
export interface DecisionFacts {
  /** What is decided: one’s own act, or the approval of another’s. */
  readonly act: 'release' | 'destroy' | 'approve-release' | 'approve-destroy';
  readonly sha256: string;
  readonly verdict: string;
  readonly operator: string;
  /** Id of the request approved; empty for one’s own act. */
  readonly request: string;
  /** One’s own, or that of the request approved. */
  readonly reason: string;
  readonly challenge: string;
}

/**
 * The text an operator signs, as UTF-8: made alike by whoever signs and by whoever checks, so that nobody signs what another wrote. One
 * fact a line; the reason as JSON, so that it cannot look like another line.
 */
export function decisionStatement(facts: DecisionFacts): string {
  const { act, sha256, verdict, operator, request, reason, challenge } = facts;
  return [
    'leadglass decision v1',
    `act: ${act}`,
    `object: ${sha256}`,
    `verdict: ${verdict}`,
    `operator: ${operator}`,
    `request: ${request}`,
    `reason: ${JSON.stringify(reason)}`,
    `challenge: ${challenge}`,
    '',
  ].join('\n');
}
