import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';

/** One thing to look at. */
export interface Entry {
  /** As it is shown: PATH as given, joined with the names below it. */
  readonly path: string;
  /** Its bytes, when its name is no UTF-8 and `path` would not open it. */
  readonly raw?: Buffer;
  readonly bytes: number;
  /** Why it cannot be looked at: what the system said (`EACCES`). */
  readonly problem?: string;
}

/** PATH that means the standard input. */
export const STANDARD_INPUT = '-';

const SEPARATOR = Buffer.from(sep);

/**
 * What lies under the paths given, in their order, folders in the order of their names (by code unit), depth first. Symbolic links and
 * special files are passed over, unless they were named. A DICOMDIR stands for its medium: it comes first, then everything beside and below it.
 * @param paths files, folders, or `-`. Never throws: what cannot be read is an entry with a problem.
 */
export async function* walk(paths: readonly string[]): AsyncGenerator<Entry> {
  for (const path of paths) {
    if (path === STANDARD_INPUT) yield { path, bytes: 0 };
    else if (isDirectoryFile(path)) yield* medium(path);
    else yield* named(path);
  }
}

/** What somebody named is never passed over in silence: a link or a device is said to be no file. */
async function* named(path: string): AsyncGenerator<Entry> {
  const found = await stat(path);
  if (found.isFile || found.isFolder || found.problem !== undefined) yield* under({ shown: path, name: path });
  else yield { path, bytes: 0, problem: found.isLink ? 'ELOOP' : 'ENOTFILE' };
}

/** What a worker must be able to read for `path`. */
export function readableFor(path: string): string {
  return isDirectoryFile(path) ? dirname(path) : path;
}

function isDirectoryFile(path: string): boolean {
  return basename(path).toUpperCase() === 'DICOMDIR';
}

async function* medium(path: string): AsyncGenerator<Entry> {
  const found = await stat(path);
  if (!found.isFile) {
    yield* under({ shown: path, name: path });
    return;
  }
  yield { path, bytes: found.bytes };
  for await (const entry of under({ shown: dirname(path), name: dirname(path) })) {
    if (join(entry.path) !== join(path)) yield entry;
  }
}

interface Name {
  readonly shown: string;
  readonly name: string | Buffer;
}

async function* under({ shown, name }: Name): AsyncGenerator<Entry> {
  const pending: Name[] = [{ shown, name }];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    const found = await stat(one.name);
    const raw = typeof one.name === 'string' ? {} : { raw: one.name };
    if (found.problem !== undefined) yield { path: one.shown, bytes: 0, problem: found.problem, ...raw };
    else if (found.isFile) yield { path: one.shown, bytes: found.bytes, ...raw };
    else if (found.isFolder) {
      const names = await namesIn(one);
      if (typeof names === 'string') yield { path: one.shown, bytes: 0, problem: names };
      else pending.push(...names.reverse());
    }
  }
}

interface Stat {
  readonly isFile: boolean;
  readonly isFolder: boolean;
  readonly isLink: boolean;
  readonly bytes: number;
  readonly problem?: string;
}

async function stat(name: string | Buffer): Promise<Stat> {
  try {
    const found = await lstat(name);
    return {
      isFile: found.isFile(),
      isFolder: found.isDirectory(),
      isLink: found.isSymbolicLink(),
      bytes: found.size,
    };
  } catch (thrown) {
    return { isFile: false, isFolder: false, isLink: false, bytes: 0, problem: codeOf(thrown) };
  }
}

async function namesIn(folder: Name): Promise<Name[] | string> {
  try {
    const names = await readdir(folder.name, { encoding: 'buffer' });
    return names.sort(Buffer.compare).map((name) => below(folder, name));
  } catch (thrown) {
    return codeOf(thrown);
  }
}

/** A name as text when it is text, so that only others go as bytes. */
function below(folder: Name, name: Buffer): Name {
  const text = name.toString('utf8');
  const shown = join(folder.shown, text);
  if (typeof folder.name === 'string' && Buffer.from(text, 'utf8').equals(name)) return { shown, name: shown };
  const before = typeof folder.name === 'string' ? Buffer.from(folder.name) : folder.name;
  return { shown, name: Buffer.concat([before, SEPARATOR, name]) };
}

/** `EACCES` and its like, for a person to look up; never a message with a path. */
export function codeOf(thrown: unknown): string {
  const code = (thrown as { code?: unknown }).code;
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'UNREADABLE';
}
