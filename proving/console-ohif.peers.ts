import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { fetchViewer } from '../tools/fetch-viewer.ts';
import { startChromium, WEBGL } from './chromium.ts';
import { ConsoleClient } from './console-client.ts';
import { Gateway } from './gateway.ts';
import { requirePeer } from './peers.ts';
import { newStudy, phantom, shownOf } from './phantom.ts';
import { fileOf, WebClient } from './web.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** The viewer compiles 13 MB of script first. */
const WAIT_MS = 120_000;

/** Whether the one viewport shows the phantom's grey levels. */
function isShown(): string {
  return `(() => {
    const canvas = document.querySelector('canvas.cornerstone-canvas');
    if (canvas === null) return false;
    const side = Math.min(canvas.width, canvas.height);
    const [left, top] = [(canvas.width - side) / 2, (canvas.height - side) / 2];
    return ${JSON.stringify(shownOf(1))}.every(({ x, y, grey }) => {
      const at = canvas.getContext('2d').getImageData(left + x * side, top + y * side, 1, 1).data;
      return [0, 1, 2].every((colour) => Math.abs(at[colour] - grey) <= 2);
    });
  })()`;
}

/** The page's policy lets nobody evaluate text in it, so it is looked at from outside, again and again. */
async function shown(page: Page, errors: readonly string[]): Promise<void> {
  const endMs = performance.now() + WAIT_MS;
  while (!(await page.evaluate<boolean>(isShown()))) {
    if (performance.now() > endMs) assert.fail(`not shown: ${errors.join('\n')}`);
    await page.waitForTimeout(250);
  }
}

test('[CONSOLE-29] OHIF shows an opened study behind sign-in, from this origin alone, under a policy without unsafe scripts', async (t) => {
  const executablePath = requirePeer(t, 'chromium');
  if (executablePath === undefined) return;
  if (!fetchViewer(ROOT)) {
    assert.notEqual(process.env.LEADGLASS_REQUIRE_PEERS, '1', 'OHIF could not be fetched');
    return t.skip('OHIF could not be fetched');
  }
  const gateway = await Gateway.start({ withConsole: true, withWeb: 'plain' });
  t.after(() => gateway.dispose());
  const study = newStudy();
  const sender = await WebClient.of(gateway, 'SENDER', 'stow');
  const files = [1, 2, 3].map((slice) => fileOf(phantom({ study, series: 1, slice, description: 'native' })));
  assert.equal((await sender.store(files)).status, 200);
  const { client } = await ConsoleClient.administrator(gateway);
  const radiologist = await client.invite('radiologist');
  const links = await radiologist.done('study.open', { studyInstanceUid: study });
  const browser = await startChromium(t, executablePath, WEBGL);
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1400, height: 900 } });
  const anonymous = await context.newPage();
  assert.equal((await anonymous.goto(`${client.origin}/ohif/`))?.status(), 401);
  await context.addCookies(
    radiologist.cookies.map(({ name, value }) => ({
      ...{ name, value, url: client.origin, secure: true, httpOnly: true, sameSite: 'Strict' as const },
    })),
  );
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const tour = page.getByText('Skip all');
  await page.addLocatorHandler(tour, () => tour.click());
  const [errors, elsewhere]: [string[], string[]] = [[], []];
  page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
  page.on('response', (given) => void (given.status() >= 400 && errors.push(`${given.status()} ${given.url()}`)));
  page.on('pageerror', (error) => void errors.push(String(error)));
  page.on('request', (asked) => {
    const url = new URL(asked.url());
    if (url.origin !== client.origin && !['data:', 'blob:'].includes(url.protocol)) elsewhere.push(url.href);
  });
  const answer = await page.goto(`${client.origin}${String(links.ohif)}`);
  const policy = answer?.headers()['content-security-policy'] ?? '';
  const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
  assert.ok(!/'unsafe-inline'|'unsafe-eval'|https?:|\*/.test(scripts), policy);
  await shown(page, errors);
  const folder = process.env.LEADGLASS_SCREENSHOTS;
  if (folder !== undefined) await page.screenshot({ path: `${folder}/ohif.png` });
  assert.deepEqual(errors, []);
  assert.deepEqual(elsewhere, []);
  const log = await gateway.cli('log', '--kind', 'web', '-n', '50');
  assert.match(log, /console:radiologist\.1/);
});
