import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startChromium } from './chromium.ts';
import { keepPicture } from './console-evidence.ts';
import { LongLog } from './million.ts';
import { requirePeer } from './peers.ts';
import { type Answers, serveConsole } from './served-console.ts';

const isShort = process.env.LEADGLASS_PROVE === 'ci';
const SIZE = isShort ? 100_000 : 1_000_000;
const FORGED = Math.floor(SIZE * 0.654321);
const VERIFY_MS = 600_000;
/** What a check may take beyond the page as it stands: two pages of entries, and what the collector has not come to yet. */
const MOST_GROWTH_BYTES = 600_000_000;
/** How much more the later two thirds may take than the first: nothing that grows with the size. */
const MOST_LATER = 1.4;
/** Rows that are in the page at once, whatever the list's length. */
const MOST_ROWS = 100;
/** The parts of the API that the ledger's page asks, over a log that no disk here would hold. */
function answersOf(log: LongLog): Answers {
  return {
    'ledger.checkpoint': () => ({ checkpoint: log.checkpoint, verifierKey: log.verifierKey, size: log.size }),
    'ledger.tile': ({ level, index }) => log.tile(Number(level), Number(index)),
    'ledger.show': ({ first, count }) => ({ size: log.size, entries: log.entries(Number(first), Number(count)) }),
  };
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
  const log = new LongLog(SIZE);
  const origin = await serveConsole(t, { answers: answersOf(log), role: 'auditor' });
  const browser = await startChromium(t, executablePath);
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 }, locale: 'en-GB' });
  await page.goto(`${origin}/ledger`);
  const list = page.getByRole('listbox');
  await list.getByText(`Object 2.25.${SIZE - 1} delivered`).waitFor();
  await list.focus();
  await list.press('End');
  await list.getByText('Object 2.25.0 delivered').waitFor();
  await page.getByRole('textbox', { name: 'Go to entry' }).fill('12345');
  await page.getByRole('button', { name: 'Go', exact: true }).click();
  await list.getByText('Object 2.25.12345 delivered').waitFor();
  const slowest = await page.evaluate<number>(WHEEL);
  const rows = await list.getByRole('option').count();
  assert.ok(rows > 5 && rows < MOST_ROWS, `${rows} rows in the page`);
  await list.hover();
  await keepPicture(page, 'ledger-million');
  const before = await renderersBytes(browser);
  const samples: number[] = [];
  const sampling = setInterval(() => {
    // A sample under way when the browser goes is none.
    renderersBytes(browser).then(
      (now) => samples.push(now - before),
      () => undefined,
    );
  }, 1000);
  t.after(() => clearInterval(sampling));
  const beganMs = performance.now();
  await page.getByRole('button', { name: 'Read it all again' }).click();
  await page.getByRole('heading', { name: 'The ledger is intact' }).waitFor({ timeout: VERIFY_MS });
  const seconds = Math.round((performance.now() - beganMs) / 1000);
  await page.getByText(`${SIZE.toLocaleString('en-GB')} entries read and computed anew`).waitFor();
  clearInterval(sampling);
  const [early, late] = [samples.slice(0, samples.length / 3), samples.slice(samples.length / 3)];
  const [mostEarly, mostLate] = [Math.max(...early), Math.max(...late)];
  t.diagnostic(
    `verified in ${seconds} s; memory ${megabytes(mostEarly)} then ${megabytes(mostLate)} MB; slowest frame ${Math.round(slowest)} ms`,
  );
  assert.ok(mostLate < MOST_GROWTH_BYTES, `${mostLate} bytes more`);
  // A short log is read before memory has come to rest.
  if (!isShort) assert.ok(mostLate < MOST_LATER * mostEarly, `${mostEarly} then ${mostLate} bytes more`);
  log.forged = FORGED;
  await page.getByRole('button', { name: 'Read it all again' }).click();
  await page.getByRole('heading', { name: 'The ledger is NOT intact' }).waitFor({ timeout: VERIFY_MS });
  await page
    .getByRole('listitem')
    .filter({ hasText: 'This entry was changed' })
    .getByText(`Entry no. ${FORGED}`)
    .waitFor();
});

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

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
