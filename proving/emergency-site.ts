import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Role } from '@leadglass/contract';
import type { Page } from 'playwright-core';
import type { Proof } from './chromium.ts';
import { askInPage, type ConsoleSite, startConsole, until } from './console-evidence.ts';
import {
  admission,
  clinicalDocument,
  odd,
  radiology,
  results,
  sendAll,
  stampOf,
  type Told,
  type Value,
} from './emergency-feed.ts';
import { type ScanAt, scanSlice, shownOfScan } from './emergency-images.ts';
import type { Gateway } from './gateway.ts';
import type { MadeObject } from './objects.ts';
import { newStudy } from './phantom.ts';
import { callGateway, storeOne } from './sending.ts';

const INDEXED_WITHIN_MS = 120_000;
/** Grey levels that rounding may cost where the image is drawn larger or smaller. */
const TOLERANCE = 3;
const FEEDS = [
  ['labo', 'lab'],
  ['ris', 'ris'],
  ['gam', 'adt'],
] as const;
const VIEWPORT = { width: 1400, height: 900 };

/** The patient of the proofs: in the house, with results, images now and before. */
export const PATIENT: Told = { family: 'LEFÈVRE', given: 'Zoé', id: 'IPP7781', born: '19610304', sex: 'F' };
/** Known by a result of long ago alone: nobody told that they are here. */
export const ABSENT: Told = { family: 'ROUSSEAU', given: 'Émile', id: 'IPP9902', born: '19480712', sex: 'M' };

/** A gateway in which a patient has been told of, whose administrator is signed in in `page`. */
export interface EmergencySite extends ConsoleSite {
  /** Now, before of the same kind, and of another part of the body. */
  readonly scans: readonly [now: ScanAt, prior: ScanAt, other: ScanAt];
}

function scansOf(slices: number): EmergencySite['scans'] {
  const patient = { name: `${PATIENT.family}^${PATIENT.given}`, id: PATIENT.id, born: PATIENT.born };
  const scan = (daysAgo: number, description: string, count: number, bone: ScanAt['bone']): ScanAt => ({
    ...{ study: newStudy(), date: stampOf(daysAgo).slice(0, 8), description, slices: count, bone, patient },
  });
  return [
    scan(0, 'TDM THORACIQUE', slices, [180, 200]),
    scan(400, 'Scanner thorax', 12, [330, 300]),
    scan(30, 'Crâne', 3, [330, 200]),
  ];
}

const potassium = (value: string, flag = ''): Value => ({
  ...{ code: '2823-3', name: 'Potassium', value, unit: 'mmol/L', range: '3,5-5,1', flag },
});
const sodium = (value: string, status = 'F', flag = ''): Value => ({
  ...{ code: '2951-2', name: 'Sodium', value, unit: 'mmol/L', range: '136-145', flag, status },
});

const ALLERGIES = ['AL1|1|DA|7980^Pénicilline G^LOC|SV|œdème de Quincke~urticaire|20190412', 'AL1|2|FA|^Arachide|MO'];
/** Of another patient by its birth date; with what a document must not be able to do. */
const CDA = `<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet type="text/xsl" href="https://elsewhere.invalid/cda.xsl"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Compte rendu de biologie</title><effectiveTime value="20261127090000+0100"/>
<recordTarget><patientRole><id extension="X1" root="1.2.3"/><patient><name><family>LEFEVRE</family><given>Zoé</given></name><birthTime value="19710304"/></patient></patientRole></recordTarget>
<component><structuredBody><component><section><title>Hémogramme</title><text><paragraph>Commentaire : <content styleCode="Bold">anémie</content>.</paragraph>
<table><thead><tr><th>Examen</th><th>Résultat</th></tr></thead><tbody><tr><td>Hémoglobine</td><td>6,4 g/dL</td></tr></tbody></table>
<list><item>à recontrôler</item></list><img src="https://elsewhere.invalid/x.png" onerror="document.title='run'"/><script>document.title='run'</script></text></section></component></structuredBody></component></ClinicalDocument>`;
/** Whoever tells: laboratory, radiology, admissions. */
export async function addFeeds(gateway: Pick<Gateway, 'cli'>): Promise<void> {
  for (const [name, kind] of FEEDS) {
    const from = ['--from', '127.0.0.0/8', '--kind', kind, '--application', name.toUpperCase()];
    await gateway.cli('feed', 'add', name, ...from);
  }
}

/** What the laboratory, radiology and admissions tell: an arrival, three ionograms, one of them corrected, a report, something odd. */
export function told(): readonly string[] {
  const report = ['Pas d’embolie pulmonaire.', 'Épanchement pleural gauche de faible abondance.'];
  const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
  return [
    results(ABSENT, 'E1', stampOf(300), [potassium('4,0')]),
    results(PATIENT, 'L1', stampOf(90), [potassium('4,1'), sodium('141')]),
    results(PATIENT, 'L2', stampOf(7), [potassium('4,4'), sodium('140')]),
    admission(PATIENT, ALLERGIES),
    results(PATIENT, 'L3', stampOf(0), [potassium('6,8', 'HH'), sodium('129', 'F', 'L')]),
    results(PATIENT, 'L3', stampOf(0), [potassium('6,8', 'HH'), sodium('139', 'C')]),
    odd(PATIENT),
    radiology(PATIENT, 'R1', stampOf(0, '084000'), report, pdf),
    clinicalDocument(PATIENT, 'D1', CDA),
  ];
}

/** Starts it all. @param slices of the newest scan */
export async function startEmergency(t: TestContext, executablePath: string, slices: number): Promise<EmergencySite> {
  const scans = scansOf(slices);
  const site = await startTold(t, executablePath, told(), objectsOf(scans));
  return { ...site, scans };
}

function* objectsOf(scans: readonly ScanAt[]): Generator<MadeObject> {
  for (const scan of scans) for (let slice = 1; slice <= scan.slices; slice += 1) yield scanSlice(scan, slice);
}

/** A gateway with its console that was sent these messages and objects, the objects in its index. */
export async function startTold(
  t: Proof & Pick<TestContext, 'name'>,
  executablePath: string,
  messages: readonly string[],
  objects: Iterable<MadeObject>,
): Promise<ConsoleSite> {
  const site = await startConsole(t, executablePath, { withHl7: true });
  const { gateway } = site;
  await addFeeds(gateway);
  await sendAll(gateway.hl7, messages);
  await gateway.cli('peer', 'add', 'PROVER', '--from', '127.0.0.0/8', '--allow', 'echo,store');
  const association = await callGateway(gateway.dimse, 'PROVER');
  let sent = 0;
  for (const object of objects) {
    assert.equal(await storeOne(association, object), 0);
    sent += 1;
  }
  await association.release();
  await indexed(site, sent);
  return site;
}

async function indexed({ gateway }: ConsoleSite, wanted: number): Promise<void> {
  const endMs = performance.now() + INDEXED_WITHIN_MS;
  for (;;) {
    const { instances } = JSON.parse(await gateway.cli('index', 'status', '--json')) as { instances: number };
    if (instances >= wanted) return;
    assert.ok(performance.now() < endMs, `${instances} of ${wanted} are in the index`);
    await delay(300);
  }
}

/** Somebody who comes with a sealed code, in a browser of their own; signed in where `isIn`. */
export async function comesByCode(
  { page: administrator, context, origin }: Pick<ConsoleSite, 'page' | 'context' | 'origin'>,
  role: Role,
  language: 'fr' | 'en',
): Promise<{ readonly page: Page; readonly account: string; readonly code: string }> {
  const account = `${role}.${language}`;
  const added = { account, displayName: role, role, language };
  const { person } = (await askInPage(administrator, '/api/people.add', added)) as { person: { id: string } };
  const made = await askInPage(administrator, '/api/people.emergency-codes', { id: person.id });
  const [code = ''] = made.codes as readonly string[];
  const browser = context.browser() ?? assert.fail('a browser is there');
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
  const own = await browser.newContext({ ignoreHTTPSErrors: true, viewport: VIEWPORT, locale });
  const page = await own.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(`${origin}/favicon.svg`);
  return { page, account, code };
}

const WORDS = {
  fr: { door: 'Code d’urgence', account: 'Compte', code: 'Code de l’enveloppe' },
  en: { door: 'Emergency code', account: 'Account', code: 'Code from the envelope' },
};

/** Comes in by the code of the envelope, as a person does. */
export async function signInByCode(
  { origin }: Pick<ConsoleSite, 'origin'>,
  { page, account, code }: { readonly page: Page; readonly account: string; readonly code: string },
  language: 'fr' | 'en',
): Promise<void> {
  const words = WORDS[language];
  await page.goto(origin);
  await page.getByRole('button', { name: words.door }).click();
  await page.getByLabel(words.account).last().fill(account);
  await page.getByLabel(words.code).fill(code);
  await page.locator('button[type=submit]').last().click();
  await page.waitForURL(/\/(?:emergency)?$/);
}

/** Types words and opens the first who is found. */
export async function findPatient(page: Page, words: string): Promise<void> {
  await page.getByRole('combobox').pressSequentially(words);
  await page.getByRole('option').first().waitFor();
  await page.getByRole('combobox').press('Enter');
  await page.waitForURL(/\/emergency\/patient\/\d+$/);
}

/** Waits until canvas number `pane` shows the scan. */
export async function assertScan(page: Page, pane: number, scan: ScanAt): Promise<void> {
  await until(page, isShown(pane, scan));
}

function isShown(pane: number, scan: ScanAt): string {
  return `(() => {
    const canvas = document.querySelectorAll('canvas')[${pane}];
    if (canvas === undefined || !canvas.hasAttribute('data-shown')) return false;
    const side = Math.min(canvas.width, canvas.height);
    const [left, top] = [(canvas.width - side) / 2, (canvas.height - side) / 2];
    const context = canvas.getContext('2d');
    return ${JSON.stringify(shownOfScan(scan))}.every(({ x, y, grey }) => {
      const at = context.getImageData(left + x * side, top + y * side, 1, 1).data;
      return [0, 1, 2].every((colour) => Math.abs(at[colour] - grey) <= ${TOLERANCE});
    });
  })()`;
}
