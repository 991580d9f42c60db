import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TAG, type Tag, vrOf } from '@leadglass/dicom';
import { keyOf } from './keys.ts';
import { keyMatcher, matcherOf } from './match.ts';
import { glob } from './pattern.ts';
import { nameOf, QUERY_TAG } from './tags.ts';
import { NO_OPTIONS, type QueryOptions } from './types.ts';

/** Whether an attribute of this value matches a key of that text. */
function matches(tag: Tag, wanted: string, value: string, options: QueryOptions = NO_OPTIONS): boolean {
  return keyMatcher(keyOf(tag, vrOf(tag), wanted, options))({ [nameOf(tag)]: value });
}

const YES_AND_NO: readonly (readonly [rule: string, tag: Tag, wanted: string, value: string, is: boolean])[] = [
  ['[QUERY-3] case', TAG.PatientName, 'dupont^jean', 'DUPONT^Jean', true],
  ['[QUERY-3] accents', TAG.PatientName, 'Lefevre^Helene', 'LEFÈVRE^Hélène', true],
  ['[QUERY-3] accents in the key', TAG.PatientName, 'LEFÈVRE*', 'Lefevre^Helene', true],
  ['[QUERY-3] composed or not', TAG.PatientName, 'Le\u0301a', 'L\u00e9a', true],
  ['[QUERY-3] empty components at the end', TAG.PatientName, 'DUPONT^JEAN^^^', 'Dupont^Jean', true],
  ['[QUERY-3] the family name alone is another name', TAG.PatientName, 'DUPONT', 'DUPONT^JEAN', false],
  ['[QUERY-3] any component group', TAG.PatientName, '山田*', 'Yamada^Tarou=山田^太郎', true],
  ['[QUERY-3] the name as a whole', TAG.PatientName, 'yamada^tarou=山田^太郎', 'Yamada^Tarou=山田^太郎', true],
  ['[QUERY-3] groups in their places', TAG.PatientName, '*=山田*', 'Yamada^Tarou=山田^太郎', true],
  ['[QUERY-3] other attributes keep their case', TAG.PatientID, 'a1', 'A1', false],
  ['[QUERY-3] and their accents', TAG.StudyDescription, 'Crane', 'Crâne', false],
  ['[QUERY-5] star', TAG.AccessionNumber, 'A*9', 'A123459', true],
  ['[QUERY-5] star for nothing', TAG.AccessionNumber, 'A*', 'A', true],
  ['[QUERY-5] question mark', TAG.AccessionNumber, 'A?C', 'ABC', true],
  ['[QUERY-5] question mark is one', TAG.AccessionNumber, 'A?C', 'AC', false],
  ['[QUERY-5] question mark is one character of any length', TAG.StudyDescription, 'A?C', 'A\u{1F600}C', true],
  ['[QUERY-5] no wildcard in a UID', TAG.StudyInstanceUID, '1.2.*', '1.2.3', false],
  ['[QUERY-5] no wildcard in a number', TAG.SeriesNumber, '1*', '12', false],
  ['[QUERY-4] numbers written otherwise', TAG.SeriesNumber, '007', '7', true],
  ['[QUERY-6] a day', TAG.StudyDate, '20240229', '20240229', true],
  ['[QUERY-6] a day as older objects write it', TAG.StudyDate, '20240229', '2024.02.29', true],
  ['[QUERY-6] both ends', TAG.StudyDate, '20240101-20240131', '20240131', true],
  ['[QUERY-6] outside', TAG.StudyDate, '20240101-20240131', '20240201', false],
  ['[QUERY-6] from', TAG.StudyDate, '20240101-', '20991231', true],
  ['[QUERY-6] until', TAG.StudyDate, '-20240101', '20240102', false],
  ['[QUERY-6] no date at all', TAG.StudyDate, '2024-', '20240102', false],
  ['[QUERY-6] times of low precision', TAG.StudyTime, '10-10', '105959.9', true],
  ['[QUERY-6] times outside', TAG.StudyTime, '1000-1030', '103100', false],
  ['[QUERY-6] times with colons', TAG.StudyTime, '100000-110000', '10:30:00', true],
  ['[QUERY-6] a time', TAG.StudyTime, '1030', '103000.000', true],
  ['[QUERY-6] date times', QUERY_TAG.AcquisitionDateTime, '2024-2025', '20251231235959', true],
  ['[QUERY-6] date times outside', QUERY_TAG.AcquisitionDateTime, '2024-2025', '20260101', false],
  ['[QUERY-6] offsets from UTC', QUERY_TAG.AcquisitionDateTime, '20240101120000+0200', '20240101100000+0000', true],
  [
    '[QUERY-6] an offset is no range',
    QUERY_TAG.AcquisitionDateTime,
    '20240101120000-0500',
    '20240101170000+0000',
    true,
  ],
  ['[QUERY-9] any of several', TAG.Modality, 'CT\\MR', 'MR', true],
  ['[QUERY-9] none of several', TAG.Modality, 'CT\\MR', 'US', false],
  ['[QUERY-9] list of UIDs', TAG.StudyInstanceUID, '1.2\\1.3', '1.3', true],
  ['[QUERY-9] one of the attribute’s values', QUERY_TAG.ModalitiesInStudy, 'PT', 'CT\\PT', true],
  ['[QUERY-10] nothing is not a single value', TAG.PatientID, 'A', '', false],
  ['[QUERY-10] nor one of a wildcard', TAG.PatientID, 'A*', '', false],
  ['[QUERY-10] universal', TAG.PatientID, '', '', true],
  ['[QUERY-10] a star is universal', TAG.PatientID, '**', '', true],
];

for (const [rule, tag, wanted, value, is] of YES_AND_NO) {
  test(`${rule}: ${is ? 'matches' : 'does not match'}`, () => assert.equal(matches(tag, wanted, value), is));
}

test('[QUERY-9] each of several where that was negotiated', () => {
  const options = { ...NO_OPTIONS, isMultipleValueMatched: true };
  assert.equal(matches(QUERY_TAG.ModalitiesInStudy, 'CT\\PT', 'PT\\SR\\CT', options), true);
  assert.equal(matches(QUERY_TAG.ModalitiesInStudy, 'CT\\PT', 'CT', options), false);
  assert.equal(matches(TAG.StudyInstanceUID, '1.2\\1.3', '1.3', options), true);
});

test('[QUERY-10] empty value where that was negotiated', () => {
  const options = { ...NO_OPTIONS, isEmptyValueMatched: true };
  assert.equal(matches(TAG.AccessionNumber, '""', '', options), true);
  assert.equal(matches(TAG.AccessionNumber, '""', 'A', options), false);
  assert.equal(matches(TAG.AccessionNumber, '""', ''), false);
});

test('[QUERY-7] date and time are two conditions, or one moment where that was negotiated', () => {
  const keys = [
    keyOf(TAG.StudyDate, 'DA', '20240101-20240102', NO_OPTIONS),
    keyOf(TAG.StudyTime, 'TM', '180000-080000', NO_OPTIONS),
  ];
  const attributes = { '00080020': '20240102', '00080030': '070000' };
  assert.equal(matcherOf({ keys, options: NO_OPTIONS })(attributes), false);
  const combined = matcherOf({ keys, options: { ...NO_OPTIONS, isDateTimeCombined: true } });
  assert.equal(combined(attributes), true);
  assert.equal(combined({ ...attributes, '00080030': '090000' }), false);
  assert.equal(combined({ '00080020': '20240101', '00080030': '170000' }), false);
});

test('[QUERY-8] all keys of a sequence in one item', () => {
  const key = {
    tag: QUERY_TAG.OtherPatientIDsSequence,
    vr: 'SQ',
    match: {
      form: 'sequence',
      keys: [keyOf(TAG.PatientID, 'LO', 'A*', NO_OPTIONS), keyOf(TAG.IssuerOfPatientID, 'LO', 'H1', NO_OPTIONS)],
    },
  } as const;
  const items = (...pairs: readonly (readonly [string, string])[]) => ({
    '00101002': pairs.map(([id, issuer]) => ({ '00100020': id, '00100021': issuer })),
  });
  assert.equal(keyMatcher(key)(items(['A1', 'H1'])), true);
  assert.equal(keyMatcher(key)(items(['A1', 'H2'], ['B1', 'H1'])), false);
  assert.equal(keyMatcher(key)({}), false);
});

test('[QUERY-5] a pattern made to run away does not', () => {
  const test = glob(`${'*a'.repeat(400)}b`);
  assert.equal(test('a'.repeat(4000)), false);
});
