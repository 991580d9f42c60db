import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compose,
  type Letter,
  type Letterhead,
  WRITTEN_VERSIONS,
  type WrittenOrder,
  type WrittenPatient,
} from './compose.ts';
import { WRITTEN_CHARSETS } from './encode.ts';
import { INS_OIDS } from './ins.ts';
import { SeededRandom } from './random.testkit.ts';
import { readV2 } from './reader.ts';
import type { Reading } from './readings.ts';

const HEAD: Letterhead = {
  ...{
    sendingApplication: 'LEADGLASS',
    sendingFacility: 'CHU',
    receivingApplication: 'RIS',
    receivingFacility: 'RADIO',
  },
  ...{ version: '2.5', charset: '8859/1', processing: 'P', acknowledgement: 'original' },
};
const MARK = { controlId: 'LG000000000ABCDEFGHI', sentAt: '20260105081500+0100' };
const TEMPORARY = { value: 'TQ7K263310001C', authority: 'LEADGLASS-Q7K', oid: '', type: 'PI' };
const PATIENT: WrittenPatient = {
  identifiers: [TEMPORARY],
  ...{ family: 'LEFÈVRE', given: 'Zoé', birthDate: '19840229', sex: 'F', reliability: 'PROV', isQualified: false },
};
const ORDER: WrittenOrder = {
  ...{ placer: 'DQ7K263310001D', placerAuthority: 'LEADGLASS-Q7K', accession: 'DQ7K263310001D' },
  ...{ studyInstanceUid: '2.25.7', procedure: 'Scanner cérébral', modality: 'CT', priority: 'S' },
  ...{ scheduledAt: '20260105081000+0100', reason: 'Chute', requester: 'URGENCES' },
};
const TRUE: WrittenPatient = {
  ...PATIENT,
  identifiers: [{ value: 'R-991', authority: 'CHU', oid: '1.2.3', type: 'PI' }],
  reliability: '',
};

function read(letter: Letter, head: Letterhead = HEAD): Reading {
  const reading = readV2(compose(letter, head, MARK), { fallbackCharset: '8859/1' });
  assert('patients' in reading, JSON.stringify(reading));
  return reading;
}
const latin1 = (letter: Letter, head: Letterhead = HEAD): string[] =>
  Buffer.from(compose(letter, head, MARK))
    .toString('latin1')
    .split('\r');

test('[HL7-40] each event is the segments and fields of its chapter', () => {
  assert.deepEqual(latin1({ event: 'A04', patient: PATIENT }), [
    'MSH|^~\\&|LEADGLASS|CHU|RIS|RADIO|20260105081500+0100||ADT^A04^ADT_A01|LG000000000ABCDEFGHI|P|2.5|||||FRA|8859/1',
    'EVN|A04|20260105081500+0100',
    'PID|1||TQ7K263310001C^^^LEADGLASS-Q7K^PI||LEF\xc8VRE^Zo\xe9^^^^^L||19840229|F||||||||||||||||||||||||PROV',
    'PV1|1|O',
    '',
  ]);
  assert.deepEqual(latin1({ event: 'A40', patient: TRUE, from: [TEMPORARY] }).slice(1), [
    'EVN|A40|20260105081500+0100',
    'PID|1||R-991^^^CHU&1.2.3&ISO^PI||LEF\xc8VRE^Zo\xe9^^^^^L||19840229|F',
    'MRG|TQ7K263310001C^^^LEADGLASS-Q7K^PI',
    '',
  ]);
  assert.deepEqual(latin1({ event: 'O01', control: 'NW', patient: PATIENT, order: ORDER }).slice(2), [
    'PV1|1|O',
    'ORC|NW|DQ7K263310001D^LEADGLASS-Q7K|||||^^^20260105081000+0100^^S||20260105081500+0100|||^URGENCES',
    'OBR|1|DQ7K263310001D^LEADGLASS-Q7K||^Scanner c\xe9r\xe9bral|S|||||||||||^URGENCES||DQ7K263310001D|DQ7K263310001D|DQ7K263310001D||||CT|||^^^20260105081000+0100^^S||||^Chute',
    'ZDS|2.25.7^^Application^DICOM',
    '',
  ]);
  const types = (['A04', 'A08', 'A11'] as const).map((event) => latin1({ event, patient: PATIENT })[0]?.split('|')[8]);
  assert.deepEqual(types, ['ADT^A04^ADT_A01', 'ADT^A08^ADT_A01', 'ADT^A11^ADT_A09']);
});

test('[HL7-41] what is written is read back as what was said, in every version and character set', () => {
  for (const version of WRITTEN_VERSIONS) {
    for (const charset of WRITTEN_CHARSETS) {
      const head = { ...HEAD, version, charset };
      const order = read({ event: 'O01', control: 'XO', patient: PATIENT, order: ORDER }, head);
      assert.deepEqual([order.problems, order.kind, order.header.version], [[], 'order', version]);
      assert.equal(order.charset, charset);
      const [part] = order.patients;
      assert.deepEqual(part?.patient.identifiers, [TEMPORARY]);
      assert.deepEqual([part?.patient.names[0]?.family, part?.patient.names[0]?.given], ['LEFÈVRE', 'Zoé']);
      const [asked] = part?.orders ?? [];
      assert.deepEqual(
        [asked?.control, asked?.placer, asked?.accession, asked?.studyInstanceUid, asked?.procedure.text],
        ['XO', 'DQ7K263310001D', 'DQ7K263310001D', '2.25.7', 'Scanner cérébral'],
      );
      assert.deepEqual([asked?.section, asked?.priority, asked?.requester], ['CT', 'S', 'URGENCES']);
      const merge = read({ event: 'A40', patient: TRUE, from: [TEMPORARY] }, head);
      assert.deepEqual([merge.problems, merge.kind], [[], 'merge']);
      assert.deepEqual(merge.patients[0]?.merge?.from, [TEMPORARY]);
      assert.deepEqual(merge.patients[0]?.patient.identifiers, TRUE.identifiers);
    }
  }
});

test('[HL7-42] any text in any field comes back as it was, and never becomes a separator or a segment', () => {
  const random = new SeededRandom(42);
  const signs = [
    '|',
    '^',
    '~',
    '\\',
    '&',
    '\r',
    '\n',
    '\x0b',
    '\x1c',
    'é',
    'Œ',
    'ł',
    '日',
    '€',
    'A',
    ' ',
    '¤',
    '\\F\\',
    '\r\nPV1|',
  ];
  for (let turn = 0; turn < 2_000; turn += 1) {
    const word = (): string => `x${Array.from({ length: random.below(12) }, () => random.pick(signs)).join('')}x`;
    const [family, given, procedure] = [word(), word(), word()];
    const head = { ...HEAD, charset: random.pick(WRITTEN_CHARSETS), version: random.pick(WRITTEN_VERSIONS) };
    const letter: Letter = {
      ...{ event: 'O01', control: 'NW' },
      ...{ patient: { ...PATIENT, family, given }, order: { ...ORDER, procedure } },
    };
    const bytes = compose(letter, head, MARK);
    assert.equal([...bytes].filter((byte) => byte === 0x0b || byte === 0x1c || byte === 0x0a).length, 0);
    const reading = read(letter, head);
    assert.deepEqual(
      reading.problems.filter(({ isFatal }) => isFatal),
      [],
    );
    const [part] = reading.patients;
    // Controls have no place in a text: they go before its line breaks are looked at.
    const plain = (text: string): string => text.replace(/[\x0b\x1c]/g, '').replace(/\r\n?/g, '\n');
    assert.deepEqual(
      [part?.patient.names[0]?.family, part?.patient.names[0]?.given, part?.orders[0]?.procedure.text],
      [plain(family), plain(given), plain(procedure)],
    );
    assert.equal(reading.patients.length, 1);
  }
});

test('[HL7-43] a character that the wished set has not makes it UTF-8, and MSH-18 says which it is', () => {
  const of = (family: string, charset: Letterhead['charset']) =>
    read({ event: 'A04', patient: { ...PATIENT, family } }, { ...HEAD, charset });
  const shown = (family: string, charset: Letterhead['charset']) => {
    const reading = of(family, charset);
    return [reading.charset, reading.patients[0]?.patient.names[0]?.family, reading.problems.length];
  };
  assert.deepEqual(shown('LEFÈVRE', '8859/1'), ['8859/1', 'LEFÈVRE', 0]);
  assert.deepEqual(shown('LŒVE', '8859/1'), ['UNICODE UTF-8', 'LŒVE', 0]);
  assert.deepEqual(shown('LŒVE €', '8859/15'), ['8859/15', 'LŒVE €', 0]);
  assert.deepEqual(shown('¤ LŒVE', '8859/15'), ['UNICODE UTF-8', '¤ LŒVE', 0]);
  assert.deepEqual(shown('ŁUKASZ', '8859/15'), ['UNICODE UTF-8', 'ŁUKASZ', 0]);
  assert.deepEqual(shown('\u0085', '8859/1'), ['UNICODE UTF-8', '\u0085', 0]);
});

test('[HL7-44] a national health identity is written of a qualified identity alone', () => {
  const ins = { value: '255081416802538', authority: 'ASIP-SANTE-INS-NIR', oid: INS_OIDS.nir, type: 'INS' };
  const test = { ...ins, oid: INS_OIDS.nirTest };
  const told = (isQualified: boolean) =>
    read({ event: 'A04', patient: { ...PATIENT, isQualified, identifiers: [TEMPORARY, ins, test] } }).patients[0]
      ?.patient.identifiers;
  assert.deepEqual(told(false), [TEMPORARY]);
  assert.deepEqual(told(true), [TEMPORARY, ins, test]);
});

test('[HL7-45] older versions have neither a structure in MSH-9 of 2.3.1 nor PID-32 before 2.5', () => {
  const of = (version: Letterhead['version']) => {
    const [msh, , pid] = latin1({ event: 'A04', patient: PATIENT }, { ...HEAD, version });
    return [msh?.split('|')[8], pid?.endsWith('PROV')];
  };
  assert.deepEqual(WRITTEN_VERSIONS.map(of), [
    ['ADT^A04', false],
    ['ADT^A04^ADT_A01', false],
    ['ADT^A04^ADT_A01', true],
    ['ADT^A04^ADT_A01', true],
  ]);
});

test('[HL7-46] enhanced mode asks for the accept acknowledgement alone; the same letter is the same bytes', () => {
  const { header } = read(
    { event: 'A04', patient: PATIENT },
    { ...HEAD, acknowledgement: 'enhanced', processing: 'T' },
  );
  assert.deepEqual([header.acceptAck, header.applicationAck, header.processing], ['AL', 'NE', 'T']);
  const once = compose({ event: 'A04', patient: PATIENT }, HEAD, MARK);
  assert.deepEqual(compose({ event: 'A04', patient: PATIENT }, HEAD, MARK), once);
});
