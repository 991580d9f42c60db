import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LONGEST_LINE_CHARS, linesOf } from './lines.ts';

const bytes = (words: string) => new TextEncoder().encode(words);

async function read(chunks: readonly Uint8Array[]): Promise<unknown[]> {
  const found: unknown[] = [];
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  for await (const value of linesOf(stream)) found.push(value);
  return found;
}

test('[CONSOLE-69] lines are the same whole, in pieces and one byte at a time', async () => {
  const all = bytes('{"a":"é"}\n\n{"b":2}\n{"c":3}');
  const expected = [{ a: 'é' }, { b: 2 }, { c: 3 }];
  assert.deepEqual(await read([all]), expected);
  assert.deepEqual(await read([all.subarray(0, 7), all.subarray(7, 20), all.subarray(20)]), expected);
  assert.deepEqual(await read([...all].map((byte) => Uint8Array.of(byte))), expected);
});

test('[CONSOLE-69] a line without end is not gathered for ever', async () => {
  await assert.rejects(read([bytes('x'.repeat(LONGEST_LINE_CHARS + 1))]), RangeError);
});
