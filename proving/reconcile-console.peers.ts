import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { startConsole } from './console-evidence.ts';
import type { Gateway } from './gateway.ts';
import { makeObject } from './objects.ts';
import { requirePeer } from './peers.ts';
import { callGateway, storeOne } from './sending.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PATIENT = { name: 'LEFEVRE^ZOE', birthDate: '19840229', sex: 'F' };

/** What axe finds on the page as it stands. */
async function found(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    if (window.axe === undefined) { ${AXE} }
    return window.axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html.slice(0, 200)) })));
  })()`);
}

test('[CONSOLE-190] [CONSOLE-239] a person sees who a temporary identity may be side by side, says so by one act, takes it back, and keeps the details of one who is new', async (t) => {
  const chromium = requirePeer(t, 'chromium');
  if (chromium === undefined) return;
  const site = await startConsole(t, chromium);
  assert.ok(site);
  const { page, gateway, origin } = site;
  await gateway.cli('peer', 'add', 'ROOM1', '--from', '127.0.0.1/32', '--allow', 'echo,store');
  const file = join(gateway.home, 'registration.json');
  const asked = { familyName: 'Lefèvre', givenName: 'Zoé', birthDate: '19840229', sex: 'F' };
  const order = { procedure: 'IRM', modality: 'MR', station: 'ROOM1', priority: 'STAT' };
  writeFileSync(file, JSON.stringify({ ...asked, ...order }));
  const said = await gateway.cli('registration', 'add', file, '--json');
  const { number, studyInstanceUid } = (
    JSON.parse(said) as { registration: { number: string; studyInstanceUid: string } }
  ).registration;
  const association = await callGateway(gateway.dimse, 'ROOM1');
  assert.equal(await storeOne(association, makeObject('mr', undefined, { ...PATIENT, id: 'R-991' })), 0);
  assert.equal(await storeOne(association, makeObject('mr', studyInstanceUid, { ...PATIENT, id: number })), 0);
  await association.release();

  await page.goto(`${origin}/reconcile`);
  await page.getByRole('row', { name: new RegExp(number) }).waitFor();
  await page.getByRole('button', { name: `Look at ${number}` }).click();
  const candidate = page.getByRole('article', { name: 'R-991' });
  await candidate.waitFor();
  assert.match((await candidate.textContent()) ?? '', /Lefèvre.*LEFEVRE.*the same/s);
  assert.deepEqual(await found(page), []);
  await page.getByRole('button', { name: 'It is this person: R-991' }).click();
  await page.getByRole('row', { name: new RegExp(`${number}.*reconciled`) }).waitFor();
  await page.getByRole('button', { name: `Take back who ${number} is` }).click();
  await page.getByLabel('Why?').fill('somebody else');
  await page.getByRole('button', { name: 'Take back', exact: true }).click();
  await page.getByRole('row', { name: new RegExp(`${number}.*to be reconciled`) }).waitFor();
  await assertNew(page, gateway, number);
});

/** Whom nobody knows keeps the details that were registered, under the number that is typed in. */
async function assertNew(page: Page, gateway: Gateway, number: string): Promise<void> {
  await page.getByRole('button', { name: `Look at ${number}` }).click();
  await page.getByText('New patient: keep these details').click();
  const form = page.getByRole('form', { name: 'New patient: keep these details' });
  assert.equal(await form.getByLabel('Family name').inputValue(), 'Lefèvre');
  assert.equal(await form.getByLabel('Date of birth').inputValue(), '1984-02-29');
  await form.getByRole('button', { name: 'Keep these details' }).click();
  await form.getByText('To be checked').waitFor();
  assert.deepEqual(await found(page), []);
  await form.getByLabel(/^Patient number/).fill('N-4711');
  await form.getByLabel('Given name').fill('Zoé Anne');
  await form.getByRole('button', { name: 'Keep these details' }).click();
  await page.getByRole('row', { name: new RegExp(`${number}.*(?:second look|reconciled)`) }).waitFor();
  const shown = await gateway.cli('reconcile', 'show', number, '--json');
  const { accepted } = JSON.parse(shown) as { accepted: Record<string, string> };
  assert.deepEqual([accepted.patientId, accepted.givenName, accepted.birthDate], ['N-4711', 'Zoé Anne', '19840229']);
}
