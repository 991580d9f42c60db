import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONSOLE, type PersonEvent } from '@leadglass/contract';
import { type Clock, silentLogger, systemClock } from '@leadglass/kit';
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import type { Asked, PeopleRoute, Sessions } from '../sessions.ts';
import { openSessions } from './index.ts';

/** The machine's clock, and what a test adds to it. */
export class ShiftedClock implements Clock {
  shiftMs = 0;

  now(): number {
    return systemClock.now() + this.shiftMs;
  }

  monotonicMs(): number {
    return systemClock.monotonicMs() + this.shiftMs;
  }

  after(delayMs: number, fire: () => void): ReturnType<Clock['after']> {
    return systemClock.after(delayMs, fire);
  }
}

export const ORIGIN = 'https://console.example:8443';
export const NUMERIC_ORIGIN = 'https://192.0.2.7:8443';
const SET_UP_TOKEN = 'the one-time token of this start';

/** A sign-in on its own folder, behind Fastify, without the rest of the console. */
export class House {
  readonly clock = new ShiftedClock();
  readonly told: PersonEvent[] = [];
  readonly endedSessions: (string | undefined)[] = [];
  readonly folder: string;
  readonly setUpToken = SET_UP_TOKEN;
  canTell = true;
  isTokenUsed = false;
  recoveryKey: string | null = null;
  sessions!: Sessions;
  app!: FastifyInstance;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(prepare: (folder: string) => void = () => {}): Promise<House> {
    const house = new House(mkdtempSync(join(tmpdir(), 'leadglass-people-')));
    prepare(house.folder);
    await house.start();
    return house;
  }

  async start(): Promise<void> {
    this.sessions = await openSessions({
      folder: this.folder,
      origins: () => [ORIGIN, NUMERIC_ORIGIN],
      clock: this.clock,
      log: silentLogger,
      tell: async (event) => {
        if (!this.canTell) throw new Error('the keeper does not answer');
        this.told.push(event);
      },
      setUp: {
        isGood: (token) => !this.isTokenUsed && token === SET_UP_TOKEN,
        recoveryKey: async (token) => {
          const key = token === SET_UP_TOKEN ? this.recoveryKey : null;
          this.recoveryKey = null;
          return key;
        },
        used: () => {
          this.isTokenUsed = true;
        },
      },
      isDemo: false,
      siteName: 'leadglass-test',
    });
    this.sessions.onEnded((id) => this.endedSessions.push(id));
    this.app = Fastify();
    await this.sessions.routes(this.app);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.sessions.close();
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  browser(address = '192.0.2.50', origin = ORIGIN): Browser {
    return new Browser(this, address, origin);
  }

  /** What was told of one kind since `from`. */
  events(what: PersonEvent['what'], from = 0): PersonEvent[] {
    return this.told.slice(from).filter((event) => event.what === what);
  }
}

interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: LightMyRequestResponse['headers'];
  readonly setCookies: readonly string[];
}

/** Keeps cookies as a browser does, and asks as the page does. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #house: House;
  readonly address: string;
  readonly origin: string;

  constructor(house: House, address: string, origin: string) {
    this.#house = house;
    this.address = address;
    this.origin = origin;
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async ask(method: 'GET' | 'POST', url: string, body?: Record<string, unknown>): Promise<Answered> {
    const response = await this.#house.app.inject({
      method,
      url,
      remoteAddress: this.address,
      headers: {
        host: new URL(this.origin).host,
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36',
        ...(method === 'POST' ? { origin: this.origin } : {}),
        ...(this.cookies.size === 0 ? {} : { cookie: this.cookieHeader }),
      },
      ...(method === 'POST' ? { payload: body ?? {} } : {}),
    });
    const setCookies = [response.headers['set-cookie'] ?? []].flat();
    this.keep(setCookies);
    const isJson = String(response.headers['content-type'] ?? '').includes('json');
    return { status: response.statusCode, body: isJson ? response.json() : {}, headers: response.headers, setCookies };
  }

  auth(path: string, body: Record<string, unknown> = {}): Promise<Answered> {
    return this.ask('POST', `/api/auth${path}`, body);
  }

  /** Calls an entry of `CONSOLE` as the server would, once it has seen to who may. */
  async call<K extends PeopleRoute>(name: K, request: unknown = {}): Promise<Record<string, unknown>> {
    const asking = { headers: { cookie: this.cookieHeader, 'user-agent': 'Firefox/150 Windows' }, ip: this.address };
    const set: string[] = [];
    const asked: Asked = {
      session: await this.#house.sessions.sessionOf(asking),
      request: asking,
      reply: {
        header: (header: string, value: unknown) => {
          if (header === 'set-cookie') set.push(...[value].flat().map(String));
          return undefined as never;
        },
      },
      origin: this.origin,
    };
    const handler = this.#house.sessions.handlers[name] as (request: unknown, asked: Asked) => Promise<unknown>;
    const answer = CONSOLE[name].answer.parse(await handler(CONSOLE[name].request.parse(request), asked));
    this.keep(set);
    return answer as Record<string, unknown>;
  }

  async session(): Promise<Awaited<ReturnType<Sessions['sessionOf']>>> {
    return this.#house.sessions.sessionOf({ headers: { cookie: this.cookieHeader }, ip: this.address });
  }

  /** Enrols a password with TOTP; the shared secret of the app. */
  async enrolTotp(password: string): Promise<string> {
    await must(this.auth('/leadglass/password', { password }));
    const { body } = await must(this.auth('/two-factor/enable', { password }));
    const secret = new URL(String(body.totpURI)).searchParams.get('secret') ?? '';
    await must(this.auth('/two-factor/verify-totp', { code: totp(secret, this.#house.clock.now() - 30_000) }));
    return secret;
  }

  keep(setCookies: readonly string[]): void {
    for (const cookie of setCookies) {
      const [pair = ''] = cookie.split(';', 1);
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (value === '' || /max-age=0/i.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

/** The answer, which was right. */
export async function must(answer: Promise<Answered>): Promise<Answered> {
  const got = await answer;
  if (got.status !== 200) throw new Error(`answered ${got.status}: ${JSON.stringify(got.body)}`);
  return got;
}

/** The code an authenticator app shows (RFC 6238, SHA-1, six digits, thirty seconds). @param secret base32. */
export function totp(secret: string, atMs: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 30_000)));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

function fromBase32(text: string): Buffer {
  const bits = [...text.replace(/=+$/, '')]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** Walks the set-up; the browser is the administrator's, signed in. */
export async function withAdministrator(house: House): Promise<{ browser: Browser; secret: string }> {
  const browser = house.browser('192.0.2.10');
  await browser.call('setup.administrator', {
    ...{
      token: house.setUpToken,
      account: 'Alice',
      displayName: 'Alice Martin',
      site: 'Clinique du Parc',
      language: 'fr',
    },
  });
  const secret = await browser.enrolTotp('cheval correct pile agrafe');
  return { browser, secret };
}
