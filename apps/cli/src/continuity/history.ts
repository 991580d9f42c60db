import { createPublicKey } from 'node:crypto';
import { openCheckpoint, type TileStore, type Trust, verifyAgainst } from '@leadglass/ledger';
import { continuityFault } from './faults.ts';

/** What a vkey says (C2SP signed-note): name, and an Ed25519 key behind the byte 1. Throws Fault `continuity.unreadable`. */
export function trustOf(verifierKey: string): Trust {
  const [, origin, key] = /^([^+\s]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/]{44})$/.exec(verifierKey) ?? [];
  const bytes = Buffer.from(key ?? '', 'base64');
  if (origin === undefined || bytes.byteLength !== 33 || bytes[0] !== 1) throw continuityFault('continuity.unreadable');
  const x = bytes.subarray(1).toString('base64url');
  return { origin, publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }) };
}

/**
 * The gateway's checkpoint now, which goes on from the one remembered: everything that one covered is still there, unchanged and in
 * order. Throws Fault `continuity.history-rewritten`. @param remembered empty: none yet. @param read a file of the log
 */
export async function historyOf(
  read: (path: string) => Promise<Uint8Array | undefined>,
  verifierKey: string,
  remembered: string,
): Promise<string> {
  const trust = trustOf(verifierKey);
  const files = new Map<string, Promise<Uint8Array | undefined>>();
  // Read once: what is verified is what is remembered.
  const once = (path: string): Promise<Uint8Array | undefined> => {
    const found = files.get(path) ?? read(path);
    files.set(path, found);
    return found;
  };
  const store: TileStore = { read: once, write: nothing, replace: nothing, remove: nothing };
  const checkpoint = Buffer.from((await once('checkpoint')) ?? []).toString('utf8');
  if (openCheckpoint(checkpoint, trust) === undefined) throw continuityFault('continuity.history-rewritten');
  if (remembered === '') return checkpoint;
  const verdict = await verifyAgainst(store, remembered, trust);
  if (verdict !== 'extends') throw continuityFault('continuity.history-rewritten', new Error(verdict));
  return checkpoint;
}

async function nothing(): Promise<void> {}
