import { toHex } from './bytes.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import type { Remembered } from './memory.ts';
import { type LogKey, readLogKey } from './note.ts';
import { isConsistent } from './proof.ts';
import type { LogSource } from './source.ts';
import { BadTile, consistencyPath, Tiles } from './tiles.ts';
import { type Fault, type Walked, walk } from './walk.ts';

/** `quick`: signature, and that nothing this browser saw before was changed or taken away. `whole`: besides, every entry and every tile. */
export type Depth = 'quick' | 'whole';

export interface VerifyOptions {
  readonly source: LogSource;
  readonly depth: Depth;
  /** What this browser remembers of this log. */
  readonly remembered?: Remembered;
  readonly signal: AbortSignal;
  readonly nowMs: number;
  onProgress(done: number, size: number): void;
}

/** What was checked, and what was found. Everything in it is plain data. */
export interface Verification {
  readonly depth: Depth;
  readonly isSound: boolean;
  readonly faults: readonly Fault[];
  readonly size: number;
  readonly rootHash: string;
  readonly origin: string;
  readonly vkey: string;
  readonly fingerprint: string;
  readonly checkpoint: string;
  /** Entries and tiles read one by one: 0 when `quick`. */
  readonly entries: number;
  readonly tiles: number;
  /** What this browser remembered before; absent at the first time. */
  readonly previous?: Remembered;
  readonly atMs: number;
}

const NOTHING: Walked = { entries: 0, tiles: 0, faults: [] };

/** Checks the log. Rejects only with what `source` or `signal` throws: not having been able to check is no result. */
export async function verifyLog(options: VerifyOptions): Promise<Verification> {
  const { source, remembered, signal } = options;
  const given = await source.checkpoint(signal);
  const key = await readLogKey(remembered?.vkey ?? given.verifierKey);
  const head = { options, given, key };
  if (key === undefined) return result(head, [{ code: 'key', index: -1 }]);
  if (key.vkey !== given.verifierKey)
    return result({ ...head, ...(remembered && { previous: remembered }) }, [{ code: 'key-changed', index: -1 }]);
  // A gateway that cannot open its log gives none: that is no unsigned one.
  if (given.checkpoint === '') return result(head, [{ code: 'none', index: -1 }]);
  const now = await openCheckpoint(given.checkpoint, key);
  if (now === undefined) return result(head, [{ code: 'not-signed', index: -1 }]);
  const then = remembered === undefined ? undefined : await openCheckpoint(remembered.checkpoint, key);
  const truncated: Fault[] = (then?.size ?? 0) > now.size ? [{ code: 'truncated', index: now.size }] : [];
  const tiles = new Tiles(source, now.size, signal);
  const previous = then === undefined || remembered === undefined ? {} : { previous: remembered };
  const old = truncated.length === 0 ? await againstTiles(tiles, now, then) : [];
  const walked = options.depth === 'whole' ? await walkAll(options, tiles, now, then) : NOTHING;
  return result({ ...head, now, ...previous }, [...truncated, ...unique([...old, ...walked.faults])], walked);
}

function walkAll(options: VerifyOptions, tiles: Tiles, checkpoint: Checkpoint, then?: Checkpoint): Promise<Walked> {
  const { source, signal } = options;
  const previous = then === undefined ? {} : { previous: then };
  const onProgress = (done: number) => options.onProgress(done, checkpoint.size);
  return walk({ source, tiles, checkpoint, signal, ...previous, onProgress });
}

/** From the tiles alone, in time that grows with the logarithm of the size: the root, and that it extends what was. */
async function againstTiles(tiles: Tiles, now: Checkpoint, then: Checkpoint | undefined): Promise<Fault[]> {
  try {
    if (toHex(await tiles.rangeHash(0, now.size)) !== toHex(now.rootHash)) return [{ code: 'root', index: -1 }];
    if (then === undefined || then.size === 0) return [];
    const isSame = await isConsistent(then, now, await consistencyPath(tiles, then.size));
    return isSame ? [] : [{ code: 'rewritten', index: then.size }];
  } catch (thrown) {
    if (!(thrown instanceof BadTile)) throw thrown;
    return [{ code: 'tile', index: thrown.index * 256 ** (thrown.level + 1) }];
  }
}

function unique(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [`${fault.code} ${fault.index}`, fault])).values()];
}

interface Head {
  readonly options: VerifyOptions;
  readonly given: { readonly checkpoint: string; readonly verifierKey: string };
  readonly key: LogKey | undefined;
  readonly now?: Checkpoint;
  readonly previous?: Remembered;
}

function result(
  { options, given, key, now, previous }: Head,
  faults: readonly Fault[],
  walked: Walked = NOTHING,
): Verification {
  return {
    depth: options.depth,
    isSound: faults.length === 0,
    faults,
    size: now?.size ?? 0,
    rootHash: now === undefined ? '' : toHex(now.rootHash),
    origin: key?.name ?? '',
    vkey: given.verifierKey,
    fingerprint: key?.fingerprint ?? '',
    checkpoint: given.checkpoint,
    entries: walked.entries,
    tiles: walked.tiles,
    ...(previous === undefined ? {} : { previous }),
    atMs: options.nowMs,
  };
}
