import { z } from 'zod';
import { DrillSettingsSchema, TextSchema } from './nouns.ts';

/*
 * Drills of the bad day: a synthetic patient goes through the emergency path with every upstream cut off for it, and the times are filed in the ledger. A real
 * outage is told in the same form. Nothing in any of it is of a patient.
 */

const COUNT = z.int().min(0);
const TIME = z.number();
const NO = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

/** Times of what came during an outage; the median and the 95th percentile are exact to a twentieth. */
export const SpreadSchema = z.object({
  count: COUNT,
  medianMs: COUNT,
  p95Ms: COUNT,
  worstMs: COUNT,
  /** What came and was not measured. */
  unmeasured: COUNT,
});

/** One time against its aim: of an outage the 95th percentile. Null: it did not come so far, or nothing came. */
export const AimedSchema = z.object({ ms: z.nullable(COUNT), aimMs: COUNT });

export const DrillSchema = z.object({
  no: NO,
  kind: z.enum(['drill', 'outage']),
  beganAtMs: TIME,
  /** Null while it runs. */
  endedAtMs: z.nullable(TIME),
  outcome: z.enum(['running', 'in-time', 'late', 'failed', 'broken-off', 'missed', 'nothing-came']),
  /** Who asked for it; empty: the schedule. */
  by: z.string(),
  /** Of an outage: what was down. */
  upstream: z.string(),
  image: AimedSchema,
  lab: AimedSchema,
  steps: z.array(z.object({ step: z.string(), text: TextSchema, ms: COUNT })).readonly(),
  /** What was not tried, and why. */
  untried: z.array(z.object({ step: z.string(), text: TextSchema, why: TextSchema })).readonly(),
  /** Of one that failed or was missed: where, and why. */
  failedAt: z.nullable(TextSchema),
  why: z.nullable(TextSchema),
  /** Upstreams that were cut off for it. */
  cutOff: z.array(z.string()).readonly(),
  /** What it made and was destroyed after it, and what could not be. */
  destroyed: z.object({ objects: COUNT, messages: COUNT, charts: COUNT, left: COUNT }),
  /** Of an outage. */
  images: z.nullable(SpreadSchema),
  results: z.nullable(SpreadSchema),
});
export type DrillAnswer = z.output<typeof DrillSchema>;

const PLANNED = {
  settings: DrillSettingsSchema,
  /** When the next runs by itself; null: none does. */
  nextMs: z.nullable(TIME),
};

export const DRILL = {
  /** Runs one now: a line when it begins, one a step, one at its end. It goes on when nobody reads any more. Refused while one runs. */
  'drill.run': {
    request: z.strictObject({}),
    answer: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('began'), no: NO }),
      z.object({ kind: z.literal('step'), no: NO, step: z.string(), text: TextSchema, ms: COUNT }),
      z.object({ kind: z.literal('ended'), drill: DrillSchema }),
    ]),
    form: 'lines',
  },
  /** The last ones, newest first, drills and real outages side by side. */
  'drill.list': {
    request: z.strictObject({
      limit: z.int().min(1).max(200).default(20),
      before: z.exactOptional(NO),
      kind: z.exactOptional(z.enum(['drill', 'outage'])),
    }),
    answer: z.object({
      ...PLANNED,
      drills: z.array(DrillSchema).readonly(),
      isCut: z.boolean(),
      /** The one that runs now. */
      runningNo: z.nullable(NO),
    }),
    form: 'json',
  },
  'drill.show': { request: z.strictObject({ no: NO }), answer: z.object({ drill: DrillSchema }), form: 'json' },
  /** Changes what is named and leaves the rest; nothing named shows how it is. */
  'drill.schedule': {
    request: z.strictObject({
      on: z.exactOptional(DrillSettingsSchema.shape.on),
      at: z.exactOptional(DrillSettingsSchema.shape.at),
      imageSeconds: z.exactOptional(DrillSettingsSchema.shape.imageSeconds),
      labSeconds: z.exactOptional(DrillSettingsSchema.shape.labSeconds),
      tell: z.exactOptional(DrillSettingsSchema.shape.tell),
    }),
    answer: z.object(PLANNED),
    form: 'json',
  },
} as const;
