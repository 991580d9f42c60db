// The long form of variants.peers.ts and corpus.test.ts: other seeds, more of them. npm run prove -- --only variants

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanObjects } from './corpus/clean.ts';
import { inspect } from './corpus/inspect.ts';
import { missesOf } from './corpus/misses.ts';
import { variants } from './corpus/variants.ts';

const isShort = process.env.LEADGLASS_PROVE === 'ci';
const SEED = Number(process.env.LEADGLASS_SEED ?? Date.now() % 1e9);
const VARIANTS = isShort ? 5_000 : 50_000;
const CORPORA = isShort ? 2 : 10;
const MOST_TOLD = 50;

test('[CORPUS-10] tens of thousands of variants: none missed, no innocent twin held', async (t) => {
  const { missed, twins } = await missesOf(variants(SEED, VARIANTS));
  t.diagnostic(`${VARIANTS} variants, ${twins} innocent twins, seed ${SEED}: ${missed.length} missed`);
  assert.equal(missed.length, 0, missed.slice(0, MOST_TOLD).join('\n'));
});

test('[CORPUS-1] thousands of innocent objects: none held', async (t) => {
  const held: string[] = [];
  let count = 0;
  for (let at = 0; at < CORPORA; at += 1) {
    for await (const { name, bytes } of cleanObjects(SEED + at)) {
      count += 1;
      const { verdict, findings } = await inspect(bytes);
      if (verdict !== 'clean') held.push(`${name} (${SEED + at}): ${findings.map(({ code }) => code).join(', ')}`);
    }
  }
  t.diagnostic(`${count} objects, seeds from ${SEED}: ${held.length} held`);
  assert.equal(held.length, 0, held.slice(0, MOST_TOLD).join('\n'));
});
