import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DataSetReader,
  type ElementToEncode,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  encodeElements,
  IMPLICIT_VR_LITTLE_ENDIAN,
  TAG,
} from '@leadglass/dicom';
import { Recoder } from './index.ts';

const ELEMENTS: readonly ElementToEncode[] = [
  { tag: 0x00080008, value: 'ORIGINAL' },
  {
    tag: 0x00081140,
    vr: 'SQ',
    value: [
      [
        { tag: 0x00081155, value: '1.2.3' },
        { tag: 0x00280010, value: 7 },
      ],
    ],
  },
  { tag: 0x00189087, vr: 'FD', value: 0.1 },
  { tag: 0x00280004, value: 'YBR_FULL' },
  { tag: 0x00280010, value: 512 },
  { tag: 0x7fe00010, vr: 'OW', value: Buffer.from([1, 2, 3, 4]) },
];

function recoded(dataSet: Uint8Array, syntax: string, step: number, instead?: ReadonlyMap<number, Uint8Array>): string {
  const pieces: Uint8Array[] = [];
  const reader = new DataSetReader({
    transferSyntaxUid: syntax,
    handler: new Recoder(syntax, (bytes) => pieces.push(Uint8Array.from(bytes)), instead),
  });
  for (let at = 0; at < dataSet.length; at += step) reader.push(dataSet.subarray(at, at + step));
  reader.end();
  return Buffer.concat(pieces).toString('hex');
}

test('[REWRITE-221] every native transfer syntax becomes the same explicit little endian, in any pieces', () => {
  const little = encodeElements(ELEMENTS, EXPLICIT_VR_LITTLE_ENDIAN);
  const expected = recoded(little, EXPLICIT_VR_LITTLE_ENDIAN, little.length);
  // Words of OW are turned round like the numbers.
  const big = encodeElements(
    ELEMENTS.with(-1, { tag: 0x7fe00010, vr: 'OW', value: Buffer.from([2, 1, 4, 3]) }),
    EXPLICIT_VR_BIG_ENDIAN,
  );
  const implicit = encodeElements(ELEMENTS, IMPLICIT_VR_LITTLE_ENDIAN);
  for (const step of [1, 3, 1000]) {
    assert.equal(recoded(implicit, IMPLICIT_VR_LITTLE_ENDIAN, step), expected);
    assert.equal(recoded(big, EXPLICIT_VR_BIG_ENDIAN, step), expected);
    assert.equal(recoded(Buffer.from(expected, 'hex'), EXPLICIT_VR_LITTLE_ENDIAN, step), expected);
  }
});

test('[REWRITE-222] values are put in place of the object’s own at the top level alone; a long value of a short VR becomes UN', () => {
  const dataSet = encodeElements(ELEMENTS, EXPLICIT_VR_LITTLE_ENDIAN);
  const changed = recoded(
    dataSet,
    EXPLICIT_VR_LITTLE_ENDIAN,
    9,
    new Map([
      [TAG.PhotometricInterpretation, Buffer.from('RGB ')],
      [TAG.Rows, Buffer.from([9, 0])],
    ]),
  );
  assert.ok(
    changed.includes(`2800040043530400${Buffer.from('RGB ').toString('hex')}`) &&
      changed.includes('28001000555302000900'),
  );
  assert.ok(changed.includes('28001000555302000700'));
  const long = encodeElements(
    [{ tag: 0x00280030, vr: 'DS', value: Buffer.alloc(70_000, 0x31) }],
    IMPLICIT_VR_LITTLE_ENDIAN,
  );
  assert.ok(recoded(long, IMPLICIT_VR_LITTLE_ENDIAN, 1000).startsWith('28003000554e0000'));
});
