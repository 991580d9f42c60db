import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { concatBytes } from '@leadglass/kit';
import { UNREADABLE } from '@leadglass/model';
import {
  DataSetInspection,
  FIRST_INSPECTORS,
  FileInspection,
  FindingBox,
  Inspection,
  type Inspector,
  type InspectorMaker,
  inspectDataSet,
  inspectFile,
  type Scene,
} from './index.ts';
import { DIRECTORY_KINDS } from './inspectors/directory.ts';
import { ENCAPSULATED_KINDS } from './inspectors/encapsulated.ts';
import { META_KINDS } from './inspectors/file-meta.ts';
import { PATH_KINDS } from './inspectors/path.ts';
import { PIXEL_KINDS } from './inspectors/pixels.ts';
import { PREAMBLE_KINDS, preambleTrouble } from './inspectors/preamble.ts';
import { SOP_KINDS } from './inspectors/sop.ts';
import { MORE_STRUCTURE_KINDS, STRUCTURE_KINDS } from './inspectors/structure.ts';
import { TRAILING_KINDS } from './inspectors/trailing.ts';
import { UID_KINDS } from './inspectors/uid.ts';
import { VR_KINDS } from './inspectors/vr.ts';
import { kindsOf } from './kind.ts';
import {
  CT_CLASS,
  EXPLICIT,
  element,
  file,
  INSTANCE,
  identity,
  imageModule,
  pixelData,
  sequence,
} from './test-data.ts';

const CONTEXT = { transferSyntaxUid: EXPLICIT, sopClassUid: CT_CLASS, sopInstanceUid: INSTANCE };
const IMAGE = concatBytes(identity(), imageModule(), pixelData(32));

test('[INSPECT-01] preambles: programs, scripts, archives and documents are malicious', () => {
  const wicked = [
    'MZ\x90\0\x03',
    '\x7fELF\x02',
    '#!/bin/sh\n',
    'PK\x03\x04\x14',
    'note PK\x03\x04',
    '%PDF-1.7',
    'x%PDF-1.4',
    '@echo off\r\n',
    '<html>',
    ' \r\n<SCRIPT>',
    '\xef\xbb\xbf<?php',
    '<\0s\0c\0r\0i\0p\0t\0',
    '\xca\xfe\xba\xbe',
    'Rar!\x1a\x07\0',
    '7z\xbc\xaf\x27\x1c',
    '\x1f\x8b\x08',
    '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
    '{\\rtf1',
    'L\0\0\0\x01\x14\x02\0\0',
    'REM x',
    'powershell -enc',
    'var x = 1;',
    'wget http://x',
    '\xcf\xfa\xed\xfe',
  ];
  for (const start of wicked) {
    const preamble = new Uint8Array(128);
    preamble.set(Buffer.from(start, 'latin1'));
    assert.equal(preambleTrouble(preamble)?.severity, 'malicious', JSON.stringify(start));
  }
});

test('[INSPECT-02] preambles: zeros, TIFF, BigTIFF and makers’ notes are no finding', () => {
  const fine = [
    '',
    'II*\0\x08\0\0\0',
    'MM\0*\0\0\0\x08',
    'II+\0\x08\0\0\0',
    'MM\0+\0\x08',
    'ACME WORKSTATION 3.1',
    'Made by the function unit',
    'Dimension 512',
    '\0\x01\x02',
    'Subject export',
    'Remote archive',
    'Compressed with zip',
    'Variant 2',
    'Command station 4',
    'From PACS',
  ];
  for (const start of fine) {
    const preamble = new Uint8Array(128);
    preamble.set(Buffer.from(start, 'latin1'));
    assert.equal(preambleTrouble(preamble), undefined, JSON.stringify(start));
  }
});

test('[INSPECT-03] a file is judged with its preamble and its meta, in any pieces', () => {
  assert.equal(inspectFile([file(IMAGE)]).verdict, 'clean');
  const wicked = inspectFile([file(IMAGE, { preamble: 'MZ' })]);
  assert.equal(wicked.verdict, 'malicious');
  const inspection = new FileInspection();
  for (const byte of file(IMAGE, { preamble: 'MZ' })) inspection.push(Uint8Array.of(byte));
  assert.deepEqual(inspection.end().findings, wicked.findings);
});

test('[INSPECT-60] no DICOM, nothing, or a cut header: malformed and unreadable', () => {
  const whole = file(IMAGE);
  for (const bytes of [
    new Uint8Array(0),
    randomBytes(500),
    whole.subarray(0, 131),
    whole.subarray(0, 150),
    new TextEncoder().encode('%PDF-1.4'),
  ]) {
    const result = inspectFile([bytes]);
    assert.equal(result.verdict, 'malformed');
    assert.ok(result.findings.some((finding) => finding.code === UNREADABLE));
  }
});

test('[INSPECT-61] a header whose length is missing is suspicious, false malformed', () => {
  const whole = file(IMAGE);
  const missing = concatBytes(whole.subarray(0, 132), whole.subarray(144));
  assert.equal(inspectFile([missing]).verdict, 'suspicious');
  assert.equal(inspectFile([whole.subarray(144)]).verdict, 'clean');
  const lying = Uint8Array.from(whole);
  lying[140] = (lying[140] ?? 0) + 2;
  assert.equal(inspectFile([lying]).verdict, 'malformed');
});

test('[INSPECT-62] an unknown transfer syntax is malformed', () => {
  const result = inspectFile([file(IMAGE, { transferSyntax: '1.2.3.4.5' })]);
  assert.equal(result.verdict, 'malformed');
  assert.ok('meta.unknown-transfer-syntax' in result.counted);
});

test('[INSPECT-63] in a file a stale header is a quirk, one that no device makes is suspicious', () => {
  assert.equal(inspectFile([file(IMAGE, { instance: '1.2.826.0.1.3680043.8.498.77' })]).verdict, 'clean');
  assert.equal(inspectFile([file(IMAGE, { instance: '2.25.17' })]).verdict, 'suspicious');
  assert.equal(inspectFile([file(IMAGE, { instance: CT_CLASS })]).verdict, 'suspicious');
});

test('[INSPECT-64] a path in the header is malicious', () => {
  assert.equal(inspectFile([file(IMAGE, { instance: '../../../x' })]).verdict, 'malicious');
});

test('[INSPECT-04] the identity comes from the top level, bounded, without control characters', () => {
  const nested = sequence(0x00081140, element(0x0008103e, 'LO', 'x'), element(0x00100020, 'LO', 'NESTED'));
  const { identity: own } = inspectDataSet({ context: CONTEXT }, [
    element(0x00080016, 'UI', CT_CLASS),
    element(0x00080018, 'UI', INSTANCE),
    element(0x00080060, 'CS', 'C\nT'),
    nested,
    element(0x00100020, 'LO', `P${'9'.repeat(300)}`),
    element(0x0020000d, 'UI', '1.2.3'),
  ]);
  assert.equal(own.sopInstanceUid, INSTANCE);
  assert.equal(own.modality, 'C?T');
  assert.equal(own.studyInstanceUid, '1.2.3');
  assert.equal(own.seriesInstanceUid, '');
  assert.equal(own.patientId.reveal().length, 64);
  assert.equal(JSON.stringify(own).includes('999'), false);
});

test('[INSPECT-05] findings are bounded, counted, and the gravest are kept', () => {
  const odd = element(0x00041500, 'CS', new Uint8Array([0x41]));
  const items = Array.from({ length: 5000 }, () => odd);
  const { findings, counted, verdict } = inspectDataSet({ context: CONTEXT }, [
    sequence(0x00041220, ...items),
    identity({ patientId: '../../x' }),
  ]);
  assert.ok(findings.length <= 64);
  assert.equal(counted['structure.odd-length'], 5000);
  assert.equal(verdict, 'malicious');
  assert.ok(findings.some((finding) => finding.code === 'path.identifier'));
});

test('[INSPECT-05] unreadable never gives way, whatever else is found', () => {
  const box = new FindingBox({ kept: 2, perCode: 4 });
  const finding = {
    inspector: 'x',
    severity: 'malformed',
    path: '',
    offset: 0,
    text: { fr: '', en: '' },
    cites: '',
  } as const;
  for (const code of ['a', 'b', UNREADABLE, 'c', 'd']) box.add({ ...finding, code });
  assert.ok(box.findings.some((one) => one.code === UNREADABLE));
  assert.equal(box.findings.length, 2);
});

test('[INSPECT-06] only inspectors that ask are called, and pixel pieces reach nobody who does not ask', () => {
  let pieces = 0;
  let beginnings = 0;
  const curious = (scene: Scene): Inspector => ({
    name: 'curious',
    value: () => {
      pieces += 1;
    },
    beginning: (_head, bytes) => {
      beginnings += 1;
      assert.ok(bytes.length <= 1024 && scene.path() !== '');
    },
  });
  const inspection = new DataSetInspection({ context: CONTEXT, inspectors: [curious, () => ({ name: 'idle' })] });
  inspection.push(concatBytes(identity(), pixelData(4096)));
  const result = inspection.end();
  assert.deepEqual(result, inspection.end());
  assert.equal(beginnings, 7);
  assert.ok(pieces >= 7);
});

test('[INSPECT-07] every kind of finding has both languages, a stable code of its own inspector, and a source', () => {
  const groups = [
    STRUCTURE_KINDS,
    MORE_STRUCTURE_KINDS,
    VR_KINDS,
    UID_KINDS,
    PATH_KINDS,
    PIXEL_KINDS,
    ENCAPSULATED_KINDS,
    DIRECTORY_KINDS,
    SOP_KINDS,
    META_KINDS,
    TRAILING_KINDS,
    PREAMBLE_KINDS,
  ];
  const kinds = groups.flatMap((group) => Object.values(group));
  assert.equal(new Set(kinds.map((kind) => kind.code)).size, kinds.length);
  for (const kind of kinds) {
    assert.match(kind.code, new RegExp(`^${kind.inspector}\\.[a-z0-9-]+$`));
    assert.match(kind.cites, /^PS3\.\d+/);
    assert.match(kind.text.fr, /[.]$/);
    assert.match(kind.text.en, /[.]$/);
    assert.notEqual(kind.text.fr, kind.text.en);
  }
});

test('[INSPECT-80] directories: loops, offsets outside', () => {
  const le32 = (value: number): Uint8Array => new Uint8Array(new Uint32Array([value]).buffer);
  const record = (next: number, lower: number): Uint8Array =>
    concatBytes(element(0x00041400, 'UL', le32(next)), element(0x00041420, 'UL', le32(lower)));
  const directory = (next: number, lower: number): Uint8Array =>
    concatBytes(element(0x00041200, 'UL', le32(24 + 1000)), sequence(0x00041220, record(next, lower)));
  const look = (next: number, lower: number): Readonly<Record<string, number>> => {
    const context = { ...CONTEXT, dataSetOffset: 1000 };
    return inspectDataSet({ context }, [directory(next, lower)]).counted;
  };
  assert.deepEqual(look(0, 0), {});
  assert.ok('directory.loop' in look(1024, 0));
  assert.ok('directory.loop' in look(0, 1024));
  assert.ok('directory.outside' in look(0, 1_000_000));
  assert.ok('directory.astray' in look(1010, 0));
});

test('[INSPECT-81] a deflate bomb ends in time, in little memory, as malicious', () => {
  const zeros = new Uint8Array(64 * 2 ** 20);
  const bomb = deflateRawSync(concatBytes(identity(), element(0x00420011, 'OB', zeros)), { level: 9 });
  const begun = process.cpuUsage();
  const before = process.memoryUsage().rss;
  const result = inspectDataSet({ context: { ...CONTEXT, transferSyntaxUid: '1.2.840.10008.1.2.1.99' } }, [bomb]);
  assert.equal(result.verdict, 'malicious');
  assert.ok(process.cpuUsage(begun).user / 1000 < 2000);
  assert.ok(process.memoryUsage().rss - before < 64 * 2 ** 20);
});

test('[INSPECT-82] any bytes give a verdict, the same in any pieces, and never throw', () => {
  const whole = file(
    concatBytes(identity(), sequence(0x00081140, element(0x00081155, 'UI', '1.2.3')), imageModule(), pixelData(32)),
  );
  for (let round = 0; round < 1500; round += 1) {
    const bytes = Uint8Array.from(whole);
    const random = randomBytes(16);
    for (let at = 0; at < 8; at += 2)
      bytes[((random[at] ?? 0) * 256 + (random[at + 1] ?? 0)) % bytes.length] = random[8 + at] ?? 0;
    const cut = bytes.subarray(0, (random[15] ?? 0) < 60 ? ((random[14] ?? 0) * bytes.length) >> 8 : bytes.length);
    const one = inspectFile([cut]);
    const half = cut.length >> 1;
    const two = inspectFile([cut.subarray(0, half), cut.subarray(half)]);
    assert.deepEqual(two.counted, one.counted, Buffer.from(cut).toString('base64'));
    assert.ok(one.findings.length <= 64);
  }
});

test('[INSPECT-08] an Inspection is a token handler of its own', () => {
  const inspection = new Inspection({ context: CONTEXT });
  assert.deepEqual(inspection.end().findings, []);
});

test('[INSPECT-94] an inspector that fails says nothing more, and the others nothing less', async () => {
  const bytes = IMAGE;
  const failing = (method: 'element' | 'value' | 'end' | 'settle') => (): Inspector => ({
    name: `failing-${method}`,
    [method]: () => {
      if (method === 'settle') return Promise.reject(new Error('P1'));
      throw new Error('P1');
    },
  });
  const broken = (): Inspector => {
    throw new Error('P1');
  };
  const makers = [failing('element'), broken, failing('value'), failing('end'), failing('settle'), ...FIRST_INSPECTORS];
  const inspection = new DataSetInspection({ context: CONTEXT, inspectors: makers });
  const plain = new DataSetInspection({ context: CONTEXT });
  for (const each of [inspection, plain]) each.push(bytes);
  const result = await inspection.settled();
  assert.deepEqual([...result.unfinished].sort(), [
    'broken',
    'failing-element',
    'failing-end',
    'failing-settle',
    'failing-value',
  ]);
  assert.equal(result.verdict, plain.end().verdict);
  assert.deepEqual(plain.end().unfinished, []);
  assert.ok(!JSON.stringify(result.findings).includes('P1'));
});

test('[INSPECT-95] an inspector that reaches a bound of ours says so, and its finding counts', () => {
  const bounded =
    (): InspectorMaker =>
    (scene): Inspector => ({
      name: 'bounded',
      end: () => scene.unfinished(kindsOf('bounded')('bound', 'information', '', 'Borne atteinte.', 'Bound reached.')),
    });
  const inspection = new DataSetInspection({ context: CONTEXT, inspectors: [bounded()] });
  inspection.push(IMAGE);
  const result = inspection.end();
  assert.deepEqual(result.unfinished, ['bounded']);
  assert.deepEqual(result.counted, { 'bounded.bound': 1 });
});
