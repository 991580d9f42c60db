import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Reading, readV2 } from '@leadglass/hl7';
import { patientOf } from '../studies/common.ts';
import { KINDS, type StudyOrder } from '../studies/made.ts';
import { arrival, results } from './results.ts';

const NOON = new Date(2026, 10, 27, 12).getTime();
const ORDERS: readonly StudyOrder[] = KINDS.flatMap((kind) =>
  [1, 2, 3].map((no) => ({ kind, no, seed: 1, atMs: NOON, isFine: false })),
);

function read(message: string): Reading {
  const reading = readV2(Buffer.from(message, 'utf8'), { fallbackCharset: '8859/1' });
  assert.ok('patients' in reading);
  assert.deepEqual(reading.problems, []);
  return reading;
}

test('[DEMO-35] the laboratory tells of the people who are imaged: who came, where, and three times what was measured', () => {
  for (const order of ORDERS) {
    const { id, birthDate, sex } = patientOf(order);
    const came = read(arrival(order));
    const { visit } = came.patients[0] ?? {};
    assert.deepEqual([came.kind, visit?.class, visit?.number], ['admission', 'E', `V-${id}`]);
    assert.match(visit?.location ?? '', /^URG, BOX\d/);
    assert.equal(visit?.admittedAt, '20261127120000');
    const told = [came, ...results(order).map(read)];
    for (const { patients } of told) {
      const [{ patient } = { patient: undefined }] = patients;
      assert.deepEqual([patient?.identifiers[0]?.value, patient?.birthDate, patient?.sex], [id, birthDate, sex]);
    }
    assert.equal(told.length, 4);
    for (const { patients } of told.slice(1)) assert.equal(patients[0]?.reports[0]?.observations.length, 5);
  }
});

test('[DEMO-35] the first of each kind has a result that cannot wait, marked by the laboratory', () => {
  const [, , now = ''] = results({ kind: 'CT', no: 1, seed: 1, atMs: NOON, isFine: false });
  const [potassium] = read(now).patients[0]?.reports[0]?.observations ?? [];
  assert.deepEqual([potassium?.values, potassium?.unit, potassium?.flags], [['6,8'], 'mmol/L', ['HH']]);
});
