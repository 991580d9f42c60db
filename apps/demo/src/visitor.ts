import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import {
  apiPathOf,
  CONSOLE,
  type ConsoleAnswerOf,
  type ConsoleRequestOf,
  type ConsoleRoute,
} from '@leadglass/contract';
import { Fault, type Language, text } from '@leadglass/kit';
import { HOSPITAL } from './studies/common.ts';

/** How whoever has just come signs in: each code once. */
export interface Visitor {
  readonly address: string;
  readonly account: string;
  readonly codes: readonly string[];
  /** Of the emergency department, which sees patients. */
  readonly emergency: { readonly account: string; readonly codes: readonly string[] };
}

export const ACCOUNT = 'demo';
const EMERGENCY = 'urgences';
const TIMEOUT_MS = 20_000;
/** How much of the recovery key is typed back. */
const RECOVERY_END = 8;
const MOST_ANSWER_BYTES = 1_000_000;

/** Asks the console as its own page does, over HTTPS, believing the site's authority alone; keeps the cookies. */
class Page {
  readonly #origin: string;
  readonly #ca: string;
  readonly #cookies = new Map<string, string>();

  constructor(origin: string, ca: string) {
    this.#origin = origin;
    this.#ca = ca;
  }

  async call<K extends ConsoleRoute>(name: K, asked: ConsoleRequestOf<K>): Promise<ConsoleAnswerOf<K>> {
    return CONSOLE[name].answer.parse(await this.post(apiPathOf(name), asked)) as ConsoleAnswerOf<K>;
  }

  auth(path: string, body: object): Promise<unknown> {
    return this.post(`/api/auth${path}`, body);
  }

  post(path: string, body: object): Promise<unknown> {
    const sent = JSON.stringify(body);
    const headers = {
      ...{
        origin: this.#origin,
        'x-leadglass': '1',
        'content-type': 'application/json',
        'user-agent': 'Leadglass demonstration',
      },
      'content-length': Buffer.byteLength(sent),
      cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; '),
    };
    return new Promise((resolve, reject) => {
      const asking = request(
        `${this.#origin}${path}`,
        { method: 'POST', headers, ca: this.#ca, timeout: TIMEOUT_MS },
        (answer) => {
          this.#keep(answer.headers['set-cookie'] ?? []);
          let said = '';
          answer.setEncoding('utf8').on('error', reject);
          answer.on('data', (part: string) => {
            said += part;
            if (said.length > MOST_ANSWER_BYTES) asking.destroy(new Error('the answer is too long'));
          });
          answer.on('end', () =>
            answer.statusCode === 200 ? resolve(JSON.parse(said)) : reject(new Error(`${path}: ${answer.statusCode}`)),
          );
        },
      );
      asking.once('error', reject).once('timeout', () => asking.destroy(new Error('no answer in time')));
      asking.end(sent);
    });
  }

  #keep(cookies: readonly string[]): void {
    for (const cookie of cookies) {
      const [pair = ''] = cookie.split(';', 1);
      const at = pair.indexOf('=');
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }
}

/**
 * Walks the guided set-up in the visitor's place, as a page would: an administrator with a password that nobody is told and an authenticator
 * that nobody has, and codes of an envelope, which are what the visitor gets. Throws Fault `demo.set-up`.
 * @param link the one-time link that the gateway printed: address, path, and the token behind the hash
 */
export async function prepareVisitor(link: string, home: string, language: Language): Promise<Visitor> {
  try {
    const { origin, hash } = new URL(link);
    const page = new Page(origin, readFileSync(join(home, 'keys', 'ca.pem'), 'utf8'));
    const account = { account: ACCOUNT, displayName: 'Démonstration', site: HOSPITAL, language };
    const { recoveryKey } = await page.call('setup.administrator', { token: hash.slice(1), ...account });
    await enrol(page);
    if (recoveryKey !== null)
      await page.call('setup.recovery-kept', { lastCharacters: recoveryKey.trim().slice(-RECOVERY_END) });
    const { person } = await page.call('me', {});
    const { codes } = await page.call('people.emergency-codes', { id: person?.id ?? '' });
    await page.call('setup.done', {});
    const added = { account: EMERGENCY, displayName: 'Urgences', role: 'emergency', language } as const;
    const { person: physician } = await page.call('people.add', added);
    const ofPhysician = await page.call('people.emergency-codes', { id: physician.id });
    const emergency = { account: EMERGENCY, codes: ofPhysician.codes };
    return { address: `${origin}/`, account: ACCOUNT, codes, emergency };
  } catch (cause) {
    const sentence = text(
      'La console n’a pas pu être préparée pour un visiteur : recommencez avec --set-up et faites l’installation vous-même.',
      'The console could not be prepared for a visitor: start again with --set-up and do the set-up yourself.',
    );
    throw new Fault('demo.set-up', 'permanent', sentence, { cause });
  }
}

/** Without a second factor nobody is an administrator. */
async function enrol(page: Page): Promise<void> {
  const password = randomBytes(24).toString('base64url');
  await page.auth('/leadglass/password', { password });
  const enabled = await page.auth('/two-factor/enable', { password });
  const uri = typeof enabled === 'object' && enabled !== null && 'totpURI' in enabled ? String(enabled.totpURI) : '';
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  await page.auth('/two-factor/verify-totp', { code: totp(secret, Date.now()) });
}

/** What an authenticator shows (RFC 6238, SHA-1, six digits, thirty seconds). @param secret base32 */
function totp(secret: string, atMs: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 30_000)));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

function fromBase32(secret: string): Buffer {
  const bits = [...secret.replace(/=+$/, '')].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
