import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { isTemporaryNumber } from '@leadglass/model';
import type { Page } from 'playwright-core';
import { keepPicture, startConsole } from './console-evidence.ts';
import { requirePeer } from './peers.ts';
import { find } from './relaying.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const DESK = { width: 1400, height: 900 };
const LOOKS = [
  ['light', DESK],
  ['dark', DESK],
  ['light', { width: 390, height: 844 }],
] as const;
/** 62 mm at 96 dots an inch. */
const LABEL_PIXELS = 234;

/** What axe finds on the page as it stands. */
async function found(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    if (window.axe === undefined) { ${AXE} }
    return window.axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html.slice(0, 200)) })));
  })()`);
}

async function fill(page: Page, name: string): Promise<void> {
  await page.getByLabel('Family name').fill(name);
  await page.getByLabel('Given name').fill('Zoé');
  await page.getByLabel('Date of birth').fill('1984-02-29');
  await page.getByLabel('Sex').selectOption('F');
  await page.getByLabel('Exam asked for').fill('Scanner cérébral');
  await page.getByLabel('Device (AE title)').fill('FINDER');
}

test('[CONSOLE-182] a person registers a patient in the browser, prints labels and the list, corrects and cancels; nothing goes elsewhere', async (t) => {
  const chromium = requirePeer(t, 'chromium');
  if (chromium === undefined || requirePeer(t, 'findscu') === undefined) return;
  const site = await startConsole(t, chromium);
  assert.ok(site);
  const { page, gateway, origin } = site;
  await gateway.cli('peer', 'add', 'FINDER', '--from', '127.0.0.1/32', '--allow', 'echo,worklist');
  await page.goto(`${origin}/registration`);
  await page.getByText('Nobody is registered today').waitFor();
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  assert.equal(await page.getByText('To be checked').count(), 3);
  await fill(page, 'LEFÈVRE');
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  const row = page.getByRole('row', { name: /LEFÈVRE Zoé/ });
  await row.waitFor();
  await page.getByText(/^T\w{13} is registered\.$/).waitFor();
  const number = /T[0-9A-Z]{13}/.exec((await row.textContent()) ?? '')?.[0] ?? '';
  assert.ok(isTemporaryNumber(number, 'patient'));
  const place = { port: gateway.dimse, called: 'LEADGLASS' };
  const keys = ['PatientID', 'PatientName', 'ScheduledProcedureStepSequence[0].ScheduledStationAETitle=FINDER'];
  const answers = async () => (await find(place, '-W', keys)).answers;
  assert.ok((await answers())[0]?.includes(Buffer.from('LEFÈVRE^Zoé', 'latin1')));
  await page.getByRole('button', { name: `Correct ${number}` }).click();
  await page.getByLabel('Family name').fill('LEFEBVRE');
  await page.getByRole('button', { name: 'Save the correction' }).click();
  await page.getByRole('row', { name: /LEFEBVRE Zoé/ }).waitFor();
  assert.ok((await answers())[0]?.includes(Buffer.from('LEFEBVRE^Zoé', 'latin1')));
  for (const [scheme, size] of LOOKS) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize(size);
    await page.evaluate(`document.documentElement.setAttribute('data-mantine-color-scheme', '${scheme}')`);
    assert.deepEqual(await found(page), []);
    const overflow = await page.evaluate<number>(`document.documentElement.scrollWidth - innerWidth`);
    assert.ok(overflow <= 0, `${scheme} ${size.width}: ${overflow} px too wide`);
    await keepPicture(page, `registration-${scheme}-${size.width}`);
  }
  await page.setViewportSize(DESK);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.evaluate(`document.documentElement.setAttribute('data-mantine-color-scheme', 'light')`);
  await page.getByRole('button', { name: `Labels of ${number}` }).click();
  await page.getByRole('img', { name: number }).first().waitFor();
  assert.deepEqual(await found(page), []);
  await keepPicture(page, 'registration-labels');
  await page.emulateMedia({ media: 'print' });
  const widths = await page.evaluate<number[]>(
    `[...document.querySelectorAll('svg[role=img]')].map((svg) => Math.round(svg.parentElement.getBoundingClientRect().width))`,
  );
  assert.deepEqual(widths, Array(4).fill(LABEL_PIXELS));
  assert.equal(await page.getByRole('button').count(), 0);
  await keepPicture(page, 'registration-labels-print');
  const pdf = await page.pdf({ preferCSSPageSize: true });
  assert.equal((pdf.toString('latin1').match(/\/Type \/Page\b/g) ?? []).length, 4);
  await page.emulateMedia({ media: 'screen' });
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('button', { name: 'Print the list' }).click();
  await page.emulateMedia({ media: 'print' });
  await page.getByText('LEFEBVRE Zoé').waitFor();
  await keepPicture(page, 'registration-list-print');
  await page.emulateMedia({ media: 'screen' });
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('button', { name: `Cancel ${number}` }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('came twice');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel', exact: true }).last().click();
  await page.getByText(`${number} is cancelled.`).waitFor();
  assert.equal((await answers()).length, 0);
  assert.deepEqual(site.elsewhere, []);
  assert.deepEqual(site.errors, []);
});
