import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { callPeer, contextOf } from './dimse-peer.ts';
import type { Gateway } from './gateway.ts';
import { type Orthanc, type Peer, requirePeer, startOrthanc, which } from './peers.ts';
import { type Answer, dumped, find, type Place, relayingGateway, run, startPeer } from './relaying.ts';
import { worklistItem } from './worklist.ts';

const FINDING = { DicomAlwaysAllowFind: true, DicomAlwaysAllowFindWorklist: true };
const AVAILABILITY = '1.2.840.10008.5.1.4.33';
const STUDIES = 'QueryRetrieveLevel=STUDY';

/** A patient with a study of two series. */
async function fill(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (let at = 0; at < 12; at += 1) {
    const study = `1.2.826.0.1.3680043.9.9999.${Math.floor(at / 4) + 1}`;
    files.push(
      await dumped(folder, `object-${at}`, [
        '(0008,0005) CS [ISO_IR 100]',
        '(0008,0016) UI [1.2.840.10008.5.1.4.1.1.7]',
        `(0008,0018) UI [${study}.${at}.1]`,
        `(0008,0020) DA [2026010${Math.floor(at / 4) + 1}]`,
        '(0008,0060) CS [OT]',
        `(0010,0010) PN [Relay^${at < 8 ? 'Ren\xe9e' : 'Other'}]`,
        `(0010,0020) LO [R-${at < 8 ? 1 : 2}]`,
        `(0020,000d) UI [${study}]`,
        `(0020,000e) UI [${study}.${at % 2}]`,
        `(0020,0013) IS [${at}]`,
      ]),
    );
  }
  return files;
}

function qrscpConfig(folder: string, port: number): string {
  const [file, store] = [join(folder, 'qr.cfg'), join(folder, 'QR')];
  mkdirSync(store);
  const lines = [
    `NetworkTCPPort = ${port}`,
    'MaxPDUSize = 16384',
    'MaxAssociations = 16',
    'HostTable BEGIN',
    'HostTable END',
    'VendorTable BEGIN',
    'VendorTable END',
    'AETable BEGIN',
    `QR ${store} RW (500, 1024mb) ANY`,
    'AETable END',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

let folder = '';
let orthanc: Orthanc | undefined;
let qrscp: Peer | undefined;
let throughOrthanc: Gateway | undefined;
let throughQrscp: Gateway | undefined;

before(async () => {
  if (['findscu', 'dump2dcm', 'dcmqrscp', 'Orthanc'].some((tool) => which(tool) === undefined)) return;
  folder = mkdtempSync(join(tmpdir(), 'leadglass-relay-'));
  const files = await fill(folder);
  [orthanc, qrscp] = await Promise.all([
    startOrthanc({ extra: FINDING }),
    startPeer('QR', (port) => ['dcmqrscp', ['-c', qrscpConfig(folder, port)]]),
  ]);
  for (const { port, aet } of [orthanc, qrscp])
    assert.equal((await run('storescu', ['-aec', aet, '127.0.0.1', String(port), ...files])).code, 0);
  [throughOrthanc, throughQrscp] = await Promise.all([
    relayingGateway([{ name: 'pacs', port: orthanc.port, aet: orthanc.aet, services: 'find' }]),
    relayingGateway([{ name: 'pacs', port: qrscp.port, aet: 'QR', services: 'find' }]),
  ]);
});

after(async () => {
  await Promise.all([throughOrthanc?.dispose(), throughQrscp?.dispose(), orthanc?.stop(), qrscp?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const final = ({ said }: Answer): string | undefined => /Received Final Find Response \((.*)\)/.exec(said)?.[1];

/** Asks directly and through the gateway; the answers are the same, byte for byte. @returns how many. */
async function same(
  direct: Place,
  gateway: Gateway,
  model: string,
  keys: readonly string[],
  extra: readonly string[] = [],
) {
  const straight = await find(direct, model, keys, extra);
  const through = await find({ port: gateway.dimse, called: 'LEADGLASS' }, model, keys, extra);
  assert.equal(through.code, straight.code, `${straight.said}\n${through.said}`);
  assert.equal(final(through), final(straight));
  assert.notEqual(final(through), undefined);
  assert.deepEqual(through.answers, straight.answers);
  return through.answers.length;
}

for (const peer of ['Orthanc', 'dcmqrscp'] as const) {
  test(`[PROVE-96] ${peer}: C-FIND at every level and root gives the same answers through the gateway, byte for byte`, async (t) => {
    if (requirePeer(t, peer) === undefined || requirePeer(t, 'findscu') === undefined) return;
    const [upstream, gateway] = peer === 'Orthanc' ? [orthanc, throughOrthanc] : [qrscp, throughQrscp];
    assert(upstream !== undefined && gateway !== undefined);
    const direct = { port: upstream.port, called: upstream.aet };
    const study = 'StudyInstanceUID=1.2.826.0.1.3680043.9.9999.1';
    const series = 'SeriesInstanceUID=1.2.826.0.1.3680043.9.9999.1.0';
    const ask = (model: string, ...keys: string[]) => same(direct, gateway, model, keys);
    assert.equal(await ask('-S', STUDIES, 'PatientName=Relay*', 'StudyInstanceUID', 'StudyDate=20260101-20260131'), 3);
    assert.equal(await ask('-S', STUDIES, 'PatientID=R-1', 'StudyInstanceUID'), 2);
    assert.equal(await ask('-P', 'QueryRetrieveLevel=PATIENT', 'PatientID', 'PatientName'), 2);
    assert.equal(await ask('-S', 'QueryRetrieveLevel=SERIES', study, 'SeriesInstanceUID', 'Modality'), 2);
    assert.equal(await ask('-S', 'QueryRetrieveLevel=IMAGE', study, series, 'SOPInstanceUID', 'InstanceNumber'), 2);
    assert.equal(await ask('-S', STUDIES, 'PatientID=NOBODY', 'StudyInstanceUID'), 0);
  });
}

test('[PROVE-97] what an upstream refuses is refused with its own status', async (t) => {
  if (requirePeer(t, 'dcmqrscp') === undefined || requirePeer(t, 'findscu') === undefined) return;
  assert(qrscp !== undefined && throughQrscp !== undefined);
  const direct = { port: qrscp.port, called: 'QR' };
  assert.equal(await same(direct, throughQrscp, '-S', ['QueryRetrieveLevel=NOWHERE', 'PatientID']), 0);
});

test('[PROVE-98] transfer syntax and limits are those the upstream agreed to', async (t) => {
  if (requirePeer(t, 'dcmqrscp') === undefined || requirePeer(t, 'findscu') === undefined) return;
  assert(qrscp !== undefined && throughQrscp !== undefined);
  const direct = { port: qrscp.port, called: 'QR' };
  for (const extra of [['-xi'], ['-xe'], ['-xb'], ['-pdu', '4096']])
    assert.equal(await same(direct, throughQrscp, '-S', [STUDIES, 'PatientName=*', 'StudyInstanceUID'], extra), 3);
});

test('[PROVE-99] a cancelled query ends as cancelled, and the association goes on', async (t) => {
  if (requirePeer(t, 'dcmqrscp') === undefined || requirePeer(t, 'findscu') === undefined) return;
  assert(qrscp !== undefined && throughQrscp !== undefined);
  const keys = [STUDIES, 'PatientName=*', 'StudyInstanceUID'];
  const place = { port: throughQrscp.dimse, called: 'LEADGLASS' };
  const straight = await find({ port: qrscp.port, called: 'QR' }, '-S', keys, ['--cancel', '1']);
  const through = await find(place, '-S', keys, ['--cancel', '1']);
  assert.equal(through.code, straight.code);
  assert.match(through.said, /Releasing Association/);
});

test('[PROVE-100] an upstream that is down costs its contexts, not the association, and the log says who and why', async (t) => {
  if (requirePeer(t, 'findscu') === undefined || throughOrthanc === undefined) return t.skip('findscu not installed');
  const gateway = throughOrthanc;
  await gateway.cli('destination', 'add', 'down', '--to', '127.0.0.1:9', '--called', 'DOWN');
  await gateway.cli('relay', 'add', '--from', '*', '--services', 'availability', '--to', 'down');
  const peer = await callPeer({ port: gateway.dimse, called: 'LEADGLASS' }, [contextOf(AVAILABILITY)]);
  assert.deepEqual(
    peer.accepted?.contexts.map(({ result }) => result),
    [2],
  );
  await peer.release();
  const echo = await run('echoscu', ['-aet', 'FINDER', '-aec', 'LEADGLASS', '127.0.0.1', String(gateway.dimse)]);
  assert.equal(echo.code, 0);
  const log = await gateway.cli('log');
  assert.match(log, /asked for .*, refused .*nothing listens at 127\.0\.0\.1:9/);
});

test('[PROVE-101] a peer without the right, and one no relay is for, are promised nothing; the log has shapes and no value', async (t) => {
  if (requirePeer(t, 'findscu') === undefined || throughOrthanc === undefined) return t.skip('findscu not installed');
  const gateway = throughOrthanc;
  await gateway.cli('peer', 'add', 'STORER', '--from', '127.0.0.1/32', '--allow', 'echo,store');
  const place = { port: gateway.dimse, called: 'LEADGLASS' };
  const refused = await find(place, '-S', [STUDIES, 'PatientID=R-1'], [], 'STORER');
  assert.match(refused.said, /No Acceptable Presentation Contexts/);
  const log = await gateway.cli('log', '-n', '500');
  assert.match(log, /PatientName wildcard/);
  assert.match(log, /answered 0x0000 in \d+ ms, results: 3/);
  assert.doesNotMatch(log, /Ren|Relay\^|R-1|NOBODY/);
});

test('[PROVE-102] worklist of one upstream and queries of another mix; wlmscpfs answers the same, byte for byte', async (t) => {
  if (requirePeer(t, 'wlmscpfs') === undefined || throughQrscp === undefined) return;
  const database = join(folder, 'wlistdb');
  mkdirSync(join(database, 'OFFIS'), { recursive: true });
  writeFileSync(join(database, 'OFFIS', 'lockfile'), '');
  for (let at = 0; at < 3; at += 1) {
    const file = await dumped(folder, `step-${at}`, worklistItem(at));
    cpSync(file, join(database, 'OFFIS', `step-${at}.wl`));
  }
  const ris = await startPeer('OFFIS', (port) => ['wlmscpfs', ['-s', '-dfp', database, String(port)]]);
  try {
    await throughQrscp.cli('destination', 'add', 'ris', '--to', `127.0.0.1:${ris.port}`, '--called', 'OFFIS');
    await throughQrscp.cli('relay', 'add', '--from', '*', '--services', 'worklist', '--to', 'ris');
    const direct = { port: ris.port, called: 'OFFIS' };
    const step = 'ScheduledProcedureStepSequence[0]';
    const keys = ['PatientName', 'PatientID', `${step}.Modality=CT`, `${step}.ScheduledProcedureStepStartDate`];
    assert.equal(await same(direct, throughQrscp, '-W', keys), 2);
    assert.equal(await same(direct, throughQrscp, '-W', ['PatientName=Step*', `${step}.Modality`]), 3);
    assert.match(await throughQrscp.cli('log'), /asked for the worklist \(.*\); “ris” answered 0x0000/);
  } finally {
    await ris.stop();
  }
});
