import type { Verification } from './verify.ts';

/** What this browser last found sound: the key it believes and a checkpoint that key signed. */
export interface Remembered {
  readonly vkey: string;
  readonly checkpoint: string;
  readonly size: number;
  readonly atMs: number;
}

/** The part of Storage that is used. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const PLACE = 'leadglass.ledger';
const CHARACTERS_MAX = 300_000;

/** What `store` holds; undefined when nothing, or nothing that can be read. */
export function recall(store: Store): Remembered | undefined {
  const kept = store.getItem(PLACE);
  if (kept === null || kept.length > CHARACTERS_MAX) return undefined;
  try {
    const value: unknown = JSON.parse(kept);
    return isRemembered(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRemembered(value: unknown): value is Remembered {
  if (typeof value !== 'object' || value === null) return false;
  const { vkey, checkpoint, size, atMs } = value as Record<string, unknown>;
  const areTexts = typeof vkey === 'string' && typeof checkpoint === 'string';
  return areTexts && Number.isSafeInteger(size) && Number.isFinite(atMs);
}

/** Keeps what was found sound; what was not leaves the memory as it is, for it is the evidence. */
export function remember(store: Store, found: Verification): void {
  if (!found.isSound) return;
  const { vkey, checkpoint, size, atMs } = found;
  store.setItem(PLACE, JSON.stringify({ vkey, checkpoint, size, atMs } satisfies Remembered));
}

/** Forgets: when a person knows that the log was begun anew. */
export function forget(store: Store): void {
  store.removeItem(PLACE);
}
