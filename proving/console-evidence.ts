import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { buildConsole } from '../tools/build-console.ts';
import { type Proof, startChromium } from './chromium.ts';
import { Gateway, type GatewayOptions } from './gateway.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const WAIT_MS = 30_000;
const POLL_MS = 100;
const AXE = join(ROOT, 'node_modules', 'axe-core', 'axe.min.js');
const PASSWORD = 'cheval correct pile agrafe';

/** A gateway with its console, and a browser in which its administrator is signed in. */
export interface ConsoleSite {
  readonly gateway: Gateway;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly origin: string;
  /** What the browser complained of. */
  readonly errors: string[];
  /** Requests to any other host. */
  readonly elsewhere: string[];
}

/** Builds the pages if they have changed, starts a gateway, and walks the set-up as the page does. @param executablePath of Chromium; more: what else the gateway has; flags: of Chromium */
export async function startConsole(
  t: Proof & Pick<TestContext, 'name'>,
  executablePath: string,
  more: GatewayOptions = {},
  flags: readonly string[] = [],
): Promise<ConsoleSite> {
  assert.notEqual(buildConsole(ROOT), 'failed');
  // How the page looked last, before anything is closed.
  let seen: Page | undefined;
  t.after(() => (seen === undefined ? undefined : keepPicture(seen, `last-${t.name.slice(0, 12)}`).catch(() => {})));
  // The browser goes before the gateway: what it still listens to would keep that waiting.
  const browser = await startChromium(t, executablePath, flags);
  const viewport = { width: 1400, height: 900 };
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport,
    acceptDownloads: true,
    locale: 'en-GB',
  });
  const page = await context.newPage();
  seen = page;
  const gateway = await Gateway.start({ withConsole: true, withWeb: 'plain', ...more });
  t.after(() => gateway.dispose());
  page.setDefaultTimeout(WAIT_MS);
  const origin = `https://localhost:${gateway.console}`;
  const [errors, elsewhere]: [string[], string[]] = [[], []];
  page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
  page.on('pageerror', (error) => void errors.push(String(error)));
  page.on('request', (asked) => {
    const url = new URL(asked.url());
    if (url.origin !== origin && !['data:', 'blob:'].includes(url.protocol)) elsewhere.push(url.href);
  });
  await setUp(page, origin, gateway.stdout);
  errors.length = 0;
  return { gateway, context, page, origin, errors, elsewhere };
}

type Body = Readonly<Record<string, unknown>>;

/** Asks as the console's own pages do, in the browser, with its cookies. */
export async function askInPage(page: Page, path: string, body: Body = {}): Promise<Record<string, unknown>> {
  return page.evaluate(
    async ({ path, body }) => {
      const headers = { 'content-type': 'application/json', 'x-leadglass': '1' };
      const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${path} ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as Record<string, unknown>;
    },
    { path, body },
  );
}

/** Makes the first administrator by the address that was printed, and signs them in. */
export async function setUp(page: Page, origin: string, banner: string): Promise<void> {
  const token = /\/set-up#(\S+)/.exec(banner)?.[1] ?? '';
  // Any page of the origin will do: what signs in is asked below.
  await page.goto(`${origin}/favicon.svg`);
  const first = { token, account: 'anne', displayName: 'Anne Martin', site: 'Clinique du Parc', language: 'en' };
  await askInPage(page, '/api/setup.administrator', first);
  await enrol(page);
}

/** Gives whoever came by a link, or sets the console up, a password and codes: from then on they are signed in. */
async function enrol(page: Page): Promise<void> {
  await askInPage(page, '/api/auth/leadglass/password', { password: PASSWORD });
  const { totpURI } = await askInPage(page, '/api/auth/two-factor/enable', { password: PASSWORD });
  const secret = new URL(String(totpURI)).searchParams.get('secret') ?? '';
  await askInPage(page, '/api/auth/two-factor/verify-totp', { code: totp(secret, Date.now()) });
}

/** Somebody else, in a browser of their own: invited by the administrator of `site`, and signed in. */
export async function colleague(site: ConsoleSite, account: string, role: string): Promise<Page> {
  const person = { account, displayName: account, role, language: 'en' };
  const { link } = await askInPage(site.page, '/api/people.add', person);
  const browser = site.context.browser() ?? assert.fail('no browser');
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  await page.goto(`${site.origin}/favicon.svg`);
  await askInPage(page, '/api/auth/leadglass/invitation', { token: new URL(String(link)).hash.slice(1) });
  await enrol(page);
  return page;
}

/** The code of an authenticator app (RFC 6238, SHA-1, six digits, thirty seconds). @param secret base32 */
function totp(secret: string, atMs: number): string {
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

/** Keeps a picture for a person to look at, where LEADGLASS_SCREENSHOTS names a folder. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env.LEADGLASS_SCREENSHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Waits until `script` is true on the page. A policy that allows no script from text leaves the browser's own protocol. */
export async function until(page: Page, script: string, deadlineMs = WAIT_MS): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!(await page.evaluate<boolean>(script))) {
    assert.ok(performance.now() < endMs, `never true: ${script.slice(0, 400)}`);
    await delay(POLL_MS);
  }
}

/** What axe finds grave on the page as it stands: rule and first place. */
export async function graveFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const found = await page.evaluate<readonly { impact: string; id: string; nodes: { html: string }[] }[]>(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  );
  const grave = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return grave.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
}

/** The console in this language from now on, and in the colours the browser asks for. */
export async function inLanguage(page: Page, origin: string, language: 'fr' | 'en'): Promise<void> {
  await page.goto(`${origin}/favicon.svg`);
  await page.evaluate((word) => localStorage.setItem('leadglass.language', word), language);
  await askInPage(page, '/api/me.language', { language });
}
