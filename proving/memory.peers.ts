import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BOMB_SHAPES } from './memory/huge.ts';
import { type Grown, grownOver } from './memory/measure.ts';

// Everyday: objects larger than what may be grown to and than the heap. Of 2 GB, and each inspector by itself: memory.alone.ts.

const OBJECT_BYTES = 64 * 2 ** 20;
const BOMB_BYTES = 2 ** 30;
/** How much of an object memory may grow by: a third of any that is shown here. */
const MOST_GROWN_SHARE = 1 / 3;
/** The others, as long and much longer: memory.alone.ts. */
const EVERYDAY = ['native', 'unknown', 'small', 'pdf'];
/** What has to be read word by word is shown less of, for the sake of time. */
const WORDY: ReadonlySet<string> = new Set(['pdf', 'small']);
/** A twentieth of what a bomb unpacks to, and YARA’s start with it. */
const MOST_GROWN_BY_BOMB = 48 * 2 ** 20;
const WORDY_BYTES = 40 * 2 ** 20;

function assertBounded(t: TestContext, all: readonly Grown[], most: number): void {
  const largest = all.toSorted((a, b) => b.grown - a.grown)[0];
  t.diagnostic(
    `${all.length} looked, at most ${((largest?.grown ?? 0) / 1e6).toFixed(1)} MB more (${largest?.inspector})`,
  );
  for (const { inspector, grown } of all) assert.ok(grown < most, `${inspector}: ${grown} bytes`);
}

for (const shape of EVERYDAY) {
  const bytes = WORDY.has(shape) ? WORDY_BYTES : OBJECT_BYTES;
  test(`[PROVE-93] memory does not grow with an object of the shape ${shape}, which is clean`, async (t) => {
    const all = await grownOver(shape, bytes, 'together');
    assertBounded(t, all, MOST_GROWN_SHARE * bytes);
    const [{ verdict, shown } = { verdict: '', shown: 0 }] = all;
    assert.deepEqual([verdict, shown > 0.98 * bytes], ['clean', true]);
  });
}

for (const shape of BOMB_SHAPES) {
  test(`[PROVE-94] a bomb of 1 GB of the shape ${shape} is told in bounded memory`, async (t) => {
    const all = await grownOver(shape, BOMB_BYTES, 'together');
    assertBounded(t, all, MOST_GROWN_BY_BOMB);
    const isTold = ({ codes }: Grown) => codes.some((code) => /^(structure\.inflate|unpacking\.)-?bomb$/.test(code));
    assert.deepEqual(
      all.map((one) => [one.verdict, isTold(one)]),
      [['malicious', true]],
    );
  });
}
