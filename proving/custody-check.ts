import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Gateway } from './gateway.ts';
import type { MadeObject } from './objects.ts';
import type { Orthanc } from './peers.ts';

/** Bytes of a Part 10 file after its file meta (PS3.10 §7.1). */
export function dataSetOf(file: Buffer): Buffer {
  assert.equal(file.toString('latin1', 128, 132), 'DICM');
  return file.subarray(132 + 12 + file.readUInt32LE(140));
}

/** What `vault export` says it wrote, as `index.json`. */
interface ExportIndex {
  readonly objects: readonly {
    readonly file: string;
    readonly object: { readonly sopInstanceUid: string; readonly sha256: string };
  }[];
  readonly isWhole: boolean;
}

/** That every acknowledged object is in the vault, opens, and is byte for byte what was sent; names are the objects' own. */
export async function assertKept(gateway: Gateway, acknowledged: readonly MadeObject[]): Promise<void> {
  const folder = join(gateway.home, 'proof-export');
  await gateway.cli('vault', 'export', folder, '--json');
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as ExportIndex;
  assert.equal(index.isWhole, true, 'the export was cut');
  const held = new Map(index.objects.map((entry) => [entry.object.sopInstanceUid, entry]));
  for (const object of acknowledged) {
    const entry = held.get(object.sopInstanceUid);
    assert.ok(entry !== undefined, 'an acknowledged object is not in the vault');
    const file = readFileSync(join(folder, entry.file));
    assert.equal(
      createHash('sha256').update(file).digest('hex'),
      entry.object.sha256,
      'identity is not the SHA-256 of the plain bytes',
    );
    assert.ok(dataSetOf(file).equals(object.dataSet), 'the data set in the vault differs from what was sent');
  }
  rmSync(folder, { recursive: true, force: true });
}

/** That every acknowledged object is in `orthanc`, data set byte for byte. */
export async function assertDelivered(orthanc: Orthanc, acknowledged: readonly MadeObject[]): Promise<void> {
  const ids = (await orthanc.get('/instances')) as string[];
  const stored = new Map<string, string>();
  for (const id of ids) {
    const { MainDicomTags } = (await orthanc.get(`/instances/${id}`)) as { MainDicomTags: { SOPInstanceUID: string } };
    stored.set(MainDicomTags.SOPInstanceUID, id);
  }
  for (const object of acknowledged) {
    const id = stored.get(object.sopInstanceUid);
    assert.ok(id !== undefined, 'an acknowledged object did not reach the destination');
    const file = Buffer.from(await orthanc.getBytes(`/instances/${id}/file`));
    assert.ok(dataSetOf(file).equals(object.dataSet), 'the data set at the destination differs from what was sent');
  }
}
