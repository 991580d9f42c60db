import type { KeyObject } from 'node:crypto';
import { assert, bytesEqual, concatBytes, isFault } from '@leadglass/kit';
import type { InclusionProof, Ledger, TileStore } from './api.ts';
import { type Checkpoint, openCheckpoint, signCheckpoint, type Trust } from './checkpoint.ts';
import { Edge } from './edge.ts';
import { damaged, unwritable } from './faults.ts';
import { bundlePath, CHECKPOINT_PATH, joinBundle, levelsOf, TILE_WIDTH, tilePath, widthOf } from './layout.ts';
import { EMPTY_ROOT, ENTRY_BYTES_MAX, leafHash } from './merkle.ts';
import { isKeyName } from './note.ts';
import { inclusionPath } from './proof.ts';
import { TreeReader } from './reader.ts';

export interface LedgerOptions {
  readonly store: TileStore;
  /** The log's name, also its key's name: see `originOf`. */
  readonly origin: string;
  /** Ed25519 private key. */
  readonly signingKey: KeyObject;
}

/** What is committed: everything up to the checkpoint, and nothing else. */
interface Committed {
  readonly edge: Edge;
  /** Entries of the bundle not yet full. */
  readonly tail: readonly Uint8Array[];
  readonly checkpoint: string;
  readonly reader: TreeReader;
}

interface File {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What an append writes: files first, then the checkpoint; then partials that full files have replaced go. */
interface Step {
  readonly files: readonly File[];
  readonly replaced: readonly string[];
  readonly next: Committed;
}

/**
 * Opens the log in `store`, or begins one with a checkpoint of the empty tree. What lies beyond the checkpoint was never
 * acknowledged: it is not read and the next append writes over it. Throws Fault `ledger.damaged` (permanent) when checkpoint,
 * right edge and last bundle do not agree, `ledger.unreadable`, `ledger.unwritable` (transient).
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  assert(isKeyName(options.origin), 'the origin is not empty and has no space, no plus sign');
  const log = new Log(options);
  await log.refresh();
  return log;
}

class Log implements Ledger {
  readonly #store: TileStore;
  readonly #key: KeyObject;
  readonly #origin: string;
  #committed: Committed | undefined;
  #isStale = false;
  /** Whether files of a cut-off append may lie beyond the checkpoint. */
  #hasTail = true;
  /** The end of the queue of appends: one writer at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor({ store, origin, signingKey }: LedgerOptions) {
    this.#store = store;
    this.#key = signingKey;
    this.#origin = origin;
  }

  get size(): number {
    return this.#now.edge.size;
  }

  get checkpoint(): string {
    return this.#now.checkpoint;
  }

  append(entries: readonly Uint8Array[]): Promise<number> {
    for (const entry of entries) assert(entry.byteLength <= ENTRY_BYTES_MAX, 'a ledger entry is at most 65,535 bytes');
    return this.#inTurn(async () => {
      if (this.#isStale) await this.#load();
      const first = this.size;
      if (entries.length > 0) await this.#commit(this.#step(entries));
      return first;
    });
  }

  refresh(): Promise<number> {
    return this.#inTurn(async () => {
      await this.#load();
      return this.size;
    });
  }

  async entry(index: number): Promise<Uint8Array> {
    return copyOf(await this.#now.reader.entry(index));
  }

  async prove(index: number): Promise<InclusionProof> {
    const { reader, checkpoint } = this.#now;
    return proveIn(reader, checkpoint, index);
  }

  async tile(level: number, index: number): Promise<readonly Uint8Array[] | undefined> {
    const { reader } = this.#now;
    const isThere = level < levelsOf(reader.size) && widthOf(level, index, reader.size) > 0;
    return isThere ? (await reader.tile(level, index)).map(copyOf) : undefined;
  }

  get #now(): Committed {
    assert(this.#committed !== undefined, 'the ledger is open');
    return this.#committed;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work, work);
    this.#last = done.catch(() => {});
    return done;
  }

  #step(entries: readonly Uint8Array[]): Step {
    const { edge: before, tail: had } = this.#now;
    const edge = before.clone();
    const files: File[] = [];
    const replaced: string[] = [];
    let tail = [...had];
    for (const entry of entries) {
      tail.push(entry);
      edge.push(leafHash(entry), (level, index, hashes) => {
        files.push({ path: tilePath(level, index), bytes: concatBytes(...hashes) });
        replaced.push(`${tilePath(level, index)}.p`);
      });
      if (tail.length < TILE_WIDTH) continue;
      const path = bundlePath(edge.size / TILE_WIDTH - 1);
      files.push({ path, bytes: joinBundle(tail) });
      replaced.push(`${path}.p`);
      tail = [];
    }
    if (tail.length > 0) {
      tail = tail.map(copyOf);
      files.push({ path: bundlePath(Math.floor(edge.size / TILE_WIDTH), tail.length), bytes: joinBundle(tail) });
    }
    files.push(...changedPartials(before, edge));
    const checkpoint = signCheckpoint({ origin: this.#origin, size: edge.size, rootHash: edge.root() }, this.#key);
    return { files, replaced, next: { edge, tail, checkpoint, reader: new TreeReader(this.#store, edge.size) } };
  }

  async #commit(step: Step): Promise<void> {
    this.#isStale = true;
    for (const path of this.#leftovers(step.next.edge)) await this.#store.remove(path).catch(rethrow);
    this.#hasTail = false;
    await this.#store.write(step.files).catch(rethrow);
    await this.#publish(step.next.checkpoint);
    this.#committed = step.next;
    this.#isStale = false;
    // Only now may the partials go: until the checkpoint moved, a crash would have needed them. What fails here costs space, not truth.
    await Promise.allSettled(step.replaced.map((path) => this.#store.remove(path)));
  }

  /** Partials that a cut-off append may have left where this one comes to: they would contradict the log once it is past their width. */
  *#leftovers(next: Edge): Generator<string> {
    const before = this.#now.edge;
    for (let level = 0; level < next.tiles.length; level += 1) {
      const [had, has] = [edgeTile(before, level), edgeTile(next, level)];
      const isSame = had.index === has.index && had.width > 0;
      for (const pathOf of level === 0 ? [tilePathAt(0), bundlePath] : [tilePathAt(level)]) {
        if (!isSame && has.width > 0) yield `${pathOf(has.index, TILE_WIDTH)}.p`;
        for (let width = had.width + 1; isSame && this.#hasTail && width < TILE_WIDTH; width += 1)
          yield pathOf(had.index, width);
      }
    }
  }

  async #publish(note: string): Promise<void> {
    await this.#store.replace(CHECKPOINT_PATH, Buffer.from(note)).catch(rethrow);
  }

  /** Reads checkpoint, edge and last bundle, and makes them agree. */
  async #load(): Promise<void> {
    const note = await this.#store.read(CHECKPOINT_PATH);
    const text = note === undefined ? await this.#first() : Buffer.from(note).toString('utf8');
    const checkpoint = openCheckpoint(text, { origin: this.#origin, publicKey: this.#key });
    if (checkpoint === undefined) throw damaged('ledger.checkpoint', CHECKPOINT_PATH);
    const reader = new TreeReader(this.#store, checkpoint.size);
    const edge = await loadEdge(reader, checkpoint);
    const tail = await loadTail(reader, edge);
    // The crash may have come between the rename of this checkpoint and the sync of its directory: what is built on it must find it.
    await this.#publish(text);
    this.#committed = { edge, tail, checkpoint: text, reader };
    this.#isStale = false;
    this.#hasTail = true;
  }

  async #first(): Promise<string> {
    for (const path of [tilePath(0, 0), bundlePath(0)]) {
      if ((await this.#store.read(path)) !== undefined) throw damaged('ledger.missing', CHECKPOINT_PATH);
    }
    const note = signCheckpoint({ origin: this.#origin, size: 0, rootHash: EMPTY_ROOT }, this.#key);
    await this.#publish(note);
    return note;
  }
}

/** Index and width of the rightmost, partial tile of a level. */
function edgeTile(edge: Edge, level: number): { index: number; width: number } {
  return { index: Math.floor(edge.size / TILE_WIDTH ** (level + 1)), width: edge.tiles[level]?.length ?? 0 };
}

const tilePathAt = (level: number) => (index: number, width: number) => tilePath(level, index, width);

/** A copy of its own: `slice` of a Buffer would be a view. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function rethrow(thrown: unknown): never {
  throw isFault(thrown) ? thrown : unwritable(thrown, CHECKPOINT_PATH);
}

/** Partial tiles that are new: the width of a level that got no hash is the same file, already there. */
function changedPartials(before: Edge, after: Edge): File[] {
  const known = new Set(before.partialFiles().map((file) => file.path));
  return after.partialFiles().filter((file) => !known.has(file.path));
}

async function loadEdge(reader: TreeReader, checkpoint: Checkpoint): Promise<Edge> {
  const edge = Edge.of(checkpoint.size, await reader.edge());
  if (!bytesEqual(edge.root(), checkpoint.rootHash)) throw damaged('ledger.root', CHECKPOINT_PATH);
  return edge;
}

async function loadTail(reader: TreeReader, edge: Edge): Promise<readonly Uint8Array[]> {
  const leaves = edge.tiles[0] ?? [];
  const index = Math.floor(edge.size / TILE_WIDTH);
  if (leaves.length === 0) return [];
  const tail = (await reader.bundle(index)).map(copyOf);
  const isSame = tail.every((entry, at) => bytesEqual(leafHash(entry), leaves[at] as Uint8Array));
  if (!isSame) throw damaged('ledger.entry', bundlePath(index, leaves.length));
  return tail;
}

async function proveIn(reader: TreeReader, checkpoint: string, index: number): Promise<InclusionProof> {
  const entry = copyOf(await reader.entry(index));
  const hashes = (await inclusionPath(reader, index)).map(copyOf);
  const rootHash = await reader.rangeHash(0, reader.size);
  return { index, treeSize: reader.size, entry, leafHash: leafHash(entry), hashes, rootHash, checkpoint };
}

/** The log as somebody who may only read sees it: the writer's view without `append`. */
export type LedgerView = Pick<Ledger, 'size' | 'checkpoint' | 'entry' | 'prove'>;

/** Opens the log for reading, writing nothing, while its writer may be at work. Throws Fault `ledger.damaged` when there is no checkpoint that `trust` signed. */
export async function openLedgerView(store: TileStore, trust: Trust): Promise<LedgerView> {
  const note = await store.read(CHECKPOINT_PATH);
  const text = note === undefined ? '' : Buffer.from(note).toString('utf8');
  const checkpoint = openCheckpoint(text, trust);
  if (checkpoint === undefined) throw damaged('ledger.checkpoint', CHECKPOINT_PATH);
  const reader = new TreeReader(store, checkpoint.size);
  return {
    size: checkpoint.size,
    checkpoint: text,
    entry: async (index) => copyOf(await reader.entry(index)),
    prove: (index) => proveIn(reader, text, index),
  };
}
