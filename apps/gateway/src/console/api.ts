import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import {
  ACCESS,
  type Actor,
  apiPathOf,
  CONSOLE,
  CONTROL,
  type ConsoleRoute,
  type ErrorAnswer,
  mayDo,
  type Operation,
  type Role,
} from '@leadglass/contract';
import type { Fault } from '@leadglass/kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Endings } from './endings.ts';
import { consoleFault } from './faults.ts';
import type { GatewayClient } from './gateway-client.ts';
import { originOf } from './guard.ts';
import { openApi } from './openapi.ts';
import type { Patients } from './patients.ts';
import type { Asked, Session, Sessions } from './sessions.ts';
import type { Studies } from './studies.ts';

export interface ApiParts {
  readonly gateway: GatewayClient;
  readonly sessions: Sessions;
  readonly endings: Endings;
  readonly studies: Studies;
  readonly patients: Patients;
  readonly version: string;
  /** Whether this is the one-time token of the set-up. */
  isSetUpToken(token: string): boolean;
}

/** What takes a whole configuration, or a list of revoked certificates. */
const LARGE: ReadonlySet<string> = new Set<Operation>([
  'config.plan',
  'config.apply',
  'policy.simulate',
  'trust.add',
  'trust.crl',
  'tls.set',
]);
const LARGE_BYTES = 8 * 1024 * 1024;
/** Of a patient: for a session that opened the patient by `patient.open`, which says why. */
const OF_OPENED: ReadonlySet<string> = new Set<Operation>(['chart.patient', 'chart.document']);
/** Streams of one session at once. */
const MOST_STREAMS = 16;
/** Of one address, a minute: what may be tried without being signed in. */
const TRIES_A_MINUTE = 60;

const TYPES = { lines: 'application/x-ndjson', bytes: 'application/octet-stream' } as const;
const TYPE_OF: Readonly<Record<string, string>> = { 'hold.preview': 'image/png' };

/** Mounts `POST /api/NAME` for all of the contract, and nothing else under `/api/`. */
export function mountApi(app: FastifyInstance, parts: ApiParts): void {
  app.removeContentTypeParser('text/plain');
  for (const name of Object.keys(CONSOLE) as ConsoleRoute[]) mountOwn(app, parts, name);
  for (const name of Object.keys(CONTROL) as Operation[]) mountOperation(app, parts, name);
  const described = JSON.stringify(openApi(parts.version));
  app.get('/api/openapi.json', async (request, reply) => {
    await signedIn(parts.sessions, request);
    return reply.type('application/json; charset=utf-8').send(described);
  });
  app.all('/api/*', async (request) => {
    // Who is not signed in does not learn which names there are.
    await signedIn(parts.sessions, request);
    throw consoleFault('console.not-found');
  });
}

/** Whoever is signed in and not locked. Throws Fault. */
export async function signedIn(
  sessions: Sessions,
  request: FastifyRequest,
  options?: { readonly isActivity: boolean },
): Promise<Session> {
  const session = await sessions.sessionOf(request, options);
  if (session === undefined)
    throw consoleFault((await sessions.isSetUp()) ? 'console.signed-out' : 'console.set-up-needed');
  if (session.isLocked) throw consoleFault('console.locked');
  return session;
}

/** The same, with one of the roles. Throws Fault. */
export async function withRole(
  sessions: Sessions,
  request: FastifyRequest,
  roles: readonly Role[],
  options?: { readonly isActivity: boolean },
): Promise<Session> {
  const session = await signedIn(sessions, request, options);
  if (!roles.includes(session.person.role)) throw consoleFault('console.forbidden');
  return session;
}

/** For whom something is done. */
export function actorOf({ person }: Session): Actor {
  return { name: person.account, role: person.role };
}

function mountOwn(app: FastifyInstance, parts: ApiParts, name: ConsoleRoute): void {
  const { access, request: schema } = CONSOLE[name];
  const { sessions } = parts;
  const isOpen = access === 'anyone' || access === 'set-up';
  const config = isOpen && name !== 'me' ? { config: { rateLimit: { max: TRIES_A_MINUTE, timeWindow: 60_000 } } } : {};
  app.post(apiPathOf(name), config, async (request, reply) => {
    // Rights first: a wrong request of somebody who may not ask it learns nothing.
    const session = await allowed(sessions, request, access);
    const asked = parsed(schema, request.body);
    if (access === 'set-up') await requireSetUp(parts, asked);
    const around: Asked = { session, request, reply, origin: originOf(request) };
    return answerOwn(parts, name, asked, around);
  });
}

/** Nothing of the set-up is for anybody without its token, nor for anybody at all once there is an administrator. */
async function requireSetUp({ sessions, isSetUpToken }: ApiParts, asked: unknown): Promise<void> {
  const { token } = asked as { readonly token?: unknown };
  const isGood = typeof token === 'string' && isSetUpToken(token);
  if (!isGood || (await sessions.isSetUp())) throw consoleFault('console.set-up-done');
}

async function allowed(
  sessions: Sessions,
  request: FastifyRequest,
  access: (typeof CONSOLE)[ConsoleRoute]['access'],
): Promise<Session | undefined> {
  if (access === 'anyone' || access === 'set-up') return sessions.sessionOf(request, { isActivity: false });
  if (access === 'signed-in') return signedIn(sessions, request);
  return withRole(sessions, request, access);
}

async function answerOwn(parts: ApiParts, name: ConsoleRoute, asked: unknown, around: Asked): Promise<unknown> {
  if (name === 'study.open') {
    if (around.session === undefined) throw consoleFault('console.signed-out');
    const { session, request, origin } = around;
    return parts.studies.open(asked as z.output<(typeof CONSOLE)['study.open']['request']>, {
      ...{ session, address: request.ip, origin },
      tell: async (event) => void (await parts.gateway.call('person.told', event)),
    });
  }
  if (name === 'patient.open') {
    if (around.session === undefined) throw consoleFault('console.signed-out');
    const { session, request } = around;
    return parts.patients.open(asked as z.output<(typeof CONSOLE)['patient.open']['request']>, {
      ...{ session, address: request.ip },
      tell: async (event) => void (await parts.gateway.call('person.told', event)),
    });
  }
  const handle = parts.sessions.handlers[name] as (request: unknown, asked: Asked) => Promise<unknown>;
  // What leaves is what the contract says, and nothing a handler happened to have beside it.
  return CONSOLE[name].answer.parse(await handle(asked, around));
}

function mountOperation(app: FastifyInstance, parts: ApiParts, name: Operation): void {
  const options = LARGE.has(name) ? { bodyLimit: LARGE_BYTES } : {};
  const { form, request: schema } = CONTROL[name];
  const authorise = {
    onRequest: async (request: FastifyRequest) => void (await mayAsk(parts.sessions, request, name)),
  };
  app.post(apiPathOf(name), { ...options, ...authorise }, async (request, reply) => {
    const session = await mayAsk(parts.sessions, request, name);
    const asked = parsed(schema, request.body);
    if (OF_OPENED.has(name)) parts.patients.require(session, (asked as { readonly chart: number }).chart);
    if (form !== 'json') return stream(parts, name, asked, session, reply);
    const answer = await parts.gateway.open(name, asked, { actor: actorOf(session) });
    return reply.type('application/json; charset=utf-8').send(endedWith(answer, reply));
  });
}

/** Before the body is read, and again after: the session may have ended meanwhile. */
async function mayAsk(sessions: Sessions, request: FastifyRequest, name: Operation): Promise<Session> {
  const session = await signedIn(sessions, request);
  if (!mayDo(session.person.role, name)) throw consoleFault('console.forbidden');
  return session;
}

async function stream(
  parts: ApiParts,
  name: Operation,
  asked: unknown,
  session: Session,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { endings, gateway } = parts;
  if (endings.count(session.id) >= MOST_STREAMS) throw consoleFault('console.too-many');
  const ending = endings.begin(session.id);
  reply.raw.once('close', ending.over);
  try {
    const answer = await gateway.open(name, asked, { actor: actorOf(session), signal: ending.signal });
    ending.signal.addEventListener('abort', () => reply.raw.destroy(), { once: true });
    return poured(answer, TYPE_OF[name] ?? TYPES[CONTROL[name].form as 'lines' | 'bytes'], reply);
  } catch (thrown) {
    ending.over();
    throw thrown;
  }
}

/** The head at once, because a stream may be silent for long, then the bytes at the pace of their reader. */
function poured(answer: IncomingMessage, type: string, reply: FastifyReply): FastifyReply {
  const { raw } = reply.hijack();
  raw.writeHead(200, { ...headersOf(reply.getHeaders()), 'content-type': type });
  raw.flushHeaders();
  // Cut short on one side is cut short on the other: a client must not take half an answer for a whole one.
  pipeline(answer, raw, () => {});
  return reply;
}

/** What hooks have set, for whoever writes the head themselves. */
export function headersOf(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** The answer, given up when its reader goes: the gateway then stops making it. */
function endedWith(answer: IncomingMessage, reply: FastifyReply): IncomingMessage {
  reply.raw.once('close', () => answer.destroy());
  return answer;
}

/** Throws Fault `console.bad-request` that says which fields are wrong. */
function parsed<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const fault: Fault & { problems?: ErrorAnswer['problems'] } = consoleFault('console.bad-request');
  fault.problems = problems.slice(0, 50);
  throw fault;
}

/** Roles that may do `operation`. */
export function rolesOf(operation: Operation): readonly Role[] {
  return ACCESS[operation];
}
