import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hunt } from './hunt.ts';

const MARKS = ['aab', 'ba', 'abcab'];

/** Every mark found from left to right, each behind the last: `which@end`. */
function naive(text: string): string[] {
  const found: string[] = [];
  for (let from = 0; ; ) {
    const hits = MARKS.map((mark) => text.indexOf(mark, from));
    const first = Math.min(...hits.filter((at) => at >= 0));
    if (!Number.isFinite(first)) return found;
    const which = hits.indexOf(first);
    from = first + (MARKS[which]?.length ?? 0);
    found.push(`${which}@${from}`);
  }
}

function hunted(text: string, pieceBytes: number): string[] {
  const hunt = new Hunt(MARKS);
  const found: string[] = [];
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    hunt.newPiece();
    let view = bytes.subarray(at, at + pieceBytes);
    for (let mark = hunt.find(view); mark !== undefined; mark = hunt.find(view)) {
      view = view.subarray(mark.end);
      found.push(`${mark.which}@${Math.min(at + pieceBytes, bytes.length) - view.length}`);
    }
  }
  return found;
}

test('[INSPECT-330] marks are found in any pieces, the earliest first, each byte once', () => {
  let state = 7;
  const letters = Array.from({ length: 12_000 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return 'abcd'[(state >>> 16) % 4] ?? '';
  });
  const text = letters.join('');
  const expected = naive(text);
  assert.ok(expected.length > 500);
  for (const pieceBytes of [1, 2, 3, 5, 7, 4096, 5000, text.length])
    assert.deepEqual(hunted(text, pieceBytes), expected, `pieces of ${pieceBytes}`);
});
