import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeElements, IMPLICIT_VR_LITTLE_ENDIAN } from '@leadglass/dicom';
import { formOf, identifierShape, MOST_KEYS } from './identifier-shape.ts';

const shapeOf = (elements: Parameters<typeof encodeElements>[0]) =>
  identifierShape(encodeElements(elements, IMPLICIT_VR_LITTLE_ENDIAN), IMPLICIT_VR_LITTLE_ENDIAN);

test('[RELAY-72] the shape of an identifier: its level, and how each key asks', () => {
  const shape = shapeOf([
    { tag: 0x00080005, value: 'ISO_IR 100' },
    { tag: 0x00080020, value: '20260101-20260131' },
    { tag: 0x00080052, value: 'STUDY' },
    { tag: 0x00100010, value: '*DOE*' },
    { tag: 0x00100020, value: 'P1' },
    { tag: 0x0020000d, value: '1.2\\1.3' },
    { tag: 0x00400100, value: [[{ tag: 0x00080060, value: 'CT' }]] },
    { tag: 0x00401001, value: '' },
  ]);
  assert.equal(shape?.level, 'STUDY');
  assert.deepEqual(shape?.keys, [
    { tag: 0x00080020, form: 'range', spanDays: 30 },
    { tag: 0x00100010, form: 'wildcard', leading: true },
    { tag: 0x00100020, form: 'single' },
    { tag: 0x0020000d, form: 'list' },
    { tag: 0x00400100, form: 'sequence' },
    { tag: 0x00080060, form: 'single' },
    { tag: 0x00401001, form: 'universal' },
  ]);
});

test('[RELAY-72] forms by VR: no wildcard in a UID or a date, no range in a name, a sign is no range', () => {
  const forms = [
    ['PN', '*'],
    ['PN', '**'],
    ['PN', 'D?E'],
    ['PN', 'JEAN-PAUL'],
    ['UI', '1.*'],
    ['DA', '20260101'],
    ['DA', '-20260101'],
    ['TM', '08-09'],
    ['DT', '20260101120000-0500'],
    ['DT', '20260101-0500-20260201-0500'],
  ] as const;
  assert.deepEqual(
    forms.map(([vr, value]) => formOf(vr, value).form),
    ['universal', 'universal', 'wildcard', 'single', 'single', 'single', 'range', 'range', 'single', 'range'],
  );
  assert.deepEqual(formOf('DA', '20260101-20261231'), { form: 'range', spanDays: 364 });
  assert.deepEqual(formOf('DA', '20260101-'), { form: 'range' });
});

test('[RELAY-73] what cannot be read has no shape, and no more keys are told than the bound', () => {
  const cut = encodeElements([{ tag: 0x00100010, value: 'DOE^JOHN' }], IMPLICIT_VR_LITTLE_ENDIAN).subarray(0, 12);
  assert.equal(identifierShape(cut, IMPLICIT_VR_LITTLE_ENDIAN), undefined);
  assert.deepEqual(identifierShape(new Uint8Array(0), IMPLICIT_VR_LITTLE_ENDIAN), { level: undefined, keys: [] });
  const many = Array.from({ length: 400 }, (_, at) => ({ tag: 0x00110010 + at, value: '' }));
  assert.equal(shapeOf(many)?.keys.length, MOST_KEYS);
});
