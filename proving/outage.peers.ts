import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventOf } from '@leadglass/model';
import { FindClient } from './find-client.ts';
import { Gateway } from './gateway.ts';
import { type MadeObject, makeObject } from './objects.ts';
import {
  askCommitment,
  assertHoldsExactly,
  configure,
  events,
  eventually,
  holdings,
  standing,
  storescu,
} from './outage.ts';
import { freePort, type Orthanc, type Peer, requirePeer, startOrthanc, startStorescp } from './peers.ts';
import { findscu } from './querying.ts';
import { dcmtk, digests, fill, folder, received, study } from './retrieving.ts';
import { callGateway } from './sending.ts';

const TOOLS = ['Orthanc', 'storescu', 'findscu', 'getscu', 'movescu', 'storescp'];
const DOWN_WITHIN_MS = 20_000;
const BACK_WITHIN_MS = 90_000;
const GIVEN_BACK_WITHIN_MS = 60_000;
const STUDY = '2.25.280';

interface Site {
  readonly gateway: Gateway;
  readonly workstation: Peer;
  readonly pacsPort: number;
  /** The one that lives now. */
  orthanc: Orthanc;
  readonly sent: MadeObject[];
}

const stops: (() => Promise<void>)[] = [];
after(async () => {
  for (const stop of stops.toReversed()) await stop();
});

/** A PACS that is asked in everybody's place and is sent everything; a scanner; a workstation. */
async function site(t: TestContext): Promise<Site | undefined> {
  for (const tool of TOOLS) if (requirePeer(t, tool) === undefined) return undefined;
  const workstation = await startStorescp({ aet: 'WS' });
  stops.push(() => workstation.stop());
  const gateway = await Gateway.start();
  stops.push(() => gateway.dispose());
  const pacsPort = await freePort();
  const here: Site = { gateway, workstation, pacsPort, orthanc: await pacs(gateway, pacsPort), sent: [] };
  stops.push(() => here.orthanc.stop());
  await configure(
    gateway,
    `peers:
  - { aeTitle: PROVER, from: 127.0.0.1/32, allow: [echo, store, find, move, get, commit] }
  - { aeTitle: WS, from: 127.0.0.1/32, allow: [echo, find, move, get] }
  - { aeTitle: ORTHANC, from: 127.0.0.1/32, allow: [echo, store] }
destinations:
  - { name: pacs, host: 127.0.0.1, port: ${pacsPort}, called: ORTHANC }
  - { name: ws, host: 127.0.0.1, port: ${workstation.port}, called: WS }
routes:
  - { from: PROVER, to: pacs }
relays:
  - { from: '*', services: [find, move, get, commit], to: pacs }
`,
  );
  return here;
}

function pacs(gateway: Gateway, port: number, directory?: string): Promise<Orthanc> {
  const extra = { DicomModalities: { lead: ['LEADGLASS', '127.0.0.1', gateway.dimse] } };
  return startOrthanc({ aet: 'ORTHANC', port, extra, ...(directory === undefined ? {} : { directory }) });
}

/** Ends the PACS as a power cut does. */
async function killPacs({ orthanc }: Site): Promise<void> {
  const over = new Promise((resolve) => orthanc.process.once('exit', resolve));
  orthanc.process.kill('SIGKILL');
  await over;
}

async function send(t: TestContext, here: Site, objects: readonly MadeObject[]): Promise<void> {
  const { exit, output } = await storescu(here.gateway, join(folder(t), 'out'), objects);
  assert.equal(exit, 0, output);
  // Not one refusal, and not one warning either.
  assert.equal(output.match(/Received Store Response \(Success\)/g)?.length, objects.length, output);
  here.sent.push(...objects);
}

const find = (here: Site, uid: string) =>
  findscu(
    { port: here.gateway.dimse, aet: 'LEADGLASS' },
    ['-S'],
    ['QueryRetrieveLevel=IMAGE', `StudyInstanceUID=${uid}`, `SeriesInstanceUID=${uid}.1`, 'SOPInstanceUID'],
  );
const get = (t: TestContext, here: Site, uid: string) => {
  const into = folder(t);
  return dcmtk('getscu', [...study(here.gateway.dimse, uid), '-od', into]).then((told) => ({ told, into }));
};
const emptyOf = ({ workstation }: Site): void => {
  rmSync(workstation.directory, { recursive: true, force: true });
  mkdirSync(workstation.directory);
};
const move = (here: Site, uid: string) => dcmtk('movescu', ['-aem', 'WS', ...study(here.gateway.dimse, uid)]);

/** What a device asks for: found, sent to a workstation and fetched, as if nothing had happened. */
async function assertServed(t: TestContext, here: Site, uid: string, objects: readonly MadeObject[]): Promise<void> {
  const found = await find(here, uid);
  assert.equal(found.status, 0, found.output.slice(-2000));
  assert.equal(found.answers.length, objects.length);
  const { told, into } = await get(t, here, uid);
  assert.deepEqual([told.status, told.completed, told.failed], [0, objects.length, 0], told.output.slice(-2000));
  assert.deepEqual(received(into), digests(objects));
  emptyOf(here);
  const moved = await move(here, uid);
  assert.deepEqual([moved.status, moved.completed, moved.failed], [0, objects.length, 0], moved.output.slice(-2000));
  assert.deepEqual(received(here.workstation.directory), digests(objects));
}

const answered = async (here: Site): Promise<readonly EventOf<'operation.answered'>[]> =>
  (await events(here.gateway, 'operation.answered')) as EventOf<'operation.answered'>[];

test('[PROVE-280] a PACS killed in the middle of the work: devices store, find, move and get as before, from their first question on; back again it holds exactly what was sent, none twice, though the gateway was killed in between', async (t) => {
  const here = await site(t);
  if (here === undefined) return;
  const { gateway } = here;
  const before = Array.from({ length: 3 }, () => makeObject('mr', STUDY));
  await send(t, here, before);
  await gateway.until(({ deliveries }) => deliveries.pending === 0);
  await assertServed(t, here, STUDY, before);
  assert.ok((await answered(here)).every(({ from }) => from === 'upstream'));

  // Nobody has noticed yet: the very first question is answered.
  await killPacs(here);
  const [beganMs, told] = [performance.now(), (await answered(here)).length];
  await assertServed(t, here, STUDY, before);
  const first = (await answered(here)).slice(told);
  assert.deepEqual([...new Set(first.map(({ from, instead }) => `${from} ${instead}`))], ['vault pacs']);
  assert.equal(first.length, 3);
  await eventually(
    () => standing(gateway),
    ({ state }) => state === 'down',
    DOWN_WITHIN_MS,
  );
  t.diagnostic(`down ${Math.round(performance.now() - beganMs)} ms after the kill, seen from outside`);

  const during = Array.from({ length: 8 }, () => makeObject('mr', '2.25.281'));
  await send(t, here, during);
  await assertServed(t, here, '2.25.281', during);
  await gateway.kill('SIGKILL');
  await gateway.restart();
  const owed = await standing(gateway);
  assert.deepEqual([owed.state, owed.owed.objects], ['down', during.length]);
  const later = [makeObject('ct', '2.25.282'), makeObject('mr', '2.25.282')];
  await send(t, here, later);
  await assertServed(t, here, '2.25.282', later);
  assert.equal((await gateway.status()).deliveries.failed, 0);

  here.orthanc = await pacs(gateway, here.pacsPort, here.orthanc.directory);
  assert.equal((await holdings(here.orthanc)).size, before.length, 'it came back without what it missed');
  await eventually(
    () => standing(gateway),
    ({ state }) => state === 'up',
    BACK_WITHIN_MS,
  );
  await eventually(
    () => events(gateway, 'giveback'),
    (all) => all.length > 0,
    GIVEN_BACK_WITHIN_MS,
  );
  await assertHoldsExactly(here.orthanc, here.sent);
  const report = (await events(gateway, 'giveback'))[0] as EventOf<'giveback.done'>;
  const { owed: n, delivered, failed, removed, known } = report;
  assert.deepEqual({ n, delivered, failed, removed, known }, { n: 10, delivered: 10, failed: 0, removed: 0, known: 0 });
  const kinds = (await events(gateway, 'outage')).map(({ kind }) => kind);
  assert.deepEqual(kinds, ['outage.began', 'outage.ended']);

  // And it is asked again.
  const count = (await answered(here)).length;
  await assertServed(t, here, '2.25.281', during);
  assert.ok((await answered(here)).slice(count).every(({ from }) => from === 'upstream'));
});

test('[CONT-14] [PROVE-281] what is asked while the PACS is down and is not held fails: a retrieval is no empty success, and commitment is given for what we hold alone', async (t) => {
  const here = await site(t);
  if (here === undefined) return;
  const { gateway } = here;
  const objects = [makeObject('mr', '2.25.283')];
  await fill(gateway, objects);
  await killPacs(here);
  const unknown = await move(here, '2.25.999');
  assert.equal(unknown.status, 0xa702, 'what is not here is not told as an empty study');
  const stranger = makeObject('mr');
  const { status, committed, refused } = await askCommitment(gateway, [...objects, stranger]);
  assert.equal(status, 0);
  assert.deepEqual([committed, refused], [[objects[0]?.sopInstanceUid], [stranger.sopInstanceUid]]);
});

test('[PROVE-282] a person declares the PACS down: it is not asked and not sent anything, whatever it shows, over a restart too; ended, it is given back in order', async (t) => {
  const here = await site(t);
  if (here === undefined) return;
  const { gateway } = here;
  await gateway.cli('outage', 'declare', 'pacs', '--reason', 'proving');
  const objects = Array.from({ length: 6 }, () => makeObject('mr', '2.25.284'));
  await send(t, here, objects);
  await assertServed(t, here, '2.25.284', objects);
  await gateway.kill('SIGTERM');
  await gateway.restart();
  await delay(3_000);
  const { state, how, by, reason, owed } = await standing(gateway);
  assert.deepEqual(
    { state, how, by, reason, owed: owed.objects },
    { state: 'declared', how: 'declared', by: 'local administrator', reason: 'proving', owed: objects.length },
  );
  assert.equal((await holdings(here.orthanc)).size, 0);
  await gateway.cli('outage', 'end', 'pacs');
  await eventually(
    () => standing(gateway),
    (each) => each.state === 'up',
    BACK_WITHIN_MS,
  );
  await gateway.until(({ deliveries }) => deliveries.pending === 0);
  await assertHoldsExactly(here.orthanc, objects);
  const came = (await events(gateway, 'arrival.stored')) as EventOf<'arrival.stored'>[];
  const given = (await events(gateway, 'delivery.delivered')) as EventOf<'delivery.delivered'>[];
  assert.deepEqual(
    given.map(({ sopInstanceUid }) => sopInstanceUid),
    came.map(({ sopInstanceUid }) => sopInstanceUid),
  );
});

test('[CONT-13] [PROVE-283] a device that stays connected while the PACS dies asks on over the same association, and is answered', async (t) => {
  const here = await site(t);
  if (here === undefined) return;
  await fill(here.gateway, [makeObject('sr', '2.25.285'), makeObject('sr', '2.25.285')]);
  await here.gateway.until(({ deliveries }) => deliveries.pending === 0);
  const client = await FindClient.open(here.gateway.dimse, 'LEADGLASS', 'WS');
  const asked = [
    { tag: 0x00080052, value: 'IMAGE' },
    { tag: 0x00080018, value: '' },
    { tag: 0x0020000d, value: '2.25.285' },
    { tag: 0x0020000e, value: '2.25.285.1' },
  ];
  assert.deepEqual(await client.ask(asked), { status: 0, answers: 2 });
  await killPacs(here);
  await delay(500);
  for (let n = 0; n < 3; n += 1) assert.deepEqual(await client.ask(asked), { status: 0, answers: 2 });
  await client.close();
  const told = await answered(here);
  assert.deepEqual(
    told.map(({ from, instead }) => `${from} ${instead ?? ''}`),
    ['upstream ', 'vault pacs', 'vault pacs', 'vault pacs'],
  );
});

test('[PROVE-284] isolated, the site goes on: partners marked as outside are cut off and nothing goes to them, over a restart; one step back, and they have what they missed', async (t) => {
  const here = await site(t);
  if (here === undefined) return;
  const { gateway, orthanc } = here;
  const partner = await startOrthanc({ aet: 'PARTNER' });
  stops.push(() => partner.stop());
  await configure(
    gateway,
    `peers:
  - { aeTitle: PROVER, from: 127.0.0.1/32, allow: [echo, store, find] }
  - { aeTitle: OUTSIDER, from: 127.0.0.1/32, allow: [echo, store], outside: true }
destinations:
  - { name: pacs, host: 127.0.0.1, port: ${orthanc.port}, called: ORTHANC }
  - { name: partner, host: 127.0.0.1, port: ${partner.port}, called: PARTNER, outside: true }
routes:
  - { from: '*', to: pacs }
  - { from: '*', to: partner }
`,
  );
  const outsider = await callGateway(gateway.dimse, 'OUTSIDER');
  const shown = JSON.parse(await gateway.cli('isolation', 'on', '--reason', 'proving', '--json'));
  assert.deepEqual(
    [shown.isOn, shown.stopped.associations, shown.stopped.peers, shown.stopped.destinations],
    [true, 1, ['OUTSIDER'], [{ name: 'partner', owedObjects: 0 }]],
  );
  await eventually(
    async () => outsider.isOpen,
    (isOpen) => !isOpen,
    5_000,
  );
  await assert.rejects(callGateway(gateway.dimse, 'OUTSIDER'));
  const objects = Array.from({ length: 3 }, () => makeObject('mr', '2.25.286'));
  await send(t, here, objects);
  await gateway.until(({ deliveries }) => deliveries.pending === objects.length);
  await assertHoldsExactly(orthanc, objects);
  await gateway.kill('SIGKILL');
  await gateway.restart();
  await delay(3_000);
  assert.equal((await holdings(partner)).size, 0);
  await assert.rejects(callGateway(gateway.dimse, 'OUTSIDER'));
  await gateway.cli('isolation', 'off');
  await gateway.until(({ deliveries }) => deliveries.pending === 0);
  await assertHoldsExactly(partner, objects);
  await (await callGateway(gateway.dimse, 'OUTSIDER')).release();
  assert.deepEqual(
    (await events(gateway, 'isolation')).map(({ kind }) => kind),
    ['isolation.on', 'isolation.off'],
  );
});
