import type { ChartPart } from '@leadglass/continuity';
import { DestinationNameSchema, RegistrationSchema } from '@leadglass/contract';
import { type AttributeSet, asAttributeSet } from '@leadglass/query';
import { z } from 'zod';
import { allergy, identifier, many, name, OBSERVATION, order, REPORT, text, texts } from '../feeds/reading-json.ts';
import { isShapeless, type Shape } from '../feeds/shape.ts';
import { shortText } from '../message-parts.ts';

/*
 * Parts of the continuity set on their way from a gateway to its box. Neither believes the other: the box holds all of a part against what a part
 * may be before anything of it is kept, with the same nouns that hold what an intake says it read.
 */

const TIME = z.int().min(0).max(8_640_000_000_000_000);
const COUNT = z
  .int()
  .min(0)
  .max(2 ** 31);
/** Charts of a gateway: below those that a box numbers itself. */
const CHART = z.int().min(1).max(999_999_999);
/** Messages and entries of a gateway. */
const NUMBER = z
  .int()
  .min(1)
  .max(2 ** 48);
const VERSION = z.string().regex(/^[0-9a-f]{32}$/);
const MOST_CHARTS = 64;
const MOST_ENTRIES = 3_000;
const MOST_NOUNS = 200_000;

/** What the reader of a reading says of a value, one that is missing too. */
function shaped<T>(shape: Shape<T>) {
  return z.optional(z.unknown()).transform((value, context): T => {
    try {
      return shape(value);
    } catch (thrown) {
      if (!isShapeless(thrown)) throw thrown;
      context.addIssue({ code: 'custom', message: 'another shape' });
      return z.NEVER;
    }
  });
}

/** Each of these fields, so. */
function fieldsOf<F extends Readonly<Record<string, Shape<unknown>>>>(fields: F) {
  const read = Object.entries(fields).map(([name, shape]) => [name, shaped(shape)]);
  return Object.fromEntries(read) as { readonly [K in keyof F]: ReturnType<typeof shaped<ReturnType<F[K]>>> };
}

const word = shaped(text);
const words = shaped(texts);
const list = <T extends z.ZodType>(item: T) => z.array(item).max(MOST_NOUNS).default([]).readonly();

const documentId = z.union([z.literal(''), z.string().regex(/^[0-9a-f]{32}$/)]);
const document = z.object({
  id: documentId,
  form: z.enum(['pdf', 'cda', 'text', 'other', 'none']),
  ...{ mediaType: word, title: word, number: word, parent: word, writtenAt: word },
  bytes: COUNT,
  isGone: z.boolean(),
});
const told = z.object({
  feed: DestinationNameSchema,
  message: NUMBER,
  heardMs: TIME,
  kind: z.enum(['admission', 'merge', 'order', 'schedule', 'result', 'document', 'other']),
  ...{ type: word, trigger: word, sentAt: word },
  orders: shaped(many(order)),
  allergies: shaped(many(allergy)),
  documents: list(document),
  reports: list(
    z.object({
      ...fieldsOf(REPORT),
      observations: list(
        z
          .object({ ...fieldsOf(OBSERVATION), document: document.optional() })
          .transform((value) => ({ ...value, document: value.document })),
      ),
    }),
  ),
});
const raw = z.object({
  feed: DestinationNameSchema,
  problems: z
    .array(z.object({ place: z.string().max(200), why: shortText }))
    .max(100)
    .readonly(),
  text: z.string().max(16_000),
});
const head = { no: NUMBER, message: NUMBER, heardMs: TIME };
const entry = z.discriminatedUnion('kind', [
  z.object({ ...head, kind: z.literal('told'), told }),
  z.object({ ...head, kind: z.literal('raw'), raw }),
]);
const visit = z.object({
  feed: DestinationNameSchema,
  ...{ number: word, class: word, location: word, doctors: words, admittedAt: word, dischargedAt: word },
  state: z.enum(['expected', 'present', 'left', 'cancelled']),
  arrivedMs: TIME,
  heardMs: TIME,
});
const summary = z.object({
  names: z.array(shaped(name)).max(16).readonly(),
  ...{ birthDate: word, sex: word, birthPlace: word, diedAt: word, reliability: words },
  identifiers: z.array(shaped(identifier)).max(64).readonly(),
  visits: z.array(visit).max(50).readonly(),
});
const chart = z.object({
  no: CHART,
  into: z.union([z.literal(0), CHART]),
  heardMs: TIME,
  summary,
  entries: z.array(entry).max(MOST_ENTRIES).readonly(),
  isCut: z.boolean(),
});
const merge = z.object({
  ...{ into: CHART, taken: CHART, atMs: TIME, by: z.string().max(128), reason: z.string().max(500) },
});

const set = z.unknown().transform((value, context): AttributeSet => {
  const read = asAttributeSet(value);
  if (read === undefined) context.addIssue({ code: 'custom', message: 'no entry of a worklist' });
  return read ?? {};
});

const part = z.discriminatedUnion('part', [
  z.object({
    part: z.literal('chart'),
    ...{ version: VERSION, asOfMs: TIME },
    charts: z.array(chart).min(1).max(MOST_CHARTS).readonly(),
    merges: z.array(merge).max(MOST_CHARTS).readonly(),
  }),
  z.object({
    part: z.literal('day'),
    ...{ version: VERSION, asOfMs: TIME, source: DestinationNameSchema, day: z.int().min(19_000_101).max(99_991_231) },
    entries: z.array(set).max(5_000).readonly(),
  }),
  z.object({
    part: z.literal('registrations'),
    ...{ version: VERSION, asOfMs: TIME },
    registrations: z
      .array(z.object({ registration: RegistrationSchema, entry: set }))
      .max(5_000)
      .readonly(),
  }),
  z.object({
    part: z.literal('feeds'),
    ...{ version: VERSION, asOfMs: TIME },
    feeds: z
      .array(
        z.object({
          ...{ feed: DestinationNameSchema, kind: z.enum(['lab', 'ris', 'adt']), lastMs: z.nullable(TIME) },
          ...{ waiting: COUNT, notUnderstood: COUNT, silentSinceMs: z.nullable(TIME) },
        }),
      )
      .max(1_000)
      .readonly(),
  }),
]);
export type Part = z.output<typeof part>;
export type PartOf<K extends Part['part']> = Extract<Part, { part: K }>;

/** A part as it was written; undefined when it is none. */
export function parsePart(json: string): Part | undefined {
  const parsed = part.safeParse(jsonOf(json));
  if (!parsed.success) return undefined;
  const read: Part = parsed.data;
  return read.part === 'chart' && !isOneGroup(read satisfies ChartPart) ? undefined : read;
}

/** The chart that stands first, each other taken in by one of them, none twice. */
function isOneGroup({ charts }: ChartPart): boolean {
  const known = new Set(charts.map(({ no }) => no));
  return (
    known.size === charts.length &&
    charts.every(({ into, no }, at) => (at === 0 ? into === 0 : into !== no && known.has(into)))
  );
}

function jsonOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
