import { type Bytes, fromHex } from './bytes.ts';
import { widthOf } from './edge.ts';
import { foldPerfect, foldSubtrees, HASH_BYTES, powerOfTwoUpTo, powersOf, TILE_WIDTH } from './merkle.ts';
import type { LogSource } from './source.ts';

const TILES_KEPT = 32;

/** A tile that is not what a tree of this size has there. */
export class BadTile extends Error {
  readonly level: number;
  readonly index: number;

  constructor(level: number, index: number) {
    super(`tile ${level}/${index}`);
    this.level = level;
    this.index = index;
  }
}

/** The tiles of a tree of a fixed size. What it reads is proved by a root that is signed, or it is not proved. */
export class Tiles {
  readonly size: number;
  readonly #source: LogSource;
  readonly #signal: AbortSignal;
  readonly #kept = new Map<string, Promise<readonly Bytes[]>>();

  constructor(source: LogSource, size: number, signal: AbortSignal) {
    this.#source = source;
    this.size = size;
    this.#signal = signal;
  }

  /** Hashes of one tile, as many as a tree of this size has there. Throws BadTile. */
  tile(level: number, index: number): Promise<readonly Bytes[]> {
    const name = `${level}/${index}`;
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    if (this.#kept.size >= TILES_KEPT) this.#kept.clear();
    const read = this.#read(level, index);
    this.#kept.set(name, read);
    return read;
  }

  async #read(level: number, index: number): Promise<readonly Bytes[]> {
    const width = widthOf(level, index, this.size);
    const given = await this.#source.tile(level, index, this.#signal);
    const bytes = fromHex(given.hashes);
    // A log that has grown since has more there than this tree.
    const isFitting = bytes !== undefined && bytes.length % HASH_BYTES === 0 && bytes.length <= TILE_WIDTH * HASH_BYTES;
    if (given.level !== level || given.index !== index || !isFitting || bytes.length < width * HASH_BYTES)
      throw new BadTile(level, index);
    return Array.from({ length: width }, (_, at) => bytes.slice(at * HASH_BYTES, (at + 1) * HASH_BYTES));
  }

  /** MTH(D[from:to]) for a range that RFC 6962 splitting makes. */
  async rangeHash(from: number, to: number): Promise<Bytes> {
    const subtrees: Bytes[] = [];
    let at = from;
    for (const leaves of powersOf(to - from)) {
      subtrees.push(await this.#perfect(at, leaves));
      at += leaves;
    }
    return foldSubtrees(subtrees);
  }

  async #perfect(from: number, leaves: number): Promise<Bytes> {
    let level = 0;
    while (TILE_WIDTH ** (level + 1) <= leaves) level += 1;
    const at = from / TILE_WIDTH ** level;
    const first = at % TILE_WIDTH;
    const tile = await this.tile(level, Math.floor(at / TILE_WIDTH));
    return foldPerfect(tile.slice(first, first + leaves / TILE_WIDTH ** level));
  }
}

/** Consistency proof between the tree of the first `oldSize` leaves (at least 1) and the whole (RFC 6962 §2.1.2). */
export async function consistencyPath(tiles: Tiles, oldSize: number): Promise<Bytes[]> {
  const path: Bytes[] = [];
  let [from, to, isWholeOld] = [0, tiles.size, true];
  while (to !== oldSize) {
    const middle = from + powerOfTwoUpTo(to - from - 1);
    if (oldSize <= middle) {
      path.push(await tiles.rangeHash(middle, to));
      to = middle;
    } else {
      path.push(await tiles.rangeHash(from, middle));
      from = middle;
      isWholeOld = false;
    }
  }
  if (!isWholeOld) path.push(await tiles.rangeHash(from, to));
  return path.reverse();
}

/** Audit path of leaf `index`, the leaf's sibling first (RFC 6962 §2.1.1). */
export async function inclusionPath(tiles: Tiles, index: number): Promise<Bytes[]> {
  const path: Bytes[] = [];
  let [from, to] = [0, tiles.size];
  while (to - from > 1) {
    const middle = from + powerOfTwoUpTo(to - from - 1);
    if (index < middle) {
      path.push(await tiles.rangeHash(middle, to));
      to = middle;
    } else {
      path.push(await tiles.rangeHash(from, middle));
      from = middle;
    }
  }
  return path.reverse();
}
