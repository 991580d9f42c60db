import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { STORAGE_COMMITMENT_PUSH_MODEL, STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE } from '@leadglass/dimse';
import { systemClock } from '@leadglass/kit';
import { encodeCommitmentRequest } from '@leadglass/relay';
import { openAssociation } from '@leadglass/wire';
import { decodedReport, partTen, ReportReceiver } from './commitment.ts';
import { Gateway } from './gateway.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { freePort, type Orthanc, type Peer, requirePeer, startOrthanc, startStorescp } from './peers.ts';
import { dcmtk, digests, folder, received, study, type Told } from './retrieving.ts';

const STUDY = '2.25.111';
const HELD_STUDY = '2.25.222';
const BAD_STUDY = '2.25.333';
const WITHIN_MS = 20_000;

interface Site {
  readonly gateway: Gateway;
  readonly orthanc: Orthanc;
  readonly workstation: Peer;
  readonly objects: readonly MadeObject[];
  readonly spoilt: MadeObject;
}
let made: Site | undefined;
const stops: (() => Promise<void>)[] = [];
after(async () => {
  for (const stop of stops.toReversed()) await stop();
});

/** A PACS that holds what is asked for, a gateway that asks it in everybody's place and sends everything to it, and a workstation. */
async function site(t: TestContext, tool: string): Promise<Site | undefined> {
  if (requirePeer(t, 'Orthanc') === undefined || requirePeer(t, tool) === undefined) return undefined;
  made ??= await start();
  rmSync(made.workstation.directory, { recursive: true, force: true });
  mkdirSync(made.workstation.directory);
  return made;
}

async function start(): Promise<Site> {
  const workstation = await startStorescp({ aet: 'WS' });
  stops.push(() => workstation.stop());
  const gateway = await Gateway.start();
  stops.push(() => gateway.dispose());
  const lead = ['LEADGLASS', '127.0.0.1', gateway.dimse];
  const DicomModalities = { lead, ws: ['WS', '127.0.0.1', workstation.port] };
  const orthanc = await startOrthanc({ aet: 'ORTHANC', extra: { DicomModalities } });
  stops.push(() => orthanc.stop());
  const file = join(gateway.home, 'site.yaml');
  writeFileSync(file, configuration(workstation.port, orthanc.port));
  await gateway.cli('config', 'apply', file);
  const objects = [...Array.from({ length: 4 }, () => makeObject('ct', STUDY)), makeObject('sr', STUDY)];
  const whole = makeObject('ct', HELD_STUDY);
  const spoilt = { ...whole, dataSet: withElements(whole.dataSet, markup()) };
  const bare = makeObject('ct', BAD_STUDY);
  const bad = { ...bare, dataSet: withElements(bare.dataSet, eicar()) };
  for (const object of [...objects, spoilt, bad, makeObject('sr', BAD_STUDY)]) await upload(orthanc, object);
  return { gateway, orthanc, workstation, objects, spoilt };
}

/** The data set with `elements` in front of the patient's name: a PACS keeps them, we hold it. */
function withElements(dataSet: Buffer, elements: Buffer): Buffer {
  const at = dataSet.indexOf(Buffer.from([0x10, 0, 0x10, 0, 0x50, 0x4e]));
  return Buffer.concat([dataSet.subarray(0, at), elements, dataSet.subarray(at)]);
}

/** Study Description that a browser would run: held, and disarmed. */
function markup(): Buffer {
  const value = Buffer.from('<script>alert(1)</script> ', 'latin1');
  return Buffer.concat([Buffer.from([8, 0, 0x30, 0x10, 0x4c, 0x4f, value.length, 0]), value]);
}

/** A private element that carries EICAR: held, and no copy of it is made. */
function eicar(): Buffer {
  const value = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');
  const creator = Buffer.concat([Buffer.from([9, 0, 0x10, 0, 0x4c, 0x4f, 8, 0]), Buffer.from('PROVING ')]);
  const head = Buffer.from([9, 0, 1, 0x10, 0x4f, 0x42, 0, 0, value.length, 0, 0, 0]);
  return Buffer.concat([creator, head, Buffer.from(value, 'latin1')]);
}

function configuration(workstationPort: number, pacsPort: number): string {
  return `peers:
  - { aeTitle: ORTHANC, from: 127.0.0.1/32, allow: [echo, store, commit] }
  - { aeTitle: WS, from: 127.0.0.1/32, allow: [echo, find, move, get, commit] }
destinations:
  - { name: ws, host: 127.0.0.1, port: ${workstationPort}, called: WS }
  - { name: pacs, host: 127.0.0.1, port: ${pacsPort}, called: ORTHANC }
  - { name: gone, host: 127.0.0.1, port: 9, called: GONE }
routes:
  - { from: '*', to: pacs }
relays:
  - { from: '*', services: [move, get, commit], to: pacs }
`;
}

async function upload(orthanc: Orthanc, object: MadeObject): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${orthanc.httpPort}/instances`, {
    method: 'POST',
    body: partTen(object),
  });
  assert.equal(answer.status, 200);
}

const said = ({ status, completed, failed, warning }: Told) => ({ status, completed, failed, warning });
const move = (port: number, uid: string, called = 'LEADGLASS') =>
  dcmtk('movescu', ['-aem', 'WS', ...study(port, uid).map((arg) => (arg === 'LEADGLASS' ? called : arg))]);

test('[PROVE-145] a move asked of the PACS through us: the same objects, byte for byte, and the same counts as without us', async (t) => {
  const here = await site(t, 'movescu');
  if (here === undefined) return;
  const direct = await move(here.orthanc.port, STUDY, 'ORTHANC');
  const directly = received(here.workstation.directory);
  await site(t, 'movescu');
  const through = await move(here.gateway.dimse, STUDY);
  assert.deepEqual(said(through), said(direct), through.output.slice(-3000));
  assert.deepEqual(received(here.workstation.directory), directly);
  assert.deepEqual(directly, digests(here.objects));
  // What was retrieved does not go back to where it came from, whatever the routes say.
  const { deliveries, custody } = await here.gateway.status();
  assert.deepEqual(
    { custody, deliveries },
    { custody: { ...custody, objects: 5 }, deliveries: { ...deliveries, pending: 0, delivered: 0, failed: 0 } },
  );
});

test('[PROVE-146] a get asked of us is asked of the PACS, and comes over the association that asks', async (t) => {
  const here = await site(t, 'getscu');
  if (here === undefined) return;
  const into = folder(t);
  const told = await dcmtk('getscu', ['+B', '-od', into, ...study(here.gateway.dimse, STUDY)]);
  assert.deepEqual(said(told), { status: 0, completed: 5, failed: 0, warning: 0 }, told.output.slice(-3000));
  assert.deepEqual(received(into), digests(here.objects));
});

test('[PROVE-147] nothing found there is told as the PACS tells it', async (t) => {
  const here = await site(t, 'movescu');
  if (here === undefined) return;
  const direct = await move(here.orthanc.port, '2.25.404', 'ORTHANC');
  const through = await move(here.gateway.dimse, '2.25.404');
  assert.equal(through.status, direct.status, through.output.slice(-3000));
});

test('[PROVE-148] what is held on its way does not reach the workstation: its disarmed copy does', async (t) => {
  const here = await site(t, 'movescu');
  if (here === undefined) return;
  const told = await move(here.gateway.dimse, HELD_STUDY);
  assert.deepEqual(said(told), { status: 0, completed: 1, failed: 0, warning: 0 }, told.output.slice(-3000));
  const [copy] = received(here.workstation.directory);
  assert.ok(copy !== undefined && copy !== digests([here.spoilt])[0]);
  const { holds, deliveries } = await here.gateway.status();
  assert.deepEqual(
    { holds, delivered: deliveries.delivered, pending: deliveries.pending },
    { holds: 1, delivered: 0, pending: 0 },
  );
});

test('[PROVE-148] what is held and has no copy has failed, and is told at once', async (t) => {
  const here = await site(t, 'movescu');
  if (here === undefined) return;
  const told = await move(here.gateway.dimse, BAD_STUDY);
  assert.deepEqual(said(told), { status: 0xb000, completed: 1, failed: 1, warning: 0 }, told.output.slice(-3000));
  assert.equal(received(here.workstation.directory).length, 1);
});

test('[PROVE-149] commitment asked of the PACS through us: its report reaches the device, whose answer goes back', async (t) => {
  const here = await site(t, 'movescu');
  if (here === undefined) return;
  const port = await freePort();
  const receiver = await ReportReceiver.start(port, 'CT9', [0]);
  stops.push(() => receiver.stop());
  await here.gateway.cli('peer', 'add', 'CT9', '--from', '127.0.0.1/32', '--allow', 'echo,commit');
  await here.gateway.cli('destination', 'add', 'ct9', '--to', `127.0.0.1:${port}`, '--called', 'CT9');
  const absent = makeObject('ct');
  const [kept] = here.objects;
  assert.ok(kept !== undefined);
  const association = await openAssociation({
    ...{ host: '127.0.0.1', port: here.gateway.dimse, called: 'LEADGLASS', calling: 'CT9' },
    contexts: [{ abstractSyntax: STORAGE_COMMITMENT_PUSH_MODEL, transferSyntaxes: ['1.2.840.10008.1.2'] }],
    maximumLength: 64 * 1024,
    timeouts: { connectMs: 5_000, associateMs: 15_000, responseMs: 60_000, writeStallMs: 30_000, releaseMs: 5_000 },
    clock: systemClock,
  });
  const { status } = await association.action({
    sopClassUid: STORAGE_COMMITMENT_PUSH_MODEL,
    sopInstanceUid: STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
    actionTypeId: 1,
    dataSet: encodeCommitmentRequest('2.25.2001', [kept, absent]),
  });
  assert.equal(status, 0);
  await association.release();
  const [report] = await receiver.received(1, WITHIN_MS);
  assert.ok(report !== undefined);
  assert.equal(report.eventTypeId, 2);
  assert.deepEqual(decodedReport(report), {
    transactionUid: '2.25.2001',
    committed: [kept.sopInstanceUid],
    refused: [{ sopInstanceUid: absent.sopInstanceUid, failureReason: 0x0112 }],
  });
  assert.match(await here.gateway.cli('log', '--kind', 'commitment', '--json'), /"upstream": "pacs"/);
});

test('[PROVE-147] a PACS that is down fails the retrieval of what is not held here, and the ledger says why; what is held is sent', async (t) => {
  const here = await site(t, 'movescu');
  if (here === undefined) return;
  await here.orthanc.stop();
  const told = await move(here.gateway.dimse, '2.25.404');
  assert.equal(told.status, 0xa702, told.output.slice(-3000));
  assert.match(await here.gateway.cli('log', '--json'), /"kind": "operation.refused"/);
  const kept = await move(here.gateway.dimse, STUDY);
  assert.equal(kept.status, 0, kept.output.slice(-3000));
  assert.deepEqual(received(here.workstation.directory), digests(here.objects));
});
