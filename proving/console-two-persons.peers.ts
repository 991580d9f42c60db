import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { virtualAuthenticator } from './console-browser.ts';
import {
  type ConsoleSite,
  colleague,
  graveFindings,
  inLanguage,
  keepPicture,
  startConsole,
} from './console-evidence.ts';
import { dataSetOf } from './custody-check.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { type Peer, requirePeer, startStorescp } from './peers.ts';
import { callGateway, storeOne } from './sending.ts';

const WITHIN_MS = 30_000;
const TWO = ['--release', 'two-persons', '--destroy', 'two-persons'];

interface Site extends ConsoleSite {
  readonly pacs: Peer;
  /** In a browser of their own. */
  readonly ben: Page;
}

/** A site where two persons decide: anne and ben have each made a passkey in the page, and the owner of the machine registered both. */
async function siteOfTwo(t: TestContext): Promise<Site | undefined> {
  const [browser, storescp] = [requirePeer(t, 'chromium'), requirePeer(t, 'storescp')];
  if (browser === undefined || storescp === undefined) return undefined;
  const pacs = await startStorescp();
  t.after(() => pacs.stop());
  const site = await startConsole(t, browser);
  const ben = await colleague(site, 'ben', 'security-officer');
  for (const page of [site.page, ben]) {
    await virtualAuthenticator(page);
    await prepareKey({ ...site, pacs, ben }, page);
  }
  await site.gateway.admitProver(pacs);
  await site.gateway.cli('route', 'add', '--from', '*', '--to', 'pacs', ...TWO);
  return { ...site, pacs, ben };
}

/** Makes the deciding passkey in one's account, and does on the machine what the page says. */
async function prepareKey({ gateway, origin }: Site, page: Page): Promise<void> {
  await page.goto(`${origin}/account`);
  await page.getByRole('button', { name: 'Make my passkey to decide' }).click();
  const code = page.locator('code', { hasText: 'operator add' });
  const [, ...words] = ((await code.textContent()) ?? '').split(' ');
  await keepPicture(page, 'deciding-key-made');
  const fingerprint = (await page.locator('code', { hasText: /^([0-9a-f]{4} ){7}[0-9a-f]{4}$/ }).textContent()) ?? '?';
  assert.ok(
    (await gateway.cli(...words)).includes(fingerprint),
    'the machine shows the fingerprint that the page shows',
  );
  await page.reload();
  await page.getByText(/Registered under the operator name/).waitFor();
}

/** Sends something doubtful. @returns its SHA-256 */
async function hold({ gateway }: Site, object: MadeObject): Promise<string> {
  const before = await gateway.status();
  const association = await callGateway(gateway.dimse, 'PROVER');
  assert.equal(await storeOne(association, object), 0);
  await association.release().catch(() => {});
  const wanted = before.holds + 1;
  const copies = before.deliveries.delivered + 1;
  await gateway.until(({ holds, deliveries }) => holds === wanted && deliveries.delivered === copies, WITHIN_MS);
  const { holds } = JSON.parse(await gateway.cli('hold', 'list', '--json')) as {
    holds: { sha256: string; heldAtMs: number }[];
  };
  return holds.toSorted((a, b) => b.heldAtMs - a.heldAtMs)[0]?.sha256 ?? '';
}

function doubtful(): MadeObject {
  const made = makeObject('ct');
  return { ...made, dataSet: Buffer.concat([made.dataSet, Buffer.alloc(64, 'inert')]) };
}

async function askFor(page: Page, reason: string): Promise<void> {
  await page.getByRole('button', { name: 'Ask for the release…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(reason);
  await dialog.getByRole('button', { name: 'Sign and ask' }).click();
}

async function approveAs(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Approve the release…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign and approve' }).click();
}

test('[CONSOLE-110] two persons decide in the page with passkeys: one asks, the need is on Now, another approves, the original goes out', async (t) => {
  const site = await siteOfTwo(t);
  if (site === undefined) return;
  const { page, ben, origin, gateway, pacs } = site;
  const object = doubtful();
  const sha256 = await hold(site, object);
  await page.goto(`${origin}/holds/${sha256}`);
  await page.getByRole('heading', { name: 'Two persons decide' }).waitFor();
  assert.deepEqual(await graveFindings(page), []);
  await keepPicture(page, 'two-persons-ask');
  await askFor(page, 'Seen with the radiologist');
  await page.getByText('You asked for it: another person has to approve.').waitFor();
  assert.equal(await page.getByRole('button', { name: /Approve/ }).count(), 0);
  await ben.goto(`${origin}/`);
  await ben.getByText(/anne.*asks for the release of a held object/).waitFor();
  await keepPicture(ben, 'two-persons-now');
  await ben.goto(`${origin}/holds/${sha256}`);
  await ben.getByText('Reason given: Seen with the radiologist').waitFor();
  assert.deepEqual(await graveFindings(ben), []);
  await keepPicture(ben, 'two-persons-approve');
  await approveAs(ben);
  await ben.getByText(/Decided by ben/).waitFor();
  await gateway.until(({ deliveries }) => deliveries.delivered === 2, WITHIN_MS);
  const arrived = readdirSync(pacs.directory).map((name) => dataSetOf(readFileSync(join(pacs.directory, name))));
  assert.ok(arrived.some((dataSet) => dataSet.equals(object.dataSet)));
  await assertSigned(site, sha256);
  await inLanguage(page, origin, 'fr');
  for (const path of ['/account', `/holds/${await hold(site, doubtful())}`]) {
    await page.goto(`${origin}${path}`);
    await page.getByText(path === '/account' ? 'Décider à deux' : 'Demander la libération…').waitFor();
    assert.deepEqual(await graveFindings(page), [], path);
    await keepPicture(page, `two-persons-fr-${path === '/account' ? 'account' : 'hold'}`);
  }
});

interface Signed {
  readonly publicKey: string;
  readonly signature: string;
  readonly statement: string;
  readonly assertion: Readonly<
    Record<'authenticatorData' | 'clientDataJson' | 'statementSha256' | 'credentialSha256', string>
  >;
}

/** The ledger has both assertions, of two keys, each over the digest of its statement: anybody can check them. */
async function assertSigned({ gateway, origin }: Site, sha256: string): Promise<void> {
  const log = await gateway.cli('log', '--kind', 'hold', '--json', '-n', '50');
  const { entries } = JSON.parse(log) as { entries: { event: { signed?: Signed } }[] };
  const signed = entries.flatMap(({ event }) => (event.signed === undefined ? [] : [event.signed]));
  assert.equal(new Set(signed.map(({ publicKey }) => publicKey)).size, 2);
  for (const { publicKey, signature, statement, assertion } of signed) {
    assert.ok(statement.includes(`object: ${sha256}\n`));
    const clientData = Buffer.from(assertion.clientDataJson, 'base64url');
    const said = JSON.parse(clientData.toString()) as { challenge: string; origin: string };
    const digest = createHash('sha256').update(statement).digest();
    assert.deepEqual([said.challenge, said.origin], [digest.toString('base64url'), origin]);
    const over = [
      Buffer.from(assertion.authenticatorData, 'base64url'),
      createHash('sha256').update(clientData).digest(),
    ];
    const key = createPublicKey({ format: 'der', type: 'spki', key: Buffer.from(publicKey, 'hex') });
    assert.ok(verify('sha256', Buffer.concat(over), key, Buffer.from(signature, 'hex')));
  }
  await gateway.cli('ledger', 'verify');
}

test('[CONSOLE-111] what the page alters on its way is refused; one by the command line and one in the page are two persons; who is new or has no key is told', async (t) => {
  const site = await siteOfTwo(t);
  if (site === undefined) return;
  const { page, ben, origin, gateway } = site;
  const sha256 = await hold(site, doubtful());
  await page.goto(`${origin}/holds/${sha256}`);
  await page.getByRole('button', { name: 'Ask for the release…' }).waitFor();
  // A console that is not what it should be: it sends on another reason than the one that was signed.
  await page.route('**/api/hold.release', (route) =>
    route.continue({ postData: (route.request().postData() ?? '').replace('"honest"', '"altered"') }),
  );
  await askFor(page, 'honest');
  await page.getByText(/The passkey did not sign this decision/).waitFor();
  await keepPicture(page, 'two-persons-altered');
  await page.unroute('**/api/hold.release');
  await page.reload();
  // By the command line under a name of one's own, approved in the page.
  const keys = mkdtempSync(join(tmpdir(), 'leadglass-keys-'));
  t.after(() => rmSync(keys, { recursive: true, force: true }));
  await gateway.cli('operator', 'add', 'carl', '--key', join(keys, 'carl.pem'));
  const byKey = ['--as', 'carl', '--key', join(keys, 'carl.pem')];
  const tooNew = gateway.cli('hold', 'release', sha256, '--reason', 'seen', ...byKey);
  await assert.rejects(tooNew, /does not count yet/);
  await askFor(page, 'seen');
  await page.getByText('You asked for it').waitFor();
  await assert.rejects(gateway.cli('hold', 'approve', sha256, '--yes', ...byKey), /does not count yet/);
  await page.getByRole('button', { name: 'Withdraw the request' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw the request' }).click();
  await page.getByRole('button', { name: 'Ask for the release…' }).waitFor();
  await assertStrangers(site, sha256);
  await ben.goto(`${origin}/holds/${sha256}`);
  await ben
    .getByText(/Decided by|Two persons decide/)
    .first()
    .waitFor();
  assert.equal((await gateway.status()).holds, 1);
});

/** Somebody without a key is told how to get one; somebody new is told from when they count. */
async function assertStrangers(site: Site, sha256: string): Promise<void> {
  const { origin } = site;
  const dora = await colleague(site, 'dora', 'security-officer');
  await virtualAuthenticator(dora);
  await dora.goto(`${origin}/holds/${sha256}`);
  await dora.getByRole('link', { name: 'prepare it in “My account”' }).waitFor();
  await prepareKey(site, dora);
  await dora.getByText(/will count from/).waitFor();
  await dora.goto(`${origin}/holds/${sha256}`);
  await dora.getByText(/Your passkey is registered and will count from/).waitFor();
  assert.equal(await dora.getByRole('button', { name: /Ask for/ }).count(), 0);
  await keepPicture(dora, 'two-persons-new');
}

test('[CONSOLE-111] asked on the command line, approved in the page by another; the same name on both sides is one person', async (t) => {
  const site = await siteWithKeys(t);
  if (site === undefined) return;
  const { ben, page, origin, gateway, byKey } = site;
  const sha256 = await hold(site, doubtful());
  await gateway.cli('hold', 'release', sha256, '--reason', 'seen at the machine', ...byKey('anne'));
  await page.goto(`${origin}/holds/${sha256}`);
  await page.getByText('You asked for it: another person has to approve.').waitFor();
  await ben.goto(`${origin}/holds/${sha256}`);
  await approveAs(ben);
  await ben.getByText(/Decided by ben/).waitFor();
  const second = await hold(site, doubtful());
  await page.goto(`${origin}/holds/${second}`);
  await askFor(page, 'asked in the page');
  await page.getByText('You asked for it').waitFor();
  const same = gateway.cli('hold', 'approve', second, '--yes', ...byKey('anne'));
  await assert.rejects(same, /You asked for it: another person has to approve/);
  assert.match(await gateway.cli('hold', 'approve', second, '--yes', ...byKey('carl')), /Released/);
});

/** The same, where anne also has a key of her own, and carl nothing but one; all registered before two were asked for. */
async function siteWithKeys(t: TestContext) {
  const keys = mkdtempSync(join(tmpdir(), 'leadglass-keys-'));
  t.after(() => rmSync(keys, { recursive: true, force: true }));
  const site = await siteOfTwo(t);
  if (site === undefined) return undefined;
  const { gateway } = site;
  await gateway.cli(
    'route',
    'add',
    '--from',
    '*',
    '--to',
    'pacs',
    '--release',
    'one-person',
    '--destroy',
    'one-person',
  );
  for (const name of ['anne', 'carl']) await gateway.cli('operator', 'add', name, '--key', join(keys, `${name}.pem`));
  await gateway.cli('route', 'add', '--from', '*', '--to', 'pacs', ...TWO);
  return { ...site, byKey: (name: string) => ['--as', name, '--key', join(keys, `${name}.pem`)] };
}
