import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Gateway } from './gateway.ts';
import { makeObject } from './objects.ts';
import { requirePeer, startStorescp } from './peers.ts';
import { startPeer } from './relaying.ts';
import { asFiles, dcmtk, digests, folder, received, study, type Told } from './retrieving.ts';

const STUDY = '2.25.111';
const said = ({ status, completed, failed, warning }: Told) => ({ status, completed, failed, warning });

test('[PROVE-145] a move asked of dcmqrscp: the same objects, counts and refusals through us as without us', async (t) => {
  if (requirePeer(t, 'dcmqrscp') === undefined || requirePeer(t, 'movescu') === undefined) return;
  const home = folder(t);
  const workstation = await startStorescp({ aet: 'WS' });
  t.after(() => workstation.stop());
  const gateway = await Gateway.start();
  t.after(() => gateway.dispose());
  const archive = await startPeer('QRSCP', (port) => {
    const file = join(home, 'dcmqrscp.cfg');
    mkdirSync(join(home, 'db'));
    writeFileSync(file, archiveSettings(port, join(home, 'db'), gateway.dimse, workstation.port));
    return ['dcmqrscp', ['-c', file, String(port)]];
  });
  t.after(() => archive.stop());
  const site = join(gateway.home, 'site.yaml');
  writeFileSync(site, siteSettings(workstation.port, archive.port));
  await gateway.cli('config', 'apply', site);
  const objects = [...Array.from({ length: 3 }, () => makeObject('mr', STUDY)), makeObject('sr', STUDY)];
  asFiles(join(home, 'in'), objects);
  const files = objects.map(({ sopInstanceUid }) => join(home, 'in', `${sopInstanceUid}.dcm`));
  execFileSync('storescu', ['-xe', '-R', '-aec', 'QRSCP', '127.0.0.1', String(archive.port), ...files], {
    stdio: 'pipe',
  });

  const both = async (to: string, uid: string) => {
    const results: { told: Told; got: readonly string[] }[] = [];
    for (const [port, called] of [
      [archive.port, 'QRSCP'],
      [gateway.dimse, 'LEADGLASS'],
    ] as const) {
      rmSync(workstation.directory, { recursive: true, force: true });
      mkdirSync(workstation.directory);
      const asked = study(port, uid).map((arg) => (arg === 'LEADGLASS' ? called : arg));
      results.push({ told: await dcmtk('movescu', ['-aem', to, ...asked]), got: received(workstation.directory) });
    }
    const [direct, through] = results as [(typeof results)[0], (typeof results)[0]];
    assert.deepEqual(said(through.told), said(direct.told), through.told.output.slice(-3000));
    assert.deepEqual(through.got, direct.got);
    return through;
  };

  const moved = await both('WS', STUDY);
  assert.deepEqual(said(moved.told), { status: 0, completed: 4, failed: 0, warning: 0 });
  assert.deepEqual(moved.got, digests(objects));
  assert.equal((await both('WS', '2.25.404')).told.status, 0);
  const refused = await dcmtk('movescu', ['-aem', 'NOBODY', ...study(gateway.dimse, STUDY)]);
  assert.equal(refused.status, 0xa801);
});

function archiveSettings(port: number, db: string, gatewayPort: number, workstationPort: number): string {
  return `NetworkTCPPort = ${port}
MaxPDUSize = 16384
MaxAssociations = 16
HostTable BEGIN
lead = (LEADGLASS, 127.0.0.1, ${gatewayPort})
ws = (WS, 127.0.0.1, ${workstationPort})
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
QRSCP ${db} RW (200, 1024mb) ANY
AETable END
`;
}

function siteSettings(workstationPort: number, archivePort: number): string {
  return `peers:
  - { aeTitle: QRSCP, from: 127.0.0.1/32, allow: [echo, store] }
  - { aeTitle: WS, from: 127.0.0.1/32, allow: [echo, move] }
destinations:
  - { name: ws, host: 127.0.0.1, port: ${workstationPort}, called: WS }
  - { name: archive, host: 127.0.0.1, port: ${archivePort}, called: QRSCP }
relays:
  - { from: '*', services: [move], to: archive }
`;
}
