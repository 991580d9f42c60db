import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { startChromium, WEBGL } from './chromium.ts';
import { Gateway } from './gateway.ts';
import { type Ohif, requireOhif, startOhif } from './ohif.ts';
import { requirePeer } from './peers.ts';
import { newStudy, phantom, type Shown, shownOf } from './phantom.ts';
import { fileOf, madeBy, WebClient } from './web.ts';

/** The viewer compiles 13 MB of script first. */
const WAIT_MS = 90_000;
/** Grey levels that rounding may cost. */
const TOLERANCE = 2;
/** Each a series of its own: as made, and as a tool of DCMTK encodes it. */
const SERIES = [
  { name: 'native' },
  { name: 'rle', tool: 'dcmcrle', options: [] },
  { name: 'lossless', tool: 'dcmcjpeg', options: ['+e1'] },
  { name: 'jpegls', tool: 'dcmcjpls', options: [] },
  { name: 'frames', frames: 3 },
] as const;

/** Three slices a series, or three frames in one object. */
function filesOf(study: string, folder: string): Buffer[] {
  return SERIES.flatMap((series, at) => {
    const isOne = 'frames' in series;
    return (isOne ? [1] : [1, 2, 3]).map((slice) => {
      const where = { study, series: at + 1, slice, description: series.name, ...(isOne ? { frames: 3 } : {}) };
      const file = fileOf(phantom(where));
      return 'tool' in series ? madeBy(series.tool, folder, file, ...series.options) : file;
    });
  });
}

/** Whether the one viewport shows these grey levels: the picture fills the shorter side of its canvas, in the middle. */
function isShown(shown: readonly Shown[]): string {
  return `(() => {
    const canvas = document.querySelector('canvas.cornerstone-canvas');
    if (canvas === null) return false;
    const side = Math.min(canvas.width, canvas.height);
    const [left, top] = [(canvas.width - side) / 2, (canvas.height - side) / 2];
    return ${JSON.stringify(shown)}.every(({ x, y, grey }) => {
      const at = canvas.getContext('2d').getImageData(left + x * side, top + y * side, 1, 1).data;
      return [0, 1, 2].every((colour) => Math.abs(at[colour] - grey) <= ${TOLERANCE});
    });
  })()`;
}

/** What the browser complains of, and whom else it asks. */
interface Heard {
  readonly errors: string[];
  readonly elsewhere: string[];
}

async function openBrowser(t: TestContext, executablePath: string, origin: string): Promise<{ page: Page } & Heard> {
  const browser = await startChromium(t, executablePath, WEBGL);
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.setDefaultTimeout(WAIT_MS);
  // Whoever opens it first is shown round.
  const tour = page.getByText('Skip all');
  await page.addLocatorHandler(tour, () => tour.click());
  const [errors, elsewhere]: [string[], string[]] = [[], []];
  page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
  page.on('pageerror', (error) => void errors.push(String(error)));
  page.on('request', (asked) => {
    const url = new URL(asked.url());
    if (url.origin !== origin && !['data:', 'blob:'].includes(url.protocol)) elsewhere.push(url.href);
  });
  return { page, errors, elsewhere };
}

/** Keeps a picture for a person to look at, where LEADGLASS_SCREENSHOTS names a folder. */
async function keep(page: Page, name: string): Promise<void> {
  const folder = process.env.LEADGLASS_SCREENSHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Opens the study from the list, as a person does. */
async function openStudy(page: Page, { origin }: Ohif): Promise<void> {
  await page.goto(origin);
  const row = page.getByRole('row').filter({ hasText: 'Prévert, Zoé' });
  await row.waitFor();
  const said = (await row.textContent()) ?? '';
  for (const shown of ['02-Jan-2026', 'CT', 'OT', 'Fantôme', 'ACC-9', '13']) assert.ok(said.includes(shown), shown);
  await keep(page, 'list');
  await row.click();
  await page.getByRole('button', { name: 'Basic' }).first().click();
  await page.waitForURL('**/viewer?**');
}

test('[PROVE-208] OHIF lists a study and shows every series of it, whatever it is compressed with, from our DICOMweb alone', async (t) => {
  const [browser, dcmcjpls] = [requirePeer(t, 'chromium'), requirePeer(t, 'dcmcjpls')];
  const dist = requireOhif(t);
  if (browser === undefined || dcmcjpls === undefined || dist === undefined) return;
  const gateway = await Gateway.start({ withWeb: 'plain' });
  t.after(() => gateway.dispose());
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-ohif-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const study = newStudy();
  const sender = await WebClient.of(gateway, 'SENDER', 'stow');
  assert.equal((await sender.store(filesOf(study, folder))).status, 200);
  // Its list of studies is a query that nothing narrows (runbook).
  await gateway.cli('peer', 'add', 'OHIF', '--from', '127.0.0.1/32', '--allow', 'qido,wado');
  await gateway.cli('policy', 'limit', 'OHIF', '--sweeps', 'yes');
  const ohif = await startOhif(dist, await WebClient.of(gateway, 'OHIF', 'qido,wado'));
  t.after(() => ohif.stop());
  const { page, errors, elsewhere } = await openBrowser(t, browser, ohif.origin);
  await openStudy(page, ohif);
  for (const [at, { name }] of SERIES.entries()) {
    // The first one too: which series comes up by itself is the viewer's choice.
    await page.getByText(name, { exact: true }).first().dblclick();
    await page.waitForFunction(isShown(shownOf(at + 1))).catch(() => assert.fail(`${name} is not shown`));
    await keep(page, name);
  }
  assert.deepEqual(errors, []);
  assert.deepEqual(elsewhere, []);
  assert.deepEqual(
    ohif.asked.filter(({ status }) => status !== 200),
    [],
  );
  const log = await gateway.cli('log', '--kind', 'web', '-n', '200');
  assert.match(log, /“OHIF”.*searched over the web/);
  assert.ok(!/Pr.vert|PHANTOM-1|ACC-9/.test(log + gateway.stderr));
});
