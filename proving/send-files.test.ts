import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { writeFileMeta } from '@leadglass/dicom';
import { systemClock } from '@leadglass/kit';
import {
  DEFAULT_SCU_TIMEOUTS,
  echoOnce,
  type SendEvent,
  type SendOptions,
  type Sent,
  sendFiles,
} from '@leadglass/wire';
import { type MadeObject, makeObject } from './objects.ts';
import { freePort, type Peer, requirePeer, requireSharedData, startOrthanc, startStorescp } from './peers.ts';

function folderOf(t: TestContext, objects: readonly MadeObject[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-send-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [i, object] of objects.entries()) {
    const meta = writeFileMeta({ ...object, implementationClassUid: '1.2.3', implementationVersionName: 'TEST' });
    writeFileSync(join(folder, `${i}.dcm`), Buffer.concat([meta, object.dataSet]));
  }
  return folder;
}

interface Heard {
  readonly options: SendOptions;
  readonly sent: Sent[];
  readonly events: SendEvent[];
}

function sendingTo(port: number, called: string, paths: readonly string[], more: Partial<SendOptions> = {}): Heard {
  const events: SendEvent[] = [];
  const sent: Sent[] = [];
  const onEvent = (event: SendEvent) => {
    events.push(event);
    if (event.kind === 'sent') sent.push(event);
  };
  const options = {
    host: '127.0.0.1',
    port,
    called,
    calling: 'LEADGLASS',
    paths,
    associations: 1,
    tries: 3,
    maximumLength: 65_536,
    timeouts: DEFAULT_SCU_TIMEOUTS,
    clock: systemClock,
    onEvent,
    ...more,
  };
  return { options, sent, events };
}

const received = (peer: Peer): Buffer[] =>
  readdirSync(peer.directory).map((name) => readFileSync(join(peer.directory, name)));

test('[WIRE-37] files go to DCMTK over several associations, bit for bit', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const peer = await startStorescp({ extra: ['+xa', '--fork'] });
  t.after(() => peer.stop());
  const objects = [
    ...Array.from({ length: 30 }, () => makeObject('sr')),
    ...Array.from({ length: 6 }, () => makeObject('ct')),
  ];
  const { options, events } = sendingTo(peer.port, peer.aet, [folderOf(t, objects)], { associations: 3 });
  const report = await sendFiles(options);
  assert.deepEqual([report.found, report.stored, report.failed, report.fault], [36, 36, 0, undefined]);
  const files = received(peer);
  for (const { dataSet } of objects) assert.ok(files.some((file) => file.subarray(-dataSet.length).equals(dataSet)));
  assert.equal(events.filter((event) => event.kind === 'association').length, 3);
});

test('[WIRE-37] a stock receiver, which answers in two small writes, is not slowed to 40 ms an object', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const peer = await startStorescp();
  t.after(() => peer.stop());
  const { options } = sendingTo(peer.port, peer.aet, [
    folderOf(
      t,
      Array.from({ length: 100 }, () => makeObject('sr')),
    ),
  ]);
  const { stored, elapsedMs } = await sendFiles(options);
  assert.equal(stored, 100);
  assert.ok(elapsedMs < 2000, `${elapsedMs} ms, where waiting for each delayed acknowledgement takes over 4000`);
});

test('[WIRE-38] the shared clean files reach Orthanc, each with a status', async (t) => {
  const data = requireSharedData(t);
  if (requirePeer(t, 'Orthanc') === undefined || data === undefined) return;
  const orthanc = await startOrthanc();
  t.after(() => orthanc.stop());
  const { options, sent } = sendingTo(orthanc.port, orthanc.aet, [join(data, 'synth')], { associations: 2 });
  const report = await sendFiles(options);
  assert.equal(sent.length, report.found);
  assert.ok(report.stored > 20, `${report.stored} stored`);
  assert.equal(report.stored + report.warned + report.failed, report.found);
  const instances = (await orthanc.get('/instances')) as string[];
  assert.ok(instances.length > 0 && instances.length <= report.stored + report.warned);
});

test('[WIRE-39] a peer that is not there fails every object with the reason, after the tries asked for', async (t) => {
  const { options, sent, events } = sendingTo(
    await freePort(),
    'NOBODY',
    [folderOf(t, [makeObject('sr'), makeObject('sr')])],
    { tries: 2 },
  );
  const report = await sendFiles(options);
  assert.deepEqual([report.failed, report.fault?.code], [2, 'wire.refused-connection']);
  assert.deepEqual(
    sent.map(({ fault }) => fault?.code),
    ['wire.refused-connection', 'wire.refused-connection'],
  );
  assert.equal(events.filter((event) => event.kind === 'association').length, 2);
});

test('[WIRE-39] a peer that cuts the association is called again, and what it never takes fails after the tries', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const peer = await startStorescp({ extra: ['+xa', '--abort-during'] });
  t.after(() => peer.stop());
  const { options } = sendingTo(peer.port, peer.aet, [folderOf(t, [makeObject('ct')])], { tries: 2 });
  const report = await sendFiles(options);
  assert.deepEqual([report.stored, report.failed, report.fault?.code], [0, 1, 'wire.aborted']);
});

test('[WIRE-40] echo tells how long it took and who answered', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const peer = await startStorescp();
  t.after(() => peer.stop());
  const { host, port, aet: called } = peer;
  const report = await echoOnce({
    host,
    port,
    called,
    calling: 'LEADGLASS',
    maximumLength: 16_384,
    timeouts: DEFAULT_SCU_TIMEOUTS,
    clock: systemClock,
  });
  assert.equal(report.status, 0);
  assert.match(report.peerImplementation.versionName, /^OFFIS_DCMTK/);
});
