import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processorMs } from '@leadglass/kit';
import { type DiffLine, lineDiff, onlyChanges } from './line-diff.ts';

const marks = (lines: readonly DiffLine[]) =>
  lines.map(({ kind, text }) => `${{ same: ' ', gone: '-', new: '+' }[kind]}${text}`);

function applied(lines: readonly DiffLine[], side: 'gone' | 'new'): string {
  return lines
    .filter(({ kind }) => kind === 'same' || kind === side)
    .map(({ text }) => text)
    .join('\n');
}

test('[CONSOLE-68] what goes and what comes is told by line, the rest left as it is', () => {
  assert.deepEqual(marks(lineDiff('a\nb\nc', 'a\nx\nc')), [' a', '-b', '+x', ' c']);
  assert.deepEqual(marks(lineDiff('a', 'a\nb')), [' a', '+b']);
  assert.deepEqual(marks(lineDiff('a\na\nb', 'a\nb')), [' a', '-a', ' b']);
});

test('[CONSOLE-68] both texts can be read out of a difference, whatever they are', () => {
  let seed = 7;
  const next = (most: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % most;
  };
  const random = () => Array.from({ length: next(12) }, () => 'abc'[next(3)]).join('\n');
  for (let round = 0; round < 500; round += 1) {
    const [before, after] = [random(), random()];
    const lines = lineDiff(before, after);
    assert.equal(applied(lines, 'gone'), before);
    assert.equal(applied(lines, 'new'), after);
  }
});

test('[CONSOLE-68] texts too long to be laid over each other are shown whole, and soon', () => {
  const long = (word: string) => Array.from({ length: 20_000 }, (_, at) => `${word}${at}`).join('\n');
  const startedAt = processorMs();
  assert.equal(lineDiff(long('a'), long('b')).length, 40_000);
  assert(processorMs() - startedAt < 2000);
});

test('[CONSOLE-68] long unchanged stretches are left out, and one sign stands for each', () => {
  const before = Array.from({ length: 50 }, (_, at) => `line ${at}`).join('\n');
  const kept = onlyChanges(lineDiff(before, before.replace('line 25', 'other')));
  assert.equal(kept.length, 1 + 3 + 2 + 3 + 1);
  assert.equal(kept[0], undefined);
  assert.equal(kept.at(-1), undefined);
});
