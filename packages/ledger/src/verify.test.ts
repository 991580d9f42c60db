import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from '@leadglass/kit';
import { signCheckpoint } from './checkpoint.ts';
import { memoryTileStore, verifyAgainst, verifyLedger } from './index.ts';
import { joinBundle, splitBundle } from './layout.ts';
import { dyingStore, entriesFrom, grown, ORIGIN, openTestLedger, PRIVATE_KEY, StoreDied, TRUST } from './testing.ts';

const check = async (files: Map<string, Uint8Array>, previous?: string) =>
  verifyLedger(memoryTileStore(files), previous === undefined ? TRUST : { ...TRUST, previous });

test('[LEDGER-7] a sound log verifies at any size, with progress', async () => {
  for (const batches of [[0], [1], [256], [255, 2], [300, 1, 1, 300], [65_536, 1]]) {
    const { store, ledger } = await grown(...batches);
    const seen: number[] = [];
    const result = await verifyLedger(store, { ...TRUST, onProgress: (done) => seen.push(done) });
    assert.deepEqual([result.isSound, result.size, result.faults], [true, ledger.size, []]);
    assert.equal(seen.at(-1) ?? 0, ledger.size);
  }
});

test('[LEDGER-7] every byte of a small log, flipped in turn, is found', async () => {
  const { store } = await grown(2, 1);
  assert.deepEqual([...store.files.keys()].sort(), [
    'checkpoint',
    'tile/0/000.p/2',
    'tile/0/000.p/3',
    'tile/entries/000.p/2',
    'tile/entries/000.p/3',
  ]);
  for (const [path, bytes] of store.files) {
    for (let at = 0; at < bytes.length; at += 1) {
      for (const bit of [0x01, 0x80]) {
        const files = new Map(store.files).set(path, bytes.with(at, (bytes[at] as number) ^ bit));
        assert.equal((await check(files)).isSound, false, `${path} byte ${at}`);
      }
    }
  }
});

test('[LEDGER-7] a flipped byte anywhere in a log of several tiles is found, and its entry is named', async () => {
  const { store } = await grown(520);
  for (const [path, bytes] of store.files) {
    for (let at = 0; at < bytes.length; at += 97) {
      const files = new Map(store.files).set(path, bytes.with(at, (bytes[at] as number) ^ 4));
      assert.equal((await check(files)).isSound, false, `${path} byte ${at}`);
    }
  }
  const bundle = store.files.get('tile/entries/001') as Uint8Array;
  const altered = new Map(store.files).set('tile/entries/001', bundle.with(bundle.length - 1, 0x21));
  assert.deepEqual((await check(altered)).faults, [
    { code: 'ledger.entry', path: 'tile/entries/001', index: 511 },
    { code: 'ledger.tile', path: 'tile/1/000.p/2', index: 256 },
    { code: 'ledger.root', path: 'checkpoint', index: -1 },
  ]);
});

test('[LEDGER-7] a file removed, shortened or lengthened is found', async () => {
  const { store } = await grown(520);
  for (const [path, bytes] of store.files) {
    const gone = new Map(store.files);
    gone.delete(path);
    assert.equal((await check(gone)).isSound, false, `${path} removed`);
    for (const other of [bytes.slice(1), bytes.slice(0, -1), new Uint8Array([...bytes, 0]), new Uint8Array(0)]) {
      assert.equal(
        (await check(new Map(store.files).set(path, other))).isSound,
        false,
        `${path} of ${other.length} bytes`,
      );
    }
  }
});

test('[LEDGER-7] entries removed, swapped or added in a bundle are found', async () => {
  const { store } = await grown(300);
  const path = 'tile/entries/000';
  const entries = splitBundle(store.files.get(path) as Uint8Array) as Uint8Array[];
  const [a, b, ...rest] = entries as [Uint8Array, Uint8Array, ...Uint8Array[]];
  for (const changed of [
    [b, a, ...rest],
    [a, ...rest],
    [a, a, ...rest],
    [...rest, a, b],
  ]) {
    assert.equal((await check(new Map(store.files).set(path, joinBundle(changed)))).isSound, false);
  }
});

test('[LEDGER-9] a log put back to an earlier state of its own verifies by itself, and not against a remembered checkpoint', async () => {
  const { store, ledger } = await grown(200);
  const before = new Map(store.files);
  await ledger.append(entriesFrom(200, 30));
  assert.equal((await check(before)).isSound, true);
  const result = await check(before, ledger.checkpoint);
  assert.deepEqual(result.faults, [{ code: 'ledger.truncated', path: 'checkpoint', index: 200 }]);
  assert.equal(await verifyAgainst(memoryTileStore(before), ledger.checkpoint, TRUST), 'truncated');
});

test('[LEDGER-9] a log rewritten with the right key is found against a remembered checkpoint', async () => {
  const { ledger } = await grown(200);
  const forged = memoryTileStore();
  const forger = await openTestLedger(forged);
  await forger.append([...entriesFrom(0, 99), new Uint8Array(1), ...entriesFrom(100, 150)]);
  assert.equal((await check(forged.files)).isSound, true);
  assert.deepEqual(
    (await check(forged.files, ledger.checkpoint)).faults.map((fault) => fault.code),
    ['ledger.rewritten'],
  );
  assert.equal(await verifyAgainst(forged, ledger.checkpoint, TRUST), 'rewritten');
});

test('[LEDGER-9] a log that only grew extends each checkpoint it ever had', async () => {
  const { store, ledger } = await grown();
  const remembered = [ledger.checkpoint];
  for (const n of [1, 1, 253, 1, 1, 300]) {
    await ledger.append(entriesFrom(ledger.size, n));
    remembered.push(ledger.checkpoint);
    for (const previous of remembered) {
      assert.equal(await verifyAgainst(store, previous, TRUST), 'extends');
      assert.deepEqual((await check(store.files, previous)).faults, []);
    }
  }
  assert.equal(await verifyAgainst(store, `${ledger.checkpoint}x`, TRUST), 'not-signed');
  assert.equal((await check(store.files, 'nonsense')).isSound, false);
});

test('[LEDGER-7] a checkpoint with a size no disk could hold does not exhaust the checker', async () => {
  const { store } = await grown(3);
  const forged = signCheckpoint(
    { origin: ORIGIN, size: 9_000_000_000_000_000, rootHash: new Uint8Array(32) },
    PRIVATE_KEY,
  );
  const files = new Map(store.files).set('checkpoint', Buffer.from(forged));
  assert.deepEqual(
    (await check(files)).faults.map((fault) => fault.code),
    ['ledger.missing', 'ledger.root'],
  );
});

/** Runs appends until the store dies; what was acknowledged is what `append` resolved for. */
async function untilDeath(store: ReturnType<typeof dyingStore>, batches: readonly number[]): Promise<number> {
  let acknowledged = 0;
  try {
    const ledger = await openTestLedger(store);
    for (const n of batches) {
      await ledger.append(entriesFrom(acknowledged, n));
      acknowledged += n;
    }
  } catch (thrown) {
    assert.ok(isFault(thrown, 'ledger.unwritable') || thrown instanceof StoreDied);
  }
  return acknowledged;
}

const BATCHES = [1, 3, 251, 1, 2, 300];

test('[LEDGER-6] killed at each store operation in turn, before, amid and after it: reopened sound, nothing acknowledged missing', async () => {
  const whole = dyingStore(memoryTileStore(), Number.POSITIVE_INFINITY, 'before');
  assert.equal(await untilDeath(whole, BATCHES), 558);
  assert.ok(whole.changes > 30);
  for (const how of ['before', 'torn', 'after'] as const) {
    for (let deadAt = 1; deadAt <= whole.changes; deadAt += 1) {
      const disk = memoryTileStore();
      const acknowledged = await untilDeath(dyingStore(disk, deadAt, how), BATCHES);
      const ledger = await openTestLedger(disk);
      assert.ok(ledger.size >= acknowledged, `${how} ${deadAt}`);
      const { size } = ledger;
      // What comes next differs from what was cut off: nothing of the tail may show through, just after it and further on.
      for (const n of [2, 268]) {
        await ledger.append(Array.from({ length: n }, (_, at) => new Uint8Array(Buffer.from(`after ${at}`))));
        assert.deepEqual((await verifyLedger(disk, TRUST)).faults, [], `${how} ${deadAt}`);
      }
      assert.equal((await verifyLedger(disk, TRUST)).size, size + 270);
      for (const index of [0, acknowledged - 1, size - 1].filter((at) => at >= 0 && at < size))
        assert.equal(Buffer.from(await ledger.entry(index)).toString(), `entry ${index}`);
    }
  }
});

test('[LEDGER-6] an append that failed once is refused, the next goes on from what the store holds', async () => {
  const disk = memoryTileStore();
  let isFull = false;
  const store = {
    ...disk,
    async write(files: Parameters<typeof disk.write>[0]) {
      if (isFull) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      await disk.write(files);
    },
  };
  const ledger = await openTestLedger(store);
  await ledger.append(entriesFrom(0, 10));
  isFull = true;
  await assert.rejects(
    ledger.append(entriesFrom(10, 5)),
    (thrown) => isFault(thrown, 'ledger.unwritable') && thrown.retry === 'transient',
  );
  assert.equal(ledger.size, 10);
  isFull = false;
  assert.equal(await ledger.append(entriesFrom(10, 5)), 10);
  assert.equal((await verifyLedger(disk, TRUST)).isSound, true);
});
