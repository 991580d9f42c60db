import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, silentLogger } from '@leadglass/kit';
import type { Records } from '@leadglass/records';
import { OlderEvents } from './older-events.ts';

/** Everything that is due now, and what follows from it without time passing. */
async function settle(clock: ManualClock, ms: number): Promise<void> {
  clock.advance(ms);
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function indexer(answers: readonly (boolean | Error)[]) {
  const clock = new ManualClock();
  let asked = 0;
  const keyOlder = async (): Promise<boolean> => {
    const answer = answers[asked] ?? false;
    asked += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const older = new OlderEvents(
    { overview: { keyOlder } } as unknown as Pick<Records, 'overview'>,
    clock,
    silentLogger,
  );
  return { clock, older, asked: () => asked };
}

test('[OVER-46] older events are entered a piece at a time until there are none', async () => {
  const { clock, older, asked } = indexer([true, true, false]);
  older.start();
  for (let n = 0; n < 6; n += 1) await settle(clock, 250);
  assert.equal(asked(), 3);
});

test('[OVER-46] after a fault it is tried again a minute later, not at once', async () => {
  const { clock, older, asked } = indexer([new Error('full'), true, false]);
  older.start();
  await settle(clock, 0);
  await settle(clock, 59_000);
  assert.equal(asked(), 1);
  await settle(clock, 1_000);
  assert.equal(asked(), 2);
  await settle(clock, 250);
  assert.equal(asked(), 3);
});
