import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ACCESS, mayDo, ROLES } from '@leadglass/contract';
import { CLOCK, control, house, keep, PACS } from '../control.testkit.ts';

test('[CONT-36] every role reads the state; whoever cares for patients declares an outage; administrator and security officer isolate', () => {
  for (const role of ROLES) assert.ok(mayDo(role, 'continuity.state') && mayDo(role, 'outage.list'), role);
  const may = (operation: keyof typeof ACCESS) => ROLES.filter((role) => mayDo(role, operation));
  assert.deepEqual(
    may('outage.declare'),
    ROLES.filter((role) => role !== 'auditor'),
  );
  assert.deepEqual(may('outage.end'), may('outage.declare'));
  assert.deepEqual(may('isolation.on'), ['administrator', 'security-officer']);
  assert.deepEqual(may('isolation.off'), may('isolation.on'));
});

test('[CONT-36] the state names what is down, since when, as of when, and what cannot be had', async (t) => {
  const it = await house(t);
  const { ask, refused } = await control(t, it);
  const normal = await ask('continuity.state', {});
  assert.deepEqual([normal.mode, normal.asOfMs, normal.missing, normal.isIsolated], ['normal', normal.atMs, [], false]);
  await ask('destination.add', PACS);
  await ask('relay.add', { from: '*', services: ['find', 'worklist'], to: 'PACS' });
  await keep(it, 'x', '1.2.3', { destinations: ['PACS'] });
  assert.equal((await refused('outage.declare', { name: 'NOBODY', reason: 'x' })).code, 'control.not-found');
  const beganMs = CLOCK.now();
  await ask('outage.declare', { name: 'PACS', reason: 'salle inondée' });
  CLOCK.advance(3_600_000);
  const state = await ask('continuity.state', {});
  assert.deepEqual([state.mode, state.asOfMs], ['outage', null]);
  assert.deepEqual(state.upstreams, [
    { name: 'PACS', state: 'declared', sinceMs: beganMs, services: ['find', 'worklist'], owedObjects: 1 },
  ]);
  assert.deepEqual(
    state.missing.map(({ en }) => en),
    [
      'PACS is down.',
      'Images that PACS alone keeps are not here: what is shown is what passed through Leadglass.',
      'What was scheduled in PACS since it is down is not known here.',
    ],
  );
  const [listed] = (await ask('outage.list', {})).upstreams;
  assert.partialDeepStrictEqual(listed, {
    name: 'PACS',
    how: 'declared',
    by: 'local administrator',
    owed: { objects: 1 },
  });
  await ask('isolation.on', { reason: 'attaque' });
  assert.equal((await ask('continuity.state', {})).isIsolated, true);
  await ask('isolation.off', {});
});

test('[CONT-35] an outage and isolation are needs of their own, each with its one act; what waits for one that is down is no need besides', async (t) => {
  const it = await house(t);
  const { ask } = await control(t, it);
  await ask('destination.add', PACS);
  await keep(it, 'x', '1.2.3', { destinations: ['PACS'] });
  CLOCK.advance(2 * 3_600_000);
  const kinds = async () => (await ask('needs', {})).needs.map(({ kind, severity }) => `${severity} ${kind}`);
  assert.deepEqual(await kinds(), ['urgent delivery']);
  await ask('outage.declare', { name: 'PACS', reason: 'x' });
  await ask('isolation.on', { reason: 'x' });
  assert.deepEqual((await kinds()).toSorted(), ['urgent isolation', 'urgent outage']);
  const acts = (await ask('needs', {})).needs.flatMap(({ act }) => (act === undefined ? [] : [act]));
  assert.deepEqual(acts.map(({ operation, request }) => [operation, request]).toSorted(), [
    ['isolation.off', {}],
    ['outage.end', { name: 'PACS' }],
  ]);
  await ask('isolation.off', {});
  await ask('outage.end', { name: 'PACS' });
  assert.deepEqual(await kinds(), ['urgent delivery']);
});
