import { type Kysely, sql } from 'kysely';
import { catalogueQueries } from './catalogue-queries.ts';
import { chartAndFeedQueries } from './chart-queries.ts';
import { continuityQueries } from './continuity-queries.ts';
import { decisionQueries } from './decision-queries.ts';
import type { EventKeys } from './event-keys.ts';
import { glassQueries } from './glass-queries.ts';
import { identityQueries } from './identity-queries.ts';
import { knownQueries } from './known-queries.ts';
import { outageQueries } from './outage-queries.ts';
import { overviewQueries } from './overview-queries.ts';
import { pulledQueries } from './pulled-queries.ts';
import { reconciliationQueries } from './reconciliation-queries.ts';
import { relayQueries } from './relay-queries.ts';
import { reportQueries } from './report-queries.ts';
import { retrievalQueries } from './retrieval-queries.ts';
import { scheduleQueries } from './schedule-queries.ts';
import type {
  ArrivalsTable,
  CustodyTable,
  DeliveriesTable,
  DestinationsTable,
  HoldsTable,
  PeersTable,
  RoutesTable,
  Schema,
  TalliesTable,
} from './schema.ts';
import { defineQuery } from './script.ts';
import { sightingQueries } from './sighting-queries.ts';
import { webTokenQueries } from './web-token-queries.ts';

/** What a commit needs to know before it takes an arrival in. */
export interface Known {
  same: string | null;
  other: string | null;
  hold_state: string | null;
}

interface Sha {
  sha256: string;
}

const DELIVERY = [
  'deliveries.id',
  'deliveries.sha256',
  'destination',
  'state',
  'attempts',
  'next_at_ms',
  'status',
  'fault',
  'commitment',
] as const;
const EVENT = ['seq', 'ledger_index', 'json'] as const;

// A literal, not a parameter: engines match a partial index against literals alone.
const literal = (value: string) => sql.lit(value) as unknown as ReturnType<typeof sql<string>>;

function custodyQueries(db: Kysely<Schema>) {
  return {
    known: defineQuery<Sha & { sop: string }>('known')(db, (db, p) =>
      db.selectNoFrom((eb) => [
        eb.selectFrom('custody').select('sha256').where('sha256', '=', p.sha256).as('same'),
        eb
          .selectFrom('custody')
          .select('sha256')
          .where('sop_instance_uid', '=', p.sop)
          .where('sha256', '!=', p.sha256)
          .limit(sql.lit(1))
          .as('other'),
        eb.selectFrom('holds').select('state').where('sha256', '=', p.sha256).as('hold_state'),
      ]),
    ),
    insertCustody: defineQuery<CustodyTable>('insertCustody')(db, (db, p) =>
      db.insertInto('custody').values(custodyValues(p)),
    ),
    custody: defineQuery<Sha>('custody')(db, (db, p) =>
      db.selectFrom('custody').selectAll().where('sha256', '=', p.sha256),
    ),
    custodyByInstance: defineQuery<{ sop: string }>('custodyByInstance')(db, (db, p) =>
      db
        .selectFrom('custody')
        .selectAll()
        .where('sop_instance_uid', '=', p.sop)
        .orderBy('received_at_ms')
        .limit(sql.lit(1000)),
    ),
    listCustody: defineQuery<{ after: string; limit: number }>('listCustody')(db, (db, p) =>
      db.selectFrom('custody').selectAll().where('sha256', '>', p.after).orderBy('sha256').limit(p.limit),
    ),
    listInLanes: defineQuery<{ limit: number }>('listInLanes')(db, (db, p) =>
      db
        .selectFrom('custody')
        .selectAll()
        .where('lane_file', 'is not', null)
        .orderBy('received_at_ms')
        .orderBy('sha256')
        .limit(p.limit),
    ),
    laidOut: defineQuery<Sha>('laidOut')(db, (db, p) =>
      db.updateTable('custody').set({ lane_file: null, lane_offset: null }).where('sha256', '=', p.sha256),
    ),
    replaceBytes: defineQuery<Sha & { lane_file: string | null; lane_offset: number | null; sealedBytes: number }>(
      'replaceBytes',
    )(db, (db, p) =>
      db
        .updateTable('custody')
        .set({ lane_file: p.lane_file, lane_offset: p.lane_offset, sealed_bytes: p.sealedBytes })
        .where('sha256', '=', p.sha256),
    ),
    laneFiles: defineQuery<object>('laneFiles')(db, (db) =>
      db.selectFrom('custody').select('lane_file').distinct().where('lane_file', 'is not', null),
    ),
    countInLanes: defineQuery<object>('countInLanes')(db, (db) =>
      db
        .selectFrom('custody')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('lane_file', 'is not', null),
    ),
    deleteCustody: defineQuery<Sha>('deleteCustody')(db, (db, p) =>
      db.deleteFrom('custody').where('sha256', '=', p.sha256),
    ),
    insertArrival: defineQuery<ArrivalsTable>('insertArrival')(db, (db, p) =>
      db.insertInto('arrivals').values(arrivalValues(p)),
    ),
  };
}

const custodyValues = (p: CustodyTable): CustodyTable => ({
  sha256: p.sha256,
  lane_file: p.lane_file,
  lane_offset: p.lane_offset,
  plain_bytes: p.plain_bytes,
  sealed_bytes: p.sealed_bytes,
  meta_bytes: p.meta_bytes,
  sop_class_uid: p.sop_class_uid,
  sop_instance_uid: p.sop_instance_uid,
  transfer_syntax_uid: p.transfer_syntax_uid,
  study_instance_uid: p.study_instance_uid,
  series_instance_uid: p.series_instance_uid,
  modality: p.modality,
  patient: p.patient,
  verdict: p.verdict,
  findings: p.findings,
  first_arrival_id: p.first_arrival_id,
  first_association_id: p.first_association_id,
  peer: p.peer,
  remote_address: p.remote_address,
  received_at_ms: p.received_at_ms,
});

const arrivalValues = (p: ArrivalsTable): ArrivalsTable => ({
  id: p.id,
  sha256: p.sha256,
  association_id: p.association_id,
  peer: p.peer,
  remote_address: p.remote_address,
  received_at_ms: p.received_at_ms,
  plain_bytes: p.plain_bytes,
  verdict: p.verdict,
  disposition: p.disposition,
  outcome: p.outcome,
  answer_status: p.answer_status,
  answer_comment: p.answer_comment,
});

function deliveryQueries(db: Kysely<Schema>) {
  // Nothing held is ever due, whatever was queued before it was held.
  const due = (db: Kysely<Schema>, destination: string) =>
    db
      .selectFrom('deliveries')
      .where('state', '=', 'pending')
      .where('destination', '=', destination)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('holds')
              .select('holds.sha256')
              .whereRef('holds.sha256', '=', 'deliveries.sha256')
              .where('holds.state', '=', 'held'),
          ),
        ),
      );
  const dueWithCustody = (db: Kysely<Schema>, destination: string) =>
    due(db, destination)
      .innerJoin('custody', 'custody.sha256', 'deliveries.sha256')
      .selectAll('custody')
      .select(DELIVERY)
      .orderBy('next_at_ms')
      .orderBy('id');
  return {
    insertDelivery: defineQuery<Sha & { destination: string; nextAtMs: number }>('insertDelivery')(db, (db, p) =>
      db
        .insertInto('deliveries')
        .values(
          (eb) =>
            ({
              sha256: p.sha256,
              destination: p.destination,
              state: 'pending',
              attempts: 0,
              next_at_ms: p.nextAtMs,
              commitment: eb.fn.coalesce(
                eb
                  .selectFrom('destinations')
                  .select(literal('wanted').as('c'))
                  .where('name', '=', p.destination)
                  .where('destinations.commitment', '=', 1),
                literal('none'),
              ) as unknown as string,
            }) as never,
        )
        .onConflict((oc) => oc.columns(['sha256', 'destination']).doNothing()),
    ),
    due: defineQuery<{ destination: string; nowMs: number; limit: number }>('due')(db, (db, p) =>
      dueWithCustody(db, p.destination).where('next_at_ms', '<=', p.nowMs).limit(p.limit),
    ),
    dueBeyond: defineQuery<{ destination: string; horizonMs: number; limit: number }>('dueBeyond')(db, (db, p) =>
      dueWithCustody(db, p.destination).where('next_at_ms', '>', p.horizonMs).limit(p.limit),
    ),
    dueSince: defineQuery<{ destination: string; sinceMs: number; nowMs: number; limit: number }>('dueSince')(
      db,
      (db, p) =>
        dueWithCustody(db, p.destination)
          .where('next_at_ms', '>=', p.sinceMs)
          .where('next_at_ms', '<=', p.nowMs)
          .limit(p.limit),
    ),
    nextDue: defineQuery<{ destination: string }>('nextDue')(db, (db, p) =>
      due(db, p.destination).select('next_at_ms').orderBy('next_at_ms').orderBy('id').limit(sql.lit(1)),
    ),
    anyBeyond: defineQuery<{ destination: string; horizonMs: number }>('anyBeyond')(db, (db, p) =>
      due(db, p.destination).where('next_at_ms', '>', p.horizonMs).select('next_at_ms').limit(sql.lit(1)),
    ),
    settle: defineQuery<Settled>('settle')(db, (db, p) =>
      db
        .updateTable('deliveries')
        .set((eb) => ({
          state: p.state,
          attempts: eb('attempts', '+', 1),
          next_at_ms: p.nextAtMs,
          status: p.status,
          fault: p.fault,
          commitment: eb.fn.coalesce(eb.val(p.commitment), 'commitment') as unknown as string,
        }))
        .where('id', '=', p.id)
        .where('state', '=', p.from),
    ),
    retryFailed: defineQuery<{ destination: string; nowMs: number }>('retryFailed')(db, (db, p) =>
      db
        .updateTable('deliveries')
        .set({ state: 'pending', next_at_ms: p.nowMs })
        .where('state', '=', 'failed')
        .where('destination', '=', p.destination),
    ),
    retryFailedOne: defineQuery<Sha & { destination: string; nowMs: number }>('retryFailedOne')(db, (db, p) =>
      db
        .updateTable('deliveries')
        .set({ state: 'pending', next_at_ms: p.nowMs })
        .where('sha256', '=', p.sha256)
        .where('destination', '=', p.destination)
        .where('state', '=', 'failed'),
    ),
    deleteUndelivered: defineQuery<Sha & { state: string }>('deleteUndelivered')(db, (db, p) =>
      db.deleteFrom('deliveries').where('sha256', '=', p.sha256).where('state', '=', p.state),
    ),
    ...listingQueries(db),
  };
}

interface Settled {
  id: number;
  from: string;
  state: string;
  nextAtMs: number;
  status: number | null;
  fault: string | null;
  commitment: string | null;
}

function listingQueries(db: Kysely<Schema>) {
  return {
    deliveriesOfObject: defineQuery<Sha>('deliveriesOfObject')(db, (db, p) =>
      db.selectFrom('deliveries').select(DELIVERY).where('sha256', '=', p.sha256),
    ),
    deliveriesIn: defineQuery<{ state: string; limit: number }>('deliveriesIn')(db, (db, p) =>
      db
        .selectFrom('deliveries')
        .select(DELIVERY)
        .where('state', '=', p.state)
        .orderBy('destination', 'desc')
        .orderBy('next_at_ms', 'desc')
        .orderBy('id', 'desc')
        .limit(p.limit),
    ),
    deliveriesInOf: defineQuery<{ state: string; destination: string; limit: number }>('deliveriesInOf')(db, (db, p) =>
      db
        .selectFrom('deliveries')
        .select(DELIVERY)
        .where('state', '=', p.state)
        .where('destination', '=', p.destination)
        .orderBy('next_at_ms', 'desc')
        .orderBy('id', 'desc')
        .limit(p.limit),
    ),
    wantedCommitments: defineQuery<{ destination: string; limit: number }>('wantedCommitments')(db, (db, p) =>
      db
        .selectFrom('deliveries')
        .innerJoin('custody', 'custody.sha256', 'deliveries.sha256')
        .selectAll('custody')
        .select(DELIVERY)
        .where('state', '=', literal('delivered'))
        .where('deliveries.commitment', '=', literal('wanted'))
        .where('destination', '=', p.destination)
        .orderBy('id')
        .limit(p.limit),
    ),
    insertCommitment: defineQuery<{ uid: string; destination: string; atMs: number }>('insertCommitment')(db, (db, p) =>
      db.insertInto('commitments').values({ transaction_uid: p.uid, destination: p.destination, asked_at_ms: p.atMs }),
    ),
    commitment: defineQuery<{ uid: string }>('commitment')(db, (db, p) =>
      db.selectFrom('commitments').selectAll().where('transaction_uid', '=', p.uid),
    ),
    markAsked: defineQuery<{ id: number; uid: string; destination: string }>('markAsked')(db, (db, p) =>
      db
        .updateTable('deliveries')
        .set({ commitment: 'asked', commitment_uid: p.uid })
        .where('id', '=', p.id)
        .where('destination', '=', p.destination),
    ),
    askedIn: defineQuery<{ uid: string }>('askedIn')(db, (db, p) =>
      db
        .selectFrom('deliveries')
        .innerJoin('custody', 'custody.sha256', 'deliveries.sha256')
        .select(['deliveries.id', 'custody.sop_instance_uid'])
        .where('commitment_uid', '=', p.uid),
    ),
    answerCommitment: defineQuery<{ id: number; commitment: string; failure: number | null }>('answerCommitment')(
      db,
      (db, p) =>
        db
          .updateTable('deliveries')
          .set({ commitment: p.commitment, commitment_failure: p.failure })
          .where('id', '=', p.id),
    ),
  };
}

const HOLD_COLUMNS = [
  'sha256',
  'state',
  'held_at_ms',
  'peer',
  'sop_instance_uid',
  'sop_class_uid',
  'verdict',
  'reasons',
  'findings',
  'decided_by',
  'decided_at_ms',
  'decision_reason',
  'copy',
  'release_rule',
  'destroy_rule',
] as const;

function holdQueries(db: Kysely<Schema>) {
  return {
    upsertHold: defineQuery<HoldsTable>('upsertHold')(db, (db, p) => {
      const values = Object.fromEntries(HOLD_COLUMNS.map((name) => [name, p[name]])) as unknown as HoldsTable;
      const { sha256: _, copy, ...changed } = values;
      // A copy that was made once is not owed again: its deliveries stand.
      const owed = sql<string>`case when holds.copy = 'made' then 'made' else ${copy} end`;
      return db
        .insertInto('holds')
        .values({ ...values, copy_sha256: '' })
        .onConflict((oc) => oc.column('sha256').doUpdateSet({ ...changed, copy: owed }));
    }),
    owedCopies: defineQuery<{ limit: number }>('owedCopies')(db, (db, p) =>
      db
        .selectFrom('holds')
        .innerJoin('custody', 'custody.sha256', 'holds.sha256')
        .selectAll('custody')
        .where('holds.state', '=', literal('held'))
        .where('holds.copy', '=', literal('owed'))
        .orderBy('holds.held_at_ms')
        .orderBy('holds.sha256')
        .limit(p.limit),
    ),
    settleCopy: defineQuery<Sha & { copy: string; copySha256: string }>('settleCopy')(db, (db, p) =>
      db
        .updateTable('holds')
        .set({ copy: p.copy, copy_sha256: p.copySha256 })
        .where('sha256', '=', p.sha256)
        .where('state', '=', 'held')
        .where('copy', '=', 'owed'),
    ),
    hold: defineQuery<Sha>('hold')(db, (db, p) => db.selectFrom('holds').selectAll().where('sha256', '=', p.sha256)),
    holdsIn: defineQuery<{ state: string; limit: number }>('holdsIn')(db, (db, p) =>
      db
        .selectFrom('holds')
        .selectAll()
        .where('state', '=', p.state)
        .orderBy('held_at_ms', 'desc')
        .orderBy('sha256', 'desc')
        .limit(p.limit),
    ),
    countHeld: defineQuery<object>('countHeld')(db, (db) =>
      db
        .selectFrom('holds')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('state', '=', 'held'),
    ),
    decideHold: defineQuery<Sha & { state: string; by: string; reason: string; atMs: number }>('decideHold')(
      db,
      (db, p) =>
        db
          .updateTable('holds')
          .set({ state: p.state, decided_by: p.by, decision_reason: p.reason, decided_at_ms: p.atMs })
          .where('sha256', '=', p.sha256)
          .where('state', '=', 'held'),
    ),
    deleteHeld: defineQuery<Sha>('deleteHeld')(db, (db, p) =>
      db.deleteFrom('holds').where('sha256', '=', p.sha256).where('state', '=', 'held'),
    ),
  };
}

interface InsertedEvent {
  readonly id: string;
  readonly atMs: number;
  readonly kind: string;
  readonly arrivalId: string | null;
  readonly json: string;
}

function eventQueries(db: Kysely<Schema>) {
  return {
    insertEvent: defineQuery<InsertedEvent>('insertEvent')(db, (db, p) =>
      db.insertInto('events').values({
        id: p.id,
        at_ms: p.atMs,
        kind: p.kind,
        arrival_id: p.arrivalId,
        json: p.json,
      } as never),
    ),
    unsequenced: defineQuery<{ limit: number }>('unsequenced')(db, (db, p) =>
      db.selectFrom('events').select(EVENT).where('ledger_index', 'is', null).orderBy('seq').limit(p.limit),
    ),
    countUnsequenced: defineQuery<object>('countUnsequenced')(db, (db) =>
      db
        .selectFrom('events')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('ledger_index', 'is', null),
    ),
    sequenced: defineQuery<EventKeys & { seq: number; index: number }>('sequenced')(db, (db, p) =>
      db
        .updateTable('events')
        .set({
          ledger_index: p.index,
          study_key: p.study,
          object_key: p.object,
          association_key: p.association,
        })
        .where('seq', '=', p.seq)
        .where('ledger_index', 'is', null),
    ),
    lastLedgerIndex: defineQuery<object>('lastLedgerIndex')(db, (db) =>
      db
        .selectFrom('events')
        .select('ledger_index')
        .where('ledger_index', 'is not', null)
        .orderBy('ledger_index', 'desc')
        .limit(sql.lit(1)),
    ),
    eventsAfter: defineQuery<{ after: number; limit: number }>('eventsAfter')(db, (db, p) =>
      db.selectFrom('events').select(EVENT).where('seq', '>', p.after).orderBy('seq').limit(p.limit),
    ),
    lastEvents: defineQuery<{ limit: number }>('lastEvents')(db, (db, p) =>
      db.selectFrom('events').select(EVENT).where('seq', '>', 0).orderBy('seq', 'desc').limit(p.limit),
    ),
    eventsOfKindAfter: defineQuery<{ kind: string; after: number; limit: number }>('eventsOfKindAfter')(db, (db, p) =>
      db
        .selectFrom('events')
        .select(EVENT)
        .where('kind', '=', p.kind)
        .where('seq', '>', p.after)
        .orderBy('seq')
        .limit(p.limit),
    ),
    lastEventsOfKind: defineQuery<{ kind: string; limit: number }>('lastEventsOfKind')(db, (db, p) =>
      db.selectFrom('events').select(EVENT).where('kind', '=', p.kind).orderBy('seq', 'desc').limit(p.limit),
    ),
    eventById: defineQuery<{ id: string }>('eventById')(db, (db, p) =>
      db.selectFrom('events').select(EVENT).where('id', '=', p.id),
    ),
    eventsOfArrival: defineQuery<{ id: string }>('eventsOfArrival')(db, (db, p) =>
      db.selectFrom('events').select(EVENT).where('arrival_id', '=', p.id).orderBy('seq').limit(sql.lit(1000)),
    ),
    eventByLedgerIndex: defineQuery<{ index: number }>('eventByLedgerIndex')(db, (db, p) =>
      db.selectFrom('events').select(EVENT).where('ledger_index', '=', p.index),
    ),
  };
}

/** Small tables, read and written whole. */
function configurationQueries(db: Kysely<Schema>) {
  return {
    peers: defineQuery<object>('peers')(db, (db) => db.selectFrom('peers').selectAll().orderBy('position')),
    destinations: defineQuery<object>('destinations')(db, (db) =>
      db.selectFrom('destinations').selectAll().orderBy('position'),
    ),
    routes: defineQuery<object>('routes')(db, (db) => db.selectFrom('routes').selectAll().orderBy('position')),
    deletePeers: defineQuery<object>('deletePeers')(db, (db) => db.deleteFrom('peers')),
    deleteDestinations: defineQuery<object>('deleteDestinations')(db, (db) => db.deleteFrom('destinations')),
    deleteRoutes: defineQuery<object>('deleteRoutes')(db, (db) => db.deleteFrom('routes')),
    insertPeer: defineQuery<PeersTable>('insertPeer')(db, (db, p) =>
      db.insertInto('peers').values({
        position: p.position,
        ae_title: p.ae_title,
        from_cidr: p.from_cidr,
        cert_sha256: p.cert_sha256,
        allow: p.allow,
        when_held: p.when_held,
        private_sop_classes: p.private_sop_classes,
        strictness: p.strictness,
        when_unfinished: p.when_unfinished,
        release_rule: p.release_rule,
        destroy_rule: p.destroy_rule,
        identity: p.identity,
        mode: p.mode,
        query_limits: p.query_limits,
        outside: p.outside,
      }),
    ),
    insertDestination: defineQuery<DestinationsTable>('insertDestination')(db, (db, p) =>
      db.insertInto('destinations').values({
        name: p.name,
        position: p.position,
        host: p.host,
        port: p.port,
        called: p.called,
        calling: p.calling,
        tls: p.tls,
        cert_sha256: p.cert_sha256,
        commitment: p.commitment,
        outside: p.outside,
        down_after_s: p.down_after_s,
        give_back_per_minute: p.give_back_per_minute,
      }),
    ),
    insertRoute: defineQuery<RoutesTable>('insertRoute')(db, (db, p) =>
      db.insertInto('routes').values({
        position: p.position,
        from_ae: p.from_ae,
        to_destination: p.to_destination,
        strictness: p.strictness,
        when_unfinished: p.when_unfinished,
        release_rule: p.release_rule,
        destroy_rule: p.destroy_rule,
      }),
    ),
    setting: defineQuery<{ name: string }>('setting')(db, (db, p) =>
      db.selectFrom('settings').select('value').where('name', '=', p.name),
    ),
    setSetting: defineQuery<{ name: string; value: string }>('setSetting')(db, (db, p) =>
      db
        .insertInto('settings')
        .values({ name: p.name, value: p.value })
        .onConflict((oc) => oc.column('name').doUpdateSet({ value: p.value })),
    ),
    tallies: defineQuery<object>('tallies')(db, (db) => db.selectFrom('tallies').selectAll().where('id', '=', 1)),
    addTallies: defineQuery<Omit<TalliesTable, 'id'>>('addTallies')(db, (db, p) =>
      db
        .updateTable('tallies')
        .set((eb) => ({
          objects: eb('objects', '+', p.objects),
          bytes: eb('bytes', '+', p.bytes),
          pending: eb('pending', '+', p.pending),
          delivered: eb('delivered', '+', p.delivered),
          failed: eb('failed', '+', p.failed),
          events: eb('events', '+', p.events),
        }))
        .where('id', '=', 1),
    ),
  };
}

/** Every query this room runs, compiled once for one engine's dialect. A test walks this list and asserts each query's plan. */
export function compileQueries(db: Kysely<Schema>) {
  return {
    ...custodyQueries(db),
    ...deliveryQueries(db),
    ...holdQueries(db),
    ...eventQueries(db),
    ...configurationQueries(db),
    ...relayQueries(db),
    ...knownQueries(db),
    ...decisionQueries(db),
    ...identityQueries(db),
    ...sightingQueries(db),
    ...catalogueQueries(db),
    ...reportQueries(db),
    ...retrievalQueries(db),
    ...webTokenQueries(db),
    ...overviewQueries(db),
    ...glassQueries(db),
    ...outageQueries(db),
    ...chartAndFeedQueries(db),
    ...scheduleQueries(db),
    ...reconciliationQueries(db),
    ...continuityQueries(db),
    ...pulledQueries(db),
  };
}

export type Queries = ReturnType<typeof compileQueries>;

/** The queries that read or empty a small table whole, on purpose. */
export const WHOLE_TABLE: readonly (keyof Queries)[] = [
  'peers',
  'destinations',
  'routes',
  'deletePeers',
  'deleteDestinations',
  'deleteRoutes',
  'relays',
  'deleteRelays',
  'quirks',
  'deleteQuirks',
  'operators',
  'personKeys',
  'requests',
  'certificates',
  'devices',
  'ruleMatches',
  'forgetMatches',
  'webTokens',
  'feedTallies',
  'schedulePeriods',
  'emptyInbox',
  'emptyHeldEntries',
  'emptyTokens',
  'emptySubjects',
  'emptyStudies',
  'emptySeries',
  'emptyModalities',
  'emptyInstances',
];

/** Row of a delivery as every delivery query selects it. */
export type DeliveryRow = Pick<
  DeliveriesTable,
  'id' | 'sha256' | 'destination' | 'state' | 'attempts' | 'next_at_ms' | 'status' | 'fault' | 'commitment'
>;
