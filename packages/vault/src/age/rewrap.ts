import { timingSafeEqual } from 'node:crypto';
import type { Randomness } from '@leadglass/kit';
import type { SealedSource } from '../api.ts';
import { vaultFault } from '../faults.ts';
import type { Identity, Recipient } from './keys.ts';
import { openFileKey, readHeader } from './open.ts';
import { headerMac } from './primitives.ts';
import { headerFor } from './seal.ts';

/** A sealed object as somebody else may open it: another header before the very same payload. */
export interface Rewrapped {
  readonly header: Uint8Array;
  /** Where the payload (nonce and chunks) begins in the source. */
  readonly payloadOffset: number;
  /** Of header and payload together. */
  readonly sealedBytes: number;
}

/**
 * Wraps the file key of a sealed object for other recipients; the payload stays as it is and is not opened. Whoever holds one of
 * their keys opens this object and no other. Throws Faults `vault.not-age`, `vault.no-identity-matches`, `vault.header-mac`, and the source's.
 */
export async function rewrap(
  identities: readonly Identity[],
  source: SealedSource,
  recipients: readonly Recipient[],
  randomness: Randomness,
): Promise<Rewrapped> {
  const header = await readHeader(source);
  const fileKey = openFileKey(identities, header);
  if (!timingSafeEqual(headerMac(fileKey, header.covered), header.mac)) throw vaultFault('vault.header-mac');
  const made = headerFor(recipients, fileKey, randomness);
  return {
    header: made,
    payloadOffset: header.bytes,
    sealedBytes: made.byteLength + source.sealedBytes - header.bytes,
  };
}
