import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fragmenter, type FragmentSink } from './scu-fragments.ts';

interface Value {
  readonly isCommand: boolean;
  readonly isLast: boolean;
  readonly bytes: Uint8Array;
}

/** Takes copies when flushed, as a kernel does: a fragmenter that lets bytes be reused too early shows. */
function collector(): { readonly sink: FragmentSink; readonly values: Value[] } {
  const values: Value[] = [];
  let pending: Value[] = [];
  const sink: FragmentSink = {
    data: (isCommand, isLast, bytes) => pending.push({ isCommand, isLast, bytes }),
    cork: () => {},
    uncork: () => {},
    flushed: async () => {
      values.push(...pending.map((value) => ({ ...value, bytes: value.bytes.slice() })));
      pending = [];
    },
  };
  return { sink, values };
}

const COMMAND = new Uint8Array([9, 9, 9]);

async function sent(
  data: Uint8Array,
  pieceBytes: number,
  fragmentBytes: number,
  isLengthKnown: boolean,
): Promise<Value[]> {
  const { sink, values } = collector();
  const fragmenter = new Fragmenter(sink, fragmentBytes, COMMAND, isLengthKnown ? data.byteLength : undefined);
  const reused = new Uint8Array(Math.max(pieceBytes, 1));
  for (let at = 0; at < data.byteLength; at += pieceBytes) {
    const piece = data.subarray(at, at + pieceBytes);
    reused.fill(0xee);
    reused.set(piece);
    assert.equal(await fragmenter.push(reused.subarray(0, piece.byteLength)), true);
  }
  if (!isLengthKnown || data.byteLength === 0) await fragmenter.end();
  return values;
}

test('[WIRE-24] whole, in pieces or one byte at a time, with or without a known length, the peer reads the same bytes', async () => {
  for (const length of [0, 1, 2, 9, 10, 11, 20, 21, 64, 300]) {
    const data = Uint8Array.from({ length }, (_, i) => i & 0xff);
    for (const pieceBytes of [1, 2, 3, 7, 10, 16, 299, 300, 1000]) {
      for (const fragmentBytes of [2, 10, 64]) {
        for (const isLengthKnown of [true, false]) {
          const values = await sent(data, pieceBytes, fragmentBytes, isLengthKnown);
          const where = `${length} bytes in pieces of ${pieceBytes}, fragments of ${fragmentBytes}, known: ${isLengthKnown}`;
          assert.deepEqual(
            Buffer.concat(values.filter((v) => !v.isCommand).map((v) => v.bytes)),
            Buffer.from(data),
            where,
          );
          assert.deepEqual(
            values.map((v) => v.isCommand),
            values.map((_, i) => i === 0),
            where,
          );
          const dataSet = values.slice(1);
          assert.deepEqual(
            dataSet.map((v) => v.isLast),
            dataSet.map((_, i) => i === dataSet.length - 1),
            where,
          );
          assert.ok(
            dataSet.every((v) => v.bytes.byteLength <= fragmentBytes),
            where,
          );
          assert.ok(
            dataSet.every((v) => v.isLast || v.bytes.byteLength === fragmentBytes),
            where,
          );
        }
      }
    }
  }
});

test('[WIRE-24] a data set longer than a burst goes out in full fragments', async () => {
  const data = new Uint8Array(1_000_001).map((_, i) => i * 7);
  const values = await sent(data, data.byteLength, 16_372, true);
  assert.equal(values.length, 1 + Math.ceil(data.byteLength / 16_372));
  assert.deepEqual(Buffer.concat(values.slice(1).map((v) => v.bytes)), Buffer.from(data));
});

test('[WIRE-25] more bytes than announced are not sent', async () => {
  const { sink, values } = collector();
  const fragmenter = new Fragmenter(sink, 10, COMMAND, 5);
  assert.equal(await fragmenter.push(new Uint8Array(6)), false);
  assert.deepEqual(values, []);
});
