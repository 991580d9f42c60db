import { TextSchema } from '@leadglass/contract';
import type { Finding } from '@leadglass/model';
import type { Coercion } from '@leadglass/rewrite';
import { z } from 'zod';
import type { FileToLook } from '../scan/messages.ts';

/**
 * How one object leaves the medium. `as-is`: its data set byte for byte. `original`: the same, as evidence. `copy`: written anew, without
 * what is dangerous and under the identity asked for.
 */
export type Mode = 'as-is' | 'original' | 'copy';

/** What is to be done with the DICOM object number `at` of a file, counted as looking counts them. */
export interface Step {
  readonly at: number;
  /** Of the object as it was looked at: another one in its place is not taken. */
  readonly sha256: string;
  /** What it is called where the file's header does not say; may be no UIDs. */
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly modes: readonly Mode[];
  readonly findings: readonly Finding[];
}

/** What the command says to a copying worker. */
export type ToCopier =
  | { readonly t: 'configure'; readonly epochMs: number; readonly coercion: Coercion | undefined }
  | { readonly t: 'file'; readonly file: FileToLook; readonly steps: readonly Step[] };

const UID = z.string().regex(/^[0-9.]{1,64}$/);
const SHA256 = z.string().regex(/^[0-9a-f]{64}$/);
const MODE = z.enum(['as-is', 'original', 'copy']);

/** What stands before an object's bytes. */
export const ObjectFrame = z.object({
  at: z.int().min(0),
  mode: MODE,
  sopClassUid: UID,
  sopInstanceUid: UID,
  transferSyntaxUid: UID,
});
export type ObjectHead = z.output<typeof ObjectFrame>;

/** What stands behind them, or in their place. Without `why` they were whole, and of a copy its pixels were proved to be the original's. */
export const EndFrame = z.object({
  at: z.int().min(0),
  mode: MODE,
  why: z.optional(z.object({ code: z.string().max(100), text: TextSchema })),
  /** Of the original file, of the copy as a file, and of the pixels of both. */
  originalSha256: z.optional(SHA256),
  copySha256: z.optional(SHA256),
  pixelSha256: z.optional(SHA256),
});
export type ObjectEnd = z.output<typeof EndFrame>;

/** The file is over, or could not be read. */
export const DoneFrame = z.object({ problem: z.optional(z.string().regex(/^[A-Z0-9_]{1,40}$/)) });
