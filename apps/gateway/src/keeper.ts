import type { Server, Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Sealer } from '@leadglass/catalogue';
import { STORAGE_COMMITMENT_PUSH_MODEL, STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE } from '@leadglass/dimse';
import {
  type Clock,
  Fault,
  type Logger,
  Phi,
  systemRandomness,
  type Text,
  type Timer,
  text,
  uuidv7,
} from '@leadglass/kit';
import { diskTileStore, type Ledger, openLedger, originOf, Sequencer, verifierKey } from '@leadglass/ledger';
import {
  type Arrival,
  DEFAULT_AE_TITLE,
  type Destination,
  type Event,
  type Feed,
  NOTHING_OBSERVED,
  type Observation,
  type Peer,
  type Quirk,
  type Relay,
  type RelayedService,
  type Route,
  type Sha256,
  type WebToken,
} from '@leadglass/model';
import { isObserved } from '@leadglass/policy';
import { openSqliteRecords, type SqliteRecords } from '@leadglass/records';
import {
  CommitmentAsker,
  Committer,
  Custodian,
  DEFAULT_COMMITMENT_LIMITS,
  DEFAULT_DELIVERY_LIMITS,
  DeliveryEngine,
  DisarmEngine,
  Knowledge,
  type ReceivedFacts,
  type ReceivedReport,
} from '@leadglass/relay';
import { Layouter, ObjectStore } from '@leadglass/vault';
import { CatalogueHost } from './catalogue-host.ts';
import { type Certificates, CertificateWatch } from './certificate-watch.ts';
import { type ClamavState, ClamavWatch } from './clamav-watch.ts';
import { type Connection, Connections, plainAddress } from './connections.ts';
import { listenForViewers } from './console/viewer-socket.ts';
import { Viewers } from './console/viewers.ts';
import { Continuity } from './continuity/continuity.ts';
import { ContinuityDesk } from './continuity/desk.ts';
import { ISOLATED } from './continuity/isolation-host.ts';
import { PulledParts } from './continuity/pulled.ts';
import { ContinuitySetHost } from './continuity/set-host.ts';
import { DecoderPool } from './decoder-pool.ts';
import { DeskHost } from './desk-host.ts';
import { connectorTo } from './destinations.ts';
import { DiskWatch } from './disk-watch.ts';
import { ChartHost } from './feeds/chart-host.ts';
import { FeedDesk } from './feeds/feed-desk.ts';
import { isOfFeeds } from './feeds/feed-messages.ts';
import { FindHost } from './find-host.ts';
import { type FindFromIntake, isFind } from './find-messages.ts';
import type { OpenedHome } from './home.ts';
import { Identity } from './identity/identity.ts';
import { Imports } from './imports.ts';
import { type IntakeName, IntakePool } from './intake-pool.ts';
import { LANE_LOST, LaneKeeper } from './lane-keeper.ts';
import { openLedgerOrLate } from './late-ledger.ts';
import { Learning } from './learning/learning.ts';
import { observationOf } from './learning/observation.ts';
import { type Address, formatAddress, listen, parseHostPort } from './listeners.ts';
import type { ArrivalMessage, AssociateMessage, EndedMessage, EventReportMessage, FromIntake } from './messages.ts';
import { OperationDesk } from './operation-desk.ts';
import { countedDeliveries, Flows } from './overview/flows.ts';
import { OlderEvents } from './overview/older-events.ts';
import { OwnServicesHost } from './own-host.ts';
import { isOwn, type OwnFromIntake } from './own-messages.ts';
import { plainDataSet, plainObject } from './plain-objects.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { ReconcileHost } from './reconcile/reconcile-host.ts';
import type { RelayMessage } from './relay-messages.ts';
import { withinRights } from './rights.ts';
import { ScheduleHost } from './schedule/schedule-host.ts';
import { isSchedule, type ScheduleFromIntake } from './schedule/schedule-messages.ts';
import { SandboxServices } from './served.ts';
import { SiteRules } from './site-rules.ts';
import { Strangers } from './strangers.ts';
import { Tallies } from './tallies.ts';
import { TrialLanes } from './trial-lanes.ts';
import { WebDesk } from './web/desk.ts';
import { PipeMaker } from './web/pour.ts';
import { webSessions } from './web/sessions.ts';

/** An upstream that moves a large study need not say anything before it is done; that it goes on is seen by what comes. */
const LONGEST_RETRIEVAL_MS = 6 * 60 * 60_000;
/** Whoever reports on commitment opens the association and proposes to be its SCP (PS3.4 §J.3.3). */
const AS_COMMITMENT_SCP = [{ sopClassUid: STORAGE_COMMITMENT_PUSH_MODEL, scu: false, scp: true }];
const FOLD_WHEN_IDLE_MS = 1_000;
const DRAIN_MS = 10_000;
/** Two processes parse; more than four would wait for the one that commits. */
const MOST_INTAKES = 4;
/** Decoders that try frames at once, besides the one for second tries. */
const MOST_DECODERS = 4;

export interface KeeperOptions {
  readonly home: OpenedHome;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  readonly dimse: Address | undefined;
  readonly dimseTls: Address | undefined;
  /** DICOMweb over TLS, and in the clear. */
  readonly web?: Address | undefined;
  readonly webPlain?: Address | undefined;
  /** HL7 v2 over MLLP, in the clear and over TLS. */
  readonly hl7?: Address | undefined;
  readonly hl7Tls?: Address | undefined;
}

/** The rules in force, as one value that is replaced whole. */
export interface Rules {
  readonly peers: readonly Peer[];
  readonly destinations: readonly Destination[];
  readonly routes: readonly Route[];
  readonly relays: readonly Relay[];
  /** What the site accepts of its devices. */
  readonly quirks: readonly Quirk[];
  /** Laboratories and information systems that may send. */
  readonly feeds: readonly Feed[];
}

/**
 * The parent process: listens, hands sockets to the intakes, decides, commits, tells the ledger, delivers. It alone holds the keys
 * that open, the records and the ledger, and it never parses a byte of an object.
 */
export class Keeper {
  readonly records: SqliteRecords;
  readonly ledger: Ledger;
  readonly sequencer: Sequencer;
  readonly store: ObjectStore;
  readonly layouter: Layouter;
  readonly deliveries: DeliveryEngine;
  /** Opens associations as deliveries do, with the certificates in force. */
  readonly connect: ReturnType<typeof connectorTo>;
  readonly commitments: CommitmentAsker;
  readonly intakes: IntakePool;
  readonly disarms: DisarmEngine;
  /** What is answered from our own vault. */
  readonly own: OwnServicesHost;
  /** Which patients and studies are kept here. */
  readonly catalogue: CatalogueHost;
  readonly finds: FindHost;
  /** What devices go on working with while an information system is away. */
  readonly schedule: ScheduleHost;
  /** Who temporary identities are, and what waits for that. */
  readonly reconcile: ReconcileHost;
  /** What is kept ready for a bad day. */
  readonly continuitySet: ContinuitySetHost;
  readonly siteRules: SiteRules;
  readonly tallies = new Tallies();
  /** What goes over the gateway, counted as it happens. */
  readonly flows: Flows;
  readonly #olderEvents: OlderEvents;
  /** Who may send while an import runs. */
  readonly imports = new Imports();
  readonly identity: Identity;
  readonly clamav: ClamavWatch;
  readonly trials: TrialLanes;
  /** What is seen, for rules to be learnt from. */
  readonly learning: Learning;
  readonly web: WebDesk;
  /** Outages, give-back and isolation. */
  readonly continuity: Continuity;
  /** Charts of patients, and who tells of them. */
  readonly charts: ChartHost;
  /** Of a continuity box: what it pulled besides images. */
  readonly pulled: PulledParts;
  readonly feeds: FeedDesk;
  /** People who read images through the console. */
  readonly people = new Viewers();
  readonly #certificateHearers: (() => void)[] = [];
  #webTokens: readonly WebToken[] = [];
  readonly #options: KeeperOptions;
  readonly #connections: Connections;
  readonly #strangers: Strangers;
  readonly #certificates: CertificateWatch;
  /** Where held objects are opened for a person’s eye. */
  readonly viewers = new DecoderPool({ count: 1 });
  readonly #custodian: Custodian;
  readonly #desk: DeskHost;
  /** Another than that of disarmed copies: neither waits for the other. */
  readonly #reconcileDesk: DeskHost;
  readonly #services: SandboxServices;
  readonly #operations: OperationDesk;
  readonly #lanes: LaneKeeper;
  readonly #disk: DiskWatch;
  readonly #pseudonyms: Pseudonyms;
  readonly #servers: Server[] = [];
  readonly #listening: { name: string; address: string }[] = [];
  #rules: Rules = { peers: [], destinations: [], routes: [], relays: [], quirks: [], feeds: [] };
  #observation: Observation = NOTHING_OBSERVED;
  #isStopping = false;
  #foldTimer: Timer | undefined;

  /** Opens the stores of a home. Rejects with the Fault that says which cannot be opened and what to do. */
  static async open(options: KeeperOptions): Promise<Keeper> {
    const { paths, keys } = options.home;
    const records = await openSqliteRecords({ path: paths.records, clock: options.clock });
    const ledger = await openLedgerOrLate(() =>
      openLedger({
        store: diskTileStore(paths.ledger),
        origin: originOf(keys.siteName),
        signingKey: keys.ledgerSigning,
      }),
    );
    const store = new ObjectStore({ vaultFolder: paths.vault, stagingFolder: paths.staging });
    await store.prepare();
    return new Keeper(options, records, ledger, store);
  }

  private constructor(options: KeeperOptions, records: SqliteRecords, ledger: Ledger, store: ObjectStore) {
    const { clock, log, home } = options;
    this.#options = options;
    this.flows = new Flows(clock);
    this.#olderEvents = new OlderEvents(records, clock, log);
    this.records = records;
    this.ledger = ledger;
    this.store = store;
    this.#connections = new Connections(clock);
    this.sequencer = new Sequencer({
      ledger,
      source: records,
      clock,
      log,
      audit: { auditSourceId: home.keys.siteName, siteName: home.keys.siteName },
    });
    this.#pseudonyms = new Pseudonyms(home.keys.pseudonymKey);
    this.#disk = new DiskWatch(store, clock, log);
    this.#lanes = new LaneKeeper({
      ...{ store, log, layouter: () => this.layouter, intakes: () => this.intakes },
      noRoom: () => this.#disk.full(2),
    });
    this.layouter = this.#newLayouter();
    this.catalogue = this.#newCatalogue();
    this.continuitySet = this.#newContinuitySet();
    this.#custodian = this.#newCustodian();
    this.learning = new Learning(records, clock, log, (event) => this.#tellLater(event));
    this.#strangers = new Strangers(clock, (event) => this.#tellLater(event));
    this.#certificates = new CertificateWatch(home, clock, log, ({ tls }) => {
      this.intakes.useTls(tls);
      for (const heard of this.#certificateHearers) heard();
    });
    this.identity = this.#newIdentity();
    this.continuity = this.#newContinuity();
    const { connect } = this.continuity;
    this.connect = connect;
    const outward = { connect, records, clock, log, randomness: systemRandomness };
    this.commitments = new CommitmentAsker({ ...outward, limits: DEFAULT_COMMITMENT_LIMITS });
    this.deliveries = new DeliveryEngine({
      ...outward,
      records: countedDeliveries(records, this.flows),
      openPlain: (custody) => plainDataSet(store, home.keys.site, custody),
      limits: DEFAULT_DELIVERY_LIMITS,
      commitmentWanted: (destination) => this.commitments.wanted(destination),
      outages: this.continuity.forDeliveries,
    });
    this.own = this.#newOwn(connect);
    this.finds = this.#newFinds();
    this.schedule = this.#newSchedule();
    this.siteRules = this.#newSiteRules();
    this.clamav = new ClamavWatch({ clock, log, changed: (state, isNews) => this.#clamavChanged(state, isNews) });
    this.trials = new TrialLanes({ count: Math.min(MOST_DECODERS, availableParallelism()) });
    this.#services = new SandboxServices(this.clamav, this.trials);
    this.#desk = this.#newDesk();
    this.#reconcileDesk = this.#newDesk();
    this.disarms = this.#newDisarms();
    this.reconcile = this.#newReconcile();
    this.web = this.#newWeb();
    this.charts = this.#newCharts();
    this.pulled = this.#newPulled();
    this.feeds = this.#newFeeds();
    this.intakes = new IntakePool({
      rules: () => this.siteRules.site,
      services: this.#services,
      count: Math.min(MOST_INTAKES, Math.max(2, availableParallelism())),
      addIntake: (id) => store.addIntake(id),
      codeDir: join(home.paths.run, 'code'),
      recipients: home.keys.recipients.map((recipient) => recipient.text),
      log,
      listener: {
        started: ({ number }) => this.#tellLater(this.event({ kind: 'intake.started', intake: number })),
        said: (intake, message) => this.#heard(intake, message),
        died: (intake, connections, exit) => this.#intakeDied(intake, connections, exit),
      },
    });
    this.#operations = this.#newOperations();
    this.continuity.outages.onChange((name, state) => {
      if (state === 'down' || state === 'declared') this.#operations.leave(name);
    });
  }

  #newDesk(): DeskHost {
    const { clock, log, home, version } = this.#options;
    return new DeskHost({
      services: this.#services,
      rules: () => this.siteRules.site,
      addDesk: (id) => this.store.addIntake(id),
      recipients: home.keys.recipients.map((recipient) => recipient.text),
      ...{ version, clock, log },
    });
  }

  #newReconcile(): ReconcileHost {
    const { clock, log, home } = this.#options;
    return new ReconcileHost({
      ...{ records: this.records, catalogue: this.catalogue, store: this.store, desk: this.#reconcileDesk, clock, log },
      ...{ indexKey: home.keys.indexKey, rules: () => this.#rules },
      openPlain: (custody) => plainObject(this.store, home.keys.site, custody),
      pseudonyms: (issuer, patientId) => this.#pseudonyms.all(issuer, patientId),
      isOutage: () => this.continuity.outages.standings().some(({ name }) => this.continuity.outages.isDown(name)),
      committed: (arrival, destinations) => this.#committed(arrival, destinations),
      due: (destination) => this.deliveries.poke(destination),
      told: () => this.sequencer.poke(),
    });
  }

  #newContinuity(): Continuity {
    const { clock, log } = this.#options;
    return new Continuity({
      ...{ clock, log, records: this.records, rules: () => this.#rules },
      connect: (...asked) => connectorTo(this.#certificates.current, clock)(...asked),
      cut: () => this.#cutOff(),
      resume: (name) => {
        this.deliveries.resume(name);
        this.schedule.resume(name);
      },
      listeners: () => this.#listening.map(({ name, address }) => `${name} ${address}`),
      told: () => this.sequencer.poke(),
    });
  }

  /** Ends every connection with whom the isolation cuts off, or that is passed on to such an upstream. */
  #cutOff(): { associations: number; webConnections: number } {
    const { isolation } = this.continuity;
    const { destinations } = this.#rules;
    const cut = new Set(destinations.filter((each) => isolation.isCut(each)).map(({ name }) => name));
    const ended = this.#connections.all().filter(({ id, listener, remoteAddress, peer }) => {
      const isCaller = isolation.isCutAddress(remoteAddress) || (peer !== undefined && isolation.isCutPeer(peer));
      return listener !== 'web' && (isCaller || this.#operations.upstreamsOf(id).some((name) => cut.has(name)));
    });
    for (const { intake, id } of ended) this.intakes.tell(intake, { t: 'drop', connection: id, why: ISOLATED });
    return {
      associations: ended.length + this.feeds.endFrom((address) => isolation.isCutAddress(address)),
      webConnections: this.web.endFrom((address) => isolation.isCutAddress(address)),
    };
  }

  #newOperations(): OperationDesk {
    const { clock, log } = this.#options;
    return new OperationDesk({
      ...{ clock, log, intakes: this.intakes, learning: this.learning, schedule: this.schedule },
      rules: () => this.#rules,
      certificates: () => this.#certificates.current,
      answers: (service) => ANSWERED_HERE.has(service),
      outages: this.continuity.outages,
      isCut: (destination) => this.continuity.isolation.isCut(destination),
      tell: (events) => this.#tellLater(...events),
    });
  }

  get rules(): Rules {
    return this.#rules;
  }

  /** How many peers pass beyond their rules now, and ranges unknown titles pass from. */
  observed(): { readonly peers: number; readonly ranges: number } {
    const now = this.#options.clock.now();
    const ranges = this.#observation.ranges.filter(({ untilMs }) => now < untilMs);
    const peers = this.#rules.peers.filter((peer) => isObserved(peer, this.#observation, now));
    return { peers: peers.length, ranges: ranges.length };
  }

  /** What listens where. */
  get listeners(): readonly { readonly name: string; readonly address: string }[] {
    return this.#listening;
  }

  /** Associations admitted and not over. */
  get associations(): number {
    return this.#connections.admitted;
  }

  get freeBytes(): number {
    return this.#disk.freeBytes;
  }

  /** An event of now. */
  event(facts: DistributiveOmit<Event, 'id' | 'atMs'>): Event {
    const now = this.#options.clock.now();
    return { id: uuidv7(now), atMs: now, ...facts } as Event;
  }

  /** Starts everything; resolves when arrivals are taken. */
  async start(): Promise<void> {
    const { version, log } = this.#options;
    await this.continuity.load();
    await this.pulled.load();
    await this.reloadRules();
    const inUse = await this.records.laneFilesInUse();
    await this.store.cleanStaging(inUse);
    this.layouter.start(inUse);
    await this.#disk.start();
    // Before anybody can call: a ledger that is not what the records remember takes nothing more, and the gate says so.
    await this.sequencer.start().catch((thrown) => log.error('ledger.unwritable', { fault: thrown }));
    await this.siteRules.start();
    await this.identity.start();
    await this.intakes.start(this.#certificates.current.tls);
    this.#certificates.start();
    await this.#listen();
    await this.tell(
      this.event({
        kind: 'gateway.started',
        version,
        listeners: this.#listening.map(({ name, address }) => `${name} ${address}`),
      }),
    );
    this.disarms.poke();
    await this.reconcile.start();
    await this.catalogue.start();
    this.charts.start();
    this.#olderEvents.start();
    this.continuitySet.start();
    this.own.reporter.start();
    await this.schedule.start();
    for (const destination of this.#rules.destinations)
      if (destination.commitment) this.commitments.wanted(destination);
  }

  /** Stops taking, lets what was begun be answered, then closes everything in the order of dependence. */
  async stop(reason: string): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.siteRules.stop();
    for (const server of this.#servers) server.close();
    await this.schedule.stop();
    await this.intakes.stop(DRAIN_MS);
    this.feeds.stop();
    await this.web.stop();
    this.finds.stop();
    this.viewers.stop();
    await Promise.all([this.#reconcileDesk.stop(), this.reconcile.stop()]);
    await Promise.all([this.#desk.stop(), this.disarms.stop(), this.catalogue.stop(), this.charts.stop()]);
    await Promise.all([this.deliveries.stop(), this.commitments.stop(), this.own.stop(), this.continuity.stop()]);
    await this.#olderEvents.stop();
    await this.continuitySet.stop();
    this.#strangers.flush();
    this.#operations.flush();
    await this.learning.recorder.flush();
    await this.records.appendEvents([this.event({ kind: 'gateway.stopped', reason })]);
    await this.layouter.stop();
    await this.sequencer.drain().catch((thrown) => this.#options.log.error('ledger.unwritable', { fault: thrown }));
    this.#certificates.stop();
    this.identity.stop();
    this.clamav.stop();
    this.trials.stop();
    this.#disk.stop();
    this.#foldTimer?.cancel();
    await this.store.close();
    await this.records.close();
  }

  /** Why nothing may be taken at this moment, or undefined. */
  gate(): Fault | undefined {
    const { isWritable, lastFault } = this.sequencer.health();
    if (!isWritable) return lastFault ?? LEDGER_DOWN;
    return this.#disk.full();
  }

  /** Reads the rules again after they were changed; what is under way goes on under the old. */
  async reloadRules(): Promise<void> {
    this.#observation = await observationOf(this.records);
    const [peers, destinations, routes, relays, quirks, clamav, feeds] = await Promise.all([
      this.records.peers(),
      this.records.destinations(),
      this.records.routes(),
      this.records.relays(),
      this.records.quirks(),
      this.records.clamav(),
      this.records.feeds(),
    ]);
    this.#rules = { peers, destinations, routes, relays, quirks, feeds };
    await this.continuity.configure();
    this.#webTokens = await this.records.webTokens.list();
    await Promise.all([this.deliveries.configure(destinations), this.clamav.configure(clamav)]);
  }

  /** Records events and wakes the ledger. */
  async tell(...events: Event[]): Promise<void> {
    await this.records.appendEvents(events);
    for (const event of events) this.flows.saw(event);
    this.sequencer.poke();
  }

  // Strangers are told of within bounds: what they make us write must not fill the disk.
  #tellOf(event: Event | undefined): void {
    if (event?.kind === 'association.rejected' || event?.kind === 'connection.refused') this.#strangers.came(event);
    else this.#tellLater(event);
  }

  // What the network does is told without waiting; that it could not be told is itself told, in the log.
  #tellLater(...told: readonly (Event | undefined)[]): void {
    const events = told.filter((event) => event !== undefined);
    if (events.length === 0) return;
    void this.tell(...events).catch((thrown) =>
      this.#options.log.error('event.not-recorded', { kind: events[0]?.kind, fault: thrown }),
    );
  }

  #clamavChanged(state: ClamavState | undefined, isNews: boolean): void {
    this.#services.clamavChanged(state);
    if (state === undefined || !isNews) return;
    const { address } = state.settings;
    const { health, fault } = state;
    this.#tellLater(
      fault === undefined
        ? this.event({ kind: 'clamav.up', address, version: health?.version ?? '' })
        : this.event({ kind: 'clamav.down', address, fault: fault.code, why: fault.text }),
    );
  }

  #newIdentity(): Identity {
    const { clock, log, home } = this.#options;
    return new Identity({
      ...{ home, clock, log, records: this.records, watch: this.#certificates },
      appended: () => this.sequencer.poke(),
      endRevoked: () => this.#endRevoked(),
      tlsListener: () => parseHostPort(this.#listening.find(({ name }) => name === 'dimse-tls')?.address ?? ''),
    });
  }

  /** Associations and web connections whose certificate opens nothing any more are ended: whoever has its key may be anybody. */
  #endRevoked(): number {
    const revoked = this.#connections
      .all()
      .filter(({ certificate }) => certificate !== undefined && this.identity.isRevoked(certificate));
    for (const { intake, id } of revoked) this.intakes.tell(intake, { t: 'drop', connection: id, why: REVOKED });
    return revoked.length + this.web.endRevoked((certificate) => this.identity.isRevoked(certificate));
  }

  #newLayouter(): Layouter {
    const { clock, log } = this.#options;
    return new Layouter({
      store: this.store,
      records: this.records,
      clock,
      laneFree: (file) => this.#lanes.free(file),
      onFault: (fault, sha256) => log.error('vault.layout', { fault, ...(sha256 === undefined ? {} : { sha256 }) }),
    });
  }

  #newOwn(connect: ReturnType<typeof connectorTo>): OwnServicesHost {
    const { clock, log, home } = this.#options;
    return new OwnServicesHost({
      ...{ records: this.records, clock, log, randomness: systemRandomness, connect },
      isAsked: (upstream) => !this.continuity.isUnasked(upstream),
      connectToReport: (destination, contexts, signal) => connect(destination, contexts, signal, AS_COMMITMENT_SCP),
      connectUpstream: (destination, contexts, signal) =>
        connect(destination, contexts, signal, [], LONGEST_RETRIEVAL_MS),
      rules: () => this.#rules,
      learning: this.learning,
      holds: (stored) => this.store.holds(stored),
      openPlain: (object) => plainObject(this.store, home.keys.site, object, object.metaBytes),
      pseudonyms: (issuer, patientId) => this.#pseudonyms.all(issuer, patientId),
      tellIntake: ({ intake }, message, socket) =>
        socket === undefined ? this.intakes.tell(intake, message) : this.intakes.give(intake, message, socket),
      tell: (event) => this.#tellLater(event),
      told: () => this.sequencer.poke(),
      runFolder: home.paths.run,
    });
  }

  #newCatalogue(): CatalogueHost {
    const { clock, log, home } = this.#options;
    return new CatalogueHost({
      ...{ records: this.records, indexKey: home.keys.indexKey, clock, log, viewers: this.viewers },
      openPlain: (custody, to) => plainObject(this.store, home.keys.site, custody, 0, to),
    });
  }

  #newFinds(): FindHost {
    const { clock, log } = this.#options;
    return new FindHost({
      ...{ clock, log, rules: () => this.#rules, learning: this.learning },
      search: (query, bounds) => this.catalogue.search(query, bounds),
      tellIntake: (connection, message) => this.intakes.tell(connection.intake, message),
      tell: (event) => this.#tellLater(event),
    });
  }

  #newSchedule(): ScheduleHost {
    const { clock, log, home } = this.#options;
    return new ScheduleHost({
      ...{ records: this.records, indexKey: home.keys.indexKey, clock, log, learning: this.learning },
      outages: {
        isDown: (name) => {
          const destination = this.#rules.destinations.find((each) => each.name === name);
          return destination !== undefined && this.continuity.isUnasked(destination);
        },
        shown: (name, how) => this.continuity.outages.hear(name, how),
        onChange: (heard) => this.continuity.outages.onChange((name) => heard(name)),
      },
      rules: () => this.#rules,
      gate: () => this.gate(),
      intakes: () => this.intakes,
      nextConnection: () => this.#connections.nextId(),
      certificates: () => this.#certificates.current,
      pseudonym: (issuer, patientId) => this.#pseudonyms.of(issuer, patientId),
      tell: (event) => this.#tellLater(event),
      told: () => this.sequencer.poke(),
      pulled: {
        sources: () => this.pulled.sources(),
        registrations: () => this.pulled.registrations(),
      },
    });
  }

  #newPulled(): PulledParts {
    const { clock, home } = this.#options;
    return new PulledParts({
      ...{ records: this.records, clock, sealer: this.charts.sealer, charts: () => this.charts },
      scheduleSealer: new Sealer(home.keys.indexKey),
      told: () => this.sequencer.poke(),
    });
  }

  #newSiteRules(): SiteRules {
    const { clock, log, home } = this.#options;
    return new SiteRules({
      folder: home.paths.rules,
      clock,
      log,
      use: (site) => {
        this.intakes.useRules(site);
        for (const desk of [this.#desk, this.#reconcileDesk]) desk.useRules(site);
      },
      tell: (change) => this.#tellLater(this.event({ kind: 'config.changed', by: 'rules folder', change })),
    });
  }

  #newCustodian(): Custodian {
    const { clock, log } = this.#options;
    return new Custodian({
      committer: new Committer(this.records, log),
      records: this.records,
      knowledge: new Knowledge(this.records, clock),
      clock,
      log,
      rules: () => this.#rules,
      gate: () => this.gate(),
      store: this.store,
      seal: (sha256, attributes) => this.catalogue.seal(sha256, attributes),
      committed: (arrival, destinations) => {
        this.flows.arrived(arrival);
        this.#committed(arrival, destinations);
      },
      laneFailed: (intakeId, file) => this.#lanes.failed(intakeId, file),
      quirksUsed: (names) => {
        for (const name of names) this.learning.recorder.matched(`quirk ${name}`);
      },
    });
  }

  #newContinuitySet(): ContinuitySetHost {
    const { clock, log, home } = this.#options;
    return new ContinuitySetHost({
      ...{ records: this.records, clock, log, vault: home.paths.vault, recipients: home.keys.recipients },
      freeBytes: () => this.#disk.freeBytes,
      expected: async () => [...(await this.schedule.expected()), ...(await this.charts.expected())],
      around: () => ({ charts: this.charts, schedule: this.schedule }),
      certificate: () => this.#certificates.current.tls.certPem,
      changed: async () => {
        this.sequencer.poke();
        await this.reloadRules();
      },
      studies: () => this.catalogue.whole(),
      study: (uid) => this.catalogue.wholeOf(uid),
      open: (object) => plainObject(this.store, home.keys.site, object),
      decoders: this.viewers,
      appended: () => this.sequencer.poke(),
      layOut: () => this.layouter.drain(),
    });
  }

  #newDisarms(): DisarmEngine {
    const { clock, log, home } = this.#options;
    return new DisarmEngine({
      records: this.records,
      store: this.store,
      desk: this.#desk,
      clock,
      log,
      rules: () => this.#rules,
      openPlain: (custody) => plainObject(this.store, home.keys.site, custody),
      seal: (sha256, attributes) => this.catalogue.seal(sha256, attributes),
      isRetrieved: (sha256) => this.own.retrieved.has(sha256),
      committed: (arrival, destinations) => this.#committed(arrival, destinations),
    });
  }

  #newWeb(): WebDesk {
    const { clock, log, home } = this.#options;
    return new WebDesk({
      ...{ store: this.store, site: home.keys.site, retrieval: this.records.retrieval, clock, log },
      catalogue: () => this.catalogue,
      decoders: new DecoderPool({ count: Math.min(MOST_DECODERS, availableParallelism()) }),
      pipes: new PipeMaker(join(home.paths.run, 'pour.sock')),
      rules: () => ({
        ...this.#rules,
        peers: this.#rules.peers.filter((peer) => !this.continuity.isolation.isCutPeer(peer)),
      }),
      continuity: new ContinuityDesk({
        ...{
          nodes: this.continuitySet.nodes,
          retrieval: this.records.retrieval,
          store: this.store,
          site: home.keys.site,
        },
        tiles: diskTileStore(home.paths.ledger),
        ledgerKey: verifierKey(originOf(home.keys.siteName), home.keys.ledgerSigning),
        authority: () => this.#certificates.current.tls.caPem,
        set: () => this.continuitySet.set(),
        parts: this.continuitySet.parts,
      }),
      learning: this.learning,
      isObserved: (peer) => isObserved(peer, this.#observation, clock.now()),
      shown: (certificate) => this.identity.shown(certificate),
      tokens: () => this.#webTokens,
      viewers: this.people,
      gate: () => this.gate(),
      ...webSessions(this.#connections, () => this.intakes, this.#lies.bind(this)),
      hand: (id, isTls, socket) => (this.#isStopping ? undefined : this.intakes.hand(id, isTls, socket, 'web')),
      tell: (event) => this.tell(this.event(event)),
      stranger: (remoteAddress, why) =>
        this.#strangers.came(this.#connections.refusedEvent({ remoteAddress, listener: 'web' }, why)),
    });
  }

  #newCharts(): ChartHost {
    const { clock, log, home } = this.#options;
    return new ChartHost({
      ...{ records: this.records.charts, indexKey: home.keys.indexKey, clock, log, feeds: () => this.#rules.feeds },
      pseudonym: (words) => this.#pseudonyms.ofWords(words),
      pseudonyms: (issuer, patientId) => this.#pseudonyms.all(issuer, patientId),
      told: () => this.sequencer.poke(),
      pulledFeeds: () => this.pulled.feeds(),
    });
  }

  #newFeeds(): FeedDesk {
    const { clock, log, home } = this.#options;
    return new FeedDesk({
      ...{ records: this.records.charts, sealer: this.charts.sealer, clock, log, siteName: home.keys.siteName },
      feeds: () => this.#rules.feeds,
      gate: () => this.gate(),
      isCutAddress: (address) => this.continuity.isolation.isCutAddress(address),
      shown: (certificate) => this.identity.shown(certificate),
      nextConnection: () => this.#connections.nextId(),
      hand: (id, isTls, socket) => (this.#isStopping ? undefined : this.intakes.hand(id, isTls, socket, 'hl7')),
      say: (intake, message) => this.intakes.tell(intake, message),
      anyIntake: () => this.intakes.anyReady,
      forget: (id) => this.intakes.forget(id),
      tell: (event) => this.#tellLater(event),
      stranger: (remoteAddress, listener, why) =>
        this.#strangers.came(this.#connections.refusedEvent({ remoteAddress, listener }, why)),
      tokens: () => this.#webTokens,
      webAddress: (intake, connection) => this.web.addressOf(intake, connection),
      lies: this.#lies.bind(this),
      kept: () => {
        this.charts.poke();
        this.#foldLater();
      },
    });
  }

  #committed(arrival: Arrival, destinations: readonly string[]): void {
    if (arrival.place.kind === 'lane') this.layouter.arrived(arrival.sealedBytes);
    else this.layouter.busy();
    this.tallies.arrived(arrival);
    this.catalogue.poke();
    this.sequencer.poke();
    for (const name of destinations) this.deliveries.poke(name);
    if (arrival.disposition.kind === 'disarm') this.disarms.poke();
    this.#foldLater();
  }

  // Folding the write-ahead log back costs tens of milliseconds in which nothing is answered: done when nobody waits.
  #foldLater(): void {
    this.#foldTimer?.cancel();
    this.#foldTimer = this.#options.clock.after(FOLD_WHEN_IDLE_MS, () => {
      void this.records.checkpoint().catch((thrown) => this.#options.log.warn('records.checkpoint', { fault: thrown }));
    });
  }

  async #listen(): Promise<void> {
    const { dimse, dimseTls } = this.#options;
    if (dimse !== undefined) await this.#listenOn('dimse', dimse);
    if (dimseTls !== undefined) await this.#listenOn('dimse-tls', dimseTls);
    const { web, webPlain } = this.#options;
    if (web !== undefined) await this.#listenOnWeb('web', web);
    if (webPlain !== undefined) await this.#listenOnWeb('web-plain', webPlain);
    const { hl7, hl7Tls } = this.#options;
    if (hl7 !== undefined) await this.#listenOnHl7('hl7', hl7);
    if (hl7Tls !== undefined) await this.#listenOnHl7('hl7-tls', hl7Tls);
  }

  /** Opens the socket over which the console reads images; who uses it is in `people`. */
  async listenForPeople(): Promise<void> {
    this.#servers.push(
      await listenForViewers(this.#options.home.paths.run, (socket) => this.web.take(false, socket, '', true)),
    );
  }

  /** The certificates in force. */
  get certificates(): Certificates {
    return this.#certificates.current;
  }

  /** Calls `heard` when they have changed. */
  onCertificates(heard: () => void): void {
    this.#certificateHearers.push(heard);
  }

  async #listenOnWeb(name: 'web' | 'web-plain', wanted: Address): Promise<void> {
    const { server, address } = await listen(wanted, (socket) => {
      const remoteAddress = plainAddress(socket.remoteAddress);
      if (this.continuity.isolation.isCutAddress(remoteAddress)) this.#turnAway('web', socket, remoteAddress);
      else this.web.take(name === 'web', socket, remoteAddress);
    });
    this.#servers.push(server);
    this.#listening.push({ name, address: formatAddress(address) });
  }

  async #listenOnHl7(name: 'hl7' | 'hl7-tls', wanted: Address): Promise<void> {
    const { server, address } = await listen(wanted, (socket) =>
      this.feeds.take(name, socket, plainAddress(socket.remoteAddress)),
    );
    this.#servers.push(server);
    this.#listening.push({ name, address: formatAddress(address) });
  }

  async #listenOn(name: Connection['listener'], wanted: Address): Promise<void> {
    const { server, address } = await listen(wanted, (socket) => this.#take(name, socket));
    this.#servers.push(server);
    this.#listening.push({ name, address: formatAddress(address) });
  }

  #take(listener: Connection['listener'], socket: Socket): void {
    const remoteAddress = plainAddress(socket.remoteAddress);
    if (this.continuity.isolation.isCutAddress(remoteAddress)) return this.#turnAway(listener, socket, remoteAddress);
    const id = this.#connections.nextId();
    const intake =
      this.#isStopping || !this.#hasPlace() ? undefined : this.intakes.hand(id, listener === 'dimse-tls', socket);
    if (intake !== undefined) {
      this.#connections.open(id, intake, listener, remoteAddress);
      return;
    }
    socket.destroy();
    this.#strangers.came(this.#connections.refusedEvent({ remoteAddress, listener }, TOO_MANY));
  }

  /** The site is isolated, and this one calls from outside: not a byte of it is read. */
  #turnAway(listener: Connection['listener'], socket: Socket, remoteAddress: string): void {
    socket.destroy();
    this.#strangers.came(this.#connections.refusedEvent({ remoteAddress, listener }, ISOLATED));
  }

  #hasPlace(): boolean {
    if (!this.#connections.isFull) return true;
    const victim = this.#connections.giveWay();
    if (victim !== undefined) this.intakes.tell(victim.intake, { t: 'drop', connection: victim.id });
    return victim !== undefined;
  }

  #heard(intake: IntakeName, message: FromIntake): void {
    if (isOfFeeds(message)) return this.feeds.heard(intake, message);
    if (message.t === 'errand-found' || message.t === 'errand-ended') return this.schedule.errand(message);
    if (isOwn(message) || isFind(message) || isSchedule(message)) return this.#heardOwn(message);
    switch (message.t) {
      case 'associate':
        return this.#associate(intake, message);
      case 'arrival':
        return this.#lanes.settling(intake, this.#arrival(intake, message));
      case 'ended':
        return this.#ended(message);
      case 'event-report':
        return void this.#eventReport(intake, message);
      case 'handshake-failed':
        return this.#handshakeFailed(message.connection, message.why);
      case 'want-lane':
        return void this.#lanes.wanted(intake);
      case 'retired':
        return this.#laneRetired(intake, message.file);
      case 'operation':
      case 'operation-ended':
      case 'operation-refused':
      case 'upstream-failed':
        return this.#operation(intake, message);
      case 'fault':
        return this.#options.log.error(message.event, { intake: intake.number, detail: message.detail });
      case 'ready':
        return;
      default:
        return this.web.heard(intake, message);
    }
  }

  #heardOwn(
    message: OwnFromIntake | FindFromIntake | Extract<ScheduleFromIntake, { t: 'worklist-find' | 'step' }>,
  ): void {
    const connection = this.#connections.get(message.connection);
    if (connection?.peer === undefined) return;
    if (isFind(message)) {
      this.finds.heard(connection, message);
      this.schedule.find(message);
    } else if (isSchedule(message)) this.schedule.heard(connection, message);
    else this.own.heard(connection, connection.peer, message);
  }

  #associate(intake: IntakeName, message: AssociateMessage): void {
    const connection = this.#connections.get(message.connection);
    if (connection === undefined) return;
    // The state machine asks once a connection (PS3.8 Table 9-10): who asks again would try one title after the other.
    if (connection.isAsked) return this.#lies(intake, 'intake.second-association');
    const isCut = this.#rules.peers.some(
      (peer) => peer.aeTitle === message.calling && this.continuity.isolation.isCutPeer(peer),
    );
    const isPaused = isCut || this.#isStopping || this.gate() !== undefined;
    const peers = [...this.#rules.peers, ...this.imports.peers];
    const shown = this.identity.shown(message.certificate);
    const decided = this.#connections.admit(
      connection,
      message,
      peers,
      DEFAULT_AE_TITLE,
      isPaused,
      shown,
      this.#observation,
    );
    const admission = isCut && !decided.admitted ? { ...decided, why: ISOLATED, hint: '' } : decided;
    if (admission.admitted && message.certificate !== undefined)
      this.identity.tls.cameIn(connection.remoteAddress, message.calling, message.certificate.version);
    if (connection.peer !== undefined) connection.peer = this.imports.known(connection.peer);
    if (connection.bound !== undefined) connection.bound = this.imports.known(connection.bound);
    this.learning.associationAsked(connection, admission.admitted ? undefined : admission.rejection);
    this.#tellOf(this.#connections.admissionEvent(connection, admission, message.implementation));
    this.tallies.asked(admission.admitted);
    if (!admission.admitted)
      return this.intakes.tell(intake, {
        ...{ t: 'rejected', connection: connection.id, rejection: admission.rejection },
      });
    this.continuity.heardFrom(admission.peer.aeTitle);
    const upstreams = this.#operations.plansFor(admission.peer, message.asks);
    this.intakes.tell(intake, { t: 'admitted', connection: connection.id, peer: admission.peer, upstreams });
    this.#operations.connect(connection, upstreams);
    this.#operations.explain(connection, admission.peer, message.asks);
  }

  #operation(intake: IntakeName, message: RelayMessage): void {
    const connection = this.#connections.get(message.connection);
    if (connection !== undefined && !this.#operations.heard(connection, message))
      this.#lies(intake, 'intake.unasked-operation');
  }

  async #arrival(intake: IntakeName, message: ArrivalMessage): Promise<void> {
    const connection = this.#connections.get(message.connection);
    const peer = connection?.peer;
    if (connection === undefined || peer === undefined) {
      // Nobody is there to hear it, but the intake waits for every answer before it gives a lane back.
      this.intakes.tell(intake, {
        t: 'answer',
        connection: message.connection,
        seq: message.seq,
        status: LANE_LOST.status,
      });
      return;
    }
    const beganMs = performance.now();
    const facts = this.#factsOf(intake, connection, peer, message);
    const retrieval = this.own.claim(connection, { ...message, patients: facts.patients ?? [] });
    if (retrieval !== undefined && facts.kept !== undefined) this.own.retrieved.add(facts.kept.sha256);
    const awaits = await this.reconcile.awaits(message.patientId, message.issuerOfPatientId, facts.patient);
    const awaited = awaits === undefined ? {} : { awaits };
    const received = { ...facts, ...awaited, isRetrieved: retrieval !== undefined };
    const answer = await this.#custodian.receive(withinRights(received));
    if (awaits !== undefined) this.reconcile.poke();
    if (retrieval !== undefined) this.own.landed(retrieval, message.sopInstanceUid, answer.status);
    this.learning.objectAnswered(connection, facts.sopClassUid, facts.plainBytes);
    this.tallies.unfinished(message.unfinished);
    this.tallies.answered(answer.status, (performance.now() - beganMs) / 1000);
    this.intakes.tell(intake, { t: 'answer', connection: message.connection, seq: message.seq, ...answer });
  }

  #factsOf(intake: IntakeName, connection: Connection, peer: Peer, message: ArrivalMessage): ReceivedFacts {
    const { patientId, issuerOfPatientId } = message;
    // A sender that was still writing when the lane was given up: its file may be gone at any moment, so its bytes are not believed.
    const isLost = message.kept !== undefined && this.#lanes.isLost(message.kept.staged.file);
    const kept = isLost ? undefined : message.kept;
    const failure = isLost ? LANE_LOST : message.failure;
    const patients = this.#pseudonyms.all(issuerOfPatientId, patientId);
    return {
      ...message,
      intakeId: intake.id,
      associationId: connection.associationId,
      peer,
      remoteAddress: connection.remoteAddress,
      patient: patients[0] ?? '',
      patients,
      failure,
      attributes: new Phi(message.attributes),
      kept: kept === undefined ? undefined : { sha256: kept.sha256 as Sha256, staged: kept.staged },
    };
  }

  /** What stands for `words` in records and ledger; nobody without the key can try words against it. */
  pseudonymOf(words: string): string {
    return this.#pseudonyms.ofWords(words);
  }

  #ended(message: EndedMessage): void {
    const connection = this.#connections.close(message.connection);
    this.#operations.gone(message.connection);
    this.intakes.forget(message.connection);
    this.own.ended(message.connection);
    this.finds.ended(message.connection);
    this.schedule.ended(message.connection);
    if (connection === undefined) return;
    this.learning.associationEnded(connection, message.asked);
    this.#tellOf(this.#connections.endEvent(connection, message));
  }

  #handshakeFailed(id: number, why: Text): void {
    const connection = this.#connections.close(id);
    this.intakes.forget(id);
    if (connection === undefined) return;
    this.identity.tls.failed(connection.remoteAddress);
    this.#strangers.came(this.#connections.refusedEvent(connection, why));
  }

  async #eventReport(intake: IntakeName, message: EventReportMessage): Promise<void> {
    const connection = this.#connections.get(message.connection);
    if (connection?.peer === undefined) return;
    const report = {
      sopClassUid: STORAGE_COMMITMENT_PUSH_MODEL,
      sopInstanceUid: STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
      eventTypeId: message.eventTypeId,
      transferSyntax: message.transferSyntaxUid,
      dataSet: Buffer.from(message.dataSet, 'base64'),
    };
    const passedOn = await this.#passedOn(connection, report);
    const status = passedOn ?? (await this.commitments.handleEventReport(report, connection.calling));
    this.sequencer.poke();
    this.intakes.tell(intake, { t: 'answer', connection: message.connection, seq: message.seq, status });
  }

  // What an upstream reports of a device's request is the device's to answer; what it reports of ours, ours.
  async #passedOn(connection: Connection, report: ReceivedReport): Promise<number | undefined> {
    try {
      return await this.own.reported(connection, report);
    } catch (thrown) {
      this.#options.log.error('commitment.records', { from: connection.calling, fault: thrown });
      return NOT_PASSED_ON;
    }
  }

  #lies(intake: IntakeName, event: string): void {
    this.#options.log.error(event, { intake: intake.number });
    this.intakes.kill(intake);
  }

  #intakeDied(intake: IntakeName, connections: readonly number[], exit: string): void {
    this.web.lost(connections);
    this.feeds.lost(connections);
    for (const id of connections) {
      this.#connections.close(id);
      this.own.ended(id);
      this.finds.ended(id);
      this.schedule.lost(id);
      this.#operations.gone(id);
    }
    this.#options.log.error('intake.died', { intake: intake.number, exit, associations: connections.length });
    this.#tellLater(this.event({ kind: 'intake.died', intake: intake.number, associations: connections.length, exit }));
    void this.#lanes.orphaned(intake);
  }

  #laneRetired(intake: IntakeName, file: string): void {
    if (!this.#lanes.retired(intake, file)) this.#lies(intake, 'intake.foreign-lane');
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Services answered from our own vault and catalogue where no relay says who answers. */
const ANSWERED_HERE: ReadonlySet<RelayedService> = new Set<RelayedService>([
  'find',
  'move',
  'get',
  'commit',
  'worklist',
  'mpps',
]);

const TOO_MANY = text(
  'trop de connexions à la fois, ou la passerelle démarre ou s’arrête',
  'too many connections at once, or the gateway is starting or stopping',
);
const REVOKED = text('son certificat vient d’être révoqué', 'its certificate has just been revoked');
const LEDGER_DOWN = new Fault(
  'ledger.unwritable',
  'transient',
  text(
    'Le registre ne peut pas être écrit : rien n’est accepté.',
    'The ledger cannot be written: nothing is accepted.',
  ),
);
/** PS3.7 Annex C: processing failure. */
const NOT_PASSED_ON = 0x0110;
