import { bytesEqual } from '@leadglass/kit';
import type { LedgerCheck, TileStore } from './api.ts';
import { type Checkpoint, openCheckpoint, type Trust } from './checkpoint.ts';
import { Edge } from './edge.ts';
import { bundlePath, CHECKPOINT_PATH, splitBundle, splitTile, TILE_WIDTH, tilePath, widthOf } from './layout.ts';
import { EMPTY_ROOT, leafHash } from './merkle.ts';
import { consistencyPath, isConsistent } from './proof.ts';
import { readEither, TreeReader } from './reader.ts';

const FAULTS_MAX = 1000;

type Code =
  | 'ledger.missing'
  | 'ledger.malformed'
  | 'ledger.checkpoint'
  | 'ledger.entry'
  | 'ledger.tile'
  | 'ledger.root'
  | 'ledger.truncated'
  | 'ledger.rewritten';
type CheckFault = LedgerCheck['faults'][number];
type Report = (code: Code, path: string, index: number) => void;

export interface VerifyOptions extends Trust {
  /** An earlier checkpoint of this log, remembered or cosigned elsewhere: entries it covers must still be there, unchanged. */
  readonly previous?: string;
  /** Called after each bundle. */
  onProgress?(done: number, size: number): void;
}

/**
 * Walks the whole log: rebuilds the tree from the entries, compares every tile of the current tree (and each older partial of its
 * right edge that is still kept) and the signed root. One bundle in memory at a time. Never throws for what it reads; Fault `ledger.unreadable` when the disk fails.
 */
export async function verifyLedger(store: TileStore, options: VerifyOptions): Promise<LedgerCheck> {
  const faults: CheckFault[] = [];
  const report: Report = (code, path, index) => {
    if (faults.length < FAULTS_MAX) faults.push({ code, path, index });
  };
  const checkpoint = await readCheckpoint(store, options);
  if (checkpoint === undefined) {
    report('ledger.checkpoint', CHECKPOINT_PATH, -1);
    return { isSound: false, size: 0, rootHash: EMPTY_ROOT, faults };
  }
  const previous = options.previous === undefined ? undefined : openCheckpoint(options.previous, options);
  if (options.previous !== undefined && previous === undefined) report('ledger.checkpoint', 'previous', -1);
  const edge = await new Walk(store, checkpoint, previous, report).run((done) =>
    options.onProgress?.(done, checkpoint.size),
  );
  if (edge === undefined || !bytesEqual(edge.root(), checkpoint.rootHash)) report('ledger.root', CHECKPOINT_PATH, -1);
  return { isSound: faults.length === 0, size: checkpoint.size, rootHash: checkpoint.rootHash, faults };
}

/** What comparing with a remembered checkpoint found. */
export type AgainstVerdict = 'extends' | 'truncated' | 'rewritten' | 'not-signed';

/**
 * Whether the log still holds, unchanged and in order, all that `previous` (a checkpoint remembered or cosigned elsewhere) covered:
 * a consistency proof from the tiles, in time that grows with the logarithm of the size. Throws Fault `ledger.damaged` when a tile is missing.
 */
export async function verifyAgainst(store: TileStore, previous: string, trust: Trust): Promise<AgainstVerdict> {
  const now = await readCheckpoint(store, trust);
  const then = openCheckpoint(previous, trust);
  if (now === undefined || then === undefined) return 'not-signed';
  if (then.size > now.size) return 'truncated';
  if (then.size === 0) return bytesEqual(then.rootHash, EMPTY_ROOT) ? 'extends' : 'rewritten';
  const path = await consistencyPath(new TreeReader(store, now.size), then.size);
  return isConsistent(then.size, then.rootHash, now.size, now.rootHash, path) ? 'extends' : 'rewritten';
}

async function readCheckpoint(store: TileStore, trust: Trust): Promise<Checkpoint | undefined> {
  const note = await store.read(CHECKPOINT_PATH);
  return note === undefined ? undefined : openCheckpoint(Buffer.from(note).toString('utf8'), trust);
}

/** One walk over entries and tiles. */
class Walk {
  readonly #store: TileStore;
  readonly #checkpoint: Checkpoint;
  readonly #previous: Checkpoint | undefined;
  readonly #report: Report;
  readonly #edge = new Edge();
  #full: { level: number; index: number; hashes: readonly Uint8Array[] }[] = [];

  constructor(store: TileStore, checkpoint: Checkpoint, previous: Checkpoint | undefined, report: Report) {
    this.#store = store;
    this.#checkpoint = checkpoint;
    this.#previous = previous;
    this.#report = report;
  }

  /** The rebuilt edge, or undefined when entries are missing so that no root can be built. */
  async run(onProgress: (done: number) => void): Promise<Edge | undefined> {
    const { size } = this.#checkpoint;
    this.#comparePrevious();
    if (this.#previous !== undefined && this.#previous.size > size)
      this.#report('ledger.truncated', CHECKPOINT_PATH, size);
    for (let index = 0; index * TILE_WIDTH < size; index += 1) {
      if (!(await this.#bundle(index))) return undefined;
      onProgress(this.#edge.size);
    }
    await this.#partials();
    return this.#edge;
  }

  async #bundle(index: number): Promise<boolean> {
    const width = widthOf(0, index, this.#checkpoint.size);
    const path = bundlePath(index, width);
    const found = await readEither(this.#store, path, bundlePath(index));
    const entries = found && splitBundle(found.bytes);
    if (found === undefined) this.#report('ledger.missing', path, index * TILE_WIDTH);
    else if (entries?.length !== (found.path === path ? width : TILE_WIDTH))
      this.#report('ledger.malformed', found.path, index * TILE_WIDTH);
    if (entries === undefined || entries.length < width) return false;
    const leaves = entries.slice(0, width).map(leafHash);
    await this.#compareLeaves(index, width, leaves);
    for (const leaf of leaves) {
      this.#edge.push(leaf, (level, at, hashes) => this.#full.push({ level, index: at, hashes }));
      this.#comparePrevious();
    }
    for (const tile of this.#full.filter((tile) => tile.level > 0))
      await this.#compareTile(tile.level, tile.index, TILE_WIDTH, tile.hashes);
    this.#full = [];
    return true;
  }

  /** Level 0 against the entries themselves: names the entry that differs. */
  async #compareLeaves(index: number, width: number, leaves: readonly Uint8Array[]): Promise<void> {
    const stored = await this.#tile(0, index, width);
    const at = stored === undefined ? -1 : leaves.findIndex((leaf, i) => !bytesEqual(leaf, stored[i] as Uint8Array));
    if (at >= 0) this.#report('ledger.entry', bundlePath(index, width), index * TILE_WIDTH + at);
  }

  async #compareTile(level: number, index: number, width: number, hashes: readonly Uint8Array[]): Promise<void> {
    const stored = await this.#tile(level, index, width);
    const at = stored === undefined ? -1 : hashes.findIndex((hash, i) => !bytesEqual(hash, stored[i] as Uint8Array));
    if (at >= 0)
      this.#report('ledger.tile', tilePath(level, index, width), (index * TILE_WIDTH + at) * TILE_WIDTH ** level);
  }

  async #tile(level: number, index: number, width: number): Promise<readonly Uint8Array[] | undefined> {
    const path = tilePath(level, index, width);
    const found = await readEither(this.#store, path, tilePath(level, index));
    const hashes = found && splitTile(found.bytes);
    if (found === undefined) this.#report('ledger.missing', path, index * TILE_WIDTH ** (level + 1));
    else if (hashes?.length !== (found.path === path ? width : TILE_WIDTH))
      this.#report('ledger.malformed', found.path, index * TILE_WIDTH ** (level + 1));
    return hashes === undefined || hashes.length < width ? undefined : hashes;
  }

  #comparePrevious(): void {
    if (this.#previous?.size !== this.#edge.size) return;
    if (!bytesEqual(this.#previous.rootHash, this.#edge.root()))
      this.#report('ledger.rewritten', CHECKPOINT_PATH, this.#edge.size);
  }

  /** The right edge: partial tiles of this size above level 0, and every older partial kept beside them, which older checkpoints need. */
  async #partials(): Promise<void> {
    for (const [level, hashes] of this.#edge.tiles.entries()) {
      const index = Math.floor(this.#edge.size / TILE_WIDTH ** (level + 1));
      if (level > 0 && hashes.length > 0) await this.#compareTile(level, index, hashes.length, hashes);
      await this.#older(hashes, (width) => tilePath(level, index, width), splitTile, level);
    }
    const leaves = this.#edge.tiles[0] ?? [];
    const index = Math.floor(this.#edge.size / TILE_WIDTH);
    await this.#older(
      leaves,
      (width) => bundlePath(index, width),
      (bytes) => splitBundle(bytes)?.map(leafHash),
      0,
    );
  }

  async #older(
    hashes: readonly Uint8Array[],
    pathOf: (width: number) => string,
    split: (bytes: Uint8Array) => Uint8Array[] | undefined,
    level: number,
  ): Promise<void> {
    for (let width = 1; width < hashes.length; width += 1) {
      const bytes = await this.#store.read(pathOf(width));
      if (bytes === undefined) continue;
      const stored = split(bytes);
      const isSame = stored?.length === width && stored.every((hash, at) => bytesEqual(hash, hashes[at] as Uint8Array));
      const first = Math.floor(this.#edge.size / TILE_WIDTH ** (level + 1)) * TILE_WIDTH ** (level + 1);
      if (!isSame) this.#report('ledger.tile', pathOf(width), first);
    }
  }
}
