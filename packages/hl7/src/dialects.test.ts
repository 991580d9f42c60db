import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generate } from './dialects.testkit.ts';
import { frame, MllpFramer } from './mllp.ts';
import { readV2 } from './reader.ts';
import type { ReadingKind } from './readings.ts';

const ROUNDS = 300;
const KINDS: readonly ReadingKind[] = ['result', 'order', 'admission', 'merge', 'schedule', 'document'];

for (const kind of KINDS) {
  test(`[HL7-10] generated facts, written in any dialect and read, are the same facts: ${kind}`, () => {
    for (let seed = 1; seed <= ROUNDS; seed += 1) {
      const { bytes, fallbackCharset, charset, header, patients, isGuess } = generate(seed, kind);
      const reading = readV2(bytes, { fallbackCharset });
      assert.ok(reading.kind !== 'unreadable', `seed ${seed} is unreadable`);
      assert.deepEqual(
        { ...reading, problems: reading.problems.length },
        { kind, header, charset, patients, problems: isGuess ? 1 : 0 },
        `seed ${seed}`,
      );
    }
  });
}

test('[HL7-1] generated messages come through the framing as they are, however they are cut', () => {
  const messages = Array.from({ length: 40 }, (_, index) => generate(index + 1).bytes);
  const stream = Buffer.concat(messages.map(frame));
  for (const pieceBytes of [1, 13, 1460, stream.byteLength]) {
    const framer = new MllpFramer();
    const events = [];
    for (let at = 0; at < stream.byteLength; at += pieceBytes)
      events.push(...framer.push(stream.subarray(at, at + pieceBytes)));
    assert.deepEqual(
      events,
      messages.map((bytes) => ({ kind: 'message', bytes })),
    );
  }
});
