import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { dataSetOf } from './custody-check.ts';
import { Gateway } from './gateway.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { type Peer, requirePeer, startStorescp } from './peers.ts';
import { callGateway, storeOne } from './sending.ts';

const DELIVERED_WITHIN_MS = 30_000;
const NAME = 'PROVING^OBJECT';
/** A value that would clear a terminal, and turn the direction of what follows. */
const HOSTILE = Buffer.from('\x1b[2J\x1b]0;owned\x07\u202e', 'utf8');
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

function element(tag: number, vr: string, value: Buffer): Buffer {
  const even = value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.from(' ')]);
  const head = Buffer.alloc(8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  head.writeUInt16LE(even.length, 6);
  return Buffer.concat([head, even]);
}

/** A CT with a hostile description and foreign bytes behind its end: doubtful, and a disarmed copy can be made. */
function doubtful(): MadeObject {
  const made = makeObject('ct');
  const at = made.dataSet.indexOf(Buffer.from('10001000', 'hex'));
  const description = element(0x00081030, 'LO', HOSTILE);
  const parts = [made.dataSet.subarray(0, at), description, made.dataSet.subarray(at), Buffer.alloc(64, 'inert')];
  return { ...made, dataSet: Buffer.concat(parts) };
}

interface Site {
  readonly gateway: Gateway;
  readonly pacs: Peer;
  /** Where people keep their keys. */
  readonly folder: string;
}

async function startSite(t: TestContext): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-review-'));
  const pacs = await startStorescp();
  const gateway = await Gateway.start();
  t.after(async () => {
    await gateway.dispose();
    await pacs.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await gateway.admitProver(pacs);
  return { gateway, pacs, folder };
}

/** The doubtful object sent, held, and its copy delivered. @returns the hold's SHA-256. */
async function heldObject({ gateway }: Site, object: MadeObject): Promise<string> {
  const association = await callGateway(gateway.dimse, 'PROVER');
  assert.equal(await storeOne(association, object), 0);
  await association.release().catch(() => {});
  await gateway.until(({ deliveries }) => deliveries.delivered === 1, DELIVERED_WITHIN_MS);
  const { holds } = JSON.parse(await gateway.cli('hold', 'list', '--json')) as { holds: { sha256: string }[] };
  assert.equal(holds.length, 1);
  return holds[0]?.sha256 ?? '';
}

interface Logged {
  readonly ledgerIndex: number | null;
  readonly event: {
    readonly view?: string;
    readonly signed?: { readonly publicKey: string; readonly statement: string; readonly signature: string };
  };
}

/** What the log has about holds, once all of it is in the ledger. */
async function logged(gateway: Gateway): Promise<readonly Logged[]> {
  const endMs = performance.now() + DELIVERED_WITHIN_MS;
  for (;;) {
    const { entries } = JSON.parse(await gateway.cli('log', '--kind', 'hold', '--json')) as { entries: Logged[] };
    if (entries.every(({ ledgerIndex }) => ledgerIndex !== null)) return entries;
    assert.ok(performance.now() < endMs, 'events wait for the ledger');
  }
}

const CONTROL = /[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/;

test('[PROVE-80] a held object is looked at: elements, bytes, pictures of original and copy, and what was changed; told in the ledger', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const site = await startSite(t);
  const { gateway, folder } = site;
  const object = doubtful();
  const id = await heldObject(site, object);
  const masked = await gateway.cli('hold', 'view', id);
  assert.match(masked, /PatientName \[phi\]/);
  assert.match(masked, /trailing\.bytes/);
  assert.ok(!masked.includes(NAME) && !masked.includes('owned'));
  const clear = await gateway.cli('hold', 'view', id, '--phi');
  assert.ok(clear.includes(NAME));
  assert.match(clear, /StudyDescription = <1B>\[2J<1B>\]0;owned<07>/);
  assert.doesNotMatch(clear, CONTROL);
  const hex = await gateway.cli('hold', 'view', id, '--hex', 'StudyDescription');
  assert.match(hex, /1b 5b 32 4a/);
  assert.doesNotMatch(hex, CONTROL);
  const pictures = [[], ['--copy']].map((more, at) => [join(folder, `${at}.png`), ...more]);
  for (const [file = '', ...more] of pictures) await gateway.cli('hold', 'preview', id, '-o', file, ...more);
  const [original, copy] = pictures.map(([file = '']) => readFileSync(file));
  assert.ok(original?.subarray(0, 8).equals(PNG) && copy !== undefined && original.equals(copy), 'pixels untouched');
  const comparison = JSON.parse(await gateway.cli('hold', 'compare', id, '--json'));
  assert.match(comparison.pixelSha256, /^[0-9a-f]{64}$/);
  assert.ok(comparison.changes.some(({ kind }: { kind: string }) => kind === 'trailing'));
  const views = (await logged(gateway)).map(({ event }) => event.view).filter((view) => view !== undefined);
  assert.deepEqual(views, ['attributes', 'hex', 'preview', 'preview']);
  await gateway.cli('ledger', 'verify');
});

test('[PROVE-81] release asked by one, refused for their own approval, approved by another, delivered byte for byte', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const site = await startSite(t);
  const { gateway, pacs, folder } = site;
  const key = (name: string) => ['--key', join(folder, `${name}.pem`)];
  for (const name of ['anne', 'ben']) await gateway.cli('operator', 'add', name, ...key(name));
  await gateway.cli(
    'route',
    'add',
    '--from',
    '*',
    '--to',
    'pacs',
    '--release',
    'two-persons',
    '--destroy',
    'two-persons',
  );
  const object = doubtful();
  const id = await heldObject(site, object);
  const refused = async (why: RegExp, ...words: string[]) =>
    assert.rejects(gateway.cli(...words), (thrown: { code: number; stderr: string }) => {
      assert.match(thrown.stderr, why);
      return thrown.code === 1;
    });
  await refused(/takes two persons/, 'hold', 'release', id, '--reason', 'seen');
  const asked = await gateway.cli('hold', 'release', id, '--reason', 'seen', '--as', 'anne', ...key('anne'));
  assert.match(asked, /Asked for[\s\S]*hold approve[\s\S]*same SOP Instance UID/);
  await refused(/another person has to approve/, 'hold', 'approve', id, '--yes', '--as', 'anne', ...key('anne'));
  // Loosening the rule now frees nothing.
  await gateway.cli('route', 'add', '--from', '*', '--to', 'pacs');
  await gateway.cli('hold', 'withdraw', id);
  await refused(/takes two persons/, 'hold', 'release', id, '--reason', 'seen');
  await gateway.cli('hold', 'release', id, '--reason', 'seen', '--as', 'anne', ...key('anne'));
  assert.equal((await gateway.status()).deliveries.delivered, 1);
  await gateway.kill();
  await gateway.restart();
  assert.match(await gateway.cli('hold', 'show', id), /anne asks for the release/);
  assert.match(await gateway.cli('hold', 'approve', id, '--yes', '--as', 'ben', ...key('ben')), /Released/);
  await gateway.until(({ deliveries }) => deliveries.delivered === 2, DELIVERED_WITHIN_MS);
  const arrived = readdirSync(pacs.directory).map((name) => dataSetOf(readFileSync(join(pacs.directory, name))));
  assert.ok(
    arrived.some((dataSet) => dataSet.equals(object.dataSet)),
    'the original is at the destination, byte for byte',
  );
  await assertSigned(gateway, id);
});

/** The ledger holds both signatures, of two keys, which anybody can check. */
async function assertSigned(gateway: Gateway, id: string): Promise<void> {
  const signed = (await logged(gateway)).flatMap(({ event }) => (event.signed === undefined ? [] : [event.signed]));
  assert.equal(new Set(signed.map(({ publicKey }) => publicKey)).size, 2);
  for (const { publicKey, statement, signature } of signed) {
    const x = Buffer.from(publicKey, 'hex').toString('base64url');
    const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
    assert.ok(verify(null, Buffer.from(statement), key, Buffer.from(signature, 'hex')));
    assert.ok(statement.includes(id));
  }
  await gateway.cli('ledger', 'verify');
}
