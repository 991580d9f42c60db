import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type ConsoleSite, graveFindings, inLanguage, keepPicture, startConsole } from './console-evidence.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { requirePeer, startStorescp } from './peers.ts';
import { newStudy, phantom } from './phantom.ts';
import { callGateway, storeOne } from './sending.ts';
import { fileOf, WebClient } from './web.ts';

const WITHIN_MS = 30_000;
/** A4 less its margins, in CSS pixels. */
const SHEET = { width: 680, height: 1000 };
const PHONE = { width: 390, height: 844 };

interface Filled extends ConsoleSite {
  /** Every page of the console, with something on it. */
  readonly paths: readonly string[];
}

function doubtful(): MadeObject {
  const made = makeObject('ct');
  return { ...made, dataSet: Buffer.concat([made.dataSet, Buffer.alloc(64, 'inert')]) };
}

async function filled(t: TestContext): Promise<Filled | undefined> {
  const [browser, storescp] = [requirePeer(t, 'chromium'), requirePeer(t, 'storescp')];
  if (browser === undefined || storescp === undefined) return undefined;
  const pacs = await startStorescp();
  t.after(() => pacs.stop());
  const site = await startConsole(t, browser);
  const { gateway } = site;
  await gateway.admitProver(pacs);
  await gateway.cli('person', 'invite', 'ben', '--role', 'radiologist');
  const association = await callGateway(gateway.dimse, 'PROVER');
  await storeOne(association, doubtful());
  await association.release().catch(() => {});
  await callGateway(gateway.dimse, 'STRANGER').then(
    (open) => open.release(),
    () => undefined,
  );
  await gateway.until(({ holds, deliveries }) => holds === 1 && deliveries.delivered === 1, WITHIN_MS);
  const { holds } = JSON.parse(await gateway.cli('hold', 'list', '--json')) as { holds: { sha256: string }[] };
  const study = newStudy();
  const sender = await WebClient.of(gateway, 'SENDER', 'stow');
  await sender.store([fileOf(phantom({ study, series: 1, slice: 1, description: 'printed' }))]);
  const paths = [
    ...['/', '/peers', '/peers/PROVER', '/learning', '/journey', `/journey/${study}`, '/holds'],
    ...[
      `/holds/${holds[0]?.sha256}`,
      '/images',
      `/images/${study}`,
      '/ledger',
      '/ledger/3',
      '/people',
      '/account',
      '/drills',
    ],
    ...['', '#destinations', '#edit', '#history', '#tls', '#rules', '#tokens', '#gateway'].map(
      (part) => `/settings${part}`,
    ),
  ];
  return { ...site, paths };
}

/** Each page loaded anew, also where two differ by what is behind the # alone; from a picture of the same origin, which keeps its process. */
async function open({ page, origin }: ConsoleSite, path: string): Promise<void> {
  await page.goto(`${origin}/favicon.svg`);
  await page.goto(origin + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle').catch(() => undefined);
}

const nameOf = (path: string): string => path.replace(/[0-9a-f.]{20,}/, 'one').replaceAll(/[/#]/g, '-') || '-';

/** What would be wrong on paper: something that is only for the screen, colours behind words, anything wider than the sheet. */
const FAULTS_ON_PAPER = `(() => {
  const faults = [];
  const isShown = (one) => one !== null && one.getClientRects().length > 0;
  for (const selector of ['nav', 'header[class*=_bar]', 'button', '[data-no-print]'])
    for (const one of document.querySelectorAll(selector)) if (isShown(one)) faults.push('shown: ' + one.outerHTML.slice(0, 120));
  const head = [...document.querySelectorAll('[class*=printHead]')];
  if (head.length !== 1 || !isShown(head[0]) || !head[0].textContent.includes('Clinique du Parc')) faults.push('no head');
  const luminance = (colour) => {
    const [r, g, b, a = 1] = (colour.match(/[\\d.]+/g) ?? []).map(Number);
    return a === 0 ? 1 : (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
  };
  for (const one of document.querySelectorAll('main *')) {
    if (!isShown(one) || one.closest('svg, canvas, img') !== null) continue;
    const style = getComputedStyle(one);
    if (luminance(style.backgroundColor) < 0.7) faults.push('dark: ' + one.outerHTML.slice(0, 120));
    const hasWords = [...one.childNodes].some((each) => each.nodeType === 3 && each.textContent.trim() !== '');
    if (hasWords && luminance(style.color) > 0.45) faults.push('pale: ' + style.color + ' ' + one.outerHTML.slice(0, 160));
    const { left, right } = one.getBoundingClientRect();
    const isCut = hasWords && (right > innerWidth + 1 || left < -1);
    if (isCut && style.position !== 'absolute') faults.push('beyond the sheet: ' + one.outerHTML.slice(0, 160));
  }
  return [...new Set(faults)].slice(0, 8);
})()`;

test('[CONSOLE-116] every page prints: no navigation, black on white whatever the screen is, nothing beyond the sheet, with site, person and date', async (t) => {
  const site = await filled(t);
  if (site === undefined) return;
  const { page, paths } = site;
  await page.setViewportSize(SHEET);
  const found: string[] = [];
  for (const path of paths) {
    await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
    await open(site, path);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const fault of await page.evaluate<string[]>(FAULTS_ON_PAPER)) found.push(`${path} ${fault}`);
    if (path === '/ledger') await isListed(page);
    await keepWhole(page, `print${nameOf(path)}`);
    const sheets = (await page.pdf({ format: 'A4', preferCSSPageSize: true })).toString('latin1');
    const count = (sheets.match(/\/Type\s*\/Page\b/g) ?? []).length;
    if (count < 1 || count > 12) found.push(`${path} ${count} sheets`);
  }
  assert.deepEqual(found, []);
  assert.deepEqual(site.elsewhere, []);
});

/** What is in sight of the list is on the sheet too, one entry below the other. */
async function isListed(page: Page): Promise<void> {
  const tops = await page.evaluate<number[]>(
    '[...document.querySelectorAll("[role=option]")].map((one) => one.getBoundingClientRect().top)',
  );
  assert.ok(tops.length > 5, `${tops.length} entries on paper`);
  assert.deepEqual(
    tops.toSorted((a, b) => a - b),
    tops,
  );
  assert.equal(new Set(tops).size, tops.length);
}

async function keepWhole(page: Page, name: string): Promise<void> {
  const folder = process.env.LEADGLASS_SCREENSHOTS;
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

test('[CONSOLE-117] on a phone, light and dark, axe finds nothing serious on any page, and none is wider than the phone', async (t) => {
  const site = await filled(t);
  if (site === undefined) return;
  const { page, paths, origin } = site;
  await page.setViewportSize(PHONE);
  const found: string[] = [];
  for (const [language, colorScheme] of [
    ['fr', 'light'],
    ['en', 'dark'],
  ] as const) {
    await page.emulateMedia({ media: 'screen', colorScheme, reducedMotion: 'reduce' });
    await inLanguage(page, origin, language);
    for (const path of paths) {
      await open(site, path);
      for (const each of await graveFindings(page)) found.push(`${path} ${colorScheme} ${each}`);
      if (await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth'))
        found.push(`${path} ${colorScheme} wider than the phone`);
      await keepPicture(page, `phone${nameOf(path)}-${colorScheme}`);
    }
  }
  assert.deepEqual(found, []);
});
