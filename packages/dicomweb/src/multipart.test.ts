import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { readBody } from './dicomweb.testkit.ts';
import { bodyEnd, DEFAULT_MULTIPART_LIMITS, isBoundary, partHead } from './index.ts';

const BOUNDARY = 'xYz';
const TYPE = { 'Content-Type': 'application/dicom' };

function written(datas: readonly Uint8Array[]): Buffer {
  const pieces = datas.flatMap((data, index) => [partHead(BOUNDARY, TYPE, index === 0), data]);
  return Buffer.concat([...pieces, bodyEnd(BOUNDARY, datas.length)]);
}

/** Data that looks like what surrounds it. */
const TRICKY = [
  Buffer.from('\r\n--xY'),
  Buffer.from('\r\n--xyZ\r\n--\r\n\r\r\n-'),
  Buffer.alloc(0),
  Buffer.from('\r\n\r\n--xY\r'),
  randomBytes(5000),
  Buffer.from('\r'),
];

test('[DICOMWEB-2] a multipart body is read alike whole, in pieces and byte by byte', () => {
  const body = written(TRICKY);
  for (const step of [body.length, 1000, 7, 3, 2, 1]) {
    const { parts, fault } = readBody(body, BOUNDARY, step);
    assert.equal(fault, undefined, `step ${step}`);
    assert.deepEqual(
      parts.map(({ data }) => data.toString('hex')),
      TRICKY.map((data) => data.toString('hex')),
      `step ${step}`,
    );
    assert.ok(parts.every(({ isEnded, headers }) => isEnded && headers['content-type'] === 'application/dicom'));
  }
});

test('[DICOMWEB-2] a preamble, blanks behind the delimiter, no headers and an epilogue change nothing', () => {
  const body = Buffer.from('hello\r\n--xYz \t\r\n\r\none\r\n--xYz\r\nA: b\r\n\r\ntwo\r\n--xYz--\r\nafter --xYz');
  for (const step of [body.length, 5, 1]) {
    const { parts, fault } = readBody(body, BOUNDARY, step);
    assert.equal(fault, undefined);
    assert.deepEqual(
      parts.map(({ data, headers }) => [data.toString(), headers]),
      [
        ['one', {}],
        ['two', { a: 'b' }],
      ],
    );
  }
});

test('[DICOMWEB-3] what is too long, too many or cut off is told', () => {
  const limits = { ...DEFAULT_MULTIPART_LIMITS, parts: 2, headerBytes: 64, headers: 2, preambleBytes: 32 };
  const faultOf = (body: string, step = 4) => readBody(Buffer.from(body), BOUNDARY, step, limits).fault;
  assert.equal(faultOf('x'.repeat(100)), 'no-delimiter');
  assert.equal(faultOf('--xYz\r\nA: b\r\n\r\ndata'), 'truncated');
  assert.equal(faultOf('--xYz\r\nA: b\r\n\r\ndata\r\n--xYz'), 'truncated');
  assert.equal(faultOf(`--xYz\r\nA: ${'b'.repeat(100)}\r\n\r\n`), 'headers-too-long');
  assert.equal(faultOf('--xYz\r\nA: b\r\nB: b\r\nC: b\r\n\r\nx'), 'bad-header');
  assert.equal(faultOf('--xYz\r\nno header\r\n\r\nx\r\n--xYz--'), 'bad-header');
  assert.equal(faultOf('--xYzw\r\n\r\nx'), 'bad-delimiter');
  assert.equal(
    faultOf(written([TRICKY[5], TRICKY[5], TRICKY[5]].map((one) => one ?? Buffer.alloc(0))).toString('latin1')),
    'too-many-parts',
  );
});

test('[DICOMWEB-3] a part that is cut off was never said to have ended', () => {
  const { parts } = readBody(written([Buffer.from('whole'), Buffer.from('cut off')]).subarray(0, -15), BOUNDARY, 3);
  assert.deepEqual(
    parts.map(({ isEnded }) => isEnded),
    [true, false],
  );
});

test('[DICOMWEB-13] random bytes and cuts never throw', () => {
  const body = written(TRICKY);
  for (let round = 0; round < 2000; round += 1) {
    const damaged = Buffer.from(body.subarray(0, 1 + (randomBytes(2).readUInt16LE() % body.length)));
    for (let hits = 0; hits < 3; hits += 1)
      damaged[randomBytes(2).readUInt16LE() % damaged.length] = randomBytes(1)[0] ?? 0;
    readBody(damaged, BOUNDARY, 1 + (round % 97));
  }
  assert.ok(
    isBoundary('a b') && !isBoundary('a ') && !isBoundary('') && !isBoundary('x'.repeat(201)) && !isBoundary('a\r\nb'),
  );
});
