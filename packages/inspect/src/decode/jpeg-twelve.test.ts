import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { concatBytes } from '@leadglass/kit';
import { frameSize } from '../codec/size.ts';
import { decodeFrame } from './decode.ts';
import { declared, decodedPixels, ForeignCoder, type Picture, unlessInstalled } from './foreign-coder.testkit.ts';

const EXTENDED = '1.2.840.10008.1.2.4.51';
const coder = new ForeignCoder();
after(() => coder.dispose());

const grey = (rows: number, columns: number): Picture => ({ rows, columns, samples: 1, stored: 12 });
const PICTURES: Readonly<Record<string, { readonly picture: Picture; readonly options: readonly string[] }>> = {
  'whole blocks': { picture: grey(64, 96), options: [] },
  'cut blocks': { picture: grey(61, 83), options: [] },
  'one row': { picture: grey(1, 300), options: [] },
  coarse: { picture: grey(70, 50), options: ['+q', '20'] },
  finest: { picture: grey(70, 50), options: ['+q', '100'] },
  colour: { picture: { ...grey(45, 39), samples: 3 }, options: ['+s4'] },
  large: { picture: grey(512, 512), options: [] },
};

describe('JPEG of 12 bits with loss', { skip: unlessInstalled('dcmcjpeg', 'dcmdjpeg', 'dcmdump') }, () => {
  for (const [name, { picture, options }] of Object.entries(PICTURES)) {
    test(`[INSPECT-391] what DCMTK coded decodes bit for bit to what DCMTK decodes: ${name}`, async () => {
      const { frame, pixels } = coder.coded(picture, ['dcmcjpeg', '+ee', '+un', ...options], ['dcmdjpeg', '+cn']);
      assert.deepEqual([frameSize(frame)?.bits, frameSize(frame)?.process], [12, 0xc1]);
      const own = decodedPixels(await decodeFrame(frame, declared(picture, EXTENDED, 'YBR_FULL')));
      assert.equal(Buffer.compare(own, pixels.subarray(0, own.length)), 0);
      assert.ok(pixels.length - own.length < 2);
    });
  }

  test('[INSPECT-392] damaged frames are refused or decode to as many pixels, and never throw', async () => {
    const picture = grey(40, 40);
    const { frame } = coder.coded(picture, ['dcmcjpeg', '+ee', '+un'], ['dcmdjpeg']);
    const outcomes = new Set<string>();
    for (let at = 2; at < frame.length; at += 1) {
      const damaged = frame.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0x5a;
      outcomes.add((await decodeFrame(damaged, declared(picture, EXTENDED))).kind);
      outcomes.add((await decodeFrame(frame.subarray(0, at), declared(picture, EXTENDED))).kind);
    }
    assert.ok(outcomes.has('refused') && outcomes.has('decoded'));
    assert.ok([...outcomes].every((kind) => ['refused', 'decoded', 'unsupported', 'larger'].includes(kind)));
  });
});

/** A segment of a JPEG: its marker, its length, its bytes. */
const segment = (marker: number, ...body: readonly number[]): Uint8Array =>
  Uint8Array.of(0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 0xff, ...body);

test('[INSPECT-393] an interval begins anew behind its restart marker', async () => {
  const frame = concatBytes(
    Uint8Array.of(0xff, 0xd8),
    segment(0xdb, 0, ...new Uint8Array(64).fill(8)),
    segment(0xc1, 12, 0, 8, 0, 16, 1, 1, 0x11, 0),
    // DC: 00 is no difference, 01 one of four bits. AC: 0 ends the block.
    segment(0xc4, 0x00, 0, 2, ...new Uint8Array(14), 0, 4),
    segment(0xc4, 0x10, 1, 0, ...new Uint8Array(14), 0),
    segment(0xdd, 0, 1),
    segment(0xda, 1, 1, 0x00, 0, 63, 0),
    // Twice: a difference of 8, the end of the block.
    Uint8Array.of(0b01_1000_0_1, 0xff, 0xd0, 0b01_1000_0_1, 0xff, 0xd9),
  );
  const own = decodedPixels(await decodeFrame(frame, declared(grey(8, 16), EXTENDED)));
  assert.deepEqual(new Set(new Uint16Array(own.buffer, own.byteOffset, 128)), new Set([2056]));
});
