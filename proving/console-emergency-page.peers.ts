import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { askInPage, graveFindings, inLanguage, keepPicture, until } from './console-evidence.ts';
import {
  ABSENT,
  assertScan,
  comesByCode,
  type EmergencySite,
  findPatient,
  PATIENT,
  signInByCode,
  startEmergency,
} from './emergency-site.ts';
import { makeObject } from './objects.ts';
import { requirePeer } from './peers.ts';
import { callGateway, storeOne } from './sending.ts';

const FEW_SLICES = 12;
const MOST_PAGE_BYTES = 150_000;

async function startSite(t: TestContext): Promise<EmergencySite | undefined> {
  const browser = requirePeer(t, 'chromium');
  return browser === undefined ? undefined : startEmergency(t, browser, FEW_SLICES);
}

async function come(
  site: EmergencySite,
  role: Parameters<typeof comesByCode>[1],
  language: 'fr' | 'en',
): Promise<Page> {
  const visitor = await comesByCode(site, role, language);
  await signInByCode(site, visitor, language);
  return visitor.page;
}

/** Bytes of scripts and styles that came over the network, compressed. */
const LOADED = `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/assets/'))
  .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`;

test('[CONSOLE-155] [CONSOLE-156] [CONSOLE-159] [CONSOLE-237] found by a misspelt name, the patient is there with images, prior, results, report, allergies, a clinical document and what was not understood, on one page of paper', async (t) => {
  const site = await startSite(t);
  if (site === undefined) return;
  const [now, prior] = site.scans;
  const page = await come(site, 'radiologist', 'en');
  const addresses: string[] = [];
  page.on('request', (asked) => void addresses.push(asked.url()));
  await page.goto(`${site.origin}/account`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  const before = await page.evaluate<number>(LOADED);
  await page.getByRole('link', { name: 'Emergency' }).click();
  const state = page.getByRole('region', { name: 'State of the systems' });
  await state.getByText('Normal operation').waitFor();
  await state.getByText(/labo: last message/).waitFor();
  await page.getByRole('region', { name: 'Critical results' }).getByText(PATIENT.family).waitFor();
  await page.getByRole('region', { name: 'Arrived today' }).getByText(PATIENT.family).waitFor();
  await keepPicture(page, 'emergency-en');
  await assertImagesAlone(site, page);
  await findPatient(page, 'lefebre');
  await page.getByRole('button', { name: 'I am caring for this patient' }).click();
  await assertChart(page);
  await page.locator(`a[href$="/${now.study}"]`).click();
  await assertScan(page, 0, now);
  await assertViewer(page, prior);
  const own = (await page.evaluate<number>(LOADED)) - before;
  await assertOutage(site, page);
  t.diagnostic(`own code of the emergency page: ${own} bytes compressed`);
  assert.ok(own > 0 && own < MOST_PAGE_BYTES, `${own} bytes`);
  assert.ok(!/lef.?.?.?vre|zoé|IPP7781|19610304/i.test(decodeURIComponent(addresses.join(' '))));
  const log = await site.gateway.cli('log', '-n', '300');
  assert.ok(!/LEF.VRE|IPP7781/i.test(log + site.gateway.stderr));
  assert.deepEqual(site.elsewhere, []);
});

/** Somebody of whom images alone came, and no message, is found all the same. */
async function assertImagesAlone({ gateway }: EmergencySite, page: Page): Promise<void> {
  const association = await callGateway(gateway.dimse, 'PROVER');
  const image = makeObject('mr', undefined, { id: 'IMAGES-ONLY', name: 'OZTURK^ELIF' });
  assert.equal(await storeOne(association, image), 0);
  await association.release();
  await page.getByRole('combobox').fill('ozturk');
  const region = page.getByRole('region', { name: 'Images alone' });
  await region.getByRole('link', { name: /OZTURK/ }).waitFor();
  await keepPicture(page, 'emergency-images-alone-en');
  await page.getByRole('combobox').fill('');
  await region.waitFor({ state: 'detached' });
}

/** Results with what was replaced, the report in words, the document, the message nobody understood, and the sheet of paper. */
async function assertChart(page: Page): Promise<void> {
  const rows = page.getByRole('row');
  await rows.filter({ hasText: 'Potassium' }).getByText('6,8').waitFor();
  assert.match((await rows.nth(1).textContent()) ?? '', /Potassium/);
  await page.getByRole('img', { name: /Potassium, trend: 4.1, 4.4, 6.8 mmol\/L/ }).waitFor();
  await rows.filter({ hasText: 'Sodium' }).locator('td').filter({ hasText: '139' }).first().waitFor();
  await rows.filter({ hasText: 'Sodium' }).locator('del').getByText('129 L').waitFor();
  await assertAllergies(page);
  await page.getByText('Pas d’embolie pulmonaire.').first().waitFor();
  await page.getByRole('button', { name: /^Open .*Lettre/ }).click();
  const save = page.getByRole('link', { name: 'Save' });
  const downloading = page.waitForEvent('download');
  await save.click();
  assert.equal((await downloading).suggestedFilename(), 'document.pdf');
  await page.getByRole('region', { name: 'Messages not understood' }).locator('summary').click();
  await page.getByText('Troponine||1250|ng/L').waitFor();
  await until(page, "[...document.querySelectorAll('main img')].every((one) => one.naturalWidth > 0)");
  await keepPicture(page, 'emergency-chart-en');
  await assertOneSheet(page);
  await assertClinicalDocument(page);
}

/** At the head of the chart, before any result. */
async function assertAllergies(page: Page): Promise<void> {
  const allergies = page.getByRole('region', { name: 'Allergies and intolerances' });
  await allergies.getByText('Pénicilline G [7980 LOC]').waitFor();
  await allergies.getByText(/severe \(SV\) · œdème de Quincke, urticaire · since 12\/04\/2019 · drug \(DA\)/).waitFor();
  await allergies.getByText('Arachide').waitFor();
  const [box, table] = [await allergies.boundingBox(), await page.getByRole('table').first().boundingBox()];
  assert.ok(box !== null && table !== null && box.y < table.y);
}

/** What a document says in elements of ours; that it is about somebody else is told; nothing of it ran. */
async function assertClinicalDocument(page: Page): Promise<void> {
  const title = await page.title();
  await page.getByRole('button', { name: /^Open .*CR de biologie/ }).click();
  const document = page.getByRole('article', { name: 'Document: Compte rendu de biologie' });
  await document
    .getByRole('alert')
    .getByText(/names another patient/)
    .waitFor();
  await document.getByRole('heading', { name: 'Hémogramme' }).waitFor();
  await document.locator('strong').getByText('anémie').waitFor();
  await document.getByRole('cell', { name: '6,4 g/dL' }).waitFor();
  await document.getByRole('listitem').getByText('à recontrôler').waitFor();
  assert.equal(await document.locator('script, img, iframe, [onerror], [style], a[href^=http]').count(), 0);
  assert.equal(await page.title(), title);
  assert.deepEqual(await graveFindings(page), []);
  await keepPicture(page, 'emergency-cda-en');
}

async function assertOneSheet(page: Page): Promise<void> {
  const paper = (await page.pdf({ format: 'A4' })).toString('latin1');
  assert.equal(/\/Type\s*\/Pages[\s\S]{0,200}?\/Count (\d+)/.exec(paper)?.[1], '1');
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.getByRole('navigation').isVisible(), false);
  await page.getByText(/^.*Printed .* by radiologist.*Data received until/).waitFor();
  await keepPicture(page, 'emergency-print-en');
  await page.emulateMedia({ media: 'screen' });
}

/** Windows, the way through the slices, the prior beside it, a length in millimetres; all by keyboard but the length. */
async function assertViewer(page: Page, prior: EmergencySite['scans'][number]): Promise<void> {
  await page.getByText('C 40 W 400').waitFor();
  await page.keyboard.press('2');
  await page.getByText('C -600 W 1500').waitFor();
  await page.keyboard.press('0');
  await page.getByText('C 40 W 400').waitFor();
  await page.keyboard.press('End');
  await page.getByText(`Image ${FEW_SLICES} / ${FEW_SLICES}`).waitFor();
  await page.keyboard.press('c');
  await assertScan(page, 1, prior);
  await page.keyboard.press('m');
  await until(page, "document.querySelector('button[aria-pressed=true]')?.textContent === 'Measure'");
  const box = (await page.locator('canvas').first().boundingBox()) ?? assert.fail('a canvas is there');
  const scale = Math.min(box.width, box.height) / 512;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 100 * scale, y, { steps: 4 });
  await page.mouse.up();
  await page.getByText(/Length (?:49\.[5-9]|50\.[0-5]) mm/).waitFor();
  await keepPicture(page, 'emergency-viewer-en');
}

/** Whoever looks at images is told within seconds that the PACS is gone, and what is missing for it. */
async function assertOutage({ gateway }: EmergencySite, page: Page): Promise<void> {
  await gateway.cli('destination', 'add', 'pacs', '--to', '127.0.0.1:9', '--called', 'PACS');
  await gateway.cli('relay', 'add', '--from', '*', '--to', 'pacs', '--services', 'find');
  await gateway.cli('outage', 'declare', 'pacs', '--reason', 'proving');
  const state = page.getByRole('region', { name: 'State of the systems' });
  await state.getByText('Outage mode').waitFor();
  await state.getByRole('heading', { name: 'What is missing' }).waitFor();
  await state.getByText(/pacs/i).first().waitFor();
  assert.deepEqual(await graveFindings(page), []);
  await keepPicture(page, 'emergency-outage-en');
}

test('[CONSOLE-157] whoever opens a patient without a known visit is on the list that the security officer reviews, without a name on it', async (t) => {
  const site = await startSite(t);
  if (site === undefined) return;
  const page = await come(site, 'emergency', 'fr');
  await findPatient(page, 'roussau');
  await page.getByRole('button', { name: 'Autre raison' }).click();
  await page.getByText('Dites laquelle, en quelques mots.').waitFor();
  await page.getByLabel('Précision (sans nom de patient)').fill('appel du SAMU');
  await page.getByRole('button', { name: 'Autre raison' }).click();
  await page.getByText(/cette ouverture sera revue/).waitFor();
  await page.getByRole('heading', { name: 'ROUSSEAU Émile' }).waitFor();
  await keepPicture(page, 'emergency-glass-fr');
  const officer = await come(site, 'security-officer', 'en');
  assert.equal(await statusInPage(officer, 'chart.search', { words: ABSENT.family }), 403);
  await officer.goto(`${site.origin}/glass`);
  const row = officer.getByRole('row').filter({ hasText: 'appel du SAMU' });
  await row.getByText('emergency.fr (emergency)').waitFor();
  assert.ok(!((await officer.locator('main').textContent()) ?? '').includes(ABSENT.family));
  assert.deepEqual(await graveFindings(officer), []);
  await row.getByRole('checkbox').check();
  await officer.getByLabel(/Note/).fill('spoken to the physician');
  await keepPicture(officer, 'glass-en');
  await officer.getByRole('button', { name: 'Mark as reviewed' }).click();
  await officer.getByText('Nothing to review').waitFor();
  const log = await site.gateway.cli('log', '--kind', 'glass');
  assert.match(
    log,
    /“emergency\.fr” \(emergency\) opened chart no\. \d+ without a known visit or order, another reason: appel du SAMU/,
  );
  assert.match(log, /“security-officer\.en” reviewed opening no\. 1 .*spoken to the physician/);
  assert.ok(!/ROUSSEAU/i.test(log));
});

function statusInPage(page: Page, name: string, body: object): Promise<number> {
  return page.evaluate(
    async ([name, body]) => {
      const headers = { 'content-type': 'application/json', 'x-leadglass': '1' };
      return (await fetch(`/api/${name}`, { method: 'POST', headers, body })).status;
    },
    [name, JSON.stringify(body)] as const,
  );
}

test('[CONSOLE-158] none of these pages has a serious fault of accessibility, in French and English, light and dark, wide and narrow', async (t) => {
  const site = await startSite(t);
  if (site === undefined) return;
  const page = await come(site, 'radiologist', 'fr');
  for (const [language, scheme, width] of [
    ['fr', 'light', 1400],
    ['en', 'dark', 1400],
    ['fr', 'dark', 390],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    await inLanguage(page, site.origin, language);
    const assertSound = async (name: string) => {
      await page.waitForLoadState('networkidle').catch(() => undefined);
      assert.deepEqual(await graveFindings(page), [], `${name} ${language} ${scheme} ${width}`);
      await keepPicture(page, `${name}-${language}-${scheme}-${width}`);
    };
    await page.goto(`${site.origin}/emergency`);
    await page.getByRole('combobox').fill('lef');
    await page.getByRole('option').first().waitFor();
    await assertSound('emergency');
    await page.getByRole('combobox').press('Enter');
    await page.getByRole('button', { name: /en charge|caring/ }).waitFor();
    await assertSound('emergency-open');
    await page.getByRole('button', { name: /en charge|caring/ }).click();
    await page.getByRole('table').waitFor();
    await assertSound('emergency-chart');
    await page.locator(`a[href$="/${site.scans[0].study}"]`).click();
    await assertScan(page, 0, site.scans[0]);
    await page.keyboard.press('c');
    await assertScan(page, 1, site.scans[1]);
    await assertSound('emergency-viewer');
  }
  assert.deepEqual(await askInPage(page, '/api/continuity.state').then(({ mode }) => mode), 'normal');
});
