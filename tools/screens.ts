// npm run screens [-- FOLDER [PAGE…]]: pictures of every page of the console, taken of the demonstration in a real browser, into docs/screens.
// For the README and for looking at; no test compares them.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { takeEmergency } from './screens-emergency.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const [FOLDER = join(ROOT, 'docs', 'screens'), ...WANTED] = process.argv.slice(2);
/** The demonstration fills itself meanwhile: something has been sent, refused, held. */
const FILLED_MS = 45_000;
const INVITED_MS = 180_000;
const SHOWN_MS = 60_000;
const DESK = { width: 1400, height: 900 };
const PHONE = { width: 390, height: 844 };
const QUALITY = 0.86;

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly language: 'fr' | 'en';
  readonly scheme: 'light' | 'dark';
  readonly size: { readonly width: number; readonly height: number };
}

const PAGES = [
  ['now', '/'],
  ['peers', '/peers'],
  ['peer', '/peers/CT1'],
  ['learning', '/learning'],
  ['journey', '/journey'],
  ['holds', '/holds'],
  ['images', '/images'],
  ['ledger', '/ledger'],
  ['drills', '/drills'],
  ['people', '/people'],
  ['account', '/account'],
  ['settings', '/settings'],
  ['settings-edit', '/settings#edit'],
  ['settings-history', '/settings#history'],
  ['settings-tls', '/settings#tls'],
] as const;
const IN_THE_DARK = new Set(['now', 'drills', 'holds', 'peers', 'ledger', 'settings-edit']);
/** Whose foot says as much as its head. */
const WHOLE = new Set(['now.fr', 'now.en.dark']);
const ON_A_PHONE = new Set(['now', 'drills', 'peers', 'holds']);

/** Each page in French and in light; those that have more to show also in English and dark, and on a phone. */
function shots(): readonly Shot[] {
  const wanted = PAGES.filter(([name]) => WANTED.length === 0 || WANTED.includes(name));
  return wanted.flatMap(([name, path]): Shot[] => [
    { name: `${name}.fr`, path, language: 'fr', scheme: 'light', size: DESK },
    ...(IN_THE_DARK.has(name)
      ? [{ name: `${name}.en.dark`, path, language: 'en', scheme: 'dark', size: DESK } as const]
      : []),
    ...(ON_A_PHONE.has(name)
      ? [{ name: `${name}.fr.phone`, path, language: 'fr', scheme: 'light', size: PHONE } as const]
      : []),
  ]);
}

interface Invited {
  readonly address: string;
  readonly account: string;
  readonly code: string;
}

/** What the demonstration says to its visitor: where, as whom, with which code. */
async function invited(demo: ChildProcess): Promise<Invited> {
  let said = '';
  demo.stdout?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const endMs = performance.now() + INVITED_MS;
  for (;;) {
    const [, address] = /open\s+(https:\S+)/.exec(said) ?? [];
    const [, account] = /account\s+(\S+)/.exec(said) ?? [];
    const [, code] = /emergency code\s+(\S+)/.exec(said) ?? [];
    if (address !== undefined && account !== undefined && code !== undefined) return { address, account, code };
    if (performance.now() > endMs || demo.exitCode !== null) throw new Error(`no invitation: ${said.slice(-2000)}`);
    await delay(500);
  }
}

async function signIn(page: Page, { address, account, code }: Invited): Promise<void> {
  await page.goto(new URL('/favicon.svg', address).href);
  const status = await page.evaluate(async (body) => {
    const headers = { 'content-type': 'application/json', 'x-leadglass': '1' };
    return (await fetch('/api/auth/leadglass/emergency', { method: 'POST', headers, body })).status;
  }, JSON.stringify({ account, code }));
  if (status !== 200) throw new Error(`sign-in: ${status}`);
}

/** Two drills, so that their page has something true on it. */
async function drilled(page: Page): Promise<void> {
  for (let drill = 0; drill < 2; drill += 1) {
    const status = await page.evaluate(async () => {
      const headers = { 'content-type': 'application/json', 'x-leadglass': '1' };
      const answer = await fetch('/api/drill.run', { method: 'POST', headers, body: '{}' });
      await answer.text();
      return answer.status;
    });
    if (status !== 200) throw new Error(`drill: ${status}`);
  }
}

/** PNG to WebP, by the browser itself, on a page without a policy. */
async function toWebp(context: BrowserContext, png: Buffer): Promise<Buffer> {
  const page = await context.newPage();
  const base64 = await page.evaluate(
    `fetch('data:image/png;base64,${png.toString('base64')}').then((answer) => answer.blob()).then(createImageBitmap).then((bitmap) => {
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext('2d').drawImage(bitmap, 0, 0);
      return canvas.convertToBlob({ type: 'image/webp', quality: ${QUALITY} });
    }).then((blob) => blob.arrayBuffer()).then((bytes) => new Uint8Array(bytes).toBase64())`,
  );
  await page.close();
  return Buffer.from(String(base64), 'base64');
}

async function take(page: Page, address: string, shot: Shot): Promise<Buffer> {
  await page.emulateMedia({ colorScheme: shot.scheme, reducedMotion: 'reduce' });
  await page.setViewportSize(shot.size);
  await page.goto(new URL('/favicon.svg', address).href);
  await page.evaluate(`localStorage.setItem('leadglass.language', '${shot.language}')`);
  await page.goto(new URL(shot.path, address).href);
  await page.locator('h1').waitFor();
  const loading = page.getByRole('status').filter({ hasText: /Chargement…|Loading…/ });
  await loading.first().waitFor({ state: 'hidden' });
  // Let the first live news come in: a map without flows shows nothing.
  await delay(2500);
  return page.screenshot({ fullPage: WHOLE.has(shot.name) });
}

/** The pages for emergencies, of a gateway of their own; `npm run screens -- FOLDER emergency` takes them alone. */
async function emergency(): Promise<void> {
  const browser = await chromium.launch({ executablePath: CHROMIUM });
  const plain = await browser.newContext();
  await takeEmergency(CHROMIUM, async (name, png) => keep(name, await toWebp(plain, png)));
  await browser.close();
}

function keep(name: string, webp: Buffer): void {
  writeFileSync(join(FOLDER, `${name}.webp`), webp);
  process.stdout.write(`${name}.webp ${Math.round(webp.length / 1000)} kB\n`);
}

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  if (WANTED.length === 0 || WANTED.includes('emergency')) await emergency();
  if (shots().length > 0) await demonstration();
}

async function demonstration(): Promise<void> {
  const demo = spawn(process.execPath, ['--no-warnings', join(ROOT, 'tools/demo.ts'), '--lang', 'en', '--quiet'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const invitation = await invited(demo);
    await delay(FILLED_MS);
    const browser = await chromium.launch({ executablePath: CHROMIUM });
    const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'fr-FR' });
    const plain = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(SHOWN_MS);
    await signIn(page, invitation);
    if (shots().some(({ path }) => path === '/drills')) await drilled(page);
    for (const shot of shots()) {
      keep(shot.name, await toWebp(plain, await take(page, invitation.address, shot)));
    }
    await browser.close();
  } finally {
    demo.kill('SIGINT');
    await once(demo, 'exit');
  }
}

await main();
