import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import { systemClock } from '@leadglass/kit';
import { openAssociation } from '@leadglass/wire';
import { Gateway } from './gateway.ts';
import { enrol, identityFolder } from './identities.ts';
import { type Orthanc, requirePeer, startOrthanc, which } from './peers.ts';
import { findscu, objectOf, told } from './querying.ts';
import { dumped, startPeer } from './relaying.ts';
import { dcmtk, digests, folder, received } from './retrieving.ts';
import { storeOne } from './sending.ts';
import { fileOf, WebClient } from './web.ts';

const SC = '1.2.840.10008.5.1.4.1.1.7';
const ROOT = '1.2.826.7';

/** Three studies of one patient: CT with a scout of another modality, MR alone, and CT alone. */
const exam = (study: number, series: number, Modality: string) =>
  objectOf({
    ...{ SOPClassUID: SC, PatientName: 'SIGHT^TEST', PatientID: 'SIGHT-1', StudyDate: `2024010${study}`, Modality },
    ...{ StudyInstanceUID: `${ROOT}.${study}`, SeriesInstanceUID: `${ROOT}.${study}.${series}` },
    SOPInstanceUID: `${ROOT}.${study}.${series}.1`,
  });
const [ct, scout, mr, other] = [exam(1, 1, 'CT'), exam(1, 2, 'OT'), exam(2, 1, 'MR'), exam(3, 1, 'CT')];
const OBJECTS = [ct, scout, mr, other];

let gateway: Gateway;
let orthanc: Orthanc | undefined;

before(async () => {
  gateway = await Gateway.start({ withWeb: 'plain' });
  for (const title of ['WS', 'FAR', 'LIMITED']) await gateway.cli('peer', 'add', title, ...FROM, 'find,get');
  await gateway.cli('peer', 'add', 'PROVER', ...FROM, 'echo,store');
  for (const title of ['WS', 'FAR']) await gateway.cli('policy', 'limit', title, '--modality', 'CT');
  await gateway.cli('policy', 'limit', 'LIMITED', '--per-minute', '3');
  const association = await openAssociation({
    ...{ host: '127.0.0.1', port: gateway.dimse, called: 'LEADGLASS', calling: 'PROVER', maximumLength: 16_384 },
    contexts: [{ abstractSyntax: SC, transferSyntaxes: ['1.2.840.10008.1.2.1'] }],
    timeouts: { connectMs: 5_000, associateMs: 15_000, responseMs: 60_000, writeStallMs: 30_000, releaseMs: 5_000 },
    clock: systemClock,
  });
  for (const object of OBJECTS) assert.equal(await storeOne(association, object), 0);
  await association.release();
  if (which('Orthanc') === undefined) return;
  orthanc = await startOrthanc({ extra: { DicomAlwaysAllowFind: true } });
  for (const object of OBJECTS)
    await fetch(`http://127.0.0.1:${orthanc.httpPort}/instances`, { method: 'POST', body: fileOf(object) });
  const to = ['--to', `127.0.0.1:${orthanc.port}`, '--called', orthanc.aet];
  await gateway.cli('destination', 'add', 'pacs', ...to);
  await gateway.cli('relay', 'add', '--from', 'FAR', '--services', 'find', '--to', 'pacs');
});

after(async () => {
  await Promise.all([gateway.dispose(), orthanc?.stop()]);
});

const FROM = ['--from', '127.0.0.1/32', '--allow'] as const;
const STUDIES = ['QueryRetrieveLevel=STUDY', 'PatientID=SIGHT-1', 'StudyInstanceUID'];
const SERIES = ['QueryRetrieveLevel=SERIES', `StudyInstanceUID=${ROOT}.1`, 'SeriesInstanceUID'];
const here = () => ({ port: gateway.dimse, aet: 'LEADGLASS' });
const uids = (answers: Parameters<typeof told>[0], keyword: string) => [...told(answers, [keyword])].sort();

for (const [title, where] of [
  ['WS', 'our own catalogue'],
  ['FAR', 'Orthanc behind us'],
] as const)
  test(`[PROVE-236] a peer limited to a modality sees of ${where} what is of it, whatever it asks back`, async (t) => {
    if (requirePeer(t, 'findscu') === undefined) return;
    if (title === 'FAR' && requirePeer(t, 'Orthanc') === undefined) return;
    const studies = await findscu(here(), ['-S'], STUDIES, title);
    assert.equal(studies.status, 0, studies.output);
    assert.deepEqual(uids(studies.answers, 'StudyInstanceUID'), [`${ROOT}.1`, `${ROOT}.3`]);
    // What we asked for it to judge by is not what it asked for.
    assert.ok(studies.answers.every((answer) => !('00080061' in answer)));
    const asked = await findscu(here(), ['-S'], [...STUDIES, 'ModalitiesInStudy'], title);
    assert.ok(asked.answers.length === 2 && asked.answers.every((answer) => '00080061' in answer));
    const series = await findscu(here(), ['-S'], SERIES, title);
    assert.deepEqual(uids(series.answers, 'SeriesInstanceUID'), [`${ROOT}.1.1`]);
    const patients = await findscu(here(), ['-P'], ['QueryRetrieveLevel=PATIENT', 'PatientID=SIGHT-1'], title);
    assert.equal(patients.answers.length, 0);
    const log = await gateway.cli('log', '--kind', 'operation', '-n', '50');
    assert.match(log, new RegExp(`“${title}” asked for an image query .*results: 2, withheld by its limits: 1`));
    assert.ok(!log.includes('SIGHT'));
  });

test('[PROVE-237] what it may not see it is not given either: C-GET, QIDO-RS, WADO-RS', async (t) => {
  if (requirePeer(t, 'getscu') === undefined) return;
  const into = folder(t);
  const keys = ['-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${ROOT}.1`];
  const got = await dcmtk('getscu', [
    '+B',
    '-S',
    '-aet',
    'WS',
    '-aec',
    'LEADGLASS',
    '-od',
    into,
    ...keys,
    '127.0.0.1',
    `${gateway.dimse}`,
  ]);
  assert.deepEqual([got.status, got.completed, got.failed], [0, 1, 0], got.output);
  assert.deepEqual(received(into), digests([ct]));
  const web = await WebClient.of(gateway, 'WS', 'qido,wado');
  const found = await web.ask('/studies?PatientID=SIGHT-1');
  const all = JSON.parse(found.body.toString()) as Record<string, { Value?: unknown[] }>[];
  assert.deepEqual(all.map((one) => one['0020000D']?.Value?.[0]).sort(), [`${ROOT}.1`, `${ROOT}.3`]);
  // The pages count what it sees, not what there is.
  const pages = [0, 1, 2].map((offset) => web.ask(`/studies?PatientID=SIGHT-1&limit=1&offset=${offset}`));
  assert.deepEqual(
    (await Promise.all(pages)).map(({ status }) => status),
    [200, 200, 204],
  );
  const instances = await web.ask(`/studies/${ROOT}.1/instances`);
  assert.equal((JSON.parse(instances.body.toString()) as unknown[]).length, 1);
  const whole = await web.ask(`/studies/${ROOT}.1`, 'multipart/related; type="application/dicom"; transfer-syntax=*');
  assert.deepEqual([whole.status, whole.parts.length], [200, 1]);
  for (const path of [`/studies/${ROOT}.2`, `/studies/${ROOT}.1/series/${ROOT}.1.2`, `/studies/${ROOT}.2/metadata`])
    assert.equal((await web.ask(path)).status, 404, path);
  const log = await gateway.cli('log', '--kind', 'web', '-n', '50');
  assert.match(log, /1 object, withheld by its limits: 1 \(objects study\)/);
  assert.match(log, /searched over the web \(STUDY; PatientID single\): 2 matches, withheld by its limits: 1/);
  assert.match(log, /it may not see the modalities of this study.* policy limit WS --modality CT --modality MR/);
});

test('[PROVE-238] a search over the web is held to the limits of a query: sweeps, and so many a minute', async () => {
  const [web, anybody] = [
    await WebClient.of(gateway, 'LIMITED', 'qido'),
    await WebClient.of(gateway, 'VIEWER', 'qido'),
  ];
  const sweep = await web.ask('/studies?limit=10');
  assert.equal(sweep.status, 403);
  assert.match(sweep.body.toString(), /the answer would be the whole archive/);
  assert.equal((await web.ask('/studies?PatientID=SIGHT-1')).status, 200);
  assert.equal((await web.ask('/studies?PatientID=SIGHT-1')).status, 200);
  const late = await web.ask('/studies?PatientID=SIGHT-1');
  assert.deepEqual([late.status, late.headers.get('retry-after')], [429, '60']);
  // The same title over DIMSE has used it up as well.
  assert.equal((await anybody.ask('/studies?ModalitiesInStudy=CT')).status, 403);
  const { entries } = JSON.parse(await gateway.cli('log', '--kind', 'web', '--json', '-n', '50')) as {
    entries: { event: { kind: string; peer: string; status: number; hint: string } }[];
  };
  const refusals = entries.map(({ event }) => event).filter(({ kind }) => kind === 'web.refused');
  const hintOf = (peer: string) => refusals.filter((one) => one.peer === peer).map(({ hint }) => hint);
  assert.deepEqual(hintOf('LIMITED'), [
    './leadglass policy limit LIMITED --sweeps yes',
    './leadglass policy limit LIMITED --per-minute 6',
  ]);
  const [hint = ''] = hintOf('VIEWER');
  assert.match(hint, /^\.\/leadglass peer add VIEWER --from 0\.0\.0\.0\/0 --allow qido && /);
  // The commands that are told do what they say.
  for (const command of hint.split(' && ')) await gateway.cli(...command.split(' ').slice(1));
  assert.equal((await anybody.ask('/studies?ModalitiesInStudy=CT')).status, 200);
});

test('[PROVE-240] of a RIS a device limited to its own station sees its steps alone, and no key that it did not ask for', async (t) => {
  if (requirePeer(t, 'wlmscpfs') === undefined || requirePeer(t, 'dump2dcm') === undefined) return;
  const base = folder(t);
  mkdirSync(join(base, 'OFFIS'));
  writeFileSync(join(base, 'OFFIS', 'lockfile'), '');
  for (const [at, station] of ['CT1', 'CT2', 'CT1', 'CT3'].entries())
    renameSync(await dumped(base, `step-${at}`, step(at, station)), join(base, 'OFFIS', `step-${at}.wl`));
  const ris = await startPeer('OFFIS', (port) => ['wlmscpfs', ['-s', '-dfp', base, String(port)]]);
  t.after(() => ris.stop());
  for (const title of ['CT1', 'CT9']) await gateway.cli('peer', 'add', title, ...FROM, 'worklist');
  await gateway.cli('policy', 'limit', 'CT1', '--own-station', 'yes');
  await gateway.cli('destination', 'add', 'ris', '--to', `127.0.0.1:${ris.port}`, '--called', 'OFFIS');
  await gateway.cli('relay', 'add', '--from', '*', '--services', 'worklist', '--to', 'ris');
  const asked = 'ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate';
  const list = (title: string, ...keys: string[]) => findscu(here(), ['-W'], ['PatientID', ...keys], title);
  assert.deepEqual(uids((await list('CT9', asked)).answers, 'PatientID'), ['P0', 'P1', 'P2', 'P3']);
  for (const keys of [[asked], [asked, asked.replace('ProcedureStepStartDate', 'StationAETitle')], []]) {
    const mine = await list('CT1', ...keys);
    assert.equal(mine.status, 0, mine.output);
    assert.deepEqual(uids(mine.answers, 'PatientID'), ['P0', 'P2'], mine.output);
    const isTold = keys.length === 2;
    assert.ok(mine.answers.every((answer) => JSON.stringify(answer).includes('00400001') === isTold));
    assert.ok(mine.answers.every((answer) => '00400100' in answer === keys.length > 0));
  }
  assert.match(
    await gateway.cli('log', '--kind', 'operation'),
    /“CT1” asked for the worklist .*results: 2, withheld by its limits: 2/,
  );
});

function step(at: number, station: string): readonly string[] {
  return [
    ...[
      `(0008,0050) SH [A${at}]`,
      `(0010,0010) PN [Step^${at}]`,
      `(0010,0020) LO [P${at}]`,
      '(0010,0030) DA [19700101]',
    ],
    ...['(0010,0040) CS [F]', `(0020,000d) UI [${ROOT}.9.${at}]`, '(0032,1032) PN [Req]', '(0032,1060) LO [Exam]'],
    ...['(0040,0100) SQ (Sequence with undefined length #=1)', '(fffe,e000) na (Item with undefined length #=9)'],
    ...['(0008,0060) CS [CT]', `(0040,0001) AE [${station}]`, '(0040,0002) DA [20260101]', '(0040,0003) TM [101500]'],
    ...['(0040,0006) PN [Dr]', '(0040,0007) LO [Exam]', `(0040,0009) SH [S${at}]`, '(0040,0010) SH [ST]'],
    ...['(fffe,e00d) na (ItemDelimitationItem)', '(fffe,e0dd) na (SequenceDelimitationItem)'],
    ...[`(0040,1001) SH [RP${at}]`, '(0040,1003) SH [LOW]'],
  ];
}

test('[PROVE-239] over the web a certificate is a title’s as it is over DICOM, and its revocation ends what is connected', async (t) => {
  const files = identityFolder();
  const secure = await Gateway.start({ withWeb: 'tls' });
  t.after(async () => {
    await secure.dispose();
    files.remove();
  });
  for (const title of ['VIEW1', 'VIEW2'])
    await secure.cli('peer', 'add', title, ...FROM, 'qido,wado', '--trust', 'site');
  const device = await enrol(secure, files.at('v1'), 'viewer-1', '--peer', 'VIEW1');
  const unnamed = await enrol(secure, files.at('v3'), 'viewer-3');
  const identityOf = ({ cert, key, ca }: typeof device) => ({
    cert: readFileSync(cert),
    key: readFileSync(key),
    ca: readFileSync(ca),
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const ask = (identity: object, path = '/studies/1.2.3', by?: Agent): Promise<number> =>
    new Promise((resolve, reject) => {
      const options = { host: 'localhost', port: secure.web, path: `/dicom-web${path}`, ...identity };
      request(by === undefined ? options : { ...options, agent: by }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
      })
        .on('error', reject)
        .end();
    });
  const mine = identityOf(device);
  assert.equal(await ask(mine, '/studies/1.2.3', agent), 404);
  assert.equal(await ask(mine, '/studies?PatientID=1', agent), 204);
  assert.equal(await ask(identityOf(unnamed)), 401);
  assert.match(await secure.cli('log', '--kind', 'web', '-n', '20'), /“VIEW1”/);
  // A connection in use, which nobody asks on at this moment.
  const idle = connect({ host: 'localhost', port: secure.web, ...mine });
  await once(idle, 'secureConnect');
  idle.write('GET /dicom-web/studies/1.2.3 HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await once(idle, 'data');
  const closed = once(
    idle.on('error', () => {}),
    'close',
  );
  assert.match(await secure.cli('cert', 'revoke', 'viewer-1', '--reason', 'key-compromise'), /ended: 2/);
  await closed;
  assert.equal(await ask(mine), 401);
  assert.match(await secure.cli('log', '--kind', 'connection', '-n', '20'), /certificate that was revoked/);
});
