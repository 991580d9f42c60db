import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateIdentity } from './keys.ts';
import { SealKitPool } from './kit-pool.ts';

test('[VAULT-9] the pool refills one kit per later call, up to its number, and never gives a kit twice', () => {
  const queue: (() => void)[] = [];
  const pool = new SealKitPool({
    recipients: [generateIdentity().recipient],
    ready: 3,
    later: (work) => void queue.push(work),
  });
  const heads = new Set<string>();
  const take = () => heads.add(Buffer.from(pool.take().head).toString('latin1'));
  take();
  assert.equal(pool.size, 0);
  const runs: number[] = [];
  for (let work = queue.shift(); work !== undefined; work = queue.shift()) {
    assert.equal(queue.length, 0);
    work();
    runs.push(pool.size);
  }
  assert.deepEqual(runs, [1, 2, 3]);
  for (let i = 0; i < 5; i += 1) take();
  assert.equal(heads.size, 6);
  assert.equal(queue.length, 1);
});
