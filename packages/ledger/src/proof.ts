import { bytesEqual } from '@leadglass/kit';
import type { InclusionProof } from './api.ts';
import { openCheckpoint, type Trust } from './checkpoint.ts';
import { ENTRY_BYTES_MAX, HASH_BYTES, leafHash, nodeHash, powerOfTwoUpTo } from './merkle.ts';
import { fromBase64 } from './note.ts';
import type { TreeReader } from './reader.ts';

const PROOF_HEAD = 'c2sp.org/tlog-proof@v1';
const HASHES_MAX = 63;
const TEXT_CHARS_MAX = 512 * 1024;

/** Audit path of leaf `index`, leaf's sibling first (RFC 6962 §2.1.1). */
export async function inclusionPath(tree: TreeReader, index: number): Promise<Uint8Array[]> {
  const path: Uint8Array[] = [];
  let from = 0;
  let to = tree.size;
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      path.push(await tree.rangeHash(middle, to));
      to = middle;
    } else {
      path.push(await tree.rangeHash(from, middle));
      from = middle;
    }
  }
  return path.reverse();
}

/** Consistency proof between the tree of the first `oldSize` leaves and the whole (RFC 6962 §2.1.2). @param oldSize 1 to tree.size. */
export async function consistencyPath(tree: TreeReader, oldSize: number): Promise<Uint8Array[]> {
  const path: Uint8Array[] = [];
  let from = 0;
  let to = tree.size;
  let isWholeOld = true;
  while (to !== oldSize) {
    const middle = from + splitOf(to - from);
    if (oldSize <= middle) {
      path.push(await tree.rangeHash(middle, to));
      to = middle;
    } else {
      path.push(await tree.rangeHash(from, middle));
      from = middle;
      isWholeOld = false;
    }
  }
  if (!isWholeOld) path.push(await tree.rangeHash(from, to));
  return path.reverse();
}

/** Largest power of two smaller than `n`, n ≥ 2. */
function splitOf(n: number): number {
  return powerOfTwoUpTo(n - 1);
}

/** Root that a leaf and its audit path give, or undefined when the path does not fit (RFC 9162 §2.1.3.2). */
export function rootOfInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return undefined;
  let fn = index;
  let sn = size - 1;
  let root = leaf;
  for (const hash of path) {
    if (sn === 0 || hash.byteLength !== HASH_BYTES) return undefined;
    if (fn % 2 === 1 || fn === sn) {
      root = nodeHash(hash, root);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, half(sn)];
    } else {
      root = nodeHash(root, hash);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 ? root : undefined;
}

/** Whether `path` proves that the tree (newSize, newRoot) extends (oldSize, oldRoot) (RFC 9162 §2.1.4.2). */
export function isConsistent(
  oldSize: number,
  oldRoot: Uint8Array,
  newSize: number,
  newRoot: Uint8Array,
  path: readonly Uint8Array[],
): boolean {
  if (oldSize === newSize) return path.length === 0 && bytesEqual(oldRoot, newRoot);
  if (oldSize === 0) return path.length === 0;
  if (oldSize > newSize) return false;
  const hashes = powerOfTwoUpTo(oldSize) === oldSize ? [oldRoot, ...path] : [...path];
  let fn = oldSize - 1;
  let sn = newSize - 1;
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let fr = hashes[0];
  let sr = hashes[0];
  if (fr === undefined || sr === undefined) return false;
  for (const hash of hashes.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeHash(hash, fr);
      sr = nodeHash(hash, sr);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, half(sn)];
    } else {
      sr = nodeHash(sr, hash);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && bytesEqual(fr, oldRoot) && bytesEqual(sr, newRoot);
}

function half(n: number): number {
  return Math.floor(n / 2);
}

/** What checking a proof found: sound, or the first thing that is not. */
export type ProofVerdict = 'sound' | 'malformed' | 'checkpoint-not-signed' | 'not-included';

/** Checks that `proof.entry` is entry `proof.index` of the log that `trust` names. The proof's own root and leaf hash are not believed. */
export function checkInclusion(proof: InclusionProof, trust: Trust): ProofVerdict {
  const checkpoint = openCheckpoint(proof.checkpoint, trust);
  if (checkpoint === undefined) return 'checkpoint-not-signed';
  if (proof.entry.byteLength > ENTRY_BYTES_MAX || proof.hashes.length > HASHES_MAX) return 'malformed';
  const root = rootOfInclusion(leafHash(proof.entry), proof.index, checkpoint.size, proof.hashes);
  return root !== undefined && bytesEqual(root, checkpoint.rootHash) ? 'sound' : 'not-included';
}

/** The proof as text, C2SP tlog-proof v1; its `extra` line carries the entry, which the leaf hash then authenticates. */
export function proofText(proof: InclusionProof): string {
  const lines = [
    PROOF_HEAD,
    `extra ${Buffer.from(proof.entry).toString('base64')}`,
    `index ${proof.index}`,
    ...proof.hashes.map((hash) => Buffer.from(hash).toString('base64')),
  ];
  return `${lines.join('\n')}\n\n${proof.checkpoint}`;
}

/** Checks a proof given as text (C2SP tlog-proof). @param entry the entry, when the text does not carry it or is not to be asked for it. */
export function checkProofText(proof: string, trust: Trust, entry?: Uint8Array): ProofVerdict {
  const parsed = parseProofText(proof);
  const logged = entry ?? parsed?.extra;
  if (parsed === undefined || logged === undefined || logged.byteLength > ENTRY_BYTES_MAX) return 'malformed';
  const checkpoint = openCheckpoint(parsed.checkpoint, trust);
  if (checkpoint === undefined) return 'checkpoint-not-signed';
  const leaf = leafHash(logged);
  return checkInclusion(
    { ...parsed, entry: logged, leafHash: leaf, treeSize: checkpoint.size, rootHash: checkpoint.rootHash },
    trust,
  );
}

interface ParsedProof {
  readonly extra: Uint8Array | undefined;
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  readonly checkpoint: string;
}

function parseProofText(proof: string): ParsedProof | undefined {
  const split = proof.indexOf('\n\n');
  if (proof.length > TEXT_CHARS_MAX || split < 0) return undefined;
  const [head, ...lines] = proof.slice(0, split).split('\n');
  const extra = lines[0]?.startsWith('extra ') ? fromBase64((lines.shift() as string).slice(6)) : undefined;
  const index = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? '')?.[1];
  if (head !== PROOF_HEAD || index === undefined || lines.length > HASHES_MAX) return undefined;
  const hashes = lines.map(fromBase64).filter((hash) => hash?.byteLength === HASH_BYTES) as Uint8Array[];
  if (hashes.length !== lines.length) return undefined;
  return { extra, index: Number(index), hashes, checkpoint: proof.slice(split + 2) };
}
