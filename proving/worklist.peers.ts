import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { encodeElements, IMPLICIT_VR_LITTLE_ENDIAN, MODALITY_PERFORMED_PROCEDURE_STEP } from '@leadglass/dicom';
import { COMMAND_FIELD, commandOf, responseTo } from '@leadglass/dimse';
import { callPeer, type DimsePeer, type Message, ScriptedUpstream } from './dimse-peer.ts';
import { Gateway } from './gateway.ts';
import { freePort, type Peer, requirePeer, startProgram, which } from './peers.ts';
import { type Answer, dumped, find } from './relaying.ts';
import { worklistItem } from './worklist.ts';

const TOOLS = ['findscu', 'wlmscpfs', 'dump2dcm'] as const;
const DAY_MS = 86_400_000;
const STEP = 'ScheduledProcedureStepSequence[0]';
const ROOT = '1.2.826.0.1.3680043.9.9999.8';
/** What a scanner asks for: its own title, a range of days, and the attributes it shows and copies. */
const KEYS = [
  ...['PatientName', 'PatientID', 'PatientBirthDate', 'PatientSex', 'AccessionNumber', 'StudyInstanceUID'],
  ...['RequestedProcedureID', 'RequestedProcedureDescription', 'RequestedProcedurePriority', 'RequestingPhysician'],
  ...[`${STEP}.Modality`, `${STEP}.ScheduledStationAETitle=FINDER`, `${STEP}.ScheduledProcedureStepStartTime`],
  ...[`${STEP}.ScheduledProcedureStepID`, `${STEP}.ScheduledProcedureStepDescription`, `${STEP}.ScheduledStationName`],
  `${STEP}.ScheduledPerformingPhysicianName`,
];
const REGISTRATION = {
  ...{ familyName: 'LEFÈVRE', givenName: 'Zoé', birthDate: '19840229', sex: 'F', localId: 'L-4711' },
  ...{ procedure: 'Scanner cérébral', modality: 'CT', station: 'FINDER', priority: 'STAT', requester: 'URGENCES' },
};

/** The code of what was asked for, in DCMTK's dump form. */
const CODES = [
  '(0032,1064) SQ (Sequence with undefined length #=1)',
  '(fffe,e000) na (Item with undefined length #=3)',
  '(0008,0100) SH [ZBQK002]',
  '(0008,0102) SH [CCAM]',
  '(0008,0104) LO [Radiographie du thorax]',
  '(fffe,e00d) na (ItemDelimitationItem)',
  '(fffe,e0dd) na (SequenceDelimitationItem)',
];

const dayOf = (days: number): string => {
  const at = new Date(Date.now() + days * DAY_MS);
  return `${at.getFullYear()}${`${at.getMonth() + 1}`.padStart(2, '0')}${`${at.getDate()}`.padStart(2, '0')}`;
};
const range = `${dayOf(0)}-${dayOf(1)}`;
const keysOf = (dates: string): readonly string[] => [...KEYS, `${STEP}.ScheduledProcedureStepStartDate=${dates}`];

/** Answers of one client, in an order of their own. */
const sorted = ({ answers }: Answer): readonly string[] => answers.map((one) => one.toString('hex')).toSorted();

let folder = '';
let ris: Peer | undefined;
let risPort = 0;
let mpps: ScriptedUpstream | undefined;
let mppsPort = 0;
let gateway: Gateway | undefined;
/** What the recording MPPS system was told, and how it answers. */
const recorded: { readonly kind: 'create' | 'set'; readonly uid: string; readonly bytes: string }[] = [];
const created = new Set<string>();
/** Messages that are taken and not answered: their connection is cut. */
let swallowed = 0;

function record(message: Message, peer: DimsePeer): void {
  const { commandField } = message.command;
  if (commandField === COMMAND_FIELD.cEchoRq) return peer.send(message.contextId, responseTo(message.command, 0));
  const kind = commandField === COMMAND_FIELD.nCreateRq ? 'create' : 'set';
  const uid = message.command.affectedSopInstanceUid || message.command.requestedSopInstanceUid;
  const isDuplicate = kind === 'create' && created.has(uid);
  const isUnknown = kind === 'set' && !created.has(uid);
  if (kind === 'create') created.add(uid);
  if (!isDuplicate && !isUnknown) recorded.push({ kind, uid, bytes: message.dataSet?.toString('hex') ?? '' });
  if (swallowed > 0) {
    swallowed -= 1;
    return peer.cut();
  }
  const status = isDuplicate ? 0x0111 : isUnknown ? 0x0112 : 0;
  peer.send(message.contextId, responseTo(message.command, status));
}

async function startRis(): Promise<Peer> {
  const database = join(folder, 'wlistdb');
  return startProgram('wlmscpfs', ['-s', '-dfp', database, String(risPort)], risPort, 'OFFIS');
}

before(async () => {
  if (TOOLS.some((tool) => which(tool) === undefined)) return;
  folder = mkdtempSync(join(tmpdir(), 'leadglass-worklist-'));
  const place = join(folder, 'wlistdb', 'OFFIS');
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'lockfile'), '');
  for (let at = 0; at < 12; at += 1) {
    const lines = worklistItem(at).flatMap((line) => (line.startsWith('(0032,1060)') ? [line, ...CODES] : [line]));
    const dated = lines.map((line) =>
      line
        .replace('[20260101]', `[${dayOf(at % 3 === 2 ? 1 : 0)}]`)
        .replace('[Step^', at % 2 === 0 ? '[M\xfcller^' : '[Step^'),
    );
    cpSync(await dumped(folder, `step-${at}`, dated), join(place, `step-${at}.wl`));
  }
  risPort = await freePort();
  ris = await startRis();
  mpps = await ScriptedUpstream.start(record);
  mppsPort = mpps.port;
  gateway = await Gateway.start();
  const config = {
    peers: [{ aeTitle: 'FINDER', from: '127.0.0.1/32', allow: ['echo', 'worklist', 'mpps'] }],
    destinations: [
      { name: 'ris', host: '127.0.0.1', port: risPort, called: 'OFFIS' },
      { name: 'mpps', host: '127.0.0.1', port: mppsPort, called: 'MPPS' },
    ],
    relays: [
      { from: '*', services: ['worklist'], to: 'ris' },
      { from: '*', services: ['mpps'], to: 'mpps' },
    ],
  };
  const file = join(folder, 'config.yaml');
  writeFileSync(file, JSON.stringify(config));
  await gateway.cli('config', 'apply', file);
});

after(async () => {
  await Promise.all([gateway?.dispose(), ris?.stop(), mpps?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const through = (): { port: number; called: string } => ({ port: gateway?.dimse ?? 0, called: 'LEADGLASS' });

interface Status {
  readonly schedules: readonly {
    readonly destination: string;
    readonly waiting: number;
    readonly isDown: boolean;
    readonly days: readonly { readonly day: number; readonly entries: number; readonly asOfMs: number }[];
  }[];
}

async function worklistStatus(): Promise<Status> {
  return JSON.parse((await gateway?.cli('worklist', 'status', '--json')) ?? '') as Status;
}

/** Polls until `holds`, which is told the state of `destination`. */
async function until(destination: string, holds: (one: Status['schedules'][number]) => boolean): Promise<void> {
  const endMs = performance.now() + 120_000;
  for (;;) {
    const found = (await worklistStatus()).schedules.find((one) => one.destination === destination);
    if (found !== undefined && holds(found)) return;
    if (performance.now() > endMs) throw new Error(`not reached: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const missing = (t: Parameters<typeof requirePeer>[0]): boolean =>
  TOOLS.some((tool) => requirePeer(t, tool) === undefined);

test('[PROVE-300] with wlmscpfs gone a scanner gets today’s and tomorrow’s entries as it gave them, byte for byte', async (t) => {
  if (missing(t) || gateway === undefined || ris === undefined) return;
  await gateway.cli('worklist', 'refresh');
  const asked = [
    keysOf(range),
    keysOf(dayOf(1)),
    [...keysOf(range).filter((key) => key !== 'PatientName'), 'PatientName=M*'],
    ['PatientID=P3', `${STEP}.Modality`],
    ['PatientID=NOBODY', `${STEP}.Modality`],
    [
      `${STEP}.Modality=MR`,
      'PatientWeight',
      ...['CodeValue', 'CodeMeaning'].map((key) => `RequestedProcedureCodeSequence[0].${key}`),
    ],
  ];
  const live: Answer[] = [];
  for (const keys of asked) live.push(await find(through(), '-W', keys));
  assert.deepEqual(
    live.map(({ answers }) => answers.length),
    [12, 4, 6, 1, 0, 1],
  );
  // In the middle of its day, without a word.
  ris.process.kill('SIGKILL');
  await ris.stop();
  for (const [at, keys] of asked.entries()) {
    const kept = await find(through(), '-W', keys);
    assert.match(kept.said, /Received Final Find Response \(Success\)/, kept.said);
    assert.deepEqual(sorted(kept), sorted(live[at] as Answer), `question ${at}`);
  }
  const cancelled = await find(through(), '-W', keysOf(range), ['--cancel', '1']);
  assert.match(cancelled.said, /Releasing Association/);
});

test('[PROVE-301] an information system that answers in part or not at all empties nothing', async (t) => {
  if (missing(t) || gateway === undefined) return;
  const kept = (await worklistStatus()).schedules.find(({ destination }) => destination === 'ris');
  await gateway.cli('worklist', 'refresh');
  const still = (await worklistStatus()).schedules.find(({ destination }) => destination === 'ris');
  assert.deepEqual(still?.days, kept?.days);
  assert.equal(
    still?.days.reduce((sum, { entries }) => sum + entries, 0),
    12,
  );
  assert.match(await gateway.cli('log', '-n', '200'), /schedule of “ris” could not be asked for/);
});

test('[PROVE-302] a patient who is registered is in the worklist of the device at once, under temporary numbers, and leaves it when cancelled', async (t) => {
  if (missing(t) || gateway === undefined) return;
  const file = join(folder, 'patient.json');
  writeFileSync(file, JSON.stringify(REGISTRATION));
  const { registration } = JSON.parse(await gateway.cli('registration', 'add', file, '--json')) as {
    registration: { number: string; accession: string; studyInstanceUid: string };
  };
  const asked = [`PatientID=${registration.number}`, 'PatientName', 'StudyInstanceUID', `${STEP}.Modality=CT`];
  const found = await find(through(), '-W', asked);
  assert.equal(found.answers.length, 1);
  const bytes = found.answers[0] as Buffer;
  for (const word of ['LEFÈVRE^Zoé', registration.number, registration.studyInstanceUid])
    assert.ok(bytes.includes(Buffer.from(word, 'latin1')) || bytes.includes(Buffer.from(word)), 'named as registered');
  assert.equal((await find(through(), '-W', keysOf(range))).answers.length, 13);
  await gateway.cli('registration', 'cancel', registration.number, '--reason', 'came twice');
  assert.equal((await find(through(), '-W', asked)).answers.length, 0);
  const log = await gateway.cli('log', '-n', '500');
  assert.match(log, /registered T[0-9A-Z]{13} \(CT, “FINDER”\) in downtime/);
  assert.doesNotMatch(log, /LEF|Zo|4711|19840229/);
});

const MPPS = [{ abstractSyntax: MODALITY_PERFORMED_PROCEDURE_STEP, transferSyntaxes: [IMPLICIT_VR_LITTLE_ENDIAN] }];
const dataSet = (state: string, at: number): Buffer =>
  Buffer.from(
    encodeElements(
      [
        { tag: 0x00400241, value: 'FINDER' },
        { tag: 0x00400252, value: state },
        { tag: 0x00400253, value: `PPS${at}` },
      ],
      IMPLICIT_VR_LITTLE_ENDIAN,
    ),
  );
const create = (uid: string) =>
  commandOf(COMMAND_FIELD.nCreateRq, {
    ...{ messageId: 1, affectedSopClassUid: MODALITY_PERFORMED_PROCEDURE_STEP, affectedSopInstanceUid: uid },
  });
const change = (uid: string) =>
  commandOf(COMMAND_FIELD.nSetRq, {
    ...{ messageId: 2, requestedSopClassUid: MODALITY_PERFORMED_PROCEDURE_STEP, requestedSopInstanceUid: uid },
  });

/** Tells of a step on an association of its own. @returns the status. */
async function tell(command: ReturnType<typeof create>, bytes: Buffer): Promise<{ status: number; errorId: number }> {
  const peer = await callPeer(through(), MPPS);
  const { command: answer } = await peer.ask(1, command, bytes);
  await peer.release();
  return { status: answer.status, errorId: answer.errorId };
}

const words = (): readonly string[] => recorded.map(({ kind, uid }) => `${kind} ${uid.slice(ROOT.length + 1)}`);

test('[PROVE-303] performed steps are answered by the rules of PS3.4 F.7 while their system is away, and handed on in order, once each', async (t) => {
  if (missing(t) || gateway === undefined || mpps === undefined) return;
  // Begun while it was there: what follows comes when it is not.
  assert.equal((await tell(create(`${ROOT}.1`), dataSet('IN PROGRESS', 1))).status, 0);
  assert.deepEqual(words(), ['create 1']);
  await mpps.stop();
  const said = [
    await tell(change(`${ROOT}.1`), dataSet('COMPLETED', 1)),
    await tell(create(`${ROOT}.2`), dataSet('IN PROGRESS', 2)),
    await tell(create(`${ROOT}.2`), dataSet('IN PROGRESS', 2)),
    await tell(create(`${ROOT}.3`), dataSet('COMPLETED', 3)),
    await tell(change(`${ROOT}.4`), dataSet('COMPLETED', 4)),
    await tell(change(`${ROOT}.2`), dataSet('IN PROGRESS', 2)),
    await tell(change(`${ROOT}.2`), dataSet('DISCONTINUED', 2)),
    await tell(change(`${ROOT}.2`), dataSet('COMPLETED', 2)),
    await tell(create(`${ROOT}.5`), dataSet('IN PROGRESS', 5)),
  ];
  assert.deepEqual(
    said.map(({ status }) => status),
    [0, 0, 0x0111, 0x0106, 0x0112, 0, 0, 0x0110, 0],
  );
  assert.equal(said[7]?.errorId, 0xa710);
  // Cut down in the middle of it: nothing that was answered is lost.
  await gateway.kill('SIGKILL');
  await gateway.restart();
  assert.equal((await tell(change(`${ROOT}.5`), dataSet('COMPLETED', 5))).status, 0);
  await until('mpps', ({ waiting }) => waiting === 6);
  // The first of them is taken, and its answer lost with the connection: it is not made twice.
  swallowed = 1;
  mpps = await ScriptedUpstream.start(record);
  await gateway.cli('destination', 'add', 'mpps', '--to', `127.0.0.1:${mpps.port}`, '--called', 'MPPS');
  await until('mpps', ({ waiting }) => waiting === 0);
  const order = ['set 1', 'set 1', 'create 2', 'set 2', 'set 2', 'create 5', 'set 5'];
  assert.deepEqual(words(), ['create 1', ...order]);
  assert.equal(recorded.at(-1)?.bytes, dataSet('COMPLETED', 5).toString('hex'));
  const log = await gateway.cli('log', '-n', '500');
  assert.match(log, /All that waited for “mpps” is given back: 6 messages handed on, 0 refused/);
});

test('[PROVE-304] a step whose beginning was taken and not answered counts as there when its system says that it exists', async (t) => {
  if (missing(t) || gateway === undefined || mpps === undefined) return;
  await mpps.stop();
  assert.equal((await tell(create(`${ROOT}.6`), dataSet('IN PROGRESS', 6))).status, 0);
  assert.equal((await tell(create(`${ROOT}.7`), dataSet('IN PROGRESS', 7))).status, 0);
  const before = recorded.length;
  // Somebody else has begun one of them there.
  created.add(`${ROOT}.7`);
  swallowed = 1;
  mpps = await ScriptedUpstream.start(record);
  await gateway.cli('destination', 'add', 'mpps', '--to', `127.0.0.1:${mpps.port}`, '--called', 'MPPS');
  await until('mpps', ({ waiting }) => waiting === 0);
  assert.deepEqual(words().slice(before), ['create 6']);
  const log = await gateway.cli('log', '-n', '500');
  assert.match(log, /N-CREATE \S+\.6 of “FINDER” to “mpps” \(0111\)/);
  assert.match(log, /Performed step refused: N-CREATE \S+\.7 .*exists there already though we had not sent it/);
});

test('[PROVE-305] the information system is back: devices are answered by it again, and its schedule is kept anew', async (t) => {
  if (missing(t) || gateway === undefined) return;
  rmSync(join(folder, 'wlistdb', 'OFFIS', 'step-0.wl'));
  ris = await startRis();
  await until('ris', ({ isDown }) => !isDown);
  await gateway.cli('worklist', 'refresh');
  assert.equal((await find(through(), '-W', keysOf(range))).answers.length, 11);
  const state = (await worklistStatus()).schedules.find(({ destination }) => destination === 'ris');
  assert.equal(
    state?.days.reduce((sum, { entries }) => sum + entries, 0),
    11,
  );
  const log = await gateway.cli('log', '-n', '500');
  assert.match(log, /schedule of “ris” is kept ahead/);
  assert.match(log, /“ris” answered 0x0000/);
});
