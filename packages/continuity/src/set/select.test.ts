import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processorMs } from '@leadglass/kit';
import { type ContinuitySettings, DEFAULT_CONTINUITY } from '@leadglass/model';
import type { ArrivedStudy } from '@leadglass/records';
import { gaugeOf } from './gauge.ts';
import { type SetFacts, selectSet } from './select.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 15, 12);

const study = (name: string, patient: string, daysAgo: number, more: Partial<ArrivedStudy> = {}): ArrivedStudy => ({
  studyInstanceUid: name,
  patients: [patient],
  modalities: ['CT'],
  objects: 10,
  bytes: 100,
  newestAtMs: NOW - daysAgo * DAY,
  ...more,
});

const facts = (given: Partial<SetFacts>, policy: Partial<ContinuitySettings> = {}): SetFacts => ({
  ...{ recent: [], expected: [], ofExpected: [], nowMs: NOW },
  ...given,
  policy: { ...DEFAULT_CONTINUITY, ...policy },
});
const names = (given: SetFacts): string[] =>
  selectSet(given).studies.map((one) => `${one.studyInstanceUid} ${one.why}`);

test('[CONT-100] the set is the recent days, newest first, and the priors of who is expected', () => {
  const [a, b, old, older] = [study('a', 'p', 1), study('b', 'q', 2), study('old', 'p', 90), study('older', 'p', 400)];
  const given = facts({ recent: [b, a], expected: [{ patient: 'p' }], ofExpected: [older, a, old] });
  assert.deepEqual(names(given), ['a newest-in-house', 'old prior', 'older prior', 'b recent']);
  const set = selectSet(given);
  assert.deepEqual([set.bytes, set.objects, set.leftOut], [400, 40, 0]);
  assert.equal(set.coveredSinceMs, NOW - 14 * DAY);
});

test('[CONT-101] the newest study of a patient in the house is in the set whatever the budget, and whenever it came', () => {
  const [huge, small] = [study('huge', 'p', 700, { bytes: 10_000 }), study('small', 'q', 1)];
  const given = facts(
    { recent: [small], expected: [{ patient: 'p' }, { patient: 'q' }], ofExpected: [huge, small] },
    { budgetBytes: 50, priorsPerPatient: 0 },
  );
  assert.deepEqual(names(given), ['small newest-in-house', 'huge newest-in-house']);
});

test('[CONT-102] earlier studies of the same modality come first, then the newest; nobody’s third before another’s first', () => {
  const ofP = ['MR', 'CT', 'CT', 'US'].map((modality, at) => study(`p${at}`, 'p', 30 + at, { modalities: [modality] }));
  const ofQ = [study('q0', 'q', 50), study('q1', 'q', 60)];
  const now = [study('p-now', 'p', 0), study('q-now', 'q', 0)];
  const given = facts({
    recent: now,
    expected: [{ patient: 'p', modality: 'CT' }, { patient: 'q' }],
    ofExpected: [...now, ...ofP, ...ofQ],
  });
  const priors = selectSet(given).studies.filter(({ why }) => why === 'prior');
  assert.deepEqual(
    priors.map(({ studyInstanceUid }) => studyInstanceUid),
    ['p1', 'q0', 'p2', 'q1', 'p0'],
  );
});

test('[CONT-103] when the budget ends, what is covered is a stretch of time without holes, and says since when', () => {
  const recent = [study('big', 'a', 3, { bytes: 500 }), study('new', 'b', 1), study('small', 'c', 5, { bytes: 1 })];
  const set = selectSet(facts({ recent }, { budgetBytes: 200 }));
  assert.deepEqual(
    set.studies.map(({ studyInstanceUid }) => studyInstanceUid),
    ['new'],
  );
  assert.equal(set.coveredSinceMs, NOW - 3 * DAY + 1);
  assert.equal(set.leftOut, 2);
});

test('[CONT-104] the same facts in another order give the same set, and thirty thousand studies are no matter', () => {
  const recent = Array.from({ length: 30_000 }, (_, at) => study(`s${at}`, `p${at % 9_000}`, (at % 1400) / 100));
  const expected = Array.from({ length: 500 }, (_, at) => ({ patient: `p${at}` }));
  const given = facts({ recent, expected, ofExpected: recent.filter((_, at) => at % 9_000 < 500) });
  const beganMs = processorMs();
  const set = selectSet(given);
  assert(processorMs() - beganMs < 2_000);
  assert.equal(set.studies.length, 30_000);
  const other = selectSet({ ...given, recent: recent.toReversed(), ofExpected: given.ofExpected.toReversed() });
  assert.deepEqual(other.studies, set.studies);
});

test('[CONT-105] autonomy is the free room over what a measured day brings; unknown while nothing is measured', () => {
  const set = selectSet(facts({ recent: [study('a', 'p', 1)] }));
  const given = { set, policy: DEFAULT_CONTINUITY, nowMs: NOW, freeBytes: 4_300, measuredMs: 7 * DAY };
  assert.deepEqual(gaugeOf({ ...given, intakeBytes: 700 }), {
    ...{ dailyBytes: 100, autonomyDays: 43, isEnough: true, coveredDays: 14 },
  });
  assert.equal(gaugeOf({ ...given, intakeBytes: 1_400 }).isEnough, false);
  const unknown = gaugeOf({ ...given, intakeBytes: 0 });
  assert.deepEqual([unknown.autonomyDays, unknown.isEnough], [undefined, undefined]);
  assert.equal(gaugeOf({ ...given, intakeBytes: 5, measuredMs: 1_000 }).autonomyDays, undefined);
});
