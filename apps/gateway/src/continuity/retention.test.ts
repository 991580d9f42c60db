import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@leadglass/kit';
import { DEFAULT_CONTINUITY, type Event } from '@leadglass/model';
import type { ArrivedStudy, Custody } from '@leadglass/records';
import { makeRoom, type RetentionOptions } from './retention.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 15, 12);

interface Kept {
  readonly study: string;
  readonly daysAgo: number;
  readonly peer?: string;
}

function boxOf(kept: readonly Kept[], budgetBytes: number) {
  const gone: string[] = [];
  const told: Event[] = [];
  const custody = ({ study, daysAgo, peer = 'CONTINUITY' }: Kept): Custody =>
    ({
      ...{ sha256: study.padEnd(64, '0'), studyInstanceUid: study, plainBytes: 100, peer, patient: 'p' },
      receivedAtMs: NOW - daysAgo * DAY,
    }) as Custody;
  const arrived = async (from: number, before: number): Promise<ArrivedStudy[]> =>
    kept
      .filter(({ daysAgo }) => NOW - daysAgo * DAY >= from && NOW - daysAgo * DAY < before)
      .map(({ study, daysAgo }) => ({ studyInstanceUid: study, newestAtMs: NOW - daysAgo * DAY }) as ArrivedStudy);
  const oldest = Math.max(...kept.map(({ daysAgo }) => daysAgo));
  const options = {
    records: {
      continuity: async () => ({ ...DEFAULT_CONTINUITY, budgetBytes }),
      continuitySet: { firstAtMs: async () => NOW - oldest * DAY, arrived },
      counts: async () => ({ custody: { bytes: kept.length * 100 } }),
      overview: { custodyOfStudy: async (study: string) => kept.filter((one) => one.study === study).map(custody) },
      destroyCustody: async (sha256: string, events: readonly Event[]) => {
        gone.push(sha256.replace(/0+$/, ''));
        told.push(...events);
      },
    },
    ...{ clock: new ManualClock(NOW), removeObject: async () => {}, eventsAppended: () => {} },
    pulled: { bytes: 0, makeRoom: async () => ({ charts: 0, bytes: 0 }) },
  } as unknown as RetentionOptions;
  return { options, gone, told };
}

test('[CONT-128] a box over its budget lets go of what it pulled, is no longer wanted and is old, the longest here first, and of nothing else', async () => {
  const kept: readonly Kept[] = [
    { study: '1.1', daysAgo: 40 },
    { study: '1.2', daysAgo: 90 },
    { study: '1.3', daysAgo: 80, peer: 'CT1' },
    { study: '1.4', daysAgo: 70 },
    { study: '1.5', daysAgo: 3 },
    { study: '1.6', daysAgo: 60 },
  ];
  const box = boxOf(kept, 350);
  assert.deepEqual(await makeRoom(box.options, { wanted: ['1.4'] }), { studies: 3, objects: 3, bytes: 300, charts: 0 });
  assert.deepEqual(box.gone, ['1.2', '1.6', '1.1']);
  assert.deepEqual(
    box.told.map((event) => event.kind === 'continuity.dropped' && event.studyInstanceUid),
    ['1.2', '1.6', '1.1'],
  );
  const enough = boxOf(kept, 500);
  assert.deepEqual(await makeRoom(enough.options, { wanted: [] }), { studies: 1, objects: 1, bytes: 100, charts: 0 });
  assert.deepEqual(enough.gone, ['1.2']);
  const within = boxOf(kept, 600);
  assert.deepEqual(await makeRoom(within.options, { wanted: [] }), { studies: 0, objects: 0, bytes: 0, charts: 0 });
});

test('[CONT-128] a gateway that suddenly wants nothing takes nothing recent, and nothing of others, from a box', async () => {
  const kept: readonly Kept[] = [
    { study: '1.1', daysAgo: 1 },
    { study: '1.2', daysAgo: 13 },
    { study: '1.3', daysAgo: 300, peer: 'CT1' },
  ];
  const box = boxOf(kept, 1);
  assert.deepEqual(await makeRoom(box.options, { wanted: [] }), { studies: 0, objects: 0, bytes: 0, charts: 0 });
  assert.deepEqual(box.gone, []);
});
