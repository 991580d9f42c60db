import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Gateway } from './gateway.ts';
import type { Received } from './hl7-receiver.ts';
import { makeObject } from './objects.ts';
import { events, storescu } from './outage.ts';
import { freePort, type Orthanc, type Peer, requirePeer, startOrthanc, startProgram, which } from './peers.ts';

const TOOLS = ['Orthanc', 'wlmscpfs', 'storescu', 'openssl'] as const;
const RECEIVER = fileURLToPath(new URL('./hl7-receiver.ts', import.meta.url));
const ASKED = {
  ...{ familyName: 'LEFÈVRE', givenName: 'Zoé', birthDate: '19840229', sex: 'F', localId: 'L-4711' },
  ...{ procedure: 'Scanner cérébral', modality: 'CT', station: 'FINDER', priority: 'STAT' },
};

interface Registration {
  readonly number: string;
  readonly accession: string;
  readonly studyInstanceUid: string;
}
interface Message {
  readonly no: number;
  readonly message: string;
  readonly controlId: string;
  readonly number: string;
  readonly state: string;
  readonly code: string;
  readonly attempts: number;
}
interface State {
  readonly isDown: boolean;
  readonly waiting: number;
  readonly delivered: number;
  readonly needsPerson: number;
}

let folder = '';
let gateway: Gateway;
let orthanc: Orthanc | undefined;
let worklist: Peer | undefined;
let receiver: Peer | undefined;
let [orthancPort, risPort, hl7Port] = [0, 0, 0];
let heard = '';

before(async () => {
  if (TOOLS.some((tool) => which(tool) === undefined)) return;
  folder = mkdtempSync(join(tmpdir(), 'leadglass-hl7-'));
  heard = join(folder, 'heard.jsonl');
  [orthancPort, risPort, hl7Port] = [await freePort(), await freePort(), await freePort()];
  gateway = await Gateway.start();
  const config = {
    peers: [{ aeTitle: 'PROVER', from: '127.0.0.1/32', allow: ['echo', 'store', 'worklist'] }],
    destinations: [
      { name: 'pacs', host: '127.0.0.1', port: orthancPort, called: 'ORTHANC' },
      { name: 'ris', host: '127.0.0.1', port: risPort, called: 'OFFIS', downAfterSeconds: 1 },
    ],
    routes: [{ from: '*', to: 'pacs' }],
    relays: [{ from: '*', services: ['worklist'], to: 'ris' }],
    hl7Destinations: [
      {
        ...{ name: 'ris-hl7', host: '127.0.0.1', port: hl7Port, system: 'ris', giveBackPerMinute: 240 },
        ...{ receivingApplication: 'RIS', receivingFacility: 'RADIO', patientAuthority: 'CHU' },
      },
    ],
  };
  const file = join(folder, 'config.yaml');
  writeFileSync(file, JSON.stringify(config));
  await gateway.cli('config', 'apply', file);
  await gateway.cli('reconcile', 'set', '--wait-days', '14', '--second-look', 'never');
});

after(async () => {
  await Promise.all([gateway?.dispose(), orthanc?.stop(), worklist?.stop(), receiver?.stop()]);
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

function peersAreThere(t: TestContext): boolean {
  return TOOLS.every((tool) => requirePeer(t, tool) !== undefined);
}

async function json<T>(...words: string[]): Promise<T> {
  return JSON.parse(await gateway.cli(...words, '--json')) as T;
}

async function register(over: Record<string, string> = {}): Promise<Registration> {
  const file = join(folder, 'registration.json');
  writeFileSync(file, JSON.stringify({ ...ASKED, ...over }));
  return (await json<{ registration: Registration }>('registration', 'add', file)).registration;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 120_000;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`not reached: ${what}\n${gateway.stderr.slice(-3000)}`);
    await delay(150);
  }
}

const state = async (): Promise<State> =>
  (await json<{ destinations: readonly State[] }>('hl7-destination', 'list')).destinations[0] as State;
const messagesOf = async (number: string): Promise<readonly Message[]> =>
  (await json<{ messages: readonly Message[] }>('hl7-destination', 'messages', '--number', number)).messages;

/** Ids of what a person is needed for; that somebody is makes the command end otherwise. */
async function needs(): Promise<readonly string[]> {
  const printed = await gateway.cli('needs', '--json').catch((thrown: { stdout?: string }) => thrown.stdout ?? '');
  return (JSON.parse(printed) as { needs: readonly { id: string }[] }).needs.map(({ id }) => id);
}

/** What the information system wrote down, in the order in which it came. */
function received(file = heard): readonly Received[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Received);
}

/** The same, each message once. What came again has to be the same message. */
function once(file = heard): readonly Received[] {
  const known = new Map<string, Received>();
  for (const one of received(file)) {
    const before = known.get(one.controlId);
    if (before !== undefined) assert.deepEqual(one, before, 'the same control id is the same message');
    else known.set(one.controlId, one);
  }
  return [...known.values()];
}

const shown = ({ trigger, control, number }: Received): string => `${trigger}${control} ${number}`;

const startReceiver = (port = hl7Port, file = heard, ...tls: string[]): Promise<Peer> =>
  startProgram(process.execPath, ['--no-warnings', RECEIVER, String(port), file, ...tls], port, 'RIS');

async function startRis(): Promise<void> {
  const place = join(folder, 'wlistdb', 'OFFIS');
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'lockfile'), '');
  worklist = await startProgram('wlmscpfs', ['-s', '-dfp', join(folder, 'wlistdb'), String(risPort)], risPort, 'OFFIS');
  receiver = await startReceiver();
}

test('[PROVE-380] what was registered in an outage is told once and in order, whatever is killed in between', async (t) => {
  if (!peersAreThere(t)) return;
  await until('the information system is down', async () => (await state()).isDown);
  const registered: Registration[] = [];
  for (const familyName of ['LEFÈVRE', 'NGUYEN', 'D’ALMEIDA', 'ŁUKASZ'])
    registered.push(await register({ familyName }));
  const [first, second] = registered as [Registration, Registration];
  // Nobody was told of this one, and nobody is.
  const left = await register({ familyName: 'PARTI' });
  await gateway.cli('registration', 'cancel', left.number, '--reason', 'left');
  await gateway.kill('SIGKILL');
  await gateway.restart();
  assert.deepEqual([(await state()).waiting, received().length], [8, 0]);

  writeFileSync(`${heard}.cut`, '2');
  await startRis();
  await until('some of it has come', async () => once().length >= 3);
  await gateway.kill('SIGKILL');
  await receiver?.stop();
  receiver = await startReceiver();
  await gateway.restart();
  await until('all of it is answered', async () => (await state()).delivered === 8);

  const expected = registered.flatMap(({ number }) => [`A04 ${number}`, `O01NW ${number}`]);
  assert.deepEqual(once().map(shown), expected);
  assert(received().length >= 10, 'what was not answered came again');
  const [told] = once();
  assert.deepEqual(
    [told?.family, told?.given, told?.birth, told?.sex, told?.version, told?.charset],
    ['LEFÈVRE', 'Zoé', '19840229', 'F', '2.5', '8859/1'],
  );
  assert.match(told?.authority ?? '', /^LEADGLASS-/);
  const order = once().find(({ number, control }) => number === first.number && control === 'NW');
  assert.deepEqual(
    [order?.accession, order?.placer, order?.study, order?.procedure, order?.section, order?.priority],
    [first.accession, first.accession, first.studyInstanceUid, 'Scanner cérébral', 'CT', 'S'],
  );
  // A name that ISO 8859-1 has no characters for is in UTF-8, and says so: this receiver reads bytes.
  const wide = once().filter(({ charset }) => charset === 'UNICODE UTF-8');
  assert.equal(Buffer.from(wide[0]?.family ?? '', 'latin1').toString('utf8'), 'D’ALMEIDA');
  assert.equal(wide.length, 4);
  assert(!readFileSync(heard, 'utf8').includes('L-4711'), 'what was typed at night draws nobody into a file');
  const delivered = await events(gateway, 'hl7.delivered');
  assert.equal(new Set(delivered.map((event) => (event.kind === 'hl7.delivered' ? event.controlId : ''))).size, 8);
  assert.equal(delivered.length, 8, 'one entry each');
  assert.equal((await events(gateway, 'hl7.withdrawn')).length, 2);
  assert.equal((await events(gateway, 'hl7.given-back')).length, 1);
  const journal = JSON.stringify(await events(gateway, 'hl7'));
  assert(!/LEF|NGUYEN|ALMEIDA/.test(journal), 'no patient data in the ledger');

  const file = join(folder, 'corrected.json');
  writeFileSync(file, JSON.stringify({ ...ASKED, familyName: 'NGUYENN' }));
  await gateway.cli('registration', 'correct', second.number, file);
  await gateway.cli('registration', 'cancel', registered[2]?.number ?? '', '--reason', 'double');
  await until('corrections are told', async () => (await state()).delivered === 11);
  assert.deepEqual(once().slice(8).map(shown), [
    `A08 ${second.number}`,
    `O01CA ${registered[2]?.number}`,
    `A11 ${registered[2]?.number}`,
  ]);
  assert.equal(once()[8]?.family, 'NGUYENN');
});

test('[PROVE-381] once somebody is reconciled the information system merges the temporary number, and the images arrive as them', async (t) => {
  if (!peersAreThere(t)) return;
  orthanc = await startOrthanc({ port: orthancPort });
  const registration = await register();
  const { number, accession, studyInstanceUid } = registration;
  const patient = { id: number, name: 'LEFEVRE^ZOE', birthDate: '19840229', sex: 'F', accession };
  const objects = [makeObject('mr', studyInstanceUid, patient), makeObject('mr', studyInstanceUid, patient)];
  assert.equal((await storescu(gateway, join(folder, 'out'), objects)).exit, 0);
  const identity = join(folder, 'identity.json');
  const details = { familyName: 'LEFÈVRE', givenName: 'Zoé', birthDate: '19840229', sex: 'F' };
  writeFileSync(identity, JSON.stringify({ ...details, patientId: 'R-991', accession: 'A-77' }));
  await until('the registration is told', async () => once().some((one) => shown(one) === `O01NW ${number}`));
  await gateway.cli('reconcile', 'accept', number, '--new', identity);
  await gateway.kill('SIGKILL');
  await gateway.restart();
  await until('merge and order are told', async () =>
    (await messagesOf(number)).every((one) => one.state === 'delivered'),
  );
  assert.deepEqual(
    (await messagesOf(number)).map((one) => [one.message, one.code]),
    [
      ['ADT^A04', 'AA'],
      ['ORM^O01 NW', 'AA'],
      ['ADT^A40', 'AA'],
      ['ORM^O01 CA', 'AA'],
    ],
  );
  const merge = once().filter(({ trigger }) => trigger === 'A40');
  assert.equal(merge.length, 1);
  assert.deepEqual(
    [merge[0]?.number, merge[0]?.authority, merge[0]?.family, merge[0]?.merged],
    ['R-991', 'CHU', 'LEFÈVRE', number],
  );
  const cancel = once().find(({ control, accession: of }) => control === 'CA' && of === accession);
  assert.equal(cancel?.number, 'R-991', 'their own order is the one that stands');
  await until('the images are delivered', async () => (await gateway.status()).deliveries.delivered === 2);
  const ids = (await orthanc.get('/instances')) as readonly string[];
  for (const id of ids) {
    const tags = (await orthanc.get(`/instances/${id}/simplified-tags`)) as Record<string, string>;
    assert.deepEqual([tags.PatientID, tags.AccessionNumber], ['R-991', 'A-77']);
  }
  interface Report {
    readonly totals: { readonly twice: number };
    readonly exams: readonly { readonly number: string; readonly end: string; readonly told: readonly Message[] }[];
  }
  const report = await json<Report>('reconcile', 'report');
  const exam = report.exams.find((one) => one.number === number);
  assert.deepEqual([exam?.end, exam?.told.length, report.totals.twice], ['delivered', 4, 0]);
  const steps = await gateway.cli('journey', studyInstanceUid, '--json');
  for (const { controlId } of exam?.told ?? [])
    assert(steps.includes(controlId), 'the journey of the study tells of it');

  // Nothing in HL7 undoes a merge: a person has to, and says so.
  await gateway.cli('reconcile', 'undo', number, '--reason', 'twins', '--correct');
  assert((await needs()).includes('hl7-by-hand:ris-hl7'));
  writeFileSync(identity, JSON.stringify({ ...details, givenName: 'Léa', patientId: 'R-992' }));
  await gateway.cli('reconcile', 'accept', number, '--new', identity);
  await delay(1_000);
  assert.equal(once().filter(({ trigger }) => trigger === 'A40').length, 1, 'it waits for the person');
  const byHand = (await messagesOf(number)).find((one) => one.state === 'by-hand');
  await gateway.cli('hl7-destination', 'skip', String(byHand?.no), '--reason', 'undone in the RIS');
  await until('the right merge is told', async () => once().some((one) => one.number === 'R-992'));
});

test('[PROVE-382] what the information system finds in error is a person’s, who has the same message sent again', async (t) => {
  if (!peersAreThere(t)) return;
  writeFileSync(`${heard}.say`, 'AE');
  const { number } = await register({ familyName: 'REFUSÉ' });
  await until('it is refused', async () => (await state()).needsPerson > 0);
  rmSync(`${heard}.say`);
  const other = await register({ familyName: 'SUIVANT' });
  await until('others go on', async () => once().some((one) => shown(one) === `O01NW ${other.number}`));
  const [refused, waiting] = await messagesOf(number);
  assert.deepEqual([refused?.state, refused?.code, waiting?.state, waiting?.attempts], ['refused', 'AE', 'waiting', 0]);
  assert((await needs()).includes('hl7-refused:ris-hl7'));
  await gateway.cli('hl7-destination', 'retry', String(refused?.no));
  await until('all of it is told', async () => (await messagesOf(number)).every((one) => one.state === 'delivered'));
  const ours = received().filter((one) => one.number === number && one.trigger === 'A04');
  assert.deepEqual([ours.length, new Set(ours.map(({ controlId }) => controlId)).size], [2, 1]);
  const shownOf = await json<{ told: readonly Message[] }>('registration', 'show', number);
  assert.deepEqual(
    shownOf.told.map(({ state: is }) => is),
    ['delivered', 'delivered'],
  );
});

test('[PROVE-383] over TLS the receiver has to be who it must be before it is told of anybody', async (t) => {
  if (!peersAreThere(t)) return;
  const [port, file] = [await freePort(), join(folder, 'secure.jsonl')];
  const [key, cert] = [join(folder, 'ris.key'), join(folder, 'ris.pem')];
  const subject = ['-subj', '/CN=ris', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:3072', '-nodes', '-days', '2', ...subject, '-keyout', key, '-out', cert],
    { stdio: 'ignore' },
  );
  const secure = await startReceiver(port, file, key, cert);
  t.after(() => secure.stop());
  const to = ['hl7-destination', 'add', 'secure', '--to', `127.0.0.1:${port}`, '--tls', '--messages', 'registrations'];
  await gateway.cli(...to, '--cert-sha256', 'ab'.repeat(32));
  await assert.rejects(gateway.cli('hl7-destination', 'test', 'secure'));
  const { number } = await register({ familyName: 'SÛR' });
  const ofSecure = async () => (await messagesOf(number)).length;
  await until('it is owed to both', async () => (await ofSecure()) === 3);
  await delay(1_500);
  assert.equal(received(file).length, 0);
  const pin = (await gateway.cli('tls', 'fingerprint', cert)).trim();
  await gateway.cli(...to, '--cert-sha256', pin);
  await gateway.cli('hl7-destination', 'test', 'secure');
  await until('it is told', async () => received(file).length > 0);
  assert.deepEqual(once(file).map(shown), [`A04 ${number}`]);
  assert.equal(once(file)[0]?.family, 'SÛR');
});
