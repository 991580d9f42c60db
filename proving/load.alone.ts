import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@leadglass/kit';
import { openAssociation } from '@leadglass/wire';
import { command, PDU, pData, SR_STORAGE } from '../apps/cli/src/prove-it/pdu.ts';
import { echo, Raw, trickle } from '../apps/cli/src/prove-it/raw.ts';
import { assertKept } from './custody-check.ts';
import { Gateway } from './gateway.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { freePort, requirePeer, startStorescp } from './peers.ts';
import { memoryOf, watchMemory } from './processes.ts';
import { type Answered, callGateway, sendWhatGets, storeOne } from './sending.ts';

const IS_CI = process.env.LEADGLASS_PROVE === 'ci';
const ASSOCIATIONS = 200;
const OBJECTS_EACH = IS_CI ? 3 : 10;
const LARGE_BYTES = IS_CI ? 512 * 2 ** 20 : 2 ** 31;
const SMALL_OBJECTS = IS_CI ? 2_000 : 10_000;
const MOST_MEMORY = 300 * 2 ** 20;
const HEALTHY_WITHIN_MS = 120_000;
/** The gateway's patience with a message that does not come (30 s), its look every 5 s, and its lingering. */
const STALLED_WITHIN_MS = 60_000;
const MEGABYTE = 2 ** 20;
const FRAME_BYTES = 512 * 1024;
const EXPLICIT_LE = '1.2.840.10008.1.2.1';
const ENHANCED_CT = '1.2.840.10008.5.1.4.1.1.2.1';

async function started(t: TestContext, pacs?: { readonly port: number; readonly aet: string }): Promise<Gateway> {
  const gateway = await Gateway.start();
  t.after(() => gateway.dispose());
  await gateway.admitProver(pacs);
  return gateway;
}

function assertAllTaken(answered: readonly Answered[], expected: number): MadeObject[] {
  assert.deepEqual(
    answered.filter(({ status }) => status !== 0).map(({ status }) => status),
    [],
  );
  assert.equal(answered.length, expected);
  return answered.map(({ object }) => object);
}

test(`[PROVE-30] ${ASSOCIATIONS} associations at once: nothing lost, nobody healthy waits for who stalls`, async (t) => {
  const gateway = await started(t);
  // One drips its object, one never reads, one has begun a command a byte at a time: all admitted peers.
  const stalled = await Promise.all([0, 1, 2].map(() => Raw.open(gateway.dimse)));
  for (const raw of stalled) assert.notEqual(await raw.associate(), 'closed');
  const [drip, deaf, crumbs] = stalled as [Raw, Raw, Raw];
  drip.send(pData(3, 3, command(1, { sopClass: SR_STORAGE, instance: '1.2.3', hasDataSet: true })));
  const dripping = trickle(drip, pData(3, 2, Buffer.alloc(4_000)), 400);
  const crumbling = trickle(crumbs, pData(1, 3, command(0x30)), 900);
  deaf.socket.pause();
  deaf.send(Buffer.concat(Array.from({ length: 20 }, () => pData(1, 3, command(0x30)))));

  const answered: Answered[] = [];
  const beganMs = performance.now();
  const sending = Array.from({ length: ASSOCIATIONS }, () =>
    sendWhatGets(
      gateway.dimse,
      'PROVER',
      Array.from({ length: OBJECTS_EACH }, () => makeObject('sr')),
      answered,
    ),
  );
  await Promise.all(sending);
  const tookMs = performance.now() - beganMs;
  assert.ok(tookMs < HEALTHY_WITHIN_MS, `${tookMs} ms`);
  const acknowledged = assertAllTaken(answered, ASSOCIATIONS * OBJECTS_EACH);
  await assertKept(gateway, acknowledged);
  t.diagnostic(`${acknowledged.length} objects over ${ASSOCIATIONS} associations in ${Math.round(tookMs)} ms`);
  assert.ok((await echo(gateway.dimse, 'PROVER')) < 1_000);
  for (const raw of [drip, crumbs]) {
    const heard = await raw.hear(STALLED_WITHIN_MS);
    assert.ok(heard === 'closed' || heard.type === PDU.abort, 'a message that does not come is ended');
  }
  for (const raw of stalled) raw.close();
  await Promise.all([dripping, crumbling]);
});

function short(tag: string, vr: string, value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string, 'latin1');
  const even = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  const head = Buffer.alloc(8);
  head.write(tag, 'hex');
  head.write(vr, 4, 'latin1');
  head.writeUInt16LE(even.length, 6);
  return Buffer.concat([head, even]);
}

function us(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

/** An enhanced multi-frame CT: everything before its pixels, which are `frames` of 512 x 512 x 16 bits. */
function largeHead(sopInstanceUid: string, frames: number): Buffer {
  const pixels = Buffer.alloc(12);
  pixels.write('e07f1000', 'hex');
  pixels.write('OW', 4, 'latin1');
  pixels.writeUInt32LE(frames * FRAME_BYTES, 8);
  return Buffer.concat([
    short('08001600', 'UI', ENHANCED_CT),
    short('08001800', 'UI', sopInstanceUid),
    short('08006000', 'CS', 'CT'),
    short('10001000', 'PN', 'PROVING^LARGE'),
    short('10002000', 'LO', 'PROVING-2'),
    short('20000d00', 'UI', `${sopInstanceUid}.1`),
    short('20000e00', 'UI', `${sopInstanceUid}.2`),
    short('28000200', 'US', us(1)),
    short('28000400', 'CS', 'MONOCHROME2'),
    short('28000800', 'IS', String(frames)),
    short('28001000', 'US', us(512)),
    short('28001100', 'US', us(512)),
    short('28000001', 'US', us(16)),
    short('28000101', 'US', us(16)),
    short('28000201', 'US', us(15)),
    short('28000301', 'US', us(0)),
    pixels,
  ]);
}

async function* largeObject(head: Buffer, bytes: number): AsyncGenerator<Buffer> {
  yield head;
  const piece = Buffer.alloc(FRAME_BYTES);
  for (let at = 0; at < bytes; at += piece.length) {
    piece.writeUInt32LE(at / piece.length, at % 4096);
    yield piece;
  }
}

test(`[PROVE-31] one object of ${LARGE_BYTES / 2 ** 20} MB in less than 300 MB of memory, received and delivered`, async (t) => {
  if (process.platform !== 'linux') return t.skip('needs /proc');
  if (requirePeer(t, 'storescp') === undefined) return;
  const pacs = await startStorescp({ keep: false });
  t.after(() => pacs.stop());
  const gateway = await started(t, pacs);
  const frames = LARGE_BYTES / FRAME_BYTES - 1;
  const sopInstanceUid = `2.25.8${Date.now()}`;
  const head = largeHead(sopInstanceUid, frames);
  const bytes = frames * FRAME_BYTES;
  const association = await openAssociation({
    ...{ host: '127.0.0.1', port: gateway.dimse, called: 'LEADGLASS', calling: 'PROVER', maximumLength: 65_536 },
    contexts: [{ abstractSyntax: ENHANCED_CT, transferSyntaxes: [EXPLICIT_LE] }],
    timeouts: { connectMs: 5_000, associateMs: 15_000, responseMs: 120_000, writeStallMs: 30_000, releaseMs: 5_000 },
    clock: systemClock,
  });
  const before = memoryOf(gateway.pid);
  const watch = watchMemory(gateway.pid);
  t.after(() => watch.stop());
  const beganMs = performance.now();
  const { status } = await association.store({
    ...{ sopClassUid: ENHANCED_CT, sopInstanceUid, transferSyntax: EXPLICIT_LE },
    ...{ dataSet: largeObject(head, bytes), length: head.length + bytes },
  });
  const tookMs = performance.now() - beganMs;
  await association.release();
  assert.equal(status, 0);
  const { deliveries } = await gateway.until((now) => now.deliveries.pending === 0, 300_000);
  const peak = watch.stop();
  const mega = (value: number) => Math.round(value / MEGABYTE);
  t.diagnostic(
    `received in ${Math.round(tookMs)} ms; idle Pss ${mega(before.pss)} MB, peak Pss ${mega(peak.pss)} MB, Rss ${mega(peak.rss)} MB`,
  );
  assert.equal(deliveries.delivered, 1);
  assert.ok(peak.pss < MOST_MEMORY, `${peak.pss} bytes`);
  await gateway.cli('vault', 'check');
});

test(`[PROVE-32] ${SMALL_OBJECTS} small objects over 8 associations: none lost, all delivered`, async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const pacs = await startStorescp();
  t.after(() => pacs.stop());
  const gateway = await started(t, pacs);
  const answered: Answered[] = [];
  const beganMs = performance.now();
  const sending = Array.from({ length: 8 }, async () => {
    const association = await callGateway(gateway.dimse, 'PROVER');
    for (let i = 0; i < SMALL_OBJECTS / 8; i++) {
      const object = makeObject('sr');
      answered.push({ object, status: await storeOne(association, object) });
    }
    await association.release();
  });
  await Promise.all(sending);
  const tookMs = performance.now() - beganMs;
  assertAllTaken(answered, SMALL_OBJECTS);
  const status = await gateway.until(({ deliveries }) => deliveries.pending === 0, 300_000);
  assert.deepEqual([status.deliveries.delivered, status.deliveries.failed], [SMALL_OBJECTS, 0]);
  assert.equal(readdirSync(pacs.directory).length, SMALL_OBJECTS);
  t.diagnostic(
    `${Math.round((SMALL_OBJECTS * 1000) / tookMs)} objects/s in, all out ${Math.round(performance.now() - beganMs)} ms after the first`,
  );
  await gateway.cli('ledger', 'verify');
});

/** A destination that is not well: takes the connection and then does `behave`. */
async function startIll(t: TestContext, behave: (socket: Socket) => void): Promise<number> {
  const port = await freePort();
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
    behave(socket);
  }).listen(port, '127.0.0.1');
  t.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return port;
}

test('[PROVE-33] destinations that hang, die or talk nonsense keep nobody else waiting, and get everything once they are well', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const well = await startStorescp();
  t.after(() => well.stop());
  const gateway = await started(t, well);
  const ill = {
    hangs: await startIll(t, () => {}),
    dies: await startIll(t, (socket) => setTimeout(() => socket.destroy(), 5)),
    nonsense: await startIll(t, (socket) => socket.write(Buffer.alloc(4096, 0xee))),
  };
  for (const [name, port] of Object.entries(ill)) {
    await gateway.cli('destination', 'add', name, '--to', `127.0.0.1:${port}`, '--called', 'ILL');
    await gateway.cli('route', 'add', '--from', '*', '--to', name);
  }
  const objects = Array.from({ length: 40 }, () => makeObject('sr'));
  const answered: Answered[] = [];
  const beganMs = performance.now();
  await sendWhatGets(gateway.dimse, 'PROVER', objects, answered);
  assertAllTaken(answered, objects.length);
  const healthy = await gateway.until(({ deliveries }) => deliveries.delivered === objects.length, 20_000);
  t.diagnostic(
    `the healthy destination had all ${objects.length} after ${Math.round(performance.now() - beganMs)} ms; ${JSON.stringify(healthy.deliveries)}`,
  );
  assert.equal(healthy.deliveries.failed, 0, 'nothing is given up because a destination is ill');
  // Made well: the same name at a place that works; what waited goes there.
  const cured = await startStorescp();
  t.after(() => cured.stop());
  await delay(500);
  for (const name of Object.keys(ill)) {
    await gateway.cli('destination', 'add', name, '--to', `127.0.0.1:${cured.port}`, '--called', cured.aet);
    await gateway.cli('deliveries', 'retry', name).catch(() => '');
  }
  const all = await gateway.until(({ deliveries }) => deliveries.pending === 0, 120_000);
  assert.equal(all.deliveries.delivered, objects.length * 4);
  assert.equal(readdirSync(cured.directory).length, objects.length);
});
