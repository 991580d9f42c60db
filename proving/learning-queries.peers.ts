import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Gateway } from './gateway.ts';
import { requirePeer, which } from './peers.ts';
import { startPeer } from './relaying.ts';

const STUDIES = 'QueryRetrieveLevel=STUDY';

function qrscpConfig(folder: string, port: number): string {
  const [file, store] = [join(folder, 'qr.cfg'), join(folder, 'QR')];
  mkdirSync(store);
  const tables = ['HostTable BEGIN', 'HostTable END', 'VendorTable BEGIN', 'VendorTable END', 'AETable BEGIN'];
  const lines = [`NetworkTCPPort = ${port}`, ...tables, `QR ${store} RW (500, 1024mb) ANY`, 'AETable END'];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

test('[PROVE-177] queries that were seen become limits; a sweep beyond them is refused, and allowed by the command it names', async (t) => {
  for (const tool of ['findscu', 'dcmqrscp']) if (requirePeer(t, tool) === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-queries-'));
  const qrscp = await startPeer('QR', (port) => ['dcmqrscp', ['-c', qrscpConfig(folder, port)]]);
  const gateway = await Gateway.start({ home: join(folder, 'home') });
  t.after(async () => {
    await gateway.dispose();
    await qrscp.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const find = (...keys: string[]) =>
    new Promise<string>((resolve) => {
      const at = ['127.0.0.1', String(gateway.dimse)];
      const options = ['-v', '-S', '-aet', 'WS7', '-aec', 'LEADGLASS', '-k', STUDIES, '-k', 'StudyInstanceUID'];
      const args = [...options, ...keys.flatMap((key) => ['-k', key]), ...at];
      execFile(which('findscu') ?? 'findscu', args, (_, out, err) =>
        resolve(/Received Final Find Response \((.*)\)/.exec(out + err)?.[1] ?? out + err),
      );
    });
  const lastOf = async (kind: string) => {
    const text = await gateway.cli('log', '--json', '--kind', kind);
    const { entries } = JSON.parse(text) as {
      entries: { sentence: { en: string }; event: { hint?: string; keys?: string[] } }[];
    };
    const last = entries.at(-1);
    assert.ok(last, `nothing of ${kind}`);
    return last;
  };

  await gateway.cli('destination', 'add', 'pacs', '--to', `127.0.0.1:${qrscp.port}`, '--called', 'QR');
  await gateway.cli('relay', 'add', '--from', '*', '--services', 'find', '--to', 'pacs');
  await gateway.cli('policy', 'observe', '--from', '127.0.0.0/24', '--until', '7d');
  assert.equal(await find('StudyDate=20260101-20260107'), 'Success');
  assert.equal(await find('PatientName=DURAND*', 'PatientID=4711'), 'Success');
  assert.deepEqual((await lastOf('operation.answered')).event.keys?.toSorted().slice(0, 2), [
    'PatientID single',
    'PatientName wildcard',
  ]);

  const proposal = join(folder, 'proposed.yaml');
  await gateway.cli('policy', 'propose', '-o', proposal);
  const yaml = readFileSync(proposal, 'utf8');
  assert.match(yaml, /aeTitle: WS7\n.*\n {4}allow:\n {6}- find # 2 times/);
  assert.match(yaml, /queryLimits:\n {6}mostResults: 100\n {6}perMinute: 20\n {6}mostDays: 7\n/);
  assert.doesNotMatch(yaml, /DURAND|4711/);
  await gateway.cli('policy', 'simulate', proposal);
  await gateway.cli('config', 'apply', proposal);
  await gateway.cli('policy', 'enforce', '--all', '--yes');

  assert.equal(await find('StudyDate=20260101-20260107'), 'Success');
  for (const sweep of [
    ['StudyDate=20250101-20260107'],
    ['PatientName=*'],
    ['PatientName=*RAND'],
    ['ModalitiesInStudy=CT'],
  ])
    assert.match(await find(...sweep), /0x0?124|NotAuthorized/i, sweep.join());
  const refused = await lastOf('operation.refused');
  assert.match(refused.sentence.en, /nothing narrows/);
  assert.equal(refused.event.hint, './leadglass policy limit WS7 --sweeps yes');
  assert.doesNotMatch(await gateway.cli('log', '--json', '--last', '500'), /DURAND|4711|RAND/);

  await gateway.cli(...(refused.event.hint ?? '').split(' ').slice(1));
  assert.equal(await find('ModalitiesInStudy=CT'), 'Success');
  await gateway.cli('policy', 'limit', 'WS7', '--per-minute', '1');
  assert.match(await find('PatientID=1'), /0x0?124|NotAuthorized/i);
  assert.match((await lastOf('operation.refused')).sentence.en, /within a minute already; the limit is 1/);
});
