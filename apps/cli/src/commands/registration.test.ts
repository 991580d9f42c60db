import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS, registrationOf } from './registration.ts';

const LINES = [
  '# from the ward',
  'familyName: Lefèvre',
  'birthDate: 19840229',
  'procedure: Thorax: face',
  'modality: CT',
];
const REST = ['station: CT1', 'priority: STAT', 'reason:'];

test('[CLI-190] a registration is read from lines or JSON; empty fields are left out, and a value may hold a colon', () => {
  const expected = {
    ...{ familyName: 'Lefèvre', birthDate: '19840229', procedure: 'Thorax: face' },
    ...{ modality: 'CT', station: 'CT1', priority: 'STAT' },
  };
  assert.deepEqual(registrationOf([...LINES, ...REST].join('\r\n')), expected);
  assert.deepEqual(registrationOf(JSON.stringify(expected)), expected);
});

test('[CLI-190] what is wrong is told by the names of fields, never by a value', () => {
  for (const source of [
    LINES.join('\n'),
    '{"familyName": "Lefèvre"',
    `${[...LINES, ...REST].join('\n')}\nins: 12345`,
  ]) {
    assert.throws(
      () => registrationOf(source),
      (thrown: Error & { text?: { en: string } }) => {
        const words = JSON.stringify(thrown.text ?? thrown.message);
        return /station|familyName|ins/.test(words) && !/Lef|12345|1984/.test(words);
      },
    );
  }
});

test('[CLI-191] no argument of a registration command holds an identity', () => {
  for (const { options } of COMMANDS)
    assert.ok(Object.keys(options).every((name) => name === 'day' || name === 'reason'));
});
