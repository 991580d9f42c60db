// Run by console-emergency.peers.ts inside a network namespace that has loopback and nothing else; `LEADGLASS_TIMES` names the file for its figures.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { keepPicture } from './console-evidence.ts';
import {
  assertScan,
  comesByCode,
  type EmergencySite,
  findPatient,
  signInByCode,
  startEmergency,
} from './emergency-site.ts';
import { requirePeer } from './peers.ts';

const SLICES = 500;
const ALL_WITHIN_MS = 30_000;

class Steps {
  readonly took: [name: string, ms: number][] = [];

  async step(name: string, act: () => Promise<void>): Promise<void> {
    const beganMs = performance.now();
    await act();
    this.took.push([name, Math.round(performance.now() - beganMs)]);
  }

  get sumMs(): number {
    return this.took.reduce((sum, [, ms]) => sum + ms, 0);
  }
}

async function drill(site: EmergencySite, steps: Steps): Promise<void> {
  const [now, prior] = site.scans;
  const visitor = await comesByCode(site, 'emergency', 'fr');
  const { page } = visitor;
  await steps.step('sign in by a sealed code', () => signInByCode(site, visitor, 'fr'));
  await steps.step('find the patient by a misspelt name', () => findPatient(page, 'lefebre zoe'));
  await steps.step('open the chart with a reason', async () => {
    await page.getByRole('button', { name: 'Sa vie est en danger' }).click();
    await page.getByRole('heading', { name: 'LEFÈVRE Zoé' }).waitFor();
  });
  await steps.step('potassium', async () => {
    const row = page.getByRole('row').filter({ hasText: 'Potassium' });
    await row.getByText('6,8').waitFor();
    await row.getByText('HH').waitFor();
  });
  await keepPicture(page, 'cut-off-chart');
  await steps.step(`first image of a CT of ${SLICES} slices`, async () => {
    await page.locator(`a[href$="/${now.study}"]`).click();
    await assertScan(page, 0, now);
  });
  await steps.step('the prior side by side', async () => {
    await page.keyboard.press('c');
    await assertScan(page, 1, prior);
  });
  await keepPicture(page, 'cut-off-viewer');
}

test('[PROVE-320] [PROVE-321] cut off from everything, an emergency physician sees image, prior and potassium', async (t) => {
  const browser = requirePeer(t, 'chromium');
  if (browser === undefined) return;
  assert.deepEqual(Object.keys(networkInterfaces()), ['lo']);
  await assert.rejects(fetch('http://192.0.2.1/', { signal: AbortSignal.timeout(5_000) }), /fetch failed/);
  const site = await startEmergency(t, browser, SLICES);
  const steps = new Steps();
  await drill(site, steps);
  const { LEADGLASS_TIMES: file } = process.env;
  if (file !== undefined) writeFileSync(file, JSON.stringify(steps.took));
  assert.ok(steps.sumMs < ALL_WITHIN_MS, JSON.stringify(steps.took));
  assert.deepEqual(site.elsewhere, []);
});
