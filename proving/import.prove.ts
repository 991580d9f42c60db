import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { zip } from '../apps/cli/src/scan/zip.testkit.ts';
import { dataSetOf } from './custody-check.ts';
import { gatewayToOrthanc, ImportRoom, instancesOf } from './importing.ts';
import { FOREIGN, makeMedium } from './medium.ts';
import { requirePeer } from './peers.ts';

const ROOM = new ImportRoom();
after(() => ROOM.remove());

/** The medium as a portal packs it. */
function zipOf(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return zip(...paths.map((path) => ({ name: relative(folder, path), data: readFileSync(path) })));
}

test('[PROVE-75] the same medium as a folder, elsewhere, and again: nothing is stored or delivered twice', async (t) => {
  if (requirePeer(t, 'Orthanc') === undefined || requirePeer(t, 'dcmmkdir') === undefined) return;
  const { gateway } = await gatewayToOrthanc(t);
  const { folder } = makeMedium(join(ROOM.folder, 'cd'), ROOM.marker);
  const copy = join(ROOM.folder, 'usb');
  cpSync(folder, copy, { recursive: true });
  for (const path of [folder, folder, copy]) {
    const { code, report } = await ROOM.import(
      gateway.home,
      path,
      '--patient-file',
      ROOM.identity,
      '--patient',
      '1',
      '--yes',
    );
    assert.deepEqual([code, report.counts], [1, { stored: 4, originals: 1, held: 1, refused: 1, left: 0 }]);
    await gateway.until(({ deliveries }) => deliveries.pending === 0);
  }
  const { custody, deliveries, holds } = await gateway.status();
  assert.deepEqual([custody.objects, deliveries.delivered, holds], [6, 4, 2]);
});

test('[PROVE-78] a ZIP from a portal, its identity kept: the images arrive byte for byte, and so does the disarmed one', async (t) => {
  if (requirePeer(t, 'Orthanc') === undefined || requirePeer(t, 'dcmmkdir') === undefined) return;
  const { gateway, orthanc } = await gatewayToOrthanc(t);
  const medium = makeMedium(join(ROOM.folder, 'portal'), ROOM.marker);
  const path = join(ROOM.folder, 'portal.zip');
  writeFileSync(path, zipOf(medium.folder));
  const { code, report } = await ROOM.import(gateway.home, path, '--as-is', '--patient', 'all', '--yes');
  assert.deepEqual([code, report.counts], [1, { stored: 5, originals: 1, held: 1, refused: 1, left: 0 }]);
  await gateway.until(({ deliveries }) => deliveries.delivered === 5 && deliveries.pending === 0);
  const arrived = await instancesOf(orthanc);
  for (const { sopInstanceUid, file, pixels } of [...medium.clean, medium.otherPatient, medium.doubtful]) {
    const bytes = arrived.get(sopInstanceUid) ?? Buffer.alloc(0);
    assert.ok(bytes.includes(pixels), 'pixels differ');
    assert.ok(bytes.includes(FOREIGN.patientId) || sopInstanceUid === medium.otherPatient.sopInstanceUid);
    const isDisarmed = sopInstanceUid === medium.doubtful.sopInstanceUid;
    assert.equal(dataSetOf(bytes).equals(dataSetOf(file)), !isDisarmed);
  }
});

test('[PROVE-76] nothing is stored before the patient is certain: several, another birth date, or nobody to confirm', async (t) => {
  if (requirePeer(t, 'Orthanc') === undefined || requirePeer(t, 'dcmmkdir') === undefined) return;
  const { gateway } = await gatewayToOrthanc(t);
  const { folder } = makeMedium(join(ROOM.folder, 'stops'), ROOM.marker, 1);
  const codes: (string | undefined)[] = [];
  const attempt = async (...words: readonly string[]): Promise<void> => {
    const { code, report } = await ROOM.import(gateway.home, folder, ...words);
    assert.equal(code, 2);
    codes.push(report.error?.code);
  };
  await attempt('--patient-file', ROOM.identity, '--yes');
  await attempt('--patient-file', ROOM.identity, '--patient', '2', '--yes');
  await attempt('--patient-file', ROOM.identity, '--patient', '1');
  await attempt('--patient', '1', '--yes');
  await attempt('--as-is', '--study', '1.2.3', '--yes');
  assert.deepEqual(codes, [
    ...['import.several-patients', 'import.mismatch', 'import.not-confirmed', 'import.no-identity', 'import.no-study'],
  ]);
  assert.equal((await gateway.status()).custody.objects, 0);
  await gateway.kill('SIGTERM');
  await attempt('--patient-file', ROOM.identity, '--patient', '1', '--yes');
  assert.equal(codes.at(-1), 'cli.not-running');
});

test('[PROVE-77] kill -9 of the gateway in the middle, and the same again: nothing lost, nothing twice', async (t) => {
  if (requirePeer(t, 'Orthanc') === undefined || requirePeer(t, 'dcmmkdir') === undefined) return;
  const { gateway, orthanc } = await gatewayToOrthanc(t);
  const images = 120;
  const medium = makeMedium(join(ROOM.folder, 'killed'), ROOM.marker, images);
  const words = [medium.folder, '--patient-file', ROOM.identity, '--patient', '1', '--yes'] as const;
  const first = ROOM.import(gateway.home, ...words);
  await gateway.until(({ custody }) => custody.objects >= 10);
  await gateway.kill();
  assert.equal((await first).code, 2);
  await gateway.restart();
  const kept = (await gateway.status()).custody.objects;
  assert.ok(kept >= 10 && kept < images, `${kept} were kept`);
  const { code, report } = await ROOM.import(gateway.home, ...words);
  assert.deepEqual([code, report.counts.stored], [1, images + 1]);
  await gateway.until(({ deliveries }) => deliveries.delivered === images + 1 && deliveries.pending === 0);
  const arrived = await instancesOf(orthanc);
  const innocent = [...medium.clean, medium.doubtful].map((one) => one.sopInstanceUid);
  assert.deepEqual([...arrived.keys()].sort(), innocent.sort());
  // The originals of two, and each image once.
  assert.equal((await gateway.status()).custody.objects, images + 1 + 2);
  assert.match(await gateway.cli('log', '--kind', 'import', '--json'), /import\.begun/);
  await gateway.cli('vault', 'check');
});
