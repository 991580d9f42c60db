import { type ColumnDefinitionBuilder, type Compilable, type CreateTableBuilder, type Kysely, sql } from 'kysely';
import { catalogue } from './catalogue-migration.ts';
import { chart } from './chart-migration.ts';
import { chartMore } from './chart-more-migration.ts';
import { continuitySet } from './continuity-migration.ts';
import { drill } from './drill-migration.ts';
import { emergency } from './glass-migration.ts';
import { hl7Owed } from './hl7-owed-migration.ts';
import { outage } from './outage-migration.ts';
import { overview } from './overview-migration.ts';
import { boxCharts } from './pulled-migration.ts';
import { reconciliation } from './reconciliation-migration.ts';
import { owedReports } from './report-migration.ts';
import { schedule } from './schedule-migration.ts';
import type { Schema } from './schema.ts';

/** What differs between engines in a table's definition. */
export interface DdlFlavour {
  /** A 64-bit number the engine counts up. */
  counted(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** The same, and the number of a deleted row is never given again. */
  countedOnce(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  readonly countedType: 'integer' | 'bigint';
  /** Bytes as they are. */
  readonly bytesType: 'blob' | 'bytea';
  /** A table found by its primary key above all: where the engine can, its rows lie in that key's tree itself. */
  keyed<T extends string, C extends string>(table: CreateTableBuilder<T, C>): CreateTableBuilder<T, C>;
}

/** One step from schema version `i` to `i + 1`. Never edited once released: a later change is another step. */
export type Migration = (db: Kysely<Schema>, flavour: DdlFlavour) => readonly Compilable[];

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const key = (column: ColumnDefinitionBuilder) => column.notNull().primaryKey();

const custody: Migration = (db, flavour) => [
  flavour.keyed(
    db.schema
      .createTable('custody')
      .addColumn('sha256', 'text', key)
      .addColumn('lane_file', 'text')
      .addColumn('lane_offset', 'bigint')
      .addColumn('plain_bytes', 'bigint', required)
      .addColumn('sealed_bytes', 'bigint', required)
      .addColumn('meta_bytes', 'integer', required)
      .addColumn('sop_class_uid', 'text', required)
      .addColumn('sop_instance_uid', 'text', required)
      .addColumn('transfer_syntax_uid', 'text', required)
      .addColumn('study_instance_uid', 'text', required)
      .addColumn('series_instance_uid', 'text', required)
      .addColumn('modality', 'text', required)
      .addColumn('patient', 'text', required)
      .addColumn('verdict', 'text', required)
      .addColumn('findings', 'text', required)
      .addColumn('first_arrival_id', 'text', required)
      .addColumn('first_association_id', 'text', required)
      .addColumn('peer', 'text', required)
      .addColumn('remote_address', 'text', required)
      .addColumn('received_at_ms', 'bigint', required),
  ),
  db.schema.createIndex('custody_by_instance').on('custody').columns(['sop_instance_uid', 'received_at_ms']),
  db.schema
    .createIndex('custody_in_lanes')
    .on('custody')
    .columns(['received_at_ms', 'sha256', 'lane_file'])
    .where('lane_file', 'is not', null),
];

const arrivals: Migration = (db, flavour) => [
  flavour.keyed(
    db.schema
      .createTable('arrivals')
      .addColumn('id', 'text', key)
      .addColumn('sha256', 'text', required)
      .addColumn('association_id', 'text', required)
      .addColumn('peer', 'text', required)
      .addColumn('remote_address', 'text', required)
      .addColumn('received_at_ms', 'bigint', required)
      .addColumn('plain_bytes', 'bigint', required)
      .addColumn('verdict', 'text', required)
      .addColumn('disposition', 'text', required)
      .addColumn('outcome', 'text')
      .addColumn('answer_status', 'integer', required)
      .addColumn('answer_comment', 'text'),
  ),
];

const deliveries: Migration = (db, flavour) => [
  db.schema
    .createTable('commitments')
    .addColumn('transaction_uid', 'text', key)
    .addColumn('destination', 'text', required)
    .addColumn('asked_at_ms', 'bigint', required),
  db.schema
    .createTable('deliveries')
    .addColumn('id', flavour.countedType, (column) => flavour.countedOnce(column))
    .addColumn('sha256', 'text', required)
    .addColumn('destination', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('attempts', 'integer', required)
    .addColumn('next_at_ms', 'bigint', required)
    .addColumn('status', 'integer')
    .addColumn('fault', 'text')
    .addColumn('commitment', 'text', required)
    .addColumn('commitment_uid', 'text', (column) => column.references('commitments.transaction_uid'))
    .addColumn('commitment_failure', 'integer')
    .addUniqueConstraint('deliveries_once', ['sha256', 'destination']),
  db.schema.createIndex('deliveries_by_state').on('deliveries').columns(['state', 'destination', 'next_at_ms', 'id']),
  db.schema
    .createIndex('deliveries_wanting_commitment')
    .on('deliveries')
    .columns(['destination', 'id'])
    .where(sql<boolean>`state = 'delivered' and commitment = 'wanted'`),
  db.schema
    .createIndex('deliveries_by_commitment')
    .on('deliveries')
    .columns(['commitment_uid'])
    .where('commitment_uid', 'is not', null),
];

const holds: Migration = (db) => [
  db.schema
    .createTable('holds')
    .addColumn('sha256', 'text', key)
    .addColumn('state', 'text', required)
    .addColumn('held_at_ms', 'bigint', required)
    .addColumn('peer', 'text', required)
    .addColumn('sop_instance_uid', 'text', required)
    .addColumn('sop_class_uid', 'text', required)
    .addColumn('verdict', 'text', required)
    .addColumn('reasons', 'text', required)
    .addColumn('findings', 'text', required)
    .addColumn('decided_by', 'text', required)
    .addColumn('decided_at_ms', 'bigint', required)
    .addColumn('decision_reason', 'text', required),
  db.schema.createIndex('holds_by_state').on('holds').columns(['state', 'held_at_ms', 'sha256']),
];

const events: Migration = (db, flavour) => [
  db.schema
    .createTable('events')
    .addColumn('seq', flavour.countedType, (column) => flavour.counted(column))
    .addColumn('id', 'text', required)
    .addColumn('at_ms', 'bigint', required)
    .addColumn('kind', 'text', required)
    .addColumn('arrival_id', 'text')
    .addColumn('json', 'text', required)
    .addColumn('ledger_index', 'bigint'),
  db.schema.createIndex('events_by_id').unique().on('events').columns(['id']),
  db.schema.createIndex('events_by_kind').on('events').columns(['kind', 'seq']),
  db.schema.createIndex('events_by_arrival').on('events').columns(['arrival_id']).where('arrival_id', 'is not', null),
  db.schema.createIndex('events_unsequenced').on('events').columns(['seq']).where(sql<boolean>`ledger_index is null`),
  db.schema
    .createIndex('events_by_ledger_index')
    .unique()
    .on('events')
    .columns(['ledger_index'])
    .where('ledger_index', 'is not', null),
];

const TALLIES = ['objects', 'bytes', 'pending', 'delivered', 'failed', 'events'] as const;

const tallies: Migration = (db) => {
  let table = db.schema.createTable('tallies').addColumn('id', 'integer', key);
  for (const name of TALLIES) table = table.addColumn(name, 'bigint', required);
  const zero = Object.fromEntries(TALLIES.map((name) => [name, 0])) as Record<(typeof TALLIES)[number], number>;
  return [table, db.insertInto('tallies').values({ id: 1, ...zero })];
};

const configuration: Migration = (db) => [
  db.schema
    .createTable('peers')
    .addColumn('position', 'integer', key)
    .addColumn('ae_title', 'text', required)
    .addColumn('from_cidr', 'text', required)
    .addColumn('cert_sha256', 'text')
    .addColumn('allow', 'text', required)
    .addColumn('when_held', 'text', required)
    .addColumn('private_sop_classes', 'text', required),
  db.schema
    .createTable('destinations')
    .addColumn('name', 'text', key)
    .addColumn('position', 'integer', required)
    .addColumn('host', 'text', required)
    .addColumn('port', 'integer', required)
    .addColumn('called', 'text', required)
    .addColumn('calling', 'text', required)
    .addColumn('tls', 'integer', required)
    .addColumn('cert_sha256', 'text')
    .addColumn('commitment', 'integer', required),
  db.schema
    .createTable('routes')
    .addColumn('position', 'integer', key)
    .addColumn('from_ae', 'text', required)
    .addColumn('to_destination', 'text', (column) => column.notNull().references('destinations.name')),
  db.schema.createTable('settings').addColumn('name', 'text', key).addColumn('value', 'text', required),
];

const firstSchema: Migration = (db, flavour) =>
  [custody, arrivals, deliveries, holds, events, tallies, configuration].flatMap((part) => part(db, flavour));

/** Disarmed copies: owed by a hold, made, or impossible. */
const disarmedCopies: Migration = (db) => [
  db.schema.alterTable('holds').addColumn('copy', 'text', (column) => column.notNull().defaultTo('none')),
  db.schema.alterTable('holds').addColumn('copy_sha256', 'text', (column) => column.notNull().defaultTo('')),
  db.schema
    .createIndex('holds_owing_copy')
    .on('holds')
    .columns(['held_at_ms', 'sha256'])
    .where(sql<boolean>`state = 'held' and copy = 'owed'`),
];

/** What objects are held against: patients of studies, pixels of instances, private creators of peers; and what a flow chooses. */
const knownFacts: Migration = (db, flavour) => [
  flavour.keyed(
    db.schema
      .createTable('studies')
      .addColumn('study_instance_uid', 'text', required)
      .addColumn('patient', 'text', required)
      .addPrimaryKeyConstraint('studies_key', ['study_instance_uid', 'patient']),
  ),
  flavour.keyed(
    db.schema
      .createTable('instance_pixels')
      .addColumn('sop_instance_uid', 'text', required)
      .addColumn('transfer_syntax_uid', 'text', required)
      .addColumn('pixel_sha256', 'text', required)
      .addPrimaryKeyConstraint('instance_pixels_key', ['sop_instance_uid', 'transfer_syntax_uid', 'pixel_sha256']),
  ),
  flavour.keyed(
    db.schema
      .createTable('private_creators')
      .addColumn('peer', 'text', required)
      .addColumn('creator_digest', 'text', required)
      .addColumn('first_seen_ms', 'bigint', required)
      .addPrimaryKeyConstraint('private_creators_key', ['peer', 'creator_digest']),
  ),
  db.schema.createTable('quirks').addColumn('position', 'integer', key).addColumn('json', 'text', required),
  ...(['peers', 'routes'] as const).flatMap((table) =>
    (['strictness', 'when_unfinished'] as const).map((name) => db.schema.alterTable(table).addColumn(name, 'text')),
  ),
];

/** Decisions of two people: what a flow wants, who they are, and what waits for the second. */
const twoPersons: Migration = (db, flavour) => [
  ...(['peers', 'routes', 'holds'] as const).flatMap((table) =>
    (['release_rule', 'destroy_rule'] as const).map((name) => db.schema.alterTable(table).addColumn(name, 'text')),
  ),
  flavour.keyed(
    db.schema
      .createTable('operators')
      .addColumn('name', 'text', key)
      .addColumn('public_key', 'text', (column) => column.notNull().unique())
      .addColumn('added_at_ms', 'bigint', required)
      .addColumn('in_force_at_ms', 'bigint', required),
  ),
  flavour.keyed(
    db.schema
      .createTable('hold_requests')
      .addColumn('sha256', 'text', key)
      .addColumn('id', 'text', required)
      .addColumn('act', 'text', required)
      .addColumn('operator', 'text', required)
      .addColumn('public_key', 'text', required)
      .addColumn('reason', 'text', required)
      .addColumn('asked_at_ms', 'bigint', required)
      .addColumn('expires_at_ms', 'bigint', required),
  ),
];

/** Who is who: certificates of the site's authority, what peers chose of their identity, and the devices behind the titles. */
const identity: Migration = (db, flavour) => [
  db.schema.alterTable('peers').addColumn('identity', 'text'),
  flavour.keyed(
    db.schema
      .createTable('certificates')
      .addColumn('sha256', 'text', key)
      .addColumn('serial', 'text', (column) => column.notNull().unique())
      .addColumn('name', 'text', required)
      .addColumn('peer', 'text', required)
      .addColumn('issued_at_ms', 'bigint', required)
      .addColumn('not_after_ms', 'bigint', required)
      .addColumn('cert_pem', 'text', required)
      .addColumn('revoked_at_ms', 'bigint', required)
      .addColumn('revoked_because', 'text', required),
  ),
  flavour.keyed(
    db.schema
      .createTable('known_devices')
      .addColumn('peer', 'text', required)
      .addColumn('device_digest', 'text', required)
      .addColumn('manufacturer', 'text', required)
      .addColumn('model', 'text', required)
      .addColumn('first_seen_ms', 'bigint', required)
      .addPrimaryKeyConstraint('known_devices_key', ['peer', 'device_digest']),
  ),
  db.schema.createIndex('devices_by_digest').on('known_devices').columns(['device_digest', 'peer']),
  flavour.keyed(
    db.schema
      .createTable('held_devices')
      .addColumn('sha256', 'text', key)
      .addColumn('peer', 'text', required)
      .addColumn('device_digest', 'text', required)
      .addColumn('manufacturer', 'text', required)
      .addColumn('model', 'text', required)
      .addColumn('first_seen_ms', 'bigint', required),
  ),
];

/** What is asked of an upstream in a peer's place. */
const relays: Migration = (db) => [
  db.schema
    .createTable('relays')
    .addColumn('position', 'integer', key)
    .addColumn('from_ae', 'text', required)
    .addColumn('services', 'text', required)
    .addColumn('to_destination', 'text', (column) => column.notNull().references('destinations.name'))
    .addColumn('calling', 'text'),
];

/** What was seen, added up; which rules matched; and how far a peer's queries may reach. */
const sightings: Migration = (db, flavour) => [
  flavour.keyed(
    db.schema
      .createTable('sightings')
      .addColumn('id', 'text', key)
      .addColumn('outcome', 'text', required)
      .addColumn('key', 'text', required)
      .addColumn('first_ms', 'bigint', required)
      .addColumn('last_ms', 'bigint', required)
      .addColumn('count', 'bigint', required)
      .addColumn('bytes', 'bigint', required)
      .addColumn('hours', 'integer', required)
      .addColumn('busiest', 'integer', required)
      .addColumn('most_results', 'integer', required),
  ),
  db.schema.createIndex('sightings_by_outcome').on('sightings').columns(['outcome']),
  db.schema.createIndex('sightings_by_time').on('sightings').columns(['last_ms']),
  flavour.keyed(
    db.schema
      .createTable('rule_matches')
      .addColumn('rule', 'text', key)
      .addColumn('last_ms', 'bigint', required)
      .addColumn('count', 'bigint', required),
  ),
  ...(['mode', 'query_limits'] as const).map((name) => db.schema.alterTable('peers').addColumn(name, 'text')),
];

/** Who may use the web services by a secret. */
const webTokens: Migration = (db, flavour) => [
  flavour.keyed(
    db.schema
      .createTable('web_tokens')
      .addColumn('name', 'text', key)
      .addColumn('sha256', 'text', (column) => column.notNull().unique())
      .addColumn('allow', 'text', required)
      .addColumn('added_at_ms', 'bigint', required)
      .addColumn('until_ms', 'bigint'),
  ),
];

/** Passkeys with which operators decide in the console. */
const personKeys: Migration = (db, flavour) => [
  flavour.keyed(
    db.schema
      .createTable('operator_passkeys')
      .addColumn('name', 'text', key)
      .addColumn('public_key', 'text', (column) => column.notNull().unique())
      .addColumn('credential_id', 'text', (column) => column.notNull().unique())
      .addColumn('rp_id', 'text', required)
      .addColumn('account', 'text', required)
      .addColumn('added_at_ms', 'bigint', required)
      .addColumn('in_force_at_ms', 'bigint', required),
  ),
];

/** Every migration in order; the schema's version is how many have run. */
export const MIGRATIONS: readonly Migration[] = [
  firstSchema,
  disarmedCopies,
  knownFacts,
  twoPersons,
  identity,
  relays,
  sightings,
  owedReports,
  catalogue,
  webTokens,
  overview,
  outage,
  chart,
  emergency,
  schedule,
  personKeys,
  continuitySet,
  reconciliation,
  chartMore,
  hl7Owed,
  drill,
  boxCharts,
];

/** The table that tells the version, made before the first migration. */
export const versionTable = (db: Kysely<Schema>): Compilable =>
  db.schema
    .createTable('schema_version')
    .ifNotExists()
    .addColumn('version', 'integer', (column) => column.notNull().primaryKey())
    .addColumn('migrated_at_ms', 'bigint', required);
