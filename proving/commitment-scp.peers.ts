import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { STORAGE_COMMITMENT_PUSH_MODEL, STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE } from '@leadglass/dimse';
import { systemClock } from '@leadglass/kit';
import { encodeCommitmentRequest } from '@leadglass/relay';
import { type EventReport, openAssociation, type ScuAssociation } from '@leadglass/wire';
import { decodedReport, partTen, ReportReceiver } from './commitment.ts';
import { Gateway } from './gateway.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { freePort, type Orthanc, requirePeer, startOrthanc } from './peers.ts';
import { callGateway, storeOne } from './sending.ts';

const IMPLICIT_LE = '1.2.840.10008.1.2';
const WITHIN_MS = 20_000;

let gateway: Gateway | undefined;
const stops: (() => Promise<void>)[] = [];
after(async () => {
  for (const stop of stops.toReversed()) await stop();
});

async function site(): Promise<Gateway> {
  if (gateway !== undefined) return gateway;
  gateway = await Gateway.start();
  stops.push(() => (gateway as Gateway).dispose());
  await gateway.cli('peer', 'add', 'PROVER', '--from', '127.0.0.1/32', '--allow', 'echo,store,commit');
  return gateway;
}

function askOn(port: number, calling: string): Promise<ScuAssociation> {
  return openAssociation({
    host: '127.0.0.1',
    port,
    called: 'LEADGLASS',
    calling,
    contexts: [{ abstractSyntax: STORAGE_COMMITMENT_PUSH_MODEL, transferSyntaxes: [IMPLICIT_LE] }],
    maximumLength: 64 * 1024,
    timeouts: { connectMs: 5_000, associateMs: 15_000, responseMs: 60_000, writeStallMs: 30_000, releaseMs: 5_000 },
    clock: systemClock,
  });
}

async function ask(
  association: ScuAssociation,
  transactionUid: string,
  objects: readonly { sopClassUid: string; sopInstanceUid: string }[],
): Promise<number> {
  const { status } = await association.action({
    sopClassUid: STORAGE_COMMITMENT_PUSH_MODEL,
    sopInstanceUid: STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
    actionTypeId: 1,
    dataSet: encodeCommitmentRequest(transactionUid, objects),
  });
  return status;
}

async function store(port: number, objects: readonly MadeObject[]): Promise<void> {
  const association = await callGateway(port, 'PROVER');
  for (const object of objects) assert.equal(await storeOne(association, object), 0);
  await association.release();
}

test('[PROVE-140] a device without an address of its own is told on the association it asked on: what is kept and what not', async () => {
  const { dimse } = await site();
  const [kept, other] = [makeObject('sr'), makeObject('sr')];
  await store(dimse, [kept]);
  const association = await askOn(dimse, 'PROVER');
  const reports: EventReport[] = [];
  const told = new Promise<void>((resolve) => {
    association.onEventReport = (report) => {
      reports.push(report);
      // Once the answer has gone out.
      setImmediate(resolve);
      return 0;
    };
  });
  const misnamed = { ...kept, sopClassUid: '1.2.840.10008.5.1.4.1.1.2' };
  assert.equal(await ask(association, '2.25.1001', [kept, other, misnamed]), 0);
  await told;
  await association.release();
  assert.equal(reports[0]?.eventTypeId, 2);
  assert.deepEqual(decodedReport(reports[0] as EventReport), {
    transactionUid: '2.25.1001',
    committed: [kept.sopInstanceUid],
    refused: [
      { sopInstanceUid: other.sopInstanceUid, failureReason: 0x0112 },
      { sopInstanceUid: kept.sopInstanceUid, failureReason: 0x0119 },
    ],
  });
});

test('[PROVE-141] what cannot be read, is another action or another instance is refused in the terms of the standard', async () => {
  const { dimse } = await site();
  const association = await askOn(dimse, 'PROVER');
  const request = {
    sopClassUid: STORAGE_COMMITMENT_PUSH_MODEL,
    sopInstanceUid: STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
    actionTypeId: 1,
    dataSet: encodeCommitmentRequest('2.25.1002', [makeObject('sr')]),
  };
  const statusOf = async (change: Partial<typeof request>) =>
    (await association.action({ ...request, ...change })).status;
  assert.equal(await statusOf({ sopInstanceUid: '2.25.5' }), 0x0112);
  assert.equal(await statusOf({ actionTypeId: 2 }), 0x0123);
  assert.equal(await statusOf({ dataSet: request.dataSet.subarray(0, -3) }), 0x0115);
  assert.equal(await statusOf({ dataSet: new Uint8Array([1, 2, 3, 4]) }), 0x0115);
  await association.release();
});

test('[PROVE-142] a report owed at a kill is told after the restart, where the device listens, until it has answered', async () => {
  const running = await site();
  const port = await freePort();
  await running.cli('destination', 'add', 'prover', '--to', `127.0.0.1:${port}`, '--called', 'PROVER');
  const object = makeObject('sr');
  await store(running.dimse, [object]);
  const association = await askOn(running.dimse, 'PROVER');
  assert.equal(await ask(association, '2.25.1003', [object]), 0);
  // Nobody listens there yet: whatever was tried by now has failed.
  await running.kill('SIGKILL');
  association.abort();
  const receiver = await ReportReceiver.start(port, 'PROVER', [0x0110, 0]);
  stops.push(() => receiver.stop());
  await running.restart();
  const reports = await receiver.received(2, WITHIN_MS);
  // The first answer was a failure: it was told again.
  for (const report of reports)
    assert.deepEqual(decodedReport(report), {
      transactionUid: '2.25.1003',
      committed: [object.sopInstanceUid],
      refused: [],
    });
  assert.deepEqual(receiver.roles, [{ sopClassUid: STORAGE_COMMITMENT_PUSH_MODEL, scu: false, scp: true }]);
  await receiver.stop();
});

test('[PROVE-143] Orthanc asks and is told the truth, also after an object was destroyed', async (t) => {
  if (requirePeer(t, 'Orthanc') === undefined) return;
  const running = await site();
  const orthanc = await startOrthanc({
    aet: 'ORTHANC',
    extra: { DicomModalities: { lead: ['LEADGLASS', '127.0.0.1', running.dimse] } },
  });
  stops.push(() => orthanc.stop());
  await running.cli('peer', 'add', 'ORTHANC', '--from', '127.0.0.1/32', '--allow', 'echo,store,commit');
  await running.cli('destination', 'add', 'orthanc', '--to', `127.0.0.1:${orthanc.port}`, '--called', 'ORTHANC');
  const clean = makeObject('sr');
  const made = makeObject('ct');
  const doubtful = { ...made, dataSet: Buffer.concat([made.dataSet, Buffer.alloc(64, 'inert')]) };
  await store(running.dimse, [clean, doubtful]);
  const ids = [await upload(orthanc, clean), await upload(orthanc, made)];
  assert.deepEqual(await committed(orthanc, ids), { status: 'Success', failures: [] });
  const { holds } = JSON.parse(await running.cli('hold', 'list', '--json')) as { holds: { sha256: string }[] };
  assert.equal(holds.length, 1);
  await running.cli('hold', 'destroy', holds[0]?.sha256 ?? '', '--reason', 'proving', '--yes');
  assert.deepEqual(await committed(orthanc, ids), { status: 'Failure', failures: [made.sopInstanceUid] });
});

async function upload(orthanc: Orthanc, object: MadeObject): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${orthanc.httpPort}/instances`, {
    method: 'POST',
    body: partTen(object),
  });
  return ((await answer.json()) as { ID: string }).ID;
}

async function committed(orthanc: Orthanc, ids: readonly string[]): Promise<{ status: string; failures: string[] }> {
  const asked = (await orthanc.post('/modalities/lead/storage-commitment', { Resources: ids })) as { ID: string };
  const endMs = performance.now() + WITHIN_MS;
  for (;;) {
    const told = (await orthanc.get(`/storage-commitment/${asked.ID}`)) as {
      Status: string;
      Failures?: { SOPInstanceUID: string }[];
    };
    if (told.Status !== 'Pending')
      return { status: told.Status, failures: (told.Failures ?? []).map((failure) => failure.SOPInstanceUID) };
    if (performance.now() > endMs) throw new Error('no report came');
    await delay(100);
  }
}
