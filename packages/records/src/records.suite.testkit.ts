import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault, type ManualClock, text } from '@leadglass/kit';
import type { AeTitle, Event } from '@leadglass/model';
import type { Records } from './api.ts';
import { LONGEST_EVENT, LONGEST_JSON } from './bounds.ts';
import { commitOf, destinationCalled, finding, gatewayEvent, nextId, sha, T0 } from './records.testkit.ts';
import { HORIZON_MS } from './scripts/deliveries.ts';

/** A fresh, empty database for one test; closed and removed after it. */
export type OpenFresh = (t: {
  after(done: () => Promise<void>): void;
}) => Promise<{ readonly records: Records; readonly clock: ManualClock }>;

/** What every backend promises, run on the real thing. */
export function recordsSuite(backend: string, open: OpenFresh): void {
  const rule = (name: string, body: (records: Records, clock: ManualClock) => Promise<void>) =>
    test(`${name} (${backend})`, async (t) => {
      const { records, clock } = await open(t);
      await body(records, clock);
    });
  arrivalRules(rule);
  holdRules(rule);
  deliveryRules(rule);
  commitmentRules(rule);
  eventRules(rule);
  otherRules(rule);
}

type Rule = (name: string, body: (records: Records, clock: ManualClock) => Promise<void>) => void;
const pending = async (records: Records) => (await records.listDeliveries({ state: 'pending' }, 100)).length;

function arrivalRules(rule: Rule): void {
  rule('[REC-1] a stored arrival is in custody with its deliveries and its event', async (records) => {
    assert.deepEqual(await records.commitArrivals([commitOf('a', { destinations: ['pacs', 'backup'] })]), ['stored']);
    const custody = await records.custody(sha('a'));
    assert.equal(custody?.sopInstanceUid, '1.2.3.a');
    assert.equal(custody?.patient, 'pseudonym');
    assert.deepEqual(custody?.place, { kind: 'lane', file: 'lane-1', offset: 0 });
    assert.equal(await pending(records), 2);
    assert.equal((await records.events({}, 10))[0]?.event.kind, 'arrival.stored');
  });
  rule('[REC-2] the same object again is a duplicate: nothing stored, nothing delivered twice', async (records) => {
    await records.commitArrivals([commitOf('a', { destinations: ['pacs'] })]);
    assert.deepEqual(await records.commitArrivals([commitOf('a', { destinations: ['pacs', 'backup'] })]), [
      'duplicate',
    ]);
    const counts = await records.counts();
    assert.deepEqual([counts.custody.objects, counts.deliveries.pending, counts.events.total], [1, 2, 2]);
  });
  rule('[REC-2] two of the same object in one group are one and a duplicate', async (records) => {
    const outcomes = await records.commitArrivals([
      commitOf('a', { destinations: ['pacs'] }),
      commitOf('a', { destinations: ['pacs'] }),
    ]);
    assert.deepEqual(outcomes, ['stored', 'duplicate']);
    assert.equal(await pending(records), 1);
  });
  rule('[REC-8] new bytes take the place of lost ones, told in the same transaction', async (records) => {
    await records.commitArrivals([commitOf('a', { place: { kind: 'file' } })]);
    const place = { kind: 'lane', file: 'lane-7', offset: 8192 } as const;
    assert.equal(await records.replaceBytes(sha('a'), place, 1300, [gatewayEvent()]), true);
    const custody = await records.custody(sha('a'));
    assert.deepEqual([custody?.place, custody?.sealedBytes, custody?.plainBytes], [place, 1300, 1000]);
    assert.deepEqual(await records.laneFilesInUse(), ['lane-7']);
    assert.equal((await records.counts()).events.total, 2);
  });
  rule('[REC-8] an object that is not in custody gets no bytes and no event', async (records) => {
    assert.equal(await records.replaceBytes(sha('a'), { kind: 'file' }, 1300, [gatewayEvent()]), false);
    assert.equal((await records.counts()).events.total, 0);
  });
  rule('[REC-3] the same SOP Instance UID with other content is a conflict, and both are kept', async (records) => {
    const outcomes = await records.commitArrivals([
      commitOf('a', { sop: '1.2.9' }),
      commitOf('b', { sop: '1.2.9' }),
      commitOf('a', { sop: '1.2.9' }),
    ]);
    assert.deepEqual(outcomes, ['stored', 'conflict', 'duplicate']);
    assert.equal((await records.custodyByInstance('1.2.9')).length, 2);
  });
  rule('[REC-3] objects without a SOP Instance UID are not each other’s conflict', async (records) => {
    assert.deepEqual(await records.commitArrivals([commitOf('a', { sop: '' }), commitOf('b', { sop: '' })]), [
      'stored',
      'stored',
    ]);
  });
  rule('[REC-4] a refused arrival leaves its event and no custody', async (records) => {
    await records.commitArrivals([commitOf('a', { isKept: false, kind: 'refuse' })]);
    assert.equal(await records.custody(sha('a')), undefined);
    assert.equal((await records.counts()).custody.objects, 0);
    assert.equal((await records.events({ kinds: ['arrival.refused'] }, 10)).length, 1);
  });
  rule('[REC-5] one impossible arrival undoes its group, and the next group passes', async (records) => {
    const twice = nextId();
    await records.commitArrivals([commitOf('a', { id: twice })]);
    await assert.rejects(records.commitArrivals([commitOf('b'), commitOf('c', { id: twice })]));
    assert.equal(await records.custody(sha('b')), undefined);
    assert.deepEqual(await records.commitArrivals([commitOf('b')]), ['stored']);
    assert.equal((await records.counts()).custody.objects, 2);
  });
  rule('[REC-5] an event that cannot be made undoes everything', async (records) => {
    const broken = { ...commitOf('a'), event: () => assert.fail('no event') };
    await assert.rejects(records.commitArrivals([broken]));
    assert.equal(await records.custody(sha('a')), undefined);
    assert.deepEqual(await records.commitArrivals([commitOf('a')]), ['stored']);
  });
  rule('[REC-6] findings and reasons are bounded, the worst kept', async (records) => {
    const many = Array.from({ length: 500 }, () => ({ ...finding, text: text('x'.repeat(400), 'y'.repeat(400)) }));
    const worst = { ...finding, severity: 'malicious' as const, code: 'preamble.executable' };
    await records.commitArrivals([commitOf('a', { kind: 'hold', verdict: 'malicious', findings: [...many, worst] })]);
    const hold = await records.hold(sha('a'));
    assert((hold?.findings.length ?? Number.POSITIVE_INFINITY) <= LONGEST_JSON);
    assert.equal(JSON.parse(hold?.findings ?? '')[0].code, 'preamble.executable');
  });
  rule('[REC-6] names of a peer’s choosing are bounded and without NUL', async (records) => {
    await records.commitArrivals([commitOf('a', { sop: `1.2\0${'3'.repeat(10_000)}` })]);
    assert.match((await records.custody(sha('a')))?.sopInstanceUid ?? '', /^1\.23{120,128}$/);
  });
  rule('[REC-7] laid out objects leave their lane', async (records) => {
    await records.commitArrivals([
      commitOf('b', { atMs: T0 + 1 }),
      commitOf('a'),
      commitOf('c', { place: { kind: 'file' } }),
    ]);
    assert.deepEqual(
      (await records.listInLanes(10)).map((custody) => custody.sha256),
      [sha('a'), sha('b')],
    );
    assert.deepEqual(await records.laneFilesInUse(), ['lane-1']);
    await records.laidOut([sha('a'), sha('b')]);
    assert.deepEqual(await records.laneFilesInUse(), []);
    assert.deepEqual((await records.custody(sha('a')))?.place, { kind: 'file' });
    assert.equal((await records.counts()).custody.notLaidOut, 0);
  });
  rule('[REC-7] custody is listed in order of sha256, page by page', async (records) => {
    await records.commitArrivals(['a', 'b', 'c', 'd', 'e'].map((name) => commitOf(name)));
    const seen: string[] = [];
    for (
      let page = await records.listCustody('', 2);
      page.length > 0;
      page = await records.listCustody(seen.at(-1) ?? '', 2)
    ) {
      seen.push(...page.map((custody) => custody.sha256));
    }
    assert.deepEqual(seen, ['a', 'b', 'c', 'd', 'e'].map(sha).sort());
  });
}

function holdRules(rule: Rule): void {
  const held = { kind: 'hold', verdict: 'suspicious', findings: [finding] } as const;
  const decide = [T0 + 5, ['pacs'], []] as const;

  rule('[REC-10] a held arrival is in custody, listed as held and due nowhere', async (records) => {
    await records.commitArrivals([commitOf('a', held)]);
    const [hold] = await records.holds('held', 10);
    assert.equal(hold?.verdict, 'suspicious');
    assert.equal(JSON.parse(hold?.reasons ?? '')[0].fr, 'Rien à signaler.');
    assert.equal(await pending(records), 0);
    assert.equal((await records.counts()).holds, 1);
  });
  rule('[REC-11] a duplicate is not delivered around a hold', async (records) => {
    await records.commitArrivals([commitOf('a', held)]);
    assert.deepEqual(await records.commitArrivals([commitOf('a', { destinations: ['pacs'] })]), ['duplicate']);
    assert.equal(await pending(records), 0);
    assert.equal((await records.hold(sha('a')))?.state, 'held');
  });
  rule('[REC-11] what was queued before the object was held is not due while it is', async (records) => {
    await records.commitArrivals([commitOf('a', { destinations: ['pacs'] }), commitOf('a', held)]);
    assert.deepEqual(await records.dueDeliveries('pacs', T0 + 1, 10), []);
    assert.equal(await records.nextDueMs('pacs'), undefined);
    await records.releaseHold(sha('a'), 'op', 'seen', ...decide);
    assert.equal((await records.dueDeliveries('pacs', T0 + 10, 10)).length, 1);
  });
  rule('[REC-12] a release queues deliveries and says who decided', async (records) => {
    await records.commitArrivals([commitOf('a', held)]);
    await records.releaseHold(sha('a'), 'op', 'seen', T0 + 5, ['pacs'], [gatewayEvent()]);
    const hold = await records.hold(sha('a'));
    assert.deepEqual(
      [hold?.state, hold?.decidedBy, hold?.decidedAtMs, hold?.decisionReason],
      ['released', 'op', T0 + 5, 'seen'],
    );
    assert.equal(await pending(records), 1);
  });
  rule('[REC-12] a second decision is refused and changes nothing', async (records) => {
    await records.commitArrivals([commitOf('a', held)]);
    await records.releaseHold(sha('a'), 'op', 'seen', ...decide);
    const late = records.destroyHold(sha('a'), 'other', 'late', T0 + 6, [gatewayEvent()]);
    await assert.rejects(late, (thrown) => isFault(thrown, 'records.not-held'));
    assert.equal((await records.hold(sha('a')))?.decidedBy, 'op');
    assert.equal((await records.counts()).events.total, 1);
  });
  rule('[REC-13] a release stands for the findings it was made on', async (records) => {
    await records.commitArrivals([commitOf('a', held)]);
    await records.releaseHold(sha('a'), 'op', 'seen', ...decide);
    await records.commitArrivals([commitOf('a', held)]);
    assert.equal((await records.hold(sha('a')))?.state, 'released');
    await records.commitArrivals([commitOf('a', { ...held, verdict: 'malicious' })]);
    assert.equal((await records.hold(sha('a')))?.state, 'held');
  });
  rule(
    '[REC-14] a destroyed object leaves custody with what was not delivered; it may arrive again',
    async (records) => {
      await records.commitArrivals([commitOf('a', { destinations: ['pacs'] }), commitOf('a', held)]);
      await records.destroyHold(sha('a'), 'op', 'bad', T0 + 5, [gatewayEvent()]);
      assert.equal(await records.custody(sha('a')), undefined);
      assert.equal((await records.hold(sha('a')))?.state, 'destroyed');
      assert.deepEqual([(await records.counts()).custody.objects, await pending(records)], [0, 0]);
      assert.deepEqual(await records.commitArrivals([commitOf('a', held)]), ['stored']);
      assert.equal((await records.hold(sha('a')))?.state, 'held');
    },
  );
  rule(
    '[REC-26] a disarmed object is held and owes a copy, which is taken once, with its deliveries',
    async (records) => {
      await records.commitArrivals([commitOf('a', { ...held, kind: 'disarm', destinations: ['pacs'] })]);
      assert.equal((await records.hold(sha('a')))?.copy, 'owed');
      assert.deepEqual(await records.dueDeliveries('pacs', T0, 10), []);
      assert.deepEqual(
        (await records.pendingCopies(10)).map(({ sha256 }) => sha256),
        [sha('a')],
      );
      const copy = commitOf('copy of a', { sop: '1.2.a', destinations: ['pacs'] });
      assert.equal(await records.commitCopy(sha('a'), copy), true);
      const hold = await records.hold(sha('a'));
      assert.deepEqual([hold?.state, hold?.copy, hold?.copySha256], ['held', 'made', sha('copy of a')]);
      assert.deepEqual(
        (await records.dueDeliveries('pacs', T0, 10)).map(({ sha256 }) => sha256),
        [sha('copy of a')],
      );
      assert.deepEqual(await records.pendingCopies(10), []);
      assert.equal(await records.commitCopy(sha('a'), commitOf('another copy')), false);
      assert.equal(await records.custody(sha('another copy')), undefined);
      await records.commitArrivals([commitOf('a', { ...held, kind: 'disarm' })]);
      assert.equal((await records.hold(sha('a')))?.copy, 'made');
    },
  );

  rule('[REC-27] a copy is owed no more once the object is released or none can be made', async (records) => {
    await records.commitArrivals(['a', 'b'].map((name) => commitOf(name, { ...held, kind: 'disarm' })));
    await records.releaseHold(sha('a'), 'op', 'seen', T0, [], []);
    assert.equal(await records.commitCopy(sha('a'), commitOf('copy of a')), false);
    await records.copyImpossible(sha('b'), [gatewayEvent()]);
    const events = (await records.counts()).events.total;
    await records.copyImpossible(sha('b'), [gatewayEvent()]);
    assert.equal((await records.counts()).events.total, events);
    assert.deepEqual(await records.pendingCopies(10), []);
    assert.equal((await records.hold(sha('b')))?.copy, 'impossible');
  });

  rule('[REC-14] a row whose bytes are lost goes with its hold and its pending deliveries', async (records) => {
    await records.commitArrivals([commitOf('a', { destinations: ['pacs'] }), commitOf('b', held)]);
    await records.destroyCustody(sha('a'), [gatewayEvent()]);
    await records.destroyCustody(sha('b'), []);
    await records.destroyCustody(sha('never'), []);
    const counts = await records.counts();
    assert.deepEqual(
      [counts.custody.objects, counts.custody.bytes, counts.deliveries.pending, counts.holds],
      [0, 0, 0, 0],
    );
  });
}

function deliveryRules(rule: Rule): void {
  const settled = (id: number, outcome: 'delivered' | 'retry' | 'failed', more = {}) => ({
    id,
    outcome,
    atMs: T0 + 10,
    ...more,
  });

  rule('[REC-20] due deliveries come oldest first, with their object, of one destination', async (records) => {
    await records.commitArrivals([
      commitOf('late', { destinations: ['pacs'], atMs: T0 + 9 }),
      commitOf('b', { destinations: ['pacs'], atMs: T0 + 2 }),
      commitOf('a', { destinations: ['pacs', 'backup'], atMs: T0 + 1 }),
    ]);
    const due = await records.dueDeliveries('pacs', T0 + 5, 10);
    assert.deepEqual(
      due.map((delivery) => delivery.custody.sha256),
      [sha('a'), sha('b')],
    );
    assert.equal((await records.dueDeliveries('pacs', T0 + 5, 1)).length, 1);
    assert.equal(await records.nextDueMs('pacs'), T0 + 1);
    assert.equal(await records.nextDueMs('nowhere'), undefined);
  });
  rule('[REC-21] a result settles its delivery, and only that', async (records) => {
    await records.commitArrivals([commitOf('a', { destinations: ['pacs', 'backup', 'third'] })]);
    const idOf = async (destination: string) => (await records.listDeliveries({ destination }, 1))[0]?.id ?? 0;
    await records.recordDeliveries(
      [
        settled(await idOf('pacs'), 'delivered', { status: 0 }),
        settled(await idOf('backup'), 'retry', { nextAtMs: T0 + 99, fault: 'wire.refused' }),
        settled(await idOf('third'), 'failed', { status: 0xa900, fault: 'relay.permanent' }),
        settled(999_999, 'delivered'),
      ],
      [gatewayEvent()],
    );
    const [done] = await records.listDeliveries({ destination: 'pacs' }, 1);
    assert.deepEqual([done?.state, done?.attempts, done?.status, done?.fault], ['delivered', 1, 0, undefined]);
    const [again] = await records.listDeliveries({ destination: 'backup' }, 1);
    assert.deepEqual([again?.state, again?.nextAtMs, again?.fault], ['pending', T0 + 99, 'wire.refused']);
    assert.deepEqual((await records.counts()).deliveries, { pending: 1, delivered: 1, failed: 1 });
    assert.equal((await records.listDeliveries({ state: 'failed' }, 10))[0]?.status, 0xa900);
  });
  rule('[REC-21] a delivered object is never sent again, whatever comes late', async (records) => {
    await records.commitArrivals([commitOf('a', { destinations: ['pacs'] })]);
    const id = (await records.dueDeliveries('pacs', T0, 1))[0]?.id ?? 0;
    await records.recordDeliveries([settled(id, 'delivered', { status: 0 })], []);
    await records.recordDeliveries([settled(id, 'retry', { nextAtMs: T0 }), settled(id, 'failed')], []);
    assert.deepEqual((await records.counts()).deliveries, { pending: 0, delivered: 1, failed: 0 });
  });
  rule('[REC-22] failed deliveries are tried again on demand, all or of one object', async (records) => {
    await records.commitArrivals(['a', 'b', 'c'].map((name) => commitOf(name, { destinations: ['pacs'] })));
    const due = await records.dueDeliveries('pacs', T0, 10);
    await records.recordDeliveries(
      due.map((delivery) => settled(delivery.id, 'failed')),
      [],
    );
    assert.equal(await records.retryDeliveries('pacs', T0 + 20, sha('b')), 1);
    const told = (deliveries: number): Event => {
      const { id, atMs } = gatewayEvent();
      return { id, atMs, kind: 'delivery.requeued', by: 'op', destination: 'pacs', deliveries };
    };
    const { total } = (await records.counts()).events;
    assert.equal(await records.retryDeliveries('backup', T0 + 20, undefined, told), 0);
    assert.equal((await records.counts()).events.total, total);
    assert.equal(await records.retryDeliveries('pacs', T0 + 20, undefined, told), 2);
    const [last] = await records.events({}, 1);
    assert.equal(last?.event.kind === 'delivery.requeued' && last.event.deliveries, 2);
    assert.equal((await records.dueDeliveries('pacs', T0 + 20, 10)).length, 3);
    assert.deepEqual((await records.counts()).deliveries, { pending: 3, delivered: 0, failed: 0 });
  });
  rule('[REC-23] a delivery dated by a clock that was far ahead is due now', async (records, clock) => {
    const future = T0 + 10 * HORIZON_MS;
    await records.commitArrivals([commitOf('a', { destinations: ['pacs'], atMs: future })]);
    clock.jump(T0 - clock.now());
    assert.equal(await records.nextDueMs('pacs'), T0);
    assert.equal((await records.dueDeliveries('pacs', T0, 10)).length, 1);
  });
  rule('[REC-24] deliveries are listed by any filter, latest first', async (records) => {
    await records.commitArrivals(
      ['a', 'b'].map((name, i) => commitOf(name, { destinations: ['pacs', 'backup'], atMs: T0 + i })),
    );
    assert.equal((await records.listDeliveries({}, 10)).length, 4);
    assert.equal((await records.listDeliveries({}, 3)).length, 3);
    assert.equal((await records.listDeliveries({ sha256: sha('a') }, 10)).length, 2);
    assert.equal(
      (await records.listDeliveries({ sha256: sha('a'), destination: 'pacs', state: 'delivered' }, 10)).length,
      0,
    );
    assert.deepEqual(
      (await records.listDeliveries({ destination: 'pacs' }, 10)).map((each) => each.sha256),
      [sha('b'), sha('a')],
    );
  });
  rule('[REC-25] a removed destination’s pending deliveries stay', async (records) => {
    await records.replaceConfig({ peers: [], destinations: [destinationCalled('pacs')], routes: [] }, []);
    await records.commitArrivals([commitOf('a', { destinations: ['pacs'] })]);
    await records.replaceConfig({ peers: [], destinations: [], routes: [] }, []);
    assert.equal((await records.dueDeliveries('pacs', T0, 10)).length, 1);
  });
}

function commitmentRules(rule: Rule): void {
  rule(
    '[REC-30] commitment is wanted where the destination offers it, asked once, answered per object',
    async (records) => {
      await records.replaceConfig(
        { peers: [], destinations: [destinationCalled('pacs', true), destinationCalled('plain')], routes: [] },
        [],
      );
      await records.commitArrivals(['a', 'b', 'c'].map((name) => commitOf(name, { destinations: ['pacs', 'plain'] })));
      assert.deepEqual(await records.wantedCommitments('pacs', 10), []);
      const due = [...(await records.dueDeliveries('pacs', T0, 10)), ...(await records.dueDeliveries('plain', T0, 10))];
      await records.recordDeliveries(
        due.map(({ id }) => ({ id, outcome: 'delivered' as const, atMs: T0, status: 0 })),
        [],
      );
      assert.deepEqual(await records.wantedCommitments('plain', 10), []);
      const wanted = await records.wantedCommitments('pacs', 10);
      assert.equal(wanted.length, 3);
      await records.askedCommitment(
        '2.25.1',
        'pacs',
        wanted.map(({ id }) => id),
        T0,
      );
      assert.deepEqual(await records.wantedCommitments('pacs', 10), []);
      assert.equal(
        await records.answeredCommitment(
          '2.25.1',
          ['1.2.3.a', '1.2.3.b', '9.9'],
          [{ sopInstanceUid: '1.2.3.b', failureReason: 0x0112 }],
          [gatewayEvent()],
        ),
        true,
      );
      const states = await Promise.all(
        ['a', 'b', 'c'].map(
          async (name) => (await records.listDeliveries({ sha256: sha(name), destination: 'pacs' }, 1))[0]?.commitment,
        ),
      );
      assert.deepEqual(states, ['committed', 'refused', 'asked']);
    },
  );
  rule('[REC-31] an answer to a transaction nobody asked changes nothing', async (records) => {
    assert.equal(await records.answeredCommitment('2.25.9', ['1.2.3.a'], [], [gatewayEvent()]), false);
    assert.equal((await records.counts()).events.total, 0);
  });
}

function eventRules(rule: Rule): void {
  rule('[REC-40] events are sequenced into the ledger in order and once', async (records) => {
    const events = [gatewayEvent(T0), gatewayEvent(T0 + 1), gatewayEvent(T0 + 2)];
    await records.appendEvents(events);
    assert.equal(await records.lastLedgerIndex(), -1);
    const waiting = await records.unsequenced(2);
    assert.deepEqual(
      waiting.map(({ event }) => event),
      events.slice(0, 2),
    );
    await records.sequenced(waiting, 7);
    await records.sequenced(waiting, 70);
    assert.equal(await records.lastLedgerIndex(), 8);
    assert.deepEqual(
      (await records.unsequenced(9)).map(({ event }) => event),
      events.slice(2),
    );
    assert.equal((await records.findEvents('#8'))[0]?.event.id, events[1]?.id);
    assert.deepEqual((await records.counts()).events, { total: 3, unsequenced: 1 });
  });
  rule('[REC-41] events are read forward from a point, or the last ones, of some kinds', async (records) => {
    const a = { id: nextId(), atMs: T0, kind: 'intake.started', intake: 1 } as const;
    await records.appendEvents([gatewayEvent(), a, gatewayEvent(), gatewayEvent()]);
    const all = await records.events({}, 10);
    assert.equal(all.length, 4);
    assert.deepEqual(
      (await records.events({}, 2)).map(({ seq }) => seq),
      all.slice(2).map(({ seq }) => seq),
    );
    assert.deepEqual(
      (await records.events({ afterSeq: all[0]?.seq ?? 0 }, 2)).map(({ seq }) => seq),
      all.slice(1, 3).map(({ seq }) => seq),
    );
    assert.deepEqual(
      (await records.events({ kinds: ['intake.started'] }, 9)).map(({ event }) => event.id),
      [a.id],
    );
    assert.equal(
      (await records.events({ kinds: ['intake.started', 'gateway.stopped'], afterSeq: all[1]?.seq ?? 0 }, 9)).length,
      2,
    );
    assert.deepEqual(await records.events({ kinds: [] }, 9), []);
  });
  rule('[REC-42] an event is found by its id and by its arrival’s', async (records) => {
    const commit = commitOf('a');
    await records.commitArrivals([commit]);
    const [found] = await records.findEvents(commit.arrival.id);
    assert.equal(found?.event.kind, 'arrival.stored');
    assert.equal((await records.findEvents(found?.event.id ?? ''))[0]?.seq, found?.seq);
    assert.deepEqual(await records.findEvents('#999999999999999999999'), []);
  });
  rule('[REC-43] an event over the limit is cut, not refused', async (records) => {
    const why = Array.from({ length: 5000 }, () => text('x'.repeat(5000), 'y'.repeat(5000)));
    const commit = commitOf('a', { kind: 'hold' });
    await records.commitArrivals([{ ...commit, event: (outcome) => ({ ...commit.event(outcome), why }) as never }]);
    const [entry] = await records.events({}, 1);
    assert(JSON.stringify(entry?.event).length <= 2 * LONGEST_EVENT);
    assert.equal(entry?.event.kind, 'arrival.held');
  });
}

function otherRules(rule: Rule): void {
  rule('[REC-50] peers, destinations and routes are replaced as a whole and read back', async (records) => {
    const peers = [
      {
        aeTitle: 'CT1' as AeTitle,
        from: '192.0.2.0/24',
        certSha256: 'ab'.repeat(32),
        allow: ['echo', 'store'] as const,
        whenHeld: 'tell' as const,
        privateSopClasses: ['*'],
      },
    ];
    const config = {
      peers,
      destinations: [
        { ...destinationCalled('pacs', true), tls: true, certSha256: 'cd'.repeat(32) },
        destinationCalled('b'),
      ],
      routes: [{ from: '*' as const, to: 'pacs' }],
    };
    await records.replaceConfig(config, [gatewayEvent()]);
    await records.replaceConfig(config, []);
    assert.deepEqual(
      { peers: await records.peers(), destinations: await records.destinations(), routes: await records.routes() },
      config,
    );
  });
  rule('[REC-105] relays are replaced with the configuration and read back in their order', async (records) => {
    const lists = { peers: [], destinations: [destinationCalled('ris'), destinationCalled('pacs')], routes: [] };
    const relays = [
      { from: 'CT1' as AeTitle, services: ['worklist', 'mpps'] as const, to: 'ris', calling: 'peer' as const },
      { from: '*' as const, services: ['find'] as const, to: 'pacs' },
    ];
    await records.replaceConfig({ ...lists, relays }, []);
    await records.replaceConfig({ ...lists, relays }, []);
    assert.deepEqual(await records.relays(), relays);
    await assert.rejects(records.replaceConfig({ ...lists, destinations: [], relays }, []));
    assert.deepEqual(await records.relays(), relays);
    await records.replaceConfig(lists, []);
    assert.deepEqual(await records.relays(), []);
  });
  rule('[REC-50] a route to nowhere undoes the whole replacement', async (records) => {
    await records.replaceConfig({ peers: [], destinations: [destinationCalled('pacs')], routes: [] }, []);
    await assert.rejects(records.replaceConfig({ peers: [], destinations: [], routes: [{ from: '*', to: 'x' }] }, []));
    assert.equal((await records.destinations()).length, 1);
  });
  rule('[REC-104] ClamAV’s settings are replaced with the configuration, in its transaction', async (records) => {
    const lists = { peers: [], destinations: [], routes: [] };
    const clamav = { address: '/run/clamav/clamd.ctl', maxStreamBytes: 1_000_000, timeoutSeconds: 5 };
    assert.equal(await records.clamav(), undefined);
    await records.replaceConfig({ ...lists, clamav }, []);
    assert.deepEqual(await records.clamav(), clamav);
    await records.replaceConfig(lists, []);
    assert.equal(await records.clamav(), undefined);
  });

  rule('[REC-51] settings are kept, and a probe passes', async (records) => {
    assert.equal(await records.setting('x'), undefined);
    await records.setSetting('x', '1');
    await records.setSetting('x', '2');
    assert.equal(await records.setting('x'), '2');
    await records.probe();
  });
}
