import type { RuleSource } from '@leadglass/inspect';
import { MOST_CATALOGUED } from '@leadglass/relay';
import { z } from 'zod';
import { finding, hex64, shortText, staged, uid } from './message-parts.ts';
import type { ToServed } from './served-messages.ts';

/**
 * What keeper and desk say to each other. The object itself goes to the desk through its standard input: once to be rehearsed, and
 * when the desk says `again` a second time to be written. The keeper believes a desk no more than an intake.
 */
const job = z.int();
const obstacle = z.object({ code: z.string().max(100), text: shortText, path: z.string().max(400) });
const pixels = z.object({ sha256: hex64, bytes: z.number().min(0), fragments: z.int().min(0) });
const change = z.object({ kind: z.string().max(64), path: z.string().max(400), times: z.int().min(1) });

const ready = z.object({ t: z.literal('ready') });
const again = z.object({ t: z.literal('again'), job });
const impossible = z.object({ t: z.literal('impossible'), job, obstacles: z.array(obstacle).min(1).max(16) });
const failed = z.object({ t: z.literal('failed'), job, detail: z.string().max(1000) });
const copied = z.object({
  t: z.literal('copied'),
  job,
  sha256: hex64,
  staged,
  metaBytes: z.int().min(1),
  plainBytes: z.int().min(1),
  sopInstanceUid: uid,
  findings: z.array(finding).max(100),
  /** Inspectors that could not finish with the copy. */
  unfinished: z.array(z.string().max(64)).max(64),
  /** What the catalogue keeps of the copy, as JSON. */
  attributes: z.string().max(MOST_CATALOGUED),
  changes: z.array(change).max(64),
  /** Of original and copy: equal, by two readings of each. */
  pixels,
});

/** Anything a desk says. */
export const fromDesk = z.discriminatedUnion('t', [ready, again, impossible, failed, copied]);
export type FromDesk = z.infer<typeof fromDesk>;
export type CopiedMessage = z.infer<typeof copied>;

/** A finding as planning needs it. */
export type FindingToTell = z.infer<typeof finding>;

/** Anything the keeper says to a desk. */
export type ToDesk =
  | ToServed
  | {
      readonly t: 'configure';
      readonly deskId: string;
      readonly stagingDir: string;
      readonly recipients: readonly string[];
      /** Of this program: stands in the copies as what changed them. */
      readonly version: string;
      /** The site's own YARA rules, checked. */
      readonly rules: readonly RuleSource[];
    }
  | { readonly t: 'rules'; readonly rules: readonly RuleSource[] }
  | {
      readonly t: 'job';
      readonly job: number;
      /** What comes through standard input, each time. */
      readonly plainBytes: number;
      readonly sha256: string;
      readonly findings: readonly FindingToTell[];
      readonly epochMs: number;
      /** What attributes are to be; an absent value: removed. */
      readonly coercion?: {
        readonly source: string;
        readonly attributes: readonly { readonly tag: number; readonly value?: string | undefined }[];
      };
    }
  | { readonly t: 'settled'; readonly job: number };
