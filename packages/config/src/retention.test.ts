import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from './parse.ts';
import { planConfig } from './plan.ts';
import { renderConfig } from './render.ts';

function config(yaml: string) {
  const parsed = parseConfig(yaml);
  assert.ok(parsed.ok, yaml);
  return parsed.config;
}

test('[CHART-36] [CHART-37] the retention of messages and charts is a setting like any other, with its defaults', () => {
  assert.equal(config('peers: []').retention, undefined);
  const some = config('retention: { messageDays: 30 }');
  assert.deepEqual(some.retention, { messageDays: 30, chartDays: 1826 });
  assert.deepEqual(config(renderConfig(some)).retention, some.retention);
  for (const yaml of ['{ messageDays: 0 }', '{ chartDays: 29 }', '{ chartDays: 1.5 }', '{ days: 3 }', '7'])
    assert.equal(parseConfig(`retention: ${yaml}`).ok, false, yaml);
});

test('[CHART-36] [CHART-37] a shorter time is dangerous, a longer one is not, and none brings the defaults back', () => {
  const dangersOf = (before: string, after: string) =>
    planConfig(config(before), config(after)).changes.flatMap(({ dangers }) => dangers.map(({ en }) => en));
  assert.deepEqual(dangersOf('peers: []', 'retention: { chartDays: 3650 }'), []);
  assert.match(dangersOf('peers: []', 'retention: { chartDays: 365 }').join(), /^Charts .* forgotten, for good\.$/);
  assert.match(dangersOf('retention: { messageDays: 90 }', 'retention: { messageDays: 9 }').join(), /Older messages/);
  assert.match(dangersOf('retention: { chartDays: 3650 }', 'peers: []').join(), /defaults will hold: 180 days/);
});
