import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Act, operationOf, readinessOf, undoOf } from './act.ts';

const act = (operation: string, request: Record<string, unknown>): Act => ({
  operation,
  request,
  text: { fr: 'x', en: 'x' },
});
const PEER = { aeTitle: 'CT1', from: '192.0.2.1/32', allow: ['echo'] };

test('[CONSOLE-72] a button does an operation of the contract that is whole, or lacks a reason alone', () => {
  assert.equal(readinessOf(act('peer.add', PEER)), 'ready');
  assert.equal(readinessOf(act('hold.release', { id: 'abcdef' })), 'reason');
  assert.equal(readinessOf(act('peer.add', { aeTitle: 'CT1' })), 'not-here');
});

test('[CONSOLE-72] what is no operation, or is not answered with JSON, is not done', () => {
  for (const name of ['toString', '__proto__', 'vault.export', 'log.follow', 'nothing']) {
    assert.equal(operationOf(act(name, {})), undefined, name);
    assert.equal(readinessOf(act(name, {})), 'not-here', name);
  }
});

test('[CONSOLE-73] what was added can be taken back; what was there before is not taken away', () => {
  assert.notEqual(undoOf(act('peer.add', PEER), { change: 'added' }), undefined);
  assert.equal(undoOf(act('peer.add', PEER), { change: 'unchanged' }), undefined);
  assert.equal(undoOf(act('hold.release', { id: 'a' }), {}), undefined);
});
