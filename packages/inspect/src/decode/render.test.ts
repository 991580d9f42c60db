import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { decodeFrame, picture } from '../index.ts';

const [ROWS, COLUMNS] = [8, 16];
const VIEW = {
  photometric: 'MONOCHROME2',
  bitsStored: 8,
  isSigned: false,
  slope: 1,
  intercept: 0,
  window: { center: 128, width: 256 },
};

/** Left half black, right half white. */
async function halves() {
  const pixels = Uint8Array.from({ length: ROWS * COLUMNS }, (_, at) => (at % COLUMNS < COLUMNS / 2 ? 0 : 255));
  const image = {
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    rows: ROWS,
    columns: COLUMNS,
    samplesPerPixel: 1,
    bitsAllocated: 8,
    bitsStored: 8,
    photometric: 'MONOCHROME2',
    isSigned: false,
    isPlanar: false,
  };
  const outcome = await decodeFrame(pixels, image);
  assert.ok(outcome.kind === 'decoded');
  return outcome.frame;
}

/** Sides and grey values of a PNG that `picture` wrote. */
function read(png: Uint8Array): { columns: number; rows: number; line: number[] } {
  const bytes = Buffer.from(png);
  const [columns, rows] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const at = bytes.indexOf('IDAT', 0, 'latin1');
  const lines = inflateSync(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at - 4)));
  return { columns, rows, line: [...lines.subarray(1, 1 + columns)] };
}

test('[INSPECT-494] a picture has the frame’s own size, or fits a viewport, its shape kept', async () => {
  const frame = await halves();
  const sides = async (viewport?: { columns: number; rows: number }) => {
    const { columns, rows } = read(
      (await picture(frame, VIEW, { type: 'png', quality: 90, viewport })) ?? new Uint8Array(0),
    );
    return [columns, rows];
  };
  assert.deepEqual(await sides(), [16, 8]);
  assert.deepEqual(await sides({ columns: 8, rows: 100 }), [8, 4]);
  assert.deepEqual(await sides({ columns: 1000, rows: 80 }), [160, 80]);
  assert.deepEqual(await sides({ columns: 1, rows: 1 }), [1, 1]);
});

test('[INSPECT-494] black stays black and white white, at any size; a region is that part alone', async () => {
  const frame = await halves();
  for (const viewport of [undefined, { columns: 4, rows: 4 }, { columns: 64, rows: 64 }]) {
    const { line } = read((await picture(frame, VIEW, { type: 'png', quality: 90, viewport })) ?? new Uint8Array(0));
    assert.deepEqual([line[0], line.at(-1)], [0, 255]);
  }
  const region = { left: 8, top: 0, columns: 100, rows: 2 };
  const part = read((await picture(frame, VIEW, { type: 'png', quality: 90, region })) ?? new Uint8Array(0));
  assert.deepEqual(part, { columns: 8, rows: 2, line: Array.from({ length: 8 }, () => 255) });
  assert.equal(await picture(frame, VIEW, { type: 'png', quality: 90, region: { ...region, left: 16 } }), undefined);
});

test('[INSPECT-495] a JPEG of ours is one that our decoder reads, noise at the best quality too; what is too small is none', async () => {
  const [rows, columns] = [96, 100];
  const image = {
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    rows,
    columns,
    samplesPerPixel: 1,
    bitsAllocated: 8,
    bitsStored: 8,
    photometric: 'MONOCHROME2',
    isSigned: false,
    isPlanar: false,
  };
  for (const side of [rows, 56]) {
    const noise = await decodeFrame(randomBytes(rows * columns), image);
    assert.ok(noise.kind === 'decoded');
    const made = await picture(noise.frame, VIEW, {
      type: 'jpeg',
      quality: 100,
      viewport: { columns: 1000, rows: side },
    });
    assert.ok(made !== undefined);
    const samplesPerPixel = side === rows ? 1 : 3;
    const read = await decodeFrame(made, { ...image, samplesPerPixel, transferSyntaxUid: '1.2.840.10008.1.2.4.50' });
    assert.ok(read.kind === 'decoded');
    assert.deepEqual([read.frame.rows, read.frame.samples], [side, samplesPerPixel]);
  }
  assert.equal(await picture(await halves(), VIEW, { type: 'jpeg', quality: 90 }), undefined);
});
