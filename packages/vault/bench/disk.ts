/**
 * The life of CT-sized and small objects on this disk, one thread and one association: seal, write to a lane, sync, and later the laying
 * out; with a file an object beside it. `node packages/vault/bench/disk.ts [FOLDER]`.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@leadglass/kit';
import { parseSha256, type Sha256 } from '@leadglass/model';
import { generateIdentity, LanePool, ObjectStore, PayloadSealer, SealKitPool, type Stored } from '../src/index.ts';

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'leadglass-bench-'));
const recipients = [generateIdentity().recipient, generateIdentity().recipient];
const kits = new SealKitPool({ recipients, ready: 512, later: setImmediate });

async function receive(
  bytes: number,
  objects: number,
  mostLanes: number,
): Promise<{ store: ObjectStore; rows: Stored[]; ms: number; waitMs: number }> {
  const intakeId = `b${bytes}m${mostLanes}`;
  const store = new ObjectStore({
    vaultFolder: join(folder, `vault-${intakeId}`),
    stagingFolder: join(folder, 'staging'),
  });
  await store.prepare();
  const intakeFolder = await store.addIntake(intakeId);
  const pool: LanePool = new LanePool({
    folder: intakeFolder,
    intakeId,
    clock: systemClock,
    wantLane: () => {},
    retired: () => {},
  });
  for (let i = 0; i < mostLanes; i += 1) pool.add(await store.createLane(intakeId));
  const lane = pool.lease();
  const plain = randomBytes(bytes);
  const rows: Stored[] = [];
  await new Promise((resolve) => setTimeout(resolve, 300));
  const start = performance.now();
  let waitMs = 0;
  for (let i = 0; i < objects; i += 1) {
    const sha256 = parseSha256(createHash('sha256').update(`${intakeId} ${i}`).digest('hex')) as Sha256;
    const object = lane.begin();
    const kit = kits.take();
    object.write(kit.head);
    const sealer = new PayloadSealer(kit.payloadKey);
    for (let at = 0; at < bytes; at += 131_072) sealer.update(plain.subarray(at, at + 131_072), object.write);
    sealer.finish(object.write);
    const staged = object.commit();
    const wait = performance.now();
    await store.makeDurable(intakeId, staged);
    if (staged.kind === 'staged') await store.adopt(staged.file, sha256);
    waitMs += performance.now() - wait;
    object.settled();
    rows.push({ sha256, sealedBytes: staged.sealedBytes, place: staged.kind === 'lane' ? staged : { kind: 'file' } });
  }
  return { store, rows, ms: performance.now() - start, waitMs };
}

for (const [bytes, objects, lanes] of [
  [530_000, 300, 12],
  [5600, 1000, 2],
] as const) {
  for (const mostLanes of [lanes, 0]) {
    const { store, rows, ms, waitMs } = await receive(bytes, objects, mostLanes);
    const way = mostLanes === 0 ? 'a file each' : 'lanes';
    process.stdout.write(
      `${bytes} B, ${way}: ${(ms / objects).toFixed(2)} ms an object (${(waitMs / objects).toFixed(2)} of them making it durable), ${Math.round((bytes * objects) / ms / 1000)} MB/s\n`,
    );
    const start = performance.now();
    for (let at = 0; at < rows.length; at += 128) await store.layOut(rows.slice(at, at + 128));
    if (mostLanes > 0)
      process.stdout.write(`  laid out later: ${((performance.now() - start) / objects).toFixed(2)} ms an object\n`);
    await store.close();
  }
}
rmSync(folder, { recursive: true });
