import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { commandOf } from '@leadglass/dimse';
import { callPeer, contextOf } from './dimse-peer.ts';
import type { Gateway } from './gateway.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { freePort, type Peer, requirePeer, startStorescp } from './peers.ts';
import { childrenOf } from './processes.ts';
import { dcmtk, digests, fill, folder, received, startSite, study, type Told } from './retrieving.ts';

const STUDY = '2.25.111';
const HELD_STUDY = '2.25.222';
const LOST_STUDY = '2.25.333';
const DESTROYED_STUDY = '2.25.444';
const FOREIGN = Buffer.alloc(64, 'inert');

interface Site {
  readonly gateway: Gateway;
  readonly workstation: Peer;
  readonly objects: readonly MadeObject[];
  /** Where `SLOW` listens, when it does. */
  readonly slowPort: number;
}
let made: Site | undefined;
after(async () => {
  await made?.gateway.dispose();
  await made?.workstation.stop();
});

/** One site for all: a study of seven objects in custody, and another object. */
async function site(t: TestContext, tool: string): Promise<Site | undefined> {
  if (requirePeer(t, tool) === undefined) return undefined;
  if (made === undefined) {
    const workstation = await startStorescp({ aet: 'WS' });
    const slowPort = await freePort();
    const objects = [...Array.from({ length: 6 }, () => makeObject('ct', STUDY)), makeObject('sr', STUDY)];
    // Also what fails is ended: a peer left behind would keep the test from ending.
    const gateway = await startSite(workstation, slowPort).catch(async (thrown: unknown) => {
      await workstation.stop();
      throw thrown;
    });
    made = { workstation, gateway, objects, slowPort };
    await fill(made.gateway, [...objects, makeObject('mr')]);
  }
  rmSync(made.workstation.directory, { recursive: true, force: true });
  mkdirSync(made.workstation.directory);
  return made;
}

function assertTold(told: Told, expected: Partial<Told>): void {
  const { status, completed, failed, warning } = told;
  const wanted = { completed: 0, failed: 0, warning: 0, ...expected };
  assert.deepEqual({ status, completed, failed, warning }, wanted, told.output.slice(-3000));
}

const move = (port: number, to: string, uid: string) => dcmtk('movescu', ['-aem', to, ...study(port, uid)]);

test('[PROVE-136] a study in custody is moved to who asks for it, byte for byte, counted, and told in the ledger', async (t) => {
  const here = await site(t, 'movescu');
  if (here === undefined) return;
  assertTold(await move(here.gateway.dimse, 'WS', STUDY), { status: 0, completed: 7 });
  assert.deepEqual(received(here.workstation.directory), digests(here.objects));
  const log = await here.gateway.cli('log', '--kind', 'retrieve', '--json');
  assert.match(log, /"to": "WS",\s+"status": 0,\s+"completed": 7/);
});

test('[PROVE-137] the same is got over the association that asks', async (t) => {
  const here = await site(t, 'getscu');
  if (here === undefined) return;
  const into = folder(t);
  assertTold(await dcmtk('getscu', ['+B', '-od', into, ...study(here.gateway.dimse, STUDY)]), {
    status: 0,
    completed: 7,
  });
  assert.deepEqual(received(into), digests(here.objects));
});

test('[PROVE-137] who takes implicit VR alone gets the same elements in implicit VR', async (t) => {
  const here = await site(t, 'getscu');
  if (here === undefined || requirePeer(t, 'dcmconv') === undefined) return;
  const into = folder(t);
  const told = await dcmtk('getscu', ['-xi', '+B', '-od', into, ...study(here.gateway.dimse, STUDY)]);
  assertTold(told, { status: 0, completed: 7 });
  assert.deepEqual(asExplicit(into), digests(here.objects));
});

test('[PROVE-138] nobody moves to who is not named for it: A801, nothing sent, and the ledger says which command would allow it', async (t) => {
  const here = await site(t, 'movescu');
  if (here === undefined) return;
  assertTold(await move(here.gateway.dimse, 'NOBODY', STUDY), { status: 0xa801 });
  assertTold(await move(here.gateway.dimse, 'OTHER', STUDY), { status: 0xa801 });
  assert.deepEqual(received(here.workstation.directory), []);
  const log = await here.gateway.cli('log', '--json');
  assert.match(log, /policy limit WS --move-to OTHER/);
  assert.match(log, /destination add NAME/);
});

test('[PROVE-138] nothing found is a success of nothing; a destination that is down fails each object, and says so', async (t) => {
  const here = await site(t, 'movescu');
  if (here === undefined) return;
  assertTold(await move(here.gateway.dimse, 'WS', '2.25.404'), { status: 0 });
  const told = await move(here.gateway.dimse, 'DEAF', STUDY);
  assertTold(told, { status: 0xa702, failed: 7 });
  for (const { sopInstanceUid } of here.objects)
    assert.ok(told.output.includes(sopInstanceUid), 'a failed UID is missing');
});

test('[PROVE-139] of a held object its disarmed copy is given; one that has none fails, and is named', async (t) => {
  const here = await site(t, 'movescu');
  if (here === undefined) return;
  const doubtful = makeObject('ct', HELD_STUDY);
  const spoilt = { ...doubtful, dataSet: Buffer.concat([doubtful.dataSet, FOREIGN]) };
  await fill(here.gateway, [spoilt, makeObject('ct', HELD_STUDY)]);
  await here.gateway.until(({ custody }) => custody.objects >= 11);
  const told = await move(here.gateway.dimse, 'WS', HELD_STUDY);
  assertTold(told, { status: 0, completed: 2 });
  assert.ok(!received(here.workstation.directory).includes(digests([spoilt])[0] as string), 'the held object went out');
});

test('[PROVE-139] what is lost from the disk fails and is named; what was destroyed is not there any more', async (t) => {
  const here = await site(t, 'movescu');
  if (here === undefined) return;
  const { gateway } = here;
  const [lost, kept] = [makeObject('sr', LOST_STUDY), makeObject('sr', LOST_STUDY)];
  await fill(gateway, [lost, kept]);
  await removeFromDisk(gateway, lost.sopInstanceUid);
  const told = await move(gateway.dimse, 'WS', LOST_STUDY);
  assertTold(told, { status: 0xb000, completed: 1, failed: 1 });
  assert.ok(told.output.includes(lost.sopInstanceUid));
  const destroyed = makeObject('ct', DESTROYED_STUDY);
  await destroyHeld(gateway, destroyed);
  assertTold(await move(gateway.dimse, 'WS', DESTROYED_STUDY), { status: 0, completed: 0 });
});

/** Takes away the file of an object, once it has one: as a disk that loses it would. */
async function removeFromDisk(gateway: Gateway, sopInstanceUid: string): Promise<void> {
  const log = JSON.parse(await gateway.cli('log', '--kind', 'arrival', '--json')) as {
    entries: { event: { sopInstanceUid: string; sha256: string } }[];
  };
  const { sha256 } = log.entries.find(({ event }) => event.sopInstanceUid === sopInstanceUid)?.event ?? { sha256: '' };
  const file = join(gateway.home, 'vault', 'objects', sha256.slice(0, 2), `${sha256}.age`);
  await gateway.until(({ custody }) => (custody as { notLaidOut?: number }).notLaidOut === 0);
  rmSync(file);
}

/** Sends an object that is held without a copy, and destroys it. */
async function destroyHeld(gateway: Gateway, object: MadeObject): Promise<void> {
  const at = object.dataSet.indexOf(Buffer.from([0x10, 0, 0x10, 0, 0x50, 0x4e]));
  const value = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');
  const creator = Buffer.concat([Buffer.from([9, 0, 0x10, 0, 0x4c, 0x4f, 8, 0]), Buffer.from('PROVING ')]);
  const head = Buffer.from([9, 0, 1, 0x10, 0x4f, 0x42, 0, 0, value.length, 0, 0, 0]);
  const parts = [
    object.dataSet.subarray(0, at),
    creator,
    head,
    Buffer.from(value, 'latin1'),
    object.dataSet.subarray(at),
  ];
  await fill(gateway, [{ ...object, dataSet: Buffer.concat(parts) }]);
  const { holds } = JSON.parse(await gateway.cli('hold', 'list', '--json')) as {
    holds: { sha256: string; sopInstanceUid: string }[];
  };
  const held = holds.find(({ sopInstanceUid }) => sopInstanceUid === object.sopInstanceUid);
  assert.ok(held !== undefined);
  assertTold(await move(gateway.dimse, 'WS', DESTROYED_STUDY), { status: 0xa702, failed: 1 });
  await gateway.cli('hold', 'destroy', held.sha256, '--reason', 'proving', '--yes');
}

test('[PROVE-144] a move is cancelled: what is under way is finished, nothing more sent, and what remains is told', async (t) => {
  const here = await site(t, 'movescu');
  if (here === undefined) return;
  // A second an object: the cancellation comes while most of them are still to go.
  const slow = await startStorescp({ aet: 'SLOW', port: here.slowPort, extra: ['+xa', '--sleep-after', '1'] });
  t.after(() => slow.stop());
  const told = await dcmtk('movescu', ['--cancel', '1', '-aem', 'SLOW', ...study(here.gateway.dimse, STUDY)]);
  assert.equal(told.status, 0xfe00, told.output.slice(-2000));
  const sent = received(slow.directory).length;
  assert.equal(told.completed, sent);
  assert.ok(sent >= 1 && sent < here.objects.length);
});

/** The files of a folder in explicit VR little endian. */
function asExplicit(into: string): readonly string[] {
  for (const name of readdirSync(into)) {
    const file = join(into, name);
    execFileSync('dcmconv', ['+te', '+e', file, file], { stdio: 'ignore' });
  }
  return received(into);
}

test('[PROVE-150] answers nothing called for end their association, and no other', async (t) => {
  const here = await site(t, 'movescu');
  if (here === undefined) return;
  const { gateway } = here;
  await gateway.cli('peer', 'add', 'FINDER', '--from', '127.0.0.1/32', '--allow', 'echo');
  const pids = childrenOf(gateway.pid);
  for (const commandField of [0x8001, 0x8100, 0x8030, 0x8021]) {
    const peer = await callPeer({ port: gateway.dimse, called: 'LEADGLASS' }, [contextOf('1.2.840.10008.1.1')]);
    peer.send(1, commandOf(commandField, { messageIdBeingRespondedTo: 1, status: 0 }));
    await peer.until(() => peer.isOver);
  }
  assert.deepEqual(childrenOf(gateway.pid), pids);
  assertTold(await move(gateway.dimse, 'WS', STUDY), { status: 0, completed: 7 });
});
