import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '@leadglass/dicom';
import { readV2 } from '@leadglass/hl7';
import { Secret } from '@leadglass/kit';
import type { Spread } from '@leadglass/model';
import { ChartSealer } from '../chart/sealer.ts';
import { GRACE_MS, lastDueMs, nextDueMs, whatIsDue } from './due.ts';
import { aimsOf, outcomeOf, outcomeOfOutage } from './judge.ts';
import { wordRows } from './letters.ts';
import { drillMessage, tracesOf } from './message.ts';
import { drillImages } from './phantom.ts';
import { Times } from './spread.ts';

const IDENTITY = {
  patientId: 'EXERCICE-0123456789ABCDEF01234567',
  studyInstanceUid: '2.25.7',
  atMs: 1_782_000_000_000,
};
const SENDER = { application: 'LG-DRILL-0123456789AB', controlId: 'C1' };
const at = (day: number, hours: number, minutes = 0) => new Date(2026, 10, day, hours, minutes).getTime();
const MINUTE_MS = 60_000;

test('[CONT-160] the images of a drill say so in their pixels, where no viewer can leave it out', () => {
  const images = drillImages(IDENTITY);
  assert.equal(new Set(images.map(({ sopInstanceUid }) => sopInstanceUid)).size, 3);
  assert.equal(new Set(images.map(({ pixels }) => Buffer.from(pixels).toString('base64'))).size, 3);
  for (const { dataSet, pixels, transferSyntax } of images) {
    assert.equal(transferSyntax, EXPLICIT_VR_LITTLE_ENDIAN);
    assert.ok(Buffer.from(dataSet).includes(Buffer.from(pixels)));
    for (const words of ['EXERCICE', 'DRILL', 'PAS UN PATIENT', 'NOT A PATIENT'])
      assert.ok(isDrawn(pixels, words), words);
    assert.ok(!isDrawn(pixels, 'PATIENT EXERCICE'));
    assert.match(Buffer.from(dataSet).toString('latin1'), /EXERCICE\^LEADGLASS.*LEADGLASS-EXERCICE/s);
  }
});

/** Whether words stand in the pixels, at any of the sizes that are used. */
function isDrawn(pixels: Uint8Array, words: string): boolean {
  const view = new DataView(pixels.buffer, pixels.byteOffset);
  const lit = (x: number, y: number) => view.getUint16((y * 256 + x) * 2, true) === 600 + 1024;
  const rows = wordRows(words);
  const width = rows[0]?.length ?? 0;
  const fits = (left: number, top: number, scale: number) =>
    rows.every((row, y) => [...row].every((mark, x) => lit(left + x * scale, top + y * scale) === (mark === '#')));
  return [2, 4].some((scale) => {
    const left = Math.floor((256 - width * scale) / 2);
    return left >= 0 && Array.from({ length: 256 - 7 * scale }, (_, top) => top).some((top) => fits(left, top, scale));
  });
}

test('[CONT-161] the result of a drill is understood, names nobody, has no INS and no visit, and is flagged by nothing', () => {
  const reading = readV2(drillMessage(IDENTITY, SENDER), { fallbackCharset: '8859/1' });
  assert.ok(reading.kind !== 'unreadable');
  assert.deepEqual(reading.problems, []);
  assert.equal(reading.kind, 'result');
  const [part] = reading.patients;
  assert.deepEqual(
    part?.patient.identifiers.map(({ value, authority, oid, type }) => [value, authority, oid, type]),
    [[IDENTITY.patientId, 'LEADGLASS-EXERCICE', '', 'PI']],
  );
  assert.deepEqual([part?.visit, part?.patient.names[0]?.family], [undefined, 'EXERCICE']);
});

test('[CONT-162] what a drill made is found again by keyed digests alone, those of another drill never', () => {
  const sealer = new ChartSealer(new Secret(Buffer.alloc(32, 7)));
  const one = tracesOf(sealer, 'LG-DRILL', drillMessage(IDENTITY, SENDER));
  const other = tracesOf(
    sealer,
    'LG-DRILL',
    drillMessage({ ...IDENTITY, patientId: 'EXERCICE-F' }, { ...SENDER, controlId: 'C2' }),
  );
  assert.deepEqual([one.messages.length, one.identifiers.length], [1, 1]);
  assert.notEqual(one.messages[0], other.messages[0]);
  assert.notEqual(one.identifiers[0], other.identifiers[0]);
  assert.ok(one.tokens.length > 3);
  assert.doesNotMatch(JSON.stringify(one), /EXERCICE/);
});

test('[CONT-163] a drill is in time when image and result are, failed when one did not come', () => {
  const aims = aimsOf({ imageSeconds: 120, labSeconds: 60 });
  assert.equal(outcomeOf({ imageMs: 120_000, labMs: 60_000 }, aims), 'in-time');
  assert.equal(outcomeOf({ imageMs: 120_001, labMs: 1 }, aims), 'late');
  assert.equal(outcomeOf({ imageMs: 1, labMs: 60_001 }, aims), 'late');
  assert.equal(outcomeOf({ imageMs: null, labMs: 1 }, aims), 'failed');
  assert.equal(outcomeOf({ imageMs: 1, labMs: null }, aims), 'failed');
});

test('[CONT-164] of a real outage 95 of a hundred have to be in time; what did not come says nothing', () => {
  const aims = aimsOf({ imageSeconds: 120, labSeconds: 60 });
  const spread = (count: number, p95Ms: number): Spread => ({
    count,
    p95Ms,
    medianMs: 1,
    worstMs: 999_999,
    unmeasured: 0,
  });
  assert.equal(outcomeOfOutage(spread(9, 120_000), spread(0, 0), aims), 'in-time');
  assert.equal(outcomeOfOutage(spread(9, 120_001), spread(3, 1), aims), 'late');
  assert.equal(outcomeOfOutage(spread(0, 0), spread(1, 60_001), aims), 'late');
  assert.equal(outcomeOfOutage(spread(0, 0), spread(0, 0), aims), 'nothing-came');
});

test('[CONT-165] times that are added up are told to a twentieth, the worst exactly, however they are kept meanwhile', () => {
  let times = new Times();
  for (let ms = 1; ms <= 1_000; ms += 1) {
    times.add(ms);
    if (ms % 250 === 0) times = Times.of(JSON.parse(JSON.stringify(times.kept)));
  }
  const { count, medianMs, p95Ms, worstMs, unmeasured } = times.spread(1_003);
  assert.deepEqual([count, worstMs, unmeasured], [1_000, 1_000, 3]);
  assert.ok(medianMs >= 500 && medianMs <= 525, String(medianMs));
  assert.ok(p95Ms >= 950 && p95Ms <= 998, String(p95Ms));
  assert.deepEqual(new Times().spread(), { count: 0, medianMs: 0, p95Ms: 0, worstMs: 0, unmeasured: 0 });
  const backwards = new Times();
  backwards.add(-5_000);
  assert.deepEqual(backwards.spread(), { count: 1, medianMs: 0, p95Ms: 0, worstMs: 0, unmeasured: 0 });
});

test('[CONT-166] a drill is due on its day at its time where the machine is, over the change of the clock too', () => {
  // 23 November 2026 is a Monday.
  const monday = { on: 'monday', at: '04:30' } as const;
  assert.equal(lastDueMs(monday, at(23, 4, 29)), at(16, 4, 30));
  assert.equal(lastDueMs(monday, at(23, 4, 30)), at(23, 4, 30));
  assert.equal(nextDueMs(monday, at(23, 4, 30)), at(30, 4, 30));
  assert.equal(nextDueMs(monday, at(24, 0)), at(30, 4, 30));
  assert.equal(nextDueMs({ on: 'daily', at: '00:00' }, at(23, 23, 59)), at(24, 0));
  assert.equal(lastDueMs({ on: 'never', at: '04:30' }, at(23, 5)), undefined);
  const spring = new Date(2027, 2, 28, 12).getTime();
  assert.equal(new Date(lastDueMs({ on: 'daily', at: '04:30' }, spring) ?? 0).getHours(), 4);
});

test('[CONT-167] what was due runs within the hour, once; later it is missed; what was due before the schedule was chosen is not', () => {
  const daily = { on: 'daily', at: '04:30' } as const;
  const due = at(24, 4, 30);
  const facts = { sinceMs: at(20, 0), doneMs: 0 };
  assert.equal(whatIsDue(daily, { ...facts, nowMs: due }), 'run');
  assert.equal(whatIsDue(daily, { ...facts, nowMs: due + GRACE_MS }), 'run');
  assert.equal(whatIsDue(daily, { ...facts, nowMs: due + GRACE_MS + MINUTE_MS }), 'missed');
  assert.equal(whatIsDue(daily, { ...facts, nowMs: due + MINUTE_MS, doneMs: due }), 'nothing');
  assert.equal(whatIsDue(daily, { ...facts, nowMs: due + GRACE_MS + MINUTE_MS, sinceMs: due + 1 }), 'nothing');
  assert.equal(whatIsDue({ ...daily, on: 'never' }, { ...facts, nowMs: due }), 'nothing');
});
