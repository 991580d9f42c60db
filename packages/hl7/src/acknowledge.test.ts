import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from '@leadglass/kit';
import { acknowledge, answersWanted, type OutcomeCode, readAcknowledgement } from './acknowledge.ts';
import { generate } from './dialects.testkit.ts';
import { readV2 } from './reader.ts';
import { problemsOf, readAs } from './reading.testkit.ts';
import type { HeaderReading, Problem } from './readings.ts';

const OWN = { application: 'LEADGLASS', facility: 'GW', sentAt: '20260102030405+0100', controlId: 'A1' };
const HEADER: HeaderReading = { ...readAs('ORU^R01').header, controlId: 'M1' };
const PROBLEMS: readonly Problem[] = [
  { code: 102, place: 'MSH-18', why: text('Remarque.', 'Remark.'), isFatal: false },
  { code: 101, place: 'PID', why: text('Le PID manque.', 'No PID.'), isFatal: true },
  { code: 198, place: 'OBX[3]-5', why: text('Trop.', 'Too many.'), isFatal: true },
];

function lines(
  header: HeaderReading | undefined,
  code: OutcomeCode,
  problems: readonly Problem[] = [],
): readonly string[] {
  return Buffer.from(acknowledge(header, { code, problems }, OWN))
    .toString('utf8')
    .split('\r');
}

test('[HL7-20] an acknowledgement goes back to who sent, with its event, version, processing and control id', () => {
  assert.deepEqual(lines(HEADER, 'AA', PROBLEMS), [
    'MSH|^~\\&|LEADGLASS|GW|LAB|CHU|20260102030405+0100||ACK^R01^ACK|A1|P|2.5||||||UNICODE UTF-8',
    'MSA|AA|M1|Le PID manque.',
    '',
  ]);
  assert.match(lines({ ...HEADER, version: '2.3', processing: 'T' }, 'AA')[0] ?? '', /\|ACK\^R01\|A1\|T\|2\.3\|/);
});

test('[HL7-20] an error is told in ERR-1 until version 2.4, in ERR-2 to ERR-4 from 2.5 on, and names its place', () => {
  assert.deepEqual(lines({ ...HEADER, version: '2.4' }, 'AE', PROBLEMS).slice(1), [
    'MSA|AE|M1|Le PID manque.',
    'ERR|PID^1^^101&Required field missing&HL70357~OBX^3^5^198&Non-conformant cardinality&HL70357',
    '',
  ]);
  assert.deepEqual(lines({ ...HEADER, version: '2.5.1' }, 'AE', PROBLEMS).slice(2), [
    'ERR||PID^1|101^Required field missing^HL70357|E||||Le PID manque.',
    'ERR||OBX^3^5|198^Non-conformant cardinality^HL70357|E||||Trop.',
    '',
  ]);
});

test('[HL7-20] a rejection without a problem of the message says so all the same', () => {
  const answer = acknowledge(HEADER, { code: 'AR', problems: [], text: 'Disque plein' }, OWN);
  assert.deepEqual(Buffer.from(answer).toString().split('\r').slice(1), [
    'MSA|AR|M1|Disque plein',
    'ERR|||207^Application error^HL70357|E||||Disque plein',
    '',
  ]);
  assert.match(lines({ ...HEADER, version: '2.3' }, 'AR')[2] ?? '', /^ERR\|\^\^\^207&/);
});

test('[HL7-20] a message without a header is answered too', () => {
  assert.deepEqual(lines(undefined, 'AE', PROBLEMS.slice(1, 2)), [
    'MSH|^~\\&|LEADGLASS|GW|||20260102030405+0100||ACK|A1|P|2.5||||||UNICODE UTF-8',
    'MSA|AE||Le PID manque.',
    'ERR||PID^1|101^Required field missing^HL70357|E||||Le PID manque.',
    '',
  ]);
});

test('[HL7-21] nothing of the message that is said again makes a segment, a field or a frame, or is long', () => {
  const hostile = `A|B^C~D\\E&F\rMSA|AA|X\n\x0b\x1c\x00${'x'.repeat(5000)}`;
  const header = Object.fromEntries(Object.keys(HEADER).map((key) => [key, hostile])) as unknown as HeaderReading;
  const problems: readonly Problem[] = Array(1000).fill({
    code: 101,
    place: hostile,
    why: text(hostile, hostile),
    isFatal: true,
  });
  for (const version of ['2.3', '2.5', hostile]) {
    const bytes = acknowledge({ ...header, version, acceptAck: '' }, { code: 'AE', problems, text: hostile }, OWN);
    const said = Buffer.from(bytes).toString();
    assert.ok(bytes.byteLength < 20_000);
    assert.deepEqual(said.match(/[\x00-\x0c\x0e-\x1f]/g), null);
    assert.deepEqual(said.match(/^MSA\|.*$/gm)?.length ?? said.split('\rMSA|').length - 1, 1);
    assert.equal(readAcknowledgement(bytes)?.code, 'AE');
    assert.ok(readAcknowledgement(bytes)?.controlId.startsWith('A|B^C~D\\E&F\nMSA|AA|X'));
  }
});

const ENHANCED: readonly (readonly [
  accept: string,
  application: string,
  code: OutcomeCode,
  wanted: readonly string[],
  said: string,
])[] = [
  ['', '', 'AA', ['application'], 'AA'],
  ['AL', 'NE', 'AA', ['accept'], 'CA'],
  ['AL', '', 'AE', ['accept'], 'CE'],
  ['AL', 'AL', 'AR', ['accept', 'application'], 'CR'],
  ['NE', 'AL', 'AA', ['application'], 'AA'],
  ['NE', 'NE', 'AE', [], 'AE'],
  ['ER', 'NE', 'AA', [], 'CA'],
  ['ER', 'NE', 'AE', ['accept'], 'CE'],
  ['SU', 'ER', 'AA', ['accept'], 'CA'],
  ['SU', 'ER', 'AE', ['application'], 'CE'],
];

for (const [acceptAck, applicationAck, code, wanted, said] of ENHANCED) {
  test(`[HL7-22] ${code} for MSH-15 ${acceptAck || 'empty'} and MSH-16 ${applicationAck || 'empty'} is answered ${wanted.join(' and ') || 'not at all'}`, () => {
    const header = { ...HEADER, acceptAck, applicationAck };
    assert.deepEqual(answersWanted(header, code), wanted);
    assert.equal(lines(header, code)[1]?.split('|')[1], said);
    const application = acknowledge(header, { code, problems: [] }, OWN, 'application');
    assert.equal(readAcknowledgement(application)?.code, code);
  });
}

test('[HL7-22] who cannot be read wants one answer', () =>
  assert.deepEqual(answersWanted(undefined, 'AE'), ['application']));

test('[HL7-23] our acknowledgements of generated messages read as what they say, and as messages', () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const { header } = generate(seed);
    const bytes = acknowledge(header, { code: 'AE', problems: PROBLEMS }, OWN, 'application');
    assert.deepEqual(readAcknowledgement(bytes), { code: 'AE', controlId: header.controlId, text: 'Le PID manque.' });
    const reading = readV2(bytes, { fallbackCharset: '8859/1' });
    assert.ok(reading.kind === 'other');
    assert.deepEqual(
      [reading.header.type, reading.header.receivingApplication, problemsOf(reading)],
      ['ACK', header.sendingApplication, ['200 MSH-9']],
    );
  }
});

test('[HL7-23] an acknowledgement of others is read: its code, what it answers, and its words wherever they stand', () => {
  const readAck = (...segments: readonly string[]) =>
    readAcknowledgement(Buffer.from(['MSH|^~\\&|X||||||ACK|1|P|2.5', ...segments, ''].join('\r')));
  assert.deepEqual(readAck('MSA|AR|M1|Plein'), { code: 'AR', controlId: 'M1', text: 'Plein' });
  assert.deepEqual(readAck('MSA|CE|M1', 'ERR|||207^Application error||||diag|words'), {
    code: 'CE',
    controlId: 'M1',
    text: 'words',
  });
  assert.deepEqual(readAck('MSA|AE|M1', 'ERR|||101^Required field missing'), {
    code: 'AE',
    controlId: 'M1',
    text: 'Required field missing',
  });
  assert.equal(readAck('MSA|OK|M1'), undefined);
  assert.equal(readAck('ZZZ|1'), undefined);
  assert.equal(readAcknowledgement(Buffer.from('HTTP/1.1 400')), undefined);
});
