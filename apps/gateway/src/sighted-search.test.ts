import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchBounds } from '@leadglass/catalogue';
import { ManualClock, silentLogger } from '@leadglass/kit';
import type { AeTitle, Peer } from '@leadglass/model';
import { type AttributeSet, NO_OPTIONS, type Query } from '@leadglass/query';
import { Learning } from './learning/learning.ts';
import { type CatalogueSearch, maySeeObject, sightedSearch } from './sighted-search.ts';
import { MOST_MATCHES, searched } from './web/catalogue-search.ts';
import { WebPermits } from './web/permit.ts';

const CT = { modalities: ['CT'] };
const study = (no: number, modalities: string): AttributeSet => ({ '0020000D': `1.${no}`, '00080061': modalities });
const query = (level: Query['level']): Query => ({
  ...{ root: 'STUDY', level, options: NO_OPTIONS, keys: [], charset: '' },
});

/** A catalogue that gives pages of two and notes what was asked of it, and that it was let go. */
function catalogueOf(matches: readonly AttributeSet[]) {
  const asked: { query: Query; bounds: SearchBounds }[] = [];
  let isEnded = false;
  const search: CatalogueSearch = async function* (query, bounds) {
    asked.push({ query, bounds });
    try {
      const [from, to] = [bounds.offset ?? 0, (bounds.offset ?? 0) + bounds.mostResults];
      for (let at = from; at < Math.min(to, matches.length); at += 2) yield matches.slice(at, Math.min(at + 2, to));
      return matches.length > to ? 'more' : 'complete';
    } finally {
      isEnded = true;
    }
  };
  return { search, asked, isEnded: () => isEnded };
}

async function all(search: CatalogueSearch, bounds: SearchBounds, level: Query['level'] = 'STUDY', isLimited = true) {
  let withheld = 0;
  const found: AttributeSet[] = [];
  const run = sightedSearch(search, query(level), bounds, isLimited ? CT : undefined, () => {
    withheld += 1;
  });
  let step = await run.next();
  for (; step.done !== true; step = await run.next()) found.push(...step.value);
  return { uids: found.map((one) => one['0020000D']), withheld, end: step.value };
}

const STUDIES = ['MR', 'CT\\SR', 'CT', '', 'US', 'CT', 'MR'].map((modalities, no) => study(no, modalities));

test('[CONTROL-168] matches that a peer may not see count neither for how many it gets nor for where it goes on', async () => {
  const { search, asked } = catalogueOf(STUDIES);
  const most = (mostResults: number, offset = 0) => all(search, { mostResults, offset });
  assert.deepEqual(await most(10), { uids: ['1.1', '1.2', '1.5'], withheld: 4, end: 'complete' });
  assert.deepEqual(
    asked[0]?.query.keys.map(({ tag }) => tag),
    [0x00080061],
  );
  assert.deepEqual((await most(1, 1)).uids, ['1.2']);
  assert.deepEqual(
    [(await most(3)).end, (await most(2)).end, (await most(1, 2)).end],
    ['complete', 'more', 'complete'],
  );
  // What is not seen is no "more".
  const last = catalogueOf([study(1, 'CT'), study(2, 'MR')]);
  assert.equal((await all(last.search, { mostResults: 1 })).end, 'complete');
});

test('[CONTROL-168] at a level that says no modality nothing is seen; a series is judged by its own; without limits nothing is looked at', async () => {
  const series = catalogueOf([
    { '00080060': 'SR', '00080061': 'CT' },
    { '0020000D': 's', '00080060': 'CT' },
  ]);
  assert.deepEqual((await all(series.search, { mostResults: 9 }, 'SERIES')).uids, ['s']);
  assert.deepEqual((await all(series.search, { mostResults: 9 }, 'IMAGE')).uids, ['s']);
  assert.deepEqual((await all(series.search, { mostResults: 9 }, 'PATIENT')).uids, []);
  const open = catalogueOf(STUDIES);
  const bounds = { mostResults: 2 };
  assert.deepEqual((await all(open.search, bounds, 'STUDY', false)).end, 'more');
  assert.deepEqual(open.asked, [{ query: query('STUDY'), bounds }]);
  assert.ok(maySeeObject(CT, 'CT') && maySeeObject(undefined, '') && !maySeeObject(CT, 'MR') && !maySeeObject(CT, ''));
});

test('[CONTROL-168] whoever stops asking stops the search', async () => {
  const { search, isEnded } = catalogueOf(STUDIES);
  const run = sightedSearch(search, query('STUDY'), { mostResults: 9 }, CT, () => {});
  await run.next();
  await run.return('cancelled');
  assert.ok(isEnded());
});

test('[DICOMWEB-27] a search over the web gives so many answers over all of its pages, and says that there were more', async () => {
  const { search } = catalogueOf(Array.from({ length: 9 }, (_, no) => study(no, 'CT')));
  const page = async (mostResults: number, offset: number, limit?: number) => {
    const asked = { query: query('STUDY'), offset, ...(limit === undefined ? {} : { limit }) };
    const { matches, isMore } = await searched({ search }, asked, { sight: undefined, mostResults });
    return [matches.length, isMore];
  };
  assert.deepEqual(await page(MOST_MATCHES, 0), [9, false]);
  assert.deepEqual(await page(MOST_MATCHES, 0, 4), [4, false]);
  assert.deepEqual(await page(5, 0), [5, true]);
  assert.deepEqual(await page(5, 4, 4), [1, true]);
  assert.deepEqual(await page(5, 5, 4), [0, true]);
  assert.deepEqual(await page(5, 900, 4), [0, false]);
});

test('[DICOMWEB-28] a retrieval over the web is held to hours and not to the rate; who is observed passes, and sees no more', () => {
  const clock = new ManualClock(new Date(2026, 0, 5, 12).getTime());
  const records = { recordSightings: async () => {}, forgetSightings: async () => {} };
  let isObserved = false;
  const permits = new WebPermits({
    clock,
    learning: new Learning(records, clock, silentLogger, () => {}),
    rules: () => ({ peers: [], destinations: [], relays: [] }),
    isObserved: () => isObserved,
  });
  const peer: Peer = {
    ...{ aeTitle: 'VIEW' as AeTitle, from: '192.0.2.7/32', allow: ['wado', 'qido'], whenHeld: 'tell' },
    ...{ privateSopClasses: [], queryLimits: { perMinute: 1, hours: '11:00-13:00', modalities: ['CT'] } },
  };
  const objects = { kind: 'objects', ids: { study: '1.2' } } as const;
  const sweep = { kind: 'search', search: { query: query('STUDY'), offset: 0 } } as const;
  const asked = (what: typeof objects | typeof sweep) => permits.asked(peer, '192.0.2.7', what);
  for (let frame = 0; frame < 300; frame += 1) assert.ok(asked(objects).allowed);
  const refused = asked(sweep);
  assert.ok(!refused.allowed && refused.problem.status === 403 && refused.problem.code === 'web.sweep');
  const late = asked(sweep);
  assert.ok(!late.allowed && late.problem.status === 429);
  clock.advance(2 * 3_600_000);
  const outside = asked(objects);
  assert.ok(!outside.allowed && outside.problem.code === 'web.hours');
  isObserved = true;
  const observed = asked(sweep);
  assert.ok(observed.allowed && observed.verdict.instead !== undefined);
  assert.deepEqual(observed.verdict.sight, { modalities: ['CT'] });
});
