import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, silentLogger } from '@leadglass/kit';
import type { Event, EventOf } from '@leadglass/model';
import { GiveBacks } from './give-backs.ts';
import { OutageMemory } from './outage-memory.ts';

type Row = { readonly id: number; state: 'pending' | 'delivered' | 'failed'; isKnown?: boolean };

/** Deliveries to one destination that are played, and what is written of their give-back. */
function played() {
  const clock = new ManualClock();
  const rows: Row[] = [];
  const events: Event[] = [];
  let setting: string | undefined;
  const within = ({ fromId, toId }: { readonly fromId: number; readonly toId: number }) =>
    rows.filter(({ id }) => id >= fromId && id <= toId);
  const outages = {
    putInOrder: async () => {},
    range: async () => {
      const ids = rows.filter(({ state }) => state === 'pending').map(({ id }) => id);
      if (ids.length === 0) return undefined;
      return { fromId: Math.min(...ids), toId: Math.max(...ids), objects: ids.length };
    },
    waitingIn: async (_: string, range: { readonly fromId: number; readonly toId: number }) =>
      within(range).filter(({ state }) => state === 'pending').length,
    settledIn: async (_: string, range: { readonly fromId: number; readonly toId: number }) => {
      const of = (state: Row['state']) => within(range).filter((row) => row.state === state);
      return {
        ...{ pending: of('pending').length, delivered: of('delivered').length, failed: of('failed').length },
        known: of('delivered').filter(({ isKnown }) => isKnown === true).length,
      };
    },
  };
  const records = {
    setting: async () => setting,
    setSetting: async (_: string, value: string, more: readonly Event[] = []) => {
      setting = value;
      events.push(...more);
    },
  };
  const begin = async () => {
    const memory = new OutageMemory(records, silentLogger);
    await memory.load();
    const giveBacks = new GiveBacks({ ...{ clock, log: silentLogger, memory, outages }, told: () => {} });
    return { memory, giveBacks };
  };
  const settle = (count: number, state: Row['state'], isKnown = false) => {
    for (const row of rows.filter((each) => each.state === 'pending').slice(0, count))
      Object.assign(row, { state, isKnown });
  };
  const come = (count: number) => {
    for (let n = 0; n < count; n += 1) rows.push({ id: rows.length + 1, state: 'pending' });
  };
  return { clock, rows, events, begin, settle, come };
}

test('[CONT-24] the report counts what was owed when it came back, and nothing of what went before or came later; it is told once, over a restart', async () => {
  const here = played();
  here.come(3);
  here.settle(3, 'delivered');
  here.come(10);
  let { memory, giveBacks } = await here.begin();
  const begun = await giveBacks.of('pacs', 5);
  assert.partialDeepStrictEqual(begun, { owed: 10, fromId: 4, toId: 13 });
  await memory.ended('pacs', begun, []);
  here.come(2);
  here.settle(4, 'delivered');
  here.clock.advance(60_000);
  ({ memory, giveBacks } = await here.begin());
  assert.partialDeepStrictEqual(await giveBacks.progress('pacs'), { owed: 10, delivered: 4, failed: 0 });
  here.settle(3, 'delivered', true);
  here.clock.advance(60_000);
  const { perMinute, leftMs } = (await giveBacks.progress('pacs')) ?? {};
  assert.deepEqual([perMinute, leftMs], [3, 60_000]);
  here.settle(1, 'failed');
  here.rows.splice(
    here.rows.findIndex(({ state }) => state === 'pending'),
    1,
  );
  await giveBacks.look();
  assert.equal(here.events.length, 0, 'one of it waits');
  here.settle(1, 'delivered');
  await giveBacks.look();
  await giveBacks.look();
  const [told] = here.events as EventOf<'giveback.done'>[];
  assert.equal(here.events.length, 1);
  assert.partialDeepStrictEqual(told, {
    ...{ upstream: 'pacs', sinceMs: 5, owed: 10, delivered: 8, failed: 1, removed: 1, known: 3, ms: 120_000 },
  });
  assert.equal(giveBacks.upMs('pacs'), undefined);
});

test('[CONT-24] an outage in the middle of a give-back: both are given back and told together', async () => {
  const here = played();
  here.come(10);
  const { memory, giveBacks } = await here.begin();
  await memory.ended('pacs', await giveBacks.of('pacs', 5), []);
  here.settle(4, 'delivered');
  // Down again: more is missed, and what came between was delivered at once.
  here.come(1);
  (here.rows.at(-1) as Row).state = 'delivered';
  here.come(5);
  await memory.ended('pacs', await giveBacks.of('pacs', 9), []);
  here.settle(11, 'delivered');
  await giveBacks.look();
  const [told] = here.events as EventOf<'giveback.done'>[];
  assert.partialDeepStrictEqual(told, { sinceMs: 5, owed: 15, delivered: 15, failed: 0, removed: 0 });
});
