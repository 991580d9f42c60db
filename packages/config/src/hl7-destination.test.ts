import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from './parse.ts';
import { planConfig } from './plan.ts';
import { renderConfig } from './render.ts';

const EMPTY = { peers: [], destinations: [], routes: [] };
const RIS = 'destinations:\n  - { name: ris, host: 192.0.2.7, port: 104, called: RIS }\n';
const HL7 = `${RIS}hl7Destinations:\n  - name: ris-hl7\n    host: 192.0.2.7\n    port: 2575\n`;
const read = (yaml: string) => {
  const parsed = parseConfig(yaml);
  assert(parsed.ok, JSON.stringify(parsed));
  return parsed.config;
};

test('[HL7-50] a receiver has the usual defaults, and reads the same after it was written', () => {
  const config = read(HL7);
  assert.deepEqual(config.hl7Destinations, [
    {
      ...{ name: 'ris-hl7', host: '192.0.2.7', port: 2575, tls: false, application: 'LEADGLASS', version: '2.5' },
      ...{ charset: '8859/1', acknowledgement: 'original', processing: 'production' },
      messages: ['registrations', 'orders', 'merges'],
    },
  ]);
  assert.deepEqual(read(renderConfig(config)).hl7Destinations, config.hl7Destinations);
  const whole = read(
    `${HL7}    tls: true\n    certSha256: ${'ab'.repeat(32)}\n    facility: CHU\n    receivingApplication: RIS\n    receivingFacility: RADIO\n    version: 2.3.1\n    charset: UNICODE UTF-8\n    acknowledgement: enhanced\n    processing: test\n    messages: [merges]\n    patientAuthority: CHU&1.2.250.1&ISO\n    system: ris\n    outside: false\n    giveBackPerMinute: 30\n`,
  );
  assert.equal(Object.keys(whole.hl7Destinations?.[0] ?? {}).length, 18);
  assert.deepEqual(read(renderConfig(whole)).hl7Destinations, whole.hl7Destinations);
  assert.equal(read('peers: []\n').hl7Destinations, undefined);
});

test('[HL7-50] what is wrong with a receiver is told with its place', () => {
  const parsed = parseConfig(
    `${HL7}    system: rsi\n    certSha256: ${'ab'.repeat(32)}\n  - name: ris-hl7\n    host: 192.0.2.7\n    port: 70000\n    version: '2.9'\n    messages: []\n    patientAuthority: 'a^b'\n    more: 1\n`,
  );
  assert(!parsed.ok);
  assert.deepEqual([...new Set(parsed.problems.map(({ path }) => path))].sort(), [
    'hl7Destinations[0].certSha256',
    'hl7Destinations[0].system',
    'hl7Destinations[1].messages',
    'hl7Destinations[1].more',
    'hl7Destinations[1].name',
    'hl7Destinations[1].patientAuthority',
    'hl7Destinations[1].port',
    'hl7Destinations[1].version',
  ]);
});

test('[HL7-50] dropping TLS, going outside without it, making it one of tests and removing it are told as dangers', () => {
  const dangers = (before: object, after: object) =>
    planConfig({ ...EMPTY, ...before }, { ...EMPTY, ...after })
      .changes.filter(({ kind }) => kind === 'hl7Destination')
      .map((change) => change.dangers.length);
  const plain = read(HL7);
  const secure = read(`${HL7}    tls: true\n`);
  assert.deepEqual(dangers(EMPTY, plain), [0]);
  assert.deepEqual(dangers(secure, plain), [1]);
  assert.deepEqual(dangers(plain, read(`${HL7}    outside: true\n`)), [1]);
  assert.deepEqual(dangers(plain, read(`${HL7}    processing: test\n`)), [1]);
  assert.deepEqual(dangers(plain, EMPTY), [1]);
});
