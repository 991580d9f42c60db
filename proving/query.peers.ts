import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@leadglass/kit';
import { openAssociation } from '@leadglass/wire';
import { Gateway } from './gateway.ts';
import type { MadeObject } from './objects.ts';
import { type Orthanc, requirePeer, startOrthanc } from './peers.ts';
import { findscu, objectOf, startQrscp, told } from './querying.ts';
import { storeOne } from './sending.ts';

const SC = '1.2.840.10008.5.1.4.1.1.7';
const CT = '1.2.840.10008.5.1.4.1.1.2';

const IMAGES = ['QueryRetrieveLevel=IMAGE', 'SOPInstanceUID'];

type Scp = { readonly port: number; readonly aet: string };

async function store(scp: Scp, objects: readonly MadeObject[]): Promise<void> {
  const association = await openAssociation({
    ...{ host: '127.0.0.1', port: scp.port, called: scp.aet, calling: 'PROVER', maximumLength: 16_384 },
    contexts: [SC, CT].map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: ['1.2.840.10008.1.2.1'] })),
    timeouts: { connectMs: 5_000, associateMs: 15_000, responseMs: 60_000, writeStallMs: 30_000, releaseMs: 5_000 },
    clock: systemClock,
  });
  for (const object of objects) assert.equal(await storeOne(association, object), 0);
  await association.release();
}

/** Six patients, eight studies, some series: ASCII alone, since not every archive knows another. */
function exams(): MadeObject[] {
  const studies = Array.from({ length: 8 }, (_, study) => study);
  return studies.flatMap((study) =>
    Array.from({ length: 1 + (study % 3) }, (_, series) =>
      [1, 2].map((instance) => exam(study, series, instance)),
    ).flat(),
  );
}

const PATIENTS = ['DUPONT^JEAN', 'DUPOND^MARIE', 'MARTIN^PAUL', 'MARTINEZ^ANA', 'LE GOFF^ANNE', 'SMITH^JOHN^^DR'];

function exam(study: number, series: number, instance: number): MadeObject {
  const isEven = study % 2 === 0;
  const first = { SeriesDescription: 'Scout', Modality: 'OT', SOPClassUID: SC };
  const others = { SeriesDescription: 'Axial', Modality: 'CT', SOPClassUID: CT };
  return objectOf({
    PatientName: PATIENTS[study % PATIENTS.length] as string,
    PatientID: `P${study % PATIENTS.length}`,
    PatientBirthDate: `19${50 + study}0101`,
    PatientSex: isEven ? 'M' : 'F',
    StudyInstanceUID: `1.2.826.1.${study}`,
    StudyDate: `202401${10 + study}`,
    StudyTime: `${10 + study}1500`,
    AccessionNumber: `ACC${study}`,
    StudyID: `S${study}`,
    StudyDescription: isEven ? 'Thorax' : 'Abdomen',
    SeriesInstanceUID: `1.2.826.1.${study}.${series}`,
    SeriesNumber: `${series + 1}`,
    SOPInstanceUID: `1.2.826.1.${study}.${series}.${instance}`,
    InstanceNumber: `${instance}`,
    ...(series === 0 ? first : others),
  });
}

type Asked = Gateway & Scp;

async function startGateway(): Promise<Asked> {
  const gateway = await Gateway.start();
  await gateway.cli('peer', 'add', 'PROVER', '--from', '127.0.0.1/32', '--allow', 'echo,store');
  await gateway.cli('peer', 'add', 'WS', '--from', '127.0.0.1/32', '--allow', 'echo,find');
  // Matching is what is compared here, and archives answer what narrows nothing.
  await gateway.cli('policy', 'limit', 'WS', '--sweeps', 'yes', '--names', 'any');
  return Object.assign(gateway, { port: gateway.dimse, aet: 'LEADGLASS' });
}

let [filled, archived, holding]: [Promise<Asked>?, Promise<Orthanc>?, Promise<Asked>?] = [];
after(async () => {
  for (const gateway of [await filled, await holding]) await gateway?.dispose();
  await (await archived)?.stop();
});

/** A gateway that holds the exams, for all who only ask. */
function filledGateway(): Promise<Asked> {
  filled ??= startGateway().then(async (gateway) => {
    await store(gateway, exams());
    return gateway;
  });
  return filled;
}

/** An Orthanc that holds the same. */
function filledOrthanc(): Promise<Orthanc> {
  archived ??= startOrthanc({ extra: { DicomAlwaysAllowFind: true } }).then(async (orthanc) => {
    await store(orthanc, exams());
    return orthanc;
  });
  return archived;
}

/** A gateway for what is held, which the exams would hide, and for what takes the longer the more there is. */
function holdingGateway(): Promise<Asked> {
  holding ??= startGateway();
  return holding;
}

interface Question {
  readonly args: readonly string[];
  readonly keys: readonly string[];
  readonly compare: readonly string[];
}
const study = (...keys: string[]): Question => ({
  args: ['-S'],
  keys: ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID', 'PatientName', 'PatientID', ...keys],
  compare: ['StudyInstanceUID', 'PatientName', 'PatientID'],
});
const QUESTIONS: readonly Question[] = [
  study(),
  study('StudyDate=20240112'),
  study('StudyDate=20240112-20240114'),
  study('StudyDate=-20240112'),
  study('StudyDate=20240115-'),
  study('StudyTime=1200-1500'),
  study('AccessionNumber=ACC3'),
  study('AccessionNumber=ACC?'),
  study('AccessionNumber=*3'),
  study('StudyDescription=Tho*'),
  { ...study(), keys: ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID', 'PatientID', 'PatientName=DUPON*'] },
  { ...study(), keys: ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID', 'PatientID', 'PatientName=*MART*'] },
  { ...study(), keys: ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID', 'PatientID', 'PatientName=DUPON?^*'] },
  { ...study(), keys: ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID', 'PatientName', 'PatientID=P1'] },
  {
    ...study(),
    keys: ['QueryRetrieveLevel=STUDY', 'PatientName', 'PatientID', 'StudyInstanceUID=1.2.826.1.1\\1.2.826.1.4'],
  },
  study('AccessionNumber=none'),
  {
    args: ['-S'],
    keys: [
      'QueryRetrieveLevel=SERIES',
      'StudyInstanceUID=1.2.826.1.2',
      'SeriesInstanceUID',
      'Modality',
      'SeriesNumber',
    ],
    compare: ['SeriesInstanceUID', 'Modality', 'SeriesNumber'],
  },
  {
    args: ['-S'],
    keys: ['QueryRetrieveLevel=SERIES', 'StudyInstanceUID=1.2.826.1.5', 'SeriesInstanceUID', 'Modality=CT'],
    compare: ['SeriesInstanceUID', 'Modality'],
  },
  {
    args: ['-S'],
    keys: [
      ...['QueryRetrieveLevel=IMAGE', 'StudyInstanceUID=1.2.826.1.2', 'SeriesInstanceUID=1.2.826.1.2.1'],
      ...['SOPInstanceUID', 'InstanceNumber'],
    ],
    compare: ['SOPInstanceUID', 'InstanceNumber'],
  },
  {
    args: ['-P'],
    keys: ['QueryRetrieveLevel=PATIENT', 'PatientID', 'PatientName=M*'],
    compare: ['PatientID', 'PatientName'],
  },
  {
    args: ['-P'],
    keys: ['QueryRetrieveLevel=STUDY', 'PatientID=P1', 'StudyInstanceUID', 'StudyDate'],
    compare: ['StudyInstanceUID', 'StudyDate'],
  },
];

test('[PROVE-116] a query gives what dcmqrscp and Orthanc give, holding the same objects', async (t) => {
  if (requirePeer(t, 'findscu') === undefined || requirePeer(t, 'dcmqrscp') === undefined) return;
  if (requirePeer(t, 'Orthanc') === undefined) return;
  const qrscp = await startQrscp(t);
  const [orthanc, gateway] = await Promise.all([filledOrthanc(), filledGateway()]);
  await store(qrscp, exams());
  for (const { args, keys, compare } of QUESTIONS) {
    const [ours, dcmtk, theirs] = await Promise.all([gateway, qrscp, orthanc].map((scp) => findscu(scp, args, keys)));
    const what = keys.join(' ');
    assert.equal(ours?.status, 0, what);
    const answers = told(ours?.answers ?? [], compare);
    assert.deepEqual(answers, told(dcmtk?.answers ?? [], compare), `dcmqrscp: ${what}`);
    assert.deepEqual(answers, told(theirs?.answers ?? [], compare), `Orthanc: ${what}`);
  }
});

test('[PROVE-117] what is computed is what Orthanc computes', async (t) => {
  if (requirePeer(t, 'findscu') === undefined || requirePeer(t, 'Orthanc') === undefined) return;
  const [orthanc, gateway] = await Promise.all([filledOrthanc(), filledGateway()]);
  const compare = [
    'StudyInstanceUID',
    'ModalitiesInStudy',
    'NumberOfStudyRelatedSeries',
    'NumberOfStudyRelatedInstances',
  ];
  for (const modalities of ['', '=CT', '=OT\\CT']) {
    const keys = [
      'QueryRetrieveLevel=STUDY',
      ...compare.filter((one) => one !== 'ModalitiesInStudy'),
      `ModalitiesInStudy${modalities}`,
    ];
    const [ours, theirs] = [await findscu(gateway, ['-S'], keys), await findscu(orthanc, ['-S'], keys)];
    assert(ours.answers.length > 0);
    assert.deepEqual(told(ours.answers, compare), told(theirs.answers, compare), modalities);
  }
});

test('[PROVE-118] names are found without accents and case, and written so that they can be read', async (t) => {
  if (requirePeer(t, 'findscu') === undefined) return;
  const gateway = await filledGateway();
  const named = (uid: number, PatientName: string) =>
    objectOf({
      ...{ PatientName, PatientID: `N${uid}`, StudyInstanceUID: `1.3.${uid}`, SeriesInstanceUID: `1.3.${uid}.1` },
      ...{ SOPInstanceUID: `1.3.${uid}.1.1`, Modality: 'OT', StudyDate: '20240101' },
    });
  await store(gateway, [named(1, 'Lefèvre^Hélène'), named(2, 'Yamada^Tarou=山田^太郎=やまだ^たろう')]);
  const ask = (...keys: string[]) =>
    findscu(gateway, ['-S'], ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID', ...keys]);
  const latin = await ask('SpecificCharacterSet=ISO_IR 100', 'PatientName=LEFEVRE*');
  assert.deepEqual(told(latin.answers, ['PatientName', 'SpecificCharacterSet']), ['Lefèvre^Hélène|ISO_IR 100']);
  const plain = await ask('PatientName=lefevre^helene');
  assert.deepEqual(told(plain.answers, ['PatientName', 'SpecificCharacterSet']), ['Lefèvre^Hélène|ISO_IR 192']);
  const kanji = await ask('SpecificCharacterSet=ISO_IR 192', 'PatientName=山田*');
  assert.deepEqual(told(kanji.answers, ['StudyInstanceUID']), ['1.3.2']);
});

test('[PROVE-119] what is refused says why, and nowhere is a value told or kept in the clear', async (t) => {
  if (requirePeer(t, 'findscu') === undefined) return;
  const gateway = await filledGateway();
  const level = ['QueryRetrieveLevel=SERIES', 'SeriesInstanceUID', 'PatientName=HIDDEN^NAME'];
  const refused = await findscu(gateway, ['-S'], level);
  assert.equal(refused.status, 0xa900);
  assert.match(refused.output, /StudyInstanceUID missing/);
  const stranger = await findscu(gateway, ['-S'], ['QueryRetrieveLevel=STUDY', 'PatientName=HIDDEN^NAME'], 'PROVER');
  assert.equal(stranger.answers.length, 0);
  await findscu(gateway, ['-S'], ['QueryRetrieveLevel=STUDY', 'PatientName=HIDDEN^NAME*']);
  const log = await gateway.cli('log', '--json');
  assert.match(log, /"PatientName wildcard"/);
  assert.doesNotMatch(log, /HIDDEN/);
  assert.doesNotMatch(gateway.stderr + gateway.stdout, /HIDDEN|DUPONT/);
  const database = readFileSync(join(gateway.home, 'records/leadglass.db'));
  assert(!database.includes('DUPONT') && !database.includes('ACC0'));
});

test('[PROVE-122] what is held is not found, its disarmed copy is, and the original once it is released', async (t) => {
  if (requirePeer(t, 'findscu') === undefined) return;
  const gateway = await holdingGateway();
  const [sound, doubted] = [exam(0, 0, 1), exam(1, 0, 1)];
  // Foreign bytes behind the end: held, and a copy without them is made.
  const doubtful = { ...doubted, dataSet: Buffer.concat([doubted.dataSet, Buffer.alloc(64, 'inert')]) };
  await store(gateway, [sound, doubtful]);
  await gateway.until(({ custody }) => custody.objects === 3);
  const images = () =>
    findscu(gateway, ['-S'], [...IMAGES, 'StudyInstanceUID=1.2.826.1.1', 'SeriesInstanceUID=1.2.826.1.1.0']);
  assert.deepEqual(told((await images()).answers, ['SOPInstanceUID']), ['1.2.826.1.1.0.1']);
  const { holds } = JSON.parse(await gateway.cli('hold', 'list', '--json'));
  await gateway.cli('hold', 'destroy', holds[0].sha256, '--reason', 'test', '--yes');
  assert.deepEqual(told((await images()).answers, ['SOPInstanceUID']), ['1.2.826.1.1.0.1']);
});

test('[PROVE-122] an image that nothing can disarm is not found while it is held, nor once it is destroyed', async (t) => {
  if (requirePeer(t, 'findscu') === undefined) return;
  const gateway = await holdingGateway();
  await gateway.cli(
    'peer',
    'add',
    'PROVER',
    '--from',
    '127.0.0.1/32',
    '--allow',
    'echo,store',
    '--strictness',
    'strict',
  );
  const doubted = exam(2, 0, 1);
  await store(gateway, [{ ...doubted, dataSet: Buffer.concat([doubted.dataSet, Buffer.alloc(64, 'inert')]) }]);
  const all = () => findscu(gateway, ['-S'], ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID', 'PatientID=P2']);
  assert.deepEqual((await all()).answers, []);
  const { holds } = JSON.parse(await gateway.cli('hold', 'list', '--json'));
  await gateway.cli('hold', 'release', holds[0].sha256, '--reason', 'test');
  assert.deepEqual(told((await all()).answers, ['StudyInstanceUID']), ['1.2.826.1.2']);
});

test('[PROVE-120] the index is made anew from the vault, after a kill and with another key too', async (t) => {
  if (requirePeer(t, 'findscu') === undefined) return;
  // Few objects, and among them what was held, destroyed and released.
  const gateway = await holdingGateway();
  await store(gateway, [exam(3, 0, 1), exam(4, 0, 1), exam(4, 0, 2)]);
  const all = () =>
    findscu(gateway, ['-S'], ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID', 'PatientName', 'AccessionNumber']);
  const compare = ['StudyInstanceUID', 'PatientName', 'AccessionNumber'];
  const before = told((await all()).answers, compare);
  assert(before.length >= 2);
  const made = async (): Promise<void> => {
    for (let times = 0; times < 60; times += 1) {
      const { rebuild, waiting } = JSON.parse(await gateway.cli('index', 'status', '--json'));
      if (!rebuild.isRunning && waiting === 0) return;
      await delay(500);
    }
    assert.fail('the index is not made');
  };
  await gateway.cli('index', 'rebuild');
  await gateway.kill('SIGKILL');
  await gateway.restart();
  await made();
  assert.deepEqual(told((await all()).answers, compare), before);
  await gateway.kill('SIGKILL');
  rmSync(join(gateway.home, 'keys/index.key'));
  await gateway.restart();
  await made();
  assert.deepEqual(told((await all()).answers, compare), before);
});
