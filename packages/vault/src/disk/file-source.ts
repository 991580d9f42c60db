import type { SealedSource } from '../api.ts';
import { vaultFault } from '../faults.ts';
import { readFault } from './durable.ts';
import type { FileOps } from './file-ops.ts';

/** A sealed object in a stretch of an open file. @param closed called once, after the descriptor is closed. */
export function fileSource(
  ops: FileOps,
  fd: number,
  offset: number,
  sealedBytes: number,
  closed: () => void,
): SealedSource {
  let isClosed = false;
  return {
    sealedBytes,
    async read(from, length) {
      if (from < 0 || length < 0 || from + length > sealedBytes) throw vaultFault('vault.short-read');
      const into = Buffer.allocUnsafeSlow(length);
      try {
        for (let at = 0; at < length; ) {
          const read = await ops.read(fd, into.subarray(at), offset + from + at);
          if (read === 0) throw vaultFault('vault.short-read');
          at += read;
        }
      } catch (thrown) {
        throw readFault(thrown);
      }
      return into;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await ops.close(fd).catch(() => {});
      closed();
    },
  };
}

/** The sealed bytes of a source, in views of at most 1 MiB. */
export async function* sealedViews(source: SealedSource): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < source.sealedBytes; ) {
    const view = await source.read(at, Math.min(2 ** 20, source.sealedBytes - at));
    at += view.byteLength;
    yield view;
  }
}
