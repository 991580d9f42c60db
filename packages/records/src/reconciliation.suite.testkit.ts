import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from '@leadglass/kit';
import type { ArrivalCommit, Records } from './api.ts';
import type { OpenFresh } from './records.suite.testkit.ts';
import { commitOf, gatewayEvent, nextId, sha, T0, type Wish } from './records.testkit.ts';

const NUMBER = 'TQ7K263310001C';
const WHO = Uint8Array.of(1);
const SEALED = Uint8Array.of(9);
const HELD_WHY = JSON.stringify([text('repris', 'taken back')]);

/** An arrival under the temporary identity. */
function waiting(name: string, wish: Wish = {}): ArrivalCommit {
  return {
    ...commitOf(name, { destinations: ['pacs'], ...wish }),
    catalogued: SEALED,
    awaits: {
      number: NUMBER,
      event: (arrival, destinations) => ({
        ...{ id: nextId(), atMs: arrival.receivedAtMs, kind: 'identity.waiting', number: NUMBER, patient: 'p' },
        ...{ studyInstanceUid: arrival.studyInstanceUid, destinations },
      }),
    },
  };
}

async function accepted({ reconciliation }: Records, atMs = T0 + 1): Promise<void> {
  const from = await reconciliation.identity(NUMBER);
  assert.ok(from !== undefined);
  assert.equal(await reconciliation.change({ from, state: 'accepted', atMs, sealed: WHO }, [gatewayEvent()]), true);
}

/** Makes the copy of the one object that is owed one. */
async function coerced(records: Records, copy: string): Promise<boolean> {
  const [owed] = await records.reconciliation.owed(10);
  assert.ok(owed !== undefined);
  return records.reconciliation.commitCoerced(owed.custody.sha256, owed, commitOf(copy, { destinations: ['pacs'] }));
}

const delivered = async (records: Records, name: string): Promise<void> => {
  const [one] = await records.listDeliveries({ sha256: sha(name) }, 10);
  await records.recordDeliveries([{ id: one?.id ?? 0, outcome: 'delivered', atMs: T0, status: 0 }], []);
};
const queued = async (records: Records, name: string): Promise<readonly string[]> =>
  (await records.listDeliveries({ sha256: sha(name) }, 10)).map(({ state }) => state);
const statesOf = async ({ reconciliation }: Records): Promise<readonly string[]> =>
  (await reconciliation.objects(NUMBER, '', 10)).map(({ state }) => state);

/** What every backend promises of temporary identities. */
export function reconciliationSuite(backend: string, open: OpenFresh): void {
  const rule = (name: string, body: (records: Records) => Promise<void>) =>
    test(`${name} (${backend})`, async (t) => body((await open(t)).records));

  rule('[CONT-141] what comes under a temporary identity has no delivery, however often it comes', async (records) => {
    await records.commitArrivals([waiting('a'), waiting('b')]);
    await records.commitArrivals([waiting('a')]);
    assert.deepEqual([await queued(records, 'a'), await queued(records, 'b')], [[], []]);
    assert.equal((await records.counts()).deliveries.pending, 0);
    const told = await records.events({ kinds: ['identity.waiting'] }, 10);
    assert.equal(told.length, 1, 'told once');
    assert.equal((await records.reconciliation.identity(NUMBER))?.state, 'open');
    assert.deepEqual(await statesOf(records), ['waiting', 'waiting']);
  });

  rule('[CONT-142] once it is released all goes out as it came, and what comes later at once', async (records) => {
    await records.commitArrivals([waiting('a')]);
    const from = await records.reconciliation.identity(NUMBER);
    assert.ok(from !== undefined);
    assert.deepEqual(await records.reconciliation.release({ from, atMs: T0 }, [gatewayEvent()]), ['pacs']);
    assert.equal(
      await records.reconciliation.release({ from, atMs: T0 }, []),
      undefined,
      'it is no longer as it was read',
    );
    await records.commitArrivals([waiting('late')]);
    assert.deepEqual([await queued(records, 'a'), await queued(records, 'late')], [['pending'], ['pending']]);
    assert.deepEqual(await statesOf(records), ['sent', 'sent']);
  });

  rule(
    '[CONT-150] a copy takes the place of its original once, and only for the word it was made for',
    async (records) => {
      await records.commitArrivals([waiting('a')]);
      assert.deepEqual(await records.reconciliation.owed(10), [], 'nobody has said who it is');
      await accepted(records);
      const [stale] = await records.reconciliation.owed(10);
      const from = await records.reconciliation.identity(NUMBER);
      assert.ok(from !== undefined && stale !== undefined);
      const back = { by: 'x', why: HELD_WHY, isCorrection: false };
      assert.equal(await records.reconciliation.takeBack({ from, atMs: T0 + 2 }, back, []), 'done');
      await accepted(records, T0 + 3);
      const copy = commitOf('old', { destinations: ['pacs'] });
      assert.equal(await records.reconciliation.commitCoerced(sha('a'), stale, copy), false, 'made for another word');
      assert.equal(await records.custody(sha('old')), undefined);
      assert.equal(await coerced(records, 'copy'), true);
      assert.deepEqual([await queued(records, 'a'), await queued(records, 'copy')], [[], ['pending']]);
      assert.deepEqual(await records.reconciliation.owed(10), []);
      await records.commitArrivals([waiting('a')]);
      assert.deepEqual(await queued(records, 'a'), [], 'the original comes again: nothing of it is delivered');
    },
  );

  rule('[CONT-152] what is taken back is due to nobody, and its object waits again', async (records) => {
    await records.commitArrivals([waiting('a')]);
    await accepted(records);
    await coerced(records, 'copy');
    const from = await records.reconciliation.identity(NUMBER);
    assert.ok(from !== undefined);
    const back = { by: 'x', why: HELD_WHY, isCorrection: false };
    assert.equal(await records.reconciliation.takeBack({ from, atMs: T0 + 2 }, back, [gatewayEvent()]), 'done');
    assert.equal(await records.reconciliation.takeBack({ from, atMs: T0 + 2 }, back, []), 'changed');
    assert.deepEqual(await records.dueDeliveries('pacs', T0 + 10, 10), []);
    assert.equal((await records.hold(sha('copy')))?.state, 'held');
    assert.deepEqual(await statesOf(records), ['waiting']);
    await accepted(records, T0 + 5);
    await coerced(records, 'second');
    const due = await records.dueDeliveries('pacs', T0 + 10, 10);
    assert.deepEqual(
      due.map(({ sha256 }) => sha256),
      [sha('second')],
    );
  });

  rule('[CONT-153] what has been delivered is taken back as a correction alone', async (records) => {
    await records.commitArrivals([waiting('a')]);
    await accepted(records);
    await coerced(records, 'copy');
    await delivered(records, 'copy');
    const from = await records.reconciliation.identity(NUMBER);
    assert.ok(from !== undefined);
    const back = (isCorrection: boolean) =>
      records.reconciliation.takeBack({ from, atMs: T0 + 2 }, { by: 'x', why: HELD_WHY, isCorrection }, []);
    assert.equal(await back(false), 'delivered');
    assert.equal((await records.reconciliation.identity(NUMBER))?.state, 'accepted');
    assert.equal(await back(true), 'done');
    assert.deepEqual(await statesOf(records), ['waiting']);
  });

  rule('[CONT-143] what is held waits for both: a person’s release of it is no delivery yet', async (records) => {
    await records.commitArrivals([waiting('bad', { kind: 'hold', destinations: [] })]);
    await accepted(records);
    assert.deepEqual(await records.reconciliation.owed(10), [], 'held');
    await records.releaseHold(sha('bad'), 'x', 'fine', T0, ['pacs'], [gatewayEvent()]);
    assert.deepEqual(await queued(records, 'bad'), []);
    const [owed] = await records.reconciliation.owed(10);
    assert.deepEqual(owed?.destinations, ['pacs']);
  });

  rule('[CONT-143] the disarmed copy of what came under a temporary identity waits as well', async (records) => {
    await records.commitArrivals([waiting('bad', { kind: 'disarm', destinations: [] })]);
    assert.equal(await records.commitCopy(sha('bad'), commitOf('clean', { destinations: ['pacs'] })), true);
    assert.deepEqual(await queued(records, 'clean'), []);
    const objects = await records.reconciliation.objects(NUMBER, '', 10);
    assert.deepEqual(objects.map(({ sha256, isReplaced }) => [sha256 === sha('bad'), isReplaced]).toSorted(), [
      [false, false],
      [true, true],
    ]);
  });

  rule('[CONT-144] what is destroyed waits for nothing; sent again it begins anew', async (records) => {
    await records.commitArrivals([waiting('a')]);
    await records.destroyCustody(sha('a'), [gatewayEvent()]);
    assert.deepEqual(await statesOf(records), ['destroyed']);
    await records.commitArrivals([waiting('a')]);
    assert.deepEqual(await statesOf(records), ['waiting']);
  });

  rule('[CONT-144] an object that was here before anything waited is delivered as it was', async (records) => {
    await records.commitArrivals([commitOf('old', { destinations: ['pacs'] })]);
    await records.commitArrivals([waiting('old')]);
    assert.deepEqual(await queued(records, 'old'), ['pending']);
    assert.equal(await records.reconciliation.identity(NUMBER), undefined);
  });
}
