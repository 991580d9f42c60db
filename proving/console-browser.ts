import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { buildConsole } from '../tools/build-console.ts';
import { startChromium } from './chromium.ts';
import { Gateway } from './gateway.ts';
import { requirePeer } from './peers.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const WAIT_MS = 20_000;

/** A gateway with its console, and a real Chromium; undefined (a visible skip) without one. */
export interface ConsoleHouse {
  readonly gateway: Gateway;
  readonly browser: Browser;
  readonly origin: string;
  /** The one-time link that the start printed. */
  readonly setUpLink: string;
  /** As a person has it: own cookies, and a language. */
  person(language: 'fr' | 'en'): Promise<Person>;
}

/** A browser of somebody, and what it complained of. */
export interface Person {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: string[];
}

/** Starts both. @param prepare what lies in the home before the start. */
export async function consoleHouse(
  t: TestContext,
  prepare: (home: string, consolePort: number) => void | Promise<void> = () => {},
): Promise<ConsoleHouse | undefined> {
  const executablePath = requirePeer(t, 'chromium');
  if (executablePath === undefined) return undefined;
  const built = buildConsole(ROOT);
  if (built === 'impossible' || built === 'failed') throw new Error(`the console’s pages are not there: ${built}`);
  const home = mkdtempSync(join(tmpdir(), 'leadglass-console-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const gateway = await Gateway.prepare({ withConsole: true, home });
  await prepare(home, gateway.console);
  t.after(() => gateway.dispose());
  await gateway.restart();
  const pages: Page[] = [];
  t.after(() => lastSeen(pages));
  const browser = await startChromium(t, executablePath);
  const setUpLink = /https:\/\/\S+\/set-up#\S+/.exec(gateway.stdout)?.[0] ?? '';
  const person = async (language: 'fr' | 'en') => {
    const made = await personIn(browser, language);
    pages.push(made.page);
    return made;
  };
  return { gateway, browser, origin: `https://localhost:${gateway.console}`, setUpLink, person };
}

/** Where each page was at the end, for whoever reads why a proof stopped. */
async function lastSeen(pages: readonly Page[]): Promise<void> {
  const { LEADGLASS_SCREENS: folder } = process.env;
  if (folder === undefined) return;
  for (const [at, page] of pages.entries()) {
    await page.screenshot({ path: join(folder, `last-seen-${process.pid}-${at}.png`) }).catch(() => {});
  }
}

async function personIn(browser: Browser, language: 'fr' | 'en'): Promise<Person> {
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
  // The site's authority is not the browser's; that the certificate is the site's is proved elsewhere.
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale, viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
  return { context, page, complaints };
}

/** A device that makes and shows passkeys, as Chromium has it for tests (WebAuthn over the devtools protocol). */
export async function virtualAuthenticator(page: Page, isVerified = true): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: isVerified, automaticPresenceSimulation: true },
    },
  });
  return session;
}

/** The code an authenticator app shows (RFC 6238). @param secret base32. */
export function totp(secret: string, atMs: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 30_000)));
  const bits = [...secret].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const key = Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
