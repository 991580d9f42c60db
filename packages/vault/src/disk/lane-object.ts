import { assert } from '@leadglass/kit';
import { readFault, writeAllSync, writeFault } from './durable.ts';
import { LANE_BLOCK_BYTES, type LaneFile } from './lane-file.ts';
import type { LanePool } from './lane-pool.ts';

/** Where a sealed object was written. Not durable yet: the keeper syncs before it believes (`ObjectStore.makeDurable`). */
export type Staged =
  | { readonly kind: 'lane'; readonly file: string; readonly offset: number; readonly sealedBytes: number }
  | { readonly kind: 'staged'; readonly file: string; readonly sealedBytes: number };

export interface WriteTarget {
  readonly file: string;
  readonly fd: number;
  /** Offset of the object in the file. */
  readonly start: number;
}

/** Small pieces are gathered: one write of 128 KiB costs a third of four of 32 KiB. */
const GATHER_BYTES = 131_072;
const COPY_BYTES = 2 ** 20;
const spareGather: Buffer[] = [];
const MOST_SPARE = 64;

/** One sealed object being written: head and payload in order through `write`, then exactly one of `commit` and `discard`. */
export class LaneObject {
  readonly #pool: LanePool;
  readonly #ended: (lane: LaneFile | undefined, bytes: number) => void;
  #lane: LaneFile | undefined;
  #target: WriteTarget;
  #gather: Buffer | undefined = spareGather.pop() ?? Buffer.allocUnsafeSlow(GATHER_BYTES);
  #gathered = 0;
  #written = 0;
  #isUnsettled = false;

  /** @param lane with the object's place at its cursor, or undefined for a file of its own. */
  constructor(pool: LanePool, lane: LaneFile | undefined, ended: (lane: LaneFile | undefined, bytes: number) => void) {
    this.#pool = pool;
    this.#ended = ended;
    this.#lane = lane;
    this.#target = lane === undefined ? pool.openStaged() : { file: lane.file, fd: lane.fd, start: lane.cursor };
  }

  /** Bytes taken so far. */
  get sealedBytes(): number {
    return this.#written + this.#gathered;
  }

  /** Appends; the view may be reused afterwards. A ByteSink when bound. Throws Fault `vault.disk-full` or `vault.unwritable`: then discard. */
  readonly write = (view: Uint8Array): void => {
    const gather = this.#openGather();
    for (let at = 0; at < view.byteLength; ) {
      const take = Math.min(view.byteLength - at, GATHER_BYTES - this.#gathered);
      gather.set(take === view.byteLength ? view : view.subarray(at, at + take), this.#gathered);
      this.#gathered += take;
      at += take;
      if (this.#gathered === GATHER_BYTES) this.#flush();
    }
  };

  /** Ends the object with all its bytes written. Tell the keeper, and call `settled` when it has answered. Throws as `write`. */
  commit(): Staged {
    this.#flush();
    const { file, fd, start } = this.#target;
    const lane = this.#lane;
    const sealedBytes = this.#written;
    this.#end(sealedBytes);
    if (lane === undefined) {
      this.#close(fd);
      return { kind: 'staged', file, sealedBytes };
    }
    lane.cursor = Math.ceil((start + sealedBytes) / LANE_BLOCK_BYTES) * LANE_BLOCK_BYTES;
    lane.unsettled += 1;
    this.#isUnsettled = true;
    this.#pool.giveBack(lane);
    return { kind: 'lane', file, offset: start, sealedBytes };
  }

  /** The keeper has answered for this committed object, whatever the answer. Until then its lane is not offered for reuse. */
  settled(): void {
    if (!this.#isUnsettled || this.#lane === undefined) return;
    this.#isUnsettled = false;
    this.#pool.settled(this.#lane);
  }

  /** Ends the object without keeping it. Harmless after either end. */
  discard(): void {
    if (this.#gather === undefined) return;
    const { file, fd } = this.#target;
    const lane = this.#lane;
    this.#end(0);
    if (lane !== undefined) {
      this.#pool.giveBack(lane);
      return;
    }
    this.#removeQuietly(fd, file);
  }

  #openGather(): Buffer {
    assert(this.#gather !== undefined, 'an ended object takes no more bytes');
    return this.#gather;
  }

  #end(bytes: number): void {
    this.#ended(this.#lane, bytes);
    if (spareGather.length < MOST_SPARE) spareGather.push(this.#openGather());
    this.#gather = undefined;
  }

  #flush(): void {
    const gather = this.#openGather();
    const { laneBytes } = this.#pool;
    if (this.#lane !== undefined && this.#target.start + this.#written + this.#gathered > laneBytes)
      this.#outgrow(this.#lane);
    writeAllSync(
      this.#pool.ops,
      this.#target.fd,
      gather.subarray(0, this.#gathered),
      this.#target.start + this.#written,
    );
    this.#written += this.#gathered;
    this.#gathered = 0;
  }

  /** Moves the object out of a lane it does not fit: to an empty lane while it is small, else to a file of its own. */
  #outgrow(lane: LaneFile): void {
    const from = this.#target;
    const isSmall = this.#written + this.#gathered <= this.#pool.laneBytes / 4;
    const fresh = isSmall ? this.#pool.takeEmpty() : undefined;
    this.#target = fresh === undefined ? this.#pool.openStaged() : { file: fresh.file, fd: fresh.fd, start: 0 };
    this.#lane = fresh;
    try {
      this.#copyFrom(from);
    } finally {
      this.#leave(lane, isSmall);
    }
  }

  #leave(lane: LaneFile, isSmall: boolean): void {
    // A lane too full even for a small object is done; one that met a large object is as good as before.
    if (isSmall) this.#pool.retire(lane);
    else this.#pool.giveBack(lane);
  }

  #copyFrom(from: WriteTarget): void {
    const { ops } = this.#pool;
    const buffer = Buffer.allocUnsafeSlow(Math.min(COPY_BYTES, this.#written));
    for (let at = 0; at < this.#written; ) {
      const view = buffer.subarray(0, Math.min(buffer.byteLength, this.#written - at));
      let read = 0;
      try {
        read = ops.readSync(from.fd, view, from.start + at);
      } catch (thrown) {
        throw readFault(thrown);
      }
      assert(read > 0, 'what was written can be read');
      writeAllSync(ops, this.#target.fd, view.subarray(0, read), this.#target.start + at);
      at += read;
    }
  }

  #close(fd: number): void {
    try {
      this.#pool.ops.closeSync(fd);
    } catch (thrown) {
      throw writeFault(thrown);
    }
  }

  #removeQuietly(fd: number, file: string): void {
    try {
      this.#close(fd);
      this.#pool.ops.unlinkSync(this.#pool.pathOf(file));
    } catch {
      // Left over: the keeper removes what nothing points to when it starts.
    }
  }
}
