import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { decodeFrame } from './decode.ts';
import {
  type Command,
  declared,
  decodedPixels,
  ForeignCoder,
  type Picture,
  pixelsOf,
  unlessInstalled,
} from './foreign-coder.testkit.ts';

const UID = '1.2.840.10008.1.2';
const coder = new ForeignCoder();
after(() => coder.dispose());

/** Everything DCMTK and GDCM code without loss: by transfer syntax, who codes it and how many bits a sample it takes. */
const LOSSLESS: readonly (readonly [syntax: string, coder: Command, stored: readonly Picture['stored'][]])[] = [
  ['.4.57', ['dcmcjpeg', '+el', '+un'], [8, 12, 16]],
  ['.4.70', ['dcmcjpeg', '+e1', '+un'], [8, 12, 16]],
  ['.4.80', ['dcmcjpls', '+el', '+un'], [8, 12, 16]],
  ['.5', ['dcmcrle', '+un'], [8, 12, 16]],
  ['.4.70', ['gdcmconv', '--jpeg'], [8, 12, 16]],
  ['.4.80', ['gdcmconv', '--jpegls'], [8, 12, 16]],
  ['.4.90', ['gdcmconv', '--j2k'], [8, 12, 16]],
];
const TOOLS = ['dcmcjpeg', 'dcmcjpls', 'dcmcrle', 'dcmdump', 'gdcmconv'];

describe('frames that others coded', { skip: unlessInstalled(...TOOLS) }, () => {
  for (const [syntax, command, depths] of LOSSLESS) {
    test(`[INSPECT-394] without loss: ${command[0]} ${command[1] ?? ''}, bit for bit the pixels it was given`, async () => {
      for (const stored of depths) {
        const picture: Picture = { rows: 47, columns: 61, samples: 1, stored };
        const { frame } = coder.coded(picture, command, ['gdcmconv', '--raw']);
        const own = decodedPixels(await decodeFrame(frame, declared(picture, UID + syntax)));
        assert.equal(Buffer.compare(own, pixelsOf(picture)), 0, `${stored} bits`);
      }
    });
  }

  test('[INSPECT-394] with loss: JPEG of 8 bits in grey, bit for bit what DCMTK decodes', async () => {
    for (const option of ['+eb', '+ee', '+ep']) {
      const picture: Picture = { rows: 47, columns: 61, samples: 1, stored: 8 };
      const { frame, pixels } = coder.coded(picture, ['dcmcjpeg', option, '+un'], ['dcmdjpeg']);
      const own = decodedPixels(await decodeFrame(frame, declared(picture, `${UID}.4.50`)));
      assert.equal(Buffer.compare(own, pixels.subarray(0, own.length)), 0, option);
    }
  });
});
