// The pages for emergencies among the pictures of `npm run screens`: of a gateway of their own, with a synthetic CT of the demonstration and results
// of a laboratory that is played.

import type { Page } from 'playwright-core';
import { inventPatient } from '../apps/demo/src/people.ts';
import { Random } from '../apps/demo/src/random.ts';
import { studyOf } from '../apps/demo/src/studies/study.ts';
import { inLanguage } from '../proving/console-evidence.ts';
import { admission, odd, radiology, results, stampOf, type Told, type Value } from '../proving/emergency-feed.ts';
import { comesByCode, findPatient, signInByCode, startTold } from '../proving/emergency-site.ts';
import type { MadeObject } from '../proving/objects.ts';

const [SEED, NO] = [1, 1];
const DAY_MS = 86_400_000;
const DESK = { width: 1400, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Of each picture its name, and the picture. */
export type Keep = (name: string, png: Buffer) => Promise<void>;

/** Whose CT it is, as the demonstration invents them. */
function patientOf(atMs: number): Told {
  const { name, birthDate, sex } = inventPatient(new Random(`${SEED} CT ${NO}`), `CT-${NO}`, atMs);
  const [family = '', given = ''] = name.split('^');
  return { family: family.toUpperCase(), given, id: `DEMO-CT-${NO}`, born: birthDate, sex };
}

function* scans(nowMs: number): Generator<MadeObject> {
  for (const atMs of [nowMs, nowMs - 300 * DAY_MS])
    for (const object of studyOf({ kind: 'CT', seed: SEED, no: NO, atMs, isFine: true }))
      yield { ...object, dataSet: Buffer.from(object.dataSet) };
}

const value = (code: string, name: string, said: string, unit: string, range: string, flag = ''): Value => ({
  ...{ code, name, value: said, unit, range, flag },
});

function told(patient: Told): readonly string[] {
  const potassium = (said: string, flag?: string) => value('2823-3', 'Potassium', said, 'mmol/L', '3,5-5,1', flag);
  const sodium = (said: string, flag?: string) => value('2951-2', 'Sodium', said, 'mmol/L', '136-145', flag);
  const creatinine = (said: string, flag?: string) => value('14682-9', 'Créatinine', said, 'µmol/L', '45-84', flag);
  const other = [value('10839-9', 'Troponine I', '<5', 'ng/L', '<16'), value('1988-5', 'CRP', '48', 'mg/L', '<5', 'H')];
  const report = [
    'Indication : douleur thoracique, dyspnée.',
    'Pas d’embolie pulmonaire. Épanchement pleural gauche de faible abondance.',
  ];
  return [
    results(patient, 'S1', stampOf(90), [potassium('4,1'), sodium('141'), creatinine('92', 'H')]),
    results(patient, 'S2', stampOf(7), [potassium('4,9'), sodium('138'), creatinine('131', 'H')]),
    admission(patient),
    results(patient, 'S3', stampOf(0), [potassium('6,8', 'HH'), sodium('129', 'L'), creatinine('212', 'H'), ...other]),
    results(patient, 'S3', stampOf(0), [{ ...sodium('134', 'L'), status: 'C' }]),
    radiology(patient, 'S4', stampOf(0, '084000'), report, Buffer.from('%PDF-1.4\n%%EOF\n')),
    odd(patient),
  ];
}

/** How a page is looked at. */
async function look(page: Page, scheme: 'light' | 'dark', size: typeof DESK): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce', media: 'screen' });
  await page.setViewportSize(size);
}

const LOADED = "[...document.querySelectorAll('main img')].every((one) => one.complete)";

async function settled(page: Page): Promise<void> {
  while (!(await page.evaluate<boolean>(LOADED))) await page.waitForTimeout(200);
  await page.waitForTimeout(800);
}

async function shown(page: Page, canvases: number): Promise<void> {
  await page
    .locator('canvas[data-shown]')
    .nth(canvases - 1)
    .waitFor();
  await page.waitForTimeout(800);
}

async function chart(page: Page, patient: Told, keep: Keep, name: string): Promise<void> {
  await page.getByRole('combobox').waitFor();
  await page.getByRole('combobox').pressSequentially(patient.family.slice(0, 5));
  await page.getByRole('option').first().waitFor();
  await keep(`emergency.${name}`, await page.screenshot());
  await page.getByRole('combobox').fill('');
  await findPatient(page, patient.family);
  await page.getByRole('button', { name: /en charge|caring/ }).click();
  await page.getByRole('table').waitFor();
  await settled(page);
  await keep(`emergency-chart.${name}`, await page.screenshot({ fullPage: true }));
}

async function viewer(page: Page, keep: Keep, name: string): Promise<void> {
  await page.locator('main li > a').first().click();
  await shown(page, 1);
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('PageDown');
  await page.keyboard.press('c');
  await shown(page, 2);
  await keep(`emergency-viewer.${name}`, await page.screenshot({ fullPage: true }));
}

/** Takes them all, and cleans up. @param executablePath of Chromium */
export async function takeEmergency(executablePath: string, keep: Keep): Promise<void> {
  const ends: (() => unknown)[] = [];
  const t = { name: 'screens', after: (end?: () => unknown) => void (end !== undefined && ends.push(end)) };
  try {
    const [nowMs, patient] = [Date.now(), patientOf(Date.now())];
    const site = await startTold(t as never, executablePath, told(patient), scans(nowMs));
    const visitor = await comesByCode(site, 'emergency', 'fr');
    const { page } = visitor;
    await look(page, 'light', DESK);
    await signInByCode(site, visitor, 'fr');
    await chart(page, patient, keep, 'fr');
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 794, height: 1123 });
    await keep('emergency-chart.fr.print', await page.screenshot());
    await look(page, 'light', PHONE);
    await keep('emergency-chart.fr.phone', await page.screenshot());
    await look(page, 'light', DESK);
    await viewer(page, keep, 'fr');
    await look(page, 'dark', DESK);
    await inLanguage(page, site.origin, 'en');
    await page.goto(`${site.origin}/emergency`);
    await chart(page, patient, keep, 'en.dark');
    await viewer(page, keep, 'en.dark');
  } finally {
    for (const end of ends) await end();
  }
}
