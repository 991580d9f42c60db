import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { encodeElements, PREAMBLE_BYTES, writeFileMeta } from '@leadglass/dicom';
import { concatBytes } from '@leadglass/kit';
import { AttributeReader } from './attribute-page.ts';
import { elementPath } from './element-path.ts';
import { isIdentifying } from './identifying.ts';
import type { AttributePage, AttributeQuestion } from './question.ts';
import { shownNumbers, shownText, visible } from './shown-value.ts';

const ROOT = '1.2.840.10008.1.2';
const EXPLICIT = `${ROOT}.1`;
const ALL: AttributeQuestion = {
  ...{ first: 0, count: 500, path: '', isClear: false, valueBytes: 64, wantsBytes: false },
};
const OBEYED = /[\p{C}\p{Zl}\p{Zp}]/u;

function file(dataSet: Uint8Array, transferSyntaxUid = EXPLICIT): Uint8Array {
  const meta = writeFileMeta({
    ...{ sopClassUid: '1.2.840.10008.5.1.4.1.1.7', sopInstanceUid: '1.2.3', transferSyntaxUid },
    ...{ implementationClassUid: '1.2', implementationVersionName: 'TEST' },
  });
  return concatBytes(meta, dataSet);
}

function element(tag: number, vr: string, value: Uint8Array | string, declared?: number): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const isLong = ['OB', 'OW', 'SQ', 'UN', 'UT', 'UC'].includes(vr);
  const head = Buffer.alloc(isLong ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (isLong) head.writeUInt32LE(declared ?? bytes.length, 8);
  else head.writeUInt16LE(declared ?? bytes.length, 6);
  return concatBytes(head, bytes);
}

const ITEM = Buffer.from('feff00e0ffffffff', 'hex');
const ENDS = Buffer.from('feff0de000000000feffdde000000000', 'hex');

function page(bytes: Uint8Array, question: Partial<AttributeQuestion> = {}, piece = bytes.length): AttributePage {
  const reader = new AttributeReader({ ...ALL, ...question });
  for (let at = 0; at < bytes.length && !reader.isFull; at += piece) reader.push(bytes.subarray(at, at + piece));
  return reader.end();
}

const own = (read: AttributePage) => read.rows.filter(({ isMeta }) => !isMeta);

test('[CONTROL-60] a row an element, nested ones in their place, offsets where the element lies', () => {
  const sequence = concatBytes(
    element(0x0040a730, 'SQ', '', 0xffffffff),
    ITEM,
    element(0x00080100, 'SH', 'CODE'),
    ENDS,
  );
  const bytes = file(
    concatBytes(element(0x00080060, 'CS', 'CT'), sequence, element(0x7fe00010, 'OW', Buffer.alloc(32))),
  );
  const rows = own(page(bytes));
  assert.deepEqual(
    rows.map(({ path, depth, kind, vr, length, keyword }) => [path, depth, kind, vr, length, keyword]),
    [
      ['(0008,0060)', 0, 'element', 'CS', 2, 'Modality'],
      ['(0040,A730)', 0, 'sequence', 'SQ', -1, 'ContentSequence'],
      ['(0040,A730)[0]', 1, 'item', '', -1, ''],
      ['(0040,A730)[0]/(0008,0100)', 1, 'element', 'SH', 4, 'CodeValue'],
      ['(7FE0,0010)', 0, 'element', 'OW', 32, 'PixelData'],
    ],
  );
  const start = bytes.length - 44;
  const pixels = rows.at(-1);
  const metaBytes = bytes.length - (10 + sequence.length + 44);
  assert.deepEqual([pixels?.offset, pixels?.valueOffset], [start - metaBytes, start - metaBytes + 12]);
  for (const one of page(bytes).rows.filter(({ isMeta, vr }) => isMeta && vr === 'UI')) {
    assert.equal(Buffer.from(bytes).readUInt16LE(one.offset), 2, one.path);
  }
});

test('[CONTROL-60] the same rows whole, in pieces and byte by byte', () => {
  const bytes = file(concatBytes(element(0x00080060, 'CS', 'CT'), element(0x00100010, 'PN', 'A^B ')));
  for (const piece of [1, 7, 100]) assert.deepEqual(page(bytes, {}, piece), page(bytes));
});

test('[CONTROL-60] a page ends where it is full, and the next begins there', () => {
  const elements = Array.from({ length: 50 }, (_, at) => element(0x00280000 + 2 * at + 2, 'US', Buffer.alloc(2)));
  const bytes = file(concatBytes(...elements));
  const whole = page(bytes).rows;
  const paths: string[] = [];
  for (let next: number | null = 0; next !== null; ) {
    const read: AttributePage = page(bytes, { first: next, count: 7 });
    paths.push(...read.rows.map(({ path }) => path));
    next = read.next;
  }
  assert.deepEqual(
    paths,
    whole.map(({ path }) => path),
  );
});

test('[CONTROL-60] one element with what is inside it, and no other', () => {
  const inner = concatBytes(element(0x0040a730, 'SQ', '', 0xffffffff), ITEM, element(0x00080100, 'SH', 'CODE'), ENDS);
  const bytes = file(concatBytes(element(0x00080100, 'SH', 'ELSE'), inner));
  const paths = page(bytes, { path: '(0040,A730)' }).rows.map(({ path }) => path);
  assert.deepEqual(paths, ['(0040,A730)', '(0040,A730)[0]', '(0040,A730)[0]/(0008,0100)']);
  assert.deepEqual(page(bytes, { path: '(0040,A730)[1]' }).rows, []);
});

test('[CONTROL-61] what may identify somebody is masked, and shown only when asked for', () => {
  const bytes = file(
    concatBytes(
      element(0x00080020, 'DA', '20260101'),
      element(0x00080060, 'CS', 'CT'),
      element(0x00081030, 'LO', 'DUPONT '),
      element(0x00090010, 'LO', 'DUPONT '),
      element(0x00091001, 'LO', 'DUPONT '),
      element(0x00100010, 'PN', 'DUPONT^JEAN '),
      element(0x00101010, 'AS', '042Y'),
      element(0x001021c0, 'US', Buffer.from([1, 0])),
      element(0x00280010, 'US', Buffer.from([0, 2])),
    ),
  );
  const masked = own(page(bytes));
  assert.deepEqual(
    masked.map(({ state, value }) => (state === 'masked' ? '[phi]' : value)),
    ['[phi]', 'CT', '[phi]', '[phi]', '[phi]', '[phi]', '[phi]', '[phi]', '512'],
  );
  assert.ok(!JSON.stringify(masked).includes('DUPONT'));
  const clear = own(page(bytes, { isClear: true }));
  assert.equal(clear[5]?.value, 'DUPONT^JEAN');
  assert.equal(clear[7]?.value, '1');
});

test('[CONTROL-61] a number or a code that is none is masked', () => {
  assert.equal(isIdentifying(0x00280010, 'US', '512'), false);
  assert.equal(isIdentifying(0x00280010, 'LO', 'DUPONT'), true);
  assert.equal(isIdentifying(0x00280030, 'DS', '0.5\\0.5'), false);
  assert.equal(isIdentifying(0x00280030, 'DS', 'DUPONT'), true);
  assert.equal(isIdentifying(0x00200013, 'IS', '190010112345678'), true);
  assert.equal(isIdentifying(0x00080018, 'UI', '1.2.3'), false);
  assert.equal(isIdentifying(0x00080018, 'UI', 'DUPONT'), true);
  assert.equal(isIdentifying(0x00080060, 'CS', 'Dupont'), true);
  assert.equal(isIdentifying(0x00200010, 'SH', 'S1'), true);
});

test('[CONTROL-62] no character that a terminal obeys comes out, and each is seen', () => {
  const hostile = 'a\x1b]0;owned\x07\x9b31m\r\n\u202e\u2028\u200b\0';
  assert.equal(visible(hostile), 'a<1B>]0;owned<07><9B>31m<0D><0A><U+202E><U+2028><U+200B><00>');
  const value = Buffer.from(`${hostile}\ud83d`, 'utf8');
  for (const charset of ['', 'ISO_IR 100', 'ISO_IR 192', 'GB18030', '\\ISO 2022 IR 87']) {
    assert.doesNotMatch(shownText(value, charset), OBEYED, charset);
  }
  const bytes = file(
    concatBytes(
      element(0x00080005, 'CS', 'ISO_IR 192'),
      element(0x00080070, 'LO', Buffer.concat([value, Buffer.from(' ')])),
    ),
  );
  for (const row of page(bytes, { isClear: true }).rows) {
    for (const field of Object.values(row)) assert.doesNotMatch(String(field), OBEYED);
  }
});

test('[CONTROL-62] character sets of one table are read, others not guessed', () => {
  assert.equal(shownText(Buffer.from('Müller', 'latin1'), 'ISO_IR 100'), 'Müller');
  assert.equal(shownText(Buffer.from('Müller'), 'ISO_IR 192'), 'Müller');
  assert.equal(shownText(Buffer.from('Müller', 'latin1'), ''), 'M<FC>ller');
  assert.equal(shownText(Buffer.from('Müller', 'latin1'), 'ISO 2022 IR 6\\ISO 2022 IR 87'), 'M<FC>ller');
});

test('[CONTROL-62] numbers of every VR, either byte order, what is left over not read', () => {
  const bytes = Buffer.from('0100020003', 'hex');
  assert.equal(shownNumbers('US', bytes, true), '1\\2');
  assert.equal(shownNumbers('US', bytes, false), '256\\512');
  assert.equal(shownNumbers('SS', Buffer.from('ffff', 'hex'), true), '-1');
  assert.equal(shownNumbers('AT', Buffer.from('08001800', 'hex'), true), '(0008,0018)');
  const float = Buffer.alloc(4);
  float.writeFloatLE(0.1);
  assert.equal(shownNumbers('FL', float, true), '0.1');
  assert.equal(shownNumbers('LO', bytes, true), undefined);
});

test('[CONTROL-63] nesting without end, a length that lies and a huge value are bounded, and said', () => {
  const deep = Array.from({ length: 5000 }, () => concatBytes(element(0x0040a730, 'SQ', '', 0xffffffff), ITEM));
  const read = page(file(concatBytes(...deep)));
  assert.equal(read.stoppedBy, 'too-deep');
  assert.ok(read.rows.length <= 500);
  assert.ok(read.rows.every(({ path }) => path.length < 400));
  const lying = page(file(element(0x7fe00010, 'OB', Buffer.alloc(64), 0x7ffffffe)));
  assert.deepEqual([lying.rows.at(-1)?.length, lying.stoppedBy], [0x7ffffffe, 'truncated-value']);
  const reader = new AttributeReader({ ...ALL, isClear: true });
  reader.push(file(element(0x0040a160, 'UT', '', 100_000_000)));
  const before = process.memoryUsage().arrayBuffers;
  for (let left = 100_000_000; left > 0; left -= 100_000) reader.push(Buffer.alloc(100_000, 'x'));
  const value = reader.end().rows.at(-1);
  assert.deepEqual([value?.value, value?.state], ['x'.repeat(64), 'cut']);
  assert.ok(process.memoryUsage().arrayBuffers - before < 60_000_000);
});

test('[CONTROL-63] every answer stays within its rows, whatever the object', () => {
  const many = Array.from({ length: 20_000 }, () => element(0x00080060, 'CS', 'CT'));
  const read = page(file(concatBytes(...many)), { count: 500 });
  assert.equal(read.rows.length, 500);
  assert.equal(read.next, 500);
});

test('[CONTROL-63] a deflated data set: offsets count inside, the beginning of a value comes with its row', () => {
  const dataSet = concatBytes(element(0x00080060, 'CS', 'CT'), element(0x00204000, 'LT', 'hidden'));
  const bytes = file(deflateRawSync(dataSet), `${ROOT}.1.99`);
  const read = page(bytes, { path: '(0020,4000)', wantsBytes: true });
  assert.equal(read.isDeflated, true);
  assert.deepEqual(
    read.rows.map(({ offset, valueOffset, bytes: hex }) => [offset, valueOffset, hex]),
    [[10, 18, Buffer.from('hidden').toString('hex')]],
  );
});

test('[CONTROL-63] implicit VR and big endian are read as what they are', () => {
  const implicit = encodeElements([{ tag: 0x00280010, vr: 'US', value: 512 }], `${ROOT}`);
  assert.equal(own(page(file(implicit, ROOT)))[0]?.value, '512');
  const big = Buffer.from('0028001055530002', 'hex');
  assert.equal(own(page(file(concatBytes(big, Buffer.from('0200', 'hex')), `${ROOT}.2`)))[0]?.value, '512');
});

test('[CONTROL-63] what is no DICOM file has no rows, and says why', () => {
  const read = page(Buffer.alloc(PREAMBLE_BYTES * 4, 'x'));
  assert.deepEqual([read.rows, read.stoppedBy], [[], 'not-dicom']);
});

test('[CONTROL-60] a place is written as findings write it, or as people do', () => {
  for (const typed of ['(0010,0020)', '0010,0020', '00100020', 'PatientID']) {
    assert.equal(elementPath(typed), '(0010,0020)', typed);
  }
  assert.equal(elementPath('ContentSequence[2]/CodeValue'), '(0040,A730)[2]/(0008,0100)');
  for (const typed of ['', '/', 'NoSuchKeyword', '(0010,002)', '../x', '(0010,0020)[x]', '\x1b']) {
    assert.equal(elementPath(typed), undefined, typed);
  }
});
