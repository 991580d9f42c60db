import { randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FileInspection, type FileInspectionResult } from '@leadglass/inspect';
import { type Text, text } from '@leadglass/kit';
import {
  Disarmer,
  type DisarmPlan,
  type DisarmReceipt,
  type Obstacle,
  planDisarm,
  Rehearsal,
  type Rehearsed,
} from '@leadglass/rewrite';
import { rewritingSystem } from '../rewriting-system.ts';
import { composeInspectors, type Inspectors } from '../scan/inspectors.ts';

const PIECE_BYTES = 256 * 1024;

export interface DisarmFileOptions {
  /** Where the copy goes. */
  readonly target: string;
  /** Whether a file that is already there is replaced. */
  readonly isForced: boolean;
  /** Whether an object that is clean is rewritten too. */
  readonly isAll: boolean;
  readonly contact: Text | undefined;
  readonly signal: AbortSignal;
}

/** What became of one file. Only `disarmed` leaves a copy behind. */
export type DisarmFileOutcome =
  | {
      readonly status: 'disarmed';
      readonly before: FileInspectionResult;
      readonly after: FileInspectionResult;
      readonly receipt: DisarmReceipt;
    }
  | { readonly status: 'clean'; readonly before: FileInspectionResult }
  | { readonly status: 'cannot'; readonly before: FileInspectionResult; readonly reasons: readonly Reason[] }
  | { readonly status: 'exists'; readonly before: FileInspectionResult };

/** Why there is no copy. */
export interface Reason {
  readonly code: string;
  readonly text: Text;
  readonly path: string;
}

/**
 * Makes the disarmed copy of one file: inspects, plans, rehearses, writes beside the target, inspects the copy, and only then gives it
 * its name. The original is opened for reading alone. Throws what the file system throws, and the Faults of room rewrite.
 */
export async function disarmFile(path: string, options: DisarmFileOptions): Promise<DisarmFileOutcome> {
  const file = await open(path, 'r');
  try {
    const before = await inspected(file, options.signal);
    if (isHarmless(before) && !options.isAll) return { status: 'clean', before };
    const plan = planDisarm(before.findings);
    if (plan.obstacles.length > 0) return { status: 'cannot', before, reasons: distinct(plan.obstacles) };
    const rehearsal = new Rehearsal(plan);
    await pour(file, options.signal, (piece) => rehearsal.push(piece));
    const rehearsed = rehearsal.end();
    if (rehearsed.obstacles.length > 0) return { status: 'cannot', before, reasons: distinct(rehearsed.obstacles) };
    return await write(file, before, plan, rehearsed, options);
  } finally {
    await file.close();
  }
}

async function write(
  file: FileHandle,
  before: FileInspectionResult,
  plan: DisarmPlan,
  rehearsed: Rehearsed,
  options: DisarmFileOptions,
): Promise<DisarmFileOutcome> {
  await mkdir(dirname(options.target), { recursive: true, mode: 0o700 });
  const partial = join(dirname(options.target), `.leadglass-${randomUUID()}.partial`);
  try {
    const copied = await copy(file, partial, plan, rehearsed, options);
    if ('reasons' in copied) return { status: 'cannot', before, reasons: copied.reasons };
    const isNamed = await giveName(partial, options);
    return isNamed ? { status: 'disarmed', before, ...copied } : { status: 'exists', before };
  } finally {
    await rm(partial, { force: true });
  }
}

type Copied =
  | { readonly after: FileInspectionResult; readonly receipt: DisarmReceipt }
  | { readonly reasons: readonly Reason[] };

/** Writes the copy and reads back from the disk what was written. */
async function copy(
  file: FileHandle,
  partial: string,
  plan: DisarmPlan,
  rehearsed: Rehearsed,
  { contact, signal }: DisarmFileOptions,
): Promise<Copied> {
  const out = await open(partial, 'wx+', 0o600);
  try {
    let pending: Buffer[] = [];
    const sink = (bytes: Uint8Array): void => void pending.push(Buffer.from(bytes));
    const named = contact === undefined ? {} : { contact };
    const disarmer = new Disarmer({ plan, rehearsed, system: rewritingSystem(), sink, ...named });
    const flush = async (): Promise<void> => {
      const joined = Buffer.concat(pending);
      pending = [];
      await writeWhole(out, joined);
    };
    await pour(file, signal, async (piece) => {
      disarmer.push(piece);
      await flush();
    });
    const { obstacle, receipt } = disarmer.end();
    if (obstacle !== undefined) return { reasons: [obstacle] };
    await flush();
    await out.sync();
    const after = await inspected(out, signal);
    return isHarmless(after) ? { after, receipt } : { reasons: stillThere(after) };
  } finally {
    await out.close();
  }
}

async function writeWhole(out: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await out.write(bytes, at)).bytesWritten;
}

/** Gives the finished copy its name; false when another file has it. */
async function giveName(partial: string, { target, isForced }: DisarmFileOptions): Promise<boolean> {
  const isNamed = isForced ? await replace(partial, target) : await linkOnce(partial, target);
  if (isNamed) await syncFolder(dirname(target));
  return isNamed;
}

async function replace(partial: string, target: string): Promise<true> {
  await rename(partial, target);
  return true;
}

/** A link never replaces what is there. File systems without links (media) have the name taken first, by a file of their own. */
async function linkOnce(partial: string, target: string): Promise<boolean> {
  try {
    await link(partial, target);
    return true;
  } catch (thrown) {
    if (isExisting(thrown)) return false;
  }
  try {
    await (await open(target, 'wx', 0o600)).close();
  } catch (thrown) {
    if (isExisting(thrown)) return false;
    throw thrown;
  }
  return replace(partial, target);
}

function isExisting(thrown: unknown): boolean {
  return (thrown as NodeJS.ErrnoException).code === 'EEXIST';
}

/** Some systems do not open folders; there the file itself is all that can be synced. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/** Reads the whole file from its start, piece by piece; the piece is used again. */
async function pour(
  file: FileHandle,
  signal: AbortSignal,
  take: (piece: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const piece = new Uint8Array(PIECE_BYTES);
  for (let at = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, at);
    if (bytesRead === 0) return;
    await take(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
}

let composed: Promise<Inspectors> | undefined;

/** By the inspectors that `leadglass scan` asks: what one names the other treats. */
async function inspected(file: FileHandle, signal: AbortSignal): Promise<FileInspectionResult> {
  composed ??= composeInspectors(undefined);
  const inspection = new FileInspection({ inspectors: (await composed).dicom });
  await pour(file, signal, (piece) => inspection.push(piece));
  return inspection.settled();
}

/** Clean, and looked at by every inspector to the end. */
function isHarmless({ verdict, unfinished }: FileInspectionResult): boolean {
  return verdict === 'clean' && unfinished.length === 0;
}

function distinct(obstacles: readonly Obstacle[]): readonly Reason[] {
  const seen = new Map(obstacles.map((one) => [`${one.code} ${one.path}`, one]));
  return [...seen.values()].map(({ code, text: sentence, path }) => ({ code, text: sentence, path }));
}

function stillThere({ findings }: FileInspectionResult): readonly Reason[] {
  const grave = findings.filter((finding) => finding.severity !== 'information');
  if (grave.length > 0) return grave.map(({ code, text: sentence, path }) => ({ code, text: sentence, path }));
  const sentence = text(
    'L’inspection de la copie n’a pas pu être menée à son terme.',
    'The inspection of the copy could not be finished.',
  );
  return [{ code: 'cli.unfinished', text: sentence, path: '' }];
}
