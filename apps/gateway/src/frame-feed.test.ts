import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { DeclaredImage, TrialOutcome } from '@leadglass/inspect';
import { ManualClock } from '@leadglass/kit';
import { type AnnouncedFrame, FrameFeed, MOST_FRAME_BYTES, MOST_FRAMES } from './frame-feed.ts';
import { PipedTrials } from './piped-trials.ts';
import { servedIn } from './served-messages.ts';
import { TrialLanes } from './trial-lanes.ts';

const IMAGE: DeclaredImage = {
  transferSyntaxUid: '1.2.840.10008.1.2.5',
  ...{ rows: 2, columns: 2, samplesPerPixel: 1, bitsAllocated: 8, bitsStored: 8 },
  ...{ photometric: 'MONOCHROME2', isSigned: false, isPlanar: false },
};

/** A process's side and the keeper's, joined by a pipe; `decode` is asked for each frame. */
function joined(decode: (frame: Uint8Array) => Promise<TrialOutcome>, clock = new ManualClock()) {
  const pipe = new PassThrough();
  const announced: AnnouncedFrame[] = [];
  const trials = new PipedTrials(
    (frame) => {
      announced.push(frame);
      assert.equal(feed.announce(frame), true);
    },
    () => pipe,
    clock,
  );
  const feed = new FrameFeed(pipe, { trial: decode }, (job, outcome) => trials.tried(job, outcome));
  return { trials, announced, clock, pipe };
}

test('[INSPECT-382] frames go through the keeper as they are, and each gets its own answer', async () => {
  const seen: Buffer[] = [];
  const { trials } = joined(async (frame) => {
    seen.push(Buffer.from(frame));
    await delay(frame.length % 7);
    return frame.length % 2 === 0 ? 'decoded' : 'refused';
  });
  const frames = [1, 100_000, 70_001, 2, 3_000_000, 33, 64, 65_537, 12, 400_001, 5, 6].map((bytes) =>
    randomBytes(bytes),
  );
  const outcomes = await Promise.all(frames.map((frame) => trials.forObject().trial(frame, IMAGE)));
  assert.deepEqual(
    outcomes,
    frames.map(({ length }) => (length % 2 === 0 ? 'decoded' : 'refused')),
  );
  assert.deepEqual(seen.length, frames.length);
  for (const [at, frame] of frames.entries()) assert.ok(seen[at]?.equals(frame), `frame ${at}`);
});

test('[INSPECT-383] what is on its way is bounded: a process waits, and one that does not is none of ours', async () => {
  const { trials, announced } = joined(() => new Promise(() => {}));
  for (let i = 0; i < 50; i += 1) void trials.forObject().trial(randomBytes(100), IMAGE);
  await delay(5);
  assert.equal(announced.length, MOST_FRAMES);
  const feed = new FrameFeed(new PassThrough(), { trial: async () => 'decoded' }, () => {});
  const frame = (bytes: number) => ({ job: 1, bytes, image: IMAGE });
  assert.equal(feed.announce(frame(MOST_FRAME_BYTES + 1)), false);
  assert.equal(feed.announce(frame(MOST_FRAME_BYTES)), true);
  assert.equal(feed.announce(frame(1)), false);
});

test('[INSPECT-384] an object waits for its frames within one bound, whatever the decoders do', async () => {
  const { trials, clock } = joined(() => new Promise(() => {}));
  const object = trials.forObject();
  const first = object.trial(randomBytes(100), IMAGE);
  clock.advance(30_000);
  assert.equal(await first, 'unavailable');
  assert.equal(await object.trial(randomBytes(100), IMAGE), 'unavailable');
  assert.equal(await trials.forObject().trial(randomBytes(0), IMAGE), 'too-large');
});

test('[INSPECT-385] a frame’s announcement is parsed, every number bounded', () => {
  const good = { t: 'trial', job: 1, bytes: 10, image: IMAGE };
  assert.deepEqual(servedIn(good), good);
  const { rows: _rows, ...incomplete } = IMAGE;
  const bad = [
    { ...good, bytes: 0 },
    { ...good, bytes: 1.5 },
    { ...good, image: { ...IMAGE, rows: -2 } },
    { ...good, image: { ...IMAGE, columns: 2 ** 40 } },
    { ...good, image: { ...IMAGE, photometric: 'x'.repeat(5000) } },
    { ...good, image: incomplete },
  ];
  for (const each of bad) assert.equal(servedIn(each), undefined);
});

test('[INSPECT-386] a frame that fails its first try has a second in another lane: what only one decoder’s death would say is not said', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-lanes-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const entry = join(folder, 'decoder.mjs');
  // Dies of a frame that begins with 0.
  writeFileSync(
    entry,
    `let job; process.on('message', (message) => { job = message.job; });
    process.stdin.on('data', (bytes) => bytes[0] === 0 ? process.abort() : process.send({ t: 'outcome', job, outcome: 'decoded' }));
    process.send({ t: 'ready' });`,
  );
  const lanes = new TrialLanes({ count: 1, entry });
  t.after(() => lanes.stop());
  assert.equal(await lanes.trial(Uint8Array.of(1, 2), IMAGE), 'decoded');
  assert.equal(await lanes.trial(Uint8Array.of(0, 2), IMAGE), 'crashed');
  assert.equal(await lanes.trial(Uint8Array.of(1, 2), IMAGE), 'decoded');
});
