import { z } from 'zod';
import { QueryLimitsSchema } from './binding.ts';
import { AeTitleSchema } from './names.ts';
import { CidrSchema, PeerSchema, RelaySchema, RouteSchema, ServiceSchema, TextSchema } from './nouns.ts';

const TIME = z.number();
const COUNT = z.int().min(0);
const TITLES = z.array(AeTitleSchema).max(10_000).default([]);
/** Private classes a peer may be granted: UIDs, or `*`. */
const CLASSES = z
  .array(
    z.union([
      z.literal('*'),
      z
        .string()
        .max(64)
        .regex(/^[0-9]+(\.[0-9]+)*$/),
    ]),
  )
  .max(1000)
  .default([]);
const UNTIL = z.optional(z.number().min(0));

/** One kind of traffic as it was seen: Sighting of `model`. */
export const SightingSchema = z.object({
  peer: z.string(),
  address: z.string(),
  certSha256: z.string(),
  isSigned: z.boolean(),
  listener: z.string(),
  called: z.string(),
  service: z.string(),
  sopClassUid: z.string(),
  level: z.string(),
  keys: z.string(),
  moveTo: z.string(),
  outcome: z.enum(['passed', 'observed', 'refused']),
  firstMs: TIME,
  lastMs: TIME,
  count: COUNT,
  bytes: COUNT,
  hours: COUNT,
  busiest: COUNT,
  mostResults: COUNT,
});

/** Traffic that other rules treat in another way than it was. */
export const DifferenceSchema = z.object({
  seen: SightingSchema,
  now: z.enum(['refused', 'admitted']),
  why: TextSchema,
  hint: z.string(),
  /** Some of it alone: hours and rates are recorded as they were at most. */
  isPartly: z.boolean(),
});
export type DifferenceAnswer = z.output<typeof DifferenceSchema>;

const SIMULATION = {
  kinds: COUNT,
  count: COUNT,
  differences: z.array(DifferenceSchema).readonly(),
};

const ObservedRangeSchema = z.object({ from: z.string(), sinceMs: TIME, untilMs: TIME });

/** What is under observation. `isOver`: its end has come, nothing passes because of it any more. */
export const ObservationSchema = z.object({
  ranges: z.array(ObservedRangeSchema.extend({ isOver: z.boolean() })).readonly(),
  siteUntilMs: z.nullable(TIME),
});

const UseSchema = z.nullable(z.object({ count: COUNT, bytes: COUNT, firstMs: TIME, lastMs: TIME }));
const usesOf = <S extends z.ZodType>(rule: S) => z.array(z.object({ rule, use: UseSchema })).readonly();

const DONE = z.object({
  /** What changed, in sentences; empty when all was so already. */
  changes: z.array(TextSchema).readonly(),
  /** Commands that take it back. */
  undo: z.array(z.string()).readonly(),
});
export type PolicyDone = z.output<typeof DONE>;

/** Requests and answers of `policy.*`. */
export const POLICY = {
  /** Peers named; or every peer that has no mode of its own (`site`), or unknown titles from ranges, both until an end. */
  observe: {
    request: z.strictObject({
      peers: TITLES,
      from: z.array(CidrSchema).max(100).default([]),
      site: z.boolean().default(false),
      untilMs: UNTIL,
    }),
    answer: DONE,
  },
  /** `all`: every peer, and everything under observation ends. With `dryRun` nothing changes. */
  enforce: {
    request: z.strictObject({ peers: TITLES, all: z.boolean().default(false), dryRun: z.boolean() }),
    answer: DONE.extend(SIMULATION),
  },
  propose: {
    request: z.strictObject({ sinceMs: z.number().min(0).default(0), dropUnseen: z.boolean().default(false) }),
    answer: z.object({
      /** YAML that `config.apply` takes, each line with its evidence, in each language. */
      source: z.object({ fr: z.string(), en: z.string() }),
      peers: COUNT,
      sightings: COUNT,
      firstMs: z.nullable(TIME),
      /** What no rule proposed here would cover. */
      differences: z.array(DifferenceSchema).readonly(),
    }),
  },
  simulate: {
    request: z.strictObject({ source: z.string().max(4_000_000), sinceMs: z.number().min(0).default(0) }),
    answer: z.object({
      problems: z.array(z.object({ path: z.string(), line: z.int().min(0), text: TextSchema })).readonly(),
      ...SIMULATION,
    }),
  },
  show: {
    request: z.strictObject({}),
    answer: z.object({
      observation: ObservationSchema,
      peers: z.array(z.object({ rule: PeerSchema, use: UseSchema, isObserved: z.boolean() })).readonly(),
      routes: usesOf(RouteSchema),
      relays: usesOf(RelaySchema),
      quirks: usesOf(z.string()),
      /** Since when traffic is recorded; null while there is none. */
      sinceMs: z.nullable(TIME),
      /** What passed because it is observed, and what was refused. */
      observed: z.array(SightingSchema).readonly(),
      refused: z.array(SightingSchema).readonly(),
    }),
  },
  /** Gives rights to every range of a title, or takes them. */
  allow: {
    request: z.strictObject({
      aeTitle: AeTitleSchema,
      services: z.array(ServiceSchema).max(64).default([]),
      privateSopClasses: CLASSES,
      revoke: z.boolean().default(false),
    }),
    answer: DONE,
  },
  /** Lays `limits` over those of every range of a title; `clear`: in place of them. */
  limit: {
    request: z.strictObject({
      aeTitle: AeTitleSchema,
      limits: QueryLimitsSchema,
      addMoveTo: TITLES,
      clear: z.boolean().default(false),
    }),
    answer: DONE,
  },
  /** `id`: an event's or arrival's id, or a ledger index as `#123`. */
  readmit: {
    request: z.strictObject({
      id: z.string().min(1).max(128),
      reason: z.string().trim().min(1).max(500),
      dryRun: z.boolean(),
    }),
    answer: DONE.extend({
      /** `admitted`: a rule now lets it in; `released`: it was held, and goes on; `nothing`: no rule would change it. */
      outcome: z.enum(['admitted', 'released', 'nothing']),
      /** What happened, and what somebody has to do now. */
      text: TextSchema,
    }),
  },
} as const;
