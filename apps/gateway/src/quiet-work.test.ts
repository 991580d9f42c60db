import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@leadglass/kit';
import { QuietWork } from './quiet-work.ts';

function working(most: number) {
  const clock = new ManualClock();
  const turns: (() => void)[] = [];
  const done = { steps: 0, most };
  const work = new QuietWork({
    quietMs: 1000,
    clock,
    step: () => {
      done.steps += 1;
      return done.steps < done.most;
    },
    turn: (act) => void turns.push(act),
  });
  const takeTurns = (count: number) => {
    for (let i = 0; i < count; i += 1) turns.shift()?.();
  };
  return { clock, work, done, takeTurns };
}

test('[VAULT-9] quiet work is done a step a turn once nothing has happened for its time', () => {
  const { clock, work, done, takeTurns } = working(3);
  clock.advance(999);
  work.busy();
  clock.advance(999);
  assert.equal(done.steps, 0);
  clock.advance(1001);
  assert.equal(done.steps, 1);
  takeTurns(10);
  assert.equal(done.steps, 3);
});

test('[VAULT-9] quiet work stops as soon as something happens, and goes on in the next quiet moment', () => {
  const { clock, work, done, takeTurns } = working(5);
  clock.advance(1000);
  takeTurns(1);
  assert.equal(done.steps, 2);
  work.busy();
  takeTurns(10);
  assert.equal(done.steps, 2);
  clock.advance(1000);
  takeTurns(10);
  assert.equal(done.steps, 5);
});

test('[VAULT-9] quiet work that was done begins again after something has happened', () => {
  const { clock, work, done, takeTurns } = working(1);
  clock.advance(5000);
  assert.equal(done.steps, 1);
  done.most = 3;
  work.busy();
  clock.advance(1000);
  takeTurns(10);
  assert.equal(done.steps, 3);
});
