import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ElementToEncode,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  encodeElements,
  IMPLICIT_VR_LITTLE_ENDIAN,
  keywordOf,
  TAG,
} from '@leadglass/dicom';
import { encodeMatch } from './answer.ts';
import { readDataSet } from './data-set.ts';
import { isProblem, parseIdentifier } from './identifier.ts';
import { asJson } from './json.ts';
import { unsupportedKeys } from './levels.ts';
import { grantOptions } from './options.ts';
import { shapeOf } from './shape.ts';
import { QUERY_TAG } from './tags.ts';
import { NO_OPTIONS, type Query } from './types.ts';

const SYNTAXES = [IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN];
const LIMITS = { characters: 100_000, elements: 1000, items: 100, depth: 4 };

function ask(elements: readonly ElementToEncode[], root: 'PATIENT' | 'STUDY' = 'STUDY', options = NO_OPTIONS) {
  return parseIdentifier(encodeElements(elements, IMPLICIT_VR_LITTLE_ENDIAN), IMPLICIT_VR_LITTLE_ENDIAN, {
    root,
    options,
  });
}

function queryOf(
  elements: readonly ElementToEncode[],
  root: 'PATIENT' | 'STUDY' = 'STUDY',
  options = NO_OPTIONS,
): Query {
  const parsed = ask(elements, root, options);
  assert(!isProblem(parsed), 'a query');
  return parsed;
}

const LEVEL = { tag: TAG.QueryRetrieveLevel, value: 'STUDY' };

test('[QUERY-4] an identifier becomes keys in order of tags, the same in every transfer syntax', () => {
  const elements: ElementToEncode[] = [
    { tag: TAG.StudyDate, value: '20240101-20240131' },
    { tag: TAG.AccessionNumber, value: '' },
    LEVEL,
    { tag: QUERY_TAG.ModalitiesInStudy, value: 'CT\\MR' },
    { tag: TAG.PatientName, value: 'DUP*' },
    { tag: TAG.PatientID, value: '123 ' },
    { tag: QUERY_TAG.NumberOfStudyRelatedSeries, value: '' },
  ];
  const forms = ['range', 'universal', 'list', 'wildcard', 'single', 'universal'];
  for (const syntax of SYNTAXES) {
    const parsed = parseIdentifier(encodeElements(elements, syntax), syntax, { root: 'STUDY', options: NO_OPTIONS });
    assert(!isProblem(parsed));
    assert.deepEqual(
      parsed.keys.map(({ match }) => match.form),
      forms,
    );
    assert.deepEqual(parsed.keys[4]?.match, { form: 'single', value: '123' });
  }
});

test('[QUERY-1] the question is read in its own character set', () => {
  const query = queryOf([
    { tag: TAG.SpecificCharacterSet, value: 'ISO_IR 100' },
    LEVEL,
    { tag: TAG.PatientName, value: Buffer.from('M\xfcller', 'latin1') },
  ]);
  assert.deepEqual(query.keys[0]?.match, { form: 'single', value: 'Müller' });
  assert.equal(query.charset, 'ISO_IR 100');
});

test('[QUERY-12] levels and unique keys of the model', () => {
  const patient = { tag: TAG.QueryRetrieveLevel, value: 'PATIENT' };
  const series = { tag: TAG.QueryRetrieveLevel, value: 'SERIES' };
  const study = { tag: TAG.StudyInstanceUID, value: '1.2.3' };
  const statusOf = (...args: Parameters<typeof ask>) => {
    const parsed = ask(...args);
    return isProblem(parsed) ? parsed.status : 0;
  };
  assert.equal(statusOf([patient], 'STUDY'), 0xa900);
  assert.equal(statusOf([patient], 'PATIENT'), 0);
  assert.equal(statusOf([]), 0xa900);
  assert.equal(statusOf([series]), 0xa900);
  assert.equal(statusOf([series, study]), 0);
  assert.equal(statusOf([series, study], 'PATIENT'), 0xa900);
  assert.equal(statusOf([series], 'STUDY', { ...NO_OPTIONS, isRelational: true }), 0);
});

test('[QUERY-11] what is too large, too deep, too many or broken is a problem without a value', () => {
  const deep = (depth: number): ElementToEncode =>
    depth === 0
      ? { tag: TAG.PatientID, value: 'SECRET' }
      : { tag: QUERY_TAG.OtherPatientIDsSequence, value: [[deep(depth - 1)]] };
  const many = Array.from({ length: 300 }, (_, index) => ({ tag: 0x00090010 + index, vr: 'LO', value: 'SECRET' }));
  const broken = encodeElements([LEVEL, { tag: TAG.PatientID, value: 'SECRET' }], IMPLICIT_VR_LITTLE_ENDIAN).slice(
    0,
    -3,
  );
  const large = encodeElements(
    [LEVEL, { tag: TAG.StudyInstanceUID, value: '1'.repeat(70_000) }],
    IMPLICIT_VR_LITTLE_ENDIAN,
  );
  const problems = [
    ask([LEVEL, deep(6)]),
    ask([LEVEL, ...many]),
    ...[broken, large].map((bytes) =>
      parseIdentifier(bytes, IMPLICIT_VR_LITTLE_ENDIAN, { root: 'STUDY', options: NO_OPTIONS }),
    ),
  ];
  for (const parsed of problems) {
    assert(isProblem(parsed));
    assert.equal(parsed.status, 0xc001);
    assert(!JSON.stringify(parsed).includes('SECRET') && parsed.comment.length <= 64);
  }
});

test('[QUERY-11] no bytes throw', () => {
  const whole = encodeElements([LEVEL, { tag: TAG.PatientName, value: 'A*' }], EXPLICIT_VR_LITTLE_ENDIAN);
  for (let seed = 1; seed < 3000; seed += 1) {
    const bytes = whole.map((byte, at) =>
      ((seed * 2654435761 + at * 40503) >>> 9) % 11 === 0 ? (byte ^ seed) & 0xff : byte,
    );
    for (const syntax of SYNTAXES) {
      assert.equal(typeof parseIdentifier(bytes, syntax, { root: 'PATIENT', options: NO_OPTIONS }), 'object');
    }
  }
});

test('[QUERY-13] keys the catalogue does not have are told', () => {
  const query = queryOf([
    LEVEL,
    { tag: TAG.SeriesDescription, value: '' },
    { tag: 0x00104000, value: '' },
    { tag: TAG.PatientName, value: '' },
  ]);
  assert.deepEqual(unsupportedKeys(query), [TAG.SeriesDescription, 0x00104000]);
});

test('[QUERY-14] the shape of a query holds no value', () => {
  const query = queryOf([
    LEVEL,
    { tag: TAG.StudyDate, value: '20240101-20240131' },
    { tag: TAG.PatientName, value: '*SECRET' },
    { tag: QUERY_TAG.OtherPatientIDsSequence, value: [[{ tag: TAG.PatientID, value: 'SECRET' }]] },
  ]);
  const shape = shapeOf(query);
  assert(!JSON.stringify(shape).includes('SECRET'));
  assert.deepEqual(shape, [
    { tag: TAG.StudyDate, form: 'range', days: 31 },
    { tag: TAG.PatientName, form: 'wildcard', leading: true },
    { tag: QUERY_TAG.OtherPatientIDsSequence, form: 'sequence' },
    { tag: TAG.PatientID, form: 'single' },
  ]);
});

test('[QUERY-15] an answer reads back as what was asked for, in every transfer syntax', () => {
  const query = queryOf([
    { tag: TAG.SpecificCharacterSet, value: 'ISO_IR 100' },
    LEVEL,
    { tag: TAG.PatientName, value: '' },
    { tag: QUERY_TAG.OtherPatientIDsSequence, value: [[{ tag: TAG.PatientID, value: 'A*' }]] },
    { tag: TAG.StudyID, value: '' },
    { tag: TAG.Rows, value: '' },
  ]);
  const match = {
    '00100010': 'Müller^Jörg',
    '00100030': '19700101',
    '00280010': '512',
    '00101002': [{ '00100020': 'A1', '00100021': 'X' }, { '00100020': 'B1' }],
  };
  for (const transferSyntaxUid of SYNTAXES) {
    const bytes = encodeMatch(match, query, { transferSyntaxUid, retrieveAeTitle: 'LEADGLASS' });
    const read = readDataSet(bytes, transferSyntaxUid, LIMITS);
    assert.equal(read.isBroken, false);
    assert.deepEqual(read.attributes, {
      '00080005': 'ISO_IR 100',
      '00080052': 'STUDY',
      '00080054': 'LEADGLASS',
      '00100010': 'Müller^Jörg',
      '00101002': [{ '00100020': 'A1' }],
      '00200010': '',
      '00280010': '512',
    });
    assert.deepEqual(
      [...read.vrs.keys()],
      [...read.vrs.keys()].toSorted((a, b) => a - b),
    );
  }
});

test('[QUERY-16] DICOM JSON', () => {
  const json = asJson({
    '00100010': 'Yamada^Tarou=山田^太郎',
    '00200013': '7',
    '00080060': 'CT',
    '00280010': '512',
    '00200011': 'x',
    '00100020': '',
    '00101002': [{ '00100020': 'A1' }],
  });
  assert.deepEqual(json, {
    '00080060': { vr: 'CS', Value: ['CT'] },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' }] },
    '00100020': { vr: 'LO' },
    '00101002': { vr: 'SQ', Value: [{ '00100020': { vr: 'LO', Value: ['A1'] } }] },
    '00200011': { vr: 'IS', Value: ['x'] },
    '00200013': { vr: 'IS', Value: [7] },
    '00280010': { vr: 'US', Value: [512] },
  });
});

test('[QUERY-18] tags have the keywords of the dictionary', () => {
  for (const [keyword, tag] of Object.entries(QUERY_TAG)) assert.equal(keywordOf(tag), keyword);
});

test('[QUERY-19] extended negotiation', () => {
  const granted = grantOptions(Uint8Array.of(1, 1, 1, 1, 1, 1, 1));
  assert.deepEqual([...granted.answer], [1, 1, 0, 0, 1, 1]);
  assert.equal(granted.options.isRelational, true);
  assert.deepEqual([...grantOptions(Uint8Array.of(1)).answer], [1]);
  assert.deepEqual(grantOptions(new Uint8Array(0)).options, NO_OPTIONS);
  assert.equal(grantOptions(Uint8Array.of(0, 1)).options.isRelational, false);
});
