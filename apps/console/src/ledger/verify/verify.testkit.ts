import { createHash, createPrivateKey } from 'node:crypto';
import { memoryTileStore, openLedger, verifierKey } from '@leadglass/ledger';
import type { Remembered } from './memory.ts';
import type { LogSource } from './source.ts';
import { type Depth, type Verification, verifyLog } from './verify.ts';

const ORIGIN = 'leadglass/test';

function keyOf(word: string) {
  const seed = createHash('sha256').update(word).digest();
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

/** What a server holds of a log, each part of which a test may change. */
export interface Held {
  checkpoint: string;
  verifierKey: string;
  readonly entries: string[];
  /** Tiles by `LEVEL/INDEX`, in hexadecimal. */
  readonly tiles: Map<string, string>;
}

/** A log of our own making, as the gateway would hold it. @param entries its contents */
export async function heldLog(entries: readonly string[], { origin = ORIGIN, word = 'test' } = {}): Promise<Held> {
  const store = memoryTileStore();
  const signingKey = keyOf(word);
  const ledger = await openLedger({ store, origin, signingKey });
  for (let at = 0; at < entries.length; at += 1000)
    await ledger.append(entries.slice(at, at + 1000).map((entry) => new Uint8Array(Buffer.from(entry))));
  const tiles = new Map<string, string>();
  for (const [path, bytes] of [...store.files].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))) {
    const [, level, digits] = /^tile\/(\d+)\/([x\d/]+?)(?:\.p\/\d+)?$/.exec(path) ?? [];
    if (level === undefined || digits === undefined) continue;
    const name = `${level}/${Number(digits.replaceAll(/[x/]/g, ''))}`;
    const hex = Buffer.from(bytes).toString('hex');
    // Older partial tiles stand beside the one of now: the widest is it.
    if (hex.length > (tiles.get(name)?.length ?? 0)) tiles.set(name, hex);
  }
  return { checkpoint: ledger.checkpoint, verifierKey: verifierKey(origin, signingKey), entries: [...entries], tiles };
}

/** A server that answers from `held`. */
export function sourceOf(held: Held): LogSource {
  return {
    checkpoint: async () => ({ ...held, size: held.entries.length }),
    async tile(level, index) {
      const hashes = held.tiles.get(`${level}/${index}`) ?? '';
      return { level, index, isFull: hashes.length === 256 * 64, hashes };
    },
    async entries(first, count) {
      const some = held.entries.slice(first, first + count);
      return some.map((content, at) => ({ index: first + at, content }));
    },
  };
}

/** Verifies what `held` gives. */
export function verified(held: Held, depth: Depth = 'whole', remembered?: Remembered): Promise<Verification> {
  return verifyLog({
    ...{ source: sourceOf(held), depth, nowMs: 0, onProgress: () => {} },
    ...(remembered === undefined ? {} : { remembered }),
    signal: new AbortController().signal,
  });
}

/** `n` entries, each its own. */
export function texts(n: number): string[] {
  return Array.from({ length: n }, (_, at) => `entrée ${at}`);
}

/** A copy of `hex` or any text with one bit of one character changed. */
export function flipped(value: string, at: number, bit = 1): string {
  return value.slice(0, at) + String.fromCharCode(value.charCodeAt(at) ^ bit) + value.slice(at + 1);
}
