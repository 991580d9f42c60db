import { ENTRY_BYTES_MAX, HASH_BYTES } from './merkle.ts';

/** Hashes in a full tile, entries in a full bundle (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
/** Where the signed note is. */
export const CHECKPOINT_PATH = 'checkpoint';

/** `x001/x234/067`: an index in groups of three digits, all but the last marked (C2SP tlog-tiles, Merkle Tree). */
function indexPath(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  return groups.map((group, at) => (at === groups.length - 1 ? group : `x${group}`)).join('/');
}

function withWidth(path: string, width: number): string {
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}

/** Path of a tile. @param level 0 for leaves; @param width 1 to 256 hashes. */
export function tilePath(level: number, index: number, width = TILE_WIDTH): string {
  return withWidth(`tile/${level}/${indexPath(index)}`, width);
}

/** Path of an entry bundle. @param width 1 to 256 entries. */
export function bundlePath(index: number, width = TILE_WIDTH): string {
  return withWidth(`tile/entries/${indexPath(index)}`, width);
}

/** Number of levels with at least one hash in a tree of `size`. */
export function levelsOf(size: number): number {
  let levels = 0;
  for (let hashes = size; hashes >= 1; hashes = Math.floor(hashes / TILE_WIDTH)) levels += 1;
  return levels;
}

/** How many hashes level `level` has in a tree of `size`. */
export function hashesAt(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** Width of tile `index` of `level` in a tree of `size`; 0 or less when it does not exist. */
export function widthOf(level: number, index: number, size: number): number {
  return Math.min(TILE_WIDTH, hashesAt(level, size) - index * TILE_WIDTH);
}

/** Cuts a tile into its hashes. Undefined when its length is not whole hashes. */
export function splitTile(bytes: Uint8Array): Uint8Array[] | undefined {
  if (bytes.byteLength % HASH_BYTES !== 0) return undefined;
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < bytes.byteLength; at += HASH_BYTES) hashes.push(bytes.subarray(at, at + HASH_BYTES));
  return hashes;
}

/** Joins entries, each behind its length in 16 bits, big-endian (C2SP tlog-tiles, Log entries). */
export function joinBundle(entries: readonly Uint8Array[]): Uint8Array {
  const bundle = new Uint8Array(entries.reduce((sum, entry) => sum + 2 + entry.byteLength, 0));
  let at = 0;
  for (const entry of entries) {
    bundle[at] = entry.byteLength >>> 8;
    bundle[at + 1] = entry.byteLength & 0xff;
    bundle.set(entry, at + 2);
    at += 2 + entry.byteLength;
  }
  return bundle;
}

/** Cuts a bundle into its entries (views, not copies). Undefined when a length runs over the end or there are more than 256. */
export function splitBundle(bytes: Uint8Array): Uint8Array[] | undefined {
  if (bytes.byteLength > TILE_WIDTH * (2 + ENTRY_BYTES_MAX)) return undefined;
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.byteLength) {
    if (at + 2 > bytes.byteLength || entries.length === TILE_WIDTH) return undefined;
    const end = at + 2 + (((bytes[at] as number) << 8) | (bytes[at + 1] as number));
    if (end > bytes.byteLength) return undefined;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
