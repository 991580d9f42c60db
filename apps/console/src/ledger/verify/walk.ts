import type { AnswerOf } from '@leadglass/contract';
import { areEqual, type Bytes } from './bytes.ts';
import type { Checkpoint } from './checkpoint.ts';
import { Edge, widthOf } from './edge.ts';
import { foldPerfect, leafHashOfText, TILE_WIDTH } from './merkle.ts';
import type { Tree } from './proof.ts';
import type { LogSource } from './source.ts';
import { BadTile, type Tiles } from './tiles.ts';

/** Entries asked for at once: whole tiles, within what one answer gives. */
const PAGE = 3 * TILE_WIDTH;
/** A log that is wrong everywhere needs no longer list. */
const FAULTS_MAX = 100;

/**
 * What is wrong, and the first entry concerned (-1: none in particular). `entry`: differs from the hash the log has for it. `tile`: a hash of the
 * log that its entries do not give. `missing`: cannot be had. The others are about the whole.
 */
export interface Fault {
  readonly code:
    | 'key'
    | 'key-changed'
    | 'none'
    | 'not-signed'
    | 'truncated'
    | 'rewritten'
    | 'missing'
    | 'entry'
    | 'tile'
    | 'root';
  readonly index: number;
}

/** What a walk needs to know. */
export interface WalkOptions {
  readonly source: LogSource;
  readonly tiles: Tiles;
  readonly checkpoint: Checkpoint;
  /** Of this log, remembered. */
  readonly previous?: Tree;
  readonly signal: AbortSignal;
  onProgress(done: number): void;
}

/** What a walk counted and found. */
export interface Walked {
  readonly entries: number;
  readonly tiles: number;
  readonly faults: readonly Fault[];
}

/** Reads every entry and every hash tile, builds the tree from the entries alone, and compares all of it. Two pages in memory, whatever the size. */
export function walk(options: WalkOptions): Promise<Walked> {
  return new Walk(options).run();
}

class Walk {
  readonly #options: WalkOptions;
  readonly #edge = new Edge();
  /** Hashes since the last full tile, by level; level 0 is compared as it is read. */
  readonly #rows: Bytes[][] = [];
  readonly #faults: Fault[] = [];
  #tiles = 0;

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  async run(): Promise<Walked> {
    const { checkpoint, signal } = this.#options;
    let next = this.#page(0);
    for (let first = 0; first < checkpoint.size; first += PAGE) {
      const entries = await next;
      signal.throwIfAborted();
      next = this.#page(first + PAGE);
      // Awaited at the next turn, or not at all when this one ends the walk.
      next.catch(() => undefined);
      if (entries === undefined) return this.#end(false);
      await this.#hash(first, entries);
      this.#options.onProgress(this.#edge.size);
    }
    return this.#end(true);
  }

  /** The entries of a page, or undefined when one of them is not given. */
  async #page(first: number): Promise<readonly string[] | undefined> {
    const { checkpoint, source, signal } = this.#options;
    const until = Math.min(checkpoint.size, first + PAGE);
    const contents: string[] = [];
    while (first + contents.length < until) {
      const at = first + contents.length;
      const given = await source.entries(at, until - at, signal);
      const isNext = given.length > 0 && given.length <= until - at && inOrder(given, at);
      if (!isNext) {
        this.#report('missing', at);
        return undefined;
      }
      for (const { content } of given) contents.push(content);
    }
    return contents;
  }

  async #hash(first: number, contents: readonly string[]): Promise<void> {
    const leaves = await Promise.all(contents.map(leafHashOfText));
    for (let at = 0; at < leaves.length; at += TILE_WIDTH) {
      const block = leaves.slice(at, at + TILE_WIDTH);
      await this.#compare(0, (first + at) / TILE_WIDTH, block);
      await this.#comparePrevious(block);
      if (block.length < TILE_WIDTH) await this.#edge.push(block);
      else await this.#keep(1, await this.#pushed(block));
    }
  }

  async #pushed(block: readonly Bytes[]): Promise<Bytes> {
    const [root] = await Promise.all([foldPerfect(block), this.#edge.push(block)]);
    return root;
  }

  /** A hash of `level`; with 256 of them the tile is compared, and its root is one of the level above. */
  async #keep(level: number, hash: Bytes): Promise<void> {
    const row = this.#rows[level] ?? [];
    this.#rows[level] = row;
    row.push(hash);
    if (row.length < TILE_WIDTH) return;
    this.#rows[level] = [];
    await this.#compare(level, Math.floor(this.#edge.size / TILE_WIDTH ** (level + 1)) - 1, row);
    await this.#keep(level + 1, await foldPerfect(row));
  }

  async #compare(level: number, index: number, hashes: readonly Bytes[]): Promise<void> {
    const stored = await this.#stored(level, index);
    const at = stored === undefined ? -1 : hashes.findIndex((hash, i) => !areEqual(hash, stored[i] ?? hash.slice(1)));
    if (at >= 0) this.#report(level === 0 ? 'entry' : 'tile', (index * TILE_WIDTH + at) * TILE_WIDTH ** level);
  }

  async #stored(level: number, index: number): Promise<readonly Bytes[] | undefined> {
    this.#tiles += 1;
    try {
      return await this.#options.tiles.tile(level, index);
    } catch (thrown) {
      if (!(thrown instanceof BadTile)) throw thrown;
      this.#report('tile', index * TILE_WIDTH ** (level + 1));
      return undefined;
    }
  }

  /** Where the remembered tree ended, this one was the same. @param block what follows now */
  async #comparePrevious(block: readonly Bytes[]): Promise<void> {
    const { previous, checkpoint } = this.#options;
    const within = (previous?.size ?? -1) - this.#edge.size;
    if (previous === undefined || within <= 0 || within > block.length || previous.size > checkpoint.size) return;
    const root = await this.#edge.rootWith(block.slice(0, within));
    if (!areEqual(root, previous.rootHash)) this.#report('rewritten', previous.size);
  }

  async #end(isWhole: boolean): Promise<Walked> {
    const { checkpoint } = this.#options;
    for (const [level, row] of this.#rows.entries()) {
      const index = Math.floor(this.#edge.size / TILE_WIDTH ** (level + 1));
      if (isWhole && row !== undefined && row.length === widthOf(level, index, checkpoint.size) && row.length > 0)
        await this.#compare(level, index, row);
    }
    if (isWhole && !areEqual(await this.#edge.root(), checkpoint.rootHash)) this.#report('root', -1);
    return { entries: this.#edge.size, tiles: this.#tiles, faults: this.#faults };
  }

  #report(code: Fault['code'], index: number): void {
    if (this.#faults.length < FAULTS_MAX) this.#faults.push({ code, index });
  }
}

function inOrder(given: AnswerOf<'ledger.show'>['entries'], first: number): boolean {
  return given.every(({ index }, at) => index === first + at);
}
