import { z } from 'zod';
import { AsOfSchema, ChartSchema } from './chart.ts';
import { AeTitleSchema, ContinuitySettingsSchema, Sha256Schema } from './nouns.ts';
import { RegistrationSchema, WorklistDaySchema } from './registration.ts';

// The continuity set: what is kept ready for the day everything else is down.

const COUNT = z.int().min(0);
const TIME = z.number();
const NOTHING = z.strictObject({});

/** How long the site holds out on its own, and what it has at hand. */
export const GaugeSchema = z.object({
  atMs: TIME,
  policy: ContinuitySettingsSchema,
  /** Days until the disk is full at the measured rate; null while nothing is measured. */
  autonomyDays: z.nullable(z.number()),
  /** Whether that is what the policy asks for; null while nothing is measured. */
  isEnough: z.nullable(z.boolean()),
  freeBytes: COUNT,
  dailyBytes: COUNT,
  /** Days over which what comes was measured. */
  measuredDays: z.number(),
  set: z.object({
    studies: COUNT,
    objects: COUNT,
    bytes: COUNT,
    /** Days back from now of which everything is in it. */
    coveredDays: z.number(),
    /** Patients who are scheduled or in the house, as far as is known. */
    expected: COUNT,
    /** Studies that are wanted and found no room in the budget. */
    leftOut: COUNT,
    /** Charts of who is expected, in the house, critical or was heard of; days of schedules; open registrations. */
    charts: COUNT,
    days: COUNT,
    registrations: COUNT,
  }),
  /** When the vault’s index for restoring without us was last written; null: never. */
  indexedAtMs: z.nullable(TIME),
});
export type GaugeAnswer = z.output<typeof GaugeSchema>;

/** How far the index is; the last line has `isDone`. */
export const IndexLineSchema = z.object({ studies: COUNT, objects: COUNT, left: COUNT, isDone: z.boolean() });

/** A second box that pulls. Null: not yet, or not since the start. */
export const NodeSchema = z.object({
  name: z.string(),
  addedAtMs: TIME,
  isEnrolled: z.boolean(),
  enrolledAtMs: z.nullable(TIME),
  seenAtMs: z.nullable(TIME),
});

/** Studies a box is told to keep. */
export const MOST_WANTED = 100_000;

/** Objects asked about at once. */
export const MOST_ASKED = 1_000;

/** A study of an export, or its end: `leftOut` studies found no room. */
export const ExportLineSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('study'),
    /** Studies of the set. */
    of: COUNT,
    study: z.string(),
    patient: z.object({ id: z.string(), name: z.string(), birthDate: z.string(), sex: z.string() }),
    date: z.string(),
    time: z.string(),
    accession: z.string(),
    description: z.string(),
    series: z
      .array(
        z.object({
          modality: z.string(),
          number: z.string(),
          description: z.string(),
          objects: z
            .array(
              z.object({
                sha256: Sha256Schema,
                bytes: COUNT,
                sopInstanceUid: z.string(),
                number: z.number(),
                frames: z.number(),
                isReport: z.boolean(),
              }),
            )
            .readonly(),
        }),
      )
      .readonly(),
  }),
  /** A patient’s chart, of `of` charts; its documents are asked for with `continuity.document`. */
  z.object({ kind: z.literal('chart'), of: COUNT, chart: ChartSchema }),
  /** What is planned on a day, and what was registered in the downtime and is open. */
  z.object({ kind: z.literal('day'), ...WorklistDaySchema.shape }),
  z.object({
    kind: z.literal('around'),
    asOfMs: TIME,
    registrations: z.array(RegistrationSchema).readonly(),
    feeds: z.array(AsOfSchema).readonly(),
  }),
  z.object({ kind: z.literal('end'), leftOut: COUNT }),
]);
export type ExportLine = z.output<typeof ExportLineSchema>;

const OBJECT = z.strictObject({ sha256: Sha256Schema });

export const CONTINUITY_SET = {
  export: z.strictObject({ budgetBytes: z.optional(z.int().min(1)) }),
  exported: ExportLineSchema,
  object: OBJECT,
  document: z.strictObject({ chart: z.int().min(1), document: z.string().min(1).max(64) }),
  picture: z.strictObject({ sha256: Sha256Schema, frame: z.int().min(1).max(1e6).default(1) }),
  /** Of a report. */
  text: z.object({ lines: z.array(z.string()).readonly(), isWhole: z.boolean() }),
  gauge: { request: NOTHING, answer: GaugeSchema },
  index: { request: NOTHING, answer: IndexLineSchema },
  nodes: z.object({ nodes: z.array(NodeSchema).readonly() }),
  node: z.strictObject({ name: AeTitleSchema }),
  code: z.object({ code: z.string(), untilMs: TIME }),
  door: z.object({ host: z.string(), port: z.int(), calling: AeTitleSchema, called: AeTitleSchema }),
  objects: z.strictObject({ sha256s: z.array(Sha256Schema).max(MOST_ASKED) }),
  retain: z.strictObject({ wanted: z.array(z.string().regex(/^[0-9.]{1,64}$/)).max(MOST_WANTED) }),
  dropped: z.object({ studies: COUNT, objects: COUNT, bytes: COUNT, charts: COUNT }),
  missing: z.object({ missing: z.array(Sha256Schema).readonly() }),
} as const;
