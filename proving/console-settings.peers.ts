import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConsoleSite, graveFindings, keepPicture, startConsole } from './console-evidence.ts';
import { type Peer, requirePeer, startStorescp } from './peers.ts';

interface Given {
  readonly site: ConsoleSite;
  readonly pacs: Peer;
}

async function triesDestinations({ site, pacs }: Given): Promise<void> {
  const { page, origin, gateway } = site;
  await page.goto(`${origin}/settings#destinations`);
  await page.getByRole('button', { name: 'Add a destination…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Address').fill('127.0.0.1');
  await dialog.getByLabel('Port').fill('1');
  await dialog.getByLabel('Its AE title').fill(pacs.aet);
  await dialog.getByRole('button', { name: 'Try the connection' }).click();
  await dialog.getByText(/Nothing listens at 127\.0\.0\.1:1:/).waitFor();
  assert.deepEqual(await graveFindings(page), []);
  await keepPicture(page, 'destination-bad');
  await dialog.getByLabel('Port').fill(String(pacs.port));
  await dialog.getByRole('button', { name: 'Try the connection' }).click();
  await dialog.getByText(/answers, and takes \d+ of the \d+ kinds of object tried/).waitFor();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('button', { name: 'Try the connection: pacs' }).click();
  await page.getByText(/answers, and takes/).waitFor();
  await keepPicture(page, 'destination-good');
  assert.match(await gateway.cli('destination', 'list'), new RegExp(`pacs\\s+127\\.0\\.0\\.1:${pacs.port}`));
  await page.getByRole('button', { name: 'Remove “pacs”' }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('“pacs” is removed.').waitFor();
}

async function givesTokens({ site }: Given): Promise<void> {
  const { page, origin, gateway } = site;
  await page.goto(`${origin}/settings#tokens`);
  await page.getByRole('button', { name: 'Give a token…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Title').fill('VIEWER');
  await dialog.getByRole('button', { name: 'Give', exact: true }).click();
  const secret = (await dialog.getByTestId('token-secret').textContent()) ?? '';
  assert.match(secret, /^lgw_/);
  assert.deepEqual(await graveFindings(page), []);
  await keepPicture(page, 'token-secret');
  const asked = async () =>
    (
      await fetch(`http://127.0.0.1:${gateway.web}/dicom-web/studies?PatientID=nobody`, {
        headers: { authorization: `Bearer ${secret}` },
      })
    ).status;
  assert.ok([200, 204].includes(await asked()));
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByText(/search, read · given on/).waitFor();
  await keepPicture(page, 'token-list');
  assert.equal((await page.content()).includes(secret), false);
  await page.getByRole('button', { name: 'Take back the token “VIEWER”' }).click();
  await dialog.getByRole('button', { name: 'Take back' }).click();
  await page.getByRole('heading', { name: 'No token' }).waitFor();
  assert.equal(await asked(), 401);
}

async function bindsPeers({ site }: Given): Promise<void> {
  const { page, origin, gateway } = site;
  await gateway.cli('peer', 'add', 'WS1', '--from', '127.0.0.1/32', '--allow', 'echo,find');
  await page.goto(`${origin}/peers/WS1`);
  await page.getByRole('button', { name: 'Change rights…' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Its rules').selectOption('observe');
  await dialog.getByText('Limits of its queries').click();
  await dialog.getByLabel('Results at most').fill('0');
  await dialog.getByRole('button', { name: 'See what will change' }).click();
  await dialog.getByText('A whole number, 1 to 100,000.').first().waitFor();
  await dialog.getByLabel('Results at most').fill('200');
  await dialog.getByLabel('Modalities it sees').fill('ct, mr');
  await dialog.getByLabel('Hours').fill('07:00-19:30');
  assert.deepEqual(await graveFindings(page), []);
  await keepPicture(page, 'peer-limits');
  await dialog.getByRole('button', { name: 'See what will change' }).click();
  await dialog.getByText('mostResults: 200').waitFor();
  await dialog.getByText('mode: observe').waitFor();
  await keepPicture(page, 'peer-difference');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('WS1 is let in.').waitFor();
  const { peers } = JSON.parse(await gateway.cli('peer', 'list', '--json')) as {
    peers: { aeTitle: string; mode?: string; queryLimits?: unknown }[];
  };
  const saved = peers.find(({ aeTitle }) => aeTitle === 'WS1');
  assert.deepEqual(saved?.queryLimits, { mostResults: 200, hours: '07:00-19:30', modalities: ['CT', 'MR'] });
  assert.equal(saved?.mode, 'observe');
}

test('[CONSOLE-114] connections, tokens and limits in a real browser', async (t) => {
  const [chromium, storescp] = [requirePeer(t, 'chromium'), requirePeer(t, 'storescp')];
  if (chromium === undefined || storescp === undefined) return;
  const pacs = await startStorescp();
  t.after(() => pacs.stop());
  const site = await startConsole(t, chromium);
  await t.test('[CONSOLE-114] a destination is tried before it is added and afterwards, in words with what to do', () =>
    triesDestinations({ site, pacs }),
  );
  await t.test('[CONSOLE-118] a token’s secret is shown once, works, and is worth nothing when it is taken back', () =>
    givesTokens({ site, pacs }),
  );
  await t.test(
    '[CONSOLE-115] mode and query limits of a peer are edited, wrong ones told, the difference shown before',
    () => bindsPeers({ site, pacs }),
  );
  assert.deepEqual(site.elsewhere, []);
});
