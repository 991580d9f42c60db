import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareOf, timeOf } from './times.ts';

test('[CONSOLE-200] times are read at a glance in both languages', () => {
  assert.equal(timeOf(260, 'fr', '—'), '0,26 s');
  assert.equal(timeOf(260, 'en', '—'), '0.26 s');
  assert.equal(timeOf(12_400, 'en', '—'), '12 s');
  assert.equal(timeOf(200_000, 'fr', '—'), '3 min 20');
  assert.equal(timeOf(120_000, 'fr', '—'), '2 min');
  assert.equal(timeOf(179_700, 'en', '—'), '3 min');
  assert.equal(timeOf(null, 'fr', 'jamais'), 'jamais');
});

test('[CONSOLE-201] a bar ends in the middle at the aim, and at its end at twice of it and beyond', () => {
  assert.equal(shareOf({ ms: 0, aimMs: 120_000 }), 0);
  assert.equal(shareOf({ ms: 120_000, aimMs: 120_000 }), 0.5);
  assert.equal(shareOf({ ms: 900_000, aimMs: 120_000 }), 1);
  assert.equal(shareOf({ ms: null, aimMs: 120_000 }), null);
  assert.equal(shareOf({ ms: 5, aimMs: 0 }), null);
});
