import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import {
  DataSetReader,
  type ElementToEncode,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  encodeElements,
  IMPLICIT_VR_LITTLE_ENDIAN,
} from '@leadglass/dicom';
import { JsonModelWriter, ModelReader, XmlModelWriter } from './index.ts';

function model(dataSet: Uint8Array, transferSyntaxUid: string, kind: 'json' | 'xml', step = dataSet.length): string {
  const text: string[] = [];
  const writer =
    kind === 'json'
      ? new JsonModelWriter((piece) => text.push(piece))
      : new XmlModelWriter((piece) => text.push(piece));
  const handler = new ModelReader({
    writer,
    isBigEndian: transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN,
    decode: (bytes, charset) => Buffer.from(bytes).toString(charset.startsWith('ISO_IR 192') ? 'utf8' : 'latin1'),
    bulkUri: (path) => `bulk/${path}`,
  });
  const reader = new DataSetReader({ transferSyntaxUid, handler });
  for (let at = 0; at < dataSet.length; at += step) reader.push(dataSet.subarray(at, at + step));
  reader.end();
  handler.end();
  writer.end();
  return text.join('');
}

const ELEMENTS: readonly ElementToEncode[] = [
  { tag: 0x00080005, value: 'ISO_IR 100' },
  { tag: 0x00080008, value: 'ORIGINAL\\PRIMARY\\\\M' },
  {
    tag: 0x00081140,
    vr: 'SQ',
    value: [
      [
        { tag: 0x00081155, value: '1.2.3' },
        { tag: 0x0040a730, vr: 'SQ', value: [[{ tag: 0x00081155, value: '1.2.4' }]] },
      ],
      [{ tag: 0x00081150, value: '1.2' }],
    ],
  },
  { tag: 0x00090010, vr: 'LO', value: 'ACME "1"' },
  { tag: 0x00091001, vr: 'OB', value: Buffer.from([1, 2, 3, 4]) },
  { tag: 0x00100010, value: Buffer.from('D\xfcr^A=\xe9=x', 'latin1') },
  { tag: 0x00104000, vr: 'LT', value: ' a\\b ' },
  { tag: 0x00180050, vr: 'DS', value: '1.50\\x' },
  { tag: 0x00189087, vr: 'FD', value: [0.1, Number.NaN] },
  { tag: 0x00200013, vr: 'IS', value: '7' },
  { tag: 0x00200032, vr: 'DS', value: '' },
  { tag: 0x00280010, vr: 'US', value: 512 },
  { tag: 0x00280009, vr: 'AT', value: 0x00181063 },
  { tag: 0x00720083, vr: 'UV', value: 0xffffffffffffffffn },
  { tag: 0x7fe00010, vr: 'OW', value: Buffer.alloc(4000) },
];

const EXPECTED = {
  '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
  '00080008': { vr: 'CS', Value: ['ORIGINAL', 'PRIMARY', null, 'M'] },
  '00081140': {
    vr: 'SQ',
    Value: [
      {
        '00081155': { vr: 'UI', Value: ['1.2.3'] },
        '0040A730': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2.4'] } }] },
      },
      { '00081150': { vr: 'UI', Value: ['1.2'] } },
    ],
  },
  '00090010': { vr: 'LO', Value: ['ACME "1"'] },
  '00091001': { vr: 'OB', InlineBinary: 'AQIDBA==' },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Dür^A', Ideographic: 'é', Phonetic: 'x' }] },
  '00104000': { vr: 'LT', Value: [' a\\b'] },
  '00180050': { vr: 'DS', Value: [1.5, 'x'] },
  '00189087': { vr: 'FD', Value: [0.1, 'NaN'] },
  '00200013': { vr: 'IS', Value: [7] },
  '00200032': { vr: 'DS' },
  '00280009': { vr: 'AT', Value: ['00181063'] },
  '00280010': { vr: 'US', Value: [512] },
  '00720083': { vr: 'UV', Value: ['18446744073709551615'] },
  '7FE00010': { vr: 'OW', BulkDataURI: 'bulk/7FE00010' },
};

test('[DICOMWEB-7] the JSON model, of every byte order and in any pieces', () => {
  for (const syntax of [EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN]) {
    const dataSet = encodeElements(ELEMENTS, syntax);
    for (const step of [dataSet.length, 5, 1])
      assert.deepEqual(JSON.parse(model(dataSet, syntax, 'json', step)), EXPECTED);
  }
  const words = encodeElements(
    [{ tag: 0x00091002, vr: 'OW', value: Buffer.from([1, 2, 3, 4]) }],
    EXPLICIT_VR_BIG_ENDIAN,
  );
  assert.deepEqual(JSON.parse(model(words, EXPLICIT_VR_BIG_ENDIAN, 'json')), {
    '00091002': { vr: 'OW', InlineBinary: Buffer.from([2, 1, 4, 3]).toString('base64') },
  });
});

test('[DICOMWEB-8] a data set that ends early still gives valid JSON', () => {
  const dataSet = encodeElements(ELEMENTS, IMPLICIT_VR_LITTLE_ENDIAN);
  for (let length = 0; length < dataSet.length - 4000; length += 1)
    JSON.parse(model(dataSet.subarray(0, length), IMPLICIT_VR_LITTLE_ENDIAN, 'json'));
  assert.ok(true);
});

test('[DICOMWEB-9] the XML model', () => {
  const xml = model(encodeElements(ELEMENTS, EXPLICIT_VR_LITTLE_ENDIAN), EXPLICIT_VR_LITTLE_ENDIAN, 'xml');
  assert.ok(xml.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<NativeDicomModel xml:space="preserve">'));
  for (const piece of [
    '<DicomAttribute tag="00080008" vr="CS" keyword="ImageType"><Value number="1">ORIGINAL</Value><Value number="2">PRIMARY</Value><Value number="4">M</Value></DicomAttribute>',
    '<DicomAttribute tag="00091001" vr="OB" privateCreator="ACME &quot;1&quot;"><InlineBinary>AQIDBA==</InlineBinary></DicomAttribute>',
    '<PersonName number="1"><Alphabetic><FamilyName>Dür</FamilyName><GivenName>A</GivenName></Alphabetic><Ideographic><FamilyName>é</FamilyName></Ideographic>',
    '<Item number="2"><DicomAttribute tag="00081150"',
    '<DicomAttribute tag="7FE00010" vr="OW" keyword="PixelData"><BulkData uri="bulk/7FE00010"/></DicomAttribute>',
  ])
    assert.ok(xml.includes(piece), piece);
  const hostile = encodeElements([{ tag: 0x00104000, vr: 'LT', value: 'a<b>&"\x01\x0b' }], EXPLICIT_VR_LITTLE_ENDIAN);
  assert.ok(model(hostile, EXPLICIT_VR_LITTLE_ENDIAN, 'xml').includes('a&lt;b&gt;&amp;&quot;\ufffd\ufffd'));
});

test('[DICOMWEB-13] damaged data sets give valid JSON', () => {
  const dataSet = Buffer.from(encodeElements(ELEMENTS.slice(0, -1), EXPLICIT_VR_LITTLE_ENDIAN));
  for (let round = 0; round < 2000; round += 1) {
    const damaged = Buffer.from(dataSet);
    for (let hits = 0; hits < 4; hits += 1)
      damaged[randomBytes(2).readUInt16LE() % damaged.length] = randomBytes(1)[0] ?? 0;
    JSON.parse(model(damaged, EXPLICIT_VR_LITTLE_ENDIAN, 'json'));
    model(damaged, EXPLICIT_VR_LITTLE_ENDIAN, 'xml');
  }
});
