import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasValidInsKey, INS_OIDS, insKeyOf, insOf, isTestIns } from './ins.ts';
import { onlyPart, readAs } from './reading.testkit.ts';
import type { Identifier } from './readings.ts';

const of = (value: string, oid: string, type = 'INS'): Identifier => ({ value, authority: '', oid, type });

test('[HL7-24] the key of an INS is 97 - N mod 97, Corsica counting as 19 and 18', () => {
  // Numbers of the documentation of the national identity, and of INSEE.
  assert.ok(hasValidInsKey('279035121518989'));
  assert.ok(hasValidInsKey('255081416802538'));
  for (const [letters, digits] of [
    ['2A', '19'],
    ['2B', '18'],
  ] as const) {
    assert.equal(insKeyOf(`18501${letters}004123`), insKeyOf(`18501${digits}004123`));
    const key = String(insKeyOf(`18501${letters}004123`)).padStart(2, '0');
    assert.ok(hasValidInsKey(`18501${letters}004123${key}`));
  }
});

test('[HL7-24] every other key, and every digit changed, is wrong', () => {
  for (let key = 0; key < 100; key += 1)
    assert.equal(hasValidInsKey(`2790351215189${String(key).padStart(2, '0')}`), key === 89);
  const digits = [...'279035121518989'];
  for (const index of digits.keys())
    assert.equal(hasValidInsKey(digits.with(index, String((Number(digits[index]) + 1) % 10)).join('')), false);
});

for (const value of [
  '',
  '27903512151898',
  '2790351215189890',
  '2790351215189 89',
  '27903X121518989',
  '2A903512151898 9',
  ' 279035121518989',
])
  test(`[HL7-24] ${JSON.stringify(value)} has not the form of an INS`, () =>
    assert.equal(hasValidInsKey(value), false));

test('[HL7-25] an INS is known by its OID as it stands in PID-3', () => {
  const { patient } = onlyPart(
    readAs('ADT^A04', 'PID|1||4711^^^CHU^PI~279035121518989^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS||X'),
  );
  assert.deepEqual(insOf(patient.identifiers), {
    value: '279035121518989',
    oid: INS_OIDS.nir,
    kind: 'nir',
    isTest: false,
    hasValidKey: true,
  });
});

test('[HL7-25] a number without OID, one whose OID is not ISO, and the old calculated one are none', () => {
  const { patient } = onlyPart(
    readAs(
      'ADT^A04',
      'PID|1||279035121518989^^^ASIP-SANTE-INS-NIR^INS~279035121518989^^^X&1.2.250.1.213.1.4.8&L^INS||X',
    ),
  );
  assert.equal(insOf(patient.identifiers), undefined);
  assert.equal(insOf([of('0123456789012345678901', '1.2.250.1.213.1.4.2')]), undefined);
  assert.equal(insOf([of('', INS_OIDS.nir)]), undefined);
});

test('[HL7-25] test and demonstration are recognised, also beside a real one; a temporary number and a wrong key are told', () => {
  assert.deepEqual(Object.values(INS_OIDS).map(isTestIns), [false, false, true, true]);
  assert.equal(isTestIns('1.2.250.1.213.1.4.100'), false);
  for (const oid of [INS_OIDS.nirTest, INS_OIDS.nirDemo])
    assert.equal(insOf([of('279035121518989', INS_OIDS.nir), of('279035121518989', oid)])?.isTest, true);
  assert.equal(insOf([of('279035121518989', INS_OIDS.nia)])?.kind, 'nia');
  assert.equal(insOf([of('279035121518988', INS_OIDS.nir)])?.hasValidKey, false);
});
