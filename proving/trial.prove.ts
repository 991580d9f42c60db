import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { rle } from '../apps/cli/src/prove-it/pack/codestreams.ts';
import { pixelsOf } from '../apps/cli/src/prove-it/pack/object.ts';
import { Seeded } from '../apps/cli/src/prove-it/pack/seeded.ts';
import { makeObject } from './objects.ts';
import { call, compressed, ENDLESS, endlessJpeg, holdOf, IMAGE, running, SYNTAX, start, store } from './trial.ts';

const skip = process.platform !== 'linux' && 'needs /proc';

test('[PROVE-54] a frame that keeps decoders busy without end gets its verdict, and honest senders are answered meanwhile', {
  skip,
}, async (t) => {
  const gateway = await start(t);
  const intakes = running(gateway, 'intake.ts');
  const [hostile, honest] = [await call(gateway.dimse), await call(gateway.dimse)];
  const wicked = compressed(SYNTAX.progressive, endlessJpeg(100_000), 'endless', ENDLESS);
  let isAnswered = false;
  const answered = store(hostile, wicked).finally(() => {
    isAnswered = true;
  });
  let served = 0;
  const pixels = pixelsOf(new Seeded('honest'), IMAGE);
  for (; !isAnswered; served += 1) {
    const made = served % 2 === 0 ? makeObject('ct') : compressed(SYNTAX.rle, rle(IMAGE, pixels), `honest ${served}`);
    assert.equal(await store(honest, made), 0);
  }
  assert.equal(await answered, 0);
  t.diagnostic(`${served} honest objects, half of them compressed, were answered meanwhile`);
  assert.ok(served > 1);
  assert.deepEqual(await holdOf(gateway, wicked), ['suspicious', true]);
  assert.equal((await gateway.status()).holds, 1);
  for (const association of [hostile, honest]) await association.release();
  assert.deepEqual(running(gateway, 'intake.ts'), intakes);
});

test('[PROVE-55] a decoder that dies is not laid to the frame: another tries it again', { skip }, async (t) => {
  const gateway = await start(t);
  const association = await call(gateway.dimse);
  const frame = rle(IMAGE, pixelsOf(new Seeded('killed'), IMAGE));
  assert.equal(await store(association, compressed(SYNTAX.rle, frame, 'first')), 0);
  const decoders = running(gateway, 'decoder.ts');
  assert.equal(decoders.length, 1);
  for (const pid of decoders) process.kill(pid, 'SIGSTOP');
  const asked = store(association, compressed(SYNTAX.rle, frame, 'second'));
  await delay(300);
  for (const pid of decoders) process.kill(pid, 'SIGKILL');
  assert.equal(await asked, 0);
  assert.equal((await gateway.status()).holds, 0);
  assert.doesNotMatch(gateway.stderr, /arrival\.unfinished/);
  await association.release();
});
