import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from '@leadglass/kit';
import { judgeStep } from './step-verdict.ts';

const WHY = text('non', 'no');
const first = { kind: 'create', isSent: false, attempts: 0 } as const;
const end = (status: number, errorId?: number) => ({
  ...{ isSent: true, status, unread: 0 },
  ...(errorId === undefined ? {} : { errorId }),
});

test('[CONT-58] success and warnings deliver; what passes is tried again, for a while; what does not is told', () => {
  for (const status of [0x0000, 0x0001, 0x0107, 0x0116, 0xb000])
    assert.equal(judgeStep(first, end(status)).kind, 'delivered');
  for (const status of [0x0110, 0x0213, 0xa700]) {
    assert.equal(judgeStep(first, end(status)).kind, 'again');
    assert.equal(judgeStep({ ...first, attempts: 30 }, end(status)).kind, 'refused');
  }
  for (const status of [0x0105, 0x0106, 0x0112, 0x0117, 0x0120, 0x0124])
    assert.equal(judgeStep(first, end(status)).kind, 'refused');
});

test('[CONT-58] what nobody answered is tried again however often', () => {
  const often = { ...first, attempts: 10_000 };
  assert.equal(judgeStep(often, { isSent: true, unread: 0, why: WHY }).kind, 'again');
  assert.equal(judgeStep(often, { isSent: false, status: 0x0122, unread: 0, why: WHY }).kind, 'again');
});

test('[CONT-59] an upstream that has it already counts as delivered only where a try of ours may have brought it there', () => {
  const sent = { ...first, isSent: true };
  assert.equal(judgeStep(sent, end(0x0111)).kind, 'delivered');
  assert.equal(judgeStep(first, end(0x0111)).kind, 'refused');
  const change = { kind: 'set', isSent: true, attempts: 1 } as const;
  assert.equal(judgeStep(change, end(0x0110, 0xa710)).kind, 'delivered');
  assert.equal(judgeStep({ ...change, isSent: false }, end(0x0110, 0xa710)).kind, 'refused');
  assert.equal(judgeStep(change, end(0x0111)).kind, 'refused');
});
