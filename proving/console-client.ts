import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import type { Role } from '@leadglass/contract';
import type { Gateway } from './gateway.ts';

const PASSWORD = 'cheval correct pile agrafe';

/** An answer of the console, read to its end. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  json(): Readonly<Record<string, unknown>> & { readonly code?: string };
}

/** Somebody before the console of a gateway, with the cookies of a browser, over HTTPS that is checked against the site's own authority. */
export class ConsoleClient {
  readonly origin: string;
  readonly #gateway: Gateway;
  readonly #cookies = new Map<string, string>();

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    this.origin = `https://localhost:${gateway.console}`;
  }

  /** The first administrator, who walks the set-up by the link of the banner, with a password and an authenticator app. */
  static async administrator(gateway: Gateway): Promise<{ client: ConsoleClient; recoveryKey: unknown }> {
    const client = new ConsoleClient(gateway);
    const token = /\/set-up#(\S+)/.exec(gateway.stdout)?.[1] ?? '';
    const first = { token, account: 'anne', displayName: 'Anne Martin', site: 'Clinique du Parc', language: 'fr' };
    const { recoveryKey } = await client.done('setup.administrator', first);
    await client.#enrol();
    return { client, recoveryKey };
  }

  /** Somebody new, whom this administrator invites and who follows the link. */
  async invite(role: Role): Promise<ConsoleClient> {
    const asked = { account: `${role}.1`, displayName: role, role, language: 'fr' };
    const { link } = await this.done('people.add', asked);
    const client = new ConsoleClient(this.#gateway);
    const token = String(link).split('#')[1];
    await client.done('auth/leadglass/invitation', { token });
    await client.#enrol();
    return client;
  }

  /** Opens the link in `text`, and enrols a password with codes. */
  async follow(text: string): Promise<void> {
    const token = /invitation#(\S+)/.exec(text)?.[1];
    await this.done('auth/leadglass/invitation', { token });
    await this.#enrol();
  }

  /** What our pages ask: `POST /api/NAME`. */
  post(name: string, body: unknown = {}): Promise<Answered> {
    const headers = { origin: this.origin, 'x-leadglass': '1', 'content-type': 'application/json' };
    return this.ask('POST', `/api/${name}`, headers, JSON.stringify(body));
  }

  /** The same, which must go well. */
  async done(name: string, body: unknown = {}): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.post(name, body);
    assert.equal(answer.status, 200, `${name}: ${answer.status} ${answer.body.toString().slice(0, 500)}`);
    return answer.json();
  }

  async ask(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: string,
  ): Promise<Answered> {
    const answer = await this.open(method, path, headers, body);
    const parts: Buffer[] = [];
    for await (const part of answer as AsyncIterable<Buffer>) parts.push(part);
    const whole = Buffer.concat(parts);
    return {
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      body: whole,
      json: () => JSON.parse(whole.toString()),
    };
  }

  open(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: string,
  ): Promise<IncomingMessage> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const ca = readFileSync(join(this.#gateway.home, 'keys', 'ca.pem'));
    const to = { host: 'localhost', port: this.#gateway.console, ca, agent: false as const, method, path };
    return new Promise((resolve, reject) => {
      const sent = request({ ...to, headers: { ...(cookie === '' ? {} : { cookie }), ...headers } }, (answer) => {
        for (const each of answer.headers['set-cookie'] ?? []) this.#keep(each);
        resolve(answer);
      });
      sent.once('error', reject);
      sent.end(body);
    });
  }

  /** For a browser that is to be signed in as this client is. */
  get cookies(): readonly { readonly name: string; readonly value: string }[] {
    return [...this.#cookies].map(([name, value]) => ({ name, value }));
  }

  #keep(cookie: string): void {
    const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim());
    const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    const isOver = value === '' || attributes.some((attribute) => /^max-age=0$/i.test(attribute));
    if (isOver) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }

  async #enrol(): Promise<void> {
    await this.done('auth/leadglass/password', { password: PASSWORD });
    const { totpURI } = await this.done('auth/two-factor/enable', { password: PASSWORD });
    const secret = new URL(String(totpURI)).searchParams.get('secret') ?? '';
    await this.done('auth/two-factor/verify-totp', { code: totp(secret, Date.now()) });
  }
}

/** The code of an authenticator app (RFC 6238, SHA-1, six digits, thirty seconds). @param secret base32 */
export function totp(secret: string, atMs: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 30_000)));
  const bits = [...secret.replace(/=+$/, '')]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
