import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { concatBytes } from '@leadglass/kit';
import { combine, ElementCollector, SILENT_HANDLER } from './collect.ts';
import { elementHeader, encodeElements, itemHeader } from './encode.ts';
import { fuzz } from './fuzz.ts';
import { DataSetReader, type DataSetReaderOptions } from './reader.ts';
import { TokenRecorder } from './recorder.ts';
import { ITEM, TAG } from './tag.ts';
import { DEFAULT_READER_LIMITS, UNDEFINED_LENGTH } from './token.ts';
import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN as DEFLATED,
  EXPLICIT_VR_LITTLE_ENDIAN as EXPLICIT,
  EXPLICIT_VR_BIG_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
} from './transfer-syntax.ts';

type More = Partial<Omit<DataSetReaderOptions, 'handler' | 'transferSyntaxUid'>>;

function read(bytes: Uint8Array, transferSyntaxUid: string, more: More = {}, size = bytes.byteLength): TokenRecorder {
  const handler = new TokenRecorder();
  const reader = new DataSetReader({ transferSyntaxUid, handler, ...more });
  for (let at = 0; at < bytes.byteLength; at += size) reader.push(bytes.subarray(at, at + size));
  reader.end();
  return handler;
}

const SMALL = encodeElements(
  [
    { tag: TAG.SOPInstanceUID, value: '1.2.3' },
    { tag: TAG.PatientID, value: 'A1' },
    { tag: TAG.ReferencedSOPSequence, vr: 'SQ', value: [[{ tag: TAG.ReferencedSOPInstanceUID, value: '1.2.9' }]] },
  ],
  EXPLICIT,
);

test('[DICOM-30] a value comes in the pieces the network made, as views, uncopied', () => {
  const seen: Uint8Array[] = [];
  const reader = new DataSetReader({
    transferSyntaxUid: EXPLICIT,
    handler: { ...SILENT_HANDLER, value: (bytes) => seen.push(bytes) },
  });
  const chunk = new Uint8Array(64);
  reader.push(elementHeader(TAG.PixelData, 'OW', 128, true, true));
  reader.push(chunk);
  reader.push(chunk);
  assert.deepEqual(
    seen.map((view) => view.buffer === chunk.buffer && view.byteLength),
    [64, 64],
  );
  assert.equal(reader.bytesRead, 140);
});

test('[DICOM-31] an element of 4 GB costs no memory and what is missing is said at the end', () => {
  const seen = read(
    concatBytes(elementHeader(TAG.PixelData, 'OW', 0xfffffffe, true, true), new Uint8Array(10)),
    EXPLICIT,
  );
  assert.match(seen.lines.at(-1) ?? '', /^fatal truncated-value \(7FE0,0010\)/);
});

test('[DICOM-32] nesting beyond the limit is fatal, 128 levels are read', () => {
  const level = concatBytes(
    elementHeader(0x0040a730, 'SQ', UNDEFINED_LENGTH, true, true),
    itemHeader(ITEM, UNDEFINED_LENGTH, true),
  );
  const levels = (count: number) => read(concatBytes(...Array.from({ length: count }, () => level)), EXPLICIT);
  assert.equal(
    levels(128).lines.some((line) => line.startsWith('fatal')),
    false,
  );
  assert.match(levels(129).lines.at(-1) ?? '', /^fatal too-deep/);
  assert.equal(levels(100_000).deepest, 256);
});

test('[DICOM-33] more elements than the limit are fatal', () => {
  const seen = read(SMALL, EXPLICIT, { limits: { ...DEFAULT_READER_LIMITS, elements: 2 } });
  assert.match(seen.lines.at(-1) ?? '', /^fatal too-many-elements/);
});

test('[DICOM-34] a duplicate is found however far it lies, at its own level only', () => {
  const id = (tag: number) => ({ tag, vr: 'LO', value: 'A1' });
  const item = [id(0x00100020)];
  const elements = [id(0x00100010), id(0x00100020), { tag: 0x0040a730, vr: 'SQ', value: [item, item] }, id(0x00100010)];
  const seen = read(encodeElements(elements, EXPLICIT), EXPLICIT);
  assert.deepEqual(
    seen.irregularities.map((line) => line.split(' ').slice(0, 3).join(' ')),
    ['irregular out-of-order (0010,0010)', 'irregular duplicate-element (0010,0010)'],
  );
});

test('[DICOM-35] an element longer than its item is fatal', () => {
  const inner = elementHeader(TAG.PatientID, 'LO', 40, true, true);
  const bytes = concatBytes(
    elementHeader(0x0040a730, 'SQ', 16 + 8, true, true),
    itemHeader(ITEM, 16, true),
    inner,
    new Uint8Array(40),
  );
  assert.match(read(bytes, EXPLICIT).lines.at(-1) ?? '', /^fatal length-beyond-parent \(0010,0020\)/);
});

test('[DICOM-36] a sequence that holds no items is shown as a value', () => {
  const text = new TextEncoder().encode('CONTAINER TEXT..');
  const bytes = concatBytes(elementHeader(0x0040a730, 'SQ', text.byteLength, true, true), text);
  const { lines } = read(bytes, EXPLICIT);
  assert.match(lines[0] ?? '', /^irregular not-an-item/);
  assert.match(lines[1] ?? '', /^element \(0040,A730\) SQ/);
});

test('[DICOM-37] what follows the data set is told and shown', () => {
  const eicarLike = new TextEncoder().encode('X5O!P not the real thing');
  const pixels = encodeElements([{ tag: TAG.PixelData, vr: 'OW', value: new Uint8Array(4) }], EXPLICIT);
  const { lines } = read(concatBytes(SMALL, pixels, eicarLike), EXPLICIT, {}, 3);
  assert.match(lines.at(-4) ?? '', /^irregular trailing-bytes/);
  assert.match(lines.at(-3) ?? '', /^element \(FFFF,FFFF\) UN/);
  assert.match(lines.at(-2) ?? '', new RegExp(`^value ${eicarLike.byteLength} bytes`));
  assert.match(read(concatBytes(SMALL, new Uint8Array(3)), EXPLICIT).lines.at(-3) ?? '', /^element \(FFFF,FFFF\)/);
});

test('[DICOM-38] a deflated data set is read as it comes, padded or with the end of a gzip stream', () => {
  const plain = read(SMALL, EXPLICIT).lines;
  const deflated = new Uint8Array(deflateRawSync(SMALL));
  const gzipEnd = new Uint8Array(gzipSync(SMALL).subarray(-8));
  for (const size of [1, 7, 10_000]) {
    assert.deepEqual(read(deflated, DEFLATED, {}, size).lines, plain);
    assert.deepEqual(read(concatBytes(deflated, new Uint8Array(1)), DEFLATED, {}, size).lines, plain);
    assert.deepEqual(read(concatBytes(deflated, gzipEnd), DEFLATED, {}, size).lines, plain);
  }
  const followed = read(concatBytes(deflated, new Uint8Array(5).fill(65)), DEFLATED).lines;
  assert.match(followed[plain.length] ?? '', /^irregular trailing-bytes/);
});

test('[DICOM-39] a broken or cut deflate stream is fatal', () => {
  const deflated = new Uint8Array(deflateRawSync(SMALL));
  assert.match(read(deflated.subarray(0, -5), DEFLATED).lines.at(-1) ?? '', /^fatal inflate-failed/);
  assert.match(read(new Uint8Array(100).fill(0xff), DEFLATED).lines.at(-1) ?? '', /^fatal inflate-failed/);
});

test('[DICOM-40] a deflate bomb is refused by ratio after 1 MiB, and by size', () => {
  const pixels = concatBytes(
    elementHeader(TAG.PixelData, 'OW', 64 * 2 ** 20, true, true),
    new Uint8Array(64 * 2 ** 20),
  );
  const bomb = new Uint8Array(deflateRawSync(pixels));
  let bytes = 0;
  const said: string[] = [];
  const handler = {
    ...SILENT_HANDLER,
    value: (view: Uint8Array) => {
      bytes += view.byteLength;
    },
    irregularity: ({ code }: { code: string }) => said.push(code),
  };
  const reader = new DataSetReader({ transferSyntaxUid: DEFLATED, handler });
  reader.push(bomb);
  assert.deepEqual(said, ['inflate-bomb']);
  assert.ok(bytes < 8 * 2 ** 20, `${bytes} bytes came out`);
  const small = read(new Uint8Array(deflateRawSync(SMALL)), DEFLATED, {
    limits: { ...DEFAULT_READER_LIMITS, inflatedBytes: 20 },
  });
  assert.match(small.lines.at(-1) ?? '', /^fatal inflate-bomb/);
});

test('[DICOM-41] group 0000 belongs in a command set and is irregular elsewhere', () => {
  const command = encodeElements([{ tag: 0x00000100, vr: 'US', value: 1 }], IMPLICIT_VR_LITTLE_ENDIAN);
  assert.deepEqual(read(command, IMPLICIT_VR_LITTLE_ENDIAN, { content: 'command-set' }).irregularities, []);
  assert.match(read(command, IMPLICIT_VR_LITTLE_ENDIAN).lines[0] ?? '', /^irregular group-0000-element/);
});

test('[DICOM-42] nothing is said after a fatal irregularity, nor after the end', () => {
  const recorder = new TokenRecorder();
  const reader = new DataSetReader({ transferSyntaxUid: EXPLICIT, handler: recorder });
  reader.push(itemHeader(ITEM, 4, true));
  assert.equal(reader.isDead, true);
  const said = recorder.lines.length;
  reader.push(SMALL);
  reader.end();
  reader.end();
  assert.equal(recorder.lines.length, said);
  assert.equal(reader.bytesRead, 8 + SMALL.byteLength);
});

test('[DICOM-50] the collector keeps chosen top-level values up to its limit, however they come', () => {
  for (const size of [1, 1000]) {
    const collector = new ElementCollector([TAG.SOPInstanceUID, TAG.PatientID, TAG.ReferencedSOPInstanceUID], 4);
    const other = new TokenRecorder();
    const reader = new DataSetReader({ transferSyntaxUid: EXPLICIT, handler: combine(collector, other) });
    for (let at = 0; at < SMALL.byteLength; at += size) reader.push(SMALL.subarray(at, at + size));
    reader.end();
    assert.equal(collector.text(TAG.PatientID), 'A1');
    assert.equal(collector.text(TAG.SOPInstanceUID), '1.2.');
    assert.equal(collector.isCut(TAG.SOPInstanceUID), true);
    assert.equal(collector.has(TAG.ReferencedSOPInstanceUID), false);
    assert.deepEqual(other.lines, read(SMALL, EXPLICIT).lines);
  }
});

test('[DICOM-51] encodeElements pads values and writes each transfer syntax', () => {
  const elements = [
    { tag: TAG.SOPInstanceUID, value: '1.2' },
    { tag: TAG.Rows, value: 513 },
    { tag: TAG.PatientID, value: 'A' },
  ];
  const hex = (syntax: string) => Buffer.from(encodeElements(elements, syntax)).toString('hex');
  assert.equal(hex(EXPLICIT), '080018005549040031' + '2e3200' + '2800100055530200' + '0102' + '100020004c4f02004120');
  assert.equal(
    hex(EXPLICIT_VR_BIG_ENDIAN),
    '000800185549000431' + '2e3200' + '0028001055530002' + '0201' + '001000204c4f00024120',
  );
  assert.equal(
    hex(IMPLICIT_VR_LITTLE_ENDIAN),
    '080018000400000031' + '2e3200' + '2800100002000000' + '0102' + '10002000020000004120',
  );
});

test('[DICOM-60] random data sets and their mutants are read alike in every split, and written as they were', () => {
  const counts = fuzz(20_261_122, ({ rounds }) => rounds === 60);
  assert.equal(counts.regular, 300);
  assert.equal(counts.mutants, 1200);
});
