import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CleanObject, cleanObjects, realCleanFiles } from './corpus/clean.ts';
import { inspect } from './corpus/inspect.ts';
import { particularObjects } from './corpus/particular.ts';
import { requireSharedData } from './peers.ts';

const SEED = Number(process.env.LEADGLASS_SEED ?? 20_261_124);
const LEAST_OBJECTS = 1_000;
const MOST_TOLD = 20;

async function heldOf(objects: AsyncIterable<CleanObject> | Iterable<CleanObject>) {
  const held: string[] = [];
  let count = 0;
  for await (const { name, bytes } of objects) {
    count += 1;
    const { verdict, findings, unfinished } = await inspect(bytes);
    if (verdict === 'clean' && unfinished.length === 0) continue;
    const why = findings
      .filter(({ severity }) => severity !== 'information')
      .map(({ code, path }) => `${code} ${path}`);
    held.push(`${name}: ${verdict} (${why.join(', ')}) ${unfinished.join(', ')}`);
  }
  return { held, count };
}

test('[CORPUS-1] a thousand innocent objects of every storage class and transfer syntax: none is held', async (t) => {
  const { held, count } = await heldOf(cleanObjects(SEED));
  t.diagnostic(`${count} objects made, seed ${SEED}, ${held.length} held`);
  assert.equal(held.length, 0, held.slice(0, MOST_TOLD).join('\n'));
  assert.ok(count >= LEAST_OBJECTS, `${count}`);
});

test('[CORPUS-30] innocent objects of the rarer forms, in every transfer syntax with pixels: none is held', async (t) => {
  const { held, count } = await heldOf(particularObjects(SEED));
  t.diagnostic(`${count} objects made, seed ${SEED}, ${held.length} held`);
  assert.equal(held.length, 0, held.slice(0, MOST_TOLD).join('\n'));
  assert.ok(count > 150, `${count}`);
});

test('[CORPUS-2] no real clean file is held', async (t) => {
  const data = requireSharedData(t);
  if (data === undefined) return;
  const { held, count } = await heldOf(realCleanFiles(data));
  t.diagnostic(`${count} real files, ${held.length} held`);
  assert.equal(held.length, 0, held.slice(0, MOST_TOLD).join('\n'));
});

test('[CORPUS-3] the same seed gives the same bytes', async () => {
  const firstOf = async () => {
    const some: Buffer[] = [];
    for await (const { bytes } of cleanObjects(7)) if (some.push(bytes) === 60) return Buffer.concat(some);
    return Buffer.alloc(0);
  };
  assert.deepEqual(await firstOf(), await firstOf());
});
