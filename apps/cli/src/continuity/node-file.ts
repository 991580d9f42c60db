import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { text } from '@leadglass/kit';
import { CliFailure, EXIT } from '../exits.ts';
import { NodeFile } from './messages.ts';

const placeOf = (home: string): string => join(home, 'continuity', 'node.json');

/** How the box of this home is known at its gateway; undefined before it has enrolled. */
export function readNode(home: string): NodeFile | undefined {
  const place = placeOf(home);
  if (!existsSync(place)) return undefined;
  const read = NodeFile.safeParse(jsonOf(readFileSync(place, 'utf8')));
  if (read.success) return read.data;
  throw new CliFailure(
    EXIT.failed,
    text(
      `${place} est abîmé : restaurez-le, ou enrôlez ce boîtier de nouveau.`,
      `${place} is damaged: restore it, or enrol this box again.`,
    ),
    'continuity.node-damaged',
  );
}

/** Written whole under another name, synced, renamed, the folder synced: whatever happens one of both is there. Its owner's alone. */
export function writeNode(home: string, node: NodeFile): void {
  const folder = join(home, 'continuity');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const place = placeOf(home);
  const fd = openSync(`${place}.new`, 'w', 0o600);
  writeSync(fd, JSON.stringify(node));
  fsyncSync(fd);
  closeSync(fd);
  renameSync(`${place}.new`, place);
  const directory = openSync(folder, 'r');
  fsyncSync(directory);
  closeSync(directory);
}

function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
