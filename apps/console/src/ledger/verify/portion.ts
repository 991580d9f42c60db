import { areEqual, type Bytes, toBase64, utf8 } from './bytes.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { leafHash } from './merkle.ts';
import { readLogKey } from './note.ts';
import { rootOfInclusion } from './proof.ts';
import type { LogSource } from './source.ts';
import { inclusionPath, Tiles } from './tiles.ts';

/** Entries of one portion at most: what a person can hand over and another can read. */
export const PORTION_MAX = 2000;
const PAGE = 500;

/** An entry with what proves it. `proof`: C2SP tlog-proof text, with the entry inside. */
export interface ProvedEntry {
  readonly index: number;
  readonly content: string;
  readonly proof: string;
}

/** Entries of the log, each proved against one checkpoint. */
export interface Portion {
  readonly checkpoint: Checkpoint;
  readonly vkey: string;
  readonly entries: readonly ProvedEntry[];
}

/** Why there is no portion: the log did not prove what it gave. */
export class Unproved extends Error {
  /** -1: the checkpoint itself. */
  readonly index: number;

  constructor(index: number) {
    super(`entry ${index}`);
    this.index = index;
  }
}

/**
 * Reads entries `first` to `first + count - 1` and makes a proof of each here, from the log's hash tiles; none is given out that does not
 * hold. Throws Unproved.
 */
export async function provedPortion(
  source: LogSource,
  { first, count }: { readonly first: number; readonly count: number },
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<Portion> {
  const given = await source.checkpoint(signal);
  const key = await readLogKey(given.verifierKey);
  const checkpoint = key === undefined ? undefined : await openCheckpoint(given.checkpoint, key);
  if (checkpoint === undefined) throw new Unproved(-1);
  const tiles = new Tiles(source, checkpoint.size, signal);
  const until = Math.min(first + Math.min(count, PORTION_MAX), checkpoint.size);
  const entries: ProvedEntry[] = [];
  while (first + entries.length < until) {
    const at = first + entries.length;
    const page = await source.entries(at, Math.min(PAGE, until - at), signal);
    if (page.length === 0) throw new Unproved(at);
    for (const { content } of page) entries.push(await proved(tiles, checkpoint, first + entries.length, content));
    onProgress(entries.length);
  }
  return { checkpoint, vkey: given.verifierKey, entries };
}

async function proved(tiles: Tiles, checkpoint: Checkpoint, index: number, content: string): Promise<ProvedEntry> {
  const path = await inclusionPath(tiles, index);
  const root = await rootOfInclusion(await leafHash(utf8(content)), index, checkpoint.size, path);
  if (root === undefined || !areEqual(root, checkpoint.rootHash)) throw new Unproved(index);
  return { index, content, proof: proofText(index, content, path, checkpoint) };
}

function proofText(index: number, content: string, path: readonly Bytes[], { note }: Checkpoint): string {
  const extra = `extra ${toBase64(utf8(content))}`;
  return `${['c2sp.org/tlog-proof@v1', extra, `index ${index}`, ...path.map(toBase64)].join('\n')}\n\n${note}`;
}
