import { assert } from '@leadglass/kit';
import type { TileStore } from './api.ts';
import { damaged } from './faults.ts';
import { bundlePath, levelsOf, splitBundle, splitTile, TILE_WIDTH, tilePath, widthOf } from './layout.ts';
import { EMPTY_ROOT, foldPerfect, foldSubtrees, powerOfTwoUpTo } from './merkle.ts';

const TILES_KEPT = 32;

interface Found {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Reads the partial file a tree of this size has, or the full one that has replaced it (C2SP tlog-tiles, Partial Tiles). */
export async function readEither(store: TileStore, partial: string, full: string): Promise<Found | undefined> {
  for (const path of partial === full ? [full] : [partial, full]) {
    const bytes = await store.read(path);
    if (bytes !== undefined) return { path, bytes };
  }
  return undefined;
}

/** A tree of a fixed size over its tiles. What it reads is not yet verified: compare a root with a signed checkpoint. */
export class TreeReader {
  readonly size: number;
  readonly #store: TileStore;
  readonly #tiles = new Map<string, readonly Uint8Array[]>();
  #bundle: { readonly index: number; readonly entries: readonly Uint8Array[] } | undefined;

  constructor(store: TileStore, size: number) {
    this.#store = store;
    this.size = size;
  }

  /** Hashes of one tile. Throws Fault `ledger.damaged`, `ledger.unreadable`. */
  async tile(level: number, index: number): Promise<readonly Uint8Array[]> {
    const width = widthOf(level, index, this.size);
    assert(width > 0, 'the tile is inside the tree');
    const path = tilePath(level, index, width);
    const kept = this.#tiles.get(path);
    if (kept !== undefined) return kept;
    const found = await readEither(this.#store, path, tilePath(level, index));
    const hashes = this.#fitting(found && splitTile(found.bytes), found, path, width);
    if (this.#tiles.size >= TILES_KEPT) this.#tiles.clear();
    this.#tiles.set(path, hashes);
    return hashes;
  }

  /** Entries of one bundle. Throws as `tile` does. */
  async bundle(index: number): Promise<readonly Uint8Array[]> {
    if (this.#bundle?.index === index) return this.#bundle.entries;
    const width = widthOf(0, index, this.size);
    const path = bundlePath(index, width);
    const found = await readEither(this.#store, path, bundlePath(index));
    const entries = this.#fitting(found && splitBundle(found.bytes), found, path, width);
    this.#bundle = { index, entries };
    return entries;
  }

  /** The entry at `index`: a view of its bundle. */
  async entry(index: number): Promise<Uint8Array> {
    assert(Number.isSafeInteger(index) && index >= 0 && index < this.size, 'the entry is in the log');
    const entries = await this.bundle(Math.floor(index / TILE_WIDTH));
    return entries[index % TILE_WIDTH] as Uint8Array;
  }

  /** Hashes of the partial tiles at the right edge, level 0 first. */
  async edge(): Promise<(readonly Uint8Array[])[]> {
    const tiles: (readonly Uint8Array[])[] = [];
    for (let level = 0; level < levelsOf(this.size); level += 1) {
      const index = Math.floor(this.size / TILE_WIDTH ** (level + 1));
      tiles.push(widthOf(level, index, this.size) > 0 ? await this.tile(level, index) : []);
    }
    return tiles;
  }

  /** MTH(D[from:to]) for a range that RFC 6962 splitting makes: `from` is a multiple of the largest power of two in it. */
  async rangeHash(from: number, to: number): Promise<Uint8Array> {
    if (from === to) return EMPTY_ROOT;
    const subtrees: Uint8Array[] = [];
    for (let at = from; at < to; ) {
      const leaves = powerOfTwoUpTo(to - at);
      subtrees.push(await this.#perfect(at, leaves));
      at += leaves;
    }
    return foldSubtrees(subtrees);
  }

  async #perfect(from: number, leaves: number): Promise<Uint8Array> {
    let level = 0;
    while (TILE_WIDTH ** (level + 1) <= leaves) level += 1;
    const at = from / TILE_WIDTH ** level;
    const tile = await this.tile(level, Math.floor(at / TILE_WIDTH));
    const first = at % TILE_WIDTH;
    return foldPerfect(tile.slice(first, first + leaves / TILE_WIDTH ** level));
  }

  #fitting(parts: Uint8Array[] | undefined, found: Found | undefined, path: string, width: number): Uint8Array[] {
    if (found === undefined) throw damaged('ledger.missing', path);
    const isWhole = parts?.length === (found.path === path ? width : TILE_WIDTH);
    if (parts === undefined || !isWhole) throw damaged('ledger.malformed', found.path);
    return parts.slice(0, width);
  }
}
