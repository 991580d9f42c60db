import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { concatBytes } from '@leadglass/kit';
import { element, encapsulatedPixels, imageModule, sequence } from '../test-data.ts';
import { EICAR, EICAR_BYTES, lookIn, privateValue, zipLocal } from './carried.testkit.ts';

const FOUND = 'eicar.test-file';
const found = (elements: Uint8Array) => lookIn(elements).codes.includes(FOUND);
const amid = (bytes: Uint8Array) => Buffer.concat([Buffer.alloc(300, 0x20), bytes, Buffer.alloc(300, 0x20)]);

test('[INSPECT-315] EICAR is found in any content, at any place, in any pieces', () => {
  const jpeg = Buffer.from('ffd8ffe000041122ffda00041122', 'hex');
  const places = [
    privateValue(EICAR_BYTES),
    privateValue(amid(EICAR_BYTES), 'UN'),
    privateValue(amid(EICAR_BYTES), 'UT'),
    privateValue(EICAR_BYTES, 'LO'),
    element(0x00204000, 'LT', amid(EICAR_BYTES)),
    element(0x00081030, 'LO', EICAR),
    element(0x00281201, 'OW', amid(EICAR_BYTES)),
    element(0x00420011, 'OB', amid(EICAR_BYTES)),
    sequence(0x00081140, privateValue(EICAR_BYTES)),
    concatBytes(imageModule(), element(0x7fe00010, 'OW', amid(EICAR_BYTES))),
    encapsulatedPixels(amid(EICAR_BYTES), jpeg),
    encapsulatedPixels(new Uint8Array(0), Buffer.concat([jpeg, amid(EICAR_BYTES)])),
    encapsulatedPixels(new Uint8Array(0), jpeg, amid(EICAR_BYTES)),
  ];
  for (const [at, place] of places.entries()) assert.ok(found(place), `place ${at}`);
  assert.equal(lookIn(privateValue(EICAR_BYTES)).verdict, 'malicious');
});

test('[INSPECT-315] one character less is none', () => {
  assert.ok(!found(privateValue(amid(EICAR_BYTES.subarray(1)))));
  assert.ok(!found(privateValue(amid(EICAR_BYTES.subarray(0, -1)))));
});

test('[INSPECT-316] EICAR is found in UTF-16 of either order and in base64 at any distance', () => {
  const wide = Buffer.from(EICAR, 'utf16le');
  for (const bytes of [wide, Buffer.from(wide).swap16()]) assert.ok(found(privateValue(amid(bytes))));
  for (const before of ['', 'a', 'ab', 'abc', 'abcd']) {
    const coded = Buffer.from(Buffer.from(before + EICAR, 'latin1').toString('base64'), 'latin1');
    assert.ok(found(privateValue(amid(coded))), before);
    assert.ok(found(element(0x00204000, 'LT', amid(coded))), before);
  }
});

test('[INSPECT-317] EICAR is found in what is packed, and in what that holds', () => {
  const coded = (bytes: Uint8Array) =>
    Buffer.from(
      Buffer.from(bytes)
        .toString('base64')
        .replace(/(.{76})/g, '$1\r\n'),
      'latin1',
    );
  const packings = [
    gzipSync(EICAR_BYTES),
    deflateSync(EICAR_BYTES),
    zipLocal('a', EICAR_BYTES),
    coded(EICAR_BYTES),
    coded(gzipSync(EICAR_BYTES)),
    zipLocal('b', zipLocal('a', EICAR_BYTES, { isStored: true })),
    gzipSync(zipLocal('a', gzipSync(EICAR_BYTES))),
  ];
  for (const [at, bytes] of packings.entries()) assert.ok(found(privateValue(bytes)), `packing ${at}`);
});
