import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { type Context, parseGiven } from '../command.ts';
import { findCommand } from '../commands.ts';
import { EXIT, isCliFailure } from '../exits.ts';
import { firstLine } from '../input.ts';
import { Output } from '../output.ts';

/** Runs `patients` with words, where somebody types `typed`; says what was searched for. */
async function searched(words: readonly string[], typed?: string) {
  const found = await findCommand(['patients', ...words]);
  assert.ok(found);
  const asked: unknown[] = [];
  const sink = { write: () => undefined };
  const context = {
    output: new Output('en', false, sink, sink, {}),
    ...{ home: '/nowhere', environment: {}, signal: new AbortController().signal, ask: async () => typed },
    client: {
      call: async (_name: string, request: unknown) => {
        asked.push(request);
        return { patients: [], isCut: false, asOf: [] };
      },
    },
  } as unknown as Context;
  await found.command.run(context, parseGiven(found.command, found.rest));
  return asked;
}

test('[CHART-35] a name on the command line is refused with what to do, and repeated nowhere', async () => {
  for (const words of [['dupont'], ['4711', 'dupont'], ['martin', '--born', '1950-02-28']])
    await assert.rejects(searched(words), (thrown: unknown) => {
      assert.ok(isCliFailure(thrown, EXIT.usage));
      const said = JSON.stringify([thrown.text, thrown.details]);
      assert.match(said, /leadglass patients -/);
      return !/dupont|martin|4711/.test(said);
    });
});

test('[CHART-35] without words the name is asked for; numbers and lists need none', async () => {
  assert.deepEqual(await searched([], 'dupont 04/03/1961'), [{ words: 'dupont 04/03/1961' }]);
  assert.deepEqual(await searched(['8000', '123']), [{ words: '8000 123' }]);
  assert.deepEqual(await searched(['--only', 'critical']), [{ words: '', only: 'critical' }]);
  await assert.rejects(searched([]), (thrown: unknown) => isCliFailure(thrown, EXIT.usage));
});

test('[CHART-35] of standard input the first line is read, and no more than is asked for', async () => {
  const pieces = (...texts: readonly string[]) => Readable.from(texts.map((text) => Buffer.from(text)));
  assert.equal(await firstLine(pieces('dup', 'ont\r\nsecond'), 64), 'dupont');
  assert.equal(await firstLine(pieces('x'.repeat(100), 'y'.repeat(100)), 64), 'x'.repeat(64));
  assert.equal(await firstLine(pieces(), 64), '');
});
