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

test('[VAULT-9] a stock beyond the kits kept ready is laid in when asked for, and made up for by nothing else', () => {
  let asked = 0;
  const pool = new SealKitPool({
    recipients: [generateIdentity().recipient],
    ready: 1,
    stock: 3,
    later: () => {
      asked += 1;
    },
  });
  assert.deepEqual([pool.stockUp(), pool.stockUp(), pool.stockUp(), pool.stockUp()], [true, true, false, false]);
  assert.equal(pool.size, 3);
  pool.take();
  pool.take();
  assert.equal(asked, 1, 'the one asked for when it was made, and none while enough are ready');
  assert.deepEqual([pool.stockUp(), pool.stockUp()], [true, false]);
});
