import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ElementToEncode, encodeElements } from '@leadglass/dicom';
import { canTranscode, Transcoder } from './transcode.ts';

const IMPLICIT = '1.2.840.10008.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';
const JPEG = '1.2.840.10008.1.2.4.50';

const ELEMENTS: readonly ElementToEncode[] = [
  { tag: 0x00080016, value: '1.2.840.10008.5.1.4.1.1.2' },
  { tag: 0x00280103, value: 1 },
  { tag: 0x00280106, vr: 'SS', value: -3 },
  { tag: 0x7fe00010, vr: 'OW', value: new Uint8Array(4096).fill(7) },
];

function transcoded(bytes: Uint8Array, from: string, to: string, step: number): Buffer | undefined {
  const parts: Buffer[] = [];
  const transcoder = new Transcoder(from, to, (piece) => parts.push(Buffer.from(piece)));
  for (let at = 0; at < bytes.length; at += step) transcoder.push(bytes.subarray(at, at + step));
  return transcoder.end() ? Buffer.concat(parts) : undefined;
}

test('[REWRITE-162] a data set is written in the other little endian form, in any pieces, values untouched; signed pixels keep their VR', () => {
  const [implicit, explicit] = [encodeElements(ELEMENTS, IMPLICIT), encodeElements(ELEMENTS, EXPLICIT)];
  for (const step of [1, 7, 100_000]) {
    assert.ok(transcoded(implicit, IMPLICIT, EXPLICIT, step)?.equals(explicit));
    assert.ok(transcoded(explicit, EXPLICIT, IMPLICIT, step)?.equals(implicit));
  }
});

test('[REWRITE-163] sequences get undefined lengths, and come back the same; group lengths, which would lie, go', () => {
  const nested: readonly ElementToEncode[] = [
    { tag: 0x00080000, vr: 'UL', value: 9 },
    { tag: 0x00081140, value: [[{ tag: 0x00081155, value: '1.2.3' }], [{ tag: 0x00081155, value: '1.2.4' }]] },
  ];
  const explicit = encodeElements(nested, EXPLICIT);
  const there = transcoded(explicit, EXPLICIT, IMPLICIT, 3);
  assert.ok(there !== undefined);
  const back = transcoded(there, IMPLICIT, EXPLICIT, 3);
  const again = transcoded(back as Buffer, EXPLICIT, IMPLICIT, 5);
  assert.ok(again?.equals(there));
  assert.ok(back?.includes('1.2.3') && back.includes('1.2.4'));
  assert.equal(back?.readUInt16LE(2), 0x1140);
});

test('[REWRITE-164] what is compressed or broken is not written in another form', () => {
  assert.equal(canTranscode(EXPLICIT, IMPLICIT), true);
  assert.equal(canTranscode(JPEG, IMPLICIT), false);
  assert.equal(canTranscode(EXPLICIT, EXPLICIT), false);
  const explicit = encodeElements(ELEMENTS, EXPLICIT);
  assert.equal(transcoded(explicit.subarray(0, -5), EXPLICIT, IMPLICIT, 64), undefined);
});
