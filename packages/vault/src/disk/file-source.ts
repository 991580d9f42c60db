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
    async read(from, length, room) {
      if (from < 0 || length < 0 || from + length > sealedBytes) throw vaultFault('vault.short-read');
      const into = room?.subarray(0, length) ?? Buffer.allocUnsafeSlow(length);
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

const VIEW_BYTES = 256 * 1024;
/** Rooms for views, used again: allocating as much as is read makes the garbage collector run as often as the disk. */
const spareRooms: Buffer[] = [];
const MOST_SPARE = 8;

/** The sealed bytes of a source, in views of at most 256 KiB; each is valid until the next is asked for. */
export async function* sealedViews(source: SealedSource): AsyncGenerator<Uint8Array, void, undefined> {
  const room = spareRooms.pop() ?? Buffer.allocUnsafeSlow(VIEW_BYTES);
  try {
    for (let at = 0; at < source.sealedBytes; ) {
      const view = await source.read(at, Math.min(VIEW_BYTES, source.sealedBytes - at), room);
      at += view.byteLength;
      yield view;
    }
  } finally {
    if (spareRooms.length < MOST_SPARE) spareRooms.push(room);
  }
}
