import type { SessionAnswer } from '@leadglass/contract';
import { APIError } from 'better-auth/api';
import type { BetterAuthOptions } from 'better-auth/types';
import { refuse } from './doors.ts';
import type { Parts } from './parts.ts';
import { hasWayIn } from './store.ts';

/** The header in which our own server, and nobody else, tells better-auth the address. */
export const ADDRESS_HEADER = 'x-leadglass-address';

/** The paths that may begin a session, and what it then says of how. On any other, none begins. */
const HOW: Readonly<Record<string, SessionAnswer['how'] | 'pending'>> = {
  '/passkey/verify-authentication': 'passkey',
  '/two-factor/verify-totp': 'password-totp',
  '/callback/:id': 'oidc',
  '/leadglass/emergency': 'emergency-code',
  '/leadglass/invitation': 'set-up',
  '/leadglass/first': 'set-up',
  // Dropped again by better-auth before its answer: the password is half of it.
  '/sign-in/username': 'pending',
};
/** Where a session is renewed when one's own ways change. */
const RENEWS: readonly string[] = ['/two-factor/verify-totp', '/two-factor/disable'];

type Hooks = NonNullable<BetterAuthOptions['databaseHooks']>;
type Context = Parameters<NonNullable<NonNullable<NonNullable<Hooks['session']>['create']>['before']>>[1];

function addressOf(ctx: Context): string {
  return ctx?.headers?.get(ADDRESS_HEADER) ?? '';
}

function codeOf(ctx: Context): string {
  const body: unknown = ctx?.body;
  return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : '';
}

/** What better-auth may not do by itself: begin a session in any other way, or one that the ledger was not told of. */
export function hooks(parts: Parts): Hooks {
  const noTokens = { accessToken: null, refreshToken: null, idToken: null };
  return {
    session: { create: { before: async (session, ctx) => ({ data: await beginning(parts, session, ctx) }) } },
    user: { create: { before: async (user, ctx) => ({ data: await joining(parts, user, ctx) }) } },
    // The directory's tokens are good for its own services: nothing of ours needs them, so none is kept.
    account: {
      create: { before: async () => ({ data: noTokens }) },
      update: { before: async () => ({ data: noTokens }) },
    },
  };
}

async function beginning(
  parts: Parts,
  session: { readonly userId: string } & Record<string, unknown>,
  ctx: Context,
): Promise<Record<string, unknown>> {
  const path = ctx?.path ?? '';
  if (RENEWS.includes(path) && typeof session.how === 'string') return {};
  const how = HOW[path];
  const person = parts.store.personById(session.userId);
  if (how === undefined || person === undefined) return refuse('AUTHENTICATION_FAILED', 'FORBIDDEN');
  const address = addressOf(ctx);
  if (person.isDisabled) {
    await parts.mention({ what: 'refused', by: person.account, why: 'disabled', address });
    return refuse('DISABLED', 'UNAUTHORIZED');
  }
  if (how === 'pending' && !person.hasTotp) refuse('TOTP_REQUIRED', 'UNAUTHORIZED');
  if (how === 'password-totp' && !parts.isNewCode(person.id, codeOf(ctx))) refuse('INVALID_CODE', 'UNAUTHORIZED');
  if (how !== 'pending') {
    const { account: by, role } = person;
    await parts.tools
      .tell({ what: 'signed-in', by, role, how, address })
      .catch(() => refuse('NOT_TOLD', 'SERVICE_UNAVAILABLE'));
  }
  const now = parts.now();
  if (how !== 'pending') parts.store.personSeen(person.id, now);
  return { how, isLocked: false, beganAt: now, seenAt: now };
}

// Somebody the directory sends for the first time. A local account of that name stays who it is.
async function joining(parts: Parts, user: Record<string, unknown>, ctx: Context): Promise<Record<string, unknown>> {
  if (ctx?.path !== '/callback/:id') return user;
  const { directoryAccount: account, role } = user;
  if (typeof account !== 'string' || !parts.isRole(role)) return refuse('no_role', 'FORBIDDEN');
  if (parts.store.personByAccount(account) !== undefined) {
    await parts.mention({ what: 'refused', by: account, why: 'credentials', address: addressOf(ctx) });
    throw new APIError('FORBIDDEN', { code: 'account_taken', message: 'account_taken' });
  }
  if (parts.isFull()) refuse('failed', 'FORBIDDEN');
  await parts.tools
    .tell({ what: 'added', by: account, person: account, role })
    .catch(() => refuse('failed', 'FORBIDDEN'));
  return { ...user, username: account.toLowerCase(), displayUsername: account };
}

/** Whether a session of this kind opens anything yet: one from a link does only once a way to sign in was enrolled. */
export function isComplete(how: string, person: Parameters<typeof hasWayIn>[0]): boolean {
  return how !== 'set-up' || hasWayIn(person);
}
