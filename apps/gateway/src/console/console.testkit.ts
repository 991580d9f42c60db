import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type PersonAnswer, type PersonEvent, ROLES, type Role, SOCKET_PATH } from '@leadglass/contract';
import { silentLogger, systemClock } from '@leadglass/kit';
import { createAuthority, issueServerCertificate } from '@leadglass/wire';
import { type House, house } from '../control.testkit.ts';
import { startControl } from '../control.ts';
import { consoleFault } from './faults.ts';
import { GatewayClient } from './gateway-client.ts';
import type { ConsoleTls } from './messages.ts';
import { openConsole, type RunningConsole } from './server.ts';
import type { Asking, PeopleHandlers, Session, Sessions } from './sessions.ts';
import { viewerSocketIn } from './viewer-socket.ts';

/** Sessions by a cookie of the test: who is signed in is not what these tests are about. */
export class TestSessions implements Sessions {
  readonly #byCookie = new Map<string, Session>();
  readonly #hearers = new Set<(id: string | undefined) => void>();
  isDone = true;
  activities = 0;

  /** Signs somebody in; @returns the cookie header. */
  signIn(role: Role, change: Partial<Session> = {}): string {
    const id = randomBytes(8).toString('hex');
    const person: PersonAnswer = {
      ...{ id, account: `test.${role}`, displayName: role, role, language: 'fr', isDisabled: false, passkeys: 1 },
      ...{ hasTotp: false, isFromDirectory: false, emergencyCodes: 0 },
    };
    this.#byCookie.set(id, { id, person, how: 'passkey', isLocked: false, ...change });
    return `__Host-test=${id}`;
  }

  end(cookie: string): void {
    const id = cookie.split('=')[1] ?? '';
    this.#byCookie.delete(id);
    for (const heard of this.#hearers) heard(id);
  }

  async sessionOf({ headers }: Asking, options = { isActivity: true }): Promise<Session | undefined> {
    if (options.isActivity) this.activities += 1;
    return this.#byCookie.get(/__Host-test=([0-9a-f]+)/.exec(headers.cookie ?? '')?.[1] ?? '');
  }

  async asOwner(): Promise<unknown> {
    return {};
  }

  async isSetUp(): Promise<boolean> {
    return this.isDone;
  }

  async routes(app: Parameters<Sessions['routes']>[0]): Promise<void> {
    app.post('/api/auth/ping', async () => ({ isThere: true }));
  }

  onEnded(heard: (id: string | undefined) => void): () => void {
    this.#hearers.add(heard);
    return () => this.#hearers.delete(heard);
  }

  async close(): Promise<void> {}

  get handlers(): PeopleHandlers {
    const nothing = async () => ({});
    const notFound = async (): Promise<never> => {
      throw consoleFault('console.not-found');
    };
    return {
      ...{ 'me.language': nothing, 'me.lock': nothing, 'setup.done': nothing, 'people.remove': notFound },
      me: async (_request, { session }) => ({
        ...{ setUp: 'done', site: 'Test', isDemo: false, idleMs: 1000, methods: ['passkey'] },
        ...(session === undefined ? {} : { person: session.person, how: session.how }),
      }),
      'setup.check': async ({ token }) => ({ isGood: token === TOKEN }),
      'setup.administrator': async () => ({ recoveryKey: null }),
      'setup.recovery-kept': async () => ({ isRight: false }),
      'people.list': async () => ({ people: [] }),
      ...{ 'people.add': notFound, 'people.change': notFound, 'people.invite': notFound },
      ...{ 'people.emergency-codes': notFound, 'session.end': notFound },
      'session.list': async () => ({ sessions: [] }),
    };
  }
}

export const TOKEN = 'a-token-of-the-tests';

/** A console over real HTTPS, before a real control socket. */
export interface TestConsole {
  readonly running: RunningConsole;
  readonly sessions: TestSessions;
  readonly house: House;
  readonly told: PersonEvent[];
  readonly origin: string;
  readonly ca: string;
  readonly dist: string;
  readonly home: string;
  ask(method: string, path: string, how?: AskHow): Promise<Asked>;
  /** A POST as our pages make it. */
  post(name: string, body: unknown, cookie?: string, more?: Readonly<Record<string, string>>): Promise<Asked>;
  open(method: string, path: string, how?: AskHow): Promise<IncomingMessage>;
}

export interface AskHow {
  readonly cookie?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Asked {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  json(): { readonly code?: string } & Readonly<Record<string, unknown>>;
}

export async function testTls(): Promise<ConsoleTls> {
  const authority = await createAuthority({ siteName: 'test', clock: systemClock });
  const names = { names: ['localhost', 'console.test'], addresses: ['127.0.0.1'], days: 30, clock: systemClock };
  const server = await issueServerCertificate(authority, names);
  return { certPem: server.certPem, keyPem: server.keyPem.reveal(), caPem: authority.certPem };
}

/** Folders of pages that a test made itself: the real ones are built from other rooms. */
export const PAGE =
  '<!doctype html><html lang="fr"><title>Leadglass</title><script src="/assets/main-0a1b2c3d.js"></script></html>';

export async function testConsole(
  t: TestContext,
  change: Partial<Parameters<typeof openConsole>[0]> = {},
): Promise<TestConsole> {
  const made = await house(t);
  const control = await startControl(made.services);
  t.after(() => control.close());
  const dist = mkdtempSync(join(tmpdir(), 'leadglass-dist-'));
  t.after(() => rmSync(dist, { recursive: true, force: true }));
  writeFileSync(join(dist, 'index.html'), PAGE);
  const sessions = new TestSessions();
  const told: PersonEvent[] = [];
  const tls = await testTls();
  const { home } = made.services;
  const running = await openConsole({
    ...{
      host: '127.0.0.1',
      ports: [0],
      names: ['console.test'],
      tls,
      version: '0.1.0',
      dist,
      viewer: join(dist, 'none'),
    },
    ...{ gateway: new GatewayClient(join(home, SOCKET_PATH)), clock: systemClock, log: silentLogger },
    viewerSocket: viewerSocketIn(join(home, 'run')),
    viewers: { add: () => {}, remove: () => {} },
    isSetUpToken: (token) => token === TOKEN,
    sessions: async () => sessions,
    ...change,
  });
  t.after(() => running.close());
  const origin = `https://localhost:${running.port}`;
  const client = clientOf(running.port, tls.caPem);
  return { running, sessions, house: made, told, origin, ca: tls.caPem, dist, home, ...client };
}

function clientOf(port: number, ca: string): Pick<TestConsole, 'ask' | 'post' | 'open'> {
  const open = (method: string, path: string, how: AskHow = {}): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = {
        host: `localhost:${port}`,
        ...(how.cookie === undefined ? {} : { cookie: how.cookie }),
        ...how.headers,
      };
      const sent = request(
        { host: '127.0.0.1', port, servername: 'localhost', ca, method, path, headers, agent: false },
        resolve,
      );
      sent.once('error', reject);
      sent.end(how.body);
    });
  const ask = async (method: string, path: string, how?: AskHow): Promise<Asked> => {
    const answer = await open(method, path, how);
    const parts: Buffer[] = [];
    for await (const part of answer as AsyncIterable<Buffer>) parts.push(part);
    const body = Buffer.concat(parts);
    return { status: answer.statusCode ?? 0, headers: answer.headers, body, json: () => JSON.parse(body.toString()) };
  };
  const post: TestConsole['post'] = (name, body, cookie, more) => {
    const headers = {
      origin: `https://localhost:${port}`,
      'x-leadglass': '1',
      'content-type': 'application/json',
      ...more,
    };
    return ask('POST', `/api/${name}`, { cookie, headers, body: JSON.stringify(body) });
  };
  return { open, ask, post };
}

/** Every role, and nobody. */
export const EVERYBODY: readonly (Role | undefined)[] = [undefined, ...ROLES];

export function assertRefused(asked: Asked, status: number, code: string): void {
  assert.deepEqual([asked.status, asked.json().code], [status, code]);
}
