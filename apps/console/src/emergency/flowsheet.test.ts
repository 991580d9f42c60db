import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResultGroupAnswer, VersionAnswer } from '@leadglass/contract';
import { flowsheetOf, isText, numberIn, pointsOf, standing, trendOf } from './flowsheet.ts';
import { mainIdentifier, nameOf, orderOf, timeSent } from './sent.ts';

const coded = (id: string, text = id) => ({ id, text, system: 'LN', otherId: '', otherText: '', otherSystem: '' });
const version = (value: string, change: Partial<VersionAnswer> = {}): VersionAnswer => ({
  ...{ message: 1, state: 'current', valueType: 'NM', values: [value], unit: 'mmol/L', range: '3,5-5,1', flags: [] },
  ...{ isCritical: false, status: 'F', observedAt: '', heardMs: 0, laboratory: '', responsible: '', method: '' },
  ...{ notes: [], document: '', ...change },
});
type Result = ResultGroupAnswer['results'][number];
const result = (id: string, versions: readonly VersionAnswer[], pin = ''): Result => ({
  code: coded(id),
  subId: '',
  pin,
  versions,
});
const group = (collectedAt: string, results: readonly Result[], heardMs = 0): ResultGroupAnswer =>
  ({
    ...{
      feed: 'LABO',
      placer: '',
      filler: collectedAt,
      panel: coded('IONO'),
      section: 'LAB',
      status: 'F',
      collectedAt,
    },
    ...{ receivedAt: '', issuedAt: '', requester: '', specimen: '', notes: [], heardMs, isCritical: false, results },
  }) as ResultGroupAnswer;

test('[CONSOLE-152] a row is an analyte in one unit, a column a time, newest first; critical rows first, then pinned ones', () => {
  const sheet = flowsheetOf([
    group('20261126080000', [result('Na', [version('140')]), result('K', [version('4,1')], 'potassium')]),
    group('20261127081500+0100', [
      result('K', [version('6,8', { flags: ['HH'], isCritical: true })], 'potassium'),
      result('CRP', [version('12', { unit: 'mg/L' })]),
      result('Na', [version('140', { unit: 'mg/L' })]),
      result('TROP', [version('<5', { unit: 'ng/L' })], 'troponin'),
    ]),
  ]);
  assert.deepEqual(
    sheet.moments.map(({ sent }) => sent),
    ['20261127081500+0100', '20261126080000'],
  );
  assert.deepEqual(
    sheet.rows.map(({ name, unit, isCritical }) => `${name} ${unit} ${isCritical}`),
    ['K mmol/L true', 'TROP ng/L false', 'Na mmol/L false', 'CRP mg/L false', 'Na mg/L false'],
  );
  const [potassium] = sheet.rows;
  assert.deepEqual(potassium === undefined ? [] : trendOf(potassium, sheet), [4.1, 6.8]);
});

test('[CONSOLE-152] what was replaced or withdrawn stays in its cell, and counts for nothing', () => {
  const versions = [version('5,0'), version('6,9', { state: 'superseded', message: 2, isCritical: true })];
  const removed = [version('3,0', { state: 'removed' })];
  const sheet = flowsheetOf([group('20261127', [result('K', versions)]), group('20261126', [result('K', removed)])]);
  const [row] = sheet.rows;
  assert.equal(row?.isCritical, false);
  assert.deepEqual(
    [...(row?.cells.values() ?? [])].map(([cell]) => cell?.versions.length),
    [2, 1],
  );
  assert.deepEqual(row === undefined ? [] : trendOf(row, sheet), [5]);
  assert.equal(standing(removed), undefined);
});

test('[CONSOLE-152] a sender that tells no time is placed by when we heard, between those that do', () => {
  const heard = Date.UTC(2026, 10, 27, 7, 30);
  const sheet = flowsheetOf([
    group('20261127080000', [result('K', [version('1')])]),
    group('', [result('K', [version('2')])], heard),
    group('20261127070000', [result('K', [version('3')])]),
  ]);
  assert.deepEqual(
    sheet.moments.map(({ sent }) => sent),
    ['20261127080000', '', '20261127070000'],
  );
});

test('[CONSOLE-152] text is no value of the table, and a number is one only when it is written as one', () => {
  assert.equal(isText(result('CR', [version('Pas de lésion.', { valueType: 'TX' })])), true);
  assert.equal(isText(result('CR', [version('x'.repeat(41), { valueType: 'ST' })])), true);
  assert.equal(isText(result('CR', [version('', { document: 'd1' })])), true);
  assert.equal(isText(result('K', [version('4,1')])), false);
  assert.deepEqual(
    ['4,1', ' -2.50 ', '< 5', '1 200', '1e9', ''].map((value) => numberIn({ values: [value] })),
    [...[4.1, -2.5, undefined, undefined, undefined, undefined]],
  );
});

test('[CONSOLE-153] a trend goes from old on the left to recent, the highest on top, and stays within its box', () => {
  assert.deepEqual(pointsOf([4, 6, 5], 90, 18), [
    [0, 18],
    [45, 0],
    [90, 9],
  ]);
  assert.deepEqual(pointsOf([5, 5], 90, 18), [
    [0, 9],
    [90, 9],
  ]);
});

test('[CONSOLE-154] times are shown with the digits that were sent, in no other time zone; what is no time is left as it is', () => {
  assert.equal(timeSent('20261127081500+0900', 'fr'), '27/11/2026 08:15');
  assert.equal(timeSent('20261127', 'en'), '27/11/2026');
  assert.equal(timeSent('2026-11-27T23:59:00Z', 'fr'), '27/11/2026 23:59');
  assert.equal(timeSent('202611', 'fr'), '11/2026');
  assert.deepEqual(
    ['hier', '20269999', ''].map((sent) => timeSent(sent, 'fr')),
    ['hier', '20269999', ''],
  );
  assert.ok(orderOf('20261127') < orderOf('202611270001'));
});

test('[CONSOLE-154] a patient is named by the name told first, and known by a national identifier whose key is right', () => {
  const name = { family: 'LEFÈVRE', given: 'Zoé', further: '', prefix: '', type: 'L' };
  assert.equal(nameOf({ names: [name] }), 'LEFÈVRE Zoé');
  assert.equal(nameOf({ names: [] }), '');
  const identifier = { value: 'IPP1', authority: 'CHU', oid: '', type: 'PI', ins: 'none' as const };
  assert.equal(mainIdentifier({ identifiers: [identifier, { ...identifier, value: '2', ins: 'valid' }] }), '2');
  assert.equal(mainIdentifier({ identifiers: [identifier, { ...identifier, value: '2', ins: 'wrong-key' }] }), 'IPP1');
});
