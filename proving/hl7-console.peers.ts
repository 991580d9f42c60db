import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { startConsole } from './console-evidence.ts';
import { freePort, requirePeer, startProgram } from './peers.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RECEIVER = fileURLToPath(new URL('./hl7-receiver.ts', import.meta.url));

/** What axe finds on the page as it stands. */
async function found(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    if (window.axe === undefined) { ${AXE} }
    return window.axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html.slice(0, 200)) })));
  })()`);
}

test('[CONSOLE-210] a person sees what the RIS refused, has it sent again, and says what is settled there', async (t) => {
  const chromium = requirePeer(t, 'chromium');
  if (chromium === undefined) return;
  const site = await startConsole(t, chromium);
  assert.ok(site);
  const { page, gateway, origin } = site;
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-hl7-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [port, heard] = [await freePort(), join(folder, 'heard.jsonl')];
  writeFileSync(`${heard}.say`, 'AE');
  const receiver = await startProgram(process.execPath, ['--no-warnings', RECEIVER, `${port}`, heard], port, 'RIS');
  t.after(() => receiver.stop());
  await gateway.cli('hl7-destination', 'add', 'ris-hl7', '--to', `127.0.0.1:${port}`);
  const file = join(folder, 'registration.json');
  const order = { procedure: 'IRM', modality: 'MR', station: 'ROOM1', priority: 'STAT' };
  writeFileSync(file, JSON.stringify({ familyName: 'Lefèvre', ...order }));
  const { registration } = JSON.parse(await gateway.cli('registration', 'add', file, '--json'));
  const { number } = registration as { readonly number: string };

  await page.goto(`${origin}/reconcile`);
  const refused = page.getByRole('row', { name: new RegExp(`ADT\\^A04.*${number}.*refused.*AE`) });
  await refused.waitFor();
  assert.deepEqual(await found(page), []);
  const picture = process.env.LEADGLASS_PICTURE;
  if (picture !== undefined) await page.screenshot({ path: picture, fullPage: true });
  rmSync(`${heard}.say`);
  await page.getByRole('button', { name: `Send again ADT^A04 of ${number}` }).click();
  await page.getByText('Nothing waits to be told.').waitFor();

  writeFileSync(`${heard}.say`, 'AE');
  const other = JSON.parse(await gateway.cli('registration', 'add', file, '--json')).registration.number as string;
  await page.getByRole('button', { name: `Settled there: ADT^A04 of ${other}` }).click();
  await page.getByLabel('Why?').fill('typed in by hand');
  rmSync(`${heard}.say`);
  await page.getByRole('button', { name: 'Settled there', exact: true }).last().click();
  await page.getByText('Nothing waits to be told.').waitFor();
});
