import { z } from 'zod';
import { ChartSchema } from './chart.ts';
import { RoleSchema } from './roles.ts';

const TIME = z.number();
const COUNT = z.int().min(0);
const NO = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

/** Why somebody opens a patient: care of them, an advice that was asked for, a life in danger, or what they say themselves. */
export const OPENING_WHYS = ['care', 'advice', 'danger', 'other'] as const;
export type OpeningWhy = (typeof OPENING_WHYS)[number];
export const OpeningWhySchema = z.enum(OPENING_WHYS);
/** Words beside it: a sentence without a patient's name. */
export const OpeningWordsSchema = z.string().trim().max(300);

/** A patient who was opened by somebody although no system of the house told of a visit or an order: it is looked at again later. */
export const GlassSchema = z.object({
  no: NO,
  by: z.string(),
  role: RoleSchema,
  /** Of a chart: no identifier of the patient. */
  chart: z.int().min(1),
  why: OpeningWhySchema,
  words: z.string(),
  firstMs: TIME,
  lastMs: TIME,
  times: COUNT,
  /** Null: nobody has looked at it yet. */
  reviewedMs: z.nullable(TIME),
  reviewedBy: z.string(),
  note: z.string(),
});
export type GlassAnswer = z.output<typeof GlassSchema>;

/** How the console asks for a patient and gets them. */
export const PatientOpenSchema = {
  request: z.strictObject({
    chart: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
    why: OpeningWhySchema,
    words: OpeningWordsSchema.default(''),
  }),
  answer: z.object({
    chart: ChartSchema,
    /** No relation was told of: the opening is on the list that is reviewed. */
    isGlass: z.boolean(),
  }),
};

export const GLASS_CONTROL = {
  /** Newest first. `before`: the `no` to go on from. */
  'glass.list': {
    request: z.strictObject({
      isAll: z.boolean().default(false),
      before: z.optional(NO),
      limit: z.int().min(1).max(200).default(50),
    }),
    answer: z.object({ openings: z.array(GlassSchema).readonly(), waiting: COUNT, isCut: z.boolean() }),
    form: 'json',
  },
  /** Somebody who answers for security has looked at these. `reviewed`: those nobody had looked at before. */
  'glass.review': {
    request: z.strictObject({ nos: z.array(NO).min(1).max(200), note: z.string().trim().max(300).default('') }),
    answer: z.object({ reviewed: COUNT }),
    form: 'json',
  },
} as const;
