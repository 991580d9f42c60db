import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { FrameRoom, FrameSample } from './sample.ts';

const MB = 1024 * 1024;

/** Keeps one frame of `bytes`, given in pieces of a buffer that is used again, as a network does. */
function keep(sample: FrameSample, bytes: Uint8Array, pieceBytes = 1000): void {
  const buffer = Buffer.alloc(pieceBytes);
  sample.begin(0, 1, 0);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const part = bytes.subarray(at, at + pieceBytes);
    buffer.set(part);
    sample.bytes(buffer.subarray(0, part.length));
  }
  sample.end();
}

test('[INSPECT-380] a frame is kept as it came, also from a reader that uses its buffer again', () => {
  const frame = randomBytes(10_500);
  const sample = new FrameSample();
  keep(sample, frame);
  assert.ok(Buffer.from(sample.kept[0]?.bytes ?? []).equals(frame));
});

test('[INSPECT-381] objects share the memory for frames: each may have half of what is left, and gives it back', () => {
  const room = new FrameRoom(16 * MB);
  const held = [1, 2, 3].map(() => {
    const sample = new FrameSample(room);
    keep(sample, new Uint8Array(16 * MB), MB / 4);
    return sample;
  });
  assert.deepEqual(
    held.map(({ isTooLarge }) => isTooLarge),
    [true, true, true],
  );
  const fits = [8, 4, 2, 1].map((size) => {
    const sample = new FrameSample(room);
    keep(sample, new Uint8Array(size * MB), MB / 4);
    return sample;
  });
  assert.deepEqual(
    fits.map(({ isTooLarge, kept }) => [isTooLarge, kept.length]),
    Array(4).fill([false, 1]),
  );
  const late = new FrameSample(room);
  keep(late, new Uint8Array(MB), MB / 4);
  assert.equal(late.isTooLarge, true);
  for (const sample of fits) sample.clear();
  for (const sample of fits) sample.clear();
  const again = new FrameSample(room);
  keep(again, new Uint8Array(8 * MB), MB / 4);
  assert.equal(again.isTooLarge, false);
});
