import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DEMO_MARK } from '@leadglass/contract';
import { Fault, text } from '@leadglass/kit';
import { HOSPITAL } from './studies/common.ts';

/** A home that is a demonstration's, and no other. */
export interface DemoHome {
  readonly path: string;
  /** Where the archive of the demonstration keeps what it received last. */
  readonly archive: string;
  /** Whether this run made it. */
  readonly isNew: boolean;
}

/**
 * Makes the home of a demonstration, marked as one, or takes one up that is marked so. Without `asked` in the system's temporary folder.
 * Throws Fault `demo.not-a-demo` for a folder with anything in it that is not marked: it may be somebody's real home.
 */
export function openDemoHome(asked?: string): DemoHome {
  const path = asked === undefined ? realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-demo-'))) : resolve(asked);
  const isThere = asked !== undefined && existsSync(path) && readdirSync(path).length > 0;
  if (isThere && !isDemoHome(path)) throw notADemo(path);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (!isThere) writeFileSync(join(path, DEMO_MARK), `${HOSPITAL}\n`, { mode: 0o600 });
  const archive = join(path, 'demo-pacs');
  mkdirSync(archive, { recursive: true, mode: 0o700 });
  return { path, archive, isNew: !isThere };
}

const isDemoHome = (path: string): boolean => existsSync(join(path, DEMO_MARK));

/** Removes a demonstration's home; anything that is not marked as one stays. */
export function removeDemoHome({ path }: DemoHome): void {
  if (isDemoHome(path)) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}

/** Bytes of everything below `folder`. What goes away meanwhile counts nothing. */
export function bytesBelow(folder: string): number {
  let bytes = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      bytes += entry.isDirectory() ? bytesBelow(path) : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    }
  } catch {
    // A folder that was there a moment ago.
  }
  return bytes;
}

function notADemo(path: string): Fault {
  const sentence = text(
    `Le dossier ${path} existe et n’est pas celui d’une démonstration : rien n’y est touché. Choisissez-en un autre, ou aucun.`,
    `The folder ${path} exists and is not a demonstration’s: nothing in it is touched. Choose another, or none.`,
  );
  return new Fault('demo.not-a-demo', 'permanent', sentence);
}
