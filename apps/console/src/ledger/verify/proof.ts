import type { ProofAnswer } from '@leadglass/contract';
import { areEqual, type Bytes, fromHex } from './bytes.ts';
import { openCheckpoint } from './checkpoint.ts';
import { ENTRY_BYTES_MAX, HASH_BYTES, leafHash, nodeHash, powerOfTwoUpTo } from './merkle.ts';
import type { LogKey } from './note.ts';

const HASHES_MAX = 63;
const half = (n: number): number => Math.floor(n / 2);

/** Root that a leaf and its audit path give; undefined when the path does not fit (RFC 9162 §2.1.3.2). */
export async function rootOfInclusion(
  leaf: Bytes,
  index: number,
  size: number,
  path: readonly Bytes[],
): Promise<Bytes | undefined> {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return undefined;
  let [fn, sn, root] = [index, size - 1, leaf];
  for (const hash of path) {
    if (sn === 0 || hash.length !== HASH_BYTES) return undefined;
    if (fn % 2 === 1 || fn === sn) {
      root = await nodeHash(hash, root);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      root = await nodeHash(root, hash);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 ? root : undefined;
}

/** A tree by its size and root. */
export interface Tree {
  readonly size: number;
  readonly rootHash: Bytes;
}

/** Whether `path` proves that `now` extends `then` (RFC 9162 §2.1.4.2). */
export async function isConsistent(then: Tree, now: Tree, path: readonly Bytes[]): Promise<boolean> {
  if (then.size === now.size) return path.length === 0 && areEqual(then.rootHash, now.rootHash);
  if (then.size === 0) return path.length === 0;
  if (then.size > now.size) return false;
  const [first, ...rest] = powerOfTwoUpTo(then.size) === then.size ? [then.rootHash, ...path] : path;
  if (first === undefined) return false;
  let [fn, sn, fr, sr] = [then.size - 1, now.size - 1, first, first];
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  for (const hash of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [await nodeHash(hash, fr), await nodeHash(hash, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      sr = await nodeHash(sr, hash);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && areEqual(fr, then.rootHash) && areEqual(sr, now.rootHash);
}

/** What checking a proof found: sound, or the first thing that is not. */
export type ProofVerdict = 'sound' | 'malformed' | 'not-signed' | 'not-included';

/** Checks that `proof.entry` is entry `proof.index` of the log of `key`. The proof's own root and leaf hash are not believed. */
export async function checkProof(proof: ProofAnswer, key: LogKey): Promise<ProofVerdict> {
  const checkpoint = await openCheckpoint(proof.checkpoint, key);
  if (checkpoint === undefined) return 'not-signed';
  const entry = fromHex(proof.entry);
  const path = proof.hashes.map(fromHex);
  if (entry === undefined || entry.length > ENTRY_BYTES_MAX || path.length > HASHES_MAX) return 'malformed';
  if (path.some((hash) => hash === undefined)) return 'malformed';
  const root = await rootOfInclusion(await leafHash(entry), proof.index, checkpoint.size, path as Bytes[]);
  return root !== undefined && areEqual(root, checkpoint.rootHash) ? 'sound' : 'not-included';
}
