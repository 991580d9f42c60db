import type { Clock } from '@leadglass/kit';
import type {
  ArrivalOutcome,
  ChartRetention,
  ClamavSettings,
  ContinuitySettings,
  Delivery,
  Destination,
  Event,
  Feed,
  Hl7Destination,
  IssuedCertificate,
  KnownDevice,
  Operator,
  Peer,
  Place,
  Quirk,
  Relay,
  Route,
  Sha256,
  Sighting,
} from '@leadglass/model';
import type {
  ArrivalCommit,
  Custody,
  DeliveryResult,
  DevicesKnown,
  DueDelivery,
  Hold,
  HoldRequest,
  HoldState,
  KnownAsk,
  KnownObject,
  Records,
  RuleMatch,
  StatusCounts,
} from './api.ts';
import { ScriptedCatalogue } from './catalogue-records.ts';
import { ChartRetentionRecords } from './chart-retention.ts';
import { Charts } from './charts.ts';
import { ContinuityRecords } from './continuity.ts';
import { Drills } from './drills.ts';
import { GlassList } from './glass.ts';
import { Hl7Owed } from './hl7-owed.ts';
import { Outages } from './outages.ts';
import { Overview } from './overview.ts';
import { Pulled } from './pulled.ts';
import { compileQueries, type Queries } from './queries.ts';
import { Reconciliation } from './reconciliation.ts';
import { Reports } from './reports.ts';
import { Retrieval } from './retrieval.ts';
import { custodyOf, destinationOf, holdOf, peerOf, quirkOf, relayOf, requestOf, routeOf } from './rows.ts';
import { Schedule } from './schedule.ts';
import { all, type Engine, first, run } from './script.ts';
import { commitArrivals, commitCopy, replaceBytes } from './scripts/arrivals.ts';
import { answeredCommitment, askedCommitment, wantedCommitments } from './scripts/commitments.ts';
import {
  CLAMAV_SETTING,
  CONTINUITY_SETTING,
  type Configuration,
  counts,
  FEEDS_SETTING,
  HL7_DESTINATIONS_SETTING,
  RETENTION_SETTING,
  replaceConfig,
  setSetting,
} from './scripts/configuration.ts';
import { addOperator, askDecision, operatorsOf, removeOperator, withdrawRequest } from './scripts/decisions.ts';
import {
  dueDeliveries,
  dueSince,
  listDeliveries,
  nextDueMs,
  recordDeliveries,
  retryDeliveries,
} from './scripts/deliveries.ts';
import {
  appendEvents,
  findEvents,
  lastLedgerIndex,
  readEvents,
  type StoredEvent,
  sequenced,
  unsequenced,
} from './scripts/events.ts';
import { copyImpossible, destroyCustody, destroyHold, listHolds, releaseHold } from './scripts/holds.ts';
import { certificateOf, deviceOf, devicesKnown, issueCertificate, revokeCertificate } from './scripts/identity.ts';
import { knownOf } from './scripts/known.ts';
import type { SettingsChange } from './scripts/past.ts';
import { MOST_SIGHTINGS, recordMatches, recordSightings, sightingOf } from './scripts/sightings.ts';
import { Steps } from './steps.ts';
import { WebTokens } from './web-tokens.ts';

/** Records over any engine that runs scripts: what a transaction does is written once, in `scripts/`. */
export class ScriptedRecords implements Records {
  readonly catalogue: ScriptedCatalogue;
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #queries: Queries;
  readonly reports: Reports;
  readonly retrieval: Retrieval;
  readonly continuitySet: ContinuityRecords;
  readonly webTokens: WebTokens;
  readonly overview: Overview;
  readonly glass: GlassList;
  readonly outages: Outages;
  readonly charts: Charts;
  readonly chartRetention: ChartRetentionRecords;
  readonly schedule: Schedule;
  readonly pulled: Pulled;
  readonly steps: Steps;
  readonly hl7: Hl7Owed;
  readonly reconciliation: Reconciliation;
  readonly drills: Drills;

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
    this.#queries = compileQueries(engine.dialect);
    this.catalogue = new ScriptedCatalogue(engine, this.#queries);
    this.reports = new Reports(engine, this.#queries);
    this.retrieval = new Retrieval(engine, this.#queries);
    this.continuitySet = new ContinuityRecords(engine, this.#queries);
    this.webTokens = new WebTokens(engine, this.#queries);
    this.overview = new Overview(engine, this.#queries);
    this.glass = new GlassList(engine, this.#queries);
    this.outages = new Outages(engine, this.#queries);
    this.charts = new Charts(engine, this.#queries);
    this.chartRetention = new ChartRetentionRecords(engine, this.#queries);
    this.schedule = new Schedule(engine, this.#queries);
    this.pulled = new Pulled(engine, this.#queries);
    this.steps = new Steps(engine, this.#queries);
    this.hl7 = new Hl7Owed(engine, this.#queries);
    this.reconciliation = new Reconciliation(engine, this.#queries);
    this.drills = new Drills(engine, this.#queries);
  }

  commitArrivals(batch: readonly ArrivalCommit[]): Promise<readonly ArrivalOutcome[]> {
    return this.#engine.write(() => commitArrivals(this.#queries, batch));
  }

  appendEvents(events: readonly Event[]): Promise<void> {
    return this.#engine.write(() => appendEvents(this.#queries, events));
  }

  knownOf(asked: KnownAsk): Promise<KnownObject> {
    return this.#engine.read(() => knownOf(this.#queries, asked));
  }

  async creatorsOfPeer(peer: string): Promise<readonly string[]> {
    const rows = await this.#engine.read(() => all(this.#queries.creatorsOfPeer, { peer }));
    return rows.map(({ creator_digest }) => creator_digest);
  }

  async custody(sha256: Sha256): Promise<Custody | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.custody, { sha256 }));
    return row === undefined ? undefined : custodyOf(row);
  }

  async custodyByInstance(sop: string): Promise<readonly Custody[]> {
    return (await this.#engine.read(() => all(this.#queries.custodyByInstance, { sop }))).map(custodyOf);
  }

  async listCustody(after: string, limit: number): Promise<readonly Custody[]> {
    return (await this.#engine.read(() => all(this.#queries.listCustody, { after, limit }))).map(custodyOf);
  }

  async listInLanes(limit: number): Promise<readonly Custody[]> {
    return (await this.#engine.read(() => all(this.#queries.listInLanes, { limit }))).map(custodyOf);
  }

  laidOut(sha256s: readonly Sha256[]): Promise<void> {
    const { laidOut } = this.#queries;
    return this.#engine.write(function* () {
      for (const sha256 of sha256s) yield* run(laidOut, { sha256 });
    });
  }

  replaceBytes(sha256: Sha256, place: Place, sealedBytes: number, events: readonly Event[]): Promise<boolean> {
    return this.#engine.write(() => replaceBytes(this.#queries, sha256, place, sealedBytes, events));
  }

  async laneFilesInUse(): Promise<readonly string[]> {
    const rows = await this.#engine.read(() => all(this.#queries.laneFiles, {}));
    return rows.map((row) => row.lane_file).filter((file) => file !== null);
  }

  destroyCustody(sha256: Sha256, events: readonly Event[]): Promise<void> {
    return this.#engine.write(() => destroyCustody(this.#queries, sha256, events));
  }

  dueDeliveries(destination: string, nowMs: number, limit: number): Promise<readonly DueDelivery[]> {
    return this.#engine.read(() => dueDeliveries(this.#queries, destination, nowMs, limit));
  }

  dueSince(destination: string, sinceMs: number, nowMs: number, limit: number): Promise<readonly DueDelivery[]> {
    return this.#engine.read(() => dueSince(this.#queries, destination, sinceMs, nowMs, limit));
  }

  nextDueMs(destination: string): Promise<number | undefined> {
    return this.#engine.read(() => nextDueMs(this.#queries, destination, this.#clock.now()));
  }

  recordDeliveries(results: readonly DeliveryResult[], events: readonly Event[]): Promise<void> {
    return this.#engine.write(() => recordDeliveries(this.#queries, results, events));
  }

  retryDeliveries(
    destination: string,
    nowMs: number,
    sha256?: Sha256,
    event?: (retried: number) => Event,
  ): Promise<number> {
    return this.#engine.write(() => retryDeliveries(this.#queries, destination, nowMs, sha256, event));
  }

  listDeliveries(
    filter: { readonly state?: string; readonly destination?: string; readonly sha256?: string },
    limit: number,
  ): Promise<readonly Delivery[]> {
    return this.#engine.read(() => listDeliveries(this.#queries, filter, limit));
  }

  wantedCommitments(destination: string, limit: number): Promise<readonly DueDelivery[]> {
    return this.#engine.read(() => wantedCommitments(this.#queries, destination, limit));
  }

  askedCommitment(
    transactionUid: string,
    destination: string,
    deliveryIds: readonly number[],
    atMs: number,
  ): Promise<void> {
    return this.#engine.write(() => askedCommitment(this.#queries, transactionUid, destination, deliveryIds, atMs));
  }

  answeredCommitment(
    transactionUid: string,
    committed: readonly string[],
    refused: readonly { readonly sopInstanceUid: string; readonly failureReason: number }[],
    events: readonly Event[],
  ): Promise<boolean> {
    return this.#engine.write(() => answeredCommitment(this.#queries, transactionUid, committed, refused, events));
  }

  holds(state: HoldState | undefined, limit: number): Promise<readonly Hold[]> {
    return this.#engine.read(() => listHolds(this.#queries, state, limit));
  }

  async hold(sha256: Sha256): Promise<Hold | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.hold, { sha256 }));
    return row === undefined ? undefined : holdOf(row);
  }

  /** Throws Fault `records.not-held` when it is not held. */
  releaseHold(
    ...[sha256, by, reason, atMs, destinations, events, requestId]: Parameters<Records['releaseHold']>
  ): Promise<void> {
    const decision = { sha256, by, reason, atMs, requestId };
    return this.#engine.write(() => releaseHold(this.#queries, decision, destinations, events));
  }

  /** Throws Fault `records.not-held` when it is not held. */
  destroyHold(...[sha256, by, reason, atMs, events, requestId]: Parameters<Records['destroyHold']>): Promise<void> {
    return this.#engine.write(() => destroyHold(this.#queries, { sha256, by, reason, atMs, requestId }, events));
  }

  async holdRequest(sha256: Sha256): Promise<HoldRequest | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.request, { sha256 }));
    return row === undefined ? undefined : requestOf(row);
  }

  async holdRequests(): Promise<readonly HoldRequest[]> {
    return (await this.#engine.read(() => all(this.#queries.requests, {}))).map(requestOf);
  }

  askDecision(request: HoldRequest, events: readonly Event[]): Promise<void> {
    return this.#engine.write(() => askDecision(this.#queries, request, events));
  }

  withdrawRequest(sha256: Sha256, id: string, events: readonly Event[]): Promise<void> {
    return this.#engine.write(() => withdrawRequest(this.#queries, sha256, id, events));
  }

  operators(): Promise<readonly Operator[]> {
    return this.#engine.read(() => operatorsOf(this.#queries));
  }

  addOperator(operator: Operator, events: readonly Event[]): Promise<boolean> {
    return this.#engine.write(() => addOperator(this.#queries, operator, events));
  }

  removeOperator(name: string, events: readonly Event[]): Promise<boolean> {
    return this.#engine.write(() => removeOperator(this.#queries, name, events));
  }

  async certificates(): Promise<readonly IssuedCertificate[]> {
    return (await this.#engine.read(() => all(this.#queries.certificates, {}))).map(certificateOf);
  }

  issueCertificate(certificate: IssuedCertificate, events: readonly Event[]): Promise<void> {
    return this.#engine.write(() => issueCertificate(this.#queries, certificate, events));
  }

  revokeCertificate(sha256: string, atMs: number, reason: string, events: readonly Event[]): Promise<boolean> {
    return this.#engine.write(() => revokeCertificate(this.#queries, { sha256, atMs, reason }, events));
  }

  devicesKnown(peer: string, digest: string): Promise<DevicesKnown> {
    return this.#engine.read(() => devicesKnown(this.#queries, peer, digest));
  }

  async devices(): Promise<readonly KnownDevice[]> {
    return (await this.#engine.read(() => all(this.#queries.devices, {}))).map(deviceOf);
  }

  async pendingCopies(limit: number): Promise<readonly Custody[]> {
    return (await this.#engine.read(() => all(this.#queries.owedCopies, { limit }))).map(custodyOf);
  }

  commitCopy(original: Sha256, copy: ArrivalCommit): Promise<boolean> {
    return this.#engine.write(() => commitCopy(this.#queries, original, copy));
  }

  copyImpossible(original: Sha256, events: readonly Event[]): Promise<void> {
    return this.#engine.write(() => copyImpossible(this.#queries, original, events));
  }

  async peers(): Promise<readonly Peer[]> {
    return (await this.#engine.read(() => all(this.#queries.peers, {}))).map(peerOf);
  }

  async destinations(): Promise<readonly Destination[]> {
    return (await this.#engine.read(() => all(this.#queries.destinations, {}))).map(destinationOf);
  }

  async routes(): Promise<readonly Route[]> {
    return (await this.#engine.read(() => all(this.#queries.routes, {}))).map(routeOf);
  }

  async relays(): Promise<readonly Relay[]> {
    return (await this.#engine.read(() => all(this.#queries.relays, {}))).map(relayOf);
  }

  async quirks(): Promise<readonly Quirk[]> {
    return (await this.#engine.read(() => all(this.#queries.quirks, {}))).map(quirkOf);
  }

  async clamav(): Promise<ClamavSettings | undefined> {
    const value = (await this.setting(CLAMAV_SETTING)) ?? '';
    return value === '' ? undefined : (JSON.parse(value) as ClamavSettings);
  }

  async feeds(): Promise<readonly Feed[]> {
    const value = (await this.setting(FEEDS_SETTING)) ?? '';
    return value === '' ? [] : (JSON.parse(value) as Feed[]);
  }

  async hl7Destinations(): Promise<readonly Hl7Destination[]> {
    const value = (await this.setting(HL7_DESTINATIONS_SETTING)) ?? '';
    return value === '' ? [] : (JSON.parse(value) as Hl7Destination[]);
  }

  async continuity(): Promise<ContinuitySettings | undefined> {
    const value = (await this.setting(CONTINUITY_SETTING)) ?? '';
    return value === '' ? undefined : (JSON.parse(value) as ContinuitySettings);
  }

  async retention(): Promise<ChartRetention | undefined> {
    const value = (await this.setting(RETENTION_SETTING)) ?? '';
    return value === '' ? undefined : (JSON.parse(value) as ChartRetention);
  }

  replaceConfig(config: Configuration, events: readonly Event[], past?: SettingsChange): Promise<void> {
    return this.#engine.write(() => replaceConfig(this.#queries, config, events, past));
  }

  unsequenced(limit: number): Promise<readonly StoredEvent[]> {
    return this.#engine.read(() => unsequenced(this.#queries, limit));
  }

  sequenced(events: readonly { readonly seq: number; readonly event: Event }[], firstIndex: number): Promise<void> {
    return this.#engine.write(() => sequenced(this.#queries, events, firstIndex));
  }

  events(
    filter: { readonly afterSeq?: number; readonly kinds?: readonly string[] },
    limit: number,
  ): Promise<readonly StoredEvent[]> {
    return this.#engine.read(() => readEvents(this.#queries, filter, limit));
  }

  findEvents(id: string): Promise<readonly StoredEvent[]> {
    return this.#engine.read(() => findEvents(this.#queries, id));
  }

  lastLedgerIndex(): Promise<number> {
    return this.#engine.read(() => lastLedgerIndex(this.#queries));
  }

  async setting(name: string): Promise<string | undefined> {
    return (await this.#engine.read(() => first(this.#queries.setting, { name })))?.value;
  }

  setSetting(name: string, value: string, events: readonly Event[] = []): Promise<void> {
    return this.#engine.write(() => setSetting(this.#queries, name, value, events));
  }

  recordSightings(seen: readonly Sighting[], matches: readonly RuleMatch[] = []): Promise<void> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      yield* recordSightings(queries, seen);
      if (matches.length > 0) yield* recordMatches(queries, matches);
    });
  }

  async sightings(sinceMs: number): Promise<readonly Sighting[]> {
    const limit = Object.values(MOST_SIGHTINGS).reduce((sum, most) => sum + most + 1, 0);
    return (await this.#engine.read(() => all(this.#queries.sightingsSince, { since: sinceMs, limit }))).map(
      sightingOf,
    );
  }

  async forgetSightings(before: number): Promise<void> {
    await this.#engine.write(() => run(this.#queries.forgetSightings, { before }));
  }

  async ruleMatches(): Promise<readonly RuleMatch[]> {
    const rows = await this.#engine.read(() => all(this.#queries.ruleMatches, {}));
    return rows.map(({ rule, last_ms: lastMs, count }) => ({ rule, lastMs, count }));
  }

  counts(): Promise<StatusCounts> {
    return this.#engine.read(() => counts(this.#queries));
  }

  /** Writes one small row, durably: a disk that cannot take it shows now and not at the next image. */
  async probe(): Promise<void> {
    await this.setSetting('probe', String(this.#clock.now()));
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}
