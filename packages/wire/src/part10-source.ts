import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileMeta, META_LIMIT_BYTES, Part10Reader, PREAMBLE_BYTES } from '@leadglass/dicom';
import { isWireUid } from '@leadglass/dimse';
import { type Text, text } from '@leadglass/kit';

/** A file that can be sent as it is. */
export interface FoundObject {
  readonly kind: 'object';
  readonly path: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Where the data set begins in the file, and how long the file is, bytes. */
  readonly dataSetOffset: number;
  readonly fileBytes: number;
}

/** A file or folder that is passed over, and why. */
export interface Skipped {
  readonly kind: 'skipped';
  readonly path: string;
  readonly reason: SkipReason;
  readonly text: Text;
}

export type SkipReason = keyof typeof SKIP_TEXTS;

const SKIP_TEXTS = {
  'not-dicom': text("ce n'est pas un fichier DICOM (Part 10)", 'it is not a DICOM file (Part 10)'),
  'no-meta': text(
    'ni préambule ni groupe 0002 : sa classe, son identifiant et sa syntaxe de transfert ne sont écrits nulle part',
    'neither preamble nor group 0002: its class, identifier and transfer syntax are written nowhere',
  ),
  'incomplete-meta': text(
    "le groupe 0002 ne dit pas la classe, l'identifiant ou la syntaxe de transfert",
    'group 0002 does not say the class, the identifier or the transfer syntax',
  ),
  dicomdir: text('répertoire DICOMDIR : il ne se transmet pas', 'a DICOMDIR directory: it is not sent'),
  'symbolic-link': text('lien symbolique, non suivi', 'symbolic link, not followed'),
  'not-a-file': text('ni fichier ni dossier', 'neither file nor folder'),
  'too-deep': text('dossier trop profond', 'folder too deep'),
  unreadable: text('lecture impossible : droits ou support', 'cannot be read: rights or medium'),
} as const;

/** Bounds of a walk. */
export interface WalkLimits {
  /** Folders inside folders. */
  readonly depth: number;
  /** Files and folders looked at in all. */
  readonly entries: number;
}

export const DEFAULT_WALK_LIMITS: WalkLimits = { depth: 64, entries: 5_000_000 };

const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';
const HEAD_BYTES = 4096;
const MOST_HEAD_BYTES = PREAMBLE_BYTES + META_LIMIT_BYTES + 64;
const PIECE_BYTES = 1024 * 1024;

const skipped = (path: string, reason: SkipReason): Skipped => ({
  kind: 'skipped',
  path,
  reason,
  text: SKIP_TEXTS[reason],
});

interface ToVisit {
  readonly path: string;
  readonly depth: number;
}

/**
 * Walks files and folders, in order of their names, and tells of each file whether it can be sent. Symbolic links inside folders
 * are not followed; the paths given may be links. One folder's names and one file's head are held at a time.
 */
export async function* walkPart10(
  paths: readonly string[],
  limits: WalkLimits = DEFAULT_WALK_LIMITS,
): AsyncGenerator<FoundObject | Skipped> {
  const toVisit: ToVisit[] = paths.map((path) => ({ path, depth: 0 })).reverse();
  for (let seen = 0; seen < limits.entries; seen += 1) {
    const next = toVisit.pop();
    if (next === undefined) return;
    const found = await visit(next, limits, toVisit).catch(() => skipped(next.path, 'unreadable'));
    if (found !== undefined) yield found;
  }
}

async function visit(
  { path, depth }: ToVisit,
  limits: WalkLimits,
  toVisit: ToVisit[],
): Promise<FoundObject | Skipped | undefined> {
  const about = await (depth === 0 ? stat(path) : lstat(path));
  if (about.isSymbolicLink()) return skipped(path, 'symbolic-link');
  if (about.isFile()) return recognise(path, depth === 0);
  if (!about.isDirectory()) return skipped(path, 'not-a-file');
  if (depth >= limits.depth) return skipped(path, 'too-deep');
  const names = await readdir(path);
  if (names.length + toVisit.length > limits.entries) return skipped(path, 'unreadable');
  for (const name of names.sort().reverse()) toVisit.push({ path: join(path, name), depth: depth + 1 });
  return undefined;
}

/** Opens without following a link put there since we looked, and without waiting on a pipe. */
function openFile(path: string, mayFollow: boolean): Promise<FileHandle> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  return open(path, O_RDONLY | O_NONBLOCK | (mayFollow ? 0 : O_NOFOLLOW));
}

async function recognise(path: string, mayFollow: boolean): Promise<FoundObject | Skipped> {
  const file = await openFile(path, mayFollow);
  try {
    const { size } = await file.stat();
    const head = await readHead(file);
    if (head === undefined) return skipped(path, 'not-dicom');
    if (head.hasNoMeta) return skipped(path, 'no-meta');
    const {
      mediaStorageSopClassUid: sopClassUid,
      mediaStorageSopInstanceUid: sopInstanceUid,
      transferSyntaxUid,
    } = head.meta;
    if (sopClassUid === MEDIA_STORAGE_DIRECTORY) return skipped(path, 'dicomdir');
    const isWhole =
      !head.meta.isGuessed &&
      [sopClassUid, sopInstanceUid, transferSyntaxUid].every((uid) => uid !== '' && isWireUid(uid));
    if (!isWhole) return skipped(path, 'incomplete-meta');
    return {
      kind: 'object',
      path,
      sopClassUid,
      sopInstanceUid,
      transferSyntaxUid,
      dataSetOffset: head.dataSetOffset,
      fileBytes: size,
    };
  } finally {
    await file.close();
  }
}

interface Head {
  readonly meta: FileMeta;
  readonly hasNoMeta: boolean;
  readonly dataSetOffset: number;
}

/** Reads the file's beginning until its meta is known; undefined when there is none to be found. */
async function readHead(file: FileHandle): Promise<Head | undefined> {
  let meta: FileMeta | undefined;
  let dataSetBytes = 0;
  let pushedBytes = 0;
  const reader = new Part10Reader({
    preamble: () => {},
    metaIrregularity: () => {},
    meta: (found) => {
      meta = found;
    },
    dataSet: (bytes) => {
      dataSetBytes += bytes.byteLength;
    },
  });
  const buffer = new Uint8Array(HEAD_BYTES);
  while (meta === undefined && !reader.isDead && pushedBytes < MOST_HEAD_BYTES) {
    const { bytesRead } = await file.read(buffer, 0, HEAD_BYTES, pushedBytes);
    if (bytesRead === 0) reader.end();
    else reader.push(buffer.subarray(0, bytesRead));
    pushedBytes += bytesRead;
    if (bytesRead === 0) break;
  }
  if (meta === undefined) return undefined;
  const dataSetOffset = pushedBytes - dataSetBytes;
  return { meta, dataSetOffset, hasNoMeta: dataSetOffset === 0 };
}

/** Buffers that come back, so that sending many files makes no garbage of their size. */
class Buffers {
  readonly #free: Uint8Array[] = [];

  take(bytes: number): Uint8Array {
    return bytes > PIECE_BYTES / 4 ? (this.#free.pop() ?? new Uint8Array(PIECE_BYTES)) : new Uint8Array(bytes);
  }

  give(buffer: Uint8Array): void {
    if (buffer.byteLength === PIECE_BYTES && this.#free.length < 16) this.#free.push(buffer);
  }
}

const buffers = new Buffers();

/** The data set of a found file, in pieces of up to 1 MiB; each is reused once the next is asked for. Throws the system's error. */
export async function* dataSetOf(object: FoundObject): AsyncGenerator<Uint8Array> {
  const file = await openFile(object.path, true);
  const buffer = buffers.take(Math.min(PIECE_BYTES, object.fileBytes - object.dataSetOffset));
  try {
    for (let at = object.dataSetOffset; at < object.fileBytes; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.byteLength, object.fileBytes - at), at);
      if (bytesRead === 0) return; // shorter than it was: whoever sends it sees that bytes are missing
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    buffers.give(buffer);
    await file.close();
  }
}
