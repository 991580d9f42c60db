import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes, processorMs } from '@leadglass/kit';
import type { MllpLimits } from './limits.ts';
import { BYTE_CLASSES, frame, MLLP_STATES, MLLP_TABLE, MllpFramer, NEXT_STATE } from './mllp.ts';

const LIMITS: MllpLimits = { messageBytes: 1000, segmentBytes: 300, segments: 10 };
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

/** What a framer says of a stream in pieces of `pieceBytes`, and of its end: messages as text, refusals as their French sentence. */
function said(stream: Uint8Array, pieceBytes: number, limits = LIMITS): readonly string[] {
  const framer = new MllpFramer(limits);
  const events = [];
  for (let at = 0; at < stream.byteLength; at += pieceBytes)
    events.push(...framer.push(stream.subarray(at, at + pieceBytes)));
  events.push(...framer.end());
  return events.map((event) =>
    event.kind === 'message' ? Buffer.from(event.bytes).toString('latin1') : `refused: ${event.why.en}`,
  );
}

/** The same, whole, in pieces and one byte at a time, which must agree. */
function saidAllWays(stream: Uint8Array, limits = LIMITS): readonly string[] {
  const whole = said(stream, stream.byteLength || 1, limits);
  for (const pieceBytes of [1, 2, 3, 7, 100]) assert.deepEqual(said(stream, pieceBytes, limits), whole);
  return whole;
}

test('[HL7-1] messages come out as they were framed: several in a piece, one in many', () => {
  const messages = ['MSH|1\rPID|x', '', 'MSH|2\r', 'é\u0000\u001b'];
  const stream = concatBytes(...messages.map((message) => frame(bytes(message))));
  assert.deepEqual(saidAllWays(stream), messages);
});

const BROKEN: readonly (readonly [what: string, stream: string, expected: RegExp, messages: number])[] = [
  ['bytes before VT', 'GET / HTTP/1.1\r\n', /precede the start/, 0],
  ['a line break between two messages', '\x0bA\x1c\r\n\x0bB\x1c\r', /precede the start/, 1],
  ['VT inside a message', '\x0bMSH\x0bMSH\x1c\r', /inside a message/, 0],
  ['FS without CR', '\x0bMSH\x1cA\x1c\r', /not followed by CR/, 0],
  ['FS and then LF', '\x0bMSH\x1c\n', /not followed by CR/, 0],
  ['a connection that ends in a message', '\x0bA\x1c\r\x0bMSH', /closed in the middle/, 1],
  ['a connection that ends after FS', '\x0bMSH\x1c', /closed in the middle/, 0],
];

for (const [what, stream, expected, messages] of BROKEN) {
  test(`[HL7-2] ${what} is refused, and what came before is kept`, () => {
    const events = saidAllWays(bytes(stream));
    assert.equal(events.length, messages + 1);
    assert.match(events.at(-1) ?? '', expected);
  });
}

test('[HL7-2] nothing is read after a refusal', () => {
  const framer = new MllpFramer(LIMITS);
  assert.equal(framer.push(bytes('x')).length, 1);
  assert.deepEqual(framer.push(frame(bytes('MSH'))), []);
  assert.deepEqual(framer.end(), []);
});

const OVER: readonly (readonly [what: string, message: string, expected: RegExp])[] = [
  ['a message', `${'A'.repeat(250)}\r`.repeat(4), /over 1000 bytes/],
  ['a segment', `A\r${'A'.repeat(301)}`, /segment is over 300 bytes/],
  ['a segment that does not end', `${'A'.repeat(700)}`, /segment is over 300 bytes/],
  ['the number of segments', 'A\r'.repeat(11), /more than 10 segments/],
];

for (const [what, message, expected] of OVER) {
  test(`[HL7-3] ${what} over its limit is refused`, () => {
    assert.match(saidAllWays(frame(bytes(message))).at(-1) ?? '', expected);
  });
}

test('[HL7-3] what is as long as the limits allow is read', () => {
  const message = `${'A'.repeat(300)}\r${'B'.repeat(300)}\n${'C'.repeat(300)}\r${'D'.repeat(97)}`;
  assert.equal(Buffer.byteLength(message), 1000);
  assert.deepEqual(saidAllWays(frame(bytes(message))), [message]);
});

test('[HL7-3] a message given out is a copy of its own', () => {
  const stream = frame(bytes('MSH|1'));
  const [event] = new MllpFramer(LIMITS).push(Buffer.from(stream.buffer));
  stream.fill(0);
  assert.ok(event?.kind === 'message');
  assert.equal(Buffer.from(event.bytes).toString(), 'MSH|1');
  assert.equal(event.bytes.buffer.byteLength, 5);
});

test('[HL7-3] a message of 20 MiB costs as much in small pieces as its bytes, not their square', () => {
  const framer = new MllpFramer();
  const piece = new Uint8Array(1024).fill(0x41);
  piece[1023] = 0x0d;
  framer.push(Uint8Array.of(0x0b));
  const begin = processorMs();
  for (let left = 20 * 1024; left > 0; left -= 1) assert.equal(framer.push(piece).length, 0);
  assert.equal(framer.push(Uint8Array.of(0x1c, 0x0d)).length, 1);
  assert.ok(processorMs() - begin < 2000);
});

test('[HL7-3] who only begins a message costs a few kilobytes', () => {
  const before = process.memoryUsage().arrayBuffers;
  const framers = Array.from({ length: 1000 }, () => new MllpFramer());
  for (const framer of framers) framer.push(bytes('\x0bMSH'));
  assert.ok(process.memoryUsage().arrayBuffers - before < 1000 * 8192);
  assert.equal(framers.flatMap((framer) => framer.end()).length, 1000);
});

test('[HL7-4] the table has an action for every byte in every state, and every state can be left but the last', () => {
  for (const state of MLLP_STATES) {
    const next = new Set(BYTE_CLASSES.map((byteClass) => NEXT_STATE[MLLP_TABLE[state][byteClass]]));
    assert.equal(next.size === 1, state === 'refused');
  }
  assert.deepEqual(new Set(Object.values(NEXT_STATE)), new Set(MLLP_STATES));
});
