import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from './parse.ts';
import { planConfig } from './plan.ts';
import { renderConfig } from './render.ts';

const EMPTY = { peers: [], destinations: [], routes: [] };
const read = (yaml: string) => {
  const parsed = parseConfig(yaml);
  assert(parsed.ok, JSON.stringify(parsed));
  return parsed.config;
};
const FEED = 'feeds:\n  - name: labo\n    kind: lab\n    from: 192.0.2.30\n';

test('[CHART-14] a feed has the careful defaults, and reads the same after it was written', () => {
  const config = read(FEED);
  assert.deepEqual(config.feeds, [
    {
      name: 'labo',
      kind: 'lab',
      from: '192.0.2.30/32',
      charset: 'windows-1252',
      processing: 'production',
      mostPerSecond: 1000,
    },
  ]);
  assert.deepEqual(read(renderConfig(config)).feeds, config.feeds);
  assert.equal(read('peers: []\n').feeds, undefined);
});

test('[CHART-25] minutes of silence and quiet hours are read strictly, written back as chosen; that a silence is never told is a danger', () => {
  const chosen = `${FEED}    silentAfterMinutes: 30\n    quietHours: 22:00-06:00\n`;
  const config = read(chosen);
  assert.partialDeepStrictEqual(config.feeds?.[0], { silentAfterMinutes: 30, quietHours: '22:00-06:00' });
  assert.deepEqual(read(renderConfig(config)).feeds, config.feeds);
  for (const wrong of [
    'silentAfterMinutes: -1',
    'silentAfterMinutes: 1.5',
    'quietHours: 24:00-06:00',
    'quietHours: night',
  ]) {
    const parsed = parseConfig(`${FEED}    ${wrong}\n`);
    assert(!parsed.ok);
    assert.deepEqual(
      parsed.problems.map(({ path }) => path),
      [`feeds[0].${wrong.split(':')[0]}`],
    );
  }
  const never = read(`${FEED}    silentAfterMinutes: 0\n`);
  const [change] = planConfig({ ...EMPTY, ...config }, { ...EMPTY, ...never }).changes;
  assert.match(change?.dangers[0]?.en ?? '', /nobody will be told/);
});

test('[CHART-14] what is wrong with a feed is told with its place', () => {
  const parsed = parseConfig(`${FEED}  - name: labo\n    kind: other\n    from: nowhere\n    more: 1\n`);
  assert(!parsed.ok);
  assert.deepEqual([...new Set(parsed.problems.map(({ path }) => path))].sort(), [
    'feeds[1].from',
    'feeds[1].kind',
    'feeds[1].more',
    'feeds[1].name',
  ]);
});

test('[CHART-14] a feed that is opened to anybody, unbound or made one of tests is told as a danger; so is its removal', () => {
  const bound = read(`${FEED}    trustAnchors: [site]\n`);
  const dangers = (before: object, after: object) =>
    planConfig({ ...EMPTY, ...before }, { ...EMPTY, ...after }).changes.map((change) => change.dangers.length);
  assert.deepEqual(dangers(EMPTY, bound), [0]);
  assert.deepEqual(dangers(bound, read(FEED)), [1]);
  assert.deepEqual(dangers(EMPTY, read(FEED.replace('192.0.2.30', '0.0.0.0/0'))), [1]);
  assert.deepEqual(dangers(bound, read(`${FEED}    trustAnchors: [site]\n    processing: test\n`)), [1]);
  assert.deepEqual(dangers(bound, EMPTY), [1]);
});
