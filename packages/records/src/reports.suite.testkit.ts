import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Records } from './api.ts';
import { gatewayEvent, T0 } from './records.testkit.ts';
import { MOST_REPORTS_OF_A_PEER } from './reports.ts';

type Context = { after(done: () => Promise<void> | void): void };

const asked = (peer: string, transactionUid: string, upstream = '', nextAtMs = T0) => ({
  ...{ peer, transactionUid, upstream, askedAtMs: T0, nextAtMs },
  objects: upstream === '' ? [['1.2.840.10008.5.1.4.1.1.2', '1.2.3'] as const] : [],
});

/** Reports on commitment owed to devices: the same for every backend. */
export function reportsSuite(name: string, open: (t: Context) => Promise<{ readonly records: Records }>): void {
  test(`[REC-145] ${name}: a report is owed until it is settled, one a transaction and device, and due when it was put off to`, async (t) => {
    const { reports } = (await open(t)).records;
    assert.equal(await reports.ask(asked('CT1', '2.25.1')), true);
    assert.equal(await reports.ask(asked('CT1', '2.25.1')), true);
    assert.equal(await reports.ask(asked('CT2', '2.25.1', '', T0 + 500)), true);
    assert.deepEqual(await reports.duePeers(T0, 9), ['CT1']);
    const [owed, ...more] = await reports.due('CT1', T0, 9);
    assert.ok(owed !== undefined && more.length === 0);
    assert.deepEqual(owed.objects, [['1.2.840.10008.5.1.4.1.1.2', '1.2.3']]);
    await reports.putOff(owed.id, T0 + 900);
    assert.equal(await reports.nextMs(), T0 + 500);
    assert.equal((await reports.due('CT1', T0 + 900, 9))[0]?.attempts, 1);
    assert.equal(await reports.settle(owed.id, [gatewayEvent()]), true);
    assert.equal(await reports.settle(owed.id, [gatewayEvent()]), false);
    assert.deepEqual(await reports.due('CT1', T0 + 900, 9), []);
  });

  test(`[REC-145] ${name}: a device that is never told cannot make it grow without end`, async (t) => {
    const { reports } = (await open(t)).records;
    for (let i = 0; i < MOST_REPORTS_OF_A_PEER; i += 1)
      assert.equal(await reports.ask(asked('CT1', `2.25.${i}`)), true);
    assert.equal(await reports.ask(asked('CT1', '2.25.99999')), false);
    assert.equal(await reports.ask(asked('CT1', '2.25.5')), true);
    assert.equal(await reports.ask(asked('CT2', '2.25.99999')), true);
  });

  test(`[REC-146] ${name}: what an upstream reports is due to the device that asked it, as it came`, async (t) => {
    const { reports } = (await open(t)).records;
    await reports.ask(asked('CT1', '2.25.1', 'pacs'));
    assert.deepEqual(await reports.duePeers(T0, 9), []);
    assert.equal(await reports.askedOf('ris', '2.25.1'), undefined);
    const row = await reports.askedOf('pacs', '2.25.1');
    assert.ok(row !== undefined && row.report === undefined);
    const report = { eventTypeId: 2, transferSyntaxUid: '1.2.840.10008.1.2', dataSet: Buffer.from([0, 255, 7]) };
    await reports.fulfil(row.id, report, T0 + 10);
    const [owed] = await reports.due('CT1', T0 + 10, 9);
    assert.deepEqual(owed?.report, report);
  });

  test(`[CONT-211] ${name}: what an upstream has not reported on is found in order, and becomes ours once`, async (t) => {
    const { reports } = (await open(t)).records;
    await reports.ask(asked('CT1', '2.25.1', 'pacs'));
    await reports.ask(asked('CT1', '2.25.2'));
    await reports.ask(asked('CT2', '2.25.3', 'ris'));
    assert.deepEqual(await reports.unreported(T0 - 1, undefined, 9), []);
    const [first, second] = await reports.unreported(T0, undefined, 9);
    assert.deepEqual([first?.upstream, second?.upstream], ['pacs', 'ris']);
    assert.deepEqual(
      (await reports.unreported(T0, first, 9)).map(({ transactionUid }) => transactionUid),
      ['2.25.3'],
    );
    assert.equal(await reports.takeOver(first?.id ?? 0, T0 + 5), true);
    assert.equal(await reports.takeOver(first?.id ?? 0, T0 + 5), false);
    assert.equal(await reports.askedOf('pacs', '2.25.1'), undefined);
    const owed = await reports.due('CT1', T0 + 5, 9);
    assert.deepEqual(owed.map(({ transactionUid, upstream }) => [transactionUid, upstream]).toSorted(), [
      ['2.25.1', ''],
      ['2.25.2', ''],
    ]);
  });
}
