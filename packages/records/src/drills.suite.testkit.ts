import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Records } from './api.ts';
import type { ChartChanges } from './chart-api.ts';
import type { DrillTraces, NewDrill } from './drills.ts';
import type { OpenFresh } from './records.suite.testkit.ts';
import { gatewayEvent, T0 } from './records.testkit.ts';

const bytes = (...of: number[]) => Uint8Array.of(...of);
const BEGUN: NewDrill = {
  ...{ kind: 'drill', beganAtMs: T0, endedAtMs: 0, outcome: 'running', traces: '{}', facts: '' },
};
const TRACES: DrillTraces = { feed: 'LG-DRILL', messages: ['m'], identifiers: ['i'], tokens: [5] };
const LAST = Number.MAX_SAFE_INTEGER;

const message = (identity: string, feed: string) => ({
  ...{ identity, content: identity, feed, receivedAtMs: T0, bytes: 10, answered: 'AA', state: 'waiting' as const },
  ...{ sealed: bytes(1), body: bytes(2), reading: bytes(3) },
});
const entry = (chart: number, of: number) => ({
  ...{ chart, message: of, heardAtMs: T0, kind: 'told' as const, sealed: bytes(9) },
});

/** A chart of the drill's message, number 1, and of another's, number 2, if `isShared`. */
async function charted(records: Records, isShared: boolean): Promise<number> {
  const no = await records.drills.add(BEGUN, () => gatewayEvent());
  await records.charts.commit([message('m', 'LG-DRILL'), message('other', 'labo')]);
  const changes: ChartChanges = {
    charts: [{ no: 7, heardAtMs: T0, arrivedAtMs: 0, presentAtMs: 0, criticalAtMs: 0, critical: 0, sealed: bytes(7) }],
    identifiers: [{ digest: 'i', chart: 7 }],
    tokens: [{ token: 5, chart: 7 }],
    entries: [entry(7, 1), ...(isShared ? [entry(7, 2)] : [])],
    ...{ resealed: [], heard: [], documents: [], merges: [] },
    done: [
      { no: 1, feed: 'LG-DRILL', state: 'entered' },
      { no: 2, feed: 'labo', state: 'entered' },
    ],
  };
  await records.charts.enter(changes);
  return no;
}

/** What every backend promises of drills. */
export function drillsSuite(backend: string, open: OpenFresh): void {
  const rule = (name: string, body: (records: Records) => Promise<void>) =>
    test(`${name} (${backend})`, async (t) => body((await open(t)).records));

  rule(
    '[CONT-171] a drill is written down before it begins, ends once, and is listed beside real outages',
    async ({ drills }) => {
      const no = await drills.add(BEGUN, () => gatewayEvent());
      assert.deepEqual(
        (await drills.running()).map((each) => [each.no, each.traces]),
        [[no, '{}']],
      );
      const end = { atMs: T0 + 5, outcome: 'late', facts: '{"a":1}' };
      assert.equal(await drills.end(no, end, [gatewayEvent()]), true);
      assert.equal(await drills.end(no, { ...end, outcome: 'in-time' }, [gatewayEvent()]), false);
      await drills.add({ ...BEGUN, kind: 'outage', outcome: 'in-time', endedAtMs: T0 });
      assert.deepEqual(await drills.running(), []);
      const list = await drills.list(10, LAST);
      assert.deepEqual(
        list.map(({ kind, outcome, endedAtMs, traces, facts }) => [kind, outcome, endedAtMs - T0, traces, facts]),
        [
          ['outage', 'in-time', 0, '{}', ''],
          ['drill', 'late', 5, '', '{"a":1}'],
        ],
      );
      assert.equal((await drills.list(10, LAST, 'drill')).length, 1);
      assert.equal((await drills.list(10, no)).length, 0);
      assert.deepEqual([(await drills.of(no))?.outcome, await drills.of(99)], ['late', undefined]);
    },
  );

  rule(
    '[CONT-172] what a drill’s message made is forgotten whole, once, and nothing else; the number of its chart is given to nobody else',
    async (records) => {
      const no = await charted(records, false);
      assert.deepEqual(await records.drills.forget(no, TRACES), { messages: 1, charts: 1, left: 0 });
      assert.deepEqual(await records.drills.forget(no, TRACES), { messages: 0, charts: 0, left: 0 });
      assert.equal(await records.charts.chart(7), undefined);
      assert.equal(await records.charts.chartOfIdentifier('i'), undefined);
      assert.deepEqual(await records.charts.charts({ by: 'token', token: 5 }, 10), []);
      assert.deepEqual([await records.charts.message(1), await records.charts.body(1)], [undefined, undefined]);
      assert.equal((await records.charts.message(2))?.state, 'entered');
      assert.deepEqual(
        (await records.charts.tallies()).map(({ feed }) => feed),
        ['labo'],
      );
      assert.equal(await records.charts.lastChart(), 7);
    },
  );

  rule('[CONT-172] a chart that anything else was told of stays, and is told', async (records) => {
    const no = await charted(records, true);
    assert.deepEqual(await records.drills.forget(no, TRACES), { messages: 1, charts: 0, left: 1 });
    assert.deepEqual(
      (await records.charts.entries(7, 10)).map((each) => each.message),
      [2],
    );
    assert.equal(await records.charts.chartOfIdentifier('i'), 7);
  });

  rule('[CONT-172] what was kept and not entered yet is forgotten too', async (records) => {
    const no = await records.drills.add(BEGUN);
    await records.charts.commit([message('m', 'LG-DRILL')]);
    assert.deepEqual(await records.drills.forget(no, TRACES), { messages: 1, charts: 0, left: 0 });
    assert.deepEqual(await records.charts.inbox(10, 1000), []);
  });
}
