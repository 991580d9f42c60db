import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '@leadglass/kit';
import type { Verdict } from '@leadglass/model';
import { DataSetInspection } from './index.ts';
import type { InspectionResult } from './inspection.ts';
import {
  CT_CLASS,
  EXPLICIT,
  element,
  encapsulatedPixels,
  INSTANCE,
  identity,
  imageModule,
  pixelData,
  sequence,
  u16,
  u32,
} from './test-data.ts';

/** Frames as of JPEG, whose own headers nothing looks at. */
const JPEG_XL = '1.2.840.10008.1.2.4.110';

function look(dataSet: Uint8Array, pieceBytes: number, transferSyntaxUid: string): InspectionResult {
  const inspection = new DataSetInspection({
    context: { transferSyntaxUid, sopClassUid: CT_CLASS, sopInstanceUid: INSTANCE },
  });
  for (let at = 0; at < dataSet.length; at += pieceBytes) inspection.push(dataSet.subarray(at, at + pieceBytes));
  return inspection.end();
}

/** The same in any pieces, with this verdict, and this code or none. */
function expect(dataSet: Uint8Array, verdict: Verdict, code?: string, transferSyntax = EXPLICIT): InspectionResult {
  const whole = look(dataSet, dataSet.length, transferSyntax);
  const codes = whole.findings.map((finding) => finding.code);
  assert.equal(whole.verdict, verdict, codes.join());
  if (code === undefined) assert.deepEqual(codes, []);
  else assert.ok(codes.includes(code), `${code} in ${codes.join()}`);
  for (const pieceBytes of [1, 7]) assert.deepEqual(look(dataSet, pieceBytes, transferSyntax), whole);
  return whole;
}

const shorts = (...values: readonly number[]) => concatBytes(...values.map(u16));
const after = (...elements: readonly Uint8Array[]) => concatBytes(identity(), ...elements);

// Character sets

const named = (declared: string, name: string) =>
  concatBytes(
    element(0x00080005, 'CS', declared),
    element(0x00080016, 'UI', CT_CLASS),
    element(0x00100010, 'PN', name),
  );

test('[INSPECT-190] a character set the standard does not know is a quirk, all it knows are nothing', () => {
  for (const term of ['latin1', 'ISO_IR 999', 'ISO-IR 100', '\\ISO 2022 IR 88'])
    expect(named(term, 'A'), 'clean', 'charset.unknown-term');
  for (const term of ['', 'ISO_IR 100', '\\ISO 2022 IR 87', 'ISO 2022 IR 13\\ISO 2022 IR 87', 'GB18030', 'ISO_IR 192'])
    expect(named(term, 'A'), 'clean');
});
test('[INSPECT-191] a change of alphabet that is declared is nothing, one that is not is a quirk', () => {
  const japanese = 'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B';
  expect(named('\\ISO 2022 IR 87', japanese), 'clean');
  expect(named('', japanese), 'clean', 'charset.undeclared-escape');
  expect(named('ISO_IR 192', japanese), 'clean', 'charset.undeclared-escape');
});
test('[INSPECT-192] any other escape sequence is suspicious, in the manufacturers’ own elements it is nothing', () => {
  for (const name of ['A\x1b[2J', '\x1b]0;x\x07', 'end\x1b'])
    expect(named('', name), 'suspicious', 'charset.foreign-escape');
  expect(after(element(0x00290010, 'LO', 'ACME'), element(0x00291001, 'LO', 'A\x1b[2J')), 'clean');
});
test('[INSPECT-193] an item reads under its own character set, else under its parent’s', () => {
  const greek = element(0x00400007, 'LO', '\x1b-Fab');
  const declared = element(0x00080005, 'CS', '\\ISO 2022 IR 126');
  const scheduled = (...before: Uint8Array[]) => sequence(0x00400100, concatBytes(...before, greek));
  expect(concatBytes(declared, element(0x00080016, 'UI', CT_CLASS), scheduled()), 'clean');
  expect(concatBytes(element(0x00080016, 'UI', CT_CLASS), scheduled(declared)), 'clean');
  expect(concatBytes(element(0x00080016, 'UI', CT_CLASS), scheduled()), 'clean', 'charset.undeclared-escape');
});

// Tables of colours and grey levels

const voi = (descriptor: Uint8Array, data: number) =>
  after(
    sequence(
      0x00283010,
      concatBytes(element(0x00283002, 'US', descriptor), element(0x00283006, 'OW', new Uint8Array(data))),
    ),
  );

test('[INSPECT-194] a table shorter than its description is malformed, one a little longer a quirk, one far longer suspicious', () => {
  expect(voi(shorts(256, 0, 12), 512), 'clean');
  expect(voi(shorts(256, 0, 12), 510), 'malformed', 'lut.short');
  expect(voi(shorts(0, 0, 16), 65_536), 'malformed', 'lut.short');
  expect(voi(shorts(0, 0, 16), 131_072), 'clean');
  expect(voi(shorts(255, 0, 8), 256), 'clean');
  expect(voi(shorts(256, 0, 8), 512), 'clean');
  expect(voi(shorts(256, 0, 8), 254), 'malformed', 'lut.short');
  expect(voi(shorts(16, 0, 16), 64), 'clean', 'lut.surplus');
  expect(voi(shorts(16, 0, 16), 200_000), 'suspicious', 'lut.long');
});
test('[INSPECT-195] a description of another form, or of impossible bits, is malformed; a table without one a quirk', () => {
  expect(voi(shorts(256, 0), 512), 'malformed', 'lut.descriptor');
  expect(voi(shorts(256, 0, 17), 512), 'malformed', 'lut.descriptor');
  expect(voi(shorts(256, 0, 0), 512), 'malformed', 'lut.descriptor');
  expect(after(element(0x00281201, 'OW', new Uint8Array(512))), 'clean', 'lut.no-descriptor');
});
test('[INSPECT-195] colour tables of different sizes are malformed', () => {
  const descriptors = (green: number) =>
    after(element(0x00281101, 'US', shorts(256, 0, 16)), element(0x00281102, 'US', shorts(green, 0, 16)));
  expect(descriptors(256), 'clean');
  expect(descriptors(16), 'malformed', 'lut.differ');
});

const packed = (entries: number, bits: number, data: Uint8Array) =>
  after(element(0x00281101, 'US', shorts(entries, 0, bits)), element(0x00281221, 'OW', data));

test('[INSPECT-196] a packed colour table unpacks to what is declared, in words and in bytes', () => {
  expect(packed(10, 16, shorts(0, 2, 1, 2, 1, 4, 9, 2, 2, 0, 0).subarray(0, 22)), 'malformed', 'lut.segments');
  expect(packed(6, 16, shorts(0, 2, 1, 2, 1, 4, 9)), 'clean');
  expect(packed(12, 16, shorts(0, 2, 1, 2, 1, 4, 9, 2, 2, 0, 0)), 'clean');
  expect(packed(6, 8, new Uint8Array([0, 2, 1, 2, 1, 4, 9, 0])), 'clean');
  expect(packed(8, 8, new Uint8Array([0, 2, 1, 2, 1, 4, 9, 2, 1, 0, 0, 0, 0, 0])), 'clean');
});
test('[INSPECT-196] a packed colour table that lies is malformed, whatever it claims', () => {
  const lies: readonly (readonly number[])[] = [
    [0, 2, 1, 2, 1, 5, 9],
    [0, 2, 1, 2],
    [0, 65_535, 1],
    [3, 6, 1],
    [1, 6, 9],
    [0, 2, 1, 2, 2, 1, 4, 0],
    [0, 2, 1, 2, 2, 2, 0, 0, 2, 1, 8, 0],
    [0, 6, 1, 2, 3, 4, 5, 6, 0],
  ];
  for (const words of lies) expect(packed(6, 16, shorts(...words)), 'malformed', 'lut.segments');
});
test('[INSPECT-196] a packed colour table of too many pieces says that it was not looked at to the end', () => {
  const pieces = concatBytes(...Array.from({ length: 5000 }, () => shorts(0, 1, 7)));
  const { unfinished } = expect(packed(5000, 16, pieces), 'clean', 'lut.segments-too-many');
  assert.deepEqual(unfinished, ['lut']);
});

// Overlays, curves, frames

const overlay = (rows: number, columns: number, bytes: number, frames?: string) =>
  after(
    element(0x60000010, 'US', rows),
    element(0x60000011, 'US', columns),
    ...(frames === undefined ? [] : [element(0x60000015, 'IS', frames)]),
    element(0x60003000, 'OW', new Uint8Array(bytes)),
  );

test('[INSPECT-197] an overlay has a bit a pixel, in every frame', () => {
  expect(overlay(16, 16, 32), 'clean');
  expect(overlay(16, 16, 64, '2'), 'clean');
  expect(overlay(16, 16, 30), 'malformed', 'overlay.short');
  expect(overlay(16, 16, 32, '2'), 'malformed', 'overlay.short');
  expect(overlay(65_535, 65_535, 32, '2147483647'), 'malformed', 'overlay.short');
  expect(overlay(0, 16, 32), 'malformed', 'overlay.no-dimensions');
  expect(after(element(0x60003000, 'OW', new Uint8Array(32))), 'malformed', 'overlay.no-dimensions');
  expect(overlay(16, 16, 64), 'clean', 'overlay.surplus');
  expect(overlay(16, 16, 100_000), 'suspicious', 'overlay.long');
  expect(overlay(3, 11, 4), 'clean', 'overlay.rounded-down');
});

const curve = (channels: number, samples: number, bits: number, bytes: number) =>
  after(
    sequence(
      0x54000100,
      concatBytes(
        element(0x003a0005, 'US', channels),
        element(0x003a0010, 'UL', u32(samples)),
        sequence(0x003a0200, element(0x003a0203, 'SH', 'I ')),
        element(0x54001004, 'US', bits),
        element(0x54001010, 'OW', new Uint8Array(bytes)),
      ),
    ),
  );

test('[INSPECT-198] a curve has its channels x samples x bits', () => {
  expect(curve(2, 10, 16, 40), 'clean');
  expect(curve(1, 5, 8, 6), 'clean');
  expect(curve(2, 10, 16, 38), 'malformed', 'waveform.short');
  expect(curve(65_535, 0xffffffff, 64, 40), 'malformed', 'waveform.short');
  expect(curve(2, 10, 12, 40), 'malformed', 'waveform.bits');
  expect(curve(0, 10, 16, 40), 'malformed', 'waveform.no-dimensions');
  expect(curve(2, 10, 16, 100), 'clean', 'waveform.surplus');
  expect(curve(2, 10, 16, 200_000), 'suspicious', 'waveform.long');
});

const described = (frames: string, items: number) =>
  after(
    imageModule({ frames }),
    sequence(
      0x52009230,
      ...Array.from({ length: items }, () => sequence(0x00209111, element(0x00209057, 'UL', u32(1)))),
    ),
  );

test('[INSPECT-199] fewer descriptions than frames is malformed, more is a quirk', () => {
  expect(described('3', 3), 'clean');
  expect(described('3', 2), 'malformed', 'functional-groups.fewer');
  expect(described('3', 4), 'clean', 'functional-groups.more');
  expect(described('3', 0), 'clean');
});

const u64 = (...values: readonly number[]) => concatBytes(...values.map((value) => concatBytes(u32(value), u32(0))));
const FRAME = new Uint8Array(8);
const film = (offsets: Uint8Array, lengths: Uint8Array) =>
  after(
    imageModule({ frames: '2' }),
    element(0x7fe00001, 'OV', offsets),
    element(0x7fe00002, 'OV', lengths),
    encapsulatedPixels(new Uint8Array(0), FRAME, FRAME),
  );

test('[INSPECT-200] the extended table of frames names where each begins and how long it is', () => {
  expect(film(u64(0, 16), u64(8, 7)), 'clean', undefined, JPEG_XL);
  expect(film(u64(0, 16), u64(8)), 'malformed', 'extended-offsets.form', JPEG_XL);
  expect(film(u64(0, 16).subarray(0, 12), u64(8)), 'malformed', 'extended-offsets.form', JPEG_XL);
  expect(film(u64(0, 1600), u64(8, 8)), 'malformed', 'extended-offsets.beyond', JPEG_XL);
  expect(film(u64(0, 16), u64(8, 900)), 'malformed', 'extended-offsets.beyond', JPEG_XL);
  const endless = concatBytes(u64(0), new Uint8Array(8).fill(0xff));
  expect(film(endless, u64(8, 8)), 'malformed', 'extended-offsets.beyond', JPEG_XL);
  expect(film(u64(0, 12), u64(8, 8)), 'suspicious', 'extended-offsets.off', JPEG_XL);
  expect(film(u64(0, 16), u64(16, 8)), 'suspicious', 'extended-offsets.off', JPEG_XL);
});

// What two programs read in two ways

test('[INSPECT-201] several values where objects are filed by one: UIDs malformed, patients suspicious', () => {
  expect(identity({ study: '1.2.3\\1.2.4' }), 'malformed', 'differential.several-uids');
  expect(identity({ patientId: 'P1\\P2' }), 'suspicious', 'differential.several-patients');
  for (const patientId of ['P1\\P1', 'P1\\', '\\P1 ']) expect(identity({ patientId }), 'clean');
});
test('[INSPECT-202] a NUL inside what identifies is malformed, inside other text a quirk, behind a text nothing', () => {
  expect(identity({ patientId: 'P1\0P2' }), 'malformed', 'differential.nul-in-identity');
  expect(identity({ patientId: 'P1\0\0 ' }), 'clean');
  expect(after(element(0x00204000, 'LT', 'fine\0remains')), 'clean', 'differential.nul-in-text');
});
test('[INSPECT-203] a known sequence sent as UN with a length is told', () => {
  const item = concatBytes(u16(0xfffe), u16(0xe000), u32(0));
  expect(after(element(0x0040a730, 'UN', item)), 'clean', 'differential.hidden-sequence');
  expect(after(element(0x0040a730, 'UN', '')), 'clean');
});
test('[INSPECT-204] two sorts of pixels in one object are malformed', () => {
  const floats = element(0x7fe00008, 'OF', new Uint8Array(64));
  expect(after(imageModule({ allocated: 32, stored: 32, high: 31 }), floats), 'clean');
  expect(after(imageModule(), floats), 'clean', 'pixels.float-bits');
  expect(after(imageModule(), floats, pixelData(32)), 'malformed', 'pixels.several');
});
test('[INSPECT-205] a second data set behind the first is malformed', () => {
  const one = after(imageModule(), pixelData(32));
  expect(concatBytes(one, one), 'malformed', 'structure.out-of-order');
  const part10 = concatBytes(new Uint8Array(128), new TextEncoder().encode('DICM'), one);
  assert.notEqual(look(concatBytes(one, part10), 4096, EXPLICIT).verdict, 'clean');
});
