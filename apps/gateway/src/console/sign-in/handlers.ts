import { isIP } from 'node:net';
import type { MeAnswer, SessionAnswer } from '@leadglass/contract';
import { text } from '@leadglass/kit';
import { consoleFault } from '../faults.ts';
import type { Asked, PeopleHandlers, Session } from '../sessions.ts';
import type { Attempts } from './attempt.ts';
import type { Authorities } from './authorities.ts';
import { ADDRESS_HEADER } from './hooks.ts';
import { idleMsOf, type Parts } from './parts.ts';
import { peopleHandlers } from './people.ts';
import { isRecoveryEnd, recoveryIsKept } from './recovery.ts';
import type { KeptSession } from './store.ts';
import type { Watch } from './watch.ts';

/** What the handlers stand on. */
export interface HandlerParts {
  readonly parts: Parts;
  readonly authorities: Authorities;
  readonly attempts: Attempts;
  readonly watch: Watch;
}

/** Name under which the site is kept. */
export const SITE = 'site';

/** Every entry of the console's API that is about people and their sessions. */
export function handlers(made: HandlerParts): PeopleHandlers {
  return { ...aboutMe(made), ...aboutSetUp(made), ...peopleHandlers(made), ...aboutSessions(made) };
}

/** The session of whoever asks, which the server has seen to. */
export function sessionIn({ session }: Asked): Session {
  if (session === undefined) throw consoleFault('console.signed-out');
  return session;
}

/** Whether somebody asks by a name: WebAuthn knows no relying party that is a bare address. */
function methodsAt(origin: string, hasDirectory: boolean): MeAnswer['methods'] {
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  const passkey = isIP(host) === 0 ? (['passkey'] as const) : [];
  return [...passkey, 'password-totp', ...(hasDirectory ? (['oidc'] as const) : []), 'emergency-code'];
}

function aboutMe({ parts, authorities, watch }: HandlerParts) {
  const { store, tools } = parts;
  return {
    me: async (_: unknown, { session, origin }: Asked): Promise<MeAnswer> => {
      const { directory } = authorities;
      return {
        setUp: store.administrators().length > 0 ? 'done' : 'needed',
        site: store.fact(SITE) ?? tools.siteName,
        isDemo: tools.isDemo,
        ...(session === undefined ? {} : { person: session.person, how: session.how, isLocked: session.isLocked }),
        idleMs: idleMsOf(session?.how),
        methods: methodsAt(origin, directory !== undefined),
        ...(directory === undefined ? {} : { directory: directory.name }),
      };
    },
    'me.language': async ({ language }: { language: 'fr' | 'en' }, asked: Asked) => {
      store.setLanguage(sessionIn(asked).person.id, language);
      return {};
    },
    'me.lock': async (_: unknown, asked: Asked) => {
      const { id, person } = sessionIn(asked);
      await watch.lock({ id, account: person.account }, 'asked');
      return {};
    },
  };
}

interface FirstPerson {
  readonly token: string;
  readonly account: string;
  readonly displayName: string;
  readonly site: string;
  readonly language: 'fr' | 'en';
}

function aboutSetUp(made: HandlerParts) {
  const { parts, attempts } = made;
  const { store, tools } = parts;
  return {
    'setup.check': async ({ token }: { token: string }, { request }: Asked) => {
      const attempt = attempts.begin(request, undefined);
      const isGood = store.administrators().length === 0 && tools.setUp.isGood(token);
      if (isGood) attempt.passed();
      return { isGood };
    },
    'setup.administrator': (first: FirstPerson, asked: Asked) => beginSetUp(made, first, asked),
    'setup.recovery-kept': async ({ lastCharacters }: { lastCharacters: string }, { request }: Asked) => {
      const attempt = attempts.begin(request, undefined);
      const isRight = await isRecoveryEnd(tools.folder, lastCharacters);
      if (isRight) {
        attempt.passed();
        recoveryIsKept(tools.folder);
      }
      return { isRight };
    },
    'setup.done': async () => {
      tools.setUp.used();
      return {};
    },
  };
}

async function beginSetUp(
  { parts, attempts, authorities }: HandlerParts,
  { token, account, displayName, site, language }: FirstPerson,
  { request, reply, origin }: Asked,
): Promise<{ recoveryKey: string | null }> {
  const attempt = attempts.begin(request, undefined);
  const { store, tools } = parts;
  if (store.administrators().length > 0 || !tools.setUp.isGood(token)) throw consoleFault('console.set-up-done');
  attempt.passed();
  // One who began and did not finish gives way: they never had a way in.
  for (const id of store.unfinishedAdministrators()) {
    await parts.endAllOf(id);
    store.forgetPerson(id);
  }
  if (store.personByAccount(account) !== undefined) throw accountTaken();
  await tools.tell({ what: 'added', by: account, person: account, role: 'administrator' });
  const headers = new Headers({
    [ADDRESS_HEADER]: request.ip,
    'user-agent': String(request.headers['user-agent'] ?? '').slice(0, 256),
  });
  const made = await authorities
    .at(origin)
    .api.first({ body: { account, displayName, language, role: 'administrator' }, headers, asResponse: true });
  if (!made.ok) throw consoleFault('console.conflict');
  store.keepFact(SITE, site);
  reply.header('set-cookie', made.headers.getSetCookie());
  return { recoveryKey: await tools.setUp.recoveryKey(token) };
}

/** That name is somebody's. */
export function accountTaken(): ReturnType<typeof consoleFault> {
  return consoleFault(
    'console.conflict',
    text('Ce nom de compte est déjà pris : choisissez-en un autre.', 'That account name is taken: choose another.'),
  );
}

function aboutSessions({ parts }: HandlerParts) {
  const { store } = parts;
  return {
    'session.list': async ({ ofAll }: { ofAll: boolean }, asked: Asked) => {
      const { person, id } = sessionIn(asked);
      if (ofAll && person.role !== 'administrator') throw consoleFault('console.forbidden');
      const kept = store.sessions(ofAll ? undefined : person.id);
      return { sessions: kept.flatMap((session) => shown(session, id) ?? []) };
    },
    'session.end': async ({ id }: { id: string }, asked: Asked) => {
      const own = sessionIn(asked);
      const session = store.sessionById(id);
      const isAllowed = session?.userId === own.person.id || own.person.role === 'administrator';
      if (session === undefined || !isAllowed) throw consoleFault('console.not-found');
      await parts.end(session, session.userId === own.person.id ? 'asked' : 'revoked');
      return {};
    },
  };
}

/** A session as people see it; undefined for half a sign-in. */
export function shown(session: KeptSession, own: string): SessionAnswer | undefined {
  const { id, account, role, how, beganAt, seenAt, address, agent } = session;
  if (how === 'pending') return undefined;
  return {
    ...{ id, account, role, how, beganAtMs: beganAt, lastSeenAtMs: seenAt, address: address ?? '' },
    agent: agentWords(agent ?? ''),
    isThis: id === own,
  };
}

const BROWSERS = [
  [/\bEdg\//, 'Edge'],
  [/\bFirefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
] as const;
const SYSTEMS = [
  [/Windows/, 'Windows'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
] as const;

/** Browser and system of a `User-Agent`, in a few words; what is not known is left out. */
export function agentWords(agent: string): string {
  const find = (list: readonly (readonly [RegExp, string])[]): string =>
    list.find(([pattern]) => pattern.test(agent))?.[1] ?? '';
  return [find(BROWSERS), find(SYSTEMS)].filter((word) => word !== '').join(', ');
}
