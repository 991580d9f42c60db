import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedOf, bornOf, draftOf, wrongOf } from './facts.ts';

test('[CONSOLE-181] a form asks for what is filled, as the gateway reads it, and tells which fields are wrong', () => {
  const draft = {
    ...draftOf({}),
    ...{ familyName: ' Dupont ', birthDate: '1984-02-29', ins: '2 84 02 75 123 456 12', procedure: 'Thorax' },
  };
  assert.deepEqual(askedOf(draft), {
    ...{ familyName: 'Dupont', birthDate: '19840229', ins: '284027512345612', procedure: 'Thorax' },
    ...{ modality: 'CT', priority: 'STAT' },
  });
  assert.deepEqual([...wrongOf(draft)], ['station']);
  assert.deepEqual([...wrongOf({ ...draft, station: 'CT1', familyName: 'A^B' })], ['familyName']);
  assert.equal(wrongOf({ ...draft, station: 'CT1' }).size, 0);
});

test('[CONSOLE-181] what stands registered fills the form again, and a date of birth is no moment', () => {
  const draft = draftOf({ familyName: 'Dupont', birthDate: '19840229', priority: 'HIGH', modality: 'MR' });
  assert.deepEqual([draft.birthDate, draft.priority, draft.modality], ['1984-02-29', 'HIGH', 'MR']);
  assert.equal(bornOf({ birthDate: '19840229' }, 'fr'), '29/02/1984');
  assert.equal(bornOf({}, 'en'), '');
});
