import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { disarmFile } from '../../apps/cli/src/commands/disarm-file.ts';

/** An object to be disarmed, and what it was before anything was put into it. */
export interface Subject {
  readonly name: string;
  /** What it is an example of, for the table: a class of attacks, or of innocent objects. */
  readonly kind: string;
  readonly bytes: Uint8Array;
  /** The same object innocent, or one that is wrong in the same other ways; undefined when it is innocent itself. */
  readonly clean?: Uint8Array;
  /** Whether complaints about the object as it came count as known too: when `clean` is not its very twin. */
  readonly isOriginalCounted?: boolean;
  /** A complaint that disarming brings with it, and has to. */
  readonly isExpected?: RegExp;
  /** Whether a copy is owed: then an obstacle is a failure. */
  readonly isOwed: boolean;
}

/** A copy that was made, beside what it is compared with. Files of this one test. */
export interface Twin {
  readonly name: string;
  readonly kind: string;
  readonly transferSyntaxUid: string;
  readonly original: string;
  readonly copy: string;
  /** What complaints are compared with: the clean twin; for a reader that verifies content, what may follow it too. */
  readonly cleans: readonly string[];
  readonly isExpected?: RegExp;
  /** Of the pixels, as our own readings of original and copy found them. */
  readonly pixelBytes: number;
  readonly pixelSha256: string;
  /** Whether the original is as the standard wants it, so that everybody reads it alike. */
  readonly isRegular: boolean;
}

/** What became of a subject. */
export type Disarmed =
  | { readonly subject: Subject; readonly twin: Twin }
  | { readonly subject: Subject; readonly obstacles: readonly string[] };

const NEVER = new AbortController().signal;

/** The three folders of a proof: every file in them has its twin under the same name in the others. */
export interface TwinFolders {
  readonly original: string;
  readonly copy: string;
  readonly clean: string;
}

/** Makes the folders below `work`. */
export function makeFolders(work: string): TwinFolders {
  const folders = { original: join(work, 'original'), copy: join(work, 'copy'), clean: join(work, 'clean') };
  for (const folder of Object.values(folders)) mkdirSync(folder);
  return folders;
}

/**
 * Disarms a subject as `leadglass disarm --all` does: inspects, plans, rehearses, writes, inspects the copy again. Whether the pixels
 * are the same is proved by our own readings first: the receipt's hashes, or a Fault.
 */
export async function disarm(subject: Subject, at: number, folders: TwinFolders): Promise<Disarmed> {
  const file = `${String(at).padStart(6, '0')}.dcm`;
  const paths = { original: join(folders.original, file), copy: join(folders.copy, file) };
  writeFileSync(paths.original, subject.bytes);
  const options = { target: paths.copy, isForced: false, isAll: true, contact: undefined, signal: NEVER };
  const outcome = await disarmFile(paths.original, options);
  if (outcome.status === 'cannot') return { subject, obstacles: [...new Set(outcome.reasons.map(({ code }) => code))] };
  if (outcome.status !== 'disarmed') throw new Error(`${subject.name}: ${outcome.status}`);
  const { pixels, transferSyntaxUid } = outcome.receipt;
  if (pixels.before.sha256 !== pixels.after.sha256) throw new Error(`${subject.name}: the receipt's hashes differ`);
  const cleans = cleansOf(subject, paths.original, join(folders.clean, file));
  const { name, kind, isOwed: isRegular, isExpected } = subject;
  const { bytes: pixelBytes, sha256: pixelSha256 } = pixels.after;
  const said = { name, kind, transferSyntaxUid, isRegular, pixelBytes, pixelSha256 };
  return { subject, twin: { ...said, ...paths, cleans, ...(isExpected === undefined ? {} : { isExpected }) } };
}

function cleansOf({ clean, isOriginalCounted }: Subject, original: string, path: string): readonly string[] {
  if (clean === undefined) return [original];
  writeFileSync(path, clean);
  return isOriginalCounted === true ? [path, original] : [path];
}
