import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actFor } from '../actor.ts';
import { control, PACS, PEER } from '../control.testkit.ts';
import { ConfigControl } from '../control-config.ts';
import { filled } from './overview.testkit.ts';

test('[OVER-30] every change of the settings is kept whole, with who and when, single operations too', async (t) => {
  const it = await filled(t);
  const config = new ConfigControl(it.services);
  await actFor({ name: 'marie', role: 'administrator' }, () =>
    config.addDestination({ ...PACS, tls: false, commitment: false } as never),
  );
  const { ask } = await control(t, it);
  await ask('peer.add', PEER);
  await ask('route.add', { from: '*', to: 'PACS' });
  await ask('policy.allow', { aeTitle: 'CT1', services: ['find'] });
  await ask('peer.add', { ...PEER, allow: ['echo', 'store', 'find'] });
  const { past } = await ask('config.history', {});
  assert.deepEqual(
    past.map(({ by, change }) => [by, change.en.slice(0, 26)]),
    [
      ['local administrator', 'CT1 is given the right to:'],
      ['local administrator', 'route from * to PACS added'],
      ['local administrator', 'peer CT1 admitted from 192'],
      ['marie', 'destination PACS added (PA'],
      ['', 'state before'],
    ],
  );
  assert.equal(past[0]?.source, (await ask('config.show', {})).source);
  assert.doesNotMatch(past.at(-1)?.source ?? '', /PACS/);
  const more = await ask('config.history', { before: past[1]?.no ?? 0, limit: 1 });
  assert.deepEqual(more.past, [past[2]]);
});

test('[OVER-31] undoing puts everything back at once, is in the history itself, and can be undone', async (t) => {
  const it = await filled(t);
  const { ask, refused } = await control(t, it);
  await ask('destination.add', PACS);
  await ask('peer.add', PEER);
  await ask('route.add', { from: 'CT1', to: 'PACS' });
  const whole = await ask('config.show', {});
  const first = (await ask('config.history', {})).past.at(-1)?.no ?? 0;
  const { changes } = await ask('config.undo', { no: first });
  assert.equal(changes.length, 3);
  const { config } = await ask('config.show', {});
  assert.deepEqual([config.peers, config.destinations, config.routes], [[], [], []]);
  const { past } = await ask('config.history', { limit: 2 });
  assert.match(past[0]?.change.en ?? '', /^back to state no\. \d+: /);
  assert.deepEqual(await ask('config.undo', { no: first }), { changes: [] });
  await ask('config.undo', { no: past[1]?.no ?? 0 });
  assert.deepEqual(await ask('config.show', {}), whole);
  const { entries } = await ask('log', { kinds: ['config'] });
  assert.equal(entries.filter(({ sentence }) => /back to state/.test(sentence.en)).length, 6);
  assert.deepEqual(await refused('config.undo', { no: 999 }), { status: 404, code: 'control.not-found' });
});
