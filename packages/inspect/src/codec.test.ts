import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '@leadglass/kit';
import type { TrialOutcome } from './index.ts';
import { codecTrial, FileInspection, type FileInspectionResult, type InspectorMaker } from './index.ts';
import { codec } from './inspectors/codec.ts';
import { encapsulatedPixels, file, type ImageChanges, identity, imageModule, u32 } from './test-data.ts';

const ROOT = '1.2.840.10008.1.2';
const EMPTY = new Uint8Array(0);

function inspect(
  transferSyntax: string,
  image: ImageChanges,
  fragments: readonly Uint8Array[],
  pieceBytes = 2 ** 30,
  inspectors: readonly InspectorMaker[] = [codec],
): FileInspection {
  const dataSet = concatBytes(identity(), imageModule(image), encapsulatedPixels(EMPTY, ...fragments));
  const bytes = file(dataSet, { transferSyntax: ROOT + transferSyntax });
  const inspection = new FileInspection({ inspectors });
  for (let at = 0; at < bytes.length; at += pieceBytes) inspection.push(bytes.subarray(at, at + pieceBytes));
  return inspection;
}

/** Codes of the findings, the same whole, byte by byte and in sevens. */
function codes(transferSyntax: string, image: ImageChanges, ...fragments: readonly Uint8Array[]): string[] {
  const [whole, ones, sevens] = [2 ** 30, 1, 7].map((size) => inspect(transferSyntax, image, fragments, size).end());
  assert.deepEqual(ones?.findings, whole?.findings);
  assert.deepEqual(sevens?.findings, whole?.findings);
  return (whole as FileInspectionResult).findings.filter(({ inspector }) => inspector === 'codec').map(told);
}

function told({ code, severity }: { code: string; severity: string }): string {
  return `${code.slice('codec.'.length)} ${severity}`;
}

/** A marker segment: its length is written for it, unless `length` says otherwise. */
function segment(marker: number, body: readonly number[], length = body.length + 2): Uint8Array {
  return Uint8Array.of(0xff, marker, length >>> 8, length & 0xff, ...body);
}

const SOI = Uint8Array.of(0xff, 0xd8);
const EOI = Uint8Array.of(0xff, 0xd9);
/** One code of one bit. */
const DHT = segment(0xc4, [0x00, 1, ...new Array(15).fill(0), 0]);
const SOS = segment(0xda, [1, 1, 0x00, 1, 0, 0]);

function sof(
  marker: number,
  bits: number,
  rows: number,
  columns: number,
  components: readonly number[] = [1],
): Uint8Array {
  const each = components.flatMap((id) => [id, 0x11, 0]);
  return segment(marker, [bits, rows >>> 8, rows & 255, columns >>> 8, columns & 255, components.length, ...each]);
}

/** A whole frame: what is in `parts`, then a scan. */
function jpeg(...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(SOI, ...parts, SOS, new Uint8Array(64), EOI);
}

const LOSSLESS = '.4.70';
const GOOD = jpeg(DHT, sof(0xc3, 12, 4, 4));

test('[INSPECT-170] a frame as declared has no finding; another variant is a quirk, another codec or none suspicious', () => {
  assert.deepEqual(codes(LOSSLESS, {}, GOOD), []);
  assert.deepEqual(codes('.4.50', {}, GOOD), ['process information']);
  assert.deepEqual(codes('.4.90', {}, GOOD), ['other-codec suspicious']);
  assert.deepEqual(codes(LOSSLESS, {}, new Uint8Array(Buffer.from('MZ this is a program'))), ['no-image suspicious']);
  assert.deepEqual(codes(LOSSLESS, {}, new Uint8Array(32)), ['native information']);
});

test('[INSPECT-171] more bits than a sample has room for [malformed], other bits that fit [quirk]', () => {
  assert.deepEqual(codes(LOSSLESS, { allocated: 8, stored: 8, high: 7 }, GOOD), ['precision malformed']);
  assert.deepEqual(codes(LOSSLESS, { stored: 16, high: 15 }, GOOD), ['precision-differs information']);
});

test('[INSPECT-171] another number of components [malformed]', () => {
  const colour = jpeg(DHT, sof(0xc3, 12, 4, 4, [1, 2, 3]));
  assert.deepEqual(codes(LOSSLESS, {}, colour), ['components malformed']);
  assert.deepEqual(codes(LOSSLESS, { samples: 3, photometric: 'RGB' }, GOOD), ['components malformed']);
});

test('[INSPECT-172] impossible headers [malformed]', () => {
  const bad = [
    jpeg(DHT, sof(0xc3, 12, 4, 4), sof(0xc3, 12, 4, 4)),
    jpeg(DHT, sof(0xc3, 12, 4, 0)),
    jpeg(DHT, sof(0xc3, 12, 4, 4, [7])),
    jpeg(DHT, segment(0xc3, [12, 0, 4, 0, 4, 3, 1, 0x11, 0])),
    jpeg(DHT, segment(0xc3, [12, 0, 4, 0, 4, 1, 1, 0x51, 0])),
    jpeg(DHT),
    concatBytes(SOI, segment(0xe0, [], 1)),
  ];
  for (const frame of bad) assert.deepEqual(codes(LOSSLESS, {}, frame), ['header malformed']);
});

test('[INSPECT-172] tables that do not add up [malformed]', () => {
  const frame = sof(0xc3, 12, 4, 4);
  const tooManyCodes = segment(0xc4, [0x00, 3, ...new Array(15).fill(0), 0, 1, 2]);
  const noSuchTable = segment(0xc4, [0x04, 1, ...new Array(15).fill(0), 0]);
  const cutTable = segment(0xc4, [0x00, 2, ...new Array(15).fill(0), 0]);
  const quantization = segment(0xdb, [0x05, ...new Array(64).fill(1)]);
  for (const table of [tooManyCodes, noSuchTable, cutTable, quantization])
    assert.deepEqual(codes(LOSSLESS, {}, jpeg(table, frame)), ['tables malformed']);
});

test('[INSPECT-173] a frame that ends in its header or cannot hold its pixels [malformed], one without its end mark [quirk]', () => {
  const header = concatBytes(SOI, DHT, sof(0xc3, 12, 4, 4));
  assert.deepEqual(codes(LOSSLESS, {}, header), ['no-data malformed']);
  assert.deepEqual(codes(LOSSLESS, {}, concatBytes(header, EOI)), ['no-data malformed']);
  assert.deepEqual(codes(LOSSLESS, {}, concatBytes(header, SOS, Uint8Array.of(0))), ['no-data malformed']);
  assert.deepEqual(codes(LOSSLESS, {}, concatBytes(header, SOS, new Uint8Array(64))), ['cut information']);
});

test('[INSPECT-174] JPEG-LS: thresholds out of order, a maximum past the bits, oversize dimensions [malformed]', () => {
  const frame = sof(0xf7, 12, 4, 4);
  const ls = (...parts: readonly Uint8Array[]): Uint8Array =>
    concatBytes(SOI, ...parts, segment(0xda, [1, 1, 0, 0, 0, 0]), new Uint8Array(64), EOI);
  const preset = (...values: readonly number[]): Uint8Array =>
    segment(0xf8, [1, ...values.flatMap((value) => [value >>> 8, value & 255])]);
  assert.deepEqual(codes('.4.80', {}, ls(frame)), []);
  assert.deepEqual(codes('.4.80', {}, ls(frame, preset(4095, 18, 67, 276, 64))), []);
  assert.deepEqual(codes('.4.80', {}, ls(preset(4095, 67, 18, 276, 64), frame)), ['tables malformed']);
  assert.deepEqual(codes('.4.80', {}, ls(frame, preset(65535, 0, 0, 0, 0))), ['tables malformed']);
  assert.deepEqual(codes('.4.80', {}, ls(frame, segment(0xf8, [4, 4, 0, 1, 0, 0, 0, 1, 0, 0]))), [
    'dimensions malformed',
  ]);
});

interface Siz {
  readonly columns?: number;
  readonly rows?: number;
  readonly tile?: number;
  readonly bits?: number;
  readonly sampling?: number;
  readonly components?: number;
}

function be(...values: readonly number[]): number[] {
  return values.flatMap((value) => [...u32(value)].reverse());
}

/** A codestream: SIZ, COD, one tile part of `part` bytes of which `data` are there. */
function j2k(
  siz: Siz,
  changes: { levels?: number; tile?: number; part?: number; data?: number; style?: number } = {},
): Uint8Array {
  const { columns = 4, rows = 4, tile = 64, bits = 12, sampling = 1, components = 1 } = siz;
  const each = Array.from({ length: components }, () => [bits - 1, sampling, sampling]).flat();
  const size = segment(0x51, [0, 0, ...be(columns, rows, 0, 0, tile, tile, 0, 0), 0, components, ...each]);
  const coding = segment(0x52, [0, 0, 0, 1, 0, changes.levels ?? 5, 4, 4, changes.style ?? 0, 1]);
  const data = changes.data ?? 10;
  const start = segment(0x90, [0, changes.tile ?? 0, ...be(changes.part ?? 14 + data), 0, 1]);
  return concatBytes(
    Uint8Array.of(0xff, 0x4f),
    size,
    coding,
    start,
    Uint8Array.of(0xff, 0x93),
    new Uint8Array(data),
    EOI,
  );
}

test('[INSPECT-175] JPEG 2000: precision, components, sampling, levels [malformed]', () => {
  assert.deepEqual(codes('.4.90', {}, j2k({})), []);
  assert.deepEqual(codes('.4.90', {}, j2k({ bits: 17 })), ['precision malformed']);
  assert.deepEqual(codes('.4.90', {}, j2k({ components: 3 })), ['components malformed']);
  assert.deepEqual(codes('.4.90', {}, j2k({ sampling: 2 })), ['header malformed']);
  assert.deepEqual(codes('.4.90', {}, j2k({}, { levels: 33 })), ['header malformed']);
  assert.deepEqual(codes('.4.90', {}, j2k({}, { style: 0x40 })), ['process information']);
  assert.deepEqual(codes('.4.201', {}, j2k({}, { style: 0x40 })), []);
});

test('[INSPECT-176] JPEG 2000: too many tiles, a tile that is none [malformed], a part cut short [quirk], nothing behind the header [malformed]', () => {
  assert.deepEqual(codes('.4.90', { rows: 300, columns: 300 }, j2k({ rows: 300, columns: 300, tile: 1 })), [
    'tiles malformed',
  ]);
  assert.deepEqual(codes('.4.90', {}, j2k({}, { tile: 1 })), ['tiles malformed']);
  assert.deepEqual(codes('.4.90', {}, j2k({}, { part: 5 })), ['tiles malformed']);
  assert.deepEqual(codes('.4.90', {}, j2k({}, { part: 500 })), ['cut information']);
  assert.deepEqual(codes('.4.90', {}, j2k({}).subarray(0, 60)), ['no-data malformed']);
});

/** An RLE frame of segments as they are; places as they come unless told. */
function rle(
  segments: readonly (readonly number[])[],
  changes: { count?: number; places?: readonly number[] } = {},
): Uint8Array {
  let next = 64;
  const places = segments.map(({ length }) => {
    const place = next;
    next += length;
    return place;
  });
  const numbers = [changes.count ?? segments.length, ...(changes.places ?? places)];
  const header = concatBytes(...Array.from({ length: 16 }, (_, at) => u32(numbers[at] ?? 0)));
  return concatBytes(header, Uint8Array.from(segments.flat()));
}

/** Sixteen bytes: a run of 8, a literal of 8. */
const SIXTEEN = [249, 5, 7, 1, 2, 3, 4, 5, 6, 7, 8];

test('[INSPECT-177] RLE: another number of segments, places outside or out of order [malformed]', () => {
  assert.deepEqual(codes('.5', {}, rle([SIXTEEN, SIXTEEN])), []);
  const bad = [
    rle([SIXTEEN]),
    rle([SIXTEEN, SIXTEEN], { count: 15 }),
    rle([SIXTEEN, SIXTEEN], { places: [64, 4000] }),
    rle([SIXTEEN, SIXTEEN], { places: [75, 64] }),
    rle([SIXTEEN, SIXTEEN], { places: [0, 75] }),
    new Uint8Array(10),
  ];
  for (const frame of bad) assert.deepEqual(codes('.5', {}, frame), ['rle-header malformed']);
});

test('[INSPECT-178] RLE: a segment that unpacks to more or less than the image [malformed], by a run or a row [quirk]', () => {
  const long = [...SIXTEEN, ...new Array(8).fill([129, 0]).flat()];
  assert.deepEqual(codes('.5', {}, rle([SIXTEEN, long])), ['rle-long malformed']);
  assert.deepEqual(codes('.5', {}, rle([SIXTEEN.slice(0, 2), SIXTEEN])), ['rle-short malformed']);
  assert.deepEqual(codes('.5', {}, rle([[...SIXTEEN, 129, 0], SIXTEEN])), ['rle-padding information']);
  assert.deepEqual(codes('.5', {}, rle([[...SIXTEEN, 0], SIXTEEN])), [], 'a byte that makes it even');
});

test('[INSPECT-179] dimensions out of all proportion, both ways [malicious]', () => {
  assert.deepEqual(codes(LOSSLESS, {}, jpeg(DHT, sof(0xc3, 12, 60000, 60000))), [
    'bomb malicious',
    'no-data malformed',
  ]);
  assert.deepEqual(codes('.4.90', {}, j2k({ columns: 4_000_000, rows: 4_000_000, tile: 4_000_000 })), [
    'bomb malicious',
  ]);
});

test('[INSPECT-179] every frame is looked at, and one over several fragments is one', () => {
  const bad = jpeg(DHT, sof(0xc3, 17, 4, 4));
  assert.deepEqual(codes(LOSSLESS, { frames: '2 ' }, GOOD, bad), ['header malformed']);
  assert.deepEqual(codes(LOSSLESS, { frames: '2 ' }, GOOD, new Uint8Array(40)), [
    'cut information',
    'no-image suspicious',
  ]);
  assert.deepEqual(codes(LOSSLESS, {}, GOOD.subarray(0, 21), GOOD.subarray(21)), []);
  assert.deepEqual(codes('.5', {}, rle([SIXTEEN, SIXTEEN]).subarray(0, 70), rle([SIXTEEN, SIXTEEN]).subarray(70)), []);
});

/** Codes after a trial that comes to `outcome`, and how many frames were tried. */
async function tried(outcome: TrialOutcome, frames: number, transferSyntax = LOSSLESS) {
  const seen: number[] = [];
  const decoder = { trial: (frame: Uint8Array) => Promise.resolve(seen.push(frame.length)).then(() => outcome) };
  const each = Array.from({ length: frames }, () => GOOD);
  const inspection = inspect(transferSyntax, { frames: `${frames}`.padEnd(2) }, each, 7, [codecTrial(decoder)]);
  const { findings, unfinished } = await inspection.settled();
  return { codes: findings.map(told), unfinished, seen };
}

test('[INSPECT-180] the first frame, the last and three between are tried, whole', async () => {
  assert.deepEqual((await tried('decoded', 1)).seen, [GOOD.length]);
  assert.deepEqual((await tried('decoded', 40)).seen, new Array(5).fill(GOOD.length));
  assert.deepEqual((await tried('decoded', 1, '.1')).seen, []);
});

test('[INSPECT-181] a decoder that refuses is a quirk, one that breaks or hangs suspicious', async () => {
  assert.deepEqual((await tried('refused', 3)).codes, ['decode-refused information']);
  assert.deepEqual((await tried('trapped', 3)).codes, ['decode-crash suspicious']);
  assert.deepEqual((await tried('crashed', 3)).codes, ['decode-crash suspicious']);
  assert.deepEqual(await tried('slow', 3), { codes: ['decode-slow suspicious'], unfinished: [], seen: [GOOD.length] });
  for (const outcome of ['decoded', 'unsupported', 'larger'] as const)
    assert.deepEqual((await tried(outcome, 3)).codes, []);
});

test('[INSPECT-182] a trial that could not be made leaves the object unfinished', async () => {
  for (const outcome of ['unavailable', 'too-large'] as const) {
    const { codes, unfinished } = await tried(outcome, 3);
    assert.deepEqual([codes, unfinished], [['decode-not-tried information'], ['codec']]);
  }
});

test('[INSPECT-183] a deflated frame that unpacks past the image [malformed]', async () => {
  assert.deepEqual((await tried('larger', 2, '.8.1')).codes, ['decode-bomb malformed']);
});
