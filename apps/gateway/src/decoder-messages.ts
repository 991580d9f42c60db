import type { DeclaredImage, TrialOutcome } from '@leadglass/inspect';
import { z } from 'zod';

/**
 * What is said between a decoder and who started it. The bytes themselves go to the decoder through its standard input, `bytes` of them,
 * behind the message. A decoder is believed no more than an intake: it has read what nobody trusts.
 */
const job = z.int();
/** Longest preview in base64: 512 x 512 in colour that does not compress, and its wrapping. */
const MOST_PREVIEW = 1_200_000;
const OUTCOMES = [
  'decoded',
  'refused',
  'trapped',
  'larger',
  'too-large',
  'unsupported',
] as const satisfies TrialOutcome[];

const ready = z.object({ t: z.literal('ready') });
const outcome = z.object({ t: z.literal('outcome'), job, outcome: z.enum(OUTCOMES) });
/** `png` is empty when the object has no image that can be shown. */
const previewed = z.object({ t: z.literal('previewed'), job, png: z.base64().max(MOST_PREVIEW) });

/** Anything a decoder says. */
export const fromDecoder = z.discriminatedUnion('t', [ready, outcome, previewed]);
export type FromDecoder = z.infer<typeof fromDecoder>;

/** Anything a decoder is told. `preview`: the bytes are a whole DICOM file. */
export type ToDecoder =
  | { readonly t: 'trial'; readonly job: number; readonly bytes: number; readonly image: DeclaredImage }
  | { readonly t: 'preview'; readonly job: number; readonly bytes: number };
