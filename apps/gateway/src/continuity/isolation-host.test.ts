import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AeTitle, EventOf, Peer } from '@leadglass/model';
import { house, PLACES } from './continuity.testkit.ts';

const SIGNAL = new AbortController().signal;
const peer = (aeTitle: string, from: string, outside?: boolean): Peer => ({
  ...{ aeTitle: aeTitle as AeTitle, from, allow: ['store'], whenHeld: 'keep-sending', privateSopClasses: [] },
  ...(outside === undefined ? {} : { outside }),
});

test('[CONT-33] a mark decides before the address; a name is inside when all its addresses are; without an address it is outside', async (t) => {
  const here = await house(t);
  here.addresses = { 'pacs.example.org': ['10.0.0.4'], 'partner.example.org': ['10.0.0.4', '203.0.113.9'] };
  here.peers = [
    peer('PARTNER', '10.9.0.0/16', true),
    peer('OURS', '198.51.100.0/24', false),
    peer('CT1', '10.0.0.0/8'),
  ];
  const { isolation } = here.continuity;
  assert.equal(isolation.isCut(PLACES.cloud), false, 'nothing is cut while it is off');
  const { isOn, outside } = await isolation.show();
  assert.equal(isOn, false);
  assert.deepEqual(
    outside.destinations.map(({ name, why }) => `${name} ${why}`),
    ['cloud address', 'partner marked', 'stray address'],
  );
  assert.deepEqual(outside.peers, ['PARTNER']);
  here.addresses = {};
  const shown = await isolation.on('marie', 'attaque');
  assert.deepEqual(
    shown.outside.destinations.map(({ name, why }) => `${name} ${why}`),
    ['cloud address', 'partner marked', 'named unresolved', 'stray unresolved'],
  );
  assert.deepEqual(
    ['203.0.113.9', '198.51.100.7', '10.0.0.1', '', '::ffff:10.0.0.1'].map((each) => isolation.isCutAddress(each)),
    [true, false, false, false, false],
  );
  assert.deepEqual(
    here.peers.map((each) => isolation.isCutPeer(each)),
    [true, false, false],
  );
});

test('[CONT-31] on cuts what is open and whatever would be opened, keeps what is inside, and is recorded; a restart stays isolated', async (t) => {
  const here = await house(t);
  for (const to of [PLACES.cloud, PLACES.pacs]) await here.continuity.connect(to, [], SIGNAL);
  here.ended = 2;
  await here.continuity.isolation.on('marie', 'attaque');
  assert.deepEqual(
    here.open.map(({ to, isOpen }) => `${to} ${isOpen}`),
    ['cloud false', 'pacs true'],
  );
  await assert.rejects(here.continuity.connect(PLACES.cloud, [], SIGNAL), { code: 'continuity.isolated' });
  await here.continuity.connect(PLACES.pacs, [], SIGNAL);
  const { forDeliveries } = here.continuity;
  assert.deepEqual(
    ['cloud', 'partner', 'pacs', 'ws'].map((name) => forDeliveries.maySend(name)),
    [...[false, false, true, true]],
  );
  await here.restart();
  assert.equal(here.continuity.isolation.isCut(PLACES.cloud), true);
  assert.equal(here.continuity.outages.state('pacs'), 'up');
  const [told] = (await here.events('isolation.on')) as EventOf<'isolation.on'>[];
  assert.partialDeepStrictEqual(told, { by: 'marie', reason: 'attaque', associations: 3, webConnections: 1 });
});

test('[CONT-31] a disk that is full keeps nobody connected: it is cut, and said that it is not recorded', async (t) => {
  const here = await house(t);
  await here.continuity.connect(PLACES.cloud, [], SIGNAL);
  here.isFull = true;
  await assert.rejects(here.continuity.isolation.on('marie', 'attaque'), { code: 'records.full' });
  assert.equal(here.open[0]?.isOpen, false);
  assert.equal(here.continuity.isolation.isCut(PLACES.cloud), true);
  here.isFull = false;
  await here.continuity.isolation.on('marie', 'attaque');
  assert.equal((await here.events('isolation.on')).length, 1);
});

test('[CONT-31] a record of isolation that cannot be read is isolation', async (t) => {
  const here = await house(t);
  await here.records.setSetting('isolation', '{half');
  await here.restart();
  assert.equal(here.continuity.isolation.isCut(PLACES.cloud), true);
  await here.continuity.isolation.off('marie');
  assert.equal(here.continuity.isolation.isOn, false);
});

test('[CONT-32] off is one step back, recorded first: what is not recorded stays cut', async (t) => {
  const here = await house(t);
  await here.continuity.isolation.on('marie', 'attaque');
  here.isFull = true;
  await assert.rejects(here.continuity.isolation.off('paul'), { code: 'records.full' });
  assert.equal(here.continuity.isolation.isCut(PLACES.cloud), true);
  here.isFull = false;
  const { isOn, stopped } = await here.continuity.isolation.off('paul');
  assert.deepEqual([isOn, stopped], [false, undefined]);
  await here.continuity.connect(PLACES.cloud, [], SIGNAL);
  assert.deepEqual(here.resumed, [undefined]);
  await here.restart();
  assert.equal(here.continuity.isolation.isOn, false);
  assert.equal((await here.events('isolation.off')).length, 1);
});

test('[CONT-34] what stopped is listed and stays listed', async (t) => {
  const here = await house(t);
  here.peers = [peer('PARTNER', '10.9.0.0/16', true)];
  await here.continuity.isolation.on('marie', 'attaque');
  await here.restart();
  const { stopped, by, reason } = await here.continuity.isolation.show();
  assert.deepEqual([by, reason], ['marie', 'attaque']);
  assert.deepEqual(stopped, {
    ...{ associations: 0, webConnections: 1, peers: ['PARTNER'], listeners: ['dimse 0.0.0.0:11112'] },
    destinations: ['cloud', 'partner', 'named', 'stray'].map((name) => ({ name, owedObjects: 0 })),
  });
});
