import type { Bytes } from './bytes.ts';
import { foldPerfect, foldSubtrees, nodeHash, powersOf, TILE_WIDTH } from './merkle.ts';

interface Subtree {
  readonly hash: Bytes;
  readonly leaves: number;
}

/** The perfect subtrees of a tree that grows to the right: as many as its size has bits. */
export class Edge {
  #subtrees: Subtree[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds perfect subtrees of which the largest fits where the tree ends: at most a tile, or a whole one. */
  async push(hashes: readonly Bytes[]): Promise<void> {
    let at = 0;
    for (const leaves of powersOf(hashes.length)) {
      await this.#merge({ hash: await foldPerfect(hashes.slice(at, at + leaves)), leaves });
      at += leaves;
    }
  }

  async #merge(added: Subtree): Promise<void> {
    this.#size += added.leaves;
    let { hash, leaves } = added;
    for (let top = this.#subtrees.at(-1); top?.leaves === leaves; top = this.#subtrees.at(-1)) {
      this.#subtrees.pop();
      hash = await nodeHash(top.hash, hash);
      leaves *= 2;
    }
    this.#subtrees.push({ hash, leaves });
  }

  /** Root of the tree so far (RFC 6962 §2.1). */
  root(): Promise<Bytes> {
    return foldSubtrees(this.#subtrees.map(({ hash }) => hash));
  }

  /** Root were `hashes` to follow; nothing is kept of them. */
  async rootWith(hashes: readonly Bytes[]): Promise<Bytes> {
    const copy = new Edge();
    copy.#subtrees = [...this.#subtrees];
    copy.#size = this.#size;
    await copy.push(hashes);
    return copy.root();
  }
}

/** Number of hashes level `level` has in a tree of `size`. */
export function hashesAt(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** Width of tile `index` of `level` in a tree of `size`; 0 or less when it does not exist. */
export function widthOf(level: number, index: number, size: number): number {
  return Math.min(TILE_WIDTH, hashesAt(level, size) - index * TILE_WIDTH);
}
