import { z } from 'zod';
import { DestinationNameSchema, RelayedServiceSchema, TextSchema } from './nouns.ts';
import { BoxStandingSchema } from './pulled.ts';

// The bad day: which upstreams are down and since when, what they are owed, and whether the site is cut off from the outside.

const COUNT = z.int().min(0);
/** Milliseconds since the epoch. */
const TIME = z.number();
const NOTHING = z.strictObject({});
const REASON = z.string().trim().min(1).max(500);
const NAMED = { name: DestinationNameSchema };

/**
 * `doubtful`: something failed, it is still asked. `down`: it is answered for. `returning`: it answers again, and is still answered for until it has
 * for long enough. `declared`: a person says that it is down.
 */
export const OutageStateSchema = z.enum(['up', 'doubtful', 'down', 'returning', 'declared']);

/** How an upstream is given back what it missed; counts are of what was owed when it came back. */
export const GiveBackSchema = z.object({
  sinceMs: TIME,
  owed: COUNT,
  delivered: COUNT,
  failed: COUNT,
  perMinute: z.number(),
  /** Until all of it is there, as it goes now; absent while that cannot be told. */
  leftMs: z.exactOptional(COUNT),
});

/** One upstream that is watched. */
export const OutageSchema = z.object({
  ...NAMED,
  state: OutageStateSchema,
  /** Since when it is down; where it is not, since when we watch it. */
  sinceMs: TIME,
  /** When it was last known to be well. */
  asOfMs: z.exactOptional(TIME),
  /** Of an outage: how it is known, and who declared it, why. */
  how: z.exactOptional(z.enum(['detected', 'declared'])),
  by: z.exactOptional(z.string()),
  reason: z.exactOptional(z.string()),
  /** What devices ask of it through us. */
  services: z.array(RelayedServiceSchema).readonly(),
  /** What waits to be delivered to it. */
  owed: z.object({ objects: COUNT, bytes: COUNT, oldestAtMs: z.exactOptional(TIME) }),
  giveBack: z.exactOptional(GiveBackSchema),
});
export type OutageAnswer = z.output<typeof OutageSchema>;

/** What a page says at its top, always: names of upstreams, times and sentences, and no patient data. */
export const ContinuityStateSchema = z.object({
  /** `outage`: an upstream at least is answered for. */
  mode: z.enum(['normal', 'outage']),
  atMs: TIME,
  /** What is shown is as the upstreams were then: the earliest of those that are down; `atMs` when none is. Null: it was never known to be well. */
  asOfMs: z.nullable(TIME),
  isIsolated: z.boolean(),
  isolatedSinceMs: z.exactOptional(TIME),
  upstreams: z
    .array(
      z.object({
        ...NAMED,
        state: OutageStateSchema,
        sinceMs: TIME,
        asOfMs: z.exactOptional(TIME),
        services: z.array(RelayedServiceSchema).readonly(),
        owedObjects: COUNT,
      }),
    )
    .readonly(),
  /** What cannot be had now, in sentences. */
  missing: z.array(TextSchema).readonly(),
  /** Of a continuity box: how old each kind is that it pulled. */
  box: z.exactOptional(BoxStandingSchema),
});
export type ContinuityState = z.output<typeof ContinuityStateSchema>;

/** Something that lies outside of the site. `marked`: the configuration says so; `address`: it is none of a private range; `unresolved`: its name has no address. */
export const OutsideSchema = z.object({ ...NAMED, why: z.enum(['marked', 'address', 'unresolved']) });

export const IsolationSchema = z.object({
  isOn: z.boolean(),
  sinceMs: z.exactOptional(TIME),
  by: z.exactOptional(z.string()),
  reason: z.exactOptional(z.string()),
  /** What stopped when it was put on. */
  stopped: z.exactOptional(
    z.object({
      /** Associations and web connections that were ended. */
      associations: COUNT,
      webConnections: COUNT,
      /** Destinations nothing is sent to any more, and nothing asked of, and what waits for them. */
      destinations: z.array(z.object({ ...NAMED, owedObjects: COUNT })).readonly(),
      /** Titles of peers that are marked as outside. */
      peers: z.array(z.string()).readonly(),
      /** Listeners: they go on for the inside, and refuse whoever calls from outside. */
      listeners: z.array(z.string()).readonly(),
    }),
  ),
  /** What lies outside, as it is known now: what is cut, or would be. */
  outside: z.object({
    destinations: z.array(OutsideSchema).readonly(),
    peers: z.array(z.string()).readonly(),
  }),
});
export type IsolationAnswer = z.output<typeof IsolationSchema>;

export const CONTINUITY = {
  'continuity.state': { request: NOTHING, answer: ContinuityStateSchema, form: 'json' },
  /** Every upstream that is watched; those that are down first. */
  'outage.list': {
    request: NOTHING,
    answer: z.object({ upstreams: z.array(OutageSchema).readonly() }),
    form: 'json',
  },
  /** A person says that an upstream is down: from then on it is answered for, whatever it shows. */
  'outage.declare': {
    request: z.strictObject({ ...NAMED, reason: REASON }),
    answer: z.object({ state: OutageStateSchema }),
    form: 'json',
  },
  /** A person says that it is well again: it is asked, and believed once it answers for long enough. `isEnded` is false where there was no outage. */
  'outage.end': {
    request: z.strictObject(NAMED),
    answer: z.object({ isEnded: z.boolean(), state: OutageStateSchema }),
    form: 'json',
  },
  'isolation.show': { request: NOTHING, answer: IsolationSchema, form: 'json' },
  /** Cuts every flow with the outside at once. */
  'isolation.on': { request: z.strictObject({ reason: REASON }), answer: IsolationSchema, form: 'json' },
  /** Lets everything flow again. */
  'isolation.off': { request: NOTHING, answer: IsolationSchema, form: 'json' },
} as const;
