import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MEDIA_STORAGE_DIRECTORY } from '@leadglass/dicom';
import { UNREADABLE } from '@leadglass/model';
import { CliFailure } from '../exits.ts';
import { Output } from '../output.ts';
import type { Outcome } from '../scan/pool.ts';
import { type Choice, chosenPatients, confirm, objectsOf, refuseSharedAccession } from './choice.ts';
import { compare, isMismatch } from './compare.ts';
import { identityOf } from './identity.ts';
import { file, finding, object } from './import.testkit.ts';
import { fateOf, importFlow, modesOf } from './judge.ts';
import { type Medium, MediumGatherer, patientsOf } from './medium.ts';

const CHOICE: Choice = {
  identity: undefined,
  isAsIs: false,
  studies: [],
  patient: undefined,
  ...{ isDryRun: false, isConfirmed: false, isMismatchAccepted: false },
};
const ASKED = identityOf({ patientId: 'L-42', patientName: 'DUPRÉ^Léa', birthDate: '19800102', sex: 'F' });
const PALETTE = '1.2.840.10008.5.1.4.39.1';

function gathered(...outcomes: readonly Outcome[]): Medium {
  const gatherer = new MediumGatherer();
  for (const outcome of outcomes) gatherer.take(outcome);
  return gatherer.medium();
}

function person(...answers: readonly string[]) {
  const left = [...answers];
  const output = new Output('en', false, { write: () => {} }, { write: () => {} }, {});
  return { output, ask: async () => left.shift() };
}

const failsWith = (code: string) => (thrown: unknown) => thrown instanceof CliFailure && thrown.code === code;

test('[CLI-83] a medium is known by its files, wherever it is mounted and whatever they are called there', () => {
  const [a, b] = ['11'.repeat(32), '22'.repeat(32)];
  const one = gathered(file('/cd/A', [object()], a), file('/cd/B', [], b)).fingerprint;
  assert.equal(gathered(file('/mnt/x/b', [], b), file('/mnt/x/a', [object()], a)).fingerprint, one);
  assert.notEqual(gathered(file('/cd/A', [object()], a)).fingerprint, one);
  assert.notEqual(gathered(file('/cd/A', [object()], a), file('/cd/B', [], a)).fingerprint, one);
});

test('[CLI-84] what the DICOMDIR names and is missing, and what is there and not named, whatever became of the names', () => {
  const references = ['IMAGES/IM0001', 'IMAGES/IM0002', 'IMAGES/GONE', '../../etc/passwd'];
  const directory = object({ sopClassUid: MEDIA_STORAGE_DIRECTORY, references });
  const { directories, objects } = gathered(
    file('/cd/DICOMDIR', [directory]),
    file('/cd/images/im0001;1', [object()]),
    file('/cd/IMAGES/IM0002.', [object()]),
    file('/cd/EXTRA', [object()]),
  );
  assert.equal(objects.length, 3);
  assert.deepEqual(directories, [{ path: '/cd/DICOMDIR', missing: ['IMAGES/GONE', '../../etc/passwd'], unlisted: 1 }]);
});

test('[CLI-85] objects are counted in their file as the copying counts them: directories too, other files not', () => {
  const inside = (path: string, about = {}) => ({ ...object(about), path });
  const { objects, others } = gathered(
    file('a.zip', [
      inside('!/DICOMDIR', { sopClassUid: MEDIA_STORAGE_DIRECTORY }),
      { ...object(), path: '!/VIEWER.EXE', nature: 'executable' },
      inside('!/IM1'),
      { ...object({}, [finding('suspicious', 'archive.encrypted')]), path: '!/closed', nature: 'unknown' },
      inside('!/IM2'),
    ]),
  );
  assert.deepEqual(
    objects.map(({ at, looked }) => `${at} ${looked.path}`),
    ['1 a.zip!/IM1', '2 a.zip!/IM2'],
  );
  assert.deepEqual(
    others.map(({ path, isInDoubt }) => `${path} ${isInDoubt}`),
    ['a.zip!/VIEWER.EXE false', 'a.zip!/closed true'],
  );
});

test('[CLI-86] two patients never become one: somebody chooses, and what is nobody’s goes with either', async () => {
  const { objects } = gathered(
    file('1', [object()]),
    file('2', [object({ patientName: 'DUPRE^L' })]),
    file('3', [object({ patientId: 'EXT-99', patientName: 'MARTIN' })]),
    file('4', [object({ sopClassUid: PALETTE, patientId: '', patientName: '', birthDate: '' })]),
    file('5', [object({ patientId: '', patientName: '', birthDate: '' }, [finding('malformed', UNREADABLE)])]),
  );
  const patients = patientsOf(objects);
  assert.deepEqual(
    patients.map((one) => one.objects.length),
    [2, 1],
  );
  await assert.rejects(chosenPatients(patients, CHOICE, person()), failsWith('import.several-patients'));
  await assert.rejects(
    chosenPatients(patients, { ...CHOICE, patient: '3' }, person()),
    failsWith('import.several-patients'),
  );
  await assert.rejects(
    chosenPatients(patients, { ...CHOICE, patient: 'all' }, person()),
    failsWith('import.several-patients'),
  );
  assert.equal((await chosenPatients(patients, { ...CHOICE, patient: 'all', isAsIs: true }, person())).length, 2);
  const chosen = await chosenPatients(patients, CHOICE, person('2'));
  assert.deepEqual(
    objectsOf(objects, chosen).map(({ entry }) => entry.path),
    ['3', '4', '5'],
  );
});

test('[CLI-87] names agree without accents, case and titles; another birth date or sex is confirmed by itself', async () => {
  const of = (about: object) => compare(gathered(file('1', [object(about)])).objects, ASKED);
  const agreed = of({ patientName: 'Dupre^lea^^Mme=XX' });
  assert.deepEqual(
    [agreed.patientName, agreed.birthDate, agreed.sex, isMismatch(agreed)],
    ['same', 'same', 'same', false],
  );
  assert.deepEqual(
    [of({ patientName: 'DUPRE^LEO' }).patientName, of({ birthDate: '' }).birthDate],
    ['different', 'unknown'],
  );
  assert.equal(isMismatch(of({ birthDate: '19800201' })) && isMismatch(of({ sex: 'M' })), true);
  assert.deepEqual([of({}).withoutAccents, of({ charset: '' }).withoutAccents], [0, 1]);
  const other = of({ sex: 'M' });
  await assert.rejects(confirm({ ...CHOICE, isConfirmed: true }, ASKED, other, person()), failsWith('import.mismatch'));
  await assert.rejects(confirm(CHOICE, ASKED, other, person('yes', 'yes')), failsWith('import.mismatch'));
  await confirm(CHOICE, ASKED, other, person('L-42', 'yes'));
  await confirm({ ...CHOICE, isConfirmed: true, isMismatchAccepted: true }, ASKED, other, person());
  await assert.rejects(confirm(CHOICE, ASKED, agreed, person('no')), failsWith('import.not-confirmed'));
  await assert.rejects(confirm(CHOICE, ASKED, agreed, person()), failsWith('import.not-confirmed'));
});

test('[CLI-87] an accession number is given to one study alone', () => {
  const identity = identityOf({ ...ASKED.reveal(), accessionNumber: 'A1' });
  const { objects } = gathered(file('1', [object()]), file('2', [object({ studyInstanceUid: '1.9' })]));
  assert.throws(() => refuseSharedAccession(identity, objects), failsWith('import.shared-accession'));
  refuseSharedAccession(identity, objects.slice(0, 1));
  refuseSharedAccession(ASKED, objects);
});

test('[CLI-88] what is done with an object is decided by the table of everything that arrives, as the site judges imports', () => {
  const fates = (flow: ReturnType<typeof importFlow>) =>
    (['suspicious', 'malformed', 'malicious'] as const).map((severity) => {
      const [one] = gathered(file('1', [object({}, [finding(severity)])])).objects;
      return one === undefined ? '' : fateOf(one, flow);
    });
  const chosen = (strictness: 'strict' | 'permissive') => importFlow([], [{ from: '*', to: 'pacs', strictness }]);
  assert.deepEqual(fates(importFlow([], [])), ['disarm', 'keep', 'keep']);
  assert.deepEqual(fates(chosen('strict')), ['keep', 'keep', 'keep']);
  assert.deepEqual(fates(chosen('permissive')), ['copy', 'disarm', 'keep']);
  const [unreadable] = gathered(file('1', [object({}, [finding('malicious', UNREADABLE)])])).objects;
  assert.equal(unreadable && fateOf(unreadable, importFlow([], [])), 'refuse');
  assert.deepEqual(
    [
      modesOf('copy', true),
      modesOf('copy', false),
      modesOf('disarm', false),
      modesOf('keep', true),
      modesOf('refuse', true),
    ],
    [['copy'], ['as-is'], ['original', 'copy'], ['original'], []],
  );
});
