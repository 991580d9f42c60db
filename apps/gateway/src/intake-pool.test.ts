import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { jsonLogger, systemClock } from '@leadglass/kit';
import { generateIdentity, recipientOf } from '@leadglass/vault';
import { type IntakeListener, IntakePool } from './intake-pool.ts';

const LISTENER: IntakeListener = { started: () => {}, said: () => {}, died: () => {} };
/** Longer than the pool's shortest pause before another start. */
const RESTARTS_MS = 150;

function poolOf(t: TestContext, addIntake: (folder: string, nth: number) => Promise<string>): IntakePool {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-pool-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let nth = 0;
  return new IntakePool({
    rules: () => [],
    count: 2,
    addIntake: (id) => {
      const staging = join(folder, id);
      mkdirSync(staging);
      nth += 1;
      return addIntake(staging, nth);
    },
    codeDir: join(folder, 'code'),
    recipients: [recipientOf(generateIdentity()).text],
    listener: LISTENER,
    log: jsonLogger(() => {}, systemClock),
  });
}

test('[CONTROL-12] a start that fails for one intake leaves no other behind', async (t) => {
  const isFull = new Error('no space');
  const pool = poolOf(t, async (staging, nth) => {
    if (nth === 1) throw isFull;
    await delay(RESTARTS_MS);
    return staging;
  });
  await assert.rejects(pool.start(undefined), isFull);
  await pool.stop(0);
  await delay(2 * RESTARTS_MS);
  assert.deepEqual(pool.pids, []);
});

test('[CONTROL-13] an intake on its way when the pool stops never starts', async (t) => {
  let isLate = false;
  const pool = poolOf(t, async (staging, nth) => {
    if (nth > 2) {
      isLate = true;
      await delay(RESTARTS_MS);
    }
    return staging;
  });
  await pool.start(undefined);
  pool.kill({ number: 1, id: '' });
  while (!isLate) await delay(5);
  await pool.stop(0);
  await delay(2 * RESTARTS_MS);
  assert.deepEqual(pool.pids, []);
});
