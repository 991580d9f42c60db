import { RoleSchema } from '@leadglass/contract';
import { APIError, createAuthEndpoint, getSessionFromCtx } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import type { BetterAuthPlugin } from 'better-auth/types';
import { z } from 'zod';
import { LIMITS, type Parts } from './parts.ts';
import { digestOf, paperCodeOf } from './secrets.ts';

const SHORT = z.string().min(1).max(128);

/** Refuses with a code that `REFUSALS` has words for. */
export function refuse(
  code: string,
  status: 'UNAUTHORIZED' | 'FORBIDDEN' | 'BAD_REQUEST' | 'SERVICE_UNAVAILABLE',
): never {
  throw new APIError(status, { code, message: code });
}

async function signIn(ctx: Parameters<typeof setSessionCookie>[0], userId: string): Promise<void> {
  const session = await ctx.context.internalAdapter.createSession(userId);
  const user = await ctx.context.internalAdapter.findUserById(userId);
  if (!session || !user) refuse('INVALID_USERNAME_OR_PASSWORD', 'UNAUTHORIZED');
  await setSessionCookie(ctx, { session, user });
}

/** The ways in that better-auth does not have: emergency codes, invitations, the very first administrator; and setting a password. */
export function doors(parts: Parts) {
  return {
    id: 'leadglass',
    endpoints: {
      emergency: emergency(parts),
      invitation: invitation(parts),
      person: person(),
      first: first(),
      password: password(parts),
    },
  } satisfies BetterAuthPlugin;
}

function emergency(parts: Parts) {
  const { store } = parts;
  return createAuthEndpoint(
    '/leadglass/emergency',
    { method: 'POST', body: z.strictObject({ account: SHORT, code: SHORT }) },
    async (ctx) => {
      const person = store.personByAccount(ctx.body.account);
      const digest = digestOf('emergency', paperCodeOf(ctx.body.code));
      const isOpen = person !== undefined && !person.isFromDirectory && !person.isDisabled;
      if (!isOpen || !store.useCode(person.id, digest, parts.now()))
        refuse('INVALID_USERNAME_OR_PASSWORD', 'UNAUTHORIZED');
      await signIn(ctx, person.id);
      return ctx.json({});
    },
  );
}

function invitation(parts: Parts) {
  return createAuthEndpoint(
    '/leadglass/invitation',
    { method: 'POST', body: z.strictObject({ token: SHORT }) },
    async (ctx) => {
      const userId = parts.store.takeInvitation(digestOf('invitation', ctx.body.token), parts.now());
      if (userId === undefined) refuse('INVITATION_OVER', 'UNAUTHORIZED');
      await signIn(ctx, userId);
      return ctx.json({});
    },
  );
}

const PERSON = z.strictObject({ account: SHORT, displayName: SHORT, language: z.enum(['fr', 'en']), role: RoleSchema });

/** Never reached from outside: it is in no table of paths. An administrator adds somebody. */
function person() {
  return createAuthEndpoint('/leadglass/person', { method: 'POST', body: PERSON }, async (ctx) => {
    const user = await ctx.context.internalAdapter.createUser(newPerson(ctx.body), { method: 'admin' });
    return ctx.json({ id: user.id });
  });
}

/** Nor this. The set-up calls it, its token being good: the first administrator, signed in. */
function first() {
  return createAuthEndpoint('/leadglass/first', { method: 'POST', body: PERSON }, async (ctx) => {
    const user = await ctx.context.internalAdapter.createUser(newPerson(ctx.body), { method: 'set-up' });
    await signIn(ctx, user.id);
    return ctx.json({ id: user.id });
  });
}

function password({ store }: Parts) {
  const body = z.strictObject({ password: z.string().max(128), current: z.string().max(128).optional() });
  return createAuthEndpoint('/leadglass/password', { method: 'POST', body }, async (ctx) => {
    const session = await getSessionFromCtx(ctx);
    if (!session) refuse('INVALID_USERNAME_OR_PASSWORD', 'UNAUTHORIZED');
    const { id } = session.user;
    const account = store.personById(id)?.account ?? '';
    const isWeak = ctx.body.password.length < LIMITS.passwordCharacters || new Set(ctx.body.password).size < 5;
    if (isWeak || ctx.body.password.toLowerCase().includes(account)) refuse('PASSWORD_TOO_SHORT', 'BAD_REQUEST');
    const kept = await ctx.context.internalAdapter.findCredentialAccount(id);
    const hash = kept?.password;
    // Until TOTP confirms it, a password that was begun may be begun again.
    if (hash && store.personById(id)?.hasTotp === true) {
      if (!(await ctx.context.password.verify({ hash, password: ctx.body.current ?? '' }))) {
        refuse('INVALID_PASSWORD', 'UNAUTHORIZED');
      }
    }
    const made = await ctx.context.password.hash(ctx.body.password);
    if (kept) await ctx.context.internalAdapter.updatePassword(id, made);
    else
      await ctx.context.internalAdapter.linkAccount({
        userId: id,
        providerId: 'credential',
        accountId: id,
        password: made,
      });
    return ctx.json({});
  });
}

/** Columns of a local person that is new. */
function newPerson(person: {
  readonly account: string;
  readonly displayName: string;
  readonly language: 'fr' | 'en';
  readonly role: string;
}) {
  const { account, displayName, language, role } = person;
  return {
    ...{ username: account.toLowerCase(), displayUsername: account, name: displayName, language, role },
    // better-auth wants an address of everybody; nothing is ever sent.
    ...{ email: `${account.toLowerCase()}@people.invalid`, emailVerified: true },
    ...{ isDisabled: false, isFromDirectory: false },
  };
}
