import type { DeclaredImage, TrialOutcome } from '@leadglass/inspect';
import { z } from 'zod';

/**
 * What a sandboxed process asks of the keeper besides its own work, and what it is told. The same for intakes and the desk. The keeper
 * believes none of it: a question costs a bounded answer, whoever asks.
 */
const wantClamd = z.object({ t: z.literal('want-clamd') });
const clamdTrouble = z.object({ t: z.literal('clamd-trouble') });

const number = z.int().min(-1).max(0xffffffff);
export const image = z.object({
  transferSyntaxUid: z.string().max(64),
  rows: number,
  columns: number,
  samplesPerPixel: number,
  bitsAllocated: number,
  bitsStored: number,
  photometric: z.string().max(1024),
  isSigned: z.boolean(),
  isPlanar: z.boolean(),
}) satisfies z.ZodType<DeclaredImage>;
/** A frame to be decoded on trial; its `bytes` bytes follow through the pipe. */
const trial = z.object({ t: z.literal('trial'), job: z.int(), bytes: z.int().min(1), image });

const fromServed = z.discriminatedUnion('t', [wantClamd, clamdTrouble, trial]);
/** Anything a served process asks. */
export type FromServed = z.infer<typeof fromServed>;

const ASKED: ReadonlySet<unknown> = new Set<FromServed['t']>(['want-clamd', 'clamd-trouble', 'trial']);

/** What a process asks, parsed; undefined when it is something else, which is most of what it says. */
export function servedIn(raw: unknown): FromServed | undefined {
  if (typeof raw !== 'object' || raw === null || !('t' in raw) || !ASKED.has(raw.t)) return undefined;
  return fromServed.safeParse(raw).data;
}

/** Anything a served process is told. With `clamd` comes a socket, its session begun. */
export type ToServed =
  | {
      readonly t: 'clamav';
      readonly isUp: boolean;
      /** Undefined: there is none, and nothing is shown to it. */
      readonly limits?: { readonly maxStreamBytes: number; readonly answerMs: number };
    }
  | { readonly t: 'clamd' }
  | { readonly t: 'no-clamd' }
  | { readonly t: 'tried'; readonly job: number; readonly outcome: TrialOutcome };

/** The descriptor through which a served process writes its frames; the keeper's end is `stdio[FRAME_PIPE]`. */
export const FRAME_PIPE = 4;
