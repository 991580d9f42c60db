import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ElementToEncode, EXPLICIT_VR_LITTLE_ENDIAN, encodeElements, TAG } from '@leadglass/dicom';
import { inspectDataSet } from '@leadglass/inspect';
import { asAttributeSet, QUERY_TAG } from '@leadglass/query';
import { CataloguedAttributes } from './catalogued.ts';

function collected(elements: readonly ElementToEncode[], pieceBytes: number): CataloguedAttributes {
  const bytes = encodeElements(elements, EXPLICIT_VR_LITTLE_ENDIAN);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, at) =>
    bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes),
  );
  const catalogued = new CataloguedAttributes();
  const context = { transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN, sopClassUid: '', sopInstanceUid: '' };
  inspectDataSet({ context, inspectors: [catalogued.maker] }, pieces);
  return catalogued;
}

const OBJECT: readonly ElementToEncode[] = [
  { tag: TAG.SpecificCharacterSet, value: 'ISO_IR 100' },
  { tag: TAG.StudyDate, value: '20240101' },
  { tag: TAG.PatientName, value: Buffer.from('M\xfcller^J\xf6rg', 'latin1') },
  { tag: QUERY_TAG.OtherPatientIDsSequence, value: [[{ tag: TAG.PatientID, value: 'A1' }]] },
  { tag: 0x00104000, value: 'a comment that is not kept' },
  { tag: TAG.Rows, value: 512 },
  { tag: TAG.PixelData, vr: 'OW', value: new Uint8Array(4096) },
];

test('[RELAY-87] what the catalogue keeps is collected in the pass that inspects, whatever the split', () => {
  const wanted = {
    '00080020': '20240101',
    '00100010': 'Müller^Jörg',
    '00101002': [{ '00100020': 'A1' }],
    '00280010': '512',
  };
  for (const pieceBytes of [1, 7, 100_000]) {
    const catalogued = collected(OBJECT, pieceBytes);
    assert.deepEqual(asAttributeSet(JSON.parse(catalogued.json.reveal())), wanted);
    assert.equal(catalogued.isPast, true);
    assert.equal(String(catalogued.json), '[phi]');
  }
});

test('[RELAY-88] what is too long is left out, never cut in two, and all of it together is bounded', () => {
  const long = collected(
    [
      { tag: TAG.StudyDescription, value: 'x'.repeat(2000) },
      { tag: TAG.PatientID, value: 'A' },
    ],
    64,
  );
  assert.deepEqual(JSON.parse(long.json.reveal()), { '00100020': 'A' });
  const items = Array.from({ length: 500 }, () => [{ tag: TAG.PatientID, value: 'y'.repeat(60) }]);
  const many = collected([{ tag: QUERY_TAG.OtherPatientIDsSequence, value: items }], 1000);
  assert(many.json.reveal().length < 20_000);
  assert.equal(many.isPast, false);
});

test('[RELAY-88] what another process says is an attribute set is believed only when it is one', () => {
  const deep = { '00101002': [{ '00101002': [{ '00101002': [{ '00101002': [{ '00101002': [{}] }] }] }] }] };
  for (const value of [null, 'x', [], { PatientID: 'A' }, { '00100020': 1 }, { '00101002': [1] }, deep])
    assert.equal(asAttributeSet(value), undefined);
  assert.deepEqual(asAttributeSet({ '00101002': [{ '00100020': 'A' }] }), { '00101002': [{ '00100020': 'A' }] });
});
