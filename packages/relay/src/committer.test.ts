import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '@leadglass/kit';
import type { ArrivalCommit } from '@leadglass/records';
import { Committer } from './committer.ts';

/** A committer over records that remember which arrivals shared a transaction. */
function committing() {
  const groups: (readonly ArrivalCommit[])[] = [];
  const records = {
    commitArrivals: async (batch: readonly ArrivalCommit[]) => {
      groups.push(batch);
      return batch.map(() => 'stored' as const);
    },
  };
  return { committer: new Committer(records, silentLogger), sizes: () => groups.map((group) => group.length) };
}

// What is in it is the records' business (RELAY-1): here only who shares a transaction is looked at.
const arrival = () => ({}) as ArrivalCommit;
const aFewTurns = async () => {
  for (let i = 0; i < 5; i += 1) await new Promise(setImmediate);
};

test('[RELAY-6] what is being synced when a transaction is about to begin shares it', async () => {
  const { committer, sizes } = committing();
  const syncs = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const synced = syncs.map(async ({ promise }) => {
    committer.coming(promise);
    await promise;
    await committer.commit(arrival());
  });
  const first = committer.commit(arrival());
  await aFewTurns();
  assert.deepEqual(sizes(), []);
  for (const { resolve } of syncs) resolve();
  await Promise.all([first, ...synced]);
  assert.deepEqual(sizes(), [3]);
});

test('[RELAY-6] nobody waits for a sync that begins later, nor for one that failed', async () => {
  const { committer, sizes } = committing();
  const failing = Promise.withResolvers<void>();
  committer.coming(failing.promise);
  const first = committer.commit(arrival());
  await aFewTurns();
  committer.coming(new Promise(() => {}));
  failing.reject(new Error('the disk says no'));
  await first;
  assert.deepEqual(sizes(), [1]);
});

test('[RELAY-6] an arrival alone is committed without waiting for anybody', async () => {
  const { committer, sizes } = committing();
  await committer.commit(arrival());
  await committer.commit(arrival());
  assert.deepEqual(sizes(), [1, 1]);
});
