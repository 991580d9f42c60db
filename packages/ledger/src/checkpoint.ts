import type { KeyObject } from 'node:crypto';
import { HASH_BYTES } from './merkle.ts';
import { fromBase64, openNote, signNote } from './note.ts';

/** What a checkpoint says (C2SP tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly rootHash: Uint8Array;
}

/** Whom to believe: the log's name and its Ed25519 public key. */
export interface Trust {
  readonly origin: string;
  readonly publicKey: KeyObject;
}

/** The origin line of a site's log: `leadglass/` and the site's name in lower-case ASCII letters, digits and dashes, at most 64. */
export function originOf(siteName: string): string {
  const plain = siteName.slice(0, 256).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.match(/[a-z0-9]+/g) ?? ['site'];
  return `leadglass/${words.join('-').slice(0, 64)}`;
}

/** A signed checkpoint. No extension line: monitors could not audit it. */
export function signCheckpoint(checkpoint: Checkpoint, key: KeyObject): string {
  const root = Buffer.from(checkpoint.rootHash).toString('base64');
  return signNote(`${checkpoint.origin}\n${checkpoint.size}\n${root}\n`, checkpoint.origin, key);
}

/** What a signed checkpoint says, or undefined when it is malformed, of another log, or not signed by its key. */
export function openCheckpoint(note: string, trust: Trust): Checkpoint | undefined {
  const body = openNote(note, trust.origin, trust.publicKey);
  const [origin, size, root, ...rest] = body?.split('\n') ?? [];
  if (origin !== trust.origin || !/^(0|[1-9][0-9]{0,15})$/.test(size ?? '') || rest.at(-1) !== '') return undefined;
  if (rest.slice(0, -1).includes('')) return undefined;
  const rootHash = fromBase64(root ?? '');
  if (rootHash?.byteLength !== HASH_BYTES || !Number.isSafeInteger(Number(size))) return undefined;
  return { origin, size: Number(size), rootHash };
}
