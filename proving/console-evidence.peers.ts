import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { WEBGL } from './chromium.ts';
import { type ConsoleSite, graveFindings, inLanguage, keepPicture, startConsole, until } from './console-evidence.ts';
import { dataSetOf } from './custody-check.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { type Peer, requirePeer, startStorescp } from './peers.ts';
import { newStudy, phantom, type Shown, shownOf } from './phantom.ts';
import { callGateway, storeOne } from './sending.ts';
import { fileOf, WebClient } from './web.ts';

const DELIVERED_WITHIN_MS = 30_000;
const VIEWER_WAIT_MS = 90_000;
/** Grey levels that rounding may cost, and JPEG. */
const [TOLERANCE, JPEG_TOLERANCE] = [2, 6];

interface Site extends ConsoleSite {
  readonly pacs: Peer;
}

async function startSite(t: TestContext, flags?: readonly string[]): Promise<Site | undefined> {
  const [browser, storescp] = [requirePeer(t, 'chromium'), requirePeer(t, 'storescp')];
  if (browser === undefined || storescp === undefined) return undefined;
  const pacs = await startStorescp();
  t.after(() => pacs.stop());
  const site = await startConsole(t, browser, {}, flags);
  await site.gateway.admitProver(pacs);
  return { ...site, pacs };
}

/** A CT with foreign bytes behind its end: doubtful, and a disarmed copy can be made. */
function doubtful(): MadeObject {
  const made = makeObject('ct');
  return { ...made, dataSet: Buffer.concat([made.dataSet, Buffer.alloc(64, 'inert')]) };
}

/** Sends it and waits until its copy is delivered. @returns its SHA-256 */
async function holdOne({ gateway }: Site, object: MadeObject): Promise<string> {
  const association = await callGateway(gateway.dimse, 'PROVER');
  assert.equal(await storeOne(association, object), 0);
  await association.release().catch(() => {});
  await gateway.until(({ holds, deliveries }) => holds === 1 && deliveries.delivered === 1, DELIVERED_WITHIN_MS);
  const { holds } = JSON.parse(await gateway.cli('hold', 'list', '--json')) as { holds: { sha256: string }[] };
  return holds[0]?.sha256 ?? '';
}

/** A study of two series, three slices each. */
async function storeStudy({ gateway }: Site): Promise<string> {
  const study = newStudy();
  const slices = [1, 2].flatMap((series) => [1, 2, 3].map((slice) => ({ series, slice })));
  const files = slices.map((each) => fileOf(phantom({ study, ...each, description: `series ${each.series}` })));
  const sender = await WebClient.of(gateway, 'SENDER', 'stow');
  assert.equal((await sender.store(files)).status, 200);
  return study;
}

function assertQuiet({ errors, elsewhere }: Site): void {
  assert.deepEqual(errors, []);
  assert.deepEqual(elsewhere, []);
}

test('[CONSOLE-95] a held object is examined with its bytes, its picture and its copy, and released in the page with a reason', async (t) => {
  const site = await startSite(t);
  if (site === undefined) return;
  const { page, origin, gateway, pacs } = site;
  const object = doubtful();
  const sha256 = await holdOne(site, object);
  await page.goto(`${origin}/holds`);
  await page.getByRole('link', { name: new RegExp(sha256.slice(0, 8)) }).click();
  await page.getByRole('button', { name: 'Show the bytes of finding 1' }).click();
  const hex = page.getByRole('region', { name: 'Bytes of finding 1' });
  await hex.locator('mark').first().waitFor();
  assert.match((await hex.locator('mark').allTextContents()).join(''), /69 6e 65 72 74/);
  await page.getByRole('button', { name: 'Show the image' }).click();
  for (const name of ['Held original', 'Disarmed copy']) await assertPicture(page, name);
  await page.getByText('Identical pixels, by two readings').waitFor();
  await page.getByRole('button', { name: 'Show the attributes' }).click();
  const row = page.getByRole('row').filter({ hasText: '(0010,0010)' });
  await row.getByText('masked').waitFor();
  await page.getByRole('button', { name: 'Show in clear' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Show in clear' }).click();
  await row.getByText('PROVING^OBJECT').waitFor();
  await keepPicture(page, 'hold');
  await page.getByRole('button', { name: 'Release…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('Seen with the radiologist');
  await dialog.getByRole('button', { name: 'Release', exact: true }).click();
  await page.getByText(/Decided by anne/).waitFor();
  await gateway.until(({ deliveries }) => deliveries.delivered === 2, DELIVERED_WITHIN_MS);
  const arrived = readdirSync(pacs.directory).map((name) => dataSetOf(readFileSync(join(pacs.directory, name))));
  assert.ok(arrived.some((dataSet) => dataSet.equals(object.dataSet)));
  const log = await gateway.cli('log', '--kind', 'hold', '-n', '50');
  assert.match(log, /“anne” released held object .* Seen with the radiologist/);
  assert.ok(!(log + gateway.stderr).includes('PROVING^OBJECT'));
  assertQuiet(site);
});

async function assertPicture(page: Page, name: string): Promise<void> {
  const picture = page.getByRole('img', { name });
  await picture.waitFor();
  const isDrawn = `[...document.querySelectorAll('figure img')].some((one) => one.alt === ${JSON.stringify(name)} && one.naturalWidth > 0)`;
  await until(page, isDrawn);
}

test('[CONSOLE-96] the page finds the ledger intact, proves an entry, hands an auditor a file that holds, and names the entry that was changed on disk', async (t) => {
  const site = await startSite(t);
  if (site === undefined) return;
  const { page, origin, gateway } = site;
  // Two entries each: the first tile is full, and no longer the edge that a gateway looks at when it starts.
  for (let each = 0; each < 130; each += 1) await (await callGateway(gateway.dimse, 'PROVER')).release();
  await gateway.until(({ ledger }) => ledger.size > 260, DELIVERED_WITHIN_MS);
  await page.goto(`${origin}/ledger`);
  await page.getByRole('button', { name: 'Read it all again' }).click();
  await page.getByRole('heading', { name: 'The ledger is intact' }).waitFor();
  await page.getByText(/entries read and computed anew/).waitFor();
  await page.getByRole('listbox').press('ArrowDown');
  await page.getByRole('button', { name: 'Prove this entry' }).click();
  await page.getByText(/Proved in this browser: this is entry no\./).waitFor();
  await keepPicture(page, 'ledger');
  await assertExport(t, page);
  await gateway.kill('SIGTERM');
  changeEntry(gateway.home, 3);
  await gateway.restart();
  await page.goto(`${origin}/ledger`);
  await page.getByRole('button', { name: 'Read it all again' }).click();
  await page.getByRole('heading', { name: 'The ledger is NOT intact' }).waitFor();
  await page.getByRole('listitem').filter({ hasText: 'This entry was changed' }).getByText('Entry no. 3').waitFor();
  await keepPicture(page, 'ledger-changed');
  assert.deepEqual(site.elsewhere, []);
});

/** The zip of the page, unpacked and verified by the shell script inside it. */
async function assertExport(t: TestContext, page: Page): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-export-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  await page.getByRole('textbox', { name: 'From entry' }).fill('252');
  await page.getByRole('textbox', { name: 'to entry', exact: true }).fill('263');
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Make the file' }).click();
  const download = await downloading;
  const file = join(folder, download.suggestedFilename());
  await download.saveAs(file);
  const entries = Object.entries(unzipSync(readFileSync(file)));
  assert.ok(entries.filter(([name]) => name.startsWith('proofs/')).length === 12);
  execFileSync('unzip', ['-q', file, '-d', folder]);
  assert.match(execFileSync('sh', [join(folder, 'verify.sh')], { encoding: 'utf8' }), /All proofs hold/);
}

/** Changes one letter of one of the first 256 entries on disk. */
function changeEntry(home: string, index: number): void {
  const file = join(home, 'ledger', 'tile', 'entries', '000');
  const bytes = readFileSync(file);
  let at = 0;
  for (let each = 0; each < index; each += 1) at += 2 + bytes.readUInt16BE(at);
  const place = bytes.indexOf('AuditSourceID="', at);
  bytes[place + 16] = (bytes[place + 16] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

/** Whether a picture shows these grey levels. @param selector of a canvas or an image, shown whole */
function isShown(selector: string, shown: readonly Shown[], tolerance: number): string {
  return `(() => {
    const source = document.querySelector(${JSON.stringify(selector)});
    if (source === null || source.complete === false || source.naturalWidth === 0) return false;
    const [width, height] = [source.naturalWidth || source.width, source.naturalHeight || source.height];
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext('2d');
    context.drawImage(source, 0, 0);
    const side = Math.min(width, height);
    const [left, top] = [(width - side) / 2, (height - side) / 2];
    return ${JSON.stringify(shown)}.every(({ x, y, grey }) => {
      const at = context.getImageData(left + x * side, top + y * side, 1, 1).data;
      return [0, 1, 2].every((colour) => Math.abs(at[colour] - grey) <= ${tolerance});
    });
  })()`;
}

test('[CONSOLE-97] a study is found while typing, opened with a reason, and shown right by the light page and by OHIF', async (t) => {
  const site = await startSite(t, WEBGL);
  if (site === undefined) return;
  const { page, origin, gateway } = site;
  const study = await storeStudy(site);
  await page.goto(`${origin}/images`);
  const field = page.getByRole('combobox');
  const results = page.getByRole('option').filter({ hasText: 'Prévert Zoé' });
  await assert.doesNotReject(async () => {
    for (let tries = 0; (await results.count()) === 0; tries += 1) {
      assert.ok(tries < 20, 'the study is in the index');
      await field.fill('');
      await field.pressSequentially('Prév');
      await results
        .first()
        .waitFor({ timeout: 2000 })
        .catch(() => undefined);
    }
  });
  await field.press('Enter');
  await page.waitForURL(`**/images/${study}`);
  await page.getByRole('button', { name: 'Open the study' }).click();
  await page.getByText('Say why you open this study.').waitFor();
  await page.getByRole('textbox', { name: 'Reason' }).fill('Second opinion');
  await page.getByRole('button', { name: 'Open the study' }).click();
  await page.getByText('series 2').waitFor();
  await until(page, "[...document.querySelectorAll('main img')].every((one) => one.naturalWidth > 0)");
  await keepPicture(page, 'images');
  const ohif = await page.getByRole('link', { name: 'Read in OHIF' }).getAttribute('href');
  await page.getByRole('link', { name: 'Light page' }).click();
  await assertLight(page);
  await page.goto(`${origin}${ohif}`);
  const tour = page.getByText('Skip all');
  await page.addLocatorHandler(tour, () => tour.click());
  await page.getByText('series 1', { exact: true }).first().dblclick({ timeout: VIEWER_WAIT_MS });
  const isRight = isShown('canvas.cornerstone-canvas', shownOf(1), TOLERANCE);
  await until(page, isRight, VIEWER_WAIT_MS);
  await keepPicture(page, 'ohif');
  assert.deepEqual(site.elsewhere, []);
  const log = await gateway.cli('log', '-n', '200');
  assert.match(log, /Second opinion/);
  assert.ok(!/Pr.vert|PHANTOM-1|ACC-9/.test(log + gateway.stderr));
});

/** The first series through its own window and through another, the second one, by keyboard alone; the last image by the slider's end. */
async function assertLight(page: Page): Promise<void> {
  const shows = (series: number) => until(page, isShown('#image', shownOf(series), JPEG_TOLERANCE));
  await page.getByRole('heading', { name: 'Prévert Zoé' }).waitFor();
  await shows(1);
  await keepPicture(page, 'light');
  await page.keyboard.press('End');
  await page.getByText('Image 3 / 3').waitFor();
  await page.keyboard.press('5');
  const inBone = shownOf(1).map((each) => ({ ...each, grey: each.grey === 128 ? 77 : each.grey === 255 ? 212 : 0 }));
  await until(page, isShown('#image', inBone, JPEG_TOLERANCE));
  await page.keyboard.press('ArrowRight');
  await shows(2);
  assert.deepEqual(await graveFindings(page), []);
}

test('[CONSOLE-98] the journey of a study goes from its arrival to the receipt, and each entry is proved where it stands', async (t) => {
  const site = await startSite(t);
  if (site === undefined) return;
  const { page, origin, gateway } = site;
  const study = await storeStudy(site);
  await gateway.until(({ deliveries }) => deliveries.delivered === 6, DELIVERED_WITHIN_MS);
  await page.goto(`${origin}/journey`);
  await page.getByRole('textbox', { name: 'Identifier' }).fill(study);
  await page.getByRole('textbox', { name: 'Identifier' }).press('Enter');
  await page.getByRole('heading', { name: 'Timeline' }).waitFor();
  for (const stage of ['Custody', 'Receipt']) await page.getByText(stage, { exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'Open all' }).click();
  await page.getByRole('button', { name: 'Prove this entry' }).first().click();
  await page.getByText(/Proved in this browser/).waitFor();
  assert.equal(await page.getByRole('table', { name: 'Objects' }).getByRole('link').count(), 6);
  await keepPicture(page, 'journey');
  assertQuiet(site);
});

test('[CONSOLE-99] none of these pages has a serious fault of accessibility, in French and English, light and dark, wide and narrow', async (t) => {
  const site = await startSite(t);
  if (site === undefined) return;
  const { page, origin } = site;
  const sha256 = await holdOne(site, doubtful());
  const study = await storeStudy(site);
  const paths = [
    '/journey',
    `/journey/${study}`,
    '/holds',
    `/holds/${sha256}`,
    '/ledger',
    '/ledger/3',
    '/images',
    `/images/${study}`,
  ];
  for (const [language, scheme, width] of [
    ['fr', 'light', 1400],
    ['en', 'dark', 1400],
    ['fr', 'dark', 390],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    await inLanguage(page, origin, language);
    for (const path of paths) {
      await page.goto(origin + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle').catch(() => undefined);
      assert.deepEqual(await graveFindings(page), [], `${path} ${language} ${scheme} ${width}`);
      const name = path
        .split('/')
        .slice(1, 2)
        .concat(path.split('/').length > 2 ? 'one' : [])
        .join('-');
      await keepPicture(page, `${name}-${language}-${scheme}-${width}`);
    }
  }
  assertQuiet(site);
});
