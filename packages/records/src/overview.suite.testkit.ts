import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from '@leadglass/kit';
import type { Event, EventOf } from '@leadglass/model';
import type { Records } from './api.ts';
import { MOST_PAST, MOST_STRANGERS } from './overview-queries.ts';
import { commitOf, destinationCalled, gatewayEvent, nextId, sha, T0 } from './records.testkit.ts';

type Context = { after(done: () => Promise<void> | void): void };
type Open = (t: Context) => Promise<{ readonly records: Records }>;

const why = text('non', 'no');

function rejected(calling: string, remoteAddress: string, atMs = T0, more?: number): EventOf<'association.rejected'> {
  return {
    ...{ id: nextId(), atMs, kind: 'association.rejected', associationId: nextId(), calling, called: 'LEADGLASS' },
    ...{ remoteAddress, listener: 'dimse', result: 1, source: 1, reason: 3, why, hint: '' },
    ...(more === undefined ? {} : { more }),
  };
}

function accepted(calling: string, remoteAddress: string, isObserved = false): Event {
  return {
    ...{ id: nextId(), atMs: T0, kind: 'association.accepted', associationId: nextId(), calling, called: 'LEADGLASS' },
    ...{ remoteAddress, listener: 'dimse', evidence: 'address', implementation: '' },
    ...(isObserved ? { instead: { why, hint: '' } } : {}),
  };
}

const EMPTY = { peers: [], destinations: [], routes: [] };
const change = (n: number) => ({
  ...{ atMs: T0 + n, by: `person ${n}`, change: text(`changement ${n}`, `change ${n}`) },
  ...{ before: `source ${n - 1}`, source: `source ${n}` },
});

/** What the console shows: the same for every backend. */
export function overviewSuite(name: string, open: Open): void {
  journeys(name, open);
  strangers(name, open);
  past(name, open);
  waiting(name, open);
}

/** Whether they wait for the ledger or are in it. */
async function journeysAreFound(overview: Records['overview']): Promise<void> {
  assert.equal((await overview.eventsOfStudy('1.2.3', 0, 10)).events.length, 3);
  assert.equal((await overview.eventsOfStudy('1.2.3', 0, 2)).events.length, 2);
  assert.deepEqual(
    (await overview.eventsOfStudy('1.2.9', 0, 10)).events.map(({ event }) => event.kind),
    ['study.opened'],
  );
  assert.deepEqual((await overview.eventsOfWholeStudy('1.2.3', 0, 10)).events, []);
  assert.equal((await overview.eventsOfWholeStudy('1.2.9', 0, 10)).events.length, 1);
  assert.equal((await overview.eventsOfObject(sha('a'), 0, 10)).events.length, 2);
  assert.equal((await overview.eventsOfAssociation('018f0000-0000-7000-9000-000000000001', 0, 10)).events.length, 3);
  assert.deepEqual((await overview.eventsOfAssociation('018f0000-0000-7000-9000-000000000002', 0, 10)).events, []);
  assert.deepEqual((await overview.eventsOfObject(sha('c'), 0, 10)).events, []);
  const { events, after } = await overview.eventsOfStudy('1.2.3', 0, 1);
  const [first] = events;
  assert.deepEqual([after, (await overview.eventsOfStudy('1.2.3', after ?? 0, 9)).events.length], [first?.seq, 2]);
}

function journeys(name: string, open: Open): void {
  test(`[REC-190] ${name}: events are found by the study, the object and the association they are about, and no others`, async (t) => {
    const { records } = await open(t);
    const other = {
      ...gatewayEvent(),
      kind: 'study.opened',
      by: 'm',
      studyInstanceUid: '1.2.9',
      patient: '',
      reason: '',
    };
    await records.commitArrivals([commitOf('a'), commitOf('b'), commitOf('a')]);
    await records.appendEvents([gatewayEvent(), other as Event]);
    const { overview } = records;
    await journeysAreFound(overview);
    const [first, ...others] = await records.unsequenced(20);
    assert.ok(first);
    await records.sequenced([first], 0);
    await journeysAreFound(overview);
    await records.sequenced(others, 1);
    await journeysAreFound(overview);
    const { events } = await overview.eventsOfStudy('1.2.3', 0, 1);
    assert.deepEqual(await overview.eventBySeq(events[0]?.seq ?? 0), events[0]);
  });

  test(`[REC-190] ${name}: a study’s objects are counted, and listed within a bound`, async (t) => {
    const { records } = await open(t);
    await records.commitArrivals(['a', 'b', 'c'].map((each) => commitOf(each)));
    assert.deepEqual(await records.overview.sizeOfStudy('1.2.3'), { objects: 3, bytes: 3000 });
    assert.deepEqual(await records.overview.sizeOfStudy('1.2.4'), { objects: 0, bytes: 0 });
    const two = await records.overview.custodyOfStudy('1.2.3', 2);
    assert.deepEqual(
      two.map(({ sopInstanceUid }) => sopInstanceUid),
      ['1.2.3.a', '1.2.3.b'],
    );
  });

  test(`[REC-190] ${name}: events from before the index are entered a piece at a time, once`, async (t) => {
    const { records } = await open(t);
    await records.commitArrivals(['a', 'b', 'c'].map((each) => commitOf(each)));
    assert.deepEqual(await steps(records), [true, false, false]);
    assert.equal((await records.overview.eventsOfStudy('1.2.3', 0, 10)).events.length, 3);
  });
}

async function steps(records: Records): Promise<readonly boolean[]> {
  const { overview } = records;
  return [await overview.keyOlder(2), await overview.keyOlder(2), await overview.keyOlder(2)];
}

function strangers(name: string, open: Open): void {
  test(`[REC-191] ${name}: who knocks is one row that adds up, newest first, until the rules let it in`, async (t) => {
    const { records } = await open(t);
    const last = rejected('US1', '192.0.2.9', T0 + 20, 4);
    await records.appendEvents([rejected('US1', '192.0.2.9'), rejected('MR1', '192.0.2.8', T0 + 10), last]);
    const refused = {
      ...gatewayEvent(T0 + 5),
      kind: 'connection.refused',
      remoteAddress: '192.0.2.9',
      listener: 'web',
      why,
    };
    await records.appendEvents([refused as Event]);
    const all = await records.overview.strangers(0, 10);
    assert.deepEqual(
      all.map(({ aeTitle, address, times, firstAtMs, lastAtMs }) => [aeTitle, address, times, firstAtMs, lastAtMs]),
      [
        ['US1', '192.0.2.9', 6, T0, T0 + 20],
        ['MR1', '192.0.2.8', 1, T0 + 10, T0 + 10],
        ['', '192.0.2.9', 1, T0 + 5, T0 + 5],
      ],
    );
    assert.equal((await records.overview.eventBySeq(all[0]?.seq ?? 0))?.event.id, last.id);
    assert.equal(all[0]?.eventId, last.id);
    await records.appendEvents([accepted('MR1', '192.0.2.8', true), accepted('US1', '192.0.2.9')]);
    assert.deepEqual(
      (await records.overview.strangers(0, 10)).map(({ aeTitle }) => aeTitle),
      ['MR1', ''],
    );
    assert.equal((await records.overview.strangers(T0 + 6, 10)).length, 1);
  });

  test(`[REC-191] ${name}: strangers are bounded, whoever knocks; who came longest ago is forgotten`, async (t) => {
    const { records } = await open(t);
    const many = Array.from({ length: MOST_STRANGERS + 20 }, (_, n) => rejected(`X${n}`, '192.0.2.9', T0 + n));
    await records.appendEvents(many);
    const kept = await records.overview.strangers(0, MOST_STRANGERS + 100);
    assert.equal(kept.length, MOST_STRANGERS);
    assert.deepEqual([kept[0]?.aeTitle, kept.at(-1)?.aeTitle], [`X${MOST_STRANGERS + 19}`, 'X20']);
  });
}

function past(name: string, open: Open): void {
  test(`[REC-192] ${name}: a change of the settings is remembered in its own transaction, the first with what was before`, async (t) => {
    const { records } = await open(t);
    await records.replaceConfig(EMPTY, [gatewayEvent()], change(1));
    await records.replaceConfig(EMPTY, [], change(2));
    const remembered = await records.overview.past(Number.MAX_SAFE_INTEGER, 10);
    assert.deepEqual(
      remembered.map(({ by, source }) => [by, source]),
      [
        ['person 2', 'source 2'],
        ['person 1', 'source 1'],
        ['', 'source 0'],
      ],
    );
    const no = remembered[1]?.no ?? 0;
    assert.deepEqual(await records.overview.onePast(no), remembered[1]);
    assert.deepEqual(await records.overview.past(no, 1), remembered.slice(2));
    assert.equal(await records.overview.onePast(99), undefined);
    const bad = { ...EMPTY, routes: [{ from: '*', to: 'nowhere' }] } as Parameters<Records['replaceConfig']>[0];
    await assert.rejects(records.replaceConfig(bad, [], change(3)));
    assert.equal((await records.overview.past(Number.MAX_SAFE_INTEGER, 10)).length, 3);
  });

  test(`[REC-192] ${name}: the last ${MOST_PAST} states are remembered`, async (t) => {
    const { records } = await open(t);
    for (let n = 1; n <= MOST_PAST + 5; n += 1) await records.replaceConfig(EMPTY, [], change(n));
    const remembered = await records.overview.past(Number.MAX_SAFE_INTEGER, 1000);
    assert.equal(remembered.length, MOST_PAST);
    assert.deepEqual([remembered[0]?.source, remembered.at(-1)?.source], [`source ${MOST_PAST + 5}`, 'source 6']);
  });
}

function waiting(name: string, open: Open): void {
  test(`[REC-193] ${name}: what waits for a destination is counted, with the time the longest came; the longest held come first`, async (t) => {
    const { records } = await open(t);
    await records.replaceConfig({ ...EMPTY, destinations: [destinationCalled('pacs')] }, []);
    const to = { destinations: ['pacs'] };
    await records.commitArrivals([commitOf('a', { ...to, atMs: T0 + 9 }), commitOf('b', { ...to, atMs: T0 + 3 })]);
    await records.commitArrivals([
      commitOf('c', { kind: 'hold', atMs: T0 + 7 }),
      commitOf('d', { kind: 'hold', atMs: T0 + 2 }),
    ]);
    const { overview } = records;
    assert.deepEqual(
      [await overview.countDeliveries('pending', 'pacs'), await overview.countDeliveries('failed', 'pacs')],
      [2, 0],
    );
    assert.equal(await overview.firstWaitingMs('pending', 'pacs'), T0 + 3);
    assert.equal(await overview.firstWaitingMs('failed', 'pacs'), undefined);
    assert.deepEqual(
      (await overview.holdsLongest(10)).map(({ heldAtMs }) => heldAtMs),
      [T0 + 2, T0 + 7],
    );
  });
}
