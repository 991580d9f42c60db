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
