import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { EXPLICIT_VR_LITTLE_ENDIAN, encodeElements, ITEM, SEQUENCE_DELIMITATION } from '@leadglass/dicom';
import { type Found, placesOf } from './frame-places.ts';
import { mapOf } from './object-map.ts';
import type { Source } from './source.ts';

const JPEG = '1.2.840.10008.1.2.4.50';
const RLE = '1.2.840.10008.1.2.5';

function item(tag: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

/** A data set with these fragments, and what stands before them. */
function fragmented(
  frames: number,
  table: Uint8Array,
  fragments: readonly Uint8Array[],
  more: Uint8Array = Buffer.alloc(0),
): Buffer {
  const before = encodeElements(
    [
      { tag: 0x00280008, value: String(frames) },
      { tag: 0x00280010, value: 4 },
      { tag: 0x00280011, value: 4 },
      { tag: 0x00280100, value: 8 },
    ],
    EXPLICIT_VR_LITTLE_ENDIAN,
  );
  const head = Buffer.from('e07f10004f420000ffffffff', 'hex');
  const items = [item(ITEM, table), ...fragments.map((fragment) => item(ITEM, fragment))];
  return Buffer.concat([before, more, head, ...items, item(SEQUENCE_DELIMITATION, Buffer.alloc(0))]);
}

/** A data set in memory, and how much of it was read. */
function sourceOver(dataSet: Buffer, transferSyntaxUid: string): Source & { bytesRead: number } {
  const source = {
    bytesRead: 0,
    instance: {} as Source['instance'],
    transferSyntaxUid,
    fileRange: (range: readonly [number, number]) => range,
    async *read([from, to]: readonly [number, number]) {
      const piece = dataSet.subarray(from, to);
      source.bytesRead += piece.length;
      if (piece.length > 0) yield piece as Uint8Array;
    },
    async *from(offset: number) {
      for (let at = offset; at < dataSet.length; at += 256) yield* source.read([at, at + 256]);
    },
  };
  return source;
}

async function framesIn(dataSet: Buffer, transferSyntaxUid: string): Promise<(Buffer | undefined)[]> {
  const source = sourceOver(dataSet, transferSyntaxUid);
  const map = await mapOf(source);
  let kept: Found | undefined;
  const places = await placesOf(source, map, {
    get: () => kept,
    put: (found) => {
      kept = found;
    },
  });
  const frames: (Buffer | undefined)[] = [];
  for (let index = 0; index <= map.frames; index += 1) {
    const ranges = await places?.of(index);
    frames.push(
      ranges === undefined ? undefined : Buffer.concat(ranges.map(([from, to]) => dataSet.subarray(from, to))),
    );
  }
  return frames;
}

const soi = (bytes: number): Buffer => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(bytes - 4)]);
const plain = (bytes: number): Buffer => Buffer.concat([Buffer.from([1, 2, 3, 4]), randomBytes(bytes - 4)]);
const offsets = (...values: number[]): Buffer => {
  const table = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) table.writeUInt32LE(value, at * 4);
  return table;
};

test('[DICOMWEB-20] frames are found by the basic offset table, of one fragment or several', async () => {
  const [a, b, c, d] = [soi(100), plain(60), soi(80), plain(40)];
  const dataSet = fragmented(3, offsets(0, 176, 264), [a, b, c, d]);
  assert.deepEqual(await framesIn(dataSet, JPEG), [Buffer.concat([a, b]), c, d, undefined]);
});

test('[DICOMWEB-20] without a table: one fragment each, by their marks, or all of one frame', async () => {
  const [a, b, c] = [soi(100), plain(60), soi(80)];
  assert.deepEqual(await framesIn(fragmented(3, Buffer.alloc(0), [a, b, c]), RLE), [a, b, c, undefined]);
  assert.deepEqual(await framesIn(fragmented(2, Buffer.alloc(0), [a, b, c]), JPEG), [
    Buffer.concat([a, b]),
    c,
    undefined,
  ]);
  assert.deepEqual(await framesIn(fragmented(1, Buffer.alloc(0), [a, b, c]), JPEG), [
    Buffer.concat([a, b, c]),
    undefined,
  ]);
});

test('[DICOMWEB-20] frames that cannot be told apart are none', async () => {
  const dataSet = fragmented(5, Buffer.alloc(0), [soi(100), plain(60), soi(80)]);
  assert.deepEqual(
    await framesIn(dataSet, JPEG),
    Array.from({ length: 6 }, () => undefined),
  );
});

test('[DICOMWEB-20] an extended offset table is followed', async () => {
  const [a, b] = [soi(100), soi(80)];
  const wide = (...values: bigint[]) =>
    Buffer.concat(
      values.map((value) => {
        const bytes = Buffer.alloc(8);
        bytes.writeBigUInt64LE(value);
        return bytes;
      }),
    );
  const tables = encodeElements(
    [
      { tag: 0x7fe00001, vr: 'OV', value: wide(0n, 108n) },
      { tag: 0x7fe00002, vr: 'OV', value: wide(100n, 80n) },
    ],
    EXPLICIT_VR_LITTLE_ENDIAN,
  );
  assert.deepEqual(await framesIn(fragmented(2, Buffer.alloc(0), [a, b], tables), JPEG), [a, b, undefined]);
});

test('[DICOMWEB-20] of native pixels the frame alone is read', async () => {
  const pixels = randomBytes(16 * 1000);
  const elements = [
    { tag: 0x00280008, value: '1000' },
    { tag: 0x00280010, value: 4 },
    { tag: 0x00280011, value: 4 },
    { tag: 0x00280100, value: 8 },
    { tag: 0x7fe00010, vr: 'OB', value: pixels },
  ];
  const dataSet = Buffer.from(encodeElements(elements, EXPLICIT_VR_LITTLE_ENDIAN));
  const source = sourceOver(dataSet, EXPLICIT_VR_LITTLE_ENDIAN);
  const places = await placesOf(source, await mapOf(source), { get: () => undefined, put: () => {} });
  const [range] = (await places?.of(999)) ?? [];
  assert.ok(range !== undefined && dataSet.subarray(...range).equals(pixels.subarray(-16)));
  assert.equal(await places?.of(1000), undefined);
  assert.equal(source.bytesRead, 256);
});

test('[DICOMWEB-21] hostile tables and headers give no frame and no end of work', async () => {
  const good = fragmented(3, offsets(0, 108, 216), [soi(100), soi(100), soi(100)]);
  for (let round = 0; round < 300; round += 1) {
    const damaged = Buffer.from(good);
    for (let hits = 0; hits < 4; hits += 1)
      damaged[randomBytes(2).readUInt16LE() % damaged.length] = randomBytes(1)[0] ?? 0;
    await framesIn(damaged.subarray(0, 1 + (randomBytes(2).readUInt16LE() % damaged.length)), JPEG).catch(
      (thrown: Error) => assert.equal(thrown.constructor.name, 'CallBroken'),
    );
  }
  const endless = fragmented(2, offsets(0, 0xfffffff0), [soi(100)]);
  assert.equal((await framesIn(endless, JPEG))[1], undefined);
});
