import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, text, uuidv7 } from '@leadglass/kit';
import { DEFAULT_STRANGER_LIMITS, type StrangerEvent, Strangers } from './strangers.ts';

function stage(limits = DEFAULT_STRANGER_LIMITS) {
  const clock = new ManualClock();
  const told: StrangerEvent[] = [];
  const strangers = new Strangers(clock, (event) => void told.push(event), limits);
  const head = () => ({ id: uuidv7(clock.now()), atMs: clock.now() });
  const rejected = (calling: string, remoteAddress: string): void =>
    strangers.came({
      ...head(),
      ...{ kind: 'association.rejected', associationId: 'a', calling, called: 'LEADGLASS', remoteAddress },
      ...{ listener: 'dimse', result: 1, source: 1, reason: 3, why: text('inconnu', 'unknown'), hint: '' },
    });
  const refused = (remoteAddress: string): void =>
    strangers.came({ ...head(), kind: 'connection.refused', remoteAddress, listener: 'dimse', why: text('non', 'no') });
  const count = () => told.reduce((sum, event) => sum + 1 + (event.more ?? 0), 0);
  return { clock, told, strangers, rejected, refused, count };
}

test('[STRANGER-1] twenty of one caller are told one by one, the rest of the minute by one event that counts them', () => {
  const { clock, told, rejected } = stage();
  for (let i = 0; i < 5000; i += 1) rejected('EVIL', '192.0.2.66');
  assert.equal(told.length, 20);
  assert.ok(told.every((event) => event.more === undefined));
  clock.advance(60_000);
  assert.deepEqual(
    told.slice(20).map(({ kind, more, atMs }) => [kind, more, atMs]),
    [['association.rejected', 4979, clock.now()]],
  );
  assert.equal(new Set(told.map(({ id }) => id)).size, 21);
  rejected('EVIL', '192.0.2.66');
  assert.equal(told.length, 22);
  clock.advance(600_000);
  assert.equal(told.length, 22);
});

test('[STRANGER-1] one event too many is told as it is', () => {
  const { clock, told, refused } = stage();
  for (let i = 0; i < 21; i += 1) refused('192.0.2.66');
  clock.advance(60_000);
  assert.deepEqual([told.length, told[20]?.more], [21, undefined]);
});

test('[STRANGER-2] a caller that changes its title, or everybody at once, is bounded too, and every one is counted', () => {
  const titles = stage();
  for (let i = 0; i < 3000; i += 1) titles.rejected(`T${i}`, '192.0.2.66');
  assert.equal(titles.told.length, 60);
  titles.clock.advance(60_000);
  assert.deepEqual([titles.told.length, titles.count()], [61, 3000]);

  const all = stage();
  for (let i = 0; i < 20_000; i += 1) all.refused(`2001:db8::${i.toString(16)}`);
  assert.equal(all.told.length, 600);
  assert.ok(all.strangers.known <= DEFAULT_STRANGER_LIMITS.mostKnown);
  all.clock.advance(60_000);
  assert.deepEqual([all.told.length, all.count(), all.strangers.known], [601, 20_000, 0]);
});

test('[STRANGER-3] an unknown device is told of while another floods', () => {
  const { told, rejected } = stage();
  for (let i = 0; i < 5000; i += 1) rejected(`EVIL${i}`, '192.0.2.66');
  rejected('CT1', '192.0.2.7');
  assert.equal(told.at(-1)?.remoteAddress, '192.0.2.7');
});

test('[STRANGER-4] what was not told yet is told when the gateway stops', () => {
  const { told, strangers, rejected, count } = stage();
  for (let i = 0; i < 100; i += 1) rejected('EVIL', '192.0.2.66');
  strangers.flush();
  assert.deepEqual([told.length, count()], [21, 100]);
});
