import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processorMs } from '@leadglass/kit';
import { readV2 } from './reader.ts';
import { message, read } from './reading.testkit.ts';
import type { Reading } from './readings.ts';

const HEAD = 'MSH|^~\\&|LAB|CHU|LG|GW|20260102||ORU^R01|M1|P|2.5';

/** The value of the only OBX of a message whose OBX-5 is `value`. */
function valuesOf(value: string, msh18 = '', encoding: BufferEncoding = 'utf8'): readonly string[] {
  const text = message(`${HEAD}||||||${msh18}`, 'PID|1||1', 'OBR|1', `OBX|1|ST|X||${value}`);
  return read(Buffer.from(text, encoding)).patients[0]?.reports[0]?.observations[0]?.values ?? [];
}

test('[HL7-5] any signs declared as delimiters are delimiters, the truncation character among them', () => {
  const text = message(
    'MSH#!%/;*#LAB!1;2#CHU###2026##ORU!R01#M1#P#2.7',
    'PID#1##1!!!A;1.2;ISO!PI%2',
    'OBR#1',
    'OBX#1#ST#X##a/F/b/S/c/R/d/T/e/E/f/P/|^~\\&',
  );
  const reading = read(Buffer.from(text));
  assert.equal(reading.header.sendingApplication, 'LAB');
  assert.deepEqual(
    reading.patients[0]?.patient.identifiers.map(({ value, authority, oid, type }) => [value, authority, oid, type]),
    [
      ['1', 'A', '1.2', 'PI'],
      ['2', '', '', ''],
    ],
  );
  assert.deepEqual(reading.patients[0]?.reports[0]?.observations[0]?.values, ['a#b!c%d;e/f*|^~\\&']);
});

test('[HL7-5] a sender that declares fewer delimiters has no others', () => {
  const reading = read(
    Buffer.from(message('MSH|^~|LAB|||| ||ORU^R01|M1|P|2.5', 'PID|1||1', 'OBR|1', 'OBX|1|ST|X||a\\F\\b&c~d')),
  );
  assert.deepEqual(reading.patients[0]?.reports[0]?.observations[0]?.values, ['a\\F\\b&c', 'd']);
});

for (const head of [
  'MSH',
  'MSH|',
  'MSH|^^~\\|',
  'MSH|^~\\&#!|',
  'MSH|ab~\\|',
  'MSHA^~\\&A',
  'MSH||||',
  'MSH\u00e9^~\\&\u00e9',
]) {
  test(`[HL7-5] ${JSON.stringify(head)} declares no delimiters`, () => {
    const reading = readV2(Buffer.from(head, 'latin1'), { fallbackCharset: '8859/1' });
    assert.equal(reading.kind, 'unreadable');
  });
}

const ESCAPES: readonly (readonly [sent: string, meant: string])[] = [
  ['\\F\\\\S\\\\T\\\\R\\\\E\\', '|^&~\\'],
  ['a\\.br\\b\\.sp\\c\\.sp+2\\d', 'a\nb\nc\n\nd'],
  ['\\.sk3\\x\\.in+4\\y\\.ti-2\\\\.fi\\\\.nf\\\\.ce\\z', '   xy\nz'],
  ['\\H\\gras\\N\\', 'gras'],
  ['\\X0D0A\\\\XC3A9\\\\Xc3a9\\', '\néé'],
  ['\\C2842\\a\\C2D41\\', 'a'],
  ['\\M242A\\a\\Z01\\b', '\\M242A\\a\\Z01\\b'],
  ['C:\\temp\\neu', 'C:\\temp\\neu'],
  ['100 \\ 3', '100 \\ 3'],
  ['\\X0\\\\Xzz\\\\X\\', '\\X0\\\\Xzz\\\\X\\'],
  ['\\q\\F\\', '\\q|'],
  ['\\.sp99999\\', '\\.sp99999\\'],
  ['\\.sp999\\', '\n'.repeat(200)],
  ['""', ''],
  ['"x"', '"x"'],
];

for (const [sent, meant] of ESCAPES) {
  test(`[HL7-6] ${sent} means what it says`, () => assert.deepEqual(valuesOf(sent), [meant]));
}

test('[HL7-6] bytes written as an escape are of the character set of the message', () => {
  assert.deepEqual(valuesOf('é \\XE9\\', '8859/1', 'latin1'), ['é é']);
  assert.deepEqual(valuesOf('é \\X80A4\\', '8859/1', 'latin1'), ['é €¤']);
  assert.deepEqual(valuesOf('é \\XA4\\', '8859/15', 'latin1'), ['é €']);
});

test('[HL7-6] a text of nothing but escapes takes time that grows with it alone', () => {
  const begin = processorMs();
  for (const piece of ['\\', '\\F\\', '\\X41\\', '\\.br\\', '\\q']) {
    const [value = ''] = valuesOf(piece.repeat(200_000 / piece.length));
    assert.ok(value.length > 0);
  }
  assert.ok(processorMs() - begin < 2000);
});

type CharsetCase = readonly [
  msh18: string,
  sent: string,
  encoding: BufferEncoding,
  charset: string,
  read: string,
  problems: number,
];
const CHARSETS: readonly CharsetCase[] = [
  ['', 'abc', 'latin1', 'ASCII', 'abc', 0],
  ['8859/1', 'é', 'latin1', '8859/1', 'é', 0],
  ['8859/1~8859/15', 'é', 'latin1', '8859/1', 'é', 0],
  ['8859/15', '\xa4 \xbd', 'latin1', '8859/15', '€ œ', 0],
  ['ISO-8859-15', '\xa4', 'latin1', '8859/15', '€', 0],
  ['UNICODE UTF-8', 'é€', 'utf8', 'UNICODE UTF-8', 'é€', 0],
  ['utf-8', 'é', 'utf8', 'UNICODE UTF-8', 'é', 0],
  ['8859/2', '\xb1', 'latin1', '8859/2', 'ą', 0],
  ['', 'é', 'latin1', '8859/1', 'é', 1],
  ['', 'é', 'utf8', 'UNICODE UTF-8', 'é', 1],
  ['', '\x80 \x9c', 'latin1', '8859/1', '€ œ', 1],
  ['ASCII', 'é', 'latin1', '8859/1', 'é', 1],
  ['UNICODE UTF-8', 'é', 'latin1', '8859/1', 'é', 1],
  ['8859/1', 'é', 'utf8', 'UNICODE UTF-8', 'é', 1],
  ['ISO IR87', 'é', 'latin1', '8859/1', 'é', 1],
];

for (const [msh18, sent, encoding, charset, meant, problems] of CHARSETS) {
  test(`[HL7-7] ${encoding} declared as ${JSON.stringify(msh18)} is read as ${charset}, ${problems > 0 ? 'which is told' : 'and nothing to tell'}`, () => {
    const reading = read(Buffer.from(message(`${HEAD}||||||${msh18}`, `PID|1||1||${sent}`), encoding));
    assert.equal(reading.charset, charset);
    assert.equal(reading.patients[0]?.patient.names[0]?.family, meant);
    assert.deepEqual(
      reading.problems.map(({ place, isFatal }) => [place, isFatal]),
      Array(problems).fill(['MSH-18', false]),
    );
  });
}

test('[HL7-7] the fallback is the peer’s', () => {
  const bytes = Buffer.from(message(HEAD, 'PID|1||1||\xa4'), 'latin1');
  const reading = readV2(bytes, { fallbackCharset: '8859/15' });
  assert.equal((reading as Reading).patients[0]?.patient.names[0]?.family, '€');
});

test('[HL7-8] segments end with CR, LF or both; blank lines mean nothing', () => {
  const lines = [HEAD, 'PID|1||1', 'OBR|1', 'OBX|1|ST|X||a'];
  for (const end of ['\r', '\n', '\r\n', '\r\r', '\n\r\n']) {
    const reading = read(Buffer.from(`${lines.join(end)}${end}`));
    assert.equal(reading.patients[0]?.reports[0]?.observations.length, 1);
    assert.deepEqual(reading.problems, []);
  }
});

test('[HL7-8] a line that begins no segment goes on with the one before it, and is told', () => {
  for (const end of ['\r', '\n', '\r\n']) {
    const reading = read(
      Buffer.from([HEAD, 'PID|1||1', 'OBR|1', 'OBX|1|TX|X||Un', 'deux', 'OBXtrois', 'OBX|2|TX|Y||4'].join(end)),
    );
    const observations = reading.patients[0]?.reports[0]?.observations ?? [];
    assert.deepEqual(
      observations.map(({ values }) => values),
      [['Un\ndeux\nOBXtrois'], ['4']],
    );
    assert.deepEqual(
      reading.problems.map(({ place }) => place),
      ['OBX[1]'],
    );
  }
});

const UNREADABLE: readonly (readonly [what: string, text: string, hasHeader: boolean])[] = [
  ['nothing', '', false],
  ['what does not begin with MSH', 'EVN|A08\rPID|1', false],
  ['blanks before MSH', ' MSH|^~\\&|', false],
  ['a batch', 'BHS|^~\\&|\rMSH|^~\\&|', false],
  ['VT in a field', `${HEAD}\rPV1|1|I|W^\x0bMSH|^~\\&|EVIL`, true],
  ['FS in a field', `${HEAD}\rPID|1||\x1c`, true],
  ['a second MSH', `${HEAD}\rPID|1||1\rMSH|^~\\&|EVIL`, true],
];

for (const [what, text, hasHeader] of UNREADABLE) {
  test(`[HL7-9] ${what} is unreadable, its header told where there is one`, () => {
    const reading = readV2(Buffer.from(text, 'latin1'), { fallbackCharset: '8859/1' });
    assert.ok(reading.kind === 'unreadable');
    assert.ok(reading.problems.every(({ isFatal }) => isFatal));
    assert.equal(reading.header?.controlId, hasHeader ? 'M1' : undefined);
  });
}

test('[HL7-9] a message over a limit is unreadable', () => {
  const limits = { messageBytes: 1000, segmentBytes: 300, segments: 10 };
  const why = (text: string) => {
    const reading = readV2(Buffer.from(text), { fallbackCharset: '8859/1', limits });
    return reading.kind === 'unreadable' ? reading.problems[0]?.why.en : 'read';
  };
  assert.match(why(`${HEAD}\r`.padEnd(1001, 'A')) ?? '', /over 1000 bytes/);
  assert.match(why(`${HEAD}\rPID|${'A'.repeat(300)}`) ?? '', /segment is over 300/);
  assert.match(why(`${HEAD}\r${'PID|1\r'.repeat(10)}`) ?? '', /more than 10 segments/);
  assert.equal(why(`${HEAD}\r${'PID|1\r'.repeat(9)}`), 'read');
});

test('[HL7-9] a byte order mark before MSH is passed over', () => {
  assert.equal(read(Buffer.from(`\ufeff${message(HEAD, 'PID|1||1')}`)).header.controlId, 'M1');
});

const HOSTILE: readonly (readonly [what: string, text: () => string])[] = [
  ['fields', () => `PID|${'|'.repeat(500_000)}`],
  ['repetitions of a name', () => `PID|1||1||${'~'.repeat(500_000)}`],
  ['components', () => `PID|1||${'^'.repeat(500_000)}`],
  ['subcomponents', () => `PID|1||1^^^${'&'.repeat(500_000)}`],
  ['segments without a field', () => 'OBX\r'.repeat(20_000)],
  ['broken lines', () => `PID|1||1\r${'x\n'.repeat(200_000)}`],
  ['results before any order', () => `PID|1||1\r${'OBX|1|XX|X||a\r'.repeat(20_000)}`],
];

for (const [what, text] of HOSTILE) {
  test(`[HL7-9] hosts of ${what} take time that grows with their bytes alone, and few words`, () => {
    const bytes = Buffer.from(`${HEAD}\r${text()}`);
    const begin = processorMs();
    const reading = readV2(bytes, { fallbackCharset: '8859/1' });
    assert.ok(processorMs() - begin < 2500);
    assert.ok(reading.problems.length < 300);
  });
}
