import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { EXPLICIT_VR_LITTLE_ENDIAN, encodeElements } from '@leadglass/dicom';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from './chromium.ts';
import { graveFindings, keepPicture } from './console-evidence.ts';
import { sendAll } from './emergency-feed.ts';
import { addFeeds, PATIENT, told } from './emergency-site.ts';
import { CLI, COMPILED, Gateway } from './gateway.ts';
import { type MadeObject, makeObject, partTen } from './objects.ts';
import { requirePeer } from './peers.ts';
import { fill } from './retrieving.ts';

const run = promisify(execFile);
const WAIT_MS = 60_000;
const PASSWORD = 'a long password for a stick';

interface Export {
  readonly folder: string;
  readonly objects: readonly MadeObject[];
}

async function exported(t: TestContext, objects: readonly MadeObject[]): Promise<Export & { readonly said: Said }> {
  const gateway = await Gateway.start();
  t.after(() => gateway.dispose());
  await gateway.admitProver();
  await fill(gateway, objects);
  const around = mkdtempSync(join(tmpdir(), 'leadglass-export-'));
  t.after(() => rmSync(around, { recursive: true, force: true }));
  const [folder, file] = [join(around, 'stick'), join(around, 'password.txt')];
  writeFileSync(file, `${PASSWORD}\n`, { mode: 0o600 });
  const said = await gateway.cli('continuity', 'export', folder, '--password-file', file, '--json');
  return { folder, objects, said: JSON.parse(said) as Said };
}

interface Said {
  readonly studies: number;
  readonly objects: number;
  readonly pictures: number;
}

/** A page opened from the folder itself, in a browser that has no network; what it asked the network for, and complained of. */
async function opened(t: TestContext, browser: Browser, folder: string) {
  const context = await browser.newContext({ offline: true, locale: 'en-GB' });
  t.after(() => context.close());
  const page = await context.newPage();
  const [asked, complaints]: [string[], string[]] = [[], []];
  page.on('request', (request) => void asked.push(request.url()));
  page.on('pageerror', (error) => void complaints.push(String(error)));
  await page.goto(pathToFileURL(join(folder, 'index.html')).href);
  return { page, asked, complaints };
}

/** A report as a device writes it: a content tree with one text (PS3.3 §C.17.3). */
function reportOf(study: string): MadeObject {
  const sopClassUid = '1.2.840.10008.5.1.4.1.1.88.11';
  const sopInstanceUid = `${study}.1.1`;
  const code = [
    { tag: 0x00080100, value: '121071' },
    { tag: 0x00080102, value: 'DCM' },
    { tag: 0x00080104, value: 'Finding' },
  ];
  const item = [
    { tag: 0x0040a010, value: 'CONTAINS' },
    { tag: 0x0040a040, value: 'TEXT' },
    { tag: 0x0040a043, vr: 'SQ', value: [code] },
    { tag: 0x0040a160, value: 'Pas de fracture. Œdème.' },
  ];
  const elements = [
    { tag: 0x00080005, value: 'ISO_IR 192' },
    { tag: 0x00080016, value: sopClassUid },
    { tag: 0x00080018, value: sopInstanceUid },
    { tag: 0x00080020, value: '20260615' },
    { tag: 0x00080060, value: 'SR' },
    { tag: 0x00100010, value: 'Lefèvre^Zoé' },
    { tag: 0x00100020, value: 'EXP-2' },
    { tag: 0x0020000d, value: study },
    { tag: 0x0020000e, value: `${study}.1` },
    { tag: 0x0040a040, value: 'CONTAINER' },
    { tag: 0x0040a730, vr: 'SQ', value: [item] },
  ];
  const dataSet = Buffer.from(encodeElements(elements, EXPLICIT_VR_LITTLE_ENDIAN));
  return { sopClassUid, sopInstanceUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN, dataSet };
}

async function enter(page: Page, password: string): Promise<void> {
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Open' }).click();
}

async function browserOf(t: TestContext): Promise<Browser | undefined> {
  const executablePath = requirePeer(t, 'chromium');
  if (executablePath === undefined) return undefined;
  return startChromium(t, executablePath);
}

const chunkPath = (folder: string, index: number): string => join(folder, 'data', '0000', `${index}.js`);

test('[PROVE-347] from file://, with a password and without a network, Chromium shows the images, the report, and gives the DICOM file bit for bit', async (t) => {
  const browser = await browserOf(t);
  if (browser === undefined) return;
  const study = `2.25.7${process.pid}1`;
  const { folder, objects, said } = await exported(t, [
    ...Array.from({ length: 3 }, () => makeObject('ct', study)),
    reportOf(`2.25.7${process.pid}2`),
  ]);
  assert.deepEqual([said.studies, said.objects, said.pictures], [2, 4, 3]);
  const { page, asked, complaints } = await opened(t, browser, folder);
  await enter(page, 'not the password at all');
  await page.getByText('Wrong password.').waitFor({ timeout: WAIT_MS });
  assert.equal(await page.getByText('PROVING OBJECT').count(), 0);
  await enter(page, PASSWORD);
  await page.locator('#studies li', { hasText: 'CT' }).click({ timeout: WAIT_MS });
  await page.getByRole('button', { name: /^CT/ }).click();
  const image = page.locator('#image');
  await image.waitFor({ timeout: WAIT_MS });
  await page.waitForFunction("document.getElementById('image').naturalWidth === 512", undefined, { timeout: WAIT_MS });
  await page.getByRole('button', { name: '▶' }).click();
  await page.getByText('2 / 3').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: WAIT_MS }),
    page.getByRole('button', { name: 'DICOM file' }).click(),
  ]);
  const file = readFileSync(await download.path());
  const object = objects.find(({ sopInstanceUid }) => `${sopInstanceUid}.dcm` === download.suggestedFilename());
  assert.deepEqual(file, Buffer.from(partTen(object as MadeObject)));
  await page.locator('#studies li', { hasText: 'SR' }).click();
  await page.getByText('Pas de fracture. Œdème.').waitFor({ timeout: WAIT_MS });
  await page.locator('#search').fill('zoe lefevre');
  assert.equal(await page.locator('#studies li').count(), 1);
  assert.deepEqual(
    asked.filter((url) => !url.startsWith('file:') && !url.startsWith('blob:')),
    [],
  );
  assert.deepEqual(complaints, []);
});

test('[PROVE-348] a chunk that was altered, put in another’s place or taken away is told and not shown; nothing names a patient in the clear', async (t) => {
  const browser = await browserOf(t);
  if (browser === undefined) return;
  const { folder } = await exported(t, [makeObject('mr'), makeObject('mr')]);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(?:js|html)$/.test(name),
  );
  for (const name of names) {
    const bytes = readFileSync(join(folder, name));
    for (const secret of ['PROVING', Buffer.from('PROVING').toString('base64').slice(0, 8)])
      assert.equal(bytes.includes(secret), false, name);
  }
  const show = async (): Promise<Page> => {
    const { page } = await opened(t, browser, folder);
    await enter(page, PASSWORD);
    await page.getByText('PROVING OBJECT').first().click({ timeout: WAIT_MS });
    return page;
  };
  // Chunk 1 is the first file, 2 its picture, 3 and 4 those of the second object.
  const [picture, other] = [chunkPath(folder, 2), chunkPath(folder, 4)];
  const whole = readFileSync(picture, 'utf8');
  const flipped = whole.replace(/,"(.)/, (_, letter: string) => `,"${letter === 'A' ? 'B' : 'A'}`);
  for (const content of [flipped, readFileSync(other, 'utf8').replace('leadglassChunk(4', 'leadglassChunk(2'), '']) {
    writeFileSync(picture, content);
    const page = await show();
    await page.getByRole('button', { name: '▶' }).waitFor();
    await anyShows(page, 'A piece of this export was altered or damaged: it is not shown.');
  }
  rmSync(picture);
  await anyShows(await show(), 'A piece of this export is missing.');
  writeFileSync(picture, whole);
  copyFileSync(chunkPath(folder, 1), chunkPath(folder, 5));
  const { page } = await opened(t, browser, folder);
  await enter(page, PASSWORD);
  await page.getByText('A piece of this export was altered or damaged: it is not shown.').waitFor({ timeout: WAIT_MS });
});

/** Of the studies listed, one says it. */
async function anyShows(page: Page, words: string): Promise<void> {
  const items = page.locator('#studies li');
  for (let at = 0; at < (await items.count()); at += 1) {
    await items.nth(at).click();
    const told = await page
      .getByText(words)
      .waitFor({ timeout: 5_000 })
      .then(
        () => true,
        () => false,
      );
    if (told) return;
  }
  assert.fail(`nobody says: ${words}`);
}

test('[PROVE-349] a weak password is refused, a made one is told once, and what was not finished is not there', async (t) => {
  const gateway = await Gateway.start();
  t.after(() => gateway.dispose());
  await gateway.admitProver();
  await fill(gateway, [makeObject('sr')]);
  const around = mkdtempSync(join(tmpdir(), 'leadglass-export-'));
  t.after(() => rmSync(around, { recursive: true, force: true }));
  const weak = join(around, 'weak.txt');
  writeFileSync(weak, 'short-one\n');
  const options = { env: { ...process.env, ...COMPILED, LEADGLASS_HOME: gateway.home, LEADGLASS_LANG: 'en' } };
  const refused = run(
    process.execPath,
    ['--no-warnings', CLI, 'continuity', 'export', join(around, 'a'), '--password-file', weak],
    options,
  );
  await assert.rejects(refused, /too short/);
  assert.equal(existsSync(join(around, 'a')), false);
  const said = JSON.parse(await gateway.cli('continuity', 'export', join(around, 'b'), '--json')) as {
    password: string;
  };
  assert.match(said.password, /^[a-z2-9]{4}(?:-[a-z2-9]{4}){4}$/);
  await assert.rejects(gateway.cli('continuity', 'export', join(around, 'b')), /exists already/);
  assert.deepEqual(readdirSync(around).sort(), ['b', 'weak.txt']);
  const log = await gateway.cli('log', '--json');
  assert.match(log, /vault\.exported/);
  assert.equal(log.includes(said.password), false);
});

test('[PROVE-391] a stick shows from file:// the potassium with its flag and what it replaced, the report with its document, and who is planned; nothing grave for axe, nothing asked of the network', async (t) => {
  const browser = await browserOf(t);
  if (browser === undefined) return;
  const gateway = await Gateway.start({ withHl7: true });
  t.after(() => gateway.dispose());
  await addFeeds(gateway);
  await sendAll(gateway.hl7, told());
  const around = mkdtempSync(join(tmpdir(), 'leadglass-export-'));
  t.after(() => rmSync(around, { recursive: true, force: true }));
  const [folder, file, form] = ['stick', 'password.txt', 'who.json'].map((name) => join(around, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(file, `${PASSWORD}\n`, { mode: 0o600 });
  const who = {
    familyName: 'INCONNU',
    procedure: 'Thorax',
    modality: 'DX',
    station: 'DX1',
    priority: 'STAT',
    localId: PATIENT.id,
  };
  writeFileSync(form, JSON.stringify(who));
  await gateway.cli('registration', 'add', form);
  const said = await gateway.cli('continuity', 'export', folder, '--password-file', file, '--json');
  assert.deepEqual(JSON.parse(said).charts, 2);
  assert.deepEqual(JSON.parse(said).documents, 2);
  const { page, asked, complaints } = await opened(t, browser, folder);
  await enter(page, PASSWORD);
  await page.getByText(/labo: last message/).waitFor({ timeout: WAIT_MS });
  await page.locator('#find').fill('lefevre zoe');
  await page.locator('#find').press('Enter');
  const potassium = page.getByRole('row', { name: /Potassium/ });
  await potassium.getByText('6,8 HH').waitFor({ timeout: WAIT_MS });
  await potassium.getByText('mmol/L · 3,5-5,1').waitFor();
  await page
    .getByRole('row', { name: /Sodium/ })
    .locator('s', { hasText: '129 L' })
    .waitFor();
  await page
    .getByRole('row', { name: /Sodium/ })
    .getByText('139 C')
    .waitFor();
  await page
    .getByRole('listitem')
    .filter({ hasText: 'Pénicilline G' })
    .getByText('severe (SV) · œdème de Quincke, urticaire')
    .waitFor();
  await page.getByText('Pas d’embolie pulmonaire.').first().waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: WAIT_MS }),
    page.getByRole('button', { name: /^Save/ }).last().click(),
  ]);
  assert.match(readFileSync(await download.path(), 'latin1'), /^%PDF-1\.4/);
  assert.match(download.suggestedFilename(), /\.pdf$/);
  assert.deepEqual(await graveFindings(page), []);
  await page.evaluate('scrollTo(0, 0)');
  await keepPicture(page, 'stick-chart');
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('#views').isVisible(), false);
  assert.equal(await potassium.isVisible(), true);
  await page.emulateMedia({ media: 'screen' });
  await page.getByRole('button', { name: 'Schedule' }).click();
  await page
    .getByRole('row', { name: /INCONNU/ })
    .getByText('registered in the downtime')
    .waitFor();
  assert.deepEqual(await graveFindings(page), []);
  await page.getByRole('button', { name: 'Français' }).click();
  await page.getByText('enregistré en panne').first().waitFor();
  await keepPicture(page, 'stick-plan');
  assert.deepEqual(
    asked.filter((url) => !url.startsWith('file:') && !url.startsWith('blob:')),
    [],
  );
  assert.deepEqual(complaints, []);
});
