import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '@leadglass/model';
import type { Records } from './api.ts';
import { gatewayEvent, T0 } from './records.testkit.ts';

type Context = { after(done: () => Promise<void> | void): void };
type Open = (t: Context) => Promise<{ readonly records: Records }>;

const HOUR_MS = 3_600_000;
const broken = (chart: number, atMs: number, change: { readonly by?: string; readonly words?: string } = {}) => ({
  ...{ by: 'ines', role: 'emergency', chart, why: 'danger', words: '', atMs },
  ...change,
});
const told = (): Event => gatewayEvent();

/** Openings that are reviewed: the same for every backend. */
export function glassSuite(name: string, open: Open): void {
  test(`[CONSOLE-141] ${name}: an opening without a relation is one line of the review list for half a day, with its event`, async (t) => {
    const { glass, ...records } = await opened(t, open);
    await glass.broken(broken(7, T0), [told()]);
    await glass.broken(broken(7, T0 + HOUR_MS), [told()]);
    await glass.broken(broken(7, T0 + HOUR_MS, { words: 'otherwise' }), [told()]);
    await glass.broken(broken(8, T0 + HOUR_MS), [told()]);
    await glass.broken(broken(7, T0 + 13 * HOUR_MS), [told()]);
    const list = await glass.list(false, Number.MAX_SAFE_INTEGER, 10);
    assert.deepEqual(
      list.map(({ no, chart, words, times, lastMs }) => [no, chart, words, times, (lastMs - T0) / HOUR_MS]),
      [
        [4, 7, '', 1, 13],
        [3, 8, '', 1, 1],
        [2, 7, 'otherwise', 1, 1],
        [1, 7, '', 2, 1],
      ],
    );
    assert.equal((await records.events()).length, 5);
    assert.deepEqual(await glass.waiting(), { count: 4, sinceMs: T0 });
    assert.equal((await glass.list(false, 3, 1))[0]?.no, 2);
  });

  test(`[CONSOLE-142] ${name}: what somebody has looked at is off the list, once, and stays to be read; the next opening is a new line`, async (t) => {
    const { glass, ...records } = await opened(t, open);
    for (const chart of [7, 8]) await glass.broken(broken(chart, T0), [told()]);
    const by = { by: 'sam', note: 'seen with the ward', atMs: T0 + HOUR_MS };
    assert.equal(await glass.reviewed([1, 1, 9], by, told), 1);
    assert.equal(await glass.reviewed([1], { ...by, by: 'other' }, told), 0);
    assert.equal((await records.events()).length, 3);
    assert.deepEqual(await glass.waiting(), { count: 1, sinceMs: T0 });
    const [newest, first] = await glass.list(true, Number.MAX_SAFE_INTEGER, 10);
    assert.deepEqual([newest?.reviewedMs, first?.reviewedBy, first?.note], [undefined, 'sam', by.note]);
    await glass.broken(broken(7, T0 + 2 * HOUR_MS), [told()]);
    assert.deepEqual(
      (await glass.list(false, Number.MAX_SAFE_INTEGER, 10)).map(({ no }) => no),
      [3, 2],
    );
  });
}

async function opened(t: Context, open: Open) {
  const { records } = await open(t);
  return { glass: records.glass, events: () => records.events({}, 100) };
}
