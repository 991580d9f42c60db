import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  encodeElements,
  IMPLICIT_VR_LITTLE_ENDIAN,
} from '@leadglass/dicom';
import { ManualClock } from '@leadglass/kit';
import { isRetryTold, retryDelayMs } from './backoff.ts';
import { decodeCommitmentReport, encodeCommitmentRequest } from './commitment-data-set.ts';
import { STORE_STATUSES, storeStatusClass } from './delivery-status.ts';
import { Pacer, prefetch } from './prefetch.ts';

const LIMITS = { firstRetryMs: 1000, longestRetryMs: 300_000 };
const noJitter = (into: Uint8Array) => into.fill(0);
const mostJitter = (into: Uint8Array) => into.fill(255);

test('[RELAY-27] waits double from a second to five minutes and lose up to a half by chance', () => {
  const waits = [1, 2, 3, 9, 10, 1000, 1e9].map((failures) => retryDelayMs(failures, LIMITS, noJitter));
  assert.deepEqual(waits, [1000, 2000, 4000, 256_000, 300_000, 300_000, 300_000]);
  assert.equal(retryDelayMs(1, LIMITS, mostJitter), 502);
});

test('[RELAY-28] a retry is told the first time and then at widening intervals', () => {
  const told = Array.from({ length: 40 }, (_, i) => i).filter(isRetryTold);
  assert.deepEqual(told, [1, 2, 4, 8, 16, 32]);
});

test('[RELAY-29] statuses are classed by the table, unknown ones as permanent', () => {
  const classes = [
    0, 0xb000, 0xb007, 0x0111, 0xa700, 0xa7ff, 0x0213, 0x0110, 0xa900, 0xc000, 0xcfff, 0x0122, 0x0124, 0x1234,
  ].map(storeStatusClass);
  assert.deepEqual(classes, [
    'delivered',
    'delivered',
    'delivered',
    'delivered',
    'transient',
    'transient',
    'transient',
    'doubtful',
    'permanent',
    'permanent',
    'permanent',
    'permanent',
    'permanent',
    'permanent',
  ]);
});

test('[RELAY-29] the rows of the table do not overlap', () => {
  const sorted = [...STORE_STATUSES].sort((a, b) => a.from - b.from);
  for (const [i, row] of sorted.entries()) assert.ok(row.to < (sorted[i + 1]?.from ?? 0x10000), row.meaning);
});

test('[RELAY-30] a commitment request names its transaction and its objects', () => {
  const objects = [
    { sopClassUid: '1.2.3', sopInstanceUid: '1.2.3.4' },
    { sopClassUid: '1.2.3', sopInstanceUid: '1.2.3.45' },
  ];
  const said = decodeCommitmentReport(encodeCommitmentRequest('2.25.77', objects), IMPLICIT_VR_LITTLE_ENDIAN);
  assert.deepEqual(said, { transactionUid: '2.25.77', committed: ['1.2.3.4', '1.2.3.45'], refused: [] });
});

const REPORT = [
  { tag: 0x00081195, value: '2.25.78' },
  {
    tag: 0x00081198,
    value: [
      [
        { tag: 0x00081150, value: '1.2' },
        { tag: 0x00081155, value: '1.2.9' },
        { tag: 0x00081197, value: 0x0112 },
      ],
    ],
  },
  {
    tag: 0x00081199,
    value: [
      [
        { tag: 0x00081150, value: '1.2' },
        { tag: 0x00081155, value: '1.2.8' },
      ],
    ],
  },
];

test('[RELAY-31] a report is read in any uncompressed encoding, whole or not at all', () => {
  for (const syntax of [IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN]) {
    const bytes = encodeElements(REPORT, syntax);
    const refused = [{ sopInstanceUid: '1.2.9', failureReason: 0x0112 }];
    assert.deepEqual(decodeCommitmentReport(bytes, syntax), {
      transactionUid: '2.25.78',
      committed: ['1.2.8'],
      refused,
    });
    for (let cut = 17; cut < bytes.byteLength; cut += 1) {
      const said = decodeCommitmentReport(bytes.subarray(0, cut), syntax);
      assert.ok(said === undefined || said.committed.length + said.refused.length < 2, `cut at ${cut}`);
    }
  }
  assert.equal(decodeCommitmentReport(new Uint8Array(500).fill(0xff), IMPLICIT_VR_LITTLE_ENDIAN), undefined);
  assert.equal(decodeCommitmentReport(new Uint8Array(0), IMPLICIT_VR_LITTLE_ENDIAN), undefined);
});

test('[RELAY-32] the first piece is read ahead, the others when asked for, and what is discarded is closed', async () => {
  const read: number[] = [];
  let isClosed = false;
  async function* pieces() {
    try {
      for (let i = 0; i < 3; i += 1) {
        read.push(i);
        yield Uint8Array.of(i);
      }
    } finally {
      isClosed = true;
    }
  }
  const ahead = prefetch(pieces());
  await new Promise(setImmediate);
  assert.deepEqual(read, [0]);
  const got: number[] = [];
  for await (const piece of ahead) got.push(piece[0] ?? -1);
  assert.deepEqual([got, isClosed], [[0, 1, 2], true]);
  isClosed = false;
  const unread = prefetch(pieces());
  unread.discard();
  await new Promise(setImmediate);
  assert.equal(isClosed, true);
});

test('[RELAY-33] a bandwidth limit holds over all objects of a destination', async () => {
  const clock = new ManualClock();
  const pacer = new Pacer(clock);
  async function* object() {
    yield new Uint8Array(1000);
    yield new Uint8Array(1000);
  }
  const arrivedMs: number[] = [];
  const sending = (async () => {
    for (let i = 0; i < 2; i += 1)
      for await (const _ of pacer.pace(object(), 1000)) arrivedMs.push(clock.monotonicMs());
  })();
  for (let i = 0; i < 40; i += 1) {
    await new Promise(setImmediate);
    clock.advance(100);
  }
  await sending;
  assert.deepEqual(
    arrivedMs.map((ms) => Math.round(ms / 1000)),
    [0, 1, 2, 3],
  );
});
