import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readV2 } from '@leadglass/hl7';
import { understand } from './read-message.ts';
import { parseReading, readingJson } from './reading-json.ts';

const MESSAGES = [
  'MSH|^~\\&|LABO|CHU|LG|S|20260101||ORU^R01|1|P|2.5\rPID|1||7^^^CHU^PI~8^^^B^PI||DUPONT^A\rPV1|1|E|URG\rORC|RE|P|F\rOBR|1||F1|K^K^L|||||||||||||||||||||F\rNTE|1||note\rOBX|1|NM|K^K^L||4~~5|mmol|1-2|H|||F\r',
  'MSH|^~\\&|GAM|CHU|LG|S|20260101||ADT^A40|2|P|2.5\rPID|1||7^^^CHU^PI||DUPONT^A\rMRG|9^^^CHU^PI\r',
  `MSH|^~\\&|R|CHU|LG|S|20260101||MDM^T02|3|P|2.5\rPID|1||7^^^CHU^PI||DUPONT^A\rTXA|1|CR|application/pdf|||||||||D1\rOBX|1|ED|CR^CR^L||^application^pdf^Base64^${Buffer.from('%PDF').toString('base64')}||||||F\r`,
  'MSH|^~\\&|R|CHU|LG|S|20260101||ORM^O01|4|P|2.5\rPID|1||7^^^CHU^PI||DUPONT^A\rORC|NW|P1\rOBR|1|P1||CT^Scanner^L\r',
  'MSH|^~\\&|GAM|CHU|LG|S|20260101||ADT^A60|5|P|2.5\rPID|1||7^^^CHU^PI||DUPONT^A\rAL1|1|DA|P^Pénicilline^L|SV|choc~~œdème|2019\rIAM|2|FA|N^Noix^L||urticaire|A|A1||AL||||||||C\r',
];

/** Arrays of bytes of one class, so that they compare. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('[CHART-16] a reading is the same after its way to the keeper, for every kind of message', () => {
  for (const message of MESSAGES) {
    const reading = readV2(Buffer.from(message), { fallbackCharset: '8859/1' });
    assert(reading.kind !== 'unreadable', message);
    const parsed = parseReading(readingJson(reading));
    assert.deepEqual(plain(parsed), plain(reading));
  }
});

test('[CHART-16] what is no reading is none', () => {
  for (const json of [
    '',
    '{',
    'null',
    '[]',
    '{"kind":"result"}',
    '{"kind":"x","header":{}}',
    '{"kind":"result","header":7}',
  ])
    assert.equal(parseReading(json), undefined, json);
  assert.equal(parseReading('{"kind":"result","header":{},"patients":[{"patient":{"names":"x"}}]}'), undefined);
});

test('[CHART-13] of a message that is not understood the patient is told all the same', () => {
  const odd = 'MSH|^~\\&|LABO|CHU|LG|S|20260101||ZZZ^Z99|1|P|2.5\rZZZ|1\rPID|1||7^^^CHU^PI||DUPONT^A\r';
  const { told } = understand(Buffer.from(odd), 'windows-1252');
  assert.equal(told?.isUnderstood, false);
  const reading = parseReading(Buffer.from(told?.reading ?? '', 'base64').toString());
  assert.equal(reading?.patients[0]?.patient.identifiers[0]?.value, '7');
});

test('[CHART-13] an INS of tests is seen', () => {
  const oid = '1.2.250.1.213.1.4.10';
  const test = MESSAGES[0]?.replace('7^^^CHU^PI', `150027512000135^^^ASIP-SANTE-INS-NIR&${oid}&ISO^INS`) ?? '';
  assert.deepEqual(
    [test, MESSAGES[0] ?? ''].map((message) => understand(Buffer.from(message), 'windows-1252').told?.isTestIns),
    [true, false],
  );
});

test('[CHART-16] what is told of a header is bounded', () => {
  const long = `MSH|^~\\&|${'A'.repeat(2000)}|CHU|LG|S|20260101||ORU^R01|${'9'.repeat(2000)}|PPPPPPPPPPPP|2.5\rPID|1||7^^^C^PI\r`;
  const { told } = understand(Buffer.from(long), 'windows-1252');
  assert.deepEqual([told?.application.length, told?.controlId.length, told?.processing.length], [400, 400, 8]);
});

/** Every value within `value`, by what leads there. */
function placesOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Object.entries(value).flatMap(([key, each]) =>
    placesOf(each, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? inside : [path, ...inside];
}

function withValue(json: string, path: readonly (string | number)[], value: unknown): string {
  const whole = JSON.parse(json);
  let at = whole;
  for (const key of path.slice(0, -1)) at = at[key];
  at[path.at(-1) ?? ''] = value;
  return JSON.stringify(whole);
}

test('[CHART-57] a reading that has a value of another kind anywhere is none', () => {
  let looked = 0;
  for (const message of MESSAGES) {
    const reading = readV2(Buffer.from(message), { fallbackCharset: '8859/1' });
    assert(reading.kind !== 'unreadable');
    const json = readingJson(reading);
    for (const path of placesOf(JSON.parse(json)))
      for (const odd of [7, { x: 1 }, true, [[]]]) {
        const isItself = odd === true && path.at(-1) === 'isFatal';
        if (isItself || (odd === 7 && path.at(-1) === 'code' && path[0] === 'problems')) continue;
        looked += 1;
        const told = parseReading(withValue(json, path, odd));
        // An object in the place of one may be one without anything in it.
        if (told !== undefined)
          assert.deepEqual([typeof odd, typeof plainAt(json, path)], ['object', 'object'], path.join());
      }
  }
  assert.ok(looked > 300);
});

const plainAt = (json: string, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], JSON.parse(json));

test('[CHART-57] names that are none of a reading are left out, bounds hold, and nothing is inherited', () => {
  const base = { kind: 'result', header: {}, patients: [{ patient: {} }] };
  const read = (more: object) => parseReading(JSON.stringify({ ...base, ...more }));
  assert.equal(Object.hasOwn(read({ extra: 1 }) ?? {}, 'extra'), false);
  assert.equal(parseReading('{"kind":"result","header":{"__proto__":{"version":"2.5"}}}')?.header.version, '');
  const problem = { code: 101, place: 'x'.repeat(201), why: {}, isFatal: false };
  assert.equal(read({ problems: [problem] }), undefined);
  assert.equal(read({ problems: [{ ...problem, place: 'PID', code: 104 }] }), undefined);
  assert.equal(read({ problems: [{ ...problem, place: 'PID' }] })?.problems.length, 1);
});
