import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeHl7 } from './verdict.ts';

const judged = (code: string | undefined, attempts = 0) =>
  judgeHl7({ attempts }, { isSent: true, ...(code === undefined ? {} : { answer: { code, text: '' } }) }).kind;

test('[CONT-182] AA and CA deliver, AE and CE are a person’s, AR and CR are tried within bounds, no answer without', () => {
  assert.deepEqual(
    ['AA', 'CA', 'AE', 'CE', 'AR', 'CR'].map((code) => judged(code)),
    [...['delivered', 'delivered', 'refused', 'refused', 'again', 'again']],
  );
  assert.deepEqual([judged('AR', 28), judged('AR', 29), judged('CR', 29)], ['again', 'refused', 'refused']);
  assert.deepEqual([judged(undefined), judged(undefined, 1_000_000), judged('??', 9)], ['again', 'again', 'again']);
});
