import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '@leadglass/kit';
import { inspectDataSet, type ObjectContext } from './index.ts';
import { CONFIDENTIALITY_KINDS } from './inspectors/confidentiality.ts';
import { CT_CLASS, EXPLICIT, element, INSTANCE, imageModule, pixelData } from './test-data.ts';

const CAPTURE = '1.2.840.10008.5.1.4.1.1.7';

interface Wish {
  readonly before?: readonly Uint8Array[];
  readonly after?: readonly Uint8Array[];
  readonly name?: string;
  readonly id?: string;
  readonly study?: string;
  readonly fileName?: string;
}

function object({
  before = [],
  after = [],
  name = 'Durand^Marie',
  id = 'PAT-4711',
  study = '1.2.3',
}: Wish): Uint8Array {
  return concatBytes(
    element(0x00080016, 'UI', CT_CLASS),
    element(0x00080018, 'UI', INSTANCE),
    ...before,
    element(0x00100010, 'PN', name),
    element(0x00100020, 'LO', id),
    element(0x00100030, 'DA', '19620317'),
    element(0x0020000d, 'UI', study),
    ...after,
  );
}

/** Codes of the findings in pieces of 1 and 7 and whole, which have to be the same; none may hold the object. */
function codes(wish: Wish): readonly string[] {
  const bytes = object(wish);
  const context = { transferSyntaxUid: EXPLICIT, sopClassUid: '', sopInstanceUid: '', fileName: wish.fileName ?? '' };
  const seen = [1, 7, bytes.length].map((size) => look(bytes, size, context));
  assert.deepEqual(seen[0], seen[2]);
  assert.deepEqual(seen[1], seen[2]);
  return seen[2] ?? [];
}

function look(bytes: Uint8Array, size: number, context: ObjectContext): readonly string[] {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  const { verdict, findings } = inspectDataSet({ context }, pieces);
  assert.equal(verdict, 'clean');
  assert.ok(!/durand|4711|1962/i.test(JSON.stringify(findings)), 'a finding tells of the patient');
  return findings.map((finding) => `${finding.code} ${finding.path}`);
}

const note = (group: number, text: string, vr = 'LO') =>
  concatBytes(element(group * 0x10000 + 0x10, 'LO', 'ACME'), element(group * 0x10000 + 0x1001, vr, text));

test('[INSPECT-210] a patient’s name, number or birth date in a private element is told, before the patient or after', () => {
  for (const text of ['for DURAND', 'marie', 'x/PAT-4711/y', 'born 19620317.'])
    assert.deepEqual(codes({ after: [note(0x0029, text)] }), ['confidentiality.patient-in-private (0029,1001)']);
  assert.deepEqual(codes({ before: [note(0x0009, 'for Durand')] }), ['confidentiality.patient-in-private (0009,1001)']);
});
test('[INSPECT-210] it is found far inside a long value, whatever the pieces, as long as it is within bounds', () => {
  const long = (at: number) => `${'-'.repeat(at)} Durand ${'-'.repeat(3000)}`;
  for (const at of [0, 1015, 1020, 5000, 200_000])
    assert.equal(codes({ after: [note(0x0029, long(at), 'UT')] }).length, 1, `${at}`);
  assert.deepEqual(codes({ after: [note(0x0029, long(300_000), 'UT')] }), []);
});
test('[INSPECT-211] parts of words, words met by chance and words of no patient are nothing', () => {
  for (const text of ['Durandal', 'grandDurand', 'xPAT-47110'])
    assert.deepEqual(
      codes({ after: [note(0x0029, text), note(0x002b, `${'-'.repeat(1010)}${text}${'-'.repeat(99)}`, 'UT')] }),
      [],
    );
  assert.deepEqual(codes({ name: 'Li^Jo', id: '123', after: [note(0x0029, 'Li Jo 123')] }), []);
  assert.deepEqual(codes({ name: 'TEST^PHANTOM', id: '00000', after: [note(0x0029, 'TEST PHANTOM 00000')] }), []);
  const floats = new Uint8Array(Buffer.from('Durand  ', 'latin1'));
  assert.deepEqual(codes({ after: [element(0x00291001, 'FD', floats)] }), []);
});
test('[INSPECT-212] it is told in a description and in a file’s name', () => {
  const description = element(0x00081030, 'LO', 'IRM Mme Durand');
  assert.deepEqual(codes({ before: [description] }), ['confidentiality.patient-in-description (0008,1030)']);
  assert.deepEqual(codes({ fileName: 'durand_marie.dcm' }), ['confidentiality.patient-in-file-name ']);
  assert.deepEqual(codes({ fileName: 'IM000001.dcm' }), []);
});
test('[INSPECT-213] a UID made of the patient’s number or birth date is told', () => {
  assert.deepEqual(codes({ study: '1.2.19620317.4' }), ['confidentiality.patient-in-uid (0020,000D)']);
  assert.deepEqual(codes({ id: '8851234', study: '1.2.8851234' }), ['confidentiality.patient-in-uid (0020,000D)']);
  assert.deepEqual(codes({ id: '8851234', study: '1.2.88512345' }), []);
});
test('[INSPECT-214] pixels that are declared to show the patient, or of a sort that often does, are told', () => {
  const image = (sopClass: string, modality: string, annotation: string) => {
    const says = annotation === '' ? [] : [element(0x00280301, 'CS', annotation)];
    const bytes = concatBytes(
      element(0x00080016, 'UI', sopClass),
      element(0x00080060, 'CS', modality),
      imageModule(),
      ...says,
      pixelData(32),
    );
    return look(bytes, bytes.length, { transferSyntaxUid: EXPLICIT, sopClassUid: sopClass, sopInstanceUid: '' });
  };
  assert.deepEqual(image(CT_CLASS, 'CT', 'YES'), ['confidentiality.burned-in-declared (0028,0301)']);
  assert.deepEqual(image(CT_CLASS, 'US', ''), ['confidentiality.burned-in-suspected (0028,0301)']);
  assert.deepEqual(image(CAPTURE, 'CT', ''), ['confidentiality.burned-in-suspected (0028,0301)']);
  for (const [modality, annotation] of [
    ['US', 'NO'],
    ['CT', ''],
    ['CT', 'NO'],
  ] as const)
    assert.deepEqual(image(CT_CLASS, modality, annotation), []);
});
test('[INSPECT-215] all of it is information: nothing is held for it', () => {
  for (const kind of Object.values(CONFIDENTIALITY_KINDS)) assert.equal(kind.severity, 'information');
});
