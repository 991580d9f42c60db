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

/** An Ed25519 key, or a passkey's COSE_Key. */
const AnyKeySchema = z.string().regex(/^(?:[0-9a-f]{2}){2,1024}$/, { error: 'hexadecimal digits, at most 1024 bytes' });
const base64urlOf = (most: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, { error: 'base64url' })
    .max(Math.ceil((most * 4) / 3));

/** With which an account of the console decides: made in its browser, taken into the list of operators on the machine. */
export const PasskeySchema = z.strictObject({
  /** Account of the console. */
  account: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, { error: 'letters, digits, . _ - @; at most 64' }),
  /** Host name under which the console is reached. */
  rpId: z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, { error: 'a host name' }),
  credentialId: base64urlOf(1023),
  /** COSE_Key (RFC 9052 §7): ES256, Ed25519 or RS256. */
  publicKey: AnyKeySchema,
});
export type Passkey = z.output<typeof PasskeySchema>;

const SIGNER = {
  operator: OperatorNameSchema,
  /** From `hold.challenge`. */
  challenge: hexOf(16),
};

/** What an operator adds to a decision: the signature of `decisionStatement`, by their key or by their passkey. */
export const SignedSchema = z.union([
  z.strictObject({
    ...SIGNER,
    /** Ed25519. */
    signature: hexOf(64),
  }),
  z.strictObject({
    ...SIGNER,
    /** WebAuthn §6.3.3, over the SHA-256 of the statement as the challenge. */
    assertion: z.strictObject({
      credentialId: base64urlOf(1023),
      authenticatorData: base64urlOf(1024),
      clientDataJson: base64urlOf(4096),
      signature: base64urlOf(1024),
    }),
  }),
]);
export type SignedAnswer = z.output<typeof SignedSchema>;

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
  publicKey: AnyKeySchema,
  /** Where the key is a passkey. Who has a key and a passkey is listed with each. */
  passkey: z.optional(PasskeySchema.omit({ publicKey: true })),
  /** Of the key, as people compare it. */
  fingerprint: z.string(),
  addedAtMs: z.number(),
  inForceAtMs: z.number(),
  isInForce: z.boolean(),
});
export type OperatorAnswer = z.output<typeof OperatorSchema>;

/** A passkey as its owner hands it to whoever runs the machine: one word for `operator add NAME --passkey`. */
export function passkeyCode({ account, rpId, credentialId, publicKey }: Passkey): string {
  return ['lgpk1', account, rpId, credentialId, publicKey].join(':');
}

/** What such a word says; undefined when it is none. */
export function readPasskeyCode(code: string): Passkey | undefined {
  const [mark, account, rpId, credentialId, publicKey, more] = code.trim().split(':');
  if (mark !== 'lgpk1' || more !== undefined) return undefined;
  return PasskeySchema.safeParse({ account, rpId, credentialId, publicKey }).data;
}

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
