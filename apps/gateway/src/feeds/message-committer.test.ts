import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Logger, ManualClock, silentLogger } from '@leadglass/kit';
import type { MessageCommit } from '@leadglass/records';
import { restAfter } from './chart-host.ts';
import { MessageCommitter } from './message-committer.ts';

const message = (identity: string): MessageCommit => ({
  ...{ identity, content: identity, feed: 'labo', receivedAtMs: 0, bytes: 1, answered: 'AA', state: 'waiting' },
  ...{ sealed: Buffer.of(1), body: Buffer.of(1), reading: undefined },
});

function open(log: Logger = silentLogger) {
  const clock = new ManualClock();
  const groups: number[] = [];
  const commit = async (batch: readonly MessageCommit[]) => {
    groups.push(batch.length);
    return batch.map(() => ({ kind: 'stored', answered: 'AA' }) as const);
  };
  const committer = new MessageCommitter({ records: { commit }, clock, log });
  const turns = async () => {
    for (let turn = 0; turn < 8; turn += 1) await new Promise(setImmediate);
  };
  const send = (count: number, done = () => {}) => {
    for (let at = 0; at < count; at += 1) committer.commit(message(String(at)), done);
  };
  return { clock, groups, committer, turns, send };
}

test('[CHART-54] whoever throws at an answer takes nothing back, is told of, and keeps nobody else from hearing', async () => {
  const errors: string[] = [];
  const it = open({ ...silentLogger, error: (event) => void errors.push(event) });
  const heard: string[] = [];
  it.committer.commit(message('a'), () => {
    throw new Error('defect');
  });
  it.committer.commit(message('b'), (outcome) => void heard.push(outcome?.kind ?? 'none'));
  await it.turns();
  assert.deepEqual([it.groups, heard, errors], [[2], ['stored'], ['feeds.answer-failed']]);
});

test('[CHART-55] after a group of many the next waits for as many, and goes when they are there', async () => {
  const it = open();
  it.send(6);
  await it.turns();
  it.send(5);
  await it.turns();
  assert.deepEqual(it.groups, [6]);
  it.send(1);
  await it.turns();
  assert.deepEqual(it.groups, [6, 6]);
});

test('[CHART-55] or after three milliseconds, and then waits for fewer', async () => {
  const it = open();
  it.send(6);
  await it.turns();
  it.send(2);
  await it.turns();
  it.clock.advance(2);
  await it.turns();
  assert.deepEqual(it.groups, [6]);
  it.clock.advance(1);
  await it.turns();
  assert.deepEqual(it.groups, [6, 2]);
  it.send(1);
  await it.turns();
  assert.deepEqual(it.groups, [6, 2, 1]);
});

test('[CHART-55] whoever sends alone, or as one of three, never waits', async () => {
  const it = open();
  for (const count of [1, 1, 3, 3, 2]) {
    it.send(count);
    await it.turns();
  }
  assert.deepEqual(it.groups, [1, 1, 3, 3, 2]);
});

test('[CHART-53] entering rests for as long as it took when it is behind, and for sixty milliseconds when it is not', () => {
  assert.deepEqual(
    [0, 0.4, 7.6, 60, 500].map((tookMs) => restAfter(tookMs, true)),
    [1, 1, 8, 60, 60],
  );
  assert.equal(restAfter(1, false), 60);
});
