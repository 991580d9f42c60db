import { join } from 'node:path';
import { assert } from '@leadglass/kit';
import { isSha256, type Sha256 } from '@leadglass/model';
import { readFault } from './durable.ts';
import type { FileOps } from './file-ops.ts';

const SHARD = /^[0-9a-f]{2}$/;
const OBJECT_NAME = /^([0-9a-f]{64})\.age$/;

/** Where an object's own file lies: `objects/ab/cd/abcd….age`. */
export function objectFile(objects: string, sha256: Sha256): string {
  assert(isSha256(sha256), 'an object is named by its SHA-256');
  return join(objects, sha256.slice(0, 2), sha256.slice(2, 4), `${sha256}.age`);
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

async function shards(ops: FileOps, folder: string): Promise<string[]> {
  return (await listFolder(ops, folder)).filter((name) => SHARD.test(name)).sort();
}

/** Every object under `objects` that lies where it should, in order; one shard in memory at a time. */
export async function* listObjects(ops: FileOps, objects: string): AsyncGenerator<Sha256, void, undefined> {
  for (const first of await shards(ops, objects)) {
    for (const second of await shards(ops, join(objects, first))) {
      for (const name of (await listFolder(ops, join(objects, first, second))).sort()) {
        const sha256 = OBJECT_NAME.exec(name)?.[1] ?? '';
        if (isSha256(sha256) && sha256.startsWith(first + second)) yield sha256;
      }
    }
  }
}
