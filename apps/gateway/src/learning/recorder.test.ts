import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, ManualClock, silentLogger, text } from '@leadglass/kit';
import type { Sighting, SightingKey } from '@leadglass/model';
import type { RuleMatch } from '@leadglass/records';
import { Rates } from './rates.ts';
import { DEFAULT_RECORDER_LIMITS, SightingRecorder } from './recorder.ts';

const KEY: SightingKey = {
  ...{ peer: 'CT1', address: '192.0.2.7', certSha256: '', isSigned: false, listener: 'dimse', called: 'LG' },
  ...{ service: 'store', sopClassUid: '1.2', level: '', keys: '', moveTo: '', outcome: 'passed' },
};
const DOWN = new Fault('records.unwritable', 'transient', text('non', 'no'));

function recorder(limits = {}) {
  const clock = new ManualClock();
  const written: Sighting[][] = [];
  const matches: RuleMatch[] = [];
  const forgotten: number[] = [];
  const state = { isDown: false };
  const records = {
    async recordSightings(seen: readonly Sighting[], matched: readonly RuleMatch[] = []) {
      if (state.isDown) throw DOWN;
      if (seen.length > 0) written.push([...seen]);
      matches.push(...matched);
    },
    forgetSightings: async (before: number) => void forgotten.push(before),
  };
  const made = new SightingRecorder(records, clock, silentLogger, { ...DEFAULT_RECORDER_LIMITS, ...limits });
  return { made, clock, written, matches, forgotten, state };
}

test('[CONTROL-150] what is seen is added up and written once, some seconds later', async () => {
  const { made, clock, written, forgotten } = recorder();
  for (let i = 0; i < 1000; i += 1) made.seen(KEY, { bytes: 3 });
  made.seen({ ...KEY, service: 'find', keys: '00100020:single' }, { busiest: 7, results: 4 });
  assert.deepEqual([made.waiting, written.length], [2, 0]);
  clock.advance(DEFAULT_RECORDER_LIMITS.flushMs);
  await made.flush();
  assert.deepEqual(
    written.flat().map(({ count, bytes, busiest, mostResults }) => [count, bytes, busiest, mostResults]),
    [
      [1000, 3000, 0, 0],
      [1, 0, 7, 4],
    ],
  );
  assert.deepEqual(forgotten, [clock.now() - DEFAULT_RECORDER_LIMITS.keptMs]);
});

test('[CONTROL-151] kinds too many are counted together, so that nobody fills the memory', async () => {
  const { made, written } = recorder({ mostWaiting: 10 });
  for (let i = 0; i < 10_000; i += 1) made.seen({ ...KEY, peer: `X${i}`, outcome: 'refused' });
  assert.equal(made.waiting, 11);
  await made.flush();
  assert.equal(written.flat().find(({ peer }) => peer === '')?.count, 9_990);
});

test('[CONTROL-152] what could not be written waits, with what came since; a batch is bounded', async () => {
  const { made, written, state } = recorder({ batch: 2 });
  for (const peer of ['A', 'B', 'C']) made.seen({ ...KEY, peer });
  state.isDown = true;
  await made.flush();
  made.seen({ ...KEY, peer: 'A' });
  state.isDown = false;
  await made.flush();
  assert.deepEqual(
    written.map((batch) => batch.map(({ peer, count }) => `${peer}${count}`)),
    [['A2', 'B1'], ['C1']],
  );
});

test('[CONTROL-153] that a quirk of the site matched is kept with its last time', async () => {
  const { made, clock, matches } = recorder();
  made.matched('quirk a');
  made.matched('quirk a');
  await made.flush();
  assert.deepEqual(matches, [{ rule: 'quirk a', lastMs: clock.now(), count: 2 }]);
});

test('[CONTROL-154] operations of the last 60 seconds are counted to the second, of each title alone', () => {
  const clock = new ManualClock();
  const rates = new Rates(clock);
  assert.deepEqual([rates.count('A'), rates.count('A'), rates.count('B')], [0, 1, 0]);
  clock.advance(59_000);
  assert.equal(rates.count('A'), 2);
  clock.advance(2_000);
  assert.equal(rates.count('A'), 1);
  clock.advance(3600_000);
  assert.equal(rates.count('A'), 0);
});

test('[CONTROL-154] titles without end do not fill the memory, and the idle ones are forgotten first', () => {
  const rates = new Rates(new ManualClock());
  rates.count('IDLE');
  for (let i = 0; i < 5_000; i += 1) {
    rates.count(`X${i}`);
    rates.count('BUSY');
  }
  assert.deepEqual([rates.count('IDLE'), rates.count('BUSY')], [0, 5_000]);
});
