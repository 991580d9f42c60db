import type { Custody } from '@leadglass/records';
import { type Identity, type ObjectStore, openHeader, readPlain, type Stored } from '@leadglass/vault';

/** The plain Part 10 file of an object, from byte `from` on and before `to`, authenticated before it is released. Throws Fault `vault.*`. */
export async function* plainObject(
  store: ObjectStore,
  site: Identity,
  stored: Stored,
  from = 0,
  to = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = await store.open(stored);
  try {
    const opened = await openHeader([site], source);
    yield* readPlain(source, opened, from, Math.min(to, opened.plainBytes));
  } finally {
    await source.close();
  }
}

/** The data set alone, as it came off the wire. */
export function plainDataSet(store: ObjectStore, site: Identity, custody: Custody): AsyncIterable<Uint8Array> {
  return plainObject(store, site, custody, custody.metaBytes);
}
