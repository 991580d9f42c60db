import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LONGEST_LINE_CHARS, linesOf } from './lines.ts';

async function read(chunks: readonly Uint8Array[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const value of linesOf(new Blob(chunks as BlobPart[]).stream())) found.push(value);
  return found;
}

const bytes = (words: string) => new TextEncoder().encode(words);

test('[CONSOLE-69] lines are the same whole, in pieces and one byte at a time', async () => {
  const all = bytes('{"a":"é"}\n\n{"b":2}\n{"c":3}');
  const expected = [{ a: 'é' }, { b: 2 }, { c: 3 }];
  assert.deepEqual(await read([all]), expected);
  const single = ReadableStream.from([...all].map((byte) => Uint8Array.of(byte)));
  assert.deepEqual(await Array.fromAsync(linesOf(single)), expected);
});

test('[CONSOLE-69] a line without end is not gathered for ever', async () => {
  await assert.rejects(read([bytes('x'.repeat(LONGEST_LINE_CHARS + 1))]), RangeError);
});
