import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  drawnPx,
  type Frame,
  farthest,
  offsetOf,
  offsetShowing,
  rowsInSight,
  scrollTopOf,
  TALLEST_PX,
} from './scroll.ts';

const MILLION: Frame = { count: 1_000_000, rowPx: 36, viewPx: 600 };

test('[CONSOLE-86] a list of a million rows is reached from its first to its last row, within what a browser can draw', () => {
  assert.equal(drawnPx(MILLION), TALLEST_PX);
  assert.deepEqual(rowsInSight(MILLION, offsetOf(MILLION, 0)), { from: 0, to: 18 });
  const end = offsetOf(MILLION, TALLEST_PX - MILLION.viewPx);
  assert.equal(end, farthest(MILLION));
  assert.equal(rowsInSight(MILLION, end).to, 1_000_000);
  for (const row of [0, 1, 123_456, 999_999]) {
    const offset = offsetShowing(MILLION, 0, row);
    const { from, to } = rowsInSight(MILLION, offset);
    assert.ok(from <= row && row < to);
    assert.ok(Math.abs(offsetOf(MILLION, scrollTopOf(MILLION, offset)) - offset) < 0.001);
  }
});

test('[CONSOLE-86] a short list scrolls as any other, and an empty one not at all', () => {
  const short: Frame = { count: 30, rowPx: 36, viewPx: 600 };
  assert.deepEqual([drawnPx(short), offsetOf(short, 100), scrollTopOf(short, 100)], [1080, 100, 100]);
  assert.equal(offsetShowing(short, 100, 5), 100);
  const none: Frame = { count: 0, rowPx: 36, viewPx: 600 };
  assert.deepEqual([offsetOf(none, 5), scrollTopOf(none, 5), rowsInSight(none, 0)], [0, 0, { from: 0, to: 0 }]);
});
