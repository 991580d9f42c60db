import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@leadglass/kit';
import { addressKey, Throttle } from './throttle.ts';

const LIMITS = { free: 3, firstMs: 1000, longestMs: 60_000, forgetMs: 600_000, keys: 100 };

test('[CONSOLE-56] waits double up to their longest, are forgotten after a while, and success takes them back', () => {
  const clock = new ManualClock();
  const throttle = new Throttle(clock, LIMITS);
  const waits: number[] = [];
  for (let count = 0; count < 12; count += 1) {
    throttle.begin('one');
    waits.push(throttle.waitMs('one'));
    clock.advance(throttle.waitMs('one'));
  }
  assert.deepEqual(waits, [0, 0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
  throttle.passed('one');
  throttle.begin('one');
  assert.equal(throttle.waitMs('one'), 0);
  for (let count = 0; count < 5; count += 1) throttle.begin('two');
  clock.advance(LIMITS.forgetMs);
  throttle.begin('two');
  assert.equal(throttle.waitMs('two'), 0);
});

test('[CONSOLE-56] what it remembers is bounded, and the addresses of one IPv6 network are one', () => {
  const throttle = new Throttle(new ManualClock(), LIMITS);
  for (let count = 0; count < 1000; count += 1) throttle.begin(`key ${count}`);
  assert.equal(throttle.size, 100);
  assert.equal(addressKey('2001:db8:1:2:aaaa::1'), addressKey('2001:db8:1:2::ffff'));
  assert.notEqual(addressKey('2001:db8:1:2::1'), addressKey('2001:db8:1:3::1'));
  assert.equal(addressKey('::ffff:192.0.2.7'), '192.0.2.7');
});
