import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXPLICIT_VR_LITTLE_ENDIAN, encodeElements, TAG } from '@leadglass/dicom';
import { readDataSet } from './data-set.ts';
import { QUERY_TAG } from './tags.ts';

const read = (elements: Parameters<typeof encodeElements>[0], limits: Parameters<typeof readDataSet>[2]) =>
  readDataSet(encodeElements(elements, EXPLICIT_VR_LITTLE_ENDIAN), EXPLICIT_VR_LITTLE_ENDIAN, limits);

test('[QUERY-17] beyond a limit nothing is taken, and that is told', () => {
  const limits = { characters: 10, elements: 10, items: 2, depth: 1 };
  const long = read([{ tag: TAG.StudyDescription, value: 'twelve chars' }], limits);
  assert.deepEqual([long.attributes, long.isBroken], [{}, true]);
  const items = read(
    [
      {
        tag: QUERY_TAG.OtherPatientIDsSequence,
        value: Array.from({ length: 5 }, (_, index) => [{ tag: TAG.PatientID, value: `${index}` }]),
      },
    ],
    limits,
  );
  assert.deepEqual(items.attributes, { '00101002': [{ '00100020': '0' }, { '00100020': '1' }] });
  assert.equal(items.isBroken, true);
});

test('[QUERY-1] an item is read in its own character set, or its parent’s', () => {
  const item = (charset: string | undefined, bytes: string) => [
    ...(charset === undefined ? [] : [{ tag: TAG.SpecificCharacterSet, value: charset }]),
    { tag: TAG.PatientID, value: Buffer.from(bytes, 'hex') },
  ];
  const { attributes } = read(
    [
      { tag: TAG.SpecificCharacterSet, value: 'ISO_IR 100' },
      { tag: QUERY_TAG.OtherPatientIDsSequence, value: [item('ISO_IR 192', 'c3a9'), item(undefined, 'e920')] },
      { tag: TAG.StudyID, value: Buffer.from('e920', 'hex') },
    ],
    { characters: 1000, elements: 100, items: 5, depth: 2 },
  );
  assert.deepEqual(attributes['00101002'], [{ '00100020': 'é' }, { '00100020': 'é' }]);
  assert.equal(attributes['00200010'], 'é');
});
