import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexRowsOf, offsetText } from './hex.ts';

test('[CONSOLE-94] bytes stand in rows of sixteen with their place, and what was asked for is marked, across rows too', () => {
  const bytes = Array.from({ length: 36 }, (_, at) => (0x3c + at).toString(16).padStart(2, '0')).join('');
  const rows = hexRowsOf({ offset: 132, bytes, mark: { offset: 146, bytes: 4 } });
  assert.deepEqual(
    rows.map(({ offset, bytes: row }) => [offset, row.length]),
    [
      [132, 16],
      [148, 16],
      [164, 4],
    ],
  );
  const marked = rows.flatMap(({ bytes: row }) => row.filter(({ isMarked }) => isMarked).map(({ hex }) => hex));
  assert.deepEqual(marked, ['4a', '4b', '4c', '4d']);
  assert.equal(rows[0]?.bytes[0]?.shown, '<');
  assert.equal(
    hexRowsOf({ offset: 0, bytes: '1b7f80', mark: { offset: 9, bytes: 9 } })[0]
      ?.bytes.map(({ shown }) => shown)
      .join(''),
    '...',
  );
  assert.deepEqual(hexRowsOf({ offset: 0, bytes: '', mark: { offset: 0, bytes: 0 } }), []);
  assert.equal(offsetText(0x1a2f), '00001A2F');
});
