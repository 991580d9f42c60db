import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { isFault, ManualClock } from '@leadglass/kit';
import type { Event } from '@leadglass/model';
import {
  eventIdOf,
  type Ledger,
  memoryTileStore,
  Sequencer,
  type SequencerSource,
  type TileStore,
  verifyLedger,
} from './index.ts';
import { sampleEvents } from './sample-events.ts';
import { dyingStore, openTestLedger, TRUST } from './testing.ts';

const AUDIT = { auditSourceId: 'leadglass-1', siteName: 'Site' };
const SAMPLE = sampleEvents()['ledger.read'];

/** The outbox as the records keep it: rows in order, each with its ledger index once it is known. */
class Outbox implements SequencerSource {
  readonly rows: { seq: number; event: Event; index: number | undefined }[] = [];
  looks = 0;
  isDown = false;

  add(n: number): void {
    for (let i = 0; i < n; i += 1) {
      const seq = this.rows.length + 1;
      this.rows.push({ seq, event: { ...SAMPLE, id: `event-${seq}` }, index: undefined });
    }
  }

  async unsequenced(limit: number) {
    this.looks += 1;
    return this.rows.filter((row) => row.index === undefined).slice(0, limit);
  }

  async sequenced(events: readonly { readonly seq: number }[], firstIndex: number) {
    if (this.isDown) throw new Error('database is locked');
    for (const [at, { seq }] of events.entries()) (this.rows[seq - 1] as { index: number }).index = firstIndex + at;
  }

  async lastLedgerIndex() {
    return Math.max(-1, ...this.rows.map((row) => row.index ?? -1));
  }

  get indexes() {
    return this.rows.map((row) => row.index);
  }
}

async function idsIn(ledger: Ledger): Promise<(string | undefined)[]> {
  const ids = [];
  for (let index = 0; index < ledger.size; index += 1) ids.push(eventIdOf(await ledger.entry(index)));
  return ids;
}

/** Lets pending promises run until `isSo`. */
async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !isSo(); turn += 1) await setImmediate();
  assert.ok(isSo(), 'it happened');
}

async function ready(store: TileStore = memoryTileStore()) {
  const [outbox, clock, ledger] = [new Outbox(), new ManualClock(), await openTestLedger(store)];
  const healths: boolean[] = [];
  const sequencer = new Sequencer({
    source: outbox,
    ledger,
    audit: AUDIT,
    clock,
    onHealth: (health) => healths.push(health.isWritable),
  });
  return { outbox, clock, ledger, sequencer, healths };
}

test('[LEDGER-13] every event is logged once, in order, and its index recorded', async () => {
  const { outbox, ledger, sequencer } = await ready();
  outbox.add(4321);
  await sequencer.start();
  outbox.add(3);
  await sequencer.drain();
  assert.deepEqual(outbox.indexes, [...Array(4324).keys()]);
  assert.deepEqual(
    await idsIn(ledger),
    outbox.rows.map((row) => row.event.id),
  );
  assert.deepEqual(sequencer.health(), { isWritable: true, behind: 0 });
});

test('[LEDGER-13] idle, it logs at once; busy, pokes share a turn at most a second later', async () => {
  const { outbox, clock, sequencer } = await ready();
  await sequencer.start();
  clock.advance(1000);
  outbox.add(1);
  sequencer.poke();
  await until(() => outbox.indexes[0] === 0);
  const looks = outbox.looks;
  for (let n = 0; n < 50; n += 1) {
    outbox.add(1);
    sequencer.poke();
  }
  await setImmediate();
  clock.advance(999);
  await setImmediate();
  assert.equal(outbox.looks, looks);
  clock.advance(1);
  await until(() => outbox.indexes[50] === 50);
  assert.equal(outbox.looks, looks + 1);
});

test('[LEDGER-13] a poke during a turn is not lost', async () => {
  const { outbox, clock, sequencer } = await ready();
  await sequencer.start();
  clock.advance(1000);
  outbox.add(1);
  const unsequenced = outbox.unsequenced.bind(outbox);
  outbox.unsequenced = async (limit) => {
    const seen = await unsequenced(limit);
    if (outbox.rows.length === 1) {
      outbox.add(1);
      sequencer.poke();
    }
    return seen;
  };
  sequencer.poke();
  await until(() => outbox.indexes[0] === 0);
  await setImmediate();
  clock.advance(1000);
  await until(() => outbox.indexes[1] === 1);
});

test('[LEDGER-14] after a failed append it is unhealthy, tries again with growing pauses, and recovers', async () => {
  const store = memoryTileStore();
  let isFull = false;
  let tries = 0;
  const failing: TileStore = {
    ...store,
    async write(files) {
      tries += 1;
      if (isFull) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      await store.write(files);
    },
  };
  const { outbox, clock, ledger, sequencer, healths } = await ready(failing);
  await sequencer.start();
  isFull = true;
  outbox.add(5);
  await assert.rejects(sequencer.drain(), (thrown) => isFault(thrown, 'ledger.unwritable'));
  const health = sequencer.health();
  assert.deepEqual([health.isWritable, health.lastFault?.code, health.behind], [false, 'ledger.unwritable', 5]);
  for (const pauseMs of [100, 200, 400, 800]) {
    const before = tries;
    clock.advance(pauseMs - 1);
    await setImmediate();
    assert.equal(tries, before);
    clock.advance(1);
    await until(() => tries === before + 1);
    await setImmediate();
  }
  isFull = false;
  clock.advance(1600);
  await until(() => sequencer.health().isWritable);
  assert.deepEqual(healths, [false, false, false, false, false, true]);
  assert.deepEqual(
    await idsIn(ledger),
    outbox.rows.map((row) => row.event.id),
  );
});

test('[LEDGER-14] logged but not marked, then tried again: nothing is logged twice', async () => {
  const { outbox, ledger, sequencer } = await ready();
  outbox.add(10);
  outbox.isDown = true;
  await assert.rejects(sequencer.start());
  assert.equal(ledger.size, 10);
  assert.equal(sequencer.health().isWritable, false);
  outbox.isDown = false;
  outbox.add(2);
  await sequencer.drain();
  assert.deepEqual(outbox.indexes, [...Array(12).keys()]);
  assert.equal(ledger.size, 12);
});

test('[LEDGER-15] killed at each store operation, or before the mark, and started again: each event is in the log exactly once', async () => {
  const batches = [1, 3, 260, 2, 5];
  const live = async (store: TileStore, outbox: Outbox, marksLeft: number) => {
    const mark = Outbox.prototype.sequenced.bind(outbox);
    let left = marksLeft;
    outbox.sequenced = async (seqs, first) => {
      left -= 1;
      if (left < 0) throw new Error('killed before the mark');
      await mark(seqs, first);
    };
    const ledger = await openTestLedger(store);
    const sequencer = new Sequencer({ source: outbox, ledger, audit: AUDIT, clock: new ManualClock() });
    for (const n of batches) {
      outbox.add(n);
      await sequencer.drain();
    }
    return ledger;
  };
  const whole = dyingStore(memoryTileStore(), Number.POSITIVE_INFINITY, 'before');
  await live(whole, new Outbox(), Number.POSITIVE_INFINITY);
  const deaths = [
    ...Array.from({ length: whole.changes }, (_, at) => ({ deadAt: at + 1, marks: Number.POSITIVE_INFINITY })),
    ...batches.map((_, marks) => ({ deadAt: Number.POSITIVE_INFINITY, marks })),
  ];
  for (const { deadAt, marks } of deaths) {
    const [disk, outbox] = [memoryTileStore(), new Outbox()];
    await assert.rejects(live(dyingStore(disk, deadAt, 'after'), outbox, marks));
    const ledger = await live(disk, outbox, Number.POSITIVE_INFINITY);
    assert.deepEqual(
      await idsIn(ledger),
      outbox.rows.map((row) => row.event.id),
      `${deadAt} ${marks}`,
    );
    assert.deepEqual(outbox.indexes, [...outbox.rows.keys()]);
    assert.equal((await verifyLedger(disk, TRUST)).isSound, true);
  }
});

test('[LEDGER-15] a log shorter than the records remember is refused for good, and nothing is written over it', async () => {
  const { outbox, clock, ledger, sequencer } = await ready();
  outbox.add(3);
  await outbox.sequenced(await outbox.unsequenced(2), 7);
  await assert.rejects(
    sequencer.start(),
    (thrown) => isFault(thrown, 'ledger.truncated') && thrown.retry === 'permanent',
  );
  clock.advance(60_000);
  await setImmediate();
  assert.equal(ledger.size, 0);
  assert.equal(sequencer.health().isWritable, false);
});

test('[LEDGER-15] records put back from an older backup than the log: known events keep their entries, others stay in the log', async () => {
  const store = memoryTileStore();
  const first = await ready(store);
  first.outbox.add(9);
  await first.sequencer.start();
  const restored = new Outbox();
  restored.add(6);
  await restored.sequenced(await restored.unsequenced(2), 0);
  const ledger = await openTestLedger(store);
  const sequencer = new Sequencer({ source: restored, ledger, audit: AUDIT, clock: new ManualClock() });
  await sequencer.start();
  assert.deepEqual(restored.indexes, [0, 1, 2, 3, 4, 5]);
  assert.equal(ledger.size, 9);
});

test('[LEDGER-13] stopped, it takes no more turns', async () => {
  const { outbox, clock, ledger, sequencer } = await ready();
  await sequencer.start();
  await sequencer.stop();
  outbox.add(1);
  sequencer.poke();
  clock.advance(10_000);
  await setImmediate();
  assert.equal(ledger.size, 0);
});
