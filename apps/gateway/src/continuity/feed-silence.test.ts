import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventOf, Feed } from '@leadglass/model';
import { outageNeeds } from '../overview/need-outages.ts';
import { house } from './continuity.testkit.ts';

const MINUTE_MS = 60_000;
const LAB: Feed = {
  ...{ name: 'labo', kind: 'lab', from: '192.0.2.30/32', charset: 'windows-1252', processing: 'production' },
  ...{ mostPerSecond: 1000, silentAfterMinutes: 10 },
};

test('[CONT-218] a silence is recorded with the event that tells of it, needs a person, outlives a restart, and ends once it speaks again', async (t) => {
  const here = await house(t);
  here.feeds = [LAB, { ...LAB, name: 'adt', kind: 'adt', silentAfterMinutes: 0 }];
  await here.start();
  const { feeds } = here.continuity;
  feeds.spoke('labo');
  const lastMs = here.clock.now();
  await here.pass(9 * MINUTE_MS, MINUTE_MS);
  assert.equal(feeds.silentSinceMs('labo'), null);
  await here.pass(2 * MINUTE_MS, MINUTE_MS);
  assert.equal(feeds.silentSinceMs('labo'), lastMs, 'what is known of it is as of its last word');
  const [silent] = (await here.events('feed.silent')) as EventOf<'feed.silent'>[];
  assert.partialDeepStrictEqual(silent, { feed: 'labo', feedKind: 'lab', sinceMs: lastMs });
  const [need] = outageNeeds(here.continuity, here.clock.now());
  assert.partialDeepStrictEqual(need, { id: 'silent:labo', kind: 'outage', severity: 'urgent', sinceMs: lastMs });
  assert.match(need?.text.en ?? '', /The laboratory \(feed labo\) has sent nothing for 11 min/);

  await here.restart();
  const again = here.continuity.feeds;
  assert.equal(again.silentSinceMs('labo'), lastMs);
  await here.pass(5 * MINUTE_MS, MINUTE_MS);
  again.spoke('labo');
  assert.equal(again.silentSinceMs('labo'), lastMs, 'one word is not believed at once');
  await here.pass(2 * MINUTE_MS, MINUTE_MS);
  assert.equal(again.silentSinceMs('labo'), null);
  const told = (await here.events('feed.silent', 'feed.heard')).map(({ kind }) => kind);
  assert.deepEqual(told, ['feed.silent', 'feed.heard']);
  assert.deepEqual(outageNeeds(here.continuity, here.clock.now()), []);
});

test('[CONT-218] a feed that never said anything since we began is silent since we found out, or since its last message as the records have it', async (t) => {
  const here = await house(t);
  here.feeds = [LAB];
  await here.start();
  await here.pass(11 * MINUTE_MS, MINUTE_MS);
  const foundMs = here.continuity.feeds.silentSinceMs('labo') ?? 0;
  assert.ok(foundMs > 0 && foundMs <= here.clock.now());
  const other = await house(t);
  other.feeds = [LAB];
  other.lastHeard = new Map([['labo', 77]]);
  await other.restart();
  await other.pass(11 * MINUTE_MS, MINUTE_MS);
  assert.equal(other.continuity.feeds.silentSinceMs('labo'), 77);
});

test('[CONT-218] a feed that is removed, or is told to be quiet with reason, is silent no more; a disk that is full loses no silence', async (t) => {
  const here = await house(t);
  here.feeds = [LAB];
  await here.start();
  here.isFull = true;
  await here.pass(11 * MINUTE_MS, MINUTE_MS);
  assert.notEqual(here.continuity.feeds.silentSinceMs('labo'), null);
  here.isFull = false;
  here.feeds = [{ ...LAB, silentAfterMinutes: 0 }];
  await here.continuity.configure();
  assert.equal(here.continuity.feeds.silentSinceMs('labo'), null);
  here.feeds = [LAB];
  await here.continuity.configure();
  await here.pass(11 * MINUTE_MS, MINUTE_MS);
  assert.notEqual(here.continuity.feeds.silentSinceMs('labo'), null);
  here.feeds = [];
  await here.continuity.configure();
  assert.deepEqual([here.continuity.feeds.silentSinceMs('labo'), here.continuity.feeds.silent()], [null, []]);
  await here.restart();
  assert.equal(here.continuity.feeds.silentSinceMs('labo'), null);
});
