/** A place for tiles: the C2SP tlog-tiles layout under any store. Paths are relative (`tile/0/000`, `checkpoint`). */
export interface TileStore {
  /** The file's bytes, or undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Writes new files; durable (file and directory synced) when the promise resolves. Existing full tiles are never rewritten. */
  write(files: readonly { readonly path: string; readonly bytes: Uint8Array }[]): Promise<void>;
  /** Replaces `checkpoint` atomically and durably. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  /** Removes a file, or a directory (`tile/0/000.p`) with all that is in it; nothing when there is none. Need not be durable. */
  remove(path: string): Promise<void>;
}

/** The log as its writer sees it. One writer at a time. */
export interface Ledger {
  /** Entries so far. */
  readonly size: number;
  /** The current checkpoint, a signed note: what a witness cosigns and what the keeper remembers elsewhere. */
  readonly checkpoint: string;
  /** Appends entries in order and returns the index of the first. Durable, checkpoint included, when the promise resolves. Throws Fault `ledger.unwritable` (transient). */
  append(entries: readonly Uint8Array[]): Promise<number>;
  /** After a rejected `append`: re-reads what the store holds (the entries may have got in all the same) and returns the size. Throws Fault `ledger.*`. */
  refresh(): Promise<number>;
  /** The entry at `index`, 0 ≤ index < size. */
  entry(index: number): Promise<Uint8Array>;
  /** RFC 6962 §2.1.1 inclusion proof of `index` in the tree of the current checkpoint, with what a verifier needs. */
  prove(index: number): Promise<InclusionProof>;
  /** Hashes of a tile (C2SP tlog-tiles) of the tree of the current checkpoint, from the left, 256 when it is full; undefined where there is none. */
  tile(level: number, index: number): Promise<readonly Uint8Array[] | undefined>;
}

/** All an independent verifier needs: SHA-256 of 0x00 ‖ entry folded with `hashes` gives `rootHash`, which the signed checkpoint carries. */
export interface InclusionProof {
  readonly index: number;
  readonly treeSize: number;
  readonly entry: Uint8Array;
  readonly leafHash: Uint8Array;
  readonly hashes: readonly Uint8Array[];
  readonly rootHash: Uint8Array;
  /** The signed note (C2SP tlog-checkpoint). */
  readonly checkpoint: string;
}

/** Result of walking the whole log. */
export interface LedgerCheck {
  readonly isSound: boolean;
  readonly size: number;
  readonly rootHash: Uint8Array;
  /** What is wrong, one line each: path and kind of fault. `index` is the first entry concerned, -1 when none. */
  readonly faults: readonly { readonly code: string; readonly path: string; readonly index: number }[];
}
