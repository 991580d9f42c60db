import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeObject } from './objects.ts';
import { requirePeer } from './peers.ts';
import { dcmtk, digests, fill, folder, received, startSite, study } from './retrieving.ts';

const STUDY = '2.25.111';
const NOTHING = { completed: 0, failed: 0, warning: 0 };
const countsOf = ({ completed, failed, warning }: { completed: number; failed: number; warning: number }) => ({
  completed,
  failed,
  warning,
});

test('[PROVE-136] a study in custody is moved to who asks for it, byte for byte, and counted as it arrived', async (t) => {
  if (requirePeer(t, 'movescu') === undefined) return;
  const { gateway, workstation } = await startSite(t);
  const objects = [...Array.from({ length: 6 }, () => makeObject('ct', STUDY)), makeObject('sr', STUDY)];
  await fill(gateway, [...objects, makeObject('mr')]);
  const told = await dcmtk('movescu', ['-aem', 'WS', ...study(gateway.dimse, STUDY)]);
  assert.equal(told.status, 0, told.output.slice(-3000));
  assert.deepEqual(countsOf(told), { ...NOTHING, completed: 7 });
  assert.deepEqual(received(workstation.directory), digests(objects));
  const log = await gateway.cli('log', '--kind', 'retrieve', '--json');
  assert.match(log, /"completed":7/);
});

test('[PROVE-137] the same is got over the association that asks', async (t) => {
  if (requirePeer(t, 'getscu') === undefined) return;
  const { gateway } = await startSite(t);
  const objects = [...Array.from({ length: 6 }, () => makeObject('ct', STUDY)), makeObject('sr', STUDY)];
  await fill(gateway, [...objects, makeObject('mr')]);
  const into = folder(t);
  const told = await dcmtk('getscu', ['+B', '-od', into, ...study(gateway.dimse, STUDY)]);
  assert.equal(told.status, 0, told.output.slice(-3000));
  assert.deepEqual(countsOf(told), { ...NOTHING, completed: 7 });
  assert.deepEqual(received(into), digests(objects));
});
