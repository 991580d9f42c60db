import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftOf, identityOf } from './facts.ts';

const HERE = { familyName: 'Lefèvre', givenName: 'Zoé', birthDate: '19840229', sex: 'F', modality: 'MR' };

test('[CONSOLE-238] a new patient keeps the details that were registered; the number of the hospital is asked for', () => {
  const draft = draftOf(HERE);
  assert.deepEqual(draft, {
    patientId: '',
    issuer: '',
    familyName: 'Lefèvre',
    givenName: 'Zoé',
    birthDate: '1984-02-29',
    sex: 'F',
    accession: '',
  });
  assert.deepEqual(identityOf(draft), new Set(['patientId']));
  assert.deepEqual(identityOf({ ...draft, patientId: ' 4711 ' }), {
    patientId: '4711',
    familyName: 'Lefèvre',
    givenName: 'Zoé',
    birthDate: '19840229',
    sex: 'F',
  });
});

test('[CONSOLE-238] what no image may be given is told by field', () => {
  const draft = { ...draftOf(HERE), patientId: 'a\\b', familyName: 'A^B', sex: 'X' };
  assert.deepEqual(identityOf(draft), new Set(['patientId', 'familyName', 'sex']));
});

test('[CONSOLE-238] the second of two persons finds what the first said, and says the same by one act', () => {
  const said = { patientId: '4711', familyName: 'Lefèvre', birthDate: '19840229', issuer: 'CHU', accession: 'A7' };
  assert.deepEqual(identityOf(draftOf({ ...HERE, localId: '99' }, said)), said);
});
