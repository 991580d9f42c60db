import type { Text } from '@leadglass/kit';
import type { Destination, Finding, Peer, Relay, Route, Sha256 } from '@leadglass/model';
import { z } from 'zod';
import { BINDING } from './binding.ts';
import { AeTitleSchema } from './names.ts';

// The nouns of `model` as schemas. `model` cannot be imported at run time here (it reaches node:crypto through `kit`, and
// the console runs in a browser), so its patterns are repeated; contract.test.ts holds both to the same answers.

export { AeTitleSchema } from './names.ts';

/** A sentence in both languages. */
export const TextSchema = z.strictObject({
  fr: z.string().max(4000),
  en: z.string().max(4000),
}) satisfies z.ZodType<Text>;

/** SHA-256 in lower-case hexadecimal. */
export const Sha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, { error: 'SHA-256: 64 lower-case hexadecimal digits' })
  .transform((value) => value as Sha256);

/** A range as the peer's owner writes it; the gateway reads it strictly (`@leadglass/policy`). */
export const CidrSchema = z.string().regex(/^[0-9a-fA-F.:]{2,45}(\/[0-9]{1,3})?$/, { error: 'CIDR: 192.0.2.0/24' });

/** Our own name for a destination. */
export const DestinationNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: 'name: letters, digits, - _ . ; at most 64' });

/** A host name or address, as a socket takes it. */
export const HostSchema = z.string().regex(/^[A-Za-z0-9._:-]{1,253}$/, { error: 'host name or address' });

export const PortSchema = z.int().min(1).max(65535);
const UidSchema = z
  .string()
  .max(64)
  .regex(/^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*$/);
const TimeSchema = z.number();
const CountSchema = z.int().min(0);

/** Rights a peer may have: `SERVICES` of `model`. */
export const ServiceSchema = z.enum([
  'echo',
  'store',
  'find',
  'move',
  'get',
  'worklist',
  'mpps',
  'commit',
  'print',
  'ups',
  'availability',
  ...(['qido', 'wado', 'stow', 'fhir', 'continuity'] as const),
]);
/** Those of them that can be passed on: `RELAYED_SERVICES` of `model`. */
export const RelayedServiceSchema = ServiceSchema.exclude([
  ...(['echo', 'store', 'qido', 'wado', 'stow', 'fhir', 'continuity'] as const),
]);

/** What a peer and a route may choose; absent where they do not. */
const FLOW_CHOICE = {
  strictness: z.exactOptional(z.enum(['strict', 'balanced', 'permissive'])),
  whenUnfinished: z.exactOptional(z.enum(['deliver', 'hold'])),
  /** How many people decide about what is held. */
  release: z.exactOptional(z.enum(['one-person', 'two-persons'])),
  destroy: z.exactOptional(z.enum(['one-person', 'two-persons'])),
};

/** How a peer proves who it is; absent where nothing is chosen. */
const IDENTITY = {
  trustAnchors: z.exactOptional(z.array(DestinationNameSchema).min(1).max(16).readonly()),
  certName: z.exactOptional(z.string().min(1).max(128)),
  whenOtherDevice: z.exactOptional(z.enum(['tell', 'hold'])),
};

export const PeerSchema = z.strictObject({
  aeTitle: AeTitleSchema,
  from: CidrSchema,
  certSha256: z.exactOptional(Sha256Schema),
  allow: z.array(ServiceSchema).min(1).readonly(),
  whenHeld: z.enum(['keep-sending', 'tell']).default('keep-sending'),
  privateSopClasses: z
    .array(z.union([z.literal('*'), UidSchema]))
    .readonly()
    .default([]),
  /** Destinations its C-MOVE may send to besides itself. */
  /** Whether it is cut off while the site is isolated; its address decides when absent. */
  outside: z.exactOptional(z.boolean()),
  ...FLOW_CHOICE,
  ...IDENTITY,
  ...BINDING,
});

export const DestinationSchema = z.strictObject({
  name: DestinationNameSchema,
  host: HostSchema,
  port: PortSchema,
  called: AeTitleSchema,
  calling: AeTitleSchema,
  tls: z.boolean().default(false),
  certSha256: z.exactOptional(Sha256Schema),
  commitment: z.boolean().default(false),
  outside: z.exactOptional(z.boolean()),
  downAfterSeconds: z.exactOptional(z.int().min(1).max(600)),
  giveBackPerMinute: z.exactOptional(z.int().min(1).max(60_000)),
});

export const RouteSchema = z.strictObject({
  from: z.union([z.literal('*'), AeTitleSchema]),
  to: DestinationNameSchema,
  ...FLOW_CHOICE,
});

/** Whose requests for which services are asked of a destination in its place. */
export const RelaySchema = z.strictObject({
  from: z.union([z.literal('*'), AeTitleSchema]),
  services: z.array(RelayedServiceSchema).min(1).readonly(),
  to: DestinationNameSchema,
  /** Whose AE title the upstream sees; the gateway's when absent. */
  calling: z.exactOptional(z.enum(['gateway', 'peer'])),
});

/** What the site accepts of a device. */
export const QuirkSchema = z.strictObject({
  name: DestinationNameSchema,
  peer: z.exactOptional(z.string().max(16)),
  manufacturer: z.exactOptional(z.string().max(64)),
  model: z.exactOptional(z.string().max(64)),
  software: z.exactOptional(z.string().max(64)),
  accept: z.array(z.string().max(100)).readonly(),
  path: z.exactOptional(z.string().max(64)),
});

/** The site's ClamAV, and how far it is asked. */
export const ClamavSchema = z.strictObject({
  address: z.string().max(300),
  maxStreamBytes: z.int().min(1),
  timeoutSeconds: z.int().min(1),
});

/** When drills run by themselves, the site’s aims, and who is told. */
export const DrillSettingsSchema = z.strictObject({
  on: z.enum(['never', 'daily', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']),
  /** `HH:MM` where the gateway is. */
  at: z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/),
  imageSeconds: z.int().min(1).max(3600),
  labSeconds: z.int().min(1).max(3600),
  tell: z
    .string()
    .max(200)
    .regex(/^\P{Cc}*$/u),
});
export type DrillSettingsAnswer = z.output<typeof DrillSettingsSchema>;

/** What is kept ready for a bad day. */
export const ContinuitySettingsSchema = z.strictObject({
  days: z.int().min(1),
  budgetBytes: z.int().min(1),
  priorsPerPatient: z.int().min(0),
  autonomyDays: z.int().min(1),
  drill: z.exactOptional(DrillSettingsSchema),
});

/** How long what feeds sent and told is kept. */
export const ChartRetentionSchema = z.strictObject({ messageDays: z.int().min(1), chartDays: z.int().min(30) });

/** An answer never carries a field set to undefined: this is the shape `model` has. */
type Exact<T> = { [K in keyof T]: Exclude<T[K], undefined> };
type Answered<S extends z.ZodType> = Exact<z.output<S>>;
type Same<A, B> = A extends B ? true : never;
const _peer: Same<Answered<typeof PeerSchema>, Peer> = true;
const _destination: Same<Answered<typeof DestinationSchema>, Destination> = true;
const _route: Same<Answered<typeof RouteSchema>, Route> = true;
const _relay: Same<Answered<typeof RelaySchema>, Relay> = true;
void [_peer, _destination, _route, _relay];

export const FindingSchema = z.object({
  inspector: z.string(),
  code: z.string(),
  severity: z.enum(['information', 'suspicious', 'malformed', 'malicious']),
  path: z.string(),
  offset: z.number(),
  text: TextSchema,
  cites: z.string(),
}) satisfies z.ZodType<Finding>;

/** One object in custody, as lists show it. No patient data. */
export const ObjectSchema = z.object({
  sha256: Sha256Schema,
  sopInstanceUid: z.string(),
  sopClassUid: z.string(),
  transferSyntaxUid: z.string(),
  studyInstanceUid: z.string(),
  seriesInstanceUid: z.string(),
  modality: z.string(),
  plainBytes: CountSchema,
  peer: z.string(),
  verdict: z.string(),
  receivedAtMs: TimeSchema,
});
export type ObjectAnswer = z.output<typeof ObjectSchema>;

export const DeliverySchema = z.object({
  id: z.number(),
  sha256: Sha256Schema,
  destination: z.string(),
  state: z.enum(['pending', 'delivered', 'failed']),
  attempts: CountSchema,
  nextAtMs: TimeSchema,
  status: z.optional(z.number()),
  fault: z.optional(z.string()),
  commitment: z.enum(['none', 'wanted', 'asked', 'committed', 'refused']),
});
export type DeliveryAnswer = z.output<typeof DeliverySchema>;

export const HoldSchema = z.object({
  sha256: Sha256Schema,
  state: z.enum(['held', 'released', 'destroyed']),
  heldAtMs: TimeSchema,
  peer: z.string(),
  sopInstanceUid: z.string(),
  sopClassUid: z.string(),
  verdict: z.string(),
  reasons: z.array(TextSchema).readonly(),
  findings: z.array(FindingSchema).readonly(),
  decidedBy: z.string(),
  decidedAtMs: TimeSchema,
  decisionReason: z.string(),
  /** Of the disarmed copy that goes on in its place; `copySha256` once it is made. */
  copy: z.enum(['none', 'owed', 'made', 'impossible']),
  copySha256: z.string(),
});
export type HoldAnswer = z.output<typeof HoldSchema>;

/** An event as the log shows it; further fields by kind (`Event` of `model`). */
export const LogEntrySchema = z.object({
  seq: z.int(),
  /** Its place in the ledger; null while it waits for it. */
  ledgerIndex: z.nullable(z.int()),
  event: z.looseObject({ id: z.string(), atMs: TimeSchema, kind: z.string() }),
  /** What happened, in a sentence. */
  sentence: TextSchema,
});
export type LogEntry = z.output<typeof LogEntrySchema>;

/** A YARA rule in force. `isHeavy`: nothing can be searched for first; `isAnchored`: judged where a content begins alone. */
export const RuleSchema = z.object({
  namespace: z.enum(['leadglass', 'site']),
  file: z.string(),
  name: z.string(),
  line: CountSchema,
  isAnchored: z.boolean(),
  isHeavy: z.boolean(),
});

/** What is wrong with a file of rules; `line` 0 when it is about the whole. */
export const RuleProblemSchema = z.object({ file: z.string(), line: CountSchema, text: TextSchema });

export const RulesSchema = z.object({
  rules: z.array(RuleSchema).readonly(),
  problems: z.array(RuleProblemSchema).readonly(),
});
export type RulesAnswer = z.output<typeof RulesSchema>;

export const StatusSchema = z.object({
  version: z.string(),
  home: z.string(),
  startedAtMs: TimeSchema,
  listeners: z.array(z.object({ name: z.string(), address: z.string() })).readonly(),
  associations: CountSchema,
  intakes: CountSchema,
  peers: CountSchema,
  destinations: CountSchema,
  routes: CountSchema,
  custody: z.object({ objects: CountSchema, bytes: CountSchema, notLaidOut: CountSchema }),
  deliveries: z.object({ pending: CountSchema, delivered: CountSchema, failed: CountSchema }),
  holds: CountSchema,
  ledger: z.object({ size: CountSchema, waiting: CountSchema }),
  /** The site's ClamAV; absent where none is configured. `isUp` false from the start until it first answers. */
  clamav: z.exactOptional(
    z.object({
      address: z.string(),
      isUp: z.boolean(),
      sinceMs: TimeSchema,
      version: z.exactOptional(z.string()),
      database: z.exactOptional(z.object({ number: CountSchema, madeAtMs: TimeSchema })),
    }),
  ),
  /** What is not as it should be, in sentences; empty on a good day. */
  troubles: z.array(z.object({ code: z.string(), text: TextSchema })).readonly(),
});
export type StatusAnswer = z.output<typeof StatusSchema>;

/** Bytes in hexadecimal. */
const HexSchema = z.string().regex(/^([0-9a-f]{2})*$/);

/** A ledger entry; `content` is its bytes as UTF-8 text (a DICOM PS3.15 §A.5 audit message and the event). */
export const LedgerEntrySchema = z.object({ index: CountSchema, content: z.string() });

/** All that an independent verifier needs: `InclusionProof` of `ledger`, in hexadecimal. */
export const ProofSchema = z.object({
  index: CountSchema,
  treeSize: CountSchema,
  entry: HexSchema,
  leafHash: HexSchema,
  hashes: z.array(HexSchema).readonly(),
  rootHash: HexSchema,
  checkpoint: z.string(),
  /** The same proof in the C2SP tlog-proof text form, for a verifier that is not ours. */
  text: z.string(),
});
export type ProofAnswer = z.output<typeof ProofSchema>;

/** Result of walking the whole log: `LedgerCheck` of `ledger`, in hexadecimal. */
export const LedgerCheckSchema = z.object({
  isSound: z.boolean(),
  size: CountSchema,
  rootHash: HexSchema,
  faults: z.array(z.object({ code: z.string(), path: z.string(), index: z.number() })).readonly(),
});
export type LedgerCheckAnswer = z.output<typeof LedgerCheckSchema>;

export const ConfigSchema = z.strictObject({
  peers: z.array(PeerSchema).readonly(),
  destinations: z.array(DestinationSchema).readonly(),
  routes: z.array(RouteSchema).readonly(),
  relays: z.exactOptional(z.array(RelaySchema).readonly()),
  quirks: z.exactOptional(z.array(QuirkSchema).readonly()),
  clamav: z.exactOptional(ClamavSchema),
  continuity: z.exactOptional(ContinuitySettingsSchema),
  retention: z.exactOptional(ChartRetentionSchema),
});
export type ConfigAnswer = z.output<typeof ConfigSchema>;

/** What applying a configuration file would do. With problems there are no changes. */
export const PlanSchema = z.object({
  problems: z.array(z.object({ path: z.string(), line: z.int().min(0), text: TextSchema })).readonly(),
  changes: z
    .array(z.object({ kind: z.enum(['add', 'change', 'remove']), what: z.string(), text: TextSchema }))
    .readonly(),
});
export type PlanAnswer = z.output<typeof PlanSchema>;
