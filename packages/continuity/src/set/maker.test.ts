import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ManualClock, text } from '@leadglass/kit';
import type { AeTitle, Event, Sha256 } from '@leadglass/model';
import { type ArrivalCommit, openSqliteRecords } from '@leadglass/records';
import { SetMaker } from './maker.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 15, 12);

let made = 0;

function came(daysAgo: number, study: string, patient: string, modality = 'CT'): ArrivalCommit {
  made += 1;
  const id = `018f0000-0000-7000-8000-${made.toString(16).padStart(12, '0')}`;
  const receivedAtMs = NOW - daysAgo * DAY;
  const event: Event = { id, atMs: receivedAtMs, kind: 'gateway.stopped', reason: 'test' };
  return {
    arrival: {
      ...{ id, associationId: id, peer: 'CT1' as AeTitle, remoteAddress: '127.0.0.1', receivedAtMs },
      ...{ sha256: made.toString(16).padStart(64, '0') as Sha256, place: { kind: 'file' } },
      ...{ plainBytes: 1000, sealedBytes: 1200, metaBytes: 300, verdict: 'clean', findings: [] },
      ...{ sopClassUid: '1.2', sopInstanceUid: `1.2.${made}`, transferSyntaxUid: '1.2.840.10008.1.2.1' },
      ...{ studyInstanceUid: study, seriesInstanceUid: `${study}.1`, modality, patient },
      disposition: { kind: 'deliver', reasons: [text('oui', 'yes')] },
    } as unknown as ArrivalCommit['arrival'],
    ...{ destinations: [], event: () => event, answer: { status: 0 }, isKept: true },
    learns: { patients: [patient], pixelSha256: '', creators: [] },
  };
}

async function recordsOf(t: TestContext, commits: readonly ArrivalCommit[]) {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-set-'));
  const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock: new ManualClock(NOW) });
  t.after(async () => {
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await records.commitArrivals(commits);
  return records;
}

test('[CONT-108] the set is made from records: days, who came today, and who is told to be expected', async (t) => {
  const records = await recordsOf(t, [
    came(0.5, '1.1', 'today'),
    came(100, '1.2', 'today', 'MR'),
    came(200, '1.3', 'today'),
    came(5, '1.4', 'gone'),
    came(60, '1.5', 'gone'),
    came(300, '1.6', 'scheduled'),
  ]);
  const clock = new ManualClock(NOW);
  const made = await new SetMaker({ records, clock, expected: async () => [{ patient: 'scheduled' }] }).make();
  assert.deepEqual(
    made.set.studies.map(({ studyInstanceUid, why }) => `${studyInstanceUid} ${why}`),
    ['1.1 newest-in-house', '1.6 newest-in-house', '1.3 prior', '1.2 prior', '1.4 recent'],
  );
  assert.deepEqual([made.expected, made.policy.days], [2, 14]);
  const alone = await new SetMaker({ records, clock }).make();
  assert.equal(alone.set.studies.length, 4);
});
