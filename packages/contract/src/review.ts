import { z } from 'zod';
import { DeliverySchema, ObjectSchema, Sha256Schema, TextSchema } from './nouns.ts';

// What a person is shown of a held object before deciding.

const HexSchema = z.string().regex(/^([0-9a-f]{2})*$/);

/** One row of the element tree; `RowKind` and the rest as apps/gateway/src/viewing/question.ts says. */
const AttributeRowSchema = z.object({
  kind: z.enum(['element', 'sequence', 'item', 'fragments', 'fragment', 'trailing']),
  /** Of the file meta. */
  isMeta: z.boolean(),
  /** `(0040,A730)[2]/(0008,0100)`. */
  path: z.string(),
  depth: z.int().min(0),
  tag: z.string(),
  vr: z.string(),
  /** `PatientID`; empty when the dictionary has none. */
  keyword: z.string(),
  /** Declared; -1 when undefined. */
  length: z.int(),
  /** In the file; in the inflated data set when that is deflated (but for the file meta). */
  offset: z.int(),
  /** All of the value, its beginning, one that may identify somebody and was not asked for, one that is no text, or none. */
  state: z.enum(['whole', 'cut', 'masked', 'binary', 'none']),
  /** Without a character that a terminal obeys: those are written out, `<1B>`. */
  value: z.string(),
  /** Which of the hold's findings are about it: their numbers, from 1. */
  findings: z.array(z.int().min(1)).readonly(),
});
export type AttributeRowAnswer = z.output<typeof AttributeRowSchema>;

/** A stretch of the element tree of a held object or its copy. */
export const AttributesSchema = z.object({
  sha256: Sha256Schema,
  transferSyntaxUid: z.string(),
  /** Offsets then count in the inflated data set. */
  isDeflated: z.boolean(),
  rows: z.array(AttributeRowSchema).readonly(),
  /** Number of the next row; null at the end. */
  next: z.nullable(z.int().min(0)),
  /** Code of what kept the reading from going on; empty when nothing did. */
  stoppedBy: z.string(),
});
export type AttributesAnswer = z.output<typeof AttributesSchema>;

/** Bytes of a held object or its copy. */
export const HexViewSchema = z.object({
  sha256: Sha256Schema,
  plainBytes: z.int(),
  /** Of the Part 10 file; or of a value inside a deflated data set, which has no place of its own in the file. */
  space: z.enum(['file', 'inflated']),
  /** Of the first byte shown. */
  offset: z.int().min(0),
  bytes: HexSchema,
  /** What was asked for, counted as `offset`; it may reach beyond what is shown. */
  mark: z.object({ offset: z.int().min(0), bytes: z.int().min(0) }),
});
export type HexViewAnswer = z.output<typeof HexViewSchema>;

/** A held object beside its disarmed copy. */
export const ComparisonSchema = z.object({
  original: ObjectSchema,
  copy: ObjectSchema,
  /** At most 16; empty when the copy was known before it was made. `path`: of the first element concerned, empty for the whole. */
  changes: z.array(z.object({ kind: z.string(), path: z.string(), text: TextSchema })).readonly(),
  /** SHA-256 of the pixels, the same in both by two readings; empty when not known. */
  pixelSha256: z.string(),
  /** Of the copy. */
  deliveries: z.array(DeliverySchema).readonly(),
});
export type ComparisonAnswer = z.output<typeof ComparisonSchema>;

/** What a place in an object is named by. */
export const PlaceSchema = z.union([
  z.strictObject({ offset: z.int().min(0) }),
  /** `(0040,A730)[2]/(0008,0100)`, `0010,0020`, `PatientID`. */
  z.strictObject({ path: z.string().min(1).max(400) }),
  /** Number of one of the hold's findings, from 1. */
  z.strictObject({ finding: z.int().min(1) }),
]);
