import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '@leadglass/kit';
import { leafHash } from '@leadglass/ledger';
import { CLOCK, control, PACS } from '../control.testkit.ts';
import { association, at, filled } from './overview.testkit.ts';
import type { PillarFacts } from './pillar-facts.ts';
import { pillarsOf } from './pillars.ts';

const DAY_MS = 86_400_000;
const NOW = 1_782_000_000_000;
const CHECKED = { id: 'e', atMs: NOW - DAY_MS, kind: 'vault.checked', by: 'x', objects: 12_400, faults: 0 } as const;
const GOOD: PillarFacts = {
  ...{ now: NOW, sinceMs: NOW - 3 * DAY_MS, isAccepting: true, delivered: 12_400, failed: 0, pending: 0 },
  ...{ waitingSinceMs: undefined, intakesDied: 0, objects: 12_400, lastCheck: CHECKED, associations: 10, overTls: 10 },
  ...{ plainListeners: 0, tokens: 0, ledgerSize: 99_000, ledgerWaiting: 0, lastEntryAtMs: NOW - 1000, hasLedger: true },
};
const states = (facts: Partial<PillarFacts>) => pillarsOf({ ...GOOD, ...facts }).map(({ state }) => state);
const figures = (facts: Partial<PillarFacts>) => pillarsOf({ ...GOOD, ...facts }).map(({ figure }) => figure.fr);

test('[OVER-50] four figures, each from what was counted', () => {
  assert.deepEqual(states({}), ['good', 'good', 'good', 'good']);
  assert.deepEqual(figures({}), ['100 %', '12 400 / 12 400', '100 %', '99 000']);
  // Never whole while something is missing.
  assert.deepEqual(figures({ delivered: 99_999, failed: 1, overTls: 9 }).slice(0, 3), [
    '99,9 %',
    '12 400 / 12 400',
    '90 %',
  ]);
});

test('[OVER-50] what is not known is unknown, and what is wrong is never good', () => {
  assert.deepEqual(
    states({ lastCheck: undefined, associations: 0, overTls: 0, ledgerSize: 0, lastEntryAtMs: undefined }),
    ['good', 'unknown', 'unknown', 'unknown'],
  );
  assert.equal(states({ isAccepting: false })[0], 'bad');
  assert.equal(states({ failed: 1 })[0], 'attention');
  assert.equal(states({ pending: 1, waitingSinceMs: NOW - 3_600_000 })[0], 'attention');
  assert.equal(states({ intakesDied: 1 })[0], 'attention');
  assert.equal(states({ lastCheck: { ...CHECKED, faults: 2 } })[1], 'bad');
  assert.equal(states({ lastCheck: { ...CHECKED, atMs: NOW - 60 * DAY_MS } })[1], 'attention');
  assert.equal(states({ overTls: 9 })[2], 'attention');
  assert.equal(states({ plainListeners: 1 })[2], 'attention');
  assert.equal(states({ ledgerWaiting: 5, lastEntryAtMs: NOW - 600_000 })[3], 'attention');
  assert.deepEqual(states({ hasLedger: false }).slice(1), ['bad', 'good', 'bad']);
});

test('[OVER-51] each figure says what it does not say, has evidence to look at, and promises no conformity', () => {
  for (const facts of [{}, { lastCheck: undefined }, { associations: 0, overTls: 0 }]) {
    for (const { meaning, evidence, figure } of pillarsOf({ ...GOOD, ...facts })) {
      const said = JSON.stringify([meaning, evidence, figure]);
      assert.doesNotMatch(said, /complian|conform/i);
      assert.ok(evidence.length > 0);
      for (const { page, command } of evidence) assert.match(`${page} ${command}`, /^\/\S+ \.\/leadglass /);
    }
  }
  const [availability, , confidentiality, traceability] = pillarsOf(GOOD);
  assert.match(availability?.meaning.en ?? '', /Says nothing of/);
  assert.match(confidentiality?.meaning.en ?? '', /Says nothing of/);
  assert.match(traceability?.meaning.en ?? '', /No outside witness/);
});

test('[OVER-50] the figures of a running gateway are those of its records', async (t) => {
  const it = await filled(t);
  const { ask } = await control(t, it);
  await ask('destination.add', PACS);
  await it.arrive('a', { destinations: ['PACS'], atMs: CLOCK.now() - 3_600_000 });
  for (const listener of ['dimse', 'dimse-tls', 'dimse-tls'] as const)
    await it.tell({
      ...at(),
      kind: 'association.accepted',
      ...association('a'),
      listener,
      evidence: 'address',
      implementation: '',
    });
  await it.sequence();
  const { pillars, sinceMs } = await ask('pillars', {});
  assert.equal(sinceMs, it.services.startedAtMs);
  assert.deepEqual(
    pillars.map(({ state, figure }) => [state, figure.en]),
    [
      ['attention', '0%'],
      ['unknown', '0 / 1'],
      ['attention', '66.6%'],
      ['good', String(it.services.ledger.size)],
    ],
  );
});

test('[OVER-60] checkpoint and tiles are enough to check an entry without trusting who gave them', async (t) => {
  const it = await filled(t);
  for (let n = 0; n < 300; n += 1) await it.tell({ ...at(), kind: 'gateway.stopped', reason: `${n}` });
  await it.sequence();
  const { ask, refused } = await control(t, it);
  const { checkpoint, verifierKey, size } = await ask('ledger.checkpoint', {});
  assert.equal(size, 300);
  assert.match(checkpoint, /^leadglass\/test\n300\n/);
  assert.match(verifierKey, /^leadglass\/test\+[0-9a-f]{8}\+/);
  const [full, partial] = [
    await ask('ledger.tile', { level: 0, index: 0 }),
    await ask('ledger.tile', { level: 0, index: 1 }),
  ];
  assert.deepEqual(
    [full.isFull, full.hashes.length, partial.isFull, partial.hashes.length],
    [true, 256 * 64, false, 44 * 64],
  );
  assert.equal(toHex(leafHash(await it.services.ledger.entry(299))), partial.hashes.slice(-64));
  const proof = await it.services.ledger.prove(299);
  assert.equal(toHex(proof.leafHash), partial.hashes.slice(-64));
  for (const [level, index] of [
    [0, 2],
    [9, 0],
  ] as const)
    assert.deepEqual(await refused('ledger.tile', { level, index }), { status: 404, code: 'control.not-found' });
});
