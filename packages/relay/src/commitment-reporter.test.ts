import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ManualClock, silentLogger, systemRandomness, text } from '@leadglass/kit';
import type { AeTitle, Destination, Sha256 } from '@leadglass/model';
import { type ArrivalCommit, openSqliteRecords, type SqliteRecords } from '@leadglass/records';
import type { CommitmentReport } from './commitment-data-set.ts';
import { decodeCommitmentReport } from './commitment-data-set.ts';
import { CommitmentReporter, DEFAULT_REPORTER_LIMITS, type ReadyReport } from './commitment-reporter.ts';
import { encodeCommitmentReport } from './commitment-request.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const IMPLICIT = '1.2.840.10008.1.2';
const UID = '2.25.7';
const PACS: Destination = {
  ...{ name: 'pacs', host: '192.0.2.9', port: 104, called: 'PACS' as AeTitle, calling: 'LEADGLASS' as AeTitle },
  ...{ tls: false, commitment: false },
};
const NOT_THERE = 0x0112;
const NO_ROOM = 0x0213;

function arrival(n: number, nowMs: number): ArrivalCommit {
  const sha256 = n.toString(16).padStart(64, '0') as Sha256;
  const id = `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  return {
    arrival: {
      ...{ associationId: 'a', peer: 'CT1' as AeTitle, remoteAddress: '192.0.2.1', sha256, patient: '', id },
      ...{ sopClassUid: CT, sopInstanceUid: `1.2.${n}`, studyInstanceUid: '1.2', seriesInstanceUid: '1.3' },
      ...{ receivedAtMs: nowMs, plainBytes: 10, sealedBytes: 10, metaBytes: 0, modality: 'CT' },
      ...{ place: { kind: 'file' }, transferSyntaxUid: '1.2.840.10008.1.2.1', verdict: 'clean', findings: [] },
      disposition: { kind: 'deliver', reasons: [], status: 0 },
    },
    destinations: ['pacs'],
    event: () => ({ id, atMs: nowMs, kind: 'config.changed', by: 'test', change: text('a', 'a') }),
    answer: { status: 0 },
    isKept: true,
  };
}

/** A device that asks, a PACS that reports, and us between them on real records. */
class Stage {
  readonly clock = new ManualClock();
  readonly told: CommitmentReport[] = [];
  readonly records: SqliteRecords;
  reporter: CommitmentReporter;

  constructor(records: SqliteRecords) {
    this.records = records;
    this.reporter = this.#made();
  }

  restart(): void {
    this.reporter = this.#made();
    this.reporter.start();
  }

  async keep(...numbers: readonly number[]): Promise<void> {
    await this.records.commitArrivals(numbers.map((n) => arrival(n, this.clock.now())));
  }

  /** Gives what waits to the PACS. */
  async deliver(): Promise<void> {
    const due = await this.records.dueDeliveries('pacs', this.clock.now(), 100);
    const results = due.map(({ id }) => ({ id, outcome: 'delivered' as const, atMs: this.clock.now(), status: 0 }));
    await this.records.recordDeliveries(results, []);
  }

  ask(...numbers: readonly number[]): Promise<number> {
    const objects = numbers.map((n) => ({ sopClassUid: CT, sopInstanceUid: `1.2.${n}` }));
    return this.reporter.askedOfUpstream('CT1', { transactionUid: UID, objects }, 'pacs');
  }

  /** What the PACS says: of these that it has them, of those that it has not, and why. */
  report(has: readonly number[], not: readonly number[], failureReason = NOT_THERE): Promise<number | undefined> {
    const named = (n: number) => ({ sopClassUid: CT, sopInstanceUid: `1.2.${n}` });
    const own = {
      transactionUid: UID,
      committed: has.map(named),
      failed: not.map((n) => ({ ...named(n), failureReason })),
    };
    return this.reporter.reported(['pacs'], {
      ...{ sopClassUid: '1.2.840.10008.1.20.1', sopInstanceUid: '1.2.840.10008.1.20.1.1' },
      ...{ eventTypeId: not.length === 0 ? 1 : 2, transferSyntax: IMPLICIT },
      dataSet: encodeCommitmentReport(own, IMPLICIT),
    });
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 60_000) {
      this.clock.advance(Math.min(left, 60_000));
      for (let n = 0; n < 6; n += 1) await new Promise(setImmediate);
    }
  }

  #made(): CommitmentReporter {
    const { records, clock } = this;
    return new CommitmentReporter({
      ...{ records, clock, randomness: systemRandomness, log: silentLogger, limits: DEFAULT_REPORTER_LIMITS },
      connect: () => Promise.reject(new Error('it listens nowhere')),
      destinationOf: () => undefined,
      tellOpen: async (_, report) => this.#hear(report),
      wasRefusedWhenHeld: () => false,
      sources: { retrieval: records.retrieval, holds: async () => true },
      told: () => {},
    });
  }

  #hear(report: ReadyReport): number {
    const said = decodeCommitmentReport(report.encode(IMPLICIT), IMPLICIT);
    assert.ok(said !== undefined);
    assert.equal(report.eventTypeId, said.refused.length === 0 ? 1 : 2);
    this.told.push(said);
    return 0;
  }
}

async function stage(t: TestContext): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-reporter-'));
  const clock = new ManualClock();
  const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock });
  await records.replaceConfig({ peers: [], destinations: [PACS], routes: [{ from: '*', to: 'pacs' }] }, []);
  const made = new Stage(records);
  t.after(async () => {
    await made.reporter.stop();
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return made;
}

const refusedOf = ({ refused }: CommitmentReport) => refused.map((each) => each.sopInstanceUid);

test('[CONT-210] an upstream that says it has not what we owe it still, or gave it since it was asked, is put right: we hold it', async (t) => {
  const here = await stage(t);
  await here.keep(1, 2, 3);
  await here.deliver();
  here.clock.advance(1_000);
  await here.keep(4);
  assert.equal(await here.ask(1, 2, 4), 0);
  await here.keep(5);
  // It lost what had been given to it before it was asked: that stands.
  assert.equal(await here.report([1], [2, 4]), 0);
  assert.deepEqual(here.told.at(-1)?.committed.toSorted(), ['1.2.1', '1.2.4']);
  assert.deepEqual(refusedOf(here.told.at(-1) as CommitmentReport), ['1.2.2']);

  here.clock.advance(1_000);
  assert.equal(await here.ask(4, 5), 0);
  await here.deliver();
  assert.equal(await here.report([], [4, 5]), 0);
  assert.deepEqual(here.told.at(-1)?.committed.toSorted(), ['1.2.4', '1.2.5']);
});

test('[CONT-210] what nobody owes it, what it refuses for another reason, and what was not asked about goes on as it came', async (t) => {
  const here = await stage(t);
  await here.keep(1);
  assert.equal(await here.ask(1, 9), 0);
  assert.equal(await here.report([], [1, 9]), 0);
  assert.deepEqual(refusedOf(here.told.at(-1) as CommitmentReport), ['1.2.9']);
  assert.equal(await here.ask(1), 0);
  assert.equal(await here.report([], [1], NO_ROOM), 0);
  assert.deepEqual(here.told.at(-1)?.refused, [{ sopInstanceUid: '1.2.1', failureReason: NO_ROOM }]);
  assert.equal(await here.ask(1), 0);
  assert.equal(await here.report([], [1, 8]), 0);
  assert.deepEqual(refusedOf(here.told.at(-1) as CommitmentReport), ['1.2.1', '1.2.8']);
});

test('[CONT-211] an upstream that goes down before it has reported is answered for, where we hold all of it; its late word is no second report', async (t) => {
  const here = await stage(t);
  here.reporter.start();
  await here.pass(1_000);
  await here.keep(1);
  await here.ask(1);
  await here.reporter.takeOver((upstream) => upstream === 'ris');
  await here.pass(120_000);
  assert.equal(here.told.length, 0);
  await here.reporter.takeOver((upstream) => upstream === 'pacs');
  await here.pass(120_000);
  assert.deepEqual(here.told, [{ transactionUid: UID, committed: ['1.2.1'], refused: [] }]);
  assert.equal(await here.report([1], []), undefined);
  assert.equal(here.told.length, 1);
});

test('[CONT-211] of what is not held here the upstream alone is waited for', async (t) => {
  const here = await stage(t);
  here.reporter.start();
  await here.pass(1_000);
  await here.keep(1);
  await here.ask(1, 9);
  await here.reporter.takeOver(() => true);
  await here.pass(7 * 3_600_000);
  assert.equal(here.told.length, 0);
  assert.equal(await here.report([1, 9], []), 0);
  assert.deepEqual(here.told.at(-1)?.committed, ['1.2.1', '1.2.9']);
});

test('[CONT-212] what an upstream may have reported while we were down, and what it has not reported in hours, is not waited for', async (t) => {
  const here = await stage(t);
  await here.keep(1);
  await here.ask(1);
  here.restart();
  await here.pass(120_000);
  assert.equal(here.told.length, 1);
  await here.ask(1);
  await here.pass(3_600_000);
  assert.equal(here.told.length, 1, 'it may take its time');
  await here.pass(6 * 3_600_000);
  assert.equal(here.told.length, 2);
});
