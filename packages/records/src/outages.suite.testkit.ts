import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Records } from './api.ts';
import { commitOf, destinationCalled, sha, T0 } from './records.testkit.ts';

type Context = { after(done: () => Promise<void> | void): void };
type Open = (t: Context) => Promise<{ readonly records: Records }>;

const TO_PACS = { destinations: ['pacs'] };
const NOTHING = { objects: 0, bytes: 0, oldestAtMs: undefined };

/** What destinations are owed: the same for every backend. */
export function outagesSuite(name: string, open: Open): void {
  const withDestinations = async (t: Context) => {
    const { records } = await open(t);
    const destinations = [destinationCalled('pacs'), destinationCalled('other')];
    await records.replaceConfig({ peers: [], destinations, routes: [] }, []);
    return records;
  };
  const due = (records: Records) => records.dueDeliveries('pacs', T0 + 1e6, 10);

  test(`[CONT-20] ${name}: what a destination is owed is counted, with its bytes and when the oldest came, and nothing of another’s`, async (t) => {
    const records = await withDestinations(t);
    assert.deepEqual(await records.outages.owed('pacs'), NOTHING);
    await records.commitArrivals([
      commitOf('a', { ...TO_PACS, atMs: T0 + 9 }),
      commitOf('b', { ...TO_PACS, atMs: T0 + 3 }),
      commitOf('c', { destinations: ['other'], atMs: T0 }),
    ]);
    const [{ custody } = { custody: { plainBytes: 0 } }] = await due(records);
    assert.deepEqual(await records.outages.owed('pacs'), {
      ...{ objects: 2, bytes: 2 * custody.plainBytes, oldestAtMs: T0 + 3 },
    });
    assert.equal((await records.outages.owed('other')).objects, 1);
  });

  test(`[CONT-20] ${name}: what was tried in vain goes back to the place it came in; what came since a moment is told apart`, async (t) => {
    const records = await withDestinations(t);
    for (const [at, object] of ['a', 'b', 'c'].entries())
      await records.commitArrivals([commitOf(object, { ...TO_PACS, atMs: T0 + at })]);
    const [first] = await due(records);
    const retry = { id: first?.id ?? 0, outcome: 'retry', atMs: T0 + 50, nextAtMs: T0 + 5000, fault: 'f' } as const;
    await records.recordDeliveries([retry], []);
    const order = async () => (await due(records)).map(({ sha256 }) => sha256);
    assert.deepEqual(await order(), [sha('b'), sha('c'), sha('a')]);
    await records.outages.putInOrder('pacs');
    assert.deepEqual(await order(), [sha('a'), sha('b'), sha('c')]);
    const since = await records.dueSince('pacs', T0 + 1, T0 + 1, 10);
    assert.deepEqual(
      since.map(({ sha256 }) => sha256),
      [sha('b')],
    );
  });

  test(`[CONT-24] ${name}: a range of what is owed, how much of it waits, and what came of it`, async (t) => {
    const records = await withDestinations(t);
    assert.equal(await records.outages.range('pacs'), undefined);
    await records.commitArrivals(['a', 'b', 'c', 'd'].map((object) => commitOf(object, TO_PACS)));
    const range = await records.outages.range('pacs');
    assert.ok(range !== undefined);
    assert.equal(range.objects, 4);
    await records.commitArrivals([commitOf('later', TO_PACS)]);
    const [a, b, c] = await due(records);
    const settled = (id: number | undefined, outcome: 'delivered' | 'failed', status: number) =>
      records.recordDeliveries([{ id: id ?? 0, outcome, atMs: T0, status, fault: 'f' }], []);
    await settled(a?.id, 'delivered', 0);
    await settled(b?.id, 'delivered', 0x0111);
    await settled(c?.id, 'failed', 0xc000);
    assert.equal(await records.outages.waitingIn('pacs', range), 1);
    assert.deepEqual(await records.outages.settledIn('pacs', range), { pending: 1, delivered: 2, failed: 1, known: 1 });
  });

  test(`[CONT-33] ${name}: what a peer and a destination choose for the bad day is kept, and what they do not choose is not there`, async (t) => {
    const records = await withDestinations(t);
    const chosen = { outside: true, downAfterSeconds: 30, giveBackPerMinute: 600 };
    const destinations = [
      { ...destinationCalled('pacs'), ...chosen },
      { ...destinationCalled('b'), outside: false },
    ];
    const plain = destinationCalled('c');
    await records.replaceConfig({ peers: [], destinations: [...destinations, plain], routes: [] }, []);
    assert.deepEqual(await records.destinations(), [...destinations, plain]);
  });
}
