import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Gateway } from './gateway.ts';
import { type MadeObject, type MadePatient, makeObject } from './objects.ts';
import { freePort, type Orthanc, type Peer, requirePeer, startOrthanc, startProgram, which } from './peers.ts';
import { dumped, find, run } from './relaying.ts';
import { callGateway, storeOne } from './sending.ts';

const TOOLS = ['Orthanc', 'wlmscpfs', 'dump2dcm', 'dcmdump'] as const;
const REGISTRATION = {
  ...{ familyName: 'Lefèvre', givenName: 'Zoé', birthDate: '19840229', sex: 'F' },
  ...{ procedure: 'Scanner cérébral', modality: 'CT', station: 'FINDER', priority: 'STAT' },
};
const REAL = { id: 'R-991', accession: 'A-77', name: 'LEFEVRE^ZOE' };

interface Registered {
  readonly registration: { readonly number: string; readonly accession: string; readonly studyInstanceUid: string };
}
interface Temporary {
  readonly number: string;
  readonly state: string;
  readonly objects: number;
  readonly waiting: number;
  readonly impossible: number;
}
interface Shown {
  readonly temporary: Temporary;
  readonly candidates: readonly {
    readonly id: string;
    readonly source: string;
    readonly grade: string;
    readonly identity: { readonly patientId: string };
  }[];
}
interface Report {
  readonly totals: { readonly exams: number; readonly ends: Record<string, number>; readonly twice: number };
  readonly exams: readonly {
    readonly number: string;
    readonly end: string;
    readonly identity: string;
    readonly objects: number;
    readonly deliveries: readonly {
      readonly destination: string;
      readonly as: string;
      readonly delivered: number;
      readonly ledgerIndex?: number;
    }[];
  }[];
}
/** What Orthanc says of an object. */
type Tags = Readonly<Record<string, string | readonly Record<string, unknown>[]>>;

let folder = '';
let gateway: Gateway;
let orthanc: Orthanc | undefined;
let orthancPort = 0;
let ris: Peer | undefined;
let risPort = 0;

before(async () => {
  if (TOOLS.some((tool) => which(tool) === undefined)) return;
  folder = mkdtempSync(join(tmpdir(), 'leadglass-reconcile-'));
  [orthancPort, risPort] = [await freePort(), await freePort()];
  gateway = await Gateway.start();
  const config = {
    peers: [{ aeTitle: 'PROVER', from: '127.0.0.1/32', allow: ['echo', 'store', 'worklist', 'find'] }],
    destinations: [
      { name: 'pacs', host: '127.0.0.1', port: orthancPort, called: 'ORTHANC' },
      { name: 'ris', host: '127.0.0.1', port: risPort, called: 'OFFIS' },
    ],
    routes: [{ from: '*', to: 'pacs' }],
    relays: [{ from: '*', services: ['worklist'], to: 'ris' }],
  };
  const file = join(folder, 'config.yaml');
  writeFileSync(file, JSON.stringify(config));
  await gateway.cli('config', 'apply', file);
});

after(async () => {
  await Promise.all([gateway?.dispose(), orthanc?.stop(), ris?.stop()]);
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

function peersAreThere(t: TestContext): boolean {
  return TOOLS.every((tool) => requirePeer(t, tool) !== undefined);
}

async function json<T>(...words: string[]): Promise<T> {
  return JSON.parse(await gateway.cli(...words, '--json')) as T;
}

async function register(over: Record<string, string> = {}): Promise<Registered['registration']> {
  const file = join(folder, 'registration.json');
  writeFileSync(file, JSON.stringify({ ...REGISTRATION, ...over }));
  return (await json<Registered>('registration', 'add', file)).registration;
}

async function send(objects: readonly MadeObject[]): Promise<void> {
  const association = await callGateway(gateway.dimse, 'PROVER');
  for (const object of objects) assert.equal(await storeOne(association, object), 0);
  await association.release();
}

function imagesOf({ number, accession, studyInstanceUid }: Registered['registration'], count: number): MadeObject[] {
  const patient: MadePatient = { id: number, name: 'LEFEVRE^ZOE', birthDate: '19840229', sex: 'F', accession };
  return Array.from({ length: count }, () => makeObject('mr', studyInstanceUid, patient));
}

async function temporary(number: string): Promise<Temporary> {
  return (await json<Shown>('reconcile', 'show', number)).temporary;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 120_000;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`not reached: ${what}\n${gateway.stderr.slice(-3000)}`);
    await delay(200);
  }
}

/** Everything Orthanc holds, by SOP Instance UID. */
async function held(): Promise<ReadonlyMap<string, { readonly id: string; readonly tags: Tags }>> {
  const ids = (await orthanc?.get('/instances')) as readonly string[];
  const all = await Promise.all(
    ids.map(async (id) => ({ id, tags: (await orthanc?.get(`/instances/${id}/simplified-tags`)) as Tags })),
  );
  return new Map(all.map((one) => [String(one.tags.SOPInstanceUID), one]));
}

async function startPacs(): Promise<void> {
  // Keeps what it has: what comes again is refused as a duplicate and would be seen.
  orthanc = await startOrthanc({ port: orthancPort, extra: { OverwriteInstances: false } });
}

async function startRis(): Promise<void> {
  const place = join(folder, 'wlistdb', 'OFFIS');
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'lockfile'), '');
  const today = new Date();
  const day = `${today.getFullYear()}${`${today.getMonth() + 1}`.padStart(2, '0')}${`${today.getDate()}`.padStart(2, '0')}`;
  for (const [at, one] of [REAL, { id: 'R-100', accession: 'A-78', name: 'MARTIN^PAUL' }].entries())
    cpSync(await dumped(folder, `step-${at}`, entry(one, day)), join(place, `step-${at}.wl`));
  ris = await startProgram('wlmscpfs', ['-s', '-dfp', join(folder, 'wlistdb'), String(risPort)], risPort, 'OFFIS');
}

function entry({ id, accession, name }: typeof REAL, day: string): readonly string[] {
  return [
    ...[`(0008,0050) SH [${accession}]`, `(0010,0010) PN [${name}]`, `(0010,0020) LO [${id}]`],
    ...['(0010,0030) DA [19840229]', '(0010,0040) CS [F]', `(0020,000d) UI [1.2.826.0.1.3680043.9.9999.77]`],
    ...['(0032,1060) LO [Exam]', '(0040,0100) SQ (Sequence with undefined length #=1)'],
    ...['(fffe,e000) na (Item with undefined length #=6)', '(0008,0060) CS [MR]', '(0040,0001) AE [FINDER]'],
    ...[`(0040,0002) DA [${day}]`, '(0040,0003) TM [101500]', '(0040,0007) LO [Exam]', `(0040,0009) SH [${id}]`],
    ...['(fffe,e00d) na (ItemDelimitationItem)', '(fffe,e0dd) na (SequenceDelimitationItem)'],
    `(0040,1001) SH [${id}]`,
  ];
}

async function filed(id: string): Promise<Uint8Array> {
  return (await orthanc?.getBytes(`/instances/${id}/file`)) ?? new Uint8Array(0);
}

test('[PROVE-360] images under a temporary identity wait, are coerced once it is accepted, and reach the PACS once, whatever is killed', async (t) => {
  if (!peersAreThere(t)) return;
  const registration = await register();
  const cancelled = await register({ familyName: 'Personne' });
  await gateway.cli('registration', 'cancel', cancelled.number, '--reason', 'left');
  const images = imagesOf(registration, 4);
  const other = makeObject('mr');
  await send([...images, other]);

  await startPacs();
  await until('the known patient is delivered', async () => (await gateway.status()).deliveries.delivered === 1);
  assert.deepEqual([...(await held()).keys()], [other.sopInstanceUid], 'nothing under the temporary identity');
  assert.equal((await gateway.status()).deliveries.pending, 0);
  assert.deepEqual(
    [(await temporary(registration.number)).state, (await temporary(registration.number)).waiting],
    ['open', 4],
  );

  await startRis();
  let shown = await json<Shown>('reconcile', 'show', registration.number);
  await until('the information system has told its schedule', async () => {
    await gateway.cli('worklist', 'refresh');
    shown = await json<Shown>('reconcile', 'show', registration.number);
    return shown.candidates.length > 0;
  });
  const [best] = shown.candidates;
  assert.deepEqual([best?.identity.patientId, best?.source, best?.grade], [REAL.id, 'worklist ris', 'sure']);
  await gateway.cli('reconcile', 'accept', registration.number, best?.id ?? '');
  for (const afterMs of [5, 120, 400, 900]) {
    await delay(afterMs);
    await gateway.kill('SIGKILL');
    await gateway.restart();
  }
  await until('all is delivered', async () => (await gateway.status()).deliveries.delivered >= 5);
  await until('nothing is owed', async () => (await temporary(registration.number)).waiting === 0);
  await proveHeld(images, registration.number, 5);

  const late = imagesOf(registration, 1);
  await send(late);
  await until('what comes late follows', async () => (await held()).size === 6);
  await proveHeld(late, registration.number, 6);
  await until('its answer is recorded', async () => (await gateway.status()).deliveries.pending === 0);

  const place = { port: gateway.dimse, called: 'LEADGLASS' };
  const studiesOf = async (id: string): Promise<number> => {
    const keys = ['QueryRetrieveLevel=STUDY', `PatientID=${id}`, 'StudyInstanceUID'];
    return (await find(place, '-S', keys, [], 'PROVER')).answers.length;
  };
  assert.deepEqual([await studiesOf(REAL.id), await studiesOf(registration.number)], [1, 0], 'our own archive as well');

  const report = await json<Report>('reconcile', 'report');
  const { exams, ends, twice } = report.totals;
  assert.deepEqual([exams, ends.delivered, ends.cancelled, twice], [2, 1, 1, 0]);
  assert.equal(
    Object.values(ends).reduce((sum, count) => sum + count, 0),
    exams,
  );
  const exam = report.exams.find(({ number }) => number === registration.number);
  assert.equal(exam?.objects, 5);
  assert.deepEqual(
    exam?.deliveries.map(({ destination, delivered, as }) => [destination, delivered, as]),
    [['pacs', 5, exam?.identity]],
  );
  assert.equal(typeof exam?.deliveries[0]?.ledgerIndex, 'number');
  assert.ok(!JSON.stringify(report).includes(REAL.id), 'no patient data in the report');
});

/** Orthanc holds `count` objects, and each of `images` as the accepted patient, its pixels as they were sent. */
async function proveHeld(images: readonly MadeObject[], number: string, count: number): Promise<void> {
  const there = await held();
  assert.equal(there.size, count);
  for (const { sopInstanceUid, dataSet } of images) {
    const one = there.get(sopInstanceUid);
    assert.ok(one !== undefined, 'the same SOP Instance UID');
    const { PatientID, PatientName, AccessionNumber, PatientBirthDate } = one.tags;
    assert.deepEqual(
      [PatientID, PatientName, AccessionNumber, PatientBirthDate],
      [REAL.id, REAL.name, REAL.accession, '19840229'],
    );
    const file = await filed(one.id);
    const pixels = 256 * 256 * 2;
    assert.deepEqual(Buffer.from(file.subarray(-pixels)), dataSet.subarray(-pixels), 'pixels bit for bit');
    const path = join(folder, 'one.dcm');
    writeFileSync(path, file);
    const { said } = await run('dcmdump', ['+L', path]);
    const originals = said.slice(said.indexOf('OriginalAttributesSequence'));
    assert.match(said, /OriginalAttributesSequence/);
    for (const words of [number, 'COERCE', 'PROVER']) assert.ok(originals.includes(words), words);
  }
}

test('[PROVE-361] an identity that is taken back before it is delivered reaches nobody; what is accepted then does, once', async (t) => {
  if (!peersAreThere(t)) return;
  await orthanc?.stop();
  const registration = await register({ familyName: 'Nguyen' });
  const before = await gateway.status();
  const images = imagesOf(registration, 2);
  await send(images);
  const wrong = join(folder, 'wrong.json');
  const right = join(folder, 'right.json');
  const details = { familyName: 'NGUYEN', givenName: 'ZOE', birthDate: '19840229', sex: 'F' };
  writeFileSync(wrong, JSON.stringify({ ...details, patientId: 'WRONG-1', familyName: 'DURAND' }));
  writeFileSync(
    right,
    JSON.stringify({ ...details, patientId: REAL.id, familyName: 'LEFEVRE', accession: REAL.accession }),
  );
  // Doubt takes two, and one account is one person.
  await gateway.cli('reconcile', 'accept', registration.number, '--new', wrong);
  assert.equal((await temporary(registration.number)).state, 'asked');
  await assert.rejects(gateway.cli('reconcile', 'accept', registration.number, '--new', wrong));
  await gateway.cli('reconcile', 'set', '--wait-days', '14', '--second-look', 'never');
  await gateway.cli('reconcile', 'undo', registration.number, '--reason', 'mistaken');
  await gateway.cli('reconcile', 'accept', registration.number, '--new', wrong);
  await until('the copies are made', async () => (await temporary(registration.number)).waiting === 0);
  await gateway.cli('reconcile', 'undo', registration.number, '--reason', 'mistaken');
  assert.equal((await temporary(registration.number)).waiting, 2);
  assert.equal((await gateway.status()).holds, before.holds + 2, 'the copies are kept aside');
  await gateway.cli('reconcile', 'accept', registration.number, '--new', right);
  await until('the copies are made anew', async () => (await temporary(registration.number)).waiting === 0);
  await startPacs();
  await until('they are delivered', async () => (await held()).size === 2);
  await proveHeld(images, registration.number, 2);
  await delay(500);
  assert.equal((await held()).size, 2);
  await until(
    'answers are recorded',
    async () => (await gateway.status()).deliveries.delivered >= before.deliveries.delivered + 2,
  );
  await assert.rejects(gateway.cli('reconcile', 'undo', registration.number, '--reason', 'too late'));
  assert.equal((await json<Report>('reconcile', 'report')).totals.twice, 0);
});

test('[PROVE-362] what a person releases goes out as it came', async (t) => {
  if (!peersAreThere(t)) return;
  const registration = await register({ familyName: 'Petit' });
  const [image] = imagesOf(registration, 1);
  await send(image === undefined ? [] : [image]);
  const count = (await held()).size;
  await gateway.cli('reconcile', 'release', registration.number, '--reason', 'read in the PACS');
  await until('it goes', async () => (await held()).size === count + 1);
  const one = (await held()).get(image?.sopInstanceUid ?? '');
  assert.equal(one?.tags.PatientID, registration.number);
  assert.equal(one?.tags.OriginalAttributesSequence, undefined);
});
