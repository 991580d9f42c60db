import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { deflateRawSync, inflateSync } from 'node:zlib';
import { concatBytes } from '@leadglass/kit';
import {
  type DeclaredImage,
  type DecodedFrame,
  decodeFrame,
  FileInspection,
  FrameCollector,
  type PreviewWish,
  preview,
} from './index.ts';
import { encapsulatedPixels, file, identity, imageModule, pixelData, u32 } from './test-data.ts';

const REPO = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const DATA = process.env.LEADGLASS_SHARED_DATA ?? join(REPO, '..', 'shared', 'data');
const isThere = existsSync(join(DATA, 'labels.tsv'));
const skip = isThere || process.env.LEADGLASS_REQUIRE_PEERS === '1' ? false : 'shared data not installed';

const ROOT = '1.2.840.10008.1.2';
const IMAGE: DeclaredImage = {
  transferSyntaxUid: `${ROOT}.5`,
  rows: 2,
  columns: 2,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 16,
  photometric: 'MONOCHROME2',
  isSigned: false,
  isPlanar: false,
};

function rle(...segments: readonly (readonly number[])[]): Uint8Array {
  let next = 64;
  const places = segments.map(({ length }) => {
    next += length;
    return next - length;
  });
  const numbers = [segments.length, ...places];
  const header = concatBytes(...Array.from({ length: 16 }, (_, at) => u32(numbers[at] ?? 0)));
  return concatBytes(header, Uint8Array.from(segments.flat()));
}

async function pixelsOf(bytes: Uint8Array, changes: Partial<DeclaredImage> = {}): Promise<number[] | string> {
  const outcome = await decodeFrame(bytes, { ...IMAGE, ...changes });
  return outcome.kind === 'decoded' ? [...outcome.frame.pixels] : outcome.kind;
}

/** Grey values of a PNG of one sample whose lines have no filter. */
function shades(png: Uint8Array): number[] {
  const bytes = Buffer.from(png);
  const [columns, length] = [bytes.readUInt32BE(16), bytes.readUInt32BE(33)];
  const lines = inflateSync(bytes.subarray(41, 41 + length));
  return [...lines].filter((_, at) => at % (columns + 1) !== 0);
}

test('[INSPECT-189] RLE: the high byte first, runs and literals, never beyond the image', async () => {
  assert.deepEqual(await pixelsOf(rle([253, 1], [3, 5, 6, 7, 8])), [5, 1, 6, 1, 7, 1, 8, 1]);
  assert.deepEqual(await pixelsOf(rle([129, 1], [127, ...new Array(128).fill(2)])), [2, 1, 2, 1, 2, 1, 2, 1]);
  assert.equal(await pixelsOf(rle([253, 1], [0, 5])), 'refused');
  assert.equal(await pixelsOf(rle([253, 1])), 'refused');
});

test('[INSPECT-189] what is too large, larger than declared or unknown is not decoded', async () => {
  assert.equal(await pixelsOf(rle(), { rows: 60_000, columns: 60_000 }), 'too-large');
  const deflated = { transferSyntaxUid: `${ROOT}.8.1` };
  assert.equal(await pixelsOf(deflateRawSync(new Uint8Array(10_000_000)), deflated), 'larger');
  assert.deepEqual(
    await pixelsOf(deflateRawSync(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)), deflated),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
  assert.equal(await pixelsOf(new Uint8Array(100), { transferSyntaxUid: `${ROOT}.4.90` }), 'unsupported');
  assert.equal(await pixelsOf(new Uint8Array(100), { rows: -1 }), 'refused');
  const header = [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0];
  assert.equal(await pixelsOf(Uint8Array.from(header), { transferSyntaxUid: `${ROOT}.4.50` }), 'larger');
});

test('[INSPECT-189] native: planes together, bits unpacked, big endian turned', async () => {
  const eight = { bitsAllocated: 8, transferSyntaxUid: `${ROOT}.1` };
  const planes = { ...eight, rows: 1, samplesPerPixel: 3, isPlanar: true };
  assert.deepEqual(await pixelsOf(Uint8Array.of(1, 2, 3, 4, 5, 6), planes), [1, 3, 5, 2, 4, 6]);
  assert.deepEqual(await pixelsOf(Uint8Array.of(0b1001), { ...eight, bitsAllocated: 1 }), [1, 0, 0, 1]);
  const big = { rows: 1, columns: 1, transferSyntaxUid: `${ROOT}.2` };
  assert.deepEqual(await pixelsOf(Uint8Array.of(1, 2), big), [2, 1]);
});

const FRAME: DecodedFrame = {
  rows: 1,
  columns: 4,
  samples: 1,
  bits: 16,
  isSigned: false,
  isRgb: false,
  pixels: Uint8Array.of(0, 0, 10, 0, 20, 0, 0xfe, 0x0f),
};
const VIEW = { photometric: 'MONOCHROME2', bitsStored: 12, isSigned: true, slope: 1, intercept: 0, window: undefined };

test('[INSPECT-187] a preview shows the window, or darkest to brightest, with sign and bits stored', () => {
  assert.deepEqual(shades(preview(FRAME, VIEW)), [23, 139, 255, 0]);
  assert.deepEqual(shades(preview(FRAME, { ...VIEW, photometric: 'MONOCHROME1' })), [232, 116, 0, 255]);
  assert.deepEqual(shades(preview(FRAME, { ...VIEW, window: { center: 10.5, width: 21 } })), [0, 128, 255, 0]);
  assert.deepEqual(shades(preview(FRAME, { ...VIEW, slope: 2, intercept: 5 })), [23, 139, 255, 0]);
  const large = { ...FRAME, rows: 2000, columns: 1000, pixels: new Uint8Array(4_000_000) };
  assert.equal(Buffer.from(preview(large, VIEW)).readUInt32BE(20), 500);
});

async function previewOf(bytes: Uint8Array, pieceBytes: number, wish?: PreviewWish): Promise<Uint8Array | undefined> {
  const collector = new FrameCollector(wish);
  const inspection = new FileInspection({ inspectors: [collector.maker] });
  for (let at = 0; at < bytes.length; at += pieceBytes) inspection.push(bytes.subarray(at, at + pieceBytes));
  inspection.end();
  return collector.preview();
}

test('[INSPECT-187] the first frame of an object, compressed or not, in any pieces; none when there is none', async () => {
  const native = file(concatBytes(identity(), imageModule(), pixelData(32)));
  const frame = rle([253, 1, 253, 1, 253, 1, 253, 1], [253, 1, 253, 2, 253, 3, 253, 4]);
  const fragments = encapsulatedPixels(new Uint8Array(0), frame);
  const packed = file(concatBytes(identity(), imageModule(), fragments), { transferSyntax: `${ROOT}.5` });
  for (const object of [native, packed]) {
    const whole = await previewOf(object, object.length);
    assert.ok(whole !== undefined);
    assert.deepEqual(await previewOf(object, 1), whole);
    assert.deepEqual(await previewOf(object, 7), whole);
  }
  assert.equal(await previewOf(file(identity()), 100), undefined);
  assert.equal(await previewOf(new Uint8Array(10), 100), undefined);
});

test('[INSPECT-187] any frame of several, compressed or not; none beyond the last', async () => {
  const frames = [
    rle([253, 1, 253, 1, 253, 1, 253, 1], [253, 1, 253, 2, 253, 3, 253, 4]),
    rle([15, ...Array.from({ length: 16 }, (_, at) => at)], [15, ...Array.from({ length: 16 }, (_, at) => at)]),
  ];
  const several = imageModule({ frames: '2' });
  const packed = encapsulatedPixels(new Uint8Array(0), ...frames);
  const native = file(concatBytes(identity(), several, pixelData(64)));
  const encapsulated = file(concatBytes(identity(), several, packed), { transferSyntax: `${ROOT}.5` });
  for (const object of [native, encapsulated]) {
    const whole = await previewOf(object, object.length, { frame: 1 });
    assert.ok(whole !== undefined);
    assert.deepEqual(await previewOf(object, 1, { frame: 1 }), whole);
    assert.equal(await previewOf(object, 100, { frame: 2 }), undefined);
  }
  assert.notDeepEqual(
    await previewOf(encapsulated, 100, { frame: 0 }),
    await previewOf(encapsulated, 100, { frame: 1 }),
  );
});

describe('labelled files', { skip }, () => {
  test('[INSPECT-189] all lossless codecs give the same pixels of one image', async () => {
    const names = ['jpeg-lossless-sv1', 'jpeg-ls', 'j2k-lossless'];
    const previews = names.map((name) => previewOf(readFileSync(join(DATA, `synth/codec/${name}.dcm`)), 65_536));
    const [first, ...others] = await Promise.all(previews);
    assert.ok(first !== undefined && new Set(shades(first)).size > 20);
    for (const other of others) assert.deepEqual(other, first);
  });

  test('[INSPECT-189] HTJ2K and JPEG baseline have a preview', async () => {
    for (const path of ['real/chafey__openjphjs/CT2-htj2k.dcm', 'synth/codec/jpeg-baseline.dcm'])
      assert.ok(((await previewOf(readFileSync(join(DATA, path)), 65_536))?.length ?? 0) > 200, path);
  });
});
