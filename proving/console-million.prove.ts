import assert from 'node:assert/strict';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { buildConsole } from '../tools/build-console.ts';
import { keepPicture } from './console-evidence.ts';
import { LongLog } from './million.ts';
import { freePort, requirePeer } from './peers.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const DIST = join(ROOT, 'apps', 'console', 'dist');
const SIZE = 1_000_000;
const VERIFY_MS = 600_000;
/** What a check may take beyond the page as it stands: two pages of entries, and what the collector has not come to yet. */
const MOST_GROWTH_BYTES = 250_000_000;
const MOST_FRAME_MS = 200;
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** The parts of the API that the ledger's page asks, over a log that no disk here would hold; the pages themselves as they are built. */
async function startServer(t: TestContext, log: LongLog): Promise<string> {
  const port = await freePort();
  const server = createServer((question, answer) => {
    const path = new URL(question.url ?? '/', 'http://x').pathname;
    if (path === '/api/live') answer.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    else if (path.startsWith('/api/')) void answered(log, path.slice(5), question, answer);
    else serve(answer, path);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://localhost:${port}`;
}

async function answered(log: LongLog, name: string, question: IncomingMessage, answer: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of question) body += String(chunk);
  const asked = JSON.parse(body || '{}') as { level: number; index: number; first: number; count: number };
  const answers: Readonly<Record<string, () => unknown>> = {
    me: () => ME,
    'ledger.checkpoint': () => ({ checkpoint: log.checkpoint, verifierKey: log.verifierKey, size: log.size }),
    'ledger.tile': () => log.tile(asked.level, asked.index),
    'ledger.show': () => ({ size: log.size, entries: log.entries(asked.first, asked.count) }),
  };
  const made = answers[name];
  answer.writeHead(made === undefined ? 404 : 200, { 'content-type': 'application/json' });
  answer.end(JSON.stringify(made?.() ?? { code: 'console.not-found', text: { fr: '', en: '' } }));
}

const PERSON = {
  ...{ id: '1', account: 'anne', displayName: 'Anne', role: 'auditor', language: 'en', isDisabled: false, passkeys: 1 },
  ...{ hasTotp: false, isFromDirectory: false, emergencyCodes: 0 },
};
const ME = {
  ...{ setUp: 'done', site: 'Million', isDemo: false, person: PERSON, how: 'passkey', isLocked: false },
  ...{ idleMs: 3_600_000, methods: ['passkey'] },
};

function serve(answer: ServerResponse, path: string): void {
  const file = join(DIST, path);
  const isFile = extname(path) !== '' && existsSync(file);
  if (!isFile)
    return void answer.writeHead(200, { 'content-type': 'text/html' }).end(readFileSync(join(DIST, 'index.html')));
  answer.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(answer);
}

/** Resident bytes of all that draws pages. */
async function renderersBytes(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? '0')
    .reduce((sum, kilobytes) => sum + Number(kilobytes) * 1024, 0);
}

test('[CONSOLE-100] a ledger of a million entries scrolls, is verified whole in the browser in bounded memory, and one forged entry in it is named', async (t) => {
  const executablePath = requirePeer(t, 'chromium');
  if (executablePath === undefined) return;
  assert.notEqual(buildConsole(ROOT), 'failed');
  const log = new LongLog(SIZE);
  const origin = await startServer(t, log);
  const browser = await chromium.launch({ executablePath });
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 }, locale: 'en-GB' });
  await page.goto(`${origin}/ledger`);
  const list = page.getByRole('listbox');
  await list.getByText('Object 2.25.999999 delivered').waitFor();
  await list.focus();
  await list.press('End');
  await list.getByText('Object 2.25.0 delivered').waitFor();
  await page.getByRole('textbox', { name: 'Go to entry' }).fill('123456');
  await page.getByRole('button', { name: 'Go', exact: true }).click();
  await list.getByText('Object 2.25.123456 delivered').waitFor();
  const slowest = await page.evaluate<number>(WHEEL);
  await list.hover();
  await keepPicture(page, 'ledger-million');
  const before = await renderersBytes(browser);
  let most = before;
  const sampling = setInterval(() => void renderersBytes(browser).then((now) => (most = Math.max(most, now))), 1000);
  t.after(() => clearInterval(sampling));
  const beganMs = performance.now();
  await page.getByRole('button', { name: 'Read it all again' }).click();
  await page.getByRole('heading', { name: 'The ledger is intact' }).waitFor({ timeout: VERIFY_MS });
  const seconds = Math.round((performance.now() - beganMs) / 1000);
  await page.getByText('1,000,000 entries read and computed anew').waitFor();
  t.diagnostic(
    `verified in ${seconds} s, ${Math.round((most - before) / 1e6)} MB more; slowest frame ${Math.round(slowest)} ms`,
  );
  assert.ok(most - before < MOST_GROWTH_BYTES, `${most - before} bytes more`);
  assert.ok(slowest < MOST_FRAME_MS, `a frame took ${slowest} ms`);
  log.forged = 654_321;
  await page.getByRole('button', { name: 'Read it all again' }).click();
  await page.getByRole('heading', { name: 'The ledger is NOT intact' }).waitFor({ timeout: VERIFY_MS });
  await page
    .getByRole('listitem')
    .filter({ hasText: 'This entry was changed' })
    .getByText('Entry no. 654321')
    .waitFor();
});

/** Turns the wheel sixty times, a frame each; the longest time between two frames. */
const WHEEL = `new Promise((resolve) => {
  const list = document.querySelector('[role=listbox]');
  let [left, last, slowest] = [60, performance.now(), 0];
  const turn = () => {
    const now = performance.now();
    slowest = Math.max(slowest, now - last);
    last = now;
    if (left === 0) return resolve(slowest);
    left -= 1;
    list.dispatchEvent(new WheelEvent('wheel', { deltaY: 240, bubbles: true, cancelable: true }));
    requestAnimationFrame(turn);
  };
  requestAnimationFrame(turn);
})`;
