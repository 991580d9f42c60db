import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Gateway } from './gateway.ts';
import { instancesOf } from './importing.ts';
import { type MadeObject, makeObject, partTen } from './objects.ts';
import { requirePeer, startOrthanc } from './peers.ts';
import { callGateway, storeOne } from './sending.ts';

const MOST_OUTPUT = 256 * 1024 * 1024;

/** A home that took a day of images, wrote its index, and is gone: what is left is a disk and a recovery key. */
async function lostSite(t: TestContext, objects: readonly MadeObject[]) {
  const home = mkdtempSync(join(tmpdir(), 'leadglass-restore-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const gateway = await Gateway.start({ home });
  t.after(() => gateway.dispose());
  const recoveryKey = /AGE-SECRET-KEY-1\w+/.exec(gateway.stdout)?.[0] ?? '';
  await gateway.admitProver();
  const association = await callGateway(gateway.dimse, 'PROVER');
  for (const object of objects) assert.equal(await storeOne(association, object), 0);
  await association.release();
  const said = JSON.parse(await gateway.cli('continuity', 'index', '--json')) as { objects: number };
  assert.equal(said.objects, objects.length);
  await gateway.kill('SIGKILL');
  // Nothing of ours opens anything from here on: the site's keys are lost with its machine.
  rmSync(join(home, 'keys'), { recursive: true });
  rmSync(join(home, 'records'), { recursive: true, force: true });
  return { vault: join(home, 'vault'), recoveryKey };
}

/** What a restorer has: stock age, stock DCMTK, a folder, the key. */
function restorer(t: TestContext, index: string, recoveryKey: string) {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-restorer-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const key = join(folder, 'key.txt');
  writeFileSync(key, `${recoveryKey}\n`, { mode: 0o600 });
  const age = (path: string): Buffer =>
    execFileSync('age', ['-d', '-i', key, join(index, path)], { maxBuffer: MOST_OUTPUT });
  return { folder, age };
}

interface Entry {
  readonly sopInstanceUid: string;
  readonly uri: string;
}

/** Objects an Inventory names, as dcmdump prints it. */
function entriesOf(dumped: string): readonly Entry[] {
  const lines = dumped.split('\n');
  const found: Entry[] = [];
  let sopInstanceUid = '';
  for (const line of lines) {
    sopInstanceUid = /\(0008,0018\) UI \[([0-9.]+)\]/.exec(line)?.[1] ?? sopInstanceUid;
    const uri = /\(0008,0409\) UR \[([^\]]+?)\s*\]/.exec(line)?.[1];
    if (uri !== undefined) found.push({ sopInstanceUid, uri });
  }
  return found;
}

test('[PROVE-340] a day of images is restored with age, the recovery key and DCMTK alone, object for object', async (t) => {
  for (const tool of ['age', 'dcmdump', 'storescu', 'Orthanc']) if (requirePeer(t, tool) === undefined) return;
  const [first, second] = [makeObject('ct'), makeObject('mr')];
  const studyOf = ({ sopInstanceUid }: MadeObject): string => `${sopInstanceUid}.7`;
  const objects = [
    ...Array.from({ length: 5 }, () => makeObject('ct', studyOf(first))),
    ...Array.from({ length: 3 }, () => makeObject('mr', studyOf(second))),
    makeObject('sr', studyOf(second)),
  ];
  const { vault, recoveryKey } = await lostSite(t, objects);
  const index = join(vault, 'index');
  const { folder, age } = restorer(t, index, recoveryKey);

  const inventory = join(folder, 'inventory.dcm');
  writeFileSync(inventory, age('inventory.dcm.age'));
  const dumped = execFileSync('dcmdump', ['-q', '+U8', '+L', inventory], { encoding: 'utf8', maxBuffer: MOST_OUTPUT });
  assert.match(dumped, /\(0008,0016\) UI =?\[?(?:InventoryStorage|1\.2\.840\.10008\.5\.1\.4\.1\.1\.201\.1)/);
  assert.match(dumped, /\(0008,0426\) CS \[COMPLETE\]/);
  assert.match(dumped, /\(0010,0010\) PN \[PROVING\^OBJECT\]/);
  const entries = entriesOf(dumped);
  assert.deepEqual(
    entries.map(({ sopInstanceUid }) => sopInstanceUid).sort(),
    objects.map(({ sopInstanceUid }) => sopInstanceUid).sort(),
  );

  const orthanc = await startOrthanc();
  t.after(() => orthanc.stop());
  for (const [at, { uri }] of entries.entries()) {
    const path = join(folder, `${at}.dcm`);
    writeFileSync(path, age(uri));
    execFileSync('storescu', ['-aec', orthanc.aet, '127.0.0.1', String(orthanc.port), path]);
  }
  const restored = await instancesOf(orthanc);
  assert.equal(restored.size, objects.length);
  for (const { sopInstanceUid, dataSet } of objects) {
    const file = restored.get(sopInstanceUid) ?? Buffer.alloc(0);
    assert.ok(file.subarray(file.length - dataSet.length).equals(dataSet), 'not the object that was sent');
  }
});

test('[PROVE-341] the plain index says the same, each SHA-256 is its file’s, and nothing names a patient in the clear', async (t) => {
  if (requirePeer(t, 'age') === undefined) return;
  const objects = [makeObject('sr'), makeObject('sr'), makeObject('mr')];
  const { vault, recoveryKey } = await lostSite(t, objects);
  const index = join(vault, 'index');
  const { age } = restorer(t, index, recoveryKey);
  const lines = age('objects.jsonl.age').toString('utf8').trim().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as Record<string, string>);
  assert.equal(rows.length, objects.length);
  for (const object of objects) {
    const row = rows.find(({ SOPInstanceUID }) => SOPInstanceUID === object.sopInstanceUid);
    assert.deepEqual([row?.PatientName, row?.PatientID, row?.StudyDate], ['PROVING^OBJECT', 'PROVING-1', '20260101']);
    const plain = age(row?.path ?? '');
    assert.equal(createHash('sha256').update(plain).digest('hex'), row?.sha256);
    assert.deepEqual(plain, Buffer.from(partTen(object)));
  }
  assert.deepEqual(readdirSync(index).sort(), ['README.txt', 'inventory.dcm.age', 'objects.jsonl.age']);
  for (const name of readdirSync(index)) {
    const bytes = readFileSync(join(index, name));
    for (const secret of ['PROVING', objects[0]?.sopInstanceUid ?? ''])
      assert.equal(bytes.includes(secret), false, name);
  }
});
