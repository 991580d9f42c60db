import { join } from 'node:path';
import { assert } from '@leadglass/kit';
import { isSha256, type Sha256 } from '@leadglass/model';
import { readFault } from './durable.ts';
import type { FileOps } from './file-ops.ts';

const OBJECT_NAME = /^([0-9a-f]{64})\.age$/;

/** Names of the folders under `objects`, by the first two digits of an object's name: all made ahead, so that none has to be while a sender waits. */
export const SHARDS: readonly string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** Where an object's own file lies: `objects/ab/abcd….age`. */
export function objectFile(objects: string, sha256: Sha256): string {
  assert(isSha256(sha256), 'an object is named by its SHA-256');
  return join(objects, sha256.slice(0, 2), `${sha256}.age`);
}

/** Names in a folder, none when it does not exist. Throws Fault `vault.unreadable`. */
export async function listFolder(ops: FileOps, folder: string): Promise<string[]> {
  try {
    return await ops.readdir(folder);
  } catch (thrown) {
    const fault = readFault(thrown);
    if (fault.code === 'vault.missing') return [];
    throw fault;
  }
}

/** Every object under `objects` that lies where it should, in order; one shard in memory at a time. */
export async function* listObjects(ops: FileOps, objects: string): AsyncGenerator<Sha256, void, undefined> {
  for (const shard of SHARDS) {
    for (const name of (await listFolder(ops, join(objects, shard))).sort()) {
      const sha256 = OBJECT_NAME.exec(name)?.[1] ?? '';
      if (isSha256(sha256) && sha256.startsWith(shard)) yield sha256;
    }
  }
}
