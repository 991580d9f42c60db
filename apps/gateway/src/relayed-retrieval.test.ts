import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relayedOutcome, type UpstreamEnd } from './relayed-retrieval.ts';

const end = (change: Partial<UpstreamEnd>, counts: Partial<UpstreamEnd['counts']> = {}): UpstreamEnd => ({
  status: 0,
  counts: { remaining: 0, completed: 0, failed: 0, warning: 0, ...counts },
  failedUids: [],
  withheld: 0,
  why: undefined,
  ...change,
});
const WHY = { fr: 'panne', en: 'down' };

test('[CONTROL-74] the device is told what reached its destination, whatever reached us', () => {
  const told = relayedOutcome(end({}, { completed: 3 }), { completed: 2, warning: 0 }, ['1.3'], false);
  assert.deepEqual(told, {
    status: 0xb000,
    counts: { remaining: 0, completed: 2, failed: 1, warning: 0 },
    failedUids: ['1.3'],
  });
  const theirs = end({ status: 0xb000, failedUids: ['1.4'] }, { completed: 1, failed: 1 });
  assert.deepEqual(relayedOutcome(theirs, { completed: 1, warning: 0 }, [], false).counts.failed, 1);
  assert.equal(relayedOutcome(end({}, { completed: 3 }), { completed: 3, warning: 0 }, [], false).status, 0);
});

test('[CONTROL-75] an upstream that refuses, does not know us or is down is never told as a success', () => {
  const nothing = { completed: 0, warning: 0 };
  assert.equal(relayedOutcome(end({ status: 0xa801, why: WHY }), nothing, [], false).status, 0xa702);
  assert.equal(relayedOutcome(end({ status: 0xa900 }), nothing, [], false).status, 0xa900);
  assert.equal(relayedOutcome(end({ status: 0xa702, why: WHY }), nothing, [], false).status, 0xa702);
  assert.equal(
    relayedOutcome(end({ status: 0xa702, why: WHY }), { completed: 2, warning: 0 }, [], false).status,
    0xb000,
  );
  assert.equal(relayedOutcome(end({ status: 0xc000 }), { completed: 2, warning: 0 }, [], false).status, 0xb000);
});

test('[CONTROL-76] a cancelled one says what remained', () => {
  const cut = end({ status: 0xfe00 }, { remaining: 4, completed: 2 });
  assert.deepEqual(relayedOutcome(cut, { completed: 2, warning: 0 }, [], true), {
    status: 0xfe00,
    counts: { remaining: 4, completed: 2, failed: 0, warning: 0 },
    failedUids: [],
  });
});
