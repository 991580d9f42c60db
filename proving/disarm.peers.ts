import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { dataSetOf } from './custody-check.ts';
import { Gateway } from './gateway.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { type Peer, requirePeer, startStorescp } from './peers.ts';
import { callGateway, storeOne } from './sending.ts';

const DELIVERED_WITHIN_MS = 30_000;
const FOREIGN = Buffer.alloc(64, 'inert');

/** A CT with foreign bytes behind its end: doubtful, and what is doubtful can be cut off. */
function doubtful(): MadeObject {
  const made = makeObject('ct');
  return { ...made, dataSet: Buffer.concat([made.dataSet, FOREIGN]) };
}

async function startBetween(t: TestContext): Promise<{ gateway: Gateway; pacs: Peer }> {
  const pacs = await startStorescp();
  const gateway = await Gateway.start();
  t.after(async () => {
    await gateway.dispose();
    await pacs.stop();
  });
  await gateway.admitProver(pacs);
  return { gateway, pacs };
}

async function send(gateway: Gateway, object: MadeObject): Promise<number> {
  const association = await callGateway(gateway.dimse, 'PROVER');
  const status = await storeOne(association, object);
  await association.release().catch(() => {});
  return status;
}

const arrived = (pacs: Peer): Buffer[] =>
  readdirSync(pacs.directory).map((name) => dataSetOf(readFileSync(join(pacs.directory, name))));

interface Hold {
  readonly sha256: string;
  readonly sopInstanceUid: string;
}

async function holdOf(gateway: Gateway): Promise<Hold> {
  const { holds } = JSON.parse(await gateway.cli('hold', 'list', '--json')) as { holds: readonly Hold[] };
  assert.equal(holds.length, 1);
  return holds[0] as Hold;
}

function assertSamePixels(copy: Buffer, original: MadeObject): void {
  const from = (dataSet: Buffer): Buffer => dataSet.subarray(dataSet.indexOf(Buffer.from('e07f1000', 'hex')));
  assert.ok(from(copy).equals(from(original.dataSet).subarray(0, -FOREIGN.length)), 'pixels differ');
  assert.ok(copy.includes(original.sopInstanceUid), 'another UID');
  assert.ok(!copy.includes('inert'), 'what was doubtful is still there');
}

test('[PROVE-40] a doubtful image is held, its disarmed copy goes on at once, pixels untouched, and the ledger tells', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const { gateway, pacs } = await startBetween(t);
  const original = doubtful();
  assert.equal(await send(gateway, original), 0);
  await gateway.until(({ deliveries }) => deliveries.delivered === 1, DELIVERED_WITHIN_MS);
  const [copy] = arrived(pacs);
  assert.ok(copy !== undefined);
  assertSamePixels(copy, original);
  const hold = await holdOf(gateway);
  assert.equal(hold.sopInstanceUid, original.sopInstanceUid);
  const log = await gateway.cli('log', '--kind', 'copy', '--json');
  assert.match(log, /copy\.made/);
  assert.match(await gateway.cli('hold', 'show', hold.sha256, '--json'), /"copy": ?"made"/);
  await gateway.cli('vault', 'check');
  await gateway.until(({ ledger }) => ledger.size > 0);
  await gateway.cli('ledger', 'verify');
  // The same again: held already, copied already, delivered already.
  assert.equal(await send(gateway, original), 0);
  await gateway.until(({ deliveries }) => deliveries.pending === 0, DELIVERED_WITHIN_MS);
  assert.equal((await gateway.status()).deliveries.delivered, 1);
});

test('[PROVE-41] a copy that is owed is made after a kill, whatever died', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const { gateway, pacs } = await startBetween(t);
  const originals = Array.from({ length: 4 }, doubtful);
  for (const [i, original] of originals.entries()) {
    assert.equal(await send(gateway, original), 0);
    if (i % 2 === 1) continue;
    await gateway.kill();
    await gateway.restart();
  }
  await gateway.until(({ deliveries }) => deliveries.delivered === originals.length, DELIVERED_WITHIN_MS);
  const copies = arrived(pacs);
  for (const original of originals) {
    const copy = copies.find((each) => each.includes(original.sopInstanceUid));
    assert.ok(copy !== undefined);
    assertSamePixels(copy, original);
  }
  assert.equal((await gateway.status()).holds, originals.length);
  await gateway.cli('vault', 'check');
  await gateway.cli('ledger', 'verify');
});
