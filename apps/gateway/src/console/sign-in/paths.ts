import { getAuthenticatorName } from '@better-auth/passkey';
import { z } from 'zod';

const SHORT = z.string().min(1).max(128);
const NAME = z.string().trim().min(1).max(64);
const NOTHING = z.strictObject({});
const SMALL = 8192;
/** A WebAuthn answer: base64url texts, checked by the library; here only bounded. */
const CREDENTIAL = z
  .looseObject({ id: z.string().max(2048), type: z.literal('public-key') })
  .refine((value) => JSON.stringify(value).length <= 4 * SMALL, { error: 'too long' });

/**
 * Whom a path is for. `door`: whoever wants to come in; the session they may have counts for nothing. `own`: an unlocked session. `change`: one that is
 * new enough to change one's ways in; after a link, also one that has none yet. `door-or-change`: as `change` where there is such a session.
 */
type For = 'door' | 'own' | 'change' | 'door-or-change';

/** One path of better-auth, or of our doors, that is open. */
export interface OpenPath {
  readonly method: 'GET' | 'POST';
  readonly for: For;
  readonly body: z.ZodType;
  /** A try at guessing: it is slowed down. */
  readonly isTry: boolean;
  /** What of the answer goes out: never a session's token. */
  readonly answer: (data: unknown) => unknown;
}

const nothing = (): unknown => ({});
const whole = (data: unknown): unknown => data;

const path = (of: For, method: 'GET' | 'POST', body: z.ZodType, more: Partial<OpenPath> = {}): OpenPath => ({
  ...{ method, for: of, body, isTry: false, answer: nothing },
  ...more,
});

const PasskeysSchema = z.array(
  z
    .object({
      id: z.string(),
      name: z.nullish(z.string()),
      createdAt: z.nullish(z.union([z.string(), z.date()])),
      aaguid: z.nullish(z.string()),
      backedUp: z.boolean(),
    })
    .transform(({ id, name, createdAt, aaguid, backedUp }) => ({
      id,
      name: name ?? getAuthenticatorName(aaguid ?? '') ?? '',
      createdAtMs: createdAt ? new Date(createdAt).getTime() : null,
      isSynced: backedUp,
    })),
);

/** Every path under `/api/auth` that is open; the others of the library are not there. */
export const PATHS: Readonly<Record<string, OpenPath>> = {
  '/passkey/generate-authenticate-options': path('door', 'GET', NOTHING, { answer: whole }),
  // A passkey cannot be guessed: nobody's tries hold it up.
  '/passkey/verify-authentication': path('door', 'POST', z.strictObject({ response: CREDENTIAL })),
  '/sign-in/username': path('door', 'POST', z.strictObject({ username: SHORT, password: SHORT }), {
    isTry: true,
    answer: () => ({ needs: 'totp' }),
  }),
  '/two-factor/verify-totp': path('door-or-change', 'POST', z.strictObject({ code: z.string().regex(/^\d{6}$/) }), {
    isTry: true,
  }),
  '/leadglass/emergency': path('door', 'POST', z.strictObject({ account: SHORT, code: SHORT }), { isTry: true }),
  '/leadglass/invitation': path('door', 'POST', z.strictObject({ token: SHORT }), { isTry: true }),
  '/sign-in/social': path('door', 'POST', NOTHING, {
    answer: (data) => z.object({ url: z.string() }).parse(data),
  }),
  '/callback/directory': path('door', 'GET', z.unknown()),

  '/passkey/generate-register-options': path('change', 'GET', NOTHING, { answer: whole }),
  '/passkey/verify-registration': path(
    'change',
    'POST',
    z.strictObject({ response: CREDENTIAL, name: z.optional(NAME) }),
  ),
  '/passkey/list-user-passkeys': path('own', 'GET', NOTHING, { answer: (data) => PasskeysSchema.parse(data) }),
  '/passkey/update-passkey': path('own', 'POST', z.strictObject({ id: SHORT, name: NAME })),
  '/passkey/delete-passkey': path('change', 'POST', z.strictObject({ id: SHORT })),
  '/leadglass/password': path('change', 'POST', z.strictObject({ password: SHORT, current: z.optional(SHORT) }), {
    isTry: true,
  }),
  '/two-factor/enable': path('change', 'POST', z.strictObject({ password: SHORT }), {
    isTry: true,
    answer: (data) => z.object({ totpURI: z.string() }).parse(data),
  }),
  '/two-factor/disable': path('change', 'POST', z.strictObject({ password: SHORT }), { isTry: true }),
};
