import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArrivalCommit, Records } from './api.ts';
import { commitOf, T0 } from './records.testkit.ts';

type Context = { after(done: () => Promise<void> | void): void };
type Open = (t: Context) => Promise<{ readonly records: Records }>;

function came(name: string, atMs: number, study: string, modality: string, patient = 'p'): ArrivalCommit {
  const commit = commitOf(name, { atMs });
  return { ...commit, arrival: { ...commit.arrival, studyInstanceUid: study, modality, patient } };
}

/** What the continuity set is chosen by: the same for every backend. */
export function continuitySuite(name: string, open: Open): void {
  test(`[CONT-106] ${name}: studies of a stretch of time, and of a study, are summed up by index`, async (t) => {
    const { records } = await open(t);
    await records.commitArrivals([
      came('a', T0, '1.1', 'CT'),
      came('b', T0 + 10, '1.1', 'SR', 'q'),
      came('c', T0 + 20, '1.2', 'MR', ''),
    ]);
    const { continuitySet } = records;
    const [first, second] = (await continuitySet.arrived(T0, T0 + 21)).toSorted((a, b) =>
      a.studyInstanceUid < b.studyInstanceUid ? -1 : 1,
    );
    assert.deepEqual(first, {
      ...{ studyInstanceUid: '1.1', patients: ['p', 'q'], modalities: ['CT', 'SR'], objects: 2, bytes: 2000 },
      newestAtMs: T0 + 10,
    });
    assert.deepEqual([second?.studyInstanceUid, second?.patients], ['1.2', []]);
    assert.deepEqual((await continuitySet.arrived(T0 + 1, T0 + 20)).length, 1);
    assert.equal((await continuitySet.study('1.1'))?.objects, 2);
    assert.equal(await continuitySet.study('1.9'), undefined);
    assert.deepEqual(await continuitySet.intake(T0, T0 + 11), { objects: 2, bytes: 2000 });
    assert.deepEqual(await continuitySet.intake(T0 + 30, T0 + 31), { objects: 0, bytes: 0 });
    assert.equal(await continuitySet.firstAtMs(), T0);
  });

  test(`[CONT-106] ${name}: what a site chose of its set stands with its configuration`, async (t) => {
    const { records } = await open(t);
    const lists = { peers: [], destinations: [], routes: [] };
    const continuity = { days: 3, budgetBytes: 1_000_000, priorsPerPatient: 1, autonomyDays: 10 };
    assert.equal(await records.continuity(), undefined);
    await records.replaceConfig({ ...lists, continuity }, []);
    assert.deepEqual(await records.continuity(), continuity);
    await records.replaceConfig(lists, []);
    assert.equal(await records.continuity(), undefined);
  });
}
