import { closeSync, constants, openSync, renameSync, writeSync } from 'node:fs';

/**
 * A small secret file, whole or not at all, readable by its owner alone. Node refuses `fsync` to a process with permissions: here each write is
 * synced by the way the file is opened, and the renaming by whenever the file system does it. What is lost with the last second is made
 * again by what asks for it.
 */
export function writeSynced(path: string, content: string): void {
  const temporary = `${path}.new`;
  const { O_WRONLY, O_CREAT, O_TRUNC, O_SYNC = 0 } = constants;
  const fd = openSync(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_SYNC, 0o600);
  try {
    writeSync(fd, content);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
}
