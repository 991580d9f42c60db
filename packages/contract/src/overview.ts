import { z } from 'zod';
import { LogEntrySchema, ObjectSchema, PeerSchema, Sha256Schema, TextSchema } from './nouns.ts';

// What the console shows beyond single nouns: flows, what needs a person, the four figures, who knocked, journeys, the past of the settings.

const COUNT = z.int().min(0);
const TIME = z.number();
const NOTHING = z.strictObject({});
const ID = z.string().min(1).max(128);

/** Something in the map of flows. `name` is unique within a kind. */
export const FlowNodeSchema = z.object({
  kind: z.enum(['peer', 'gateway', 'destination', 'stranger']),
  name: z.string(),
  /** `quiet`: nothing in the window. `trouble` and `refused`: `why` says it in a sentence. */
  state: z.enum(['active', 'quiet', 'trouble', 'refused']),
  why: z.exactOptional(TextSchema),
  lastSeenAtMs: z.exactOptional(TIME),
});

/** One way between two nodes, and what went over it in the window. */
export const FlowEdgeSchema = z.object({
  from: z.string(),
  to: z.string(),
  objects: COUNT,
  bytes: COUNT,
  questions: COUNT,
  refusals: COUNT,
  holds: COUNT,
  /** Deliveries that wait, at this moment. */
  waiting: COUNT,
});

/** What goes on: `windowMs` before `atMs`. `from` and `to` of an edge are `KIND:NAME` of nodes. */
export const FlowsSchema = z.object({
  atMs: TIME,
  windowMs: COUNT,
  associations: COUNT,
  objectsPerSecond: z.number(),
  bytesPerSecond: z.number(),
  nodes: z.array(FlowNodeSchema).readonly(),
  edges: z.array(FlowEdgeSchema).readonly(),
});
export type FlowsAnswer = z.output<typeof FlowsSchema>;

/**
 * Something a person is needed for. In the order of `rank`. `act` is the operation, with its request, that resolves it in one step, where
 * there is one; `page` where to look; `command` the same on the command line.
 */
export const NeedSchema = z.object({
  id: z.string(),
  rank: COUNT,
  severity: z.enum(['urgent', 'soon', 'sometime']),
  kind: z.enum([
    'hold',
    'stranger',
    'delivery',
    'trouble',
    'certificate',
    'request',
    'unused-rule',
    'proposal',
    'glass',
    'outage',
    'isolation',
    'drill',
  ]),
  sinceMs: TIME,
  text: TextSchema,
  advice: TextSchema,
  act: z.exactOptional(
    z.object({ operation: z.string(), request: z.record(z.string(), z.unknown()), text: TextSchema }),
  ),
  page: z.exactOptional(z.string()),
  command: z.exactOptional(z.string()),
});
export type NeedAnswer = z.output<typeof NeedSchema>;

/** One of the four figures: what is counted, how it stands, and which entries of the log or operations prove it. */
export const PillarSchema = z.object({
  pillar: z.enum(['availability', 'integrity', 'confidentiality', 'traceability']),
  state: z.enum(['good', 'attention', 'bad', 'unknown']),
  /** The figure: `99.98 %`, `12 400 / 12 400`; short, the same in both languages but for the words. */
  figure: TextSchema,
  /** What it counts, since when, and what it does not say. */
  meaning: TextSchema,
  evidence: z.array(z.object({ text: TextSchema, page: z.string(), command: z.string() })).readonly(),
});
export type PillarAnswer = z.output<typeof PillarSchema>;

/** Who knocked and was not let in. Newest first. `peer`: what to add for it to be let in, where that can be told. */
export const StrangerSchema = z.object({
  aeTitle: z.string(),
  address: z.string(),
  isTls: z.boolean(),
  certSha256: z.exactOptional(z.string()),
  firstAtMs: TIME,
  lastAtMs: TIME,
  times: COUNT,
  why: TextSchema,
  /** Seq of the log entry that tells of the last time: `journey` takes it as `#SEQ`. */
  seq: z.int(),
  /** Id of that entry’s event: `policy.readmit` takes it (a `#N` there is a ledger index). */
  eventId: z.string(),
  peer: z.exactOptional(PeerSchema),
});
export type StrangerAnswer = z.output<typeof StrangerSchema>;

/** A step of what happened to something: an entry of the log, and which objects of the journey it is about. */
export const StepSchema = z.object({
  entry: LogEntrySchema,
  stage: z.enum([
    'knock',
    'arrival',
    'verdict',
    'custody',
    'hold',
    'delivery',
    'receipt',
    'question',
    'given',
    'decision',
  ]),
  objects: z.array(Sha256Schema).readonly(),
});

export type StepAnswer = z.output<typeof StepSchema>;

export const JourneySchema = z.object({
  subject: z.object({
    kind: z.enum(['object', 'study', 'association']),
    id: z.string(),
    modality: z.string(),
    objects: COUNT,
    bytes: COUNT,
    peers: z.array(z.string()).readonly(),
    firstAtMs: TIME,
    lastAtMs: TIME,
  }),
  objects: z.array(ObjectSchema).readonly(),
  steps: z.array(StepSchema).readonly(),
  /** More objects or steps than were given. */
  isCut: z.boolean(),
});
export type JourneyAnswer = z.output<typeof JourneySchema>;

/**
 * One line of what a search found. `title`, `born` and `patientId` are patient data: the search is an act that the ledger tells, and only
 * whom `ACCESS` names may ask it.
 */
export const FoundSchema = z.object({
  kind: z.enum(['study', 'object', 'association']),
  /** Study Instance UID, SHA-256, association id. */
  id: z.string(),
  title: z.string(),
  patientId: z.string(),
  born: z.string(),
  date: z.string(),
  modality: z.string(),
  description: z.string(),
  objects: COUNT,
});
export type FoundAnswer = z.output<typeof FoundSchema>;

/** A state the settings had. `source`: the YAML of `config.apply`; `change`: what led to it. */
export const SettingsPastSchema = z.object({
  no: z.int(),
  atMs: TIME,
  by: z.string(),
  change: TextSchema,
  source: z.string(),
});
export type SettingsPastAnswer = z.output<typeof SettingsPastSchema>;

/** What the fields of a list of the configuration mean (`isOne`: an item alone). `fallback`: what a field is when left out, as JSON. */
export const MeaningSchema = z.object({
  list: z.string(),
  isOne: z.boolean(),
  about: TextSchema,
  fields: z
    .array(
      z.object({
        name: z.string(),
        isNeeded: z.boolean(),
        fallback: z.exactOptional(z.string()),
        example: z.string(),
        about: TextSchema,
      }),
    )
    .readonly(),
});
export type MeaningAnswer = z.output<typeof MeaningSchema>;

/** A hash tile of the log (C2SP tlog-tiles): hashes of 32 bytes, in hexadecimal, from the left; `isFull` with 256. */
export const TileSchema = z.object({ level: COUNT, index: COUNT, isFull: z.boolean(), hashes: z.string() });

/** A signed statement of the log's size and root (C2SP signed note), and the key that checks it (C2SP vkey). */
export const CheckpointSchema = z.object({ checkpoint: z.string(), verifierKey: z.string(), size: COUNT });

export const OVERVIEW = {
  flows: {
    request: z.strictObject({ windowMs: z.int().min(1000).max(3_600_000).default(60_000) }),
    answer: FlowsSchema,
    form: 'json',
  },
  /** One line a second, until the caller goes. */
  'flows.follow': {
    request: z.strictObject({ windowMs: z.int().min(1000).max(3_600_000).default(60_000) }),
    answer: FlowsSchema,
    form: 'lines',
  },
  needs: { request: NOTHING, answer: z.object({ needs: z.array(NeedSchema).readonly() }), form: 'json' },
  pillars: {
    request: NOTHING,
    answer: z.object({ pillars: z.array(PillarSchema).readonly(), sinceMs: TIME }),
    form: 'json',
  },
  'stranger.list': {
    request: z.strictObject({ sinceMs: z.optional(TIME), limit: z.int().min(1).max(1000).default(100) }),
    answer: z.object({ strangers: z.array(StrangerSchema).readonly() }),
    form: 'json',
  },
  /** `id`: SHA-256, SOP or Study Instance UID, association id, or an entry of the log as `#SEQ`. */
  journey: {
    request: z.strictObject({ id: ID, limit: z.int().min(1).max(2000).default(500) }),
    answer: JourneySchema,
    form: 'json',
  },
  /** What begins with, or is, `words`: a name, a patient's number, an accession number, a UID, a digest, a date. The ledger tells. */
  'journey.search': {
    request: z.strictObject({ words: z.string().trim().min(2).max(64), limit: z.int().min(1).max(100).default(20) }),
    answer: z.object({ found: z.array(FoundSchema).readonly(), isCut: z.boolean() }),
    form: 'json',
  },
  /** What every setting means: the reference of the configuration file as values. */
  'config.meanings': {
    request: NOTHING,
    answer: z.object({ sections: z.array(MeaningSchema).readonly() }),
    form: 'json',
  },
  /** Newest first. `before`: the `no` to go on from. */
  'config.history': {
    request: z.strictObject({ before: z.optional(z.int()), limit: z.int().min(1).max(200).default(50) }),
    answer: z.object({ past: z.array(SettingsPastSchema).readonly() }),
    form: 'json',
  },
  /** Puts the settings back as they were at `no`; an act of its own, which can be undone likewise. */
  'config.undo': {
    request: z.strictObject({ no: z.int() }),
    answer: z.object({
      changes: z.array(z.object({ kind: z.string(), what: z.string(), text: TextSchema })).readonly(),
    }),
    form: 'json',
  },
  'ledger.checkpoint': { request: NOTHING, answer: CheckpointSchema, form: 'json' },
  'ledger.tile': { request: z.strictObject({ level: COUNT, index: COUNT }), answer: TileSchema, form: 'json' },
} as const;
