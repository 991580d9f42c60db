import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodestreamEnd } from './codestream-end.ts';

/** Where it ends, in pieces of so many bytes; -1 when it does not. */
function endOf(bytes: Uint8Array, pieceBytes: number): number {
  const end = new CodestreamEnd();
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const found = end.push(bytes.subarray(at, at + pieceBytes));
    if (found >= 0) return at + found;
  }
  return -1;
}

const STREAMS: readonly (readonly [name: string, hex: string])[] = [
  ['JPEG with an end mark in a segment', 'ffd8' + 'ffe00006ffd9ffd9' + 'ffda00041122' + 'aaff00bbffd0ccff' + 'ffd9'],
  ['JPEG of two scans', 'ffd8' + 'ffda00041122' + 'aabb' + 'ffc40006ffd90102' + 'ffda00041122' + 'ccff00' + 'ffd9'],
  ['JPEG with bytes between segments', 'ffd8' + '00ffe000041122' + '0102' + 'ffda00041122' + 'aa' + 'ffd9'],
  ['JPEG-LS with its stuffing', 'ffd8' + 'ffda00041122' + 'ff01ff7faa' + 'ffd9'],
  ['JPEG 2000', 'ff4f' + 'ff510004ffd9' + 'ff90000a00000000001000' + '01ff93ffd9' + 'ffd9'],
  ['JPEG 2000 to the end', 'ff4f' + 'ff5100041122' + 'ff90000a00000000000000' + '01ff93aabbff8fcc' + 'ffd9'],
];

test('[INSPECT-304] the end of a codestream is found in any pieces, past what only looks like one', () => {
  for (const [name, hex] of STREAMS) {
    const stream = Buffer.from(hex, 'hex');
    const bytes = Buffer.concat([stream, Buffer.from('ffd9ffd8 behind', 'latin1')]);
    for (const pieceBytes of [bytes.length, 7, 3, 1]) assert.equal(endOf(bytes, pieceBytes), stream.length, name);
    assert.equal(endOf(stream.subarray(0, -1), 2), -1, name);
  }
});

test('[INSPECT-304] what is no codestream has no end', () => {
  assert.equal(endOf(Buffer.from('a text \xff\xd8 and \xff\xd9 more', 'latin1'), 4), -1);
});
