import { concatBytes } from '@leadglass/kit';
import { TILE_WIDTH, tilePath } from './layout.ts';
import { foldSubtrees, nodeHash } from './merkle.ts';

/** Told of each tile the moment it becomes full. */
export type FullTile = (level: number, index: number, hashes: readonly Uint8Array[]) => void;

interface Subtree {
  readonly hash: Uint8Array;
  readonly height: number;
}

const LEVEL_HEIGHT = 8;

/** The right edge of a growing Merkle tree: the perfect subtrees that make its root and the tiles not yet full. Log-sized, whatever the tree's size. */
export class Edge {
  #size = 0;
  #subtrees: Subtree[] = [];
  #tiles: Uint8Array[][] = [];

  /** Leaves so far. */
  get size(): number {
    return this.#size;
  }

  /** An independent copy; hashes are shared, they never change. */
  clone(): Edge {
    const copy = new Edge();
    copy.#size = this.#size;
    copy.#subtrees = [...this.#subtrees];
    copy.#tiles = this.#tiles.map((hashes) => [...hashes]);
    return copy;
  }

  /** The edge of a tree of `size`, from the hashes of its partial tiles, level 0 first (an empty array where a level has none). */
  static of(size: number, tiles: readonly (readonly Uint8Array[])[]): Edge {
    const edge = new Edge();
    edge.#size = size;
    edge.#tiles = tiles.map((hashes) => [...hashes]);
    for (let level = tiles.length - 1; level >= 0; level -= 1) {
      for (const hash of tiles[level] ?? []) edge.#merge({ hash, height: level * LEVEL_HEIGHT });
    }
    return edge;
  }

  /** Adds a leaf by its hash. */
  push(leaf: Uint8Array, onFull: FullTile = () => {}): void {
    this.#size += 1;
    this.#keep(0, leaf, onFull);
    this.#merge({ hash: leaf, height: 0 }, onFull);
  }

  /** Root of the tree (RFC 6962 §2.1). */
  root(): Uint8Array {
    return foldSubtrees(this.#subtrees.map((subtree) => subtree.hash));
  }

  /** Hashes of the partial tiles, level 0 first; an empty array where a level has none. */
  get tiles(): readonly (readonly Uint8Array[])[] {
    return this.#tiles;
  }

  /** The partial tiles as files. */
  partialFiles(): { path: string; bytes: Uint8Array }[] {
    return this.#tiles.flatMap((hashes, level) => {
      const index = Math.floor(this.#size / TILE_WIDTH ** (level + 1));
      return hashes.length === 0
        ? []
        : [{ path: tilePath(level, index, hashes.length), bytes: concatBytes(...hashes) }];
    });
  }

  #merge(added: Subtree, onFull?: FullTile): void {
    let { hash, height } = added;
    for (let top = this.#subtrees.at(-1); top?.height === height; top = this.#subtrees.at(-1)) {
      this.#subtrees.pop();
      hash = nodeHash(top.hash, hash);
      height += 1;
      if (onFull !== undefined && height % LEVEL_HEIGHT === 0) this.#keep(height / LEVEL_HEIGHT, hash, onFull);
    }
    this.#subtrees.push({ hash, height });
  }

  #keep(level: number, hash: Uint8Array, onFull: FullTile): void {
    const hashes = this.#tiles[level] ?? [];
    this.#tiles[level] = hashes;
    hashes.push(hash);
    if (hashes.length < TILE_WIDTH) return;
    this.#tiles[level] = [];
    onFull(level, Math.floor(this.#size / TILE_WIDTH ** (level + 1)) - 1, hashes);
  }
}
