import { hash } from 'node:crypto';
import { assert } from '@leadglass/kit';

/** Bytes of a SHA-256 hash. */
export const HASH_BYTES = 32;
/** Largest entry: a bundle gives its length in 16 bits (C2SP tlog-tiles, Log entries). */
export const ENTRY_BYTES_MAX = 65_535;

const LEAF_INPUT = new Uint8Array(1 + ENTRY_BYTES_MAX);
const NODE_INPUT = new Uint8Array(1 + 2 * HASH_BYTES);
NODE_INPUT[0] = 0x01;

function sha256(bytes: Uint8Array): Uint8Array {
  const digest = hash('sha256', bytes, 'buffer');
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.byteLength);
}

/** Root of the empty tree (RFC 6962 §2.1). */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

/** Hash of a leaf: SHA-256 of 0x00 ‖ entry (RFC 6962 §2.1). @param entry at most 65,535 bytes. */
export function leafHash(entry: Uint8Array): Uint8Array {
  assert(entry.byteLength <= ENTRY_BYTES_MAX, 'a ledger entry fits 16 bits of length');
  LEAF_INPUT.set(entry, 1);
  return sha256(LEAF_INPUT.subarray(0, 1 + entry.byteLength));
}

/** Hash of an inner node: SHA-256 of 0x01 ‖ left ‖ right (RFC 6962 §2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  NODE_INPUT.set(left, 1);
  NODE_INPUT.set(right, 1 + HASH_BYTES);
  return sha256(NODE_INPUT);
}

/** Root over perfect subtrees given from the largest (left) to the smallest (right). */
export function foldSubtrees(hashes: readonly Uint8Array[]): Uint8Array {
  let root: Uint8Array | undefined;
  for (let at = hashes.length - 1; at >= 0; at -= 1) {
    const left = hashes[at] as Uint8Array;
    root = root === undefined ? left : nodeHash(left, root);
  }
  return root ?? EMPTY_ROOT;
}

/** Root over a power of two of equal subtrees. */
export function foldPerfect(hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes;
  while (row.length > 1) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < row.length; at += 2) above.push(nodeHash(row[at] as Uint8Array, row[at + 1] as Uint8Array));
    row = above;
  }
  return row[0] as Uint8Array;
}

/** Largest power of two that is at most `n`, n ≥ 1. Plain arithmetic: sizes may pass 32 bits. */
export function powerOfTwoUpTo(n: number): number {
  let power = 1;
  while (power * 2 <= n) power *= 2;
  return power;
}
