import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from './corpus/inspect.ts';
import { missesOf } from './corpus/misses.ts';
import { COMBINATIONS, variants } from './corpus/variants.ts';

const SEED = Number(process.env.LEADGLASS_SEED ?? 20_261_124);
const COUNT = Number(process.env.LEADGLASS_VARIANTS ?? 2_000);
const MOST_TOLD = 30;
const LEAST_COMBINATIONS = 1_000;

test('[CORPUS-10] new variants of known attacks: every one at or above its truth, every innocent twin clean', async (t) => {
  const { missed, twins } = await missesOf(variants(SEED, COUNT));
  t.diagnostic(
    `${COUNT} variants of ${COMBINATIONS} combinations, ${twins} innocent twins, seed ${SEED}: ${missed.length} missed`,
  );
  assert.equal(missed.length, 0, missed.slice(0, MOST_TOLD).join('\n'));
});

test('[CORPUS-11] there are a thousand combinations, and the same seed gives the same bytes', async () => {
  assert.ok(COMBINATIONS >= LEAST_COMBINATIONS, `${COMBINATIONS}`);
  const bytesOf = async () => {
    const all: Buffer[] = [];
    for await (const { bytes } of variants(3, 50)) all.push(bytes);
    return Buffer.concat(all);
  };
  assert.deepEqual(await bytesOf(), await bytesOf());
});

test('[CORPUS-12] a variant is judged the same whole and in pieces', async () => {
  for await (const { name, bytes } of variants(SEED, 100)) {
    const [whole, pieces] = await Promise.all([inspect(bytes, 2 ** 30), inspect(bytes, 7)]);
    assert.deepEqual(pieces.findings, whole.findings, name);
  }
});
