import assert from 'node:assert/strict';
import { test } from 'node:test';
import { code128, symbolsOf } from './code128.ts';

test('[CONSOLE-180] a bar code has the check symbol and the symbols of ISO/IEC 15417', () => {
  // Published example: “Wikipedia” in set B has the check value 88.
  assert.deepEqual(symbolsOf('Wikipedia'), [104, 55, 73, 75, 73, 80, 69, 68, 73, 65, 88, 106]);
  // Digits in pairs are one symbol each, after start C.
  assert.deepEqual(symbolsOf('123456'), [105, 12, 34, 56, (105 + 12 + 68 + 168) % 103, 106]);
  assert.throws(() => symbolsOf('é'), RangeError);
});

test('[CONSOLE-180] every symbol is 11 modules wide but the stop, which is 13, and none begins where another ends', () => {
  for (const text of ['TQ7K263310001C', 'D2AB260050012Z', 'A1', '00', '12345']) {
    const { bars, width } = code128(text);
    assert.equal(width, (symbolsOf(text).length - 1) * 11 + 13);
    assert.equal(bars.length, (symbolsOf(text).length - 1) * 3 + 4);
    for (const [at, [x, wide]] of bars.entries()) assert.ok(x + wide < (bars[at + 1]?.[0] ?? width + 1));
  }
});

/** Reads a bar code back from its bars, by widths alone. */
function read(text: string): readonly number[] {
  const { bars, width } = code128(text);
  const edges = bars.flatMap(([x, wide]) => [x, x + wide]);
  const runs = edges.map((edge, at) => (edges[at + 1] ?? width) - edge);
  return runs.filter((run) => run > 0);
}

test('[CONSOLE-180] two numbers that differ have other bars', () => {
  assert.notDeepEqual(read('TQ7K263310001C'), read('TQ7K263310002C'));
});
