import { randomBytes } from 'node:crypto';
import { isFault } from '@leadglass/kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { consoleFault, consoleStatusOf } from '../faults.ts';
import type { Attempt, Attempts } from './attempt.ts';
import { PROVIDER, SESSION_COOKIE } from './auth.ts';
import type { Authorities } from './authorities.ts';
import { knownCookie, newTokenOf, setsSession, withoutCookies } from './cookies.ts';
import { ADDRESS_HEADER } from './hooks.ts';
import { LIMITS, type Parts } from './parts.ts';
import { type OpenPath, PATHS } from './paths.ts';
import { DIRECTORY_REFUSALS, refusalFault } from './refusals.ts';
import { hasWayIn, type KeptSession } from './store.ts';
import type { Watch } from './watch.ts';

const PREFIX = '/api/auth';

/** What the routes stand on. */
export interface RouteParts {
  readonly parts: Parts;
  readonly authorities: Authorities;
  readonly attempts: Attempts;
  readonly watch: Watch;
}

interface Call {
  readonly name: string;
  readonly open: OpenPath;
  readonly request: FastifyRequest;
  readonly origin: string;
  /** The session the cookie names, whatever state it is in. */
  readonly before: KeptSession | undefined;
  /** It is used: not a door. */
  readonly isOwn: boolean;
  readonly body: Record<string, unknown>;
}

/** Mounts the open paths, each by name, and signing out. Whatever else the library has is not there. */
export function mount(app: FastifyInstance, made: RouteParts): void {
  for (const [name, open] of Object.entries(PATHS)) {
    app.route({
      method: open.method,
      url: PREFIX + name,
      bodyLimit: 65_536,
      handler: (request, reply) => answer(made, name, open, request, reply),
    });
  }
  app.post(`${PREFIX}/sign-out`, { bodyLimit: 1024 }, async (request, reply) => {
    const session = await made.watch.kept(request);
    if (session !== undefined) await made.parts.end(session, 'asked');
    reply.header('set-cookie', `${SESSION_COOKIE}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict`);
    return {};
  });
}

async function answer(
  made: RouteParts,
  name: string,
  open: OpenPath,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  try {
    const call = await callOf(made, name, open, request);
    if (name.startsWith('/callback/')) return await comeBack(made, call, reply);
    return await perform(made, call, reply);
  } catch (thrown) {
    if (name.startsWith('/callback/')) return reply.redirect('/sign-in?refused=failed', 303);
    if (!isFault(thrown)) throw thrown;
    const { waitSeconds } = thrown.facts;
    if (waitSeconds !== undefined) reply.header('retry-after', String(waitSeconds));
    return reply.code(consoleStatusOf(thrown)).send({ code: thrown.code, text: thrown.text });
  }
}

async function callOf(made: RouteParts, name: string, open: OpenPath, request: FastifyRequest): Promise<Call> {
  const parsed = open.body.safeParse(request.body ?? {});
  if (!parsed.success) throw consoleFault('console.bad-request');
  const origin = `https://${request.headers.host ?? ''}`;
  if (!made.parts.tools.origins().includes(origin)) throw consoleFault('console.unknown-host');
  const before = await made.watch.kept(request);
  const body = (parsed.data ?? {}) as Record<string, unknown>;
  return { name, open, request, origin, before, isOwn: await isOwn(made, open, request, before), body };
}

async function isOwn(
  { parts, watch }: RouteParts,
  open: OpenPath,
  request: FastifyRequest,
  before: KeptSession | undefined,
): Promise<boolean> {
  if (open.for === 'door') return false;
  const session = await watch.sessionOf(request);
  const isBegun = before?.how === 'set-up' && !before.isLocked && session !== undefined && !hasWayIn(session.person);
  const isOpen = session !== undefined && (!session.isLocked || isBegun);
  if (open.for === 'door-or-change' && !isOpen) return false;
  if (session === undefined) throw consoleFault('console.signed-out');
  if (!isOpen) throw consoleFault('console.locked');
  const isFresh = before !== undefined && parts.now() - before.beganAt < LIMITS.freshMs;
  if (open.for !== 'own' && !isFresh && !isBegun) throw refusalFault('SESSION_NOT_FRESH', 403);
  return true;
}

async function perform(made: RouteParts, call: Call, reply: FastifyReply): Promise<unknown> {
  keepsAWayIn(made, call);
  const isGuessable = call.name !== '/leadglass/emergency';
  const attempt = call.open.isTry ? made.attempts.begin(call.request, accountOf(made, call), isGuessable) : undefined;
  const response = await ask(made, call);
  const data: unknown = await response.json().catch(() => ({}));
  if (!response.ok) return refused(made, call, attempt, response.status, data);
  attempt?.passed();
  const cookies = response.headers.getSetCookie();
  await settle(made, call, cookies);
  reply.header('set-cookie', [...cookies, ...known(made, call, cookies)]);
  return call.open.answer(data);
}

/** Whose account a try is at, as it was typed; a session's own where that is used. */
function accountOf({ parts }: RouteParts, { body, isOwn, before }: Call): string | undefined {
  if (isOwn) return before === undefined ? undefined : parts.store.personById(before.userId)?.account;
  const typed = body.username ?? body.account;
  return typeof typed === 'string' ? typed : undefined;
}

async function ask({ authorities, parts }: RouteParts, call: Call): Promise<Response> {
  const isDirectory = call.name === '/sign-in/social' || call.name === '/callback/directory';
  const auth = isDirectory ? await authorities.directedAt(call.origin) : authorities.at(call.origin);
  if (auth === undefined) throw refusalFault('DIRECTORY_AWAY', 401);
  const account = call.before === undefined ? undefined : parts.store.personById(call.before.userId)?.account;
  return auth.handler(webRequest(call, account));
}

// The directory's answer as it came; and under which name a browser is to keep a new passkey.
function queryOf({ name, request, origin }: Call, account: string | undefined): string {
  if (name.startsWith('/callback/')) return new URL(request.url, origin).search.slice(0, 4096);
  if (name !== '/passkey/generate-register-options' || account === undefined) return '';
  return `?${new URLSearchParams({ name: account })}`;
}

// A door looks at no session: what somebody has already counts for nothing there.
function webRequest(call: Call, account: string | undefined): Request {
  const { name, open, request, origin, body, isOwn } = call;
  const query = queryOf(call, account);
  const headers = new Headers({ origin, [ADDRESS_HEADER]: request.ip });
  headers.set('cookie', withoutCookies(request.headers.cookie, isOwn ? [] : [SESSION_COOKIE]));
  headers.set('user-agent', (request.headers['user-agent'] ?? '').slice(0, 256));
  const url = `${origin}${PREFIX}${name}${query}`;
  if (open.method === 'GET') return new Request(url, { headers });
  headers.set('content-type', 'application/json');
  const sent =
    name === '/sign-in/social'
      ? { provider: PROVIDER, callbackURL: '/', errorCallbackURL: '/sign-in', disableRedirect: true }
      : body;
  return new Request(url, { method: 'POST', headers, body: JSON.stringify(sent) });
}

async function refused(
  { parts, attempts }: RouteParts,
  call: Call,
  attempt: Attempt | undefined,
  status: number,
  data: unknown,
): Promise<never> {
  const code = typeof data === 'object' && data !== null && 'code' in data ? String(data.code) : undefined;
  const isTold = code === 'DISABLED' || code === 'NOT_TOLD';
  const address = call.request.ip.slice(0, 64);
  if (attempt !== undefined && !isTold) {
    const why = code === 'INVITATION_OVER' ? 'expired' : 'credentials';
    await parts.mention({ what: 'refused', by: attempt.account, why, address });
  } else if (call.open.for === 'door' && !isTold) attempts.mentionRefusal(address, '', 'credentials');
  throw refusalFault(code, status);
}

/** After something went right: the session before is no more, and changes to one's ways in are told. */
async function settle({ parts }: RouteParts, call: Call, cookies: readonly string[]): Promise<void> {
  const { before } = call;
  const change = setsSession(cookies);
  if (!call.isOwn && change !== undefined && before !== undefined) {
    const next = newTokenOf(cookies, parts.secret);
    const person = next === undefined ? undefined : parts.store.sessionByToken(next)?.userId;
    if (person !== undefined && person !== before.userId) await parts.end(before, 'asked');
    else if (parts.store.endSession(before.id)) parts.ended(before.id);
  }
  if (!call.isOwn || before === undefined || call.open.for === 'own') return;
  if (call.isOwn && change === 'begins') parts.ended(before.id);
  await enrolled(parts, call, before);
}

const CHANGES: readonly string[] = [
  '/passkey/verify-registration',
  '/passkey/delete-passkey',
  '/two-factor/verify-totp',
  '/two-factor/disable',
];

async function enrolled(parts: Parts, { name }: Call, { userId }: KeptSession): Promise<void> {
  const person = parts.store.personById(userId);
  if (person === undefined || !CHANGES.includes(name)) return;
  if (person.role === 'administrator' && hasWayIn(person)) parts.tools.setUp.used();
  await parts.mention({ what: 'changed', by: person.account, person: person.account, role: person.role });
}

function keepsAWayIn({ parts }: RouteParts, { name, before }: Call): void {
  const person = before === undefined ? undefined : parts.store.personById(before.userId);
  if (person === undefined) return;
  const isLast =
    (name === '/passkey/delete-passkey' && person.passkeys < 2 && !person.hasTotp) ||
    (name === '/two-factor/disable' && person.passkeys === 0);
  if (isLast) throw refusalFault('LAST_WAY', 409);
}

function known({ parts }: RouteParts, call: Call, cookies: readonly string[]): string[] {
  if (call.isOwn || setsSession(cookies) !== 'begins') return [];
  const token = newTokenOf(cookies, parts.secret);
  const session = token === undefined ? undefined : parts.store.sessionByToken(token);
  if (session?.how !== 'passkey' && session?.how !== 'password-totp') return [];
  return [knownCookie(parts.secret, session.userId, randomBytes(12).toString('base64url'))];
}

/** Back from the directory: into the console, or to the page that says why not. */
async function comeBack(made: RouteParts, call: Call, reply: FastifyReply): Promise<unknown> {
  const response = await ask(made, call);
  const cookies = response.headers.getSetCookie();
  const place = new URL(response.headers.get('location') ?? '/sign-in?error=failed', call.origin);
  const error = place.searchParams.get('error') ?? (place.pathname === '/' ? null : 'failed');
  reply.header('set-cookie', cookies);
  if (error === null && setsSession(cookies) === 'begins') {
    await settle(made, call, cookies);
    return reply.redirect('/', 303);
  }
  const told = DIRECTORY_REFUSALS.find((code) => code === error?.toLowerCase()) ?? 'failed';
  return reply.redirect(`/sign-in?refused=${told}`, 303);
}
