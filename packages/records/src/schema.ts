import type { CatalogueSchema } from './catalogue-schema.ts';
import type { ChartTables } from './chart-schema.ts';
import type { Hl7OwedSchema } from './hl7-owed-schema.ts';
import type { PulledSchema } from './pulled-schema.ts';
import type { ReconciliationSchema } from './reconciliation-schema.ts';
import type { ScheduleSchema } from './schedule-schema.ts';

/** Every table as Kysely sees it. Portable types only: text, integer, bigint, bytes. Booleans are 0 or 1, times are milliseconds since the epoch. No column holds a patient's name or identifier. */
export interface Schema
  extends CatalogueSchema,
    ChartTables,
    ScheduleSchema,
    ReconciliationSchema,
    Hl7OwedSchema,
    PulledSchema {
  schema_version: { version: number; migrated_at_ms: number };
  custody: CustodyTable;
  arrivals: ArrivalsTable;
  deliveries: DeliveriesTable;
  commitments: CommitmentsTable;
  holds: HoldsTable;
  events: EventsTable;
  tallies: TalliesTable;
  peers: PeersTable;
  destinations: DestinationsTable;
  routes: RoutesTable;
  relays: RelaysTable;
  studies: StudyPatientsTable;
  instance_pixels: InstancePixelsTable;
  private_creators: PrivateCreatorsTable;
  quirks: QuirksTable;
  operators: OperatorsTable;
  operator_passkeys: PersonKeysTable;
  hold_requests: HoldRequestsTable;
  certificates: CertificatesTable;
  known_devices: KnownDevicesTable;
  held_devices: HeldDevicesTable;
  sightings: SightingsTable;
  rule_matches: RuleMatchesTable;
  owed_reports: OwedReportsTable;
  web_tokens: WebTokensTable;
  glass: GlassTable;
  drills: DrillsTable;
  settings: { name: string; value: string };
  strangers: StrangersTable;
  settings_past: SettingsPastTable;
}

/** Drills of the bad day, and real outages beside them. */
export interface DrillsTable {
  no: number;
  /** `drill`, `outage`. */
  kind: string;
  began_at_ms: number;
  /** 0 while it runs. */
  ended_at_ms: number;
  outcome: string;
  chart_no: number;
  /** JSON while it runs, else empty. */
  traces: string;
  /** JSON. */
  facts: string;
}

/** Who knocked and was not let in, added up. */
export interface StrangersTable {
  address: string;
  ae_title: string;
  /** Empty: it showed none. */
  cert_sha256: string;
  called: string;
  listener: string;
  first_at_ms: number;
  last_at_ms: number;
  times: number;
  /** Text as JSON. */
  why: string;
  /** Of the last event that tells of it. */
  seq: number;
  event_id: string;
}

/** A state the settings had. */
export interface SettingsPastTable {
  no: number;
  at_ms: number;
  by_whom: string;
  /** Text as JSON. */
  change: string;
  /** The whole of the settings as YAML. */
  source: string;
}

/** Leave to use the web services by a secret: its digest. */
export interface WebTokensTable {
  name: string;
  sha256: string;
  /** JSON array. */
  allow: string;
  added_at_ms: number;
  /** Null: for good. */
  until_ms: number | null;
}

/** An object we hold durably: one row an object (identity: SHA-256 of the plain bytes). */
export interface CustodyTable {
  sha256: string;
  /** Null once the object has a file of its own. */
  lane_file: string | null;
  lane_offset: number | null;
  plain_bytes: number;
  sealed_bytes: number;
  meta_bytes: number;
  sop_class_uid: string;
  sop_instance_uid: string;
  transfer_syntax_uid: string;
  study_instance_uid: string;
  series_instance_uid: string;
  modality: string;
  /** Keyed pseudonym. */
  patient: string;
  verdict: string;
  findings: string;
  first_arrival_id: string;
  first_association_id: string;
  peer: string;
  remote_address: string;
  received_at_ms: number;
}

/** One object that came in and what its sender was told, kept or not. */
export interface ArrivalsTable {
  id: string;
  sha256: string;
  association_id: string;
  peer: string;
  remote_address: string;
  received_at_ms: number;
  plain_bytes: number;
  verdict: string;
  disposition: string;
  /** Null when the bytes were not kept. */
  outcome: string | null;
  answer_status: number;
  answer_comment: string | null;
}

/** One object, one destination. */
export interface DeliveriesTable {
  id: number;
  sha256: string;
  destination: string;
  state: string;
  attempts: number;
  /** When next due; once settled, when that happened. */
  next_at_ms: number;
  status: number | null;
  fault: string | null;
  commitment: string;
  commitment_uid: string | null;
  commitment_failure: number | null;
}

/** One storage commitment request (PS3.4 §J.3). */
export interface CommitmentsTable {
  transaction_uid: string;
  destination: string;
  asked_at_ms: number;
}

export interface HoldsTable {
  sha256: string;
  state: string;
  held_at_ms: number;
  peer: string;
  sop_instance_uid: string;
  sop_class_uid: string;
  verdict: string;
  reasons: string;
  findings: string;
  decided_by: string;
  decided_at_ms: number;
  decision_reason: string;
  /** Of the disarmed copy: none, owed, made, impossible. */
  copy: string;
  copy_sha256: string;
  /** How many people it takes, as it was when the object was held; null where nobody had chosen. */
  release_rule: string | null;
  destroy_rule: string | null;
}

/** Who decides about held objects: a name and the public key of whoever bears it. */
export interface OperatorsTable {
  name: string;
  public_key: string;
  added_at_ms: number;
  in_force_at_ms: number;
}

/** The passkey with which an operator decides in the console: at most one a name. */
export interface PersonKeysTable extends OperatorsTable {
  credential_id: string;
  rp_id: string;
  account: string;
}

/** What the first of two people decided about a held object: at most one a hold. */
export interface HoldRequestsTable {
  sha256: string;
  id: string;
  act: string;
  operator: string;
  public_key: string;
  reason: string;
  asked_at_ms: number;
  expires_at_ms: number;
}

/** What the site's authority issued. */
export interface CertificatesTable {
  sha256: string;
  serial: string;
  name: string;
  peer: string;
  issued_at_ms: number;
  not_after_ms: number;
  cert_pem: string;
  /** 0 while it stands. */
  revoked_at_ms: number;
  revoked_because: string;
}

/** What objects under a title said of the device they come from. */
export interface KnownDevicesTable {
  peer: string;
  device_digest: string;
  manufacturer: string;
  model: string;
  first_seen_ms: number;
}

/** The device a held object comes from, until a person has decided: a release makes it known. */
export interface HeldDevicesTable extends KnownDevicesTable {
  sha256: string;
}

export interface EventsTable {
  seq: number;
  id: string;
  at_ms: number;
  kind: string;
  arrival_id: string | null;
  json: string;
  /** Null until sequenced into the ledger. */
  ledger_index: number | null;
  /** What it is about (`event-keys`); null where about none. */
  study_key: number | null;
  object_key: number | null;
  association_key: number | null;
}

/** Running counts, one row: kept in the transaction that changes them, so that status never scans. */
export interface TalliesTable {
  id: number;
  objects: number;
  bytes: number;
  pending: number;
  delivered: number;
  failed: number;
  events: number;
}

export interface PeersTable {
  position: number;
  ae_title: string;
  from_cidr: string;
  cert_sha256: string | null;
  allow: string;
  when_held: string;
  private_sop_classes: string;
  /** Null where nothing was chosen. */
  strictness: string | null;
  when_unfinished: string | null;
  release_rule: string | null;
  destroy_rule: string | null;
  /** What it chose of PeerIdentity, as JSON; null where nothing was. */
  identity: string | null;
  mode: string | null;
  /** QueryLimits as JSON. */
  query_limits: string | null;
  /** 1, 0; null where its address decides. */
  outside: number | null;
}

export interface DestinationsTable {
  name: string;
  position: number;
  host: string;
  port: number;
  called: string;
  calling: string;
  tls: number;
  cert_sha256: string | null;
  commitment: number;
  /** 1, 0; null where its address decides. */
  outside: number | null;
  down_after_s: number | null;
  give_back_per_minute: number | null;
}

export interface RoutesTable {
  position: number;
  from_ae: string;
  to_destination: string;
  strictness: string | null;
  when_unfinished: string | null;
  release_rule: string | null;
  destroy_rule: string | null;
}

export interface RelaysTable {
  /** The first that fits decides. */
  position: number;
  from_ae: string;
  /** JSON list of services. */
  services: string;
  to_destination: string;
  /** Null: not chosen. */
  calling: string | null;
}

/** The patients a study was delivered under: a row a study as a rule. */
export interface StudyPatientsTable {
  study_instance_uid: string;
  /** Keyed pseudonym. */
  patient: string;
}

/** Digests of the pixels delivered under an instance's identifier, where they were taken. */
export interface InstancePixelsTable {
  sop_instance_uid: string;
  transfer_syntax_uid: string;
  pixel_sha256: string;
}

/** Whose private elements a peer has sent: a digest of the name, which may be anything. */
export interface PrivateCreatorsTable {
  peer: string;
  creator_digest: string;
  first_seen_ms: number;
}

/** What the site accepts of its devices: a Quirk as JSON. */
export interface QuirksTable {
  position: number;
  json: string;
}

/** One kind of traffic that was seen. */
export interface SightingsTable {
  /** SHA-256 of `key`. */
  id: string;
  outcome: string;
  /** A SightingKey as JSON. */
  key: string;
  first_ms: number;
  last_ms: number;
  count: number;
  bytes: number;
  hours: number;
  busiest: number;
  most_results: number;
}

/** When a rule that no sighting tells of matched last. */
export interface RuleMatchesTable {
  /** `quirk NAME`. */
  rule: string;
  last_ms: number;
  count: number;
}

/** A report on storage commitment that a device asked for: one row a transaction, gone once the device has answered. */
export interface OwedReportsTable {
  id: number;
  /** AE title of the device. */
  peer: string;
  transaction_uid: string;
  /** Destination that was asked in its place; empty when we answer for the objects ourselves. */
  upstream: string;
  /** asked: the upstream has not reported yet; owed: the device has not been told. */
  state: string;
  asked_at_ms: number;
  next_at_ms: number;
  attempts: number;
  /** JSON: pairs of SOP class and instance; empty when the upstream answers. */
  objects: string;
  /** The upstream's report as it came. data_set: base64. */
  event_type_id: number;
  transfer_syntax_uid: string;
  data_set: string;
}

/** A patient opened without a relation that was told of: one row a person, patient and reason in half a day. */
export interface GlassTable {
  no: number;
  by_whom: string;
  role: string;
  chart: number;
  why: string;
  words: string;
  first_at_ms: number;
  last_at_ms: number;
  times: number;
  /** Null: nobody has looked at it. */
  reviewed_at_ms: number | null;
  reviewed_by: string;
  note: string;
}
