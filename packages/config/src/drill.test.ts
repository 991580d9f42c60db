import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from './parse.ts';
import { planConfig } from './plan.ts';
import { renderConfig } from './render.ts';

const problems = (drill: string): string => {
  const parsed = parseConfig(`continuity:\n  drill: ${drill}\n`);
  return parsed.ok ? '' : parsed.problems.map(({ path, text }) => `${path}: ${text.en}`).join('\n');
};

test('[CONT-168] drills are chosen in the configuration, written back as they were, and what is wrong is told', () => {
  const parsed = parseConfig('continuity:\n  drill: { on: monday, at: "04:30", tell: "PACS, 4242" }\n');
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.config.continuity?.drill, {
    ...{ on: 'monday', at: '04:30', imageSeconds: 120, labSeconds: 120, tell: 'PACS, 4242' },
  });
  const again = parseConfig(renderConfig(parsed.config));
  assert.ok(again.ok);
  assert.deepEqual(again.config.continuity, parsed.config.continuity);
  const without = parseConfig('continuity: { days: 14 }\n');
  assert.ok(without.ok && !('drill' in (without.config.continuity ?? {})));
  assert.match(problems('{ on: mondays }'), /Possible values: never, daily, monday/);
  assert.match(problems('{ at: "4:30" }'), /"04:30"/);
  assert.match(problems('{ imageSeconds: 0 }'), /from 1 to 3600/);
  assert.match(problems('{ aim: 3 }'), /continuity\.drill\.aim/);
});

test('[CONT-169] a change of drills is planned and told', () => {
  const [before, after] = ['never', 'daily'].map((on) => parseConfig(`continuity:\n  drill: { on: ${on} }\n`));
  assert.ok(before?.ok && after?.ok);
  const { changes } = planConfig(before.config, after.config);
  assert.deepEqual(
    changes.map(({ kind, action, fields }) => [kind, action, fields.map(({ field }) => field)]),
    [['continuity', 'change', ['drill']]],
  );
});
