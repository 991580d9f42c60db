import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ElementToEncode, encodeElements } from '@leadglass/dicom';
import { IMPORT_ORIGINALS_AE_TITLE, type Sha256 } from '@leadglass/model';
import type { Retrievable } from '@leadglass/records';
import { decodeCommitmentReport, encodeCommitmentRequest } from './commitment-data-set.ts';
import { judgeCommitment } from './commitment-judge.ts';
import { CommitmentRequestReader, encodeCommitmentReport } from './commitment-request.ts';
import { type ReadIdentifier, RetrieveIdentifierReader } from './retrieve-identifier.ts';
import { type RetrieveKeys, select } from './retrieve-selection.ts';
import { failedListOf, identifierOf } from './retrieve-upstream.ts';
import { SubOperations } from './sub-operations.ts';

const IMPLICIT = '1.2.840.10008.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';
const CT = '1.2.840.10008.5.1.4.1.1.2';

function object(name: string, change: Partial<Retrievable> = {}): Retrievable {
  return {
    sha256: name as Sha256,
    place: { kind: 'file' },
    plainBytes: 1000,
    sealedBytes: 1200,
    metaBytes: 300,
    sopClassUid: CT,
    sopInstanceUid: '1.2.3',
    transferSyntaxUid: EXPLICIT,
    studyInstanceUid: '1.2',
    seriesInstanceUid: '1.2.1',
    patient: 'p1',
    modality: 'CT',
    peer: 'CT1',
    receivedAtMs: 1,
    hold: undefined,
    isCopy: false,
    ...change,
  };
}

/** What a vault of these objects finds; the studies of `patients` were delivered under these pseudonyms. */
function vault(objects: readonly Retrievable[], patients: Readonly<Record<string, readonly string[]>> = {}) {
  return {
    ofInstance: async (uid: string) => objects.filter(({ sopInstanceUid }) => sopInstanceUid === uid),
    ofStudy: async (uid: string) => objects.filter(({ studyInstanceUid }) => studyInstanceUid === uid),
    studiesOfPatient: async (patient: string) =>
      Object.keys(patients).filter((study) => patients[study]?.includes(patient)),
    patientsOfStudy: async (study: string) => patients[study] ?? [],
  };
}

const KEYS: RetrieveKeys = { level: 'STUDY', studyUids: ['1.2'], seriesUids: [], sopUids: [], patients: [] };

function read(elements: readonly ElementToEncode[], isStudyRoot = true, syntax = IMPLICIT): ReadIdentifier {
  const reader = new RetrieveIdentifierReader(syntax, isStudyRoot);
  for (const byte of encodeElements(elements, syntax)) reader.push(Uint8Array.of(byte));
  return reader.end();
}

const level = (value: string): ElementToEncode => ({ tag: 0x00080052, value });
const studies = (value: string): ElementToEncode => ({ tag: 0x0020000d, value });

test('[RELAY-107] an identifier is read in any pieces: its level and the unique keys, each a list', () => {
  const patient = { tag: 0x00100020, value: ' P1 ' };
  const said = read([level('STUDY'), patient, studies('1.2\\1.3')], true, EXPLICIT);
  assert.ok(said.ok);
  assert.deepEqual(said.identifier.studyUids, ['1.2', '1.3']);
  assert.equal(said.identifier.patientId.reveal(), 'P1');
  assert.equal(`${said.identifier.patientId}`, '[phi]');
});

test('[RELAY-108] what is no retrieval is refused in words: unknown level, key missing, wildcard, no data set', () => {
  assert.equal(read([level('PATIENT'), studies('1.2')]).ok, false);
  assert.equal(read([level('PATIENT'), { tag: 0x00100020, value: 'P1' }], false).ok, true);
  assert.equal(read([level('STUDY')]).ok, false);
  assert.equal(read([level('STUDY'), studies('*')]).ok, false);
  assert.equal(read([level('STUDY'), studies('1.2.')]).ok, false);
  assert.equal(read([level('SERIES'), { tag: 0x0020000e, value: '1.2.1' }]).ok, false);
  const cut = new RetrieveIdentifierReader(IMPLICIT, true);
  cut.push(encodeElements([level('STUDY'), studies('1.2')], IMPLICIT).subarray(0, 20));
  assert.equal(cut.end().ok, false);
  const endless = new RetrieveIdentifierReader(IMPLICIT, true);
  for (let i = 0; i < 40; i += 1) endless.push(new Uint8Array(64 * 1024));
  assert.equal(endless.end().ok, false);
});

test('[RELAY-109] a held object is not given out: its disarmed copy is, and what has none is withheld by name', async () => {
  const held = object('a', { hold: 'held' });
  const copy = object('b', { isCopy: true });
  assert.deepEqual(await select(vault([held, copy]), KEYS), { objects: [copy], withheld: [] });
  assert.deepEqual(await select(vault([held]), KEYS), { objects: [], withheld: ['1.2.3'] });
  const released = { ...held, hold: 'released' as const };
  assert.deepEqual(await select(vault([copy, released]), KEYS), { objects: [released], withheld: [] });
});

test('[RELAY-110] of two objects under one identifier the later is given; originals of imports and what test callers sent never are', async () => {
  const [first, second] = [object('a'), object('b', { receivedAtMs: 2 })];
  assert.deepEqual(await select(vault([first, second]), KEYS), { objects: [second], withheld: [] });
  const hidden = [object('a', { peer: IMPORT_ORIGINALS_AE_TITLE }), object('b', { peer: 'LG-PROVEIT-1' })];
  assert.deepEqual(await select(vault(hidden), KEYS), { objects: [], withheld: [] });
});

test('[CONT-176] what a drill made is retrieved by no device', async () => {
  const made = [object('a', { peer: 'LG-DRILL' })];
  assert.deepEqual(await select(vault(made), KEYS), { objects: [], withheld: [] });
});

test('[RELAY-111] every key that is given has to match, the patient too; by patient alone all of their studies are found', async () => {
  const [one, other] = [object('a'), object('b', { sopInstanceUid: '1.2.4', seriesInstanceUid: '1.2.2' })];
  const all = vault([one, other], { '1.2': ['p1', 'p2'] });
  const found = async (keys: Partial<RetrieveKeys>) => (await select(all, { ...KEYS, ...keys }))?.objects.length;
  assert.equal(await found({ seriesUids: ['1.2.2'] }), 1);
  assert.equal(await found({ level: 'IMAGE', sopUids: ['1.2.4'] }), 1);
  assert.equal(await found({ level: 'IMAGE', sopUids: ['1.2.4'], studyUids: ['9'] }), 0);
  assert.equal(await found({ patients: ['p2'] }), 2);
  assert.equal(await found({ patients: ['p3'] }), 0);
  assert.equal(await found({ level: 'PATIENT', studyUids: [], patients: ['p2'] }), 2);
});

test('[RELAY-112] sub-operations are counted by what the receiver said; the final status follows from the counts', () => {
  const operations = new SubOperations(5, ['9.9']);
  operations.answered('1.1', 0);
  operations.answered('1.2', 0xb000);
  operations.answered('1.3', 0x0111);
  operations.answered('1.4', 0xa700);
  operations.lost('1.5');
  assert.deepEqual(operations.counts, { remaining: 0, completed: 1, failed: 3, warning: 2 });
  assert.deepEqual(operations.failed, ['9.9', '1.4', '1.5']);
  assert.equal(operations.status, 0xb000);
  assert.equal(new SubOperations(0).status, 0);
  assert.equal(new SubOperations(0, ['9.9']).status, 0xa702);
});

const REFERENCE = { sopClassUid: CT, sopInstanceUid: '1.2.3' };
async function judged(objects: readonly Retrievable[], isThere = true, wasRefused = false) {
  const sources = { retrieval: vault(objects), holds: async () => isThere };
  const report = await judgeCommitment('2.25.1', [[CT, '1.2.3']], sources, wasRefused);
  return report.failed[0]?.failureReason ?? 'committed';
}

test('[RELAY-113] committed is what is in custody under its class with its bytes there; held objects are, copies and others are not', async () => {
  assert.equal(await judged([object('a')]), 'committed');
  assert.equal(await judged([]), 0x0112);
  assert.equal(await judged([object('a', { sopClassUid: '1.2.840.10008.5.1.4.1.1.4' })]), 0x0119);
  assert.equal(await judged([object('a')], false), 0x0110);
  assert.equal(await judged([object('a', { hold: 'held' })]), 'committed');
  assert.equal(await judged([object('a', { hold: 'held' })], true, true), 0x0110);
  assert.equal(await judged([object('b', { isCopy: true })]), 0x0112);
  assert.equal(await judged([object('a', { peer: IMPORT_ORIGINALS_AE_TITLE })]), 0x0112);
});

function asked(bytes: Uint8Array, syntax = IMPLICIT) {
  const reader = new CommitmentRequestReader(syntax);
  for (const byte of bytes) reader.push(Uint8Array.of(byte));
  return reader.end();
}

test('[RELAY-114] a commitment request is read in any pieces and within bounds; what names no object, or a nameless one, is none', () => {
  const bytes = encodeCommitmentRequest('2.25.1', [REFERENCE, { ...REFERENCE, sopInstanceUid: '1.2.4' }]);
  assert.deepEqual(asked(bytes), {
    transactionUid: '2.25.1',
    objects: [REFERENCE, { ...REFERENCE, sopInstanceUid: '1.2.4' }],
  });
  assert.equal(asked(bytes.subarray(0, -2)), undefined);
  assert.equal(asked(encodeCommitmentRequest('not-a-uid', [REFERENCE])), undefined);
  assert.equal(asked(encodeCommitmentRequest('2.25.1', [{ ...REFERENCE, sopInstanceUid: 'x' }])), undefined);
  assert.equal(asked(encodeElements([{ tag: 0x00081195, value: '2.25.1' }], IMPLICIT)), undefined);
  const many = Array.from({ length: 20_001 }, (_, i) => ({ ...REFERENCE, sopInstanceUid: `1.2.${i + 1}` }));
  const reader = new CommitmentRequestReader(IMPLICIT);
  reader.push(encodeCommitmentRequest('2.25.1', many));
  assert.equal(reader.end(), 'too-many');
});

test('[RELAY-115] a report says what is kept and what not, and reads back, in each transfer syntax', () => {
  const report = {
    transactionUid: '2.25.1',
    committed: [REFERENCE],
    failed: [{ ...REFERENCE, sopInstanceUid: '1.9', failureReason: 0x112 }],
  };
  for (const syntax of [IMPLICIT, EXPLICIT, '1.2.840.10008.1.2.2'])
    assert.deepEqual(decodeCommitmentReport(encodeCommitmentReport(report, syntax), syntax), {
      transactionUid: '2.25.1',
      committed: ['1.2.3'],
      refused: [{ sopInstanceUid: '1.9', failureReason: 0x112 }],
    });
});

test('[RELAY-116] an upstream is asked by the keys that were read, made anew; its list of failures is read within bounds', () => {
  const keys = {
    level: 'IMAGE',
    patientId: 'É1',
    issuerOfPatientId: '',
    studyUids: ['1.2'],
    seriesUids: [],
    sopUids: ['1.3', '1.4'],
  } as const;
  const reader = new RetrieveIdentifierReader(IMPLICIT, true);
  reader.push(identifierOf(keys, IMPLICIT));
  const said = reader.end();
  assert.ok(said.ok);
  assert.deepEqual(said.identifier.sopUids, ['1.3', '1.4']);
  assert.equal(said.identifier.patientId.reveal(), 'É1');
  const list = encodeElements([{ tag: 0x00080058, value: '1.3\\nonsense\\1.4' }], IMPLICIT);
  assert.deepEqual(failedListOf(list, IMPLICIT), ['1.3', '1.4']);
  assert.deepEqual(failedListOf(list.subarray(0, 9), IMPLICIT), []);
});
