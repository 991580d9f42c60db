import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT, isCliFailure } from '../exits.ts';
import { identityOf } from './reconcile.ts';

test('[CLI-220] an identity is read from lines or JSON; what is wrong is told by field and never by value', () => {
  const lines = '# who\npatientId: 4711\nfamilyName: LEFEVRE\ngivenName: Zoé\nbirthDate: 19840229\nsex: F\n';
  const identity = { patientId: '4711', familyName: 'LEFEVRE', givenName: 'Zoé', birthDate: '19840229', sex: 'F' };
  assert.deepEqual(identityOf(lines), identity);
  assert.deepEqual(identityOf(JSON.stringify(identity)), identity);
  const wrong = () => identityOf('patientId: 4711\nfamilyName: DUPONT^JEAN\nbirthDate: yesterday\n');
  assert.throws(wrong, (thrown: unknown) => {
    assert.ok(isCliFailure(thrown, EXIT.usage));
    const said = JSON.stringify(thrown.text);
    assert.match(said, /familyName, birthDate/);
    return !/DUPONT|yesterday|4711/.test(said);
  });
});
