import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '@leadglass/kit';
import type { Verdict } from '@leadglass/model';
import { inspectDataSet } from './index.ts';
import {
  CT_CLASS,
  EXPLICIT,
  element,
  encapsulatedPixels,
  type ImageChanges,
  INSTANCE,
  identity,
  imageModule,
  marker,
  pixelData,
  sequence,
  u16,
  u32,
} from './test-data.ts';

interface Seen {
  readonly verdict: Verdict;
  readonly codes: readonly string[];
  readonly paths: readonly string[];
}

function look(dataSet: Uint8Array, transferSyntaxUid = EXPLICIT, sopInstanceUid = INSTANCE): Seen {
  const context = { transferSyntaxUid, sopClassUid: CT_CLASS, sopInstanceUid };
  const { verdict, findings } = inspectDataSet({ context }, [dataSet]);
  return { verdict, codes: findings.map((finding) => finding.code), paths: findings.map((finding) => finding.path) };
}

function expect(dataSet: Uint8Array, verdict: Verdict, code?: string, transferSyntax?: string): void {
  const seen = look(dataSet, transferSyntax);
  assert.equal(seen.verdict, verdict, seen.codes.join());
  if (code === undefined) assert.deepEqual(seen.codes, []);
  else assert.ok(seen.codes.includes(code), `${code} in ${seen.codes.join()}`);
}

function image(changes: ImageChanges, pixels: Uint8Array): Uint8Array {
  return concatBytes(identity(), imageModule(changes), pixels);
}

test('[INSPECT-00] a plain object has no finding at all', () => expect(image({}, pixelData(32)), 'clean'));

// Structure and value types

test('[INSPECT-10] a truncated value is malformed and unreadable', () => {
  expect(concatBytes(identity(), element(0x00200010, 'SH', 'ab', 100)), 'malformed', 'structure.truncated-value');
  expect(concatBytes(identity(), element(0x00200010, 'SH', 'ab', 100)), 'malformed', 'structure.unreadable');
});
test('[INSPECT-11] an odd length is a quirk', () => {
  expect(concatBytes(identity(), element(0x00200010, 'SH', new Uint8Array([0x31]))), 'clean', 'structure.odd-length');
});
test('[INSPECT-12] order and duplicates are malformed, with the path of the item they are in', () => {
  const item = concatBytes(element(0x00081155, 'UI', '1.2.3'), element(0x00081150, 'UI', CT_CLASS));
  const seen = look(
    concatBytes(element(0x00080016, 'UI', CT_CLASS), sequence(0x00081140, element(0x00081150, 'UI', CT_CLASS), item)),
  );
  assert.equal(seen.verdict, 'malformed');
  assert.ok(seen.paths.includes('(0008,1140)[1]/(0008,1150)'), seen.paths.join());
  expect(concatBytes(identity(), element(0x0020000e, 'UI', '1.2.3')), 'malformed', 'structure.duplicate-element');
});
test('[INSPECT-13] an impossible group length is malformed, a stale one is a quirk', () => {
  const group = (length: number): Uint8Array => concatBytes(element(0x00080000, 'UL', u32(length)), identity());
  expect(group(3), 'malformed', 'structure.group-length-absurd');
  expect(group(0xfffffff0), 'malformed', 'structure.group-length-absurd');
  expect(group(10), 'clean', 'structure.group-length-lies');
});
test('[INSPECT-20] a known element under another kind of VR is malformed, under a near one a quirk', () => {
  expect(concatBytes(identity(), element(0x00280010, 'UL', u32(4))), 'malformed', 'vr.wrong');
  expect(concatBytes(identity(), element(0x00280010, 'SS', 4)), 'clean', 'vr.neighbour');
  expect(concatBytes(element(0x00080016, 'UI', CT_CLASS), sequence(0x00100010)), 'malformed', 'vr.wrong');
  expect(concatBytes(identity(), element(0x00204000, 'ST', 'x ')), 'clean', 'vr.neighbour');
  expect(concatBytes(identity(), element(0x00280010, 'UN', u16(4))), 'clean');
});
test('[INSPECT-21] a binary number of impossible length is malformed, under UN too', () => {
  expect(concatBytes(identity(), element(0x00280010, 'US', new Uint8Array(3))), 'malformed', 'vr.length');
  expect(concatBytes(identity(), element(0x00280010, 'UN', new Uint8Array(3))), 'malformed', 'vr.length');
});
test('[INSPECT-22] text in a number is suspicious; what devices write for no value is not', () => {
  expect(concatBytes(identity(), element(0x00200013, 'IS', 'twelve')), 'suspicious', 'vr.number');
  for (const value of ['', ' 1 ', '1.0', '+1\\-2', '1e-3', 'NaN'])
    expect(concatBytes(identity(), element(0x00200032, 'DS', value)), 'clean');
});

// UIDs and paths

test('[INSPECT-30] UIDs: length, characters, NUL inside, empty components', () => {
  const uids: readonly (readonly [string, string])[] = [
    [`1.${'2'.repeat(63)}`, 'uid.too-long'],
    [`1.${'2'.repeat(2000)}`, 'uid.too-long'],
    ['1.2.x', 'uid.characters'],
    ['1.2\0.3', 'uid.nul-inside'],
    ['1..2', 'uid.empty-component'],
    ['1.2.', 'uid.empty-component'],
    ['.1.2', 'uid.empty-component'],
  ];
  for (const [uid, code] of uids) expect(identity({ study: uid }), 'malformed', code);
});
test('[INSPECT-31] quirks of UIDs are information: leading zeros, padding', () => {
  expect(identity({ study: '1.2.03' }), 'clean', 'uid.leading-zero');
  expect(identity({ study: '1.2.3   ' }), 'clean', 'uid.padding');
  for (const study of [`1.${'2'.repeat(62)}`, '1.0.2', '', '0']) expect(identity({ study }), 'clean');
});
test('[INSPECT-32] a UID does not hide behind another VR, nor in an item', () => {
  expect(
    concatBytes(element(0x00080016, 'UI', CT_CLASS), element(0x00080018, 'LO', '../../x')),
    'malicious',
    'path.uid',
  );
  expect(
    concatBytes(element(0x00080016, 'UI', CT_CLASS), element(0x00080018, 'UN', new TextEncoder().encode('a/b/'))),
    'malicious',
    'path.uid',
  );
  expect(
    concatBytes(element(0x00080016, 'UI', CT_CLASS), sequence(0x00081140, element(0x00081155, 'UI', '..\\..\\x'))),
    'malicious',
    'path.uid',
  );
});
test('[INSPECT-40] paths in UIDs are malicious, lists of UIDs are not', () => {
  for (const study of ['..', '../1.2', '/tmp/x', '..\\1.2', 'C:\\x', '\\\\host\\x', '%2e%2e%2fx', '1.2/../3'])
    expect(identity({ study }), 'malicious', 'path.uid');
  expect(concatBytes(identity(), element(0x00200052, 'UI', '1.2.3\\1.2.4')), 'clean');
});
test('[INSPECT-41] paths in identifiers are malicious, everyday punctuation is not', () => {
  const wicked = [
    '../../x',
    'a/../../b',
    '..\\..\\x',
    '..',
    '/etc/cron.d/x',
    'C:\\Windows\\x',
    'd:/x',
    '\\\\srv\\share',
    '%2e%2e/x',
    'file:///x',
    'x/..',
  ];
  for (const patientId of wicked) expect(identity({ patientId }), 'malicious', 'path.identifier');
  for (const patientId of [
    '12/34',
    'A/B',
    '.',
    '...',
    'N.C.',
    'a..b',
    '/',
    '/12',
    '2024/01/02',
    'A:B',
    '50%',
    'ID: 4',
    '12-34/5',
  ])
    expect(identity({ patientId }), 'clean');
});
test('[INSPECT-42] a climbing text is malicious in public elements; a maker’s own elements hold its own paths', () => {
  expect(
    concatBytes(element(0x00080016, 'UI', CT_CLASS), element(0x0008103e, 'LO', 'x/../../y')),
    'malicious',
    'path.text',
  );
  expect(concatBytes(element(0x00080016, 'UI', CT_CLASS), element(0x0008103e, 'LO', 'T1/T2 ... and so on')), 'clean');
  const own = concatBytes(element(0x00090010, 'LO', 'MAKER'), element(0x00091001, 'LO', '../../cfg/x'));
  expect(concatBytes(element(0x00080016, 'UI', CT_CLASS), own), 'clean');
});
test('[INSPECT-43] a directory names files of its medium only', () => {
  const record = (id: string): Uint8Array => sequence(0x00041220, element(0x00041500, 'CS', id));
  for (const id of ['..\\X', 'A\\..\\X', '\\A', 'A/B', 'C:\\X', 'A\\.\\B'])
    expect(record(id), 'malicious', 'path.file-id');
  expect(record('DICOM\\IM000001'), 'clean');
  expect(record('IMG.DCM'), 'clean');
});

// Pixels

const PIXELS: readonly (readonly [string, ImageChanges, number, Verdict, string | undefined])[] = [
  ['fewer bytes than declared', {}, 30, 'malformed', 'pixels.short'],
  ['twice the bytes', {}, 64, 'malformed', 'pixels.long'],
  ['a few bytes of padding', { rows: 64, columns: 64 }, 8192 + 128, 'clean', 'pixels.surplus'],
  ['an odd count padded', { rows: 3, columns: 3, allocated: 8, stored: 8, high: 7 }, 10, 'clean', undefined],
  ['one bit a pixel', { rows: 3, columns: 3, allocated: 1, stored: 1, high: 0 }, 2, 'clean', undefined],
  ['frames', { frames: '3' }, 96, 'clean', undefined],
  ['too few frames', { frames: '4' }, 96, 'malformed', 'pixels.short'],
  [
    'a product that no 64 bits hold',
    { samples: 65535, frames: '2147483647', rows: 65535, columns: 65535, allocated: 64, stored: 64, high: 63 },
    32,
    'malformed',
    'pixels.short',
  ],
  [
    'a product that is 0 in 32 bits',
    { rows: 32768, columns: 32768, frames: '4', allocated: 8, stored: 8, high: 7 },
    0,
    'malformed',
    'pixels.short',
  ],
  ['frames that are no number', { frames: '-1' }, 32, 'malformed', 'pixels.frames'],
  ['zero rows', { rows: 0 }, 32, 'malformed', 'pixels.zero'],
  ['zero columns', { columns: 0 }, 32, 'malformed', 'pixels.zero'],
  ['zero bits', { allocated: 0, stored: 0, high: 0 }, 32, 'malformed', 'pixels.zero'],
  ['high bit outside', { high: 16 }, 32, 'malformed', 'pixels.bits'],
  ['more bits stored than allocated', { stored: 17, high: 15 }, 32, 'malformed', 'pixels.bits'],
  ['high bit of older devices', { high: 15 }, 32, 'clean', 'pixels.high-bit'],
  ['three samples of grey', { samples: 3 }, 96, 'malformed', 'pixels.samples'],
  ['one sample of RGB', { photometric: 'RGB', allocated: 8, stored: 8, high: 7 }, 16, 'malformed', 'pixels.samples'],
  ['RGB', { photometric: 'RGB', samples: 3, allocated: 8, stored: 8, high: 7 }, 48, 'clean', undefined],
  [
    'subsampled chroma',
    { photometric: 'YBR_FULL_422', samples: 3, allocated: 8, stored: 8, high: 7 },
    32,
    'clean',
    undefined,
  ],
  ['a colour type of one’s own', { photometric: 'MAKERS_OWN', samples: 2 }, 64, 'clean', undefined],
  ['rows of four bytes', { rows: u32(4) }, 32, 'malformed', 'pixels.attribute-length'],
];
for (const [name, changes, bytes, verdict, code] of PIXELS) {
  test(`[INSPECT-50] pixels, ${name}: ${verdict}`, () => expect(image(changes, pixelData(bytes)), verdict, code));
}
test('[INSPECT-51] an image inside a sequence is judged by its own dimensions', () => {
  const icon = (bytes: number): Uint8Array =>
    concatBytes(identity(), sequence(0x00880200, concatBytes(imageModule({ rows: 2, columns: 2 }), pixelData(bytes))));
  expect(icon(8), 'clean');
  expect(icon(6), 'malformed', 'pixels.short');
});
test('[INSPECT-52] an image without dimensions is malformed', () =>
  expect(concatBytes(identity(), pixelData(8)), 'malformed', 'pixels.no-dimensions'));

const JPEG = '1.2.840.10008.1.2.4.50';
const RLE = '1.2.840.10008.1.2.5';
const GREY8: ImageChanges = { rows: 16, columns: 16, allocated: 8, stored: 8, high: 7 };

function jpeg(rows: number, columns: number, applicationBytes = 0): Uint8Array {
  const big = (value: number): number[] => [value >> 8, value & 0xff];
  const application =
    applicationBytes === 0
      ? []
      : [0xff, 0xe1, ...big(applicationBytes + 2), ...new Array<number>(applicationBytes).fill(0xff)];
  return Uint8Array.from([
    0xff,
    0xd8,
    ...application,
    0xff,
    0xc0,
    0,
    11,
    8,
    ...big(rows),
    ...big(columns),
    1,
    1,
    0x11,
    0,
    // A scan that could hold four blocks, the end, and a byte that makes it even.
    ...[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x55, 0x55, 0xff, 0xd9, 0],
  ]);
}

test('[INSPECT-56] a frame’s own header may not claim more than the object', () => {
  const none = new Uint8Array(0);
  expect(image(GREY8, encapsulatedPixels(none, jpeg(16, 16))), 'clean', undefined, JPEG);
  expect(image(GREY8, encapsulatedPixels(none, jpeg(16, 16, 3000))), 'clean', undefined, JPEG);
  expect(image(GREY8, encapsulatedPixels(none, jpeg(65500, 65500))), 'malicious', 'encapsulated.frame-larger', JPEG);
  expect(image(GREY8, encapsulatedPixels(none, jpeg(16, 17, 3000))), 'malformed', 'encapsulated.frame-larger', JPEG);
  expect(
    image({ ...GREY8, frames: '2' }, encapsulatedPixels(none, jpeg(16, 16), jpeg(60000, 16))),
    'malformed',
    'encapsulated.frame-larger',
    JPEG,
  );
  expect(image(GREY8, encapsulatedPixels(none, jpeg(8, 16))), 'suspicious', 'encapsulated.frame-smaller', JPEG);
});
test('[INSPECT-57] offset table: whole entries, inside the fragments', () => {
  const frames: ImageChanges = { ...GREY8, frames: '2' };
  const one = jpeg(16, 16);
  expect(
    image(frames, encapsulatedPixels(concatBytes(u32(0), u32(one.length + 8)), one, one)),
    'clean',
    undefined,
    JPEG,
  );
  expect(
    image(frames, encapsulatedPixels(concatBytes(u32(0), u32(100_000)), one, one)),
    'malformed',
    'encapsulated.offset-table',
    JPEG,
  );
  expect(
    image(frames, encapsulatedPixels(new Uint8Array(6), one, one)),
    'malformed',
    'encapsulated.offset-table',
    JPEG,
  );
  expect(image(frames, encapsulatedPixels(u32(0), one, one)), 'clean', 'encapsulated.offset-table-off', JPEG);
});
test('[INSPECT-58] fragments: at least one, at least one a frame', () => {
  expect(image(GREY8, encapsulatedPixels(new Uint8Array(0))), 'malformed', 'encapsulated.empty', JPEG);
  expect(
    image({ ...GREY8, frames: '3' }, encapsulatedPixels(new Uint8Array(0), jpeg(16, 16))),
    'malformed',
    'encapsulated.too-few-fragments',
    JPEG,
  );
});
test('[INSPECT-59] absurd sizes: more than RLE can pack, and huge frames from nothing', () => {
  const fragment = new Uint8Array(66);
  expect(
    image({ ...GREY8, rows: 1000, columns: 1000 }, encapsulatedPixels(new Uint8Array(0), fragment)),
    'malformed',
    'encapsulated.absurd-size',
    RLE,
  );
  expect(
    image({ ...GREY8, rows: 65000, columns: 65000 }, encapsulatedPixels(new Uint8Array(0), fragment)),
    'malformed',
    'encapsulated.absurd-size',
    JPEG,
  );
});

// What surrounds

test('[INSPECT-63] over the network, another object than announced is suspicious', () => {
  assert.ok(look(identity(), EXPLICIT, '1.2.826.0.1.3680043.8.498.999').codes.includes('meta.sop-instance-differs'));
  assert.equal(look(identity(), EXPLICIT, '').verdict, 'clean');
  assert.equal(look(identity(), EXPLICIT, `${INSTANCE}\0`).verdict, 'clean');
});
test('[INSPECT-70] bytes behind the data set are suspicious, zeros to a block are not', () => {
  const whole = image({}, pixelData(32));
  const foreign = Uint8Array.from({ length: 64 }, (_, at) => (at * 37 + 1) & 0x1f);
  expect(concatBytes(whole, foreign), 'suspicious', 'trailing.bytes');
  expect(concatBytes(whole, new Uint8Array(512)), 'clean', 'trailing.padding');
  expect(concatBytes(whole, new Uint8Array(100_000)), 'suspicious', 'trailing.bytes');
  expect(concatBytes(whole, element(0xfffcfffc, 'OB', new Uint8Array(16))), 'clean');
});
test('[INSPECT-14] unbalanced items never unsettle the path', () => {
  const loose = concatBytes(identity(), marker(0xe00d, 0), marker(0xe0dd, 0), element(0x00280010, 'UL', u32(1)));
  assert.notEqual(look(loose).verdict, 'clean');
});
test('[INSPECT-53] native pixels where the transfer syntax compresses are suspicious, but for an icon', () => {
  const icon = sequence(0x00880200, concatBytes(imageModule({ rows: 2, columns: 2 }), pixelData(8)));
  expect(image({}, pixelData(32)), 'suspicious', 'pixels.encapsulation', JPEG);
  expect(concatBytes(identity(), icon), 'clean', undefined, JPEG);
});
