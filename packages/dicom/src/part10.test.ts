import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesEqual, concatBytes } from '@leadglass/kit';
import { encodeElements } from './encode.ts';
import { type FileMeta, writeFileMeta } from './file-meta.ts';
import { META_LIMIT_BYTES, Part10Reader } from './part10.ts';
import { DataSetReader } from './reader.ts';
import { TokenRecorder } from './recorder.ts';
import { TAG } from './tag.ts';
import { EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from './transfer-syntax.ts';

const META = {
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  sopInstanceUid: '1.2.3.4',
  transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  implementationClassUid: '1.2.5',
  implementationVersionName: 'TEST_1',
};
const SET = encodeElements(
  [
    { tag: TAG.SOPClassUID, value: '1.2.3' },
    { tag: TAG.PatientID, value: 'A1' },
  ],
  EXPLICIT_VR_LITTLE_ENDIAN,
);

interface Read {
  said: string[];
  meta: FileMeta | undefined;
  dataSet: Uint8Array;
}

function read(file: Uint8Array, size = file.byteLength): Read {
  const said: string[] = [];
  const parts: Uint8Array[] = [];
  let meta: FileMeta | undefined;
  const reader = new Part10Reader({
    preamble: (bytes) => said.push(`preamble ${bytes.byteLength}`),
    metaIrregularity: ({ code, isFatal }) => said.push(isFatal ? `fatal ${code}` : code),
    meta(found) {
      meta = found;
      said.push('meta');
    },
    dataSet: (bytes) => parts.push(new Uint8Array(bytes)),
  });
  // As readers do that use one Buffer again: what is kept has to be a copy.
  const buffer = Buffer.alloc(Math.min(size, file.byteLength));
  for (let at = 0; at < file.byteLength; at += size) {
    const piece = file.subarray(at, at + size);
    buffer.set(piece);
    reader.push(buffer.subarray(0, piece.byteLength));
    buffer.fill(0xa5);
  }
  reader.end();
  return { said, meta, dataSet: concatBytes(...parts) };
}

/** A file whose group 0002 is exactly `elements`. */
function fileOf(elements: Uint8Array): Uint8Array {
  return concatBytes(new Uint8Array(128), new TextEncoder().encode('DICM'), elements, SET);
}

for (const size of [10_000, 5, 1]) {
  test(`[DICOM-20] what writeFileMeta writes is read back, ${size} bytes at a time`, () => {
    const { said, meta, dataSet } = read(concatBytes(writeFileMeta(META), SET), size);
    assert.deepEqual(said, ['preamble 128', 'meta']);
    assert.equal(meta?.transferSyntaxUid, META.transferSyntaxUid);
    assert.equal(meta?.isGuessed, false);
    assert.equal(meta?.mediaStorageSopClassUid, META.sopClassUid);
    assert.equal(meta?.mediaStorageSopInstanceUid, META.sopInstanceUid);
    assert.equal(meta?.implementationVersionName, META.implementationVersionName);
    assert.equal(meta?.bytes.byteLength, (meta?.groupLength ?? 0) + 12);
    const written = writeFileMeta(META).subarray(132);
    assert.ok(bytesEqual(meta?.bytes ?? SET, written));
    assert.ok(bytesEqual(dataSet, SET));
  });
}

test('[DICOM-20] file meta is deterministic and itself a regular group 0002', () => {
  const bytes = writeFileMeta(META);
  assert.ok(bytesEqual(bytes, writeFileMeta(META)));
  const recorder = new TokenRecorder();
  const reader = new DataSetReader({
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    handler: recorder,
    content: 'file-meta',
  });
  reader.push(bytes.subarray(132));
  reader.end();
  assert.deepEqual(recorder.irregularities, []);
});

test('[DICOM-21] a file without preamble and magic is reported and its data set recognised', () => {
  for (const syntax of [IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN]) {
    const set = encodeElements(
      [
        { tag: TAG.SOPClassUID, value: '1.2.3' },
        { tag: TAG.PatientID, value: 'A1' },
      ],
      syntax,
    );
    const { said, meta, dataSet } = read(set);
    assert.deepEqual(said, ['no-magic', 'missing-transfer-syntax', 'meta']);
    assert.equal(meta?.transferSyntaxUid, syntax);
    assert.equal(meta?.isGuessed, true);
    assert.ok(bytesEqual(dataSet, set));
  }
});

test('[DICOM-21] group 0002 without preamble, and DICM at the very beginning, are read on', () => {
  const whole = concatBytes(writeFileMeta(META), SET);
  assert.deepEqual(read(whole.subarray(132)).said, ['no-preamble', 'meta']);
  assert.deepEqual(read(whole.subarray(128)).said, ['no-preamble', 'meta']);
});

test('[DICOM-21] what is no DICOM at all is not read', () => {
  assert.deepEqual(read(new TextEncoder().encode('%PDF-1.7 '.repeat(40))).said, ['fatal not-dicom']);
  assert.deepEqual(read(new Uint8Array(10)).said, ['fatal truncated-meta']);
  assert.deepEqual(read(new Uint8Array(0)).said, ['fatal truncated-meta']);
});

test('[DICOM-22] a missing or lying group length is reported; elements tell where the meta ends', () => {
  const group = encodeElements(
    [
      { tag: TAG.FileMetaInformationVersion, vr: 'OB', value: new Uint8Array([0, 1]) },
      { tag: TAG.MediaStorageSOPClassUID, value: '1.2' },
      { tag: TAG.MediaStorageSOPInstanceUID, value: '1.3' },
      { tag: TAG.TransferSyntaxUID, value: EXPLICIT_VR_LITTLE_ENDIAN },
    ],
    EXPLICIT_VR_LITTLE_ENDIAN,
  );
  const missing = read(fileOf(group));
  assert.deepEqual(missing.said, ['preamble 128', 'group-length-missing', 'meta']);
  assert.ok(bytesEqual(missing.dataSet, SET));
  const lie = encodeElements(
    [{ tag: TAG.FileMetaInformationGroupLength, vr: 'UL', value: 100_000 }],
    EXPLICIT_VR_LITTLE_ENDIAN,
  );
  const lying = read(fileOf(concatBytes(lie, group)));
  assert.deepEqual(lying.said, ['preamble 128', 'group-length-lies', 'foreign-group', 'meta']);
  assert.ok(bytesEqual(lying.dataSet, SET));
});

test('[DICOM-22] a second transfer syntax after the declared end belongs to the data set', () => {
  const second = encodeElements(
    [{ tag: TAG.TransferSyntaxUID, value: IMPLICIT_VR_LITTLE_ENDIAN }],
    EXPLICIT_VR_LITTLE_ENDIAN,
  );
  const { said, meta, dataSet } = read(concatBytes(writeFileMeta(META), second, SET));
  assert.deepEqual(said, ['preamble 128', 'meta']);
  assert.equal(meta?.transferSyntaxUid, EXPLICIT_VR_LITTLE_ENDIAN);
  assert.equal(dataSet.byteLength, second.byteLength + SET.byteLength);
});

test('[DICOM-23] unknown transfer syntaxes and implicit meta are reported', () => {
  assert.deepEqual(read(concatBytes(writeFileMeta({ ...META, transferSyntaxUid: '1.2.3.99' }), SET)).said, [
    'preamble 128',
    'unknown-transfer-syntax',
    'meta',
  ]);
  const implicit = encodeElements(
    [
      { tag: TAG.MediaStorageSOPClassUID, value: '1.2' },
      { tag: TAG.MediaStorageSOPInstanceUID, value: '1.3' },
      { tag: TAG.TransferSyntaxUID, value: EXPLICIT_VR_LITTLE_ENDIAN },
    ],
    IMPLICIT_VR_LITTLE_ENDIAN,
  );
  const { said, meta } = read(fileOf(implicit));
  assert.deepEqual(said, ['preamble 128', 'meta-implicit', 'group-length-missing', 'version-missing', 'meta']);
  assert.equal(meta?.transferSyntaxUid, EXPLICIT_VR_LITTLE_ENDIAN);
});

test('[DICOM-24] meta beyond the limit is refused before it is kept', () => {
  const huge = encodeElements(
    [{ tag: TAG.PrivateInformation, vr: 'OB', value: new Uint8Array(META_LIMIT_BYTES) }],
    EXPLICIT_VR_LITTLE_ENDIAN,
  );
  assert.deepEqual(read(fileOf(huge), 1000).said, ['preamble 128', 'fatal meta-too-long']);
});
