import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, text } from '@leadglass/kit';
import type { EventOf } from '@leadglass/model';
import { house, PLACES, UNREACHED } from './continuity.testkit.ts';

const SIGNAL = new AbortController().signal;

test('[CONT-8] whoever a route or a relay leads to is asked whether it is there; who is merely moved to never is', async (t) => {
  const here = await house(t);
  await here.pass(10 * 60_000);
  assert.deepEqual([...new Set(here.asked)], ['pacs']);
  assert.ok(here.asked.length >= 8 && here.asked.length <= 11, `${here.asked.length} in ten minutes`);
  assert.deepEqual(
    here.continuity.outages.standings().map(({ name, state }) => `${name} ${state}`),
    ['pacs up'],
  );
});

test('[CONT-10] a delivery that finds nobody raises a doubt, its probe comes at once, and the outage is told once', async (t) => {
  const here = await house(t);
  const { outages } = here.continuity;
  const heard: string[] = [];
  outages.onChange((name, state) => heard.push(`${name} ${state}`));
  here.faults.set('pacs', UNREACHED);
  await assert.rejects(here.continuity.connect(PLACES.pacs, [], SIGNAL), UNREACHED);
  assert.equal(outages.state('pacs'), 'doubtful');
  await here.pass(8_000);
  assert.equal(outages.isDown('pacs'), true);
  assert.equal(here.continuity.forDeliveries.maySend('pacs'), false);
  here.faults.clear();
  await here.pass(30_000);
  assert.deepEqual(heard, ['pacs doubtful', 'pacs down', 'pacs returning', 'pacs up']);
  const told = await here.events('outage.began', 'outage.ended');
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['outage.began', 'outage.ended'],
  );
  assert.deepEqual(here.resumed, ['pacs']);
});

test('[CONT-10] faults of our own making show nothing of the other side', async (t) => {
  const here = await house(t);
  for (const code of ['wire.cancelled', 'continuity.isolated', 'vault.missing']) {
    here.faults.set('pacs', new Fault(code, 'transient', text('x', 'x')));
    for (let n = 0; n < 20; n += 1) {
      here.continuity.outages.asked('pacs', here.faults.get('pacs'));
      here.clock.advance(1);
    }
    assert.equal(here.continuity.outages.state('pacs') === 'up', code !== 'vault.missing', code);
  }
});

test('[CONT-9] what a person declared, and what was detected, is there after a restart, with its beginning and its reason', async (t) => {
  const here = await house(t);
  await here.pass(60_000);
  const wellAtMs = here.continuity.outages.standings()[0]?.asOfMs;
  await here.continuity.outages.declare('pacs', 'marie', 'salle inondée');
  const began = here.continuity.outages.standings()[0];
  await here.pass(5 * 60_000);
  await here.restart();
  const after = here.continuity.outages.standings()[0];
  assert.deepEqual(after, began);
  assert.equal(after?.state, 'declared');
  assert.deepEqual([after?.outage?.by, after?.outage?.reason, after?.asOfMs], ['marie', 'salle inondée', wellAtMs]);

  assert.equal(await here.continuity.outages.end('pacs', 'paul'), true);
  here.faults.set('pacs', UNREACHED);
  await here.pass(2_000);
  await here.restart();
  assert.equal(here.continuity.outages.state('pacs'), 'down');
  here.faults.clear();
  await here.pass(60_000);
  assert.equal(here.continuity.outages.state('pacs'), 'up');
  const told = await here.events('outage.began', 'outage.lifted', 'outage.ended');
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['outage.began', 'outage.lifted', 'outage.ended'],
  );
  assert.equal((told[2] as EventOf<'outage.ended'>).sinceMs, began?.sinceMs);
  assert.equal(await here.continuity.outages.end('pacs', 'paul'), false);
});

test('[CONT-9] an outage that cannot be recorded is not declared; one that is detected stands all the same, and is recorded with the next', async (t) => {
  const here = await house(t);
  here.isFull = true;
  await assert.rejects(here.continuity.outages.declare('pacs', 'marie', 'x'), { code: 'records.full' });
  const [first] = here.continuity.outages.standings();
  assert.deepEqual([first?.state, first?.outage], ['up', undefined]);
  here.faults.set('pacs', UNREACHED);
  await here.pass(90_000);
  assert.equal(here.continuity.outages.isDown('pacs'), true);
  here.isFull = false;
  await here.continuity.outages.declare('pacs', 'marie', 'x');
  await here.restart();
  assert.equal(here.continuity.outages.state('pacs'), 'declared');
});

test('[CONT-7] a destination that nobody may ask is declared and ended at a person’s word', async (t) => {
  const here = await house(t);
  await here.continuity.outages.declare('ws', 'marie', 'x');
  assert.equal(here.continuity.forDeliveries.maySend('ws'), false);
  await here.pass(60_000);
  assert.ok(!here.asked.includes('ws'));
  await here.continuity.outages.end('ws', 'marie');
  await here.pass(1_000);
  assert.equal(here.continuity.forDeliveries.maySend('ws'), true);
  assert.ok(!here.asked.includes('ws'));
});

test('[CONT-15] whoever shows another certificate, or wants none of ours, is never an upstream that is down', async (t) => {
  const here = await house(t);
  for (const code of ['wire.tls-pin', 'wire.tls-name', 'wire.tls-untrusted']) {
    for (let n = 0; n < 20; n += 1) {
      here.continuity.outages.asked('pacs', new Fault(code, 'transient', text('x', 'x')));
      await here.pass(1_000);
    }
    assert.equal(here.continuity.outages.state('pacs'), 'up', code);
  }
});
