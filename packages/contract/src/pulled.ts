import { z } from 'zod';
import { TextSchema } from './nouns.ts';

/*
 * What a continuity box pulls besides images: charts, days of schedules, registrations, how its gateway's feeds stand. These operations are for
 * the box's own puller, which reads the network and is not believed; what it hands in is parsed as anything a peer says.
 */

const TIME = z.int().min(0).max(8_640_000_000_000_000);
const COUNT = z.int().min(0);
const NOTHING = z.strictObject({});

/** Parts asked about at once. */
export const MOST_PARTS_ASKED = 500;
/** Longest part, characters of JSON; the gateway leaves the oldest out to keep within it. */
export const MOST_PART_CHARS = 6 * 1024 * 1024;
/** Largest document. */
export const MOST_DOCUMENT_BYTES = 24 * 1024 * 1024;
/** Parts of one pull. */
export const MOST_PARTS = 25_000;

/** A chart by its number; a day of a source by digest and day; what there is one of. */
export const PartKeySchema = z
  .string()
  .regex(/^(?:chart-[1-9][0-9]{0,8}|day-[0-9a-f]{16}-[0-9]{8}|registrations|feeds)$/);
export const PartVersionSchema = z.string().regex(/^[0-9a-f]{32}$/);

export const PULLED_KINDS = ['images', 'charts', 'worklist', 'registrations'] as const;

/** How old each kind is that a box pulled; times are when the gateway gave it, by the gateway's clock. */
export const BoxStandingSchema = z.object({
  /** When something was pulled whole last, by the box's clock; null: never. */
  pulledAtMs: z.nullable(z.number()),
  kinds: z
    .array(
      z.object({
        kind: z.enum(PULLED_KINDS),
        /** Null: never pulled whole. */
        asOfMs: z.nullable(z.number()),
        /** Objects, charts, entries of schedules, registrations. */
        count: COUNT,
      }),
    )
    .readonly(),
  /** What all but the images takes here. */
  bytes: COUNT,
  /** What a reader has to know, in sentences. */
  missing: z.array(TextSchema).readonly(),
});
export type BoxStanding = z.output<typeof BoxStandingSchema>;

const operation = <Q extends z.ZodType, A extends z.ZodType>(request: Q, answer: A) =>
  ({ request, answer, form: 'json' }) as const;
const PART = { key: PartKeySchema, version: PartVersionSchema };

export const PULLED_CONTROL = {
  /** A pull begins. `from`: the key that checks the gateway’s log. What was pulled of another gateway is let go. */
  'continuity.parts.begin': operation(z.strictObject({ from: z.string().max(300) }), NOTHING),
  /** Of these parts, those that are not here in that version. */
  'continuity.parts.missing': operation(
    z.strictObject({ parts: z.array(z.strictObject(PART)).max(MOST_PARTS_ASKED) }),
    z.object({ missing: z.array(z.string()).readonly() }),
  ),
  /** Takes a part in. `key` and `version`: what it is (a chart that was taken in by another meanwhile is of that one’s part); `documents`: those it tells of and that are not here, with the chart each is of. */
  'continuity.parts.take': operation(
    z.strictObject({ key: PartKeySchema, json: z.string().max(MOST_PART_CHARS) }),
    z.object({ ...PART, documents: z.array(z.object({ chart: z.int().min(1), document: z.string() })).readonly() }),
  ),
  /** The bytes of one of them. */
  'continuity.parts.document': operation(
    z.strictObject({
      key: PartKeySchema,
      chart: z.int().min(1),
      document: z.string().regex(/^[0-9a-f]{32}$/),
      bytes: z.base64().max(Math.ceil(MOST_DOCUMENT_BYTES / 3) * 4),
    }),
    NOTHING,
  ),
  /** All of a part was handed in. */
  'continuity.parts.done': operation(z.strictObject(PART), NOTHING),
  /** All images, or all parts, of the set that was as of then are here. */
  'continuity.parts.end': operation(
    z.strictObject({ what: z.enum(['images', 'parts']), asOfMs: TIME, leftOut: COUNT.default(0) }),
    NOTHING,
  ),
  /** How old what a box serves is; null on a home that is none. */
  'continuity.standing': operation(NOTHING, z.object({ box: z.nullable(BoxStandingSchema) })),
} as const;
