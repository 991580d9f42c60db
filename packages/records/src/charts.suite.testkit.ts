import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Records } from './api.ts';
import type { ChartChanges, MessageCommit } from './chart-api.ts';
import type { OpenFresh } from './records.suite.testkit.ts';
import { gatewayEvent, T0 } from './records.testkit.ts';

const bytes = (...of: number[]) => Uint8Array.of(...of);

const message = (identity: string, content = identity, wish: Partial<MessageCommit> = {}): MessageCommit => ({
  ...{ identity, content, feed: 'labo', receivedAtMs: T0, bytes: 10, answered: 'AA', state: 'waiting' },
  ...{ sealed: bytes(1), body: bytes(2), reading: bytes(3) },
  ...wish,
});

const NOTHING: ChartChanges = {
  ...{
    charts: [],
    resealed: [],
    heard: [],
    identifiers: [],
    tokens: [],
    entries: [],
    documents: [],
    merges: [],
    done: [],
  },
};

const chart = (no: number, wish: object = {}) => ({
  ...{ no, heardAtMs: T0, arrivedAtMs: 0, presentAtMs: 0, criticalAtMs: 0, critical: 0, sealed: bytes(no) },
  ...wish,
});

const merge = (into: number, taken: number) => ({
  ...{ into, taken, atMs: T0, by: 'marie', reason: 'doublon', event: () => gatewayEvent() },
});

/** What every backend promises of feeds and charts. */
export function chartsSuite(backend: string, open: OpenFresh): void {
  const rule = (name: string, body: (records: Records) => Promise<void>) =>
    test(`${name} (${backend})`, async (t) => body((await open(t)).records));
  const tally = async ({ charts }: Records) => (await charts.tallies()).find(({ feed }) => feed === 'labo');

  rule('[REC-90] a message sent again is kept once and answered as before', async (records) => {
    const first = await records.charts.commit([
      message('a'),
      message('b', 'b', { answered: 'AE', state: 'quarantined' }),
    ]);
    assert.deepEqual(
      first.map(({ kind }) => kind),
      ['stored', 'stored'],
    );
    const again = await records.charts.commit([message('b'), message('a'), message('a')]);
    assert.deepEqual(again, [
      { kind: 'repeated', answered: 'AE' },
      { kind: 'repeated', answered: 'AA' },
      { kind: 'repeated', answered: 'AA' },
    ]);
    assert.equal((await records.charts.inbox(10, 1e9)).length, 2);
    assert.equal((await tally(records))?.received, 2);
  });
  rule('[REC-91] another message under the same number is kept too, and marked', async (records) => {
    await records.charts.commit([message('a', 'one')]);
    assert.deepEqual(await records.charts.commit([message('a', 'two'), message('a', 'two')]), [
      { kind: 'other', answered: 'AA' },
      { kind: 'repeated', answered: 'AA' },
    ]);
    const all = await records.charts.messages('waiting', undefined, 10);
    assert.deepEqual(
      all.map(({ isOther }) => isOther),
      [true, false],
    );
  });
  rule('[REC-92] what a message tells is entered and out of the inbox in one transaction', async (records) => {
    await records.charts.commit([message('a')]);
    const [item] = await records.charts.inbox(1, 1e9);
    const no = item?.no ?? 0;
    await records.charts.enter({
      ...NOTHING,
      charts: [chart(1)],
      identifiers: [{ digest: 'ab', chart: 1 }],
      tokens: [{ token: 7, chart: 1 }],
      entries: [{ chart: 1, message: no, heardAtMs: T0, kind: 'told', sealed: bytes(9) }],
      documents: [{ id: 'd1', chart: 1, bytes: 3, sealed: bytes(5) }],
      done: [{ no, feed: 'labo', state: 'entered' }],
    });
    assert.deepEqual(await records.charts.inbox(1, 1e9), []);
    assert.equal((await records.charts.message(no))?.state, 'entered');
    assert.equal(await records.charts.chartOfIdentifier('ab'), 1);
    assert.deepEqual(
      (await records.charts.charts({ by: 'token', token: 7 }, 5)).map((row) => row.no),
      [1],
    );
    assert.equal((await records.charts.entries(1, 5))[0]?.message, no);
    assert.deepEqual(Uint8Array.from((await records.charts.document('d1'))?.sealed ?? []), bytes(5));
    assert.deepEqual(Uint8Array.from((await records.charts.body(no)) ?? []), bytes(2));
    assert.equal((await tally(records))?.waiting, 0);
  });
  rule('[REC-93] the tray lists by state, newest first, and counts what is in it', async (records) => {
    const odd = (name: string) => message(name, name, { state: 'not-understood', reading: undefined });
    await records.charts.commit([odd('a'), odd('b'), odd('c'), message('d', 'd', { state: 'quarantined' })]);
    const [newest, next] = await records.charts.messages('not-understood', undefined, 2);
    const rest = await records.charts.messages('not-understood', next?.no, 5);
    assert.equal(rest.length, 1);
    assert.equal((await tally(records))?.notUnderstood, 3);
    assert.equal(await records.charts.setState(newest?.no ?? 0, 'dismissed', [gatewayEvent()]), true);
    assert.equal(await records.charts.setState(999, 'dismissed', []), false);
    assert.deepEqual([(await tally(records))?.notUnderstood, (await tally(records))?.quarantined], [2, 1]);
    const now = { state: 'waiting', sealed: bytes(8), reading: bytes(6) } as const;
    assert.equal(await records.charts.readAgain(next?.no ?? 0, now), true);
    assert.equal((await tally(records))?.notUnderstood, 1);
    assert.equal((await records.charts.inbox(10, 1e9)).length, 2);
  });
  rule('[REC-94] a chart takes another in, and gives it back', async ({ charts }) => {
    await charts.enter({ ...NOTHING, charts: [chart(1), chart(2), chart(3)] });
    const no = await charts.merge(merge(1, 2));
    assert.equal((await charts.chart(2))?.into, 1);
    assert.deepEqual(
      (await charts.takenBy(1)).map((row) => row.no),
      [2],
    );
    assert.equal(await charts.merge(merge(3, 2)), undefined);
    assert.equal(await charts.merge(merge(1, 1)), undefined);
    assert.equal(await charts.merge(merge(1, 9)), undefined);
    assert.equal(await charts.unmerge(no ?? 0, { atMs: T0 + 1, by: 'paul' }, [gatewayEvent()]), true);
    assert.equal(await charts.unmerge(no ?? 0, { atMs: T0 + 1, by: 'paul' }, []), false);
    assert.equal((await charts.chart(2))?.into, 0);
    const [past] = await charts.mergesInto(1);
    assert.deepEqual([past?.by, past?.undoneBy], ['marie', 'paul']);
    assert.equal((await charts.mergeOf(no ?? 0))?.undoneAtMs, T0 + 1);
  });
  rule('[REC-94] writing a chart again does not part it from the one that took it in', async ({ charts }) => {
    await charts.enter({ ...NOTHING, charts: [chart(1), chart(2)], merges: [merge(1, 2)] });
    await charts.enter({ ...NOTHING, charts: [chart(2, { critical: 1, criticalAtMs: T0 })] });
    assert.deepEqual([(await charts.chart(2))?.into, (await charts.chart(2))?.critical], [1, 1]);
  });
  rule('[REC-95] charts are listed by arrival, presence and critical results, newest first', async ({ charts }) => {
    await charts.enter({
      ...NOTHING,
      charts: [
        chart(1, { arrivedAtMs: T0, presentAtMs: T0 }),
        chart(2, { arrivedAtMs: T0 + 5, criticalAtMs: T0 + 9, critical: 2 }),
        chart(3),
      ],
    });
    const listed = async (by: 'arrived' | 'present' | 'critical', sinceMs: number) =>
      (await charts.charts({ by, sinceMs }, 9)).map(({ no }) => no);
    assert.deepEqual(await listed('arrived', T0), [2, 1]);
    assert.deepEqual(await listed('arrived', T0 + 1), [2]);
    assert.deepEqual(await listed('present', 0), [1]);
    assert.deepEqual(await listed('critical', 0), [2]);
    assert.equal(await charts.lastChart(), 3);
  });
  rule(
    '[REC-222] whether a message waits is what the inbox says: entering it does not write it again',
    async ({ charts }) => {
      await charts.commit([message('a'), message('b', 'b', { reading: undefined })]);
      const [item] = await charts.inbox(9, 1e9);
      const no = item?.no ?? 0;
      assert.deepEqual(
        [(await charts.message(no))?.state, (await charts.message(no + 1))?.state],
        ['waiting', 'entered'],
      );
      await charts.enter({ ...NOTHING, done: [{ no, feed: 'labo', state: 'entered' }] });
      assert.equal((await charts.message(no))?.state, 'entered');
      await charts.enter({ ...NOTHING, done: [{ no, feed: 'labo', state: 'entered' }] });
      const [tally] = await charts.tallies();
      assert.deepEqual([tally?.received, tally?.waiting], [2, 0]);
    },
  );
  rule('[REC-222] what could not be entered goes from waiting to the tray, once', async ({ charts }) => {
    await charts.commit([message('a')]);
    const no = (await charts.inbox(9, 1e9))[0]?.no ?? 0;
    for (let times = 0; times < 2; times += 1)
      await charts.enter({ ...NOTHING, done: [{ no, feed: 'labo', state: 'not-understood', sealed: bytes(7) }] });
    const [tally] = await charts.tallies();
    assert.deepEqual([tally?.waiting, tally?.notUnderstood], [0, 1]);
    assert.deepEqual(Uint8Array.from((await charts.message(no))?.sealed ?? []), bytes(7));
  });
  rule(
    '[REC-223] what is taken from the inbox at once is bounded in bytes, and what alone is over comes alone',
    async ({ charts }) => {
      const of = (name: string, size: number) => message(name, name, { reading: new Uint8Array(size) });
      await charts.commit([of('a', 10), of('b', 10), of('c', 500), of('d', 10)]);
      const sizes = async (most: number, mostBytes: number) =>
        (await charts.inbox(most, mostBytes)).map(({ sealed }) => sealed.length);
      assert.deepEqual(await sizes(9, 20), [10, 10]);
      assert.deepEqual(await sizes(1, 20), [10]);
      assert.deepEqual(await sizes(9, 1e9), [10, 10, 500, 10]);
      const done = (await charts.inbox(2, 1e9)).map(({ no, feed }) => ({ no, feed, state: 'entered' as const }));
      await charts.enter({ ...NOTHING, done });
      assert.deepEqual(await sizes(9, 20), [500]);
    },
  );
  rule(
    '[REC-224] a chart that was heard of, or is of whom was told otherwise, stays where it is listed',
    async ({ charts }) => {
      await charts.enter({
        ...NOTHING,
        charts: [chart(1, { arrivedAtMs: T0, criticalAtMs: T0, critical: 3 }), chart(2)],
      });
      await charts.enter({
        ...NOTHING,
        resealed: [{ no: 1, heardAtMs: T0 + 1, sealed: bytes(8) }],
        heard: [{ no: 2, heardAtMs: T0 + 2 }],
      });
      const [one, two] = [await charts.chart(1), await charts.chart(2)];
      assert.deepEqual([one?.heardAtMs, one?.arrivedAtMs, one?.critical], [T0 + 1, T0, 3]);
      assert.deepEqual([Uint8Array.from(one?.sealed ?? []), Uint8Array.from(two?.sealed ?? [])], [bytes(8), bytes(2)]);
      assert.equal(two?.heardAtMs, T0 + 2);
    },
  );
}
