import { z } from 'zod';
import { OpeningWhySchema, OpeningWordsSchema } from './glass.ts';
import { RoleSchema } from './roles.ts';

/** What happens to accounts and sessions, told by the console for the ledger (PS3.15 §A.5: User Authentication, Security Alert). */
export const PersonEventSchema = z.discriminatedUnion('what', [
  z.strictObject({
    what: z.literal('signed-in'),
    by: z.string().max(64),
    role: RoleSchema,
    how: z.enum(['passkey', 'password-totp', 'oidc', 'emergency-code', 'set-up']),
    address: z.string().max(64),
  }),
  z.strictObject({
    what: z.literal('refused'),
    by: z.string().max(64),
    why: z.enum(['credentials', 'throttled', 'no-role', 'disabled', 'expired']),
    address: z.string().max(64),
  }),
  z.strictObject({
    what: z.literal('signed-out'),
    by: z.string().max(64),
    why: z.enum(['asked', 'idle', 'revoked', 'expired']),
  }),
  z.strictObject({ what: z.literal('added'), by: z.string().max(64), person: z.string().max(64), role: RoleSchema }),
  z.strictObject({ what: z.literal('changed'), by: z.string().max(64), person: z.string().max(64), role: RoleSchema }),
  z.strictObject({ what: z.literal('removed'), by: z.string().max(64), person: z.string().max(64) }),
  z.strictObject({
    what: z.literal('opened-study'),
    by: z.string().max(64),
    studyInstanceUid: z.string().max(64),
    reason: z.string().max(500),
  }),
  /** A patient was opened whom no system of the house told to be here or expected. */
  z.strictObject({
    what: z.literal('broke-glass'),
    by: z.string().max(64),
    role: RoleSchema,
    chart: z.int().min(1),
    why: OpeningWhySchema,
    words: OpeningWordsSchema,
  }),
]);
export type PersonEvent = z.output<typeof PersonEventSchema>;
