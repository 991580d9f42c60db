import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import type { ScuAssociation } from '@leadglass/wire';
import { rle } from '../apps/cli/src/prove-it/pack/codestreams.ts';
import { pixelsOf } from '../apps/cli/src/prove-it/pack/object.ts';
import { Seeded } from '../apps/cli/src/prove-it/pack/seeded.ts';
import { jpegLs } from './corpus/codestreams.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { call, compressed, holdOf, IMAGE, running, SYNTAX, start, store } from './trial.ts';

const ROUNDS = 7;

async function medianMs(association: ScuAssociation, make: () => MadeObject): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const made = make();
    const beganMs = performance.now();
    assert.equal(await store(association, made), 0);
    times.push(performance.now() - beganMs);
  }
  return times.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0;
}

const skip = process.platform !== 'linux' && 'needs /proc';

test('[PROVE-53] compressed arrivals are decoded on trial before they are answered: honest ones pass, a bomb is held, and none of it costs an intake', {
  skip,
}, async (t) => {
  const gateway = await start(t);
  const intakes = running(gateway, 'intake.ts');
  const association = await call(gateway.dimse);
  const pixels = pixelsOf(new Seeded('trial'), IMAGE);
  const uncompressedMs = await medianMs(association, () => makeObject('ct'));
  assert.deepEqual(running(gateway, 'decoder.ts'), [], 'uncompressed objects start no decoder');
  const frames = { jpegLs: await jpegLs(IMAGE, pixels, 0), rle: rle(IMAGE, pixels) };
  const first = await medianMs(association, () => compressed(SYNTAX.rle, frames.rle, 'rle'));
  const then = await medianMs(association, () => compressed(SYNTAX.jpegLs, frames.jpegLs, 'jpeg-ls'));
  assert.ok(running(gateway, 'decoder.ts').length > 0, 'a decoder was asked');
  t.diagnostic(
    `median answer: CT of ${pixels.length} bytes uncompressed ${uncompressedMs.toFixed(1)} ms, RLE of ${frames.rle.length} bytes ${first.toFixed(1)} ms, JPEG-LS of ${frames.jpegLs.length} bytes ${then.toFixed(1)} ms`,
  );
  assert.equal((await gateway.status()).holds, 0);
  assert.doesNotMatch(
    await gateway.cli('log', '--kind', 'arrival', '--json'),
    /codec\./,
    'nothing to say of honest frames',
  );

  const bomb = compressed(SYNTAX.deflate, deflateRawSync(Buffer.alloc(200_000_000)), 'bomb');
  assert.equal(await store(association, bomb), 0);
  assert.deepEqual(await holdOf(gateway, bomb), ['malformed', true]);
  await association.release();
  assert.deepEqual(running(gateway, 'intake.ts'), intakes);
});
