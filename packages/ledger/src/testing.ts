import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import type { TileStore } from './api.ts';
import { type Ledger, type MemoryTileStore, memoryTileStore, openLedger } from './index.ts';

/** For the tests of this room: a fixed key, a fixed origin. */
export const ORIGIN = 'leadglass/test';
const SEED = Buffer.from('302e020100300506032b657004220420', 'hex');
export const PRIVATE_KEY = createPrivateKey({
  key: Buffer.concat([SEED, createHash('sha256').update('test').digest()]),
  format: 'der',
  type: 'pkcs8',
});
export const PUBLIC_KEY = createPublicKey(PRIVATE_KEY);
export const TRUST = { origin: ORIGIN, publicKey: PUBLIC_KEY };

/** Entries `first` to `first + n - 1`, each its own text. */
export function entriesFrom(first: number, n: number): Uint8Array[] {
  return Array.from({ length: n }, (_, at) => new Uint8Array(Buffer.from(`entry ${first + at}`)));
}

/** Opens the test log over `store`. */
export function openTestLedger(store: TileStore): Promise<Ledger> {
  return openLedger({ store, origin: ORIGIN, signingKey: PRIVATE_KEY });
}

/** A log in memory grown by appends of these sizes. */
export async function grown(...batches: readonly number[]): Promise<{ store: MemoryTileStore; ledger: Ledger }> {
  const store = memoryTileStore();
  const ledger = await openTestLedger(store);
  for (const n of batches) await ledger.append(entriesFrom(ledger.size, n));
  return { store, ledger };
}

/** What a failing store throws. */
export class StoreDied extends Error {}

/**
 * `inner`, dying at the `deadAt`-th change (1 is the first) and refusing everything after, as a killed process does. A multi-file
 * write counts each file; the one it dies at is not written (`before`), written in half (`torn`; a rename is whole or not at all) or written without an answer (`after`).
 */
export function dyingStore(
  inner: MemoryTileStore,
  deadAt: number,
  how: 'before' | 'torn' | 'after',
): TileStore & { changes: number } {
  const store = {
    changes: 0,
    async read(path: string) {
      if (store.changes >= deadAt) throw new StoreDied();
      return inner.read(path);
    },
    async write(files: readonly { readonly path: string; readonly bytes: Uint8Array }[]) {
      for (const file of files)
        await store.change(
          () => inner.files.set(file.path, new Uint8Array(file.bytes)),
          () => inner.files.set(file.path, new Uint8Array(file.bytes).slice(0, file.bytes.length >> 1)),
        );
    },
    async replace(path: string, bytes: Uint8Array) {
      await store.change(
        () => inner.files.set(path, new Uint8Array(bytes)),
        () => {},
      );
    },
    async remove(path: string) {
      await store.change(
        () => void inner.remove(path),
        () => {},
      );
    },
    async change(whole: () => unknown, torn: () => unknown) {
      if (store.changes >= deadAt) throw new StoreDied();
      store.changes += 1;
      if (store.changes < deadAt) return void whole();
      if (how === 'after') whole();
      if (how === 'torn') torn();
      throw new StoreDied();
    },
  };
  return store;
}
