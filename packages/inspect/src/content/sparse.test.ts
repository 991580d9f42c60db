import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SparseSearch } from './sparse.ts';

const LONG = Buffer.from('the words looked for, sixty-eight of them, all in one row, no others', 'latin1');

test('[INSPECT-365] a long text is found at every place, in every memory, as the native search finds it', () => {
  const search = SparseSearch.of(LONG);
  assert.ok(search !== undefined);
  const memory = new ArrayBuffer(512);
  for (let begin = 0; begin < 8; begin += 1) {
    const bytes = new Uint8Array(memory, begin, 400 + (begin % 3));
    for (let at = 0; at + LONG.length <= bytes.length; at += 1) {
      bytes.fill(0x61);
      bytes.set(LONG, at);
      for (const from of [0, at, at + 1, at + 70].filter((one) => one <= bytes.length))
        assert.equal(search.indexOf(bytes, from), Buffer.from(memory, begin, bytes.length).indexOf(LONG, from));
    }
  }
});

test('[INSPECT-365] the first of several is found, what only begins like it is not, nor what lies outside the view', () => {
  const search = SparseSearch.of(LONG);
  const twice = Buffer.concat([LONG.subarray(0, 67), LONG, LONG, LONG.subarray(1)]);
  assert.equal(search?.indexOf(twice, 0), 67);
  assert.equal(search?.indexOf(twice, 68), 67 + 68);
  assert.equal(search?.indexOf(twice, 67 + 69), -1);
  assert.equal(search?.indexOf(twice.subarray(0, 67 + 67), 0), -1);
  assert.equal(search?.indexOf(new Uint8Array(0), 0), -1);
});

test('[INSPECT-365] a text that repeats itself is found where it first begins', () => {
  const row = Buffer.from('abcd'.repeat(17), 'latin1');
  const search = SparseSearch.of(row);
  const content = Buffer.from(`xx${'abcd'.repeat(40)}`, 'latin1');
  assert.equal(search?.indexOf(content, 0), content.indexOf(row));
});

test('[INSPECT-365] for a short text the native search is taken', () => {
  assert.equal(SparseSearch.of(LONG.subarray(0, 18)), undefined);
});
