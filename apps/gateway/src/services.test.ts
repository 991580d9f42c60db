import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, text } from '@leadglass/kit';
import { partsOf, type Readiness } from './services.ts';

const fault = (code: string) => new Fault(code, 'permanent', text('x', 'x'));

function stage(more: Partial<Readiness>): Readiness {
  return { gate: () => undefined, records: { probe: async () => {} }, intakes: { readyCount: 2 }, ...more };
}

const down = async (keeper: Readiness) =>
  (await partsOf(keeper)).filter(({ isUp }) => !isUp).map(({ part, fault }) => [part, fault]);

test('[OPS-2] with nothing wrong every part is up', async () => {
  const parts = await partsOf(stage({}));
  assert.deepEqual(
    parts.map(({ part, isUp }) => [part, isUp]),
    [
      ['records', true],
      ['ledger', true],
      ['vault', true],
      ['intake', true],
    ],
  );
});

test('[OPS-2] whatever shuts the gate is down, whichever room it comes from', async () => {
  for (const [code, part] of [
    ['ledger.unwritable', 'ledger'],
    ['ledger.truncated', 'ledger'],
    ['vault.disk-nearly-full', 'vault'],
    ['records.damaged', 'records'],
    ['gateway.something', 'gateway'],
    ['elsewhere', 'gateway'],
  ] as const)
    assert.deepEqual(await down(stage({ gate: () => fault(code) })), [[part, code]]);
});

test('[OPS-2] records that cannot be written and intakes that are gone are down', async () => {
  const probe = async () => Promise.reject(fault('records.full'));
  assert.deepEqual(await down(stage({ records: { probe }, intakes: { readyCount: 0 } })), [
    ['records', 'records.full'],
    ['intake', 'intake.none'],
  ]);
});
