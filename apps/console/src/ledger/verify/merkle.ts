import { type Bytes, utf8 } from './bytes.ts';

// RFC 6962 §2.1 with WebCrypto. A digest there is a promise: what can be hashed at once is asked for at once.

/** Bytes of a SHA-256 hash. */
export const HASH_BYTES = 32;
/** Largest entry (C2SP tlog-tiles gives its length in 16 bits). */
export const ENTRY_BYTES_MAX = 65_535;
/** Hashes in a full tile. */
export const TILE_WIDTH = 256;

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** Root of the empty tree. */
export function emptyRoot(): Promise<Bytes> {
  return sha256(new Uint8Array(0));
}

/** SHA-256 of 0x00 ‖ entry. */
export function leafHash(entry: Uint8Array): Promise<Bytes> {
  const input = new Uint8Array(1 + entry.length);
  input.set(entry, 1);
  return sha256(input);
}

/** The leaf hash of an entry given as text. */
export function leafHashOfText(content: string): Promise<Bytes> {
  return leafHash(utf8(content));
}

/** SHA-256 of 0x01 ‖ left ‖ right. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = 0x01;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return sha256(input);
}

/** Root over perfect subtrees given from the largest (left) to the smallest (right). */
export async function foldSubtrees(hashes: readonly Bytes[]): Promise<Bytes> {
  let root = hashes.at(-1);
  for (const left of hashes.slice(0, -1).reverse()) root = root === undefined ? left : await nodeHash(left, root);
  return root ?? emptyRoot();
}

/** Root over a power of two of equal subtrees. */
export async function foldPerfect(hashes: readonly Bytes[]): Promise<Bytes> {
  let row = hashes;
  while (row.length > 1) {
    const above: Promise<Bytes>[] = [];
    for (let at = 0; at < row.length; at += 2) above.push(nodeHash(row[at] as Bytes, row[at + 1] as Bytes));
    row = await Promise.all(above);
  }
  return row[0] as Bytes;
}

/** Largest power of two that is at most `n`, n ≥ 1. Plain arithmetic: sizes may pass 32 bits. */
export function powerOfTwoUpTo(n: number): number {
  let power = 1;
  while (power * 2 <= n) power *= 2;
  return power;
}

/** Perfect subtrees a run of `n` leaves falls into, largest first. */
export function powersOf(n: number): number[] {
  const powers: number[] = [];
  for (let left = n; left > 0; left -= powers.at(-1) as number) powers.push(powerOfTwoUpTo(left));
  return powers;
}
