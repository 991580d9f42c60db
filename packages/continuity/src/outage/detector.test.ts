import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@leadglass/kit';
import { DEFAULT_THRESHOLDS, type Evidence, OutageDetector } from './detector.ts';
import { probeWaitMs } from './probes.ts';
import { isDownState, OUTAGE_INPUTS, OUTAGE_STATES, OUTAGE_TABLE } from './states.ts';

function started(state?: 'down') {
  const clock = new ManualClock();
  const detector = new OutageDetector(clock, DEFAULT_THRESHOLDS, state);
  /** One fact after another, so many milliseconds apart. */
  const hear = (evidence: Evidence, times = 1, everyMs = 1_000) => {
    for (let n = 0; n < times; n += 1) {
      detector.hear(evidence);
      clock.advance(everyMs);
    }
    return detector.state;
  };
  return { clock, detector, hear };
}

test('[CONT-1] every state has a next one for every input, no person’s word is undone by evidence, and up is reached from returning or doubtful alone', () => {
  for (const state of OUTAGE_STATES)
    for (const input of OUTAGE_INPUTS) assert(OUTAGE_STATES.includes(OUTAGE_TABLE[state][input]), `${state} ${input}`);
  for (const input of OUTAGE_INPUTS)
    assert.equal(OUTAGE_TABLE.declared[input], input === 'ended' ? 'returning' : 'declared');
  for (const state of ['down', 'declared'] as const)
    for (const input of OUTAGE_INPUTS) assert.notEqual(OUTAGE_TABLE[state][input], 'up');
  assert.deepEqual(OUTAGE_STATES.filter(isDownState), ['down', 'returning', 'declared']);
});

test('[CONT-2] one failure raises a doubt that the next success clears; only failures in number and over time take an upstream down', () => {
  const { hear } = started();
  assert.equal(hear('unreached'), 'doubtful');
  assert.equal(hear('reached'), 'up');
  // Many at once are one trouble of a moment.
  assert.equal(hear('unreached', 50, 10), 'doubtful');
  assert.equal(hear('reached'), 'up');
  assert.equal(hear('unreached', 2, 10_000), 'doubtful');
  assert.equal(hear('unreached'), 'down');
});

test('[CONT-2] an upstream that comes and goes is doubtful, and never down', () => {
  const { hear } = started();
  for (let n = 0; n < 500; n += 1) {
    assert.notEqual(hear('unreached'), 'down');
    assert.equal(hear('served'), 'up');
  }
});

test('[CONT-3] one that answers its echo and none of what is asked goes down; what it failed at is not cleared by being reached', () => {
  const { hear } = started();
  for (let n = 0; n < 2; n += 1) {
    assert.equal(hear('failed', 1, 3_000), 'doubtful');
    assert.equal(hear('reached'), 'doubtful');
  }
  assert.equal(hear('failed'), 'down');
  const other = started();
  other.hear('failed');
  other.clock.advance(DEFAULT_THRESHOLDS.doubtMs);
  assert.equal(other.hear('reached'), 'up');
});

test('[CONT-4] it is believed again once it is well in number and over time; one failure on the way begins anew', () => {
  const { hear } = started('down');
  assert.equal(hear('reached'), 'returning');
  assert.equal(hear('reached', 5, 100), 'returning');
  assert.equal(hear('unreached'), 'down');
  assert.equal(hear('reached', 2, 6_000), 'returning');
  // It relapsed: twice as long.
  assert.equal(hear('reached', 1, 8_000), 'returning');
  assert.equal(hear('reached'), 'up');
});

test('[CONT-5] whoever goes down again soon after is believed later each time, up to a bound, and is forgiven after an hour', () => {
  const { clock, detector, hear } = started('down');
  const waits: number[] = [];
  for (let n = 0; n < 9; n += 1) {
    waits.push(detector.upAfterMs);
    hear('reached', 2 + Math.ceil(detector.upAfterMs / 1_000));
    assert.equal(detector.state, 'up');
    hear('unreached', 6);
    assert.equal(detector.state, 'down');
  }
  assert.deepEqual(waits.slice(0, 4), [10_000, 20_000, 40_000, 80_000]);
  assert.equal(detector.upAfterMs, DEFAULT_THRESHOLDS.longestUpAfterMs);
  hear('reached', 910);
  assert.equal(detector.state, 'up');
  clock.advance(DEFAULT_THRESHOLDS.relapseMs);
  hear('unreached', 6);
  assert.equal(detector.upAfterMs, 10_000);
});

test('[CONT-6] one that wants no association of ours is a sign of life after an outage, and raises no doubt before', () => {
  const { hear } = started();
  assert.equal(hear('refused', 20), 'up');
  const gone = started('down');
  assert.equal(gone.hear('refused'), 'returning');
  assert.equal(gone.hear('refused', 12), 'up');
});

test('[CONT-7] what a person declared stands whatever is shown, until a person ends it; then it has to show it', () => {
  const { hear } = started();
  assert.equal(hear('declared'), 'declared');
  assert.equal(hear('served', 100), 'declared');
  assert.equal(hear('unreached', 100), 'declared');
  assert.equal(hear('ended'), 'returning');
  assert.equal(hear('unreached'), 'down');
  assert.equal(hear('ended'), 'returning');
  assert.equal(hear('served', 40), 'up');
  assert.equal(hear('ended'), 'up');
});

test('[CONT-8] probes grow apart while it is down, come often while it returns, and leave alone what a person declared', () => {
  assert.equal(probeWaitMs('declared', 0), undefined);
  assert.deepEqual(
    [0, 1, 2, 3, 50].map((n) => probeWaitMs('down', n)),
    [2_000, 4_000, 8_000, 16_000, 60_000],
  );
  assert.deepEqual(
    [0, 1, 50].map((n) => probeWaitMs('doubtful', n)),
    [1_000, 2_000, 30_000],
  );
  assert.deepEqual(
    [0, 50].map((n) => probeWaitMs('returning', n)),
    [3_000, 3_000],
  );
  assert.deepEqual(
    [0, 50].map((n) => probeWaitMs('up', n)),
    [60_000, 60_000],
  );
});

test('[CONT-8] told nothing but by its own probes, a silent upstream is down within ten seconds of the first failure', () => {
  const { clock, detector } = started();
  const beganMs = clock.monotonicMs();
  detector.hear('unreached');
  for (let n = 0; detector.state !== 'down'; n += 1) {
    clock.advance(probeWaitMs(detector.state, n) ?? 0);
    detector.hear('unreached');
  }
  assert(clock.monotonicMs() - beganMs <= 10_000);
});
