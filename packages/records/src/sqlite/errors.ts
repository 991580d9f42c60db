import { Fault } from '@leadglass/kit';
import { recordsFaults } from '../faults.ts';

/** SQLite's primary result codes (the low byte of an extended one) that the world is to blame for. Any other is a defect of ours. */
const WORLD: Readonly<Record<number, string>> = {
  3: 'perm',
  5: 'busy',
  6: 'locked',
  7: 'no-memory',
  8: 'read-only',
  10: 'io-error',
  13: 'full',
  14: 'cannot-open',
  15: 'lock-protocol',
  22: 'large-file-support',
};
const DAMAGED = new Set([11, 26]);
/** SQLITE_IOERR_CORRUPTFS: the disk itself says that its file system is damaged. */
const CORRUPT_FILE_SYSTEM = 10 | (33 << 8);

function hasErrcode(thrown: unknown): thrown is { readonly errcode: number } {
  return thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number';
}

/** The Fault behind what node:sqlite or node:fs threw; what is neither the disk's nor the file's doing comes back as it is. */
export function sqliteFault(thrown: unknown): unknown {
  if (thrown instanceof Fault) return thrown;
  if (!hasErrcode(thrown)) return isSystemError(thrown) ? recordsFaults.unwritable(thrown, thrown.code) : thrown;
  const primary = thrown.errcode & 0xff;
  if (DAMAGED.has(primary) || thrown.errcode === CORRUPT_FILE_SYSTEM) return recordsFaults.corrupt(thrown);
  const reason = WORLD[primary];
  return reason === undefined ? thrown : recordsFaults.unwritable(thrown, reason);
}

function isSystemError(thrown: unknown): thrown is Error & { readonly code: string } {
  return thrown instanceof Error && 'syscall' in thrown && 'code' in thrown && typeof thrown.code === 'string';
}
