import { z } from 'zod';
import { IndexSchema } from './catalogue.ts';
import { CHART_CONTROL, FeedSchema } from './chart.ts';
import { CONTINUITY } from './continuity.ts';
import { CONTINUITY_SET } from './continuity-set.ts';
import {
  DecisionRulesSchema,
  DecisionSchema,
  OperatorNameSchema,
  OperatorSchema,
  PasskeySchema,
  PublicKeySchema,
  RequestSchema,
  SignedSchema,
} from './decision.ts';
import { DestinationTestRequestSchema, DestinationTestSchema } from './destination-test.ts';
import { DRILL } from './drill.ts';
import { GLASS_CONTROL } from './glass.ts';
import { HL7, Hl7DestinationSchema } from './hl7.ts';
import { IDENTITY_CONTROL } from './identity.ts';
import { ImportOpenSchema, ImportRequestSchema, ImportResultSchema } from './import.ts';
import {
  AeTitleSchema,
  CidrSchema,
  ConfigSchema,
  DeliverySchema,
  DestinationNameSchema,
  DestinationSchema,
  HoldSchema,
  LedgerEntrySchema,
  LogEntrySchema,
  ObjectSchema,
  PeerSchema,
  PlanSchema,
  ProofSchema,
  RelaySchema,
  RouteSchema,
  RulesSchema,
  Sha256Schema,
  StatusSchema,
  TextSchema,
} from './nouns.ts';
import { OVERVIEW } from './overview.ts';
import { PEOPLE_CONTROL } from './people-control.ts';
import { PersonEventSchema } from './person-event.ts';
import { POLICY } from './policy.ts';
import { PULLED_CONTROL } from './pulled.ts';
import { RECONCILE } from './reconcile.ts';
import { REGISTRATION } from './registration.ts';
import { AttributesSchema, ComparisonSchema, HexViewSchema, PlaceSchema } from './review.ts';
import { WebTokenRequestSchema, WebTokenSchema } from './web-token.ts';

/** What an answer is: one JSON value, a stream of JSON lines, or bytes. */
export type AnswerForm = 'json' | 'lines' | 'bytes';

interface OperationShape {
  readonly request: z.ZodType;
  readonly answer: z.ZodType;
  readonly form: AnswerForm;
}

const operation = <Q extends z.ZodType, A extends z.ZodType>(request: Q, answer: A) =>
  ({ request, answer, form: 'json' }) as const;
const lines = <Q extends z.ZodType, A extends z.ZodType>(request: Q, answer: A) =>
  ({ request, answer, form: 'lines' }) as const;
const bytes = <Q extends z.ZodType>(request: Q) => ({ request, answer: z.unknown(), form: 'bytes' }) as const;

const NOTHING = z.strictObject({});
const LIMIT = z.int().min(1).max(10_000);
const REASON = z.string().trim().min(1).max(500);
const ID = z.string().min(1).max(128);
const CHANGED = z.object({ change: z.enum(['added', 'changed', 'unchanged']) });
const REMOVED = z.object({ removed: z.int().min(0) });
/** A held object, or with `copy` its disarmed copy. */
const HELD = { id: ID, copy: z.boolean().default(false) };
const SIGNED = z.optional(SignedSchema);
const CONFIG_SOURCE = z.strictObject({ source: z.string().max(4_000_000) });

const WHOLE_CONFIG = ConfigSchema.extend({
  feeds: z.exactOptional(z.array(FeedSchema).readonly()),
  hl7Destinations: z.exactOptional(z.array(Hl7DestinationSchema).readonly()),
});

/** One line of `vault.check`: how far it is, an unsound object, or the end. */
export const VaultCheckLineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), checked: z.int(), objects: z.int() }),
  z.object({ kind: z.literal('fault'), sha256: Sha256Schema, fault: z.string() }),
  z.object({ kind: z.literal('done'), objects: z.int(), faults: z.int() }),
]);

/**
 * Every operation of the control socket: `POST /v1/NAME` with its request as JSON. The server, the command line and (for
 * what it may do) the console are derived from this table.
 */
export const CONTROL = {
  status: operation(NOTHING, StatusSchema),

  'peer.list': operation(NOTHING, z.object({ peers: z.array(PeerSchema).readonly() })),
  /** A peer is its title and its range together: adding the same pair again changes it. */
  'peer.add': operation(PeerSchema, CHANGED),
  /** Without `from`, every range of that title. */
  'peer.remove': operation(z.strictObject({ aeTitle: AeTitleSchema, from: z.optional(CidrSchema) }), REMOVED),

  'destination.list': operation(NOTHING, z.object({ destinations: z.array(DestinationSchema).readonly() })),
  'destination.add': operation(DestinationSchema, CHANGED),
  /** Refused while a route or a relay leads there. */
  'destination.remove': operation(z.strictObject({ name: DestinationNameSchema }), REMOVED),

  /** Association, C-ECHO and which storage classes are accepted, with what to do in words. Changes nothing, stores nothing. */
  'destination.test': operation(DestinationTestRequestSchema, DestinationTestSchema),

  'route.list': operation(NOTHING, z.object({ routes: z.array(RouteSchema).readonly() })),
  'route.add': operation(RouteSchema, CHANGED),
  'route.remove': operation(RouteSchema, REMOVED),

  /** In the order in which they decide. */
  'relay.list': operation(NOTHING, z.object({ relays: z.array(RelaySchema).readonly() })),
  /** A relay is its `from` and its `to` together: adding the same pair again changes its services; a new one comes last. */
  'relay.add': operation(RelaySchema, CHANGED),
  'relay.remove': operation(RelaySchema.pick({ from: true, to: true }), REMOVED),

  /** Oldest first, after `afterSeq`; the last `limit` without it. `kinds`: event kinds or their first word (`delivery`). */
  log: operation(
    z.strictObject({
      afterSeq: z.optional(z.int()),
      kinds: z.optional(z.array(z.string().max(64)).max(64)),
      limit: LIMIT.default(100),
    }),
    z.object({ entries: z.array(LogEntrySchema).readonly() }),
  ),
  /** The same, and what happens from now on, a line each, until the caller goes. */
  'log.follow': lines(
    z.strictObject({
      afterSeq: z.optional(z.int()),
      kinds: z.optional(z.array(z.string().max(64)).max(64)),
      limit: LIMIT.default(20),
    }),
    LogEntrySchema,
  ),

  /**
   * Lets the caller, and nobody else, send what it found on a medium: the one line tells under which titles and where. It lasts as long as
   * the answer is read. The same medium and identity again take up the import of before: `sinceMs` is its beginning.
   */
  'import.begin': lines(ImportRequestSchema, ImportOpenSchema),
  /** What came of it. Refused when that import is not open. */
  'import.end': operation(ImportResultSchema, z.object({})),

  'hold.list': operation(
    z.strictObject({ state: z.optional(z.enum(['held', 'released', 'destroyed'])), limit: LIMIT.default(1000) }),
    /** `requests`: what waits for a second person. */
    z.object({ holds: z.array(HoldSchema).readonly(), requests: z.array(RequestSchema).readonly() }),
  ),
  /** `id`: SHA-256, a beginning of one (at least 6 digits), or a SOP Instance UID. */
  'hold.show': operation(
    z.strictObject({ id: ID }),
    z.object({
      hold: HoldSchema,
      rules: DecisionRulesSchema,
      request: z.nullable(RequestSchema),
      /** Where the disarmed copy is, and how far. */
      copyDeliveries: z.array(DeliverySchema).readonly(),
      /** What to know before deciding. */
      notices: z.array(TextSchema).readonly(),
    }),
  ),
  /**
   * The element tree, from row `first`, of the element at `path` or of all. Values that may identify somebody are masked unless
   * `clear` asks for them, which the ledger tells.
   */
  'hold.attributes': operation(
    z.strictObject({
      ...HELD,
      path: z.string().max(400).default(''),
      first: z.int().min(0).max(1e9).default(0),
      count: z.int().min(1).max(500).default(200),
      clear: z.boolean().default(false),
    }),
    AttributesSchema,
  ),
  /** Bytes as they are, around a place; the ledger tells. */
  'hold.hex': operation(
    z.strictObject({ ...HELD, at: PlaceSchema, bytes: z.int().min(16).max(4096).default(256) }),
    HexViewSchema,
  ),
  /** A PNG of one frame, at most 512 pixels a side, made in a sandboxed process; the ledger tells. */
  'hold.preview': bytes(
    z.strictObject({
      ...HELD,
      frame: z.int().min(1).max(1e6).default(1),
      window: z.optional(z.strictObject({ center: z.number(), width: z.number().min(1) })),
    }),
  ),
  'hold.compare': operation(z.strictObject({ id: ID }), ComparisonSchema),
  /** Sixteen random bytes to sign a decision with, once and within minutes. */
  'hold.challenge': operation(NOTHING, z.object({ challenge: z.string(), untilMs: z.number() })),
  /** Done at once where one person decides; where two do, asked for, and then it must be signed. */
  'hold.release': operation(z.strictObject({ id: ID, reason: REASON, signed: SIGNED }), DecisionSchema),
  /** Likewise; only of an object that is held, named by its whole SHA-256. */
  'hold.destroy': operation(z.strictObject({ id: Sha256Schema, reason: REASON, signed: SIGNED }), DecisionSchema),
  /** The second of two people: does what the request `request` asked for. */
  'hold.approve': operation(z.strictObject({ id: Sha256Schema, request: ID, signed: SignedSchema }), DecisionSchema),
  /** Takes back what was asked for: anybody may. */
  'hold.withdraw': operation(z.strictObject({ id: ID }), z.object({ sha256: Sha256Schema })),

  'operator.list': operation(NOTHING, z.object({ operators: z.array(OperatorSchema).readonly() })),
  /** By a key or a passkey: one of the two. Refused while the name has such a key, or the key is another's. */
  'operator.add': operation(
    z
      .strictObject({
        name: OperatorNameSchema,
        publicKey: z.optional(PublicKeySchema),
        passkey: z.optional(PasskeySchema),
      })
      .refine(({ publicKey, passkey }) => (publicKey === undefined) !== (passkey === undefined), {
        error: 'publicKey or passkey',
      }),
    z.object({ operator: OperatorSchema }),
  ),
  'operator.remove': operation(z.strictObject({ name: OperatorNameSchema }), REMOVED),

  'web.token.list': operation(NOTHING, z.object({ tokens: z.array(WebTokenSchema).readonly() })),
  /** `secret`: told this once. Refused while the name is another's. */
  'web.token.add': operation(WebTokenRequestSchema, z.object({ secret: z.string(), token: WebTokenSchema })),
  'web.token.remove': operation(z.strictObject({ name: AeTitleSchema }), REMOVED),

  /** The last `count` entries, or `count` from `first`. */
  'ledger.show': operation(
    z.strictObject({ first: z.optional(z.int().min(0)), count: z.int().min(1).max(1000).default(20) }),
    z.object({ size: z.int(), entries: z.array(LedgerEntrySchema).readonly() }),
  ),
  /** `id`: an event's or arrival's id, or a ledger index as `#123`. One proof for each entry it names. */
  'ledger.prove': operation(z.strictObject({ id: ID }), z.object({ proofs: z.array(ProofSchema).readonly() })),

  /** `id`: SHA-256 or SOP Instance UID; several objects when one UID came with different contents. */
  'vault.find': operation(z.strictObject({ id: ID }), z.object({ objects: z.array(ObjectSchema).readonly() })),
  /** The plain Part 10 file. */
  'vault.open': bytes(z.strictObject({ sha256: Sha256Schema })),
  /** Every object in custody, framed as `ExportHeadSchema` says. */
  'vault.export': bytes(NOTHING),
  /** Opens and hashes every object. */
  'vault.check': lines(NOTHING, VaultCheckLineSchema),

  'deliveries.list': operation(
    z.strictObject({
      state: z.optional(z.enum(['pending', 'delivered', 'failed'])),
      destination: z.optional(DestinationNameSchema),
      sha256: z.optional(Sha256Schema),
      limit: LIMIT.default(100),
    }),
    z.object({ deliveries: z.array(DeliverySchema).readonly() }),
  ),
  'deliveries.retry': operation(
    z.strictObject({ destination: DestinationNameSchema, sha256: z.optional(Sha256Schema) }),
    z.object({ retried: z.int().min(0) }),
  ),

  /** What is under observation, what each rule was good for, and what was seen beyond the rules. */
  'policy.show': operation(POLICY.show.request, POLICY.show.answer),
  'policy.observe': operation(POLICY.observe.request, POLICY.observe.answer),
  'policy.enforce': operation(POLICY.enforce.request, POLICY.enforce.answer),
  /** The smallest rules that fit what was seen. Changes nothing. */
  'policy.propose': operation(POLICY.propose.request, POLICY.propose.answer),
  /** What was seen, replayed against a configuration file as if every peer were enforced. Changes nothing. */
  'policy.simulate': operation(POLICY.simulate.request, POLICY.simulate.answer),
  'policy.allow': operation(POLICY.allow.request, POLICY.allow.answer),
  'policy.limit': operation(POLICY.limit.request, POLICY.limit.answer),
  'policy.readmit': operation(POLICY.readmit.request, POLICY.readmit.answer),

  /** YARA rules in force, and why what lies in the site's folder is not. */
  'rules.list': operation(NOTHING, RulesSchema),
  /** Reads the folder now: all of it or nothing. */
  'rules.reload': operation(NOTHING, RulesSchema),

  'index.status': operation(NOTHING, IndexSchema),
  /** Forgets the index and begins to make it anew from the vault; `isBegun` is false when that is under way. */
  'index.rebuild': operation(NOTHING, z.object({ isBegun: z.boolean() })),

  /** `source`: the configuration in force as the YAML that `config.apply` takes. */
  'config.show': operation(NOTHING, z.object({ config: WHOLE_CONFIG, source: z.string() })),
  'config.plan': operation(CONFIG_SOURCE, PlanSchema),
  /** All or nothing: with problems nothing is applied. */
  'config.apply': operation(CONFIG_SOURCE, PlanSchema),

  /** How many days the site holds out, and what its continuity set covers. */
  'continuity.gauge': operation(CONTINUITY_SET.gauge.request, CONTINUITY_SET.gauge.answer),
  /** Writes the vault’s index for restoring without us now; refused while one is being written. */
  'continuity.index': lines(CONTINUITY_SET.index.request, CONTINUITY_SET.index.answer),
  /** The set for whoever takes it along, a study a line; its objects can be asked for as long as the answer is read. */
  'continuity.export': lines(CONTINUITY_SET.export, CONTINUITY_SET.exported),
  'continuity.object': bytes(CONTINUITY_SET.object),
  /** A PNG, at most 512 pixels a side, made in a sandboxed process; empty when there is no image. */
  'continuity.picture': bytes(CONTINUITY_SET.picture),
  /** Of a chart the export told of. */
  'continuity.document': bytes(CONTINUITY_SET.document),
  'continuity.text': operation(CONTINUITY_SET.object, CONTINUITY_SET.text),
  'continuity.node.list': operation(NOTHING, CONTINUITY_SET.nodes),
  /** `code`: told this once, good for a day, used once. Refused while the name is another's. */
  'continuity.node.add': operation(CONTINUITY_SET.node, CONTINUITY_SET.code),
  'continuity.node.remove': operation(CONTINUITY_SET.node, REMOVED),
  /** Lets this home's own puller send, and nobody else, as long as the answer is read. */
  'continuity.take': lines(NOTHING, CONTINUITY_SET.door),
  /** On a box: makes room where it is over its budget, of what was pulled and is not among `wanted`. */
  'continuity.retain': operation(CONTINUITY_SET.retain, CONTINUITY_SET.dropped),
  /** Of these objects, those that are not here. */
  'continuity.missing': operation(CONTINUITY_SET.objects, CONTINUITY_SET.missing),

  ...IDENTITY_CONTROL,

  ...CHART_CONTROL,

  ...GLASS_CONTROL,

  ...OVERVIEW,
  ...CONTINUITY,
  ...DRILL,
  ...PULLED_CONTROL,
  ...REGISTRATION,
  ...RECONCILE,
  ...HL7,

  ...PEOPLE_CONTROL,
  /** Something about people, for the ledger. Only the console's own process tells it. */
  'person.told': operation(PersonEventSchema, z.object({})),
} as const satisfies Readonly<Record<string, OperationShape>>;

export type Operation = keyof typeof CONTROL;
/** Operations whose answer has this form. */
export type OperationOf<F extends AnswerForm> = {
  [K in Operation]: (typeof CONTROL)[K]['form'] extends F ? K : never;
}[Operation];
/** What a caller writes: fields with a default may be left out. */
export type RequestOf<K extends Operation> = z.input<(typeof CONTROL)[K]['request']>;
/** What the server works with: defaults filled in. */
export type ParsedRequestOf<K extends Operation> = z.output<(typeof CONTROL)[K]['request']>;
/** The answer, or one line of it. */
export type AnswerOf<K extends Operation> = z.output<(typeof CONTROL)[K]['answer']>;
/** The answer as the server makes it, before it is checked. */
export type AnswerInputOf<K extends Operation> = z.input<(typeof CONTROL)[K]['answer']>;

/** The answer to anything that failed. `code` is the Fault's, or `control.*`. */
export const ErrorSchema = z.object({
  code: z.string(),
  text: TextSchema,
  /** Which fields of the request are wrong, when that is it. */
  problems: z.optional(z.array(z.object({ path: z.string(), message: z.string() })).readonly()),
});
export type ErrorAnswer = z.output<typeof ErrorSchema>;

/** Path of an operation on the socket. */
export function pathOf(name: Operation): string {
  return `/v1/${name}`;
}

/** The socket's place in a Leadglass home. */
export const SOCKET_PATH = 'run/leadglass.sock';
