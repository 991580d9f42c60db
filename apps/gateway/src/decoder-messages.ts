import type { DeclaredImage, PreviewWish, TrialOutcome } from '@leadglass/inspect';
import { MOST_CATALOGUED } from '@leadglass/relay';
import { z } from 'zod';
import { type AttributeQuestion, MOST_ROWS, MOST_VALUE_BYTES } from './viewing/question.ts';
import type { RenderForm } from './web/web-messages.ts';

/**
 * What is said between a decoder and who started it. The bytes themselves go to the decoder through its standard input, `bytes` of them,
 * behind the message. A decoder is believed no more than an intake: it has read what nobody trusts.
 */
const job = z.int();
/** MOST_SAMPLES of two bytes. */
const MOST_RENDERED_BYTES = 128 * 1024 * 1024;
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

/** Characters made safe in the decoder, and held to it here: none that a terminal obeys, none that cannot be seen. */
const plain = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
/** A byte written out as `<U+202E>` is eight characters. */
const MOST_VALUE = 8 * MOST_VALUE_BYTES;
const row = z.strictObject({
  kind: z.enum(['element', 'sequence', 'item', 'fragments', 'fragment', 'trailing']),
  isMeta: z.boolean(),
  path: plain(400),
  depth: z.int().min(0).max(1000),
  tag: z.string().regex(/^\([0-9A-F]{4},[0-9A-F]{4}\)$/),
  vr: plain(16),
  keyword: plain(100),
  length: z.int().min(-1),
  offset: z.int().min(0),
  valueOffset: z.int().min(0),
  state: z.enum(['whole', 'cut', 'masked', 'binary', 'none']),
  value: plain(MOST_VALUE),
  bytes: z
    .string()
    .max(2 * MOST_VALUE_BYTES)
    .regex(/^([0-9a-f]{2})*$/),
});
const attributes = z.object({
  t: z.literal('attributes'),
  job,
  page: z.strictObject({
    transferSyntaxUid: plain(100),
    isDeflated: z.boolean(),
    rows: z.array(row).max(MOST_ROWS).readonly(),
    next: z.nullable(z.int().min(0)),
    stoppedBy: plain(100),
  }),
});

/** The bytes of a picture or of decoded pixels follow through its standard output: so many, 0 when there are none. */
const rendered = z.object({ t: z.literal('rendered'), job, bytes: z.int().min(0).max(MOST_RENDERED_BYTES) });

/** `isWhole`: nothing that follows would add to them. */
const catalogued = z.object({
  t: z.literal('catalogued'),
  job,
  attributes: z.string().max(MOST_CATALOGUED),
  isWhole: z.boolean(),
});

/** Anything a decoder says. */
export const fromDecoder = z.discriminatedUnion('t', [ready, outcome, previewed, attributes, catalogued, rendered]);
export type FromDecoder = z.infer<typeof fromDecoder>;

/** Anything a decoder is told. `preview`, `attributes`: the bytes are a whole DICOM file; `catalogued`: one, or its beginning. */
export type ToDecoder =
  | { readonly t: 'trial'; readonly job: number; readonly bytes: number; readonly image: DeclaredImage }
  /** One frame, to be shown or, as `raw`, only decoded: pixels as Explicit VR Little Endian has them. */
  | {
      readonly t: 'render';
      readonly job: number;
      readonly bytes: number;
      readonly image: DeclaredImage;
      readonly form: RenderForm;
    }
  | { readonly t: 'preview'; readonly job: number; readonly bytes: number; readonly wish: PreviewWish }
  | { readonly t: 'attributes'; readonly job: number; readonly bytes: number; readonly question: AttributeQuestion }
  | { readonly t: 'catalogued'; readonly job: number; readonly bytes: number };
