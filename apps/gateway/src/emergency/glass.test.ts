import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actFor } from '../actor.ts';
import { CLOCK, control, house } from '../control.testkit.ts';
import { glassActs } from './glass.ts';

const DAY_MS = 86_400_000;
const broken = {
  what: 'broke-glass',
  by: 'ines',
  role: 'emergency',
  chart: 12,
  why: 'danger',
  words: 'garde',
} as const;

test('[CONSOLE-141] what the console tells of an opening without a relation is in the log and on the list, and somebody is needed', async (t) => {
  const { ask } = await control(t, await house(t));
  for (const chart of [12, 12, 13]) assert.deepEqual(await ask('person.told', { ...broken, chart }), {});
  const { entries } = await ask('log', { kinds: ['glass'] });
  assert.equal(entries.length, 3);
  assert.match(entries[0]?.sentence.en ?? '', /“ines” \(emergency\) opened chart no\. 12 .* life in danger: garde/);
  const { openings, waiting } = await ask('glass.list', {});
  assert.deepEqual(
    [openings.map(({ chart, times }) => [chart, times]), waiting],
    [
      [
        [13, 1],
        [12, 2],
      ],
      2,
    ],
  );
  const need = (await ask('needs', {})).needs.find(({ kind }) => kind === 'glass');
  assert.deepEqual([need?.severity, need?.page], ['sometime', '/glass']);
  assert.match(need?.text.fr ?? '', /^2 ouvertures/);
});

test('[CONSOLE-142] a review is told under the account of whoever did it, once, and nobody is needed any more', async (t) => {
  const it = await house(t);
  const { ask } = await control(t, it);
  await ask('person.told', broken);
  const acts = glassActs(it.services);
  const asked = { nos: [1, 2], note: 'seen' };
  const sam = { name: 'sam', role: 'security-officer' } as const;
  assert.deepEqual(await actFor(sam, () => acts['glass.review'](asked)), { reviewed: 1 });
  assert.deepEqual(await acts['glass.review'](asked), { reviewed: 0 });
  const { entries } = await ask('log', { kinds: ['glass'] });
  assert.match(entries.at(-1)?.sentence.en ?? '', /“sam” reviewed opening no\. 1 of chart no\. 12 by “ines”: seen/);
  assert.equal(entries.length, 2);
  const { openings, waiting } = await ask('glass.list', { isAll: true });
  assert.deepEqual([openings[0]?.reviewedBy, openings[0]?.note, waiting], ['sam', 'seen', 0]);
  assert.ok(!(await ask('needs', {})).needs.some(({ kind }) => kind === 'glass'));
});

test('[CONSOLE-142] what waits for days is told as such', async (t) => {
  const it = await house(t);
  const { ask } = await control(t, it);
  await ask('person.told', broken);
  CLOCK.advance(4 * DAY_MS);
  const need = (await ask('needs', {})).needs.find(({ kind }) => kind === 'glass');
  assert.equal(need?.severity, 'soon');
});
