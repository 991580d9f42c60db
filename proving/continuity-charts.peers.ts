import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { chromium, type Page } from 'playwright-core';
import { buildConsole } from '../tools/build-console.ts';
import { Box } from './box.ts';
import { graveFindings, keepPicture, setUp } from './console-evidence.ts';
import { results, sendAll, stampOf, type Told } from './emergency-feed.ts';
import { addFeeds, comesByCode, PATIENT, signInByCode, told } from './emergency-site.ts';
import { Gateway } from './gateway.ts';
import { freePort, requirePeer, startProgram } from './peers.ts';
import { dumped } from './relaying.ts';
import { folder } from './retrieving.ts';
import { worklistItem } from './worklist.ts';

const ROOT = new URL('../', import.meta.url).pathname;
const WAIT_MS = 60_000;
/** Known by a laboratory alone: no image, no visit. */
const OTHER: Told = { family: 'BÉRANGER', given: 'Luc', id: 'IPP8802', born: '19550102', sex: 'M' };

const calcium = (value: string) => ({
  ...{ code: '2000-8', name: 'Calcium', value, unit: 'mmol/L', range: '2,20-2,60', status: 'F' },
});

/** A site of which messages told, with a schedule of today that an information system gave, and somebody registered. */
async function siteOf(t: TestContext): Promise<Gateway> {
  const place = folder(t);
  const ris = await risOf(t, place);
  const gateway = await Gateway.start({ withWeb: 'tls', withHl7: true });
  t.after(() => gateway.dispose());
  await addFeeds(gateway);
  await sendAll(gateway.hl7, [...told(), results(OTHER, 'C1', stampOf(1), [calcium('2,41')])]);
  await gateway.cli('destination', 'add', 'ris', '--to', `127.0.0.1:${ris}`, '--called', 'OFFIS');
  await gateway.cli('relay', 'add', '--from', '*', '--services', 'worklist', '--to', 'ris');
  await gateway.cli('worklist', 'refresh');
  const form = join(place, 'registered.json');
  const who = {
    familyName: 'INCONNU',
    givenName: 'Trois',
    procedure: 'Thorax',
    modality: 'DX',
    station: 'DX1',
    priority: 'STAT',
  };
  writeFileSync(form, JSON.stringify({ ...who, requester: 'URGENCES' }));
  await gateway.cli('registration', 'add', form);
  return gateway;
}

async function risOf(t: TestContext, place: string): Promise<number> {
  const [database, port] = [join(place, 'wlistdb'), await freePort()];
  mkdirSync(join(database, 'OFFIS'), { recursive: true });
  writeFileSync(join(database, 'OFFIS', 'lockfile'), '');
  const lines = worklistItem(1).map((line) => line.replace('[20260101]', `[${stampOf(0).slice(0, 8)}]`));
  cpSync(await dumped(place, 'step', lines), join(database, 'OFFIS', 'step.wl'));
  const ris = await startProgram('wlmscpfs', ['-s', '-dfp', database, String(port)], port, 'OFFIS');
  t.after(() => ris.stop());
  return port;
}

async function codeOf(gateway: Gateway): Promise<string> {
  return (JSON.parse(await gateway.cli('continuity', 'node', 'add', 'BOX-ER', '--json')) as { code: string }).code;
}

interface Pulled {
  readonly parts: number;
  readonly documents: number;
}
function pulledIn(said: string): Pulled {
  const line = said.split('\n').find((each) => each.includes('"event":"continuity.pulled"')) ?? '{}';
  return (JSON.parse(line) as { around: Pulled }).around;
}

async function pulls(box: Box, ...words: readonly string[]): Promise<Pulled> {
  box.said = '';
  box.start(...words);
  await box.hears(/"event":"continuity\.(?:not-)?pulled".*\n/, 120_000);
  assert.match(box.said, /"event":"continuity\.pulled"/);
  const pulled = pulledIn(box.said);
  return pulled;
}

interface Standing {
  readonly box: { readonly kinds: readonly { kind: string; asOfMs: number | null; count: number }[] };
}
async function standing(box: Box): Promise<Readonly<Record<string, number>>> {
  const { kinds } = (JSON.parse(await box.control.cli('continuity-node', 'status', '--json')) as Standing).box;
  assert.ok(
    kinds.every(({ asOfMs }) => asOfMs !== null),
    JSON.stringify(kinds),
  );
  return Object.fromEntries(kinds.map(({ kind, count }) => [kind, count]));
}

async function pageOf(t: TestContext, executablePath: string, origin: string, banner: string): Promise<Page> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  t.after(() => browser.close());
  await setUp(page, origin, banner);
  // Whoever administers the box reads no chart: a physician comes by the sealed code.
  const visitor = await comesByCode({ page, context, origin }, 'radiologist', 'en');
  await signInByCode({ origin }, visitor, 'en');
  return visitor.page;
}

test('[PROVE-390] [CONSOLE-215] a box pulls charts, schedule and registrations; the gateway dies, the box is rebooted alone, and its page shows the potassium, the report and who is planned', async (t) => {
  const browser = requirePeer(t, 'chromium');
  if (browser === undefined) return;
  for (const tool of ['wlmscpfs', 'dump2dcm']) if (requirePeer(t, tool) === undefined) return;
  assert.notEqual(buildConsole(ROOT), 'failed');
  const gateway = await siteOf(t);
  const box = await Box.prepare(t);
  const from = `https://127.0.0.1:${gateway.web}`;
  const first = await pulls(box, '--from', from, '--code', await codeOf(gateway));
  assert.equal(first.documents, 2);
  assert.deepEqual(await standing(box), { images: 0, charts: 3, worklist: 1, registrations: 1 });
  await box.kill('SIGTERM');

  // What did not change does not come again; what did, does.
  await sendAll(gateway.hl7, [results(OTHER, 'C1', stampOf(1), [calcium('2,14')])]);
  const again = await pulls(box);
  assert.ok(again.parts <= 3 && again.documents === 0, JSON.stringify(again));
  const log = await gateway.cli('log', '-n', '200', '--json');
  assert.match(log, /"kind": "chart\.opened",\s+"by": "BOX-ER"/);
  await gateway.kill('SIGKILL');
  await box.kill('SIGTERM');

  box.said = '';
  const port = await freePort();
  box.start('--console', `127.0.0.1:${port}`);
  await box.hears(/\/set-up#\S+/, 120_000);
  assert.deepEqual(await standing(box), { images: 0, charts: 3, worklist: 1, registrations: 1 });
  const page = await pageOf(t, browser, `https://localhost:${port}`, box.said);
  await page.goto(`https://localhost:${port}/emergency`);
  await assertFront(page);
  await assertCharts(page);
  for (const word of [PATIENT.family, OTHER.family, PATIENT.id]) assert.equal(box.said.includes(word), false, word);
});

/** The band, the lists, and the schedule. */
async function assertFront(page: Page): Promise<void> {
  const state = page.getByRole('region', { name: 'State of the systems' });
  await state.getByText('Second box: a copy of the gateway').waitFor();
  await state.getByText(/schedule as of/).waitFor();
  await state.getByText(/labo: last message/).waitFor();
  await page.getByRole('region', { name: 'Critical results' }).getByText(PATIENT.family).waitFor();
  await page.getByRole('region', { name: 'Arrived today' }).getByText(PATIENT.family).waitFor();
  await page.getByText('Show the schedule of the day').click();
  const planned = page.getByRole('region', { name: 'Planned exams' });
  await planned
    .getByRole('row', { name: /Step 1/ })
    .getByText('P1')
    .waitFor();
  await planned
    .getByRole('row', { name: /INCONNU Trois/ })
    .getByText('registered in the downtime')
    .waitFor();
  assert.deepEqual(await graveFindings(page), []);
  await keepPicture(page, 'box-emergency');
}

/** Found by a misspelt name; results with what they replaced, the report, its document, what was not understood. */
async function assertCharts(page: Page): Promise<void> {
  await page.getByRole('combobox').fill('lefebre');
  await page.getByRole('option').first().click();
  await page.getByRole('button', { name: 'I am caring for this patient' }).click();
  const rows = page.getByRole('row');
  await rows.filter({ hasText: 'Potassium' }).getByText('6,8').waitFor();
  await rows.filter({ hasText: 'Sodium' }).locator('del').getByText('129 L').waitFor();
  await page.getByText('Pas d’embolie pulmonaire.').first().waitFor();
  await page.getByRole('region', { name: 'Allergies and intolerances' }).getByText('Pénicilline G').first().waitFor();
  await page
    .getByRole('button', { name: /^Open / })
    .first()
    .click();
  await page.getByRole('link', { name: 'Save' }).waitFor();
  await page.getByRole('region', { name: 'Messages not understood' }).locator('summary').click();
  await page.getByText('Troponine||1250|ng/L').waitFor();
  await keepPicture(page, 'box-chart');
  await page.getByRole('link', { name: 'Another patient' }).click();
  await page.getByRole('combobox').fill('beranger');
  await page.getByRole('option').first().click();
  await page.getByRole('button', { name: 'I am caring for this patient' }).click();
  await rows.filter({ hasText: 'Calcium' }).getByText('2,14').waitFor();
}
