import type { Fault } from '@leadglass/kit';
import type { Ledger, Sequencer } from '@leadglass/ledger';
import type { SqliteRecords } from '@leadglass/records';
import type { CommitmentAsker, DeliveryEngine, DisarmEngine } from '@leadglass/relay';
import type { Layouter, ObjectStore } from '@leadglass/vault';
import type { CatalogueHost } from './catalogue-host.ts';
import type { Certificates, CertificateWatch } from './certificate-watch.ts';
import type { ClamavWatch } from './clamav-watch.ts';
import { Viewers } from './console/viewers.ts';
import type { Continuity } from './continuity/continuity.ts';
import type { PulledParts } from './continuity/pulled.ts';
import type { ContinuitySetHost } from './continuity/set-host.ts';
import { DecoderPool } from './decoder-pool.ts';
import type { DeskHost } from './desk-host.ts';
import type { DrillHost } from './drill/drill-host.ts';
import { drillsOf } from './drill/keeper-drill.ts';
import type { ChartHost } from './feeds/chart-host.ts';
import type { FeedDesk } from './feeds/feed-desk.ts';
import type { FindHost } from './find-host.ts';
import type { Identity } from './identity/identity.ts';
import { Imports } from './imports.ts';
import type { IntakePool } from './intake-pool.ts';
import { AdmissionDesk } from './keeper/admission-desk.ts';
import { AfterCommit } from './keeper/after-commit.ts';
import { ArrivalDesk } from './keeper/arrival-desk.ts';
import { type Ground, groundOf, openStores, type Stores, type Surroundings } from './keeper/ground.ts';
import { IntakeDesk } from './keeper/intake-desk.ts';
import { type ListenAddresses, Reception } from './keeper/reception.ts';
import { ReportDesk } from './keeper/report-desk.ts';
import type { Rules } from './keeper/rules-in-force.ts';
import { cutOff, endRevoked } from './keeper/severance.ts';
import { newContinuity, newContinuitySet, newPulled, newSchedule } from './keeper/wiring-continuity.ts';
import { newCatalogue, newCustodian, newLanes, newLayouter } from './keeper/wiring-custody.ts';
import { newCertificates, newIdentity } from './keeper/wiring-identity.ts';
import { newCharts, newFeeds, newWeb } from './keeper/wiring-inward.ts';
import { newCommitments, newDeliveries, newFinds, newOperations, newOwn } from './keeper/wiring-outward.ts';
import {
  decodersHere,
  newClamav,
  newDesk,
  newDisarms,
  newIntakes,
  newReconcile,
  newSiteRules,
} from './keeper/wiring-sandbox.ts';
import type { Learning } from './learning/learning.ts';
import type { OperationDesk } from './operation-desk.ts';
import type { Flows } from './overview/flows.ts';
import { OlderEvents } from './overview/older-events.ts';
import type { OwnServicesHost } from './own-host.ts';
import type { ReconcileHost } from './reconcile/reconcile-host.ts';
import type { ScheduleHost } from './schedule/schedule-host.ts';
import { SandboxServices } from './served.ts';
import type { SiteRules } from './site-rules.ts';
import { Tallies } from './tallies.ts';
import { TrialLanes } from './trial-lanes.ts';
import type { WebDesk } from './web/desk.ts';

export type { Rules };

const DRAIN_MS = 10_000;

export interface KeeperOptions extends Surroundings, ListenAddresses {}

/**
 * The parent process: listens, hands sockets to the intakes, decides, commits, tells the ledger, delivers. It alone holds the keys
 * that open, the records and the ledger, and it never parses a byte of an object.
 *
 * Here is only what it is made of and in which order that is made, started and stopped. What it does is in `keeper/`: the desks that hear
 * intakes and callers, what they all stand on (`ground.ts`), and in `wiring-*.ts` what each part is given.
 */
export class Keeper {
  readonly records: SqliteRecords;
  readonly ledger: Ledger;
  readonly sequencer: Sequencer;
  readonly store: ObjectStore;
  readonly layouter: Layouter;
  readonly deliveries: DeliveryEngine;
  /** Opens associations as deliveries do, with the certificates in force. */
  readonly connect: Continuity['connect'];
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
  /** Drills of the bad day. */
  readonly drill: DrillHost;
  #hasPeople = false;
  /** Charts of patients, and who tells of them. */
  readonly charts: ChartHost;
  /** Of a continuity box: what it pulled besides images. */
  readonly pulled: PulledParts;
  readonly feeds: FeedDesk;
  /** People who read images through the console. */
  readonly people = new Viewers();
  readonly #certificateHearers: (() => void)[] = [];
  readonly #options: KeeperOptions;
  readonly #ground: Ground;
  readonly #certificates: CertificateWatch;
  /** Where held objects are opened for a person’s eye. */
  readonly viewers = new DecoderPool({ count: 1 });
  readonly #desk: DeskHost;
  /** Another than that of disarmed copies: neither waits for the other. */
  readonly #reconcileDesk: DeskHost;
  readonly #services: SandboxServices;
  readonly #operations: OperationDesk;
  readonly #afterCommit: AfterCommit;
  readonly #reception: Reception;
  readonly #intakeDesk: IntakeDesk;
  #isStopping = false;

  /** Opens the stores of a home. Rejects with the Fault that says which cannot be opened and what to do. */
  static async open(options: KeeperOptions): Promise<Keeper> {
    return new Keeper(options, await openStores(options));
  }

  // In the order of dependence. What two parts need of each other, the first is given as a function: `() => this.later`.
  private constructor(options: KeeperOptions, stores: Stores) {
    const ground = groundOf(options, stores, () => this.intakes);
    const afterCommit = (): AfterCommit => this.#afterCommit;
    const reception = (): Reception => this.#reception;
    const isStopping = (): boolean => this.#isStopping;
    const drill = (): DrillHost => this.drill;
    const pulled = (): PulledParts => this.pulled;
    const { viewers, people, imports, tallies } = this;
    this.#options = options;
    this.#ground = ground;
    this.flows = ground.flows;
    this.records = ground.records;
    this.ledger = ground.ledger;
    this.store = ground.store;
    this.sequencer = ground.sequencer;
    this.learning = ground.learning;
    this.#olderEvents = new OlderEvents(ground.records, ground.clock, ground.log);
    const lanes = newLanes(ground, { layouter: () => this.layouter });
    const layouter = newLayouter(ground, lanes);
    this.layouter = layouter;
    const catalogue = newCatalogue(ground, { viewers, drill });
    this.catalogue = catalogue;
    this.continuitySet = newContinuitySet(ground, {
      ...{ catalogue, layouter, viewers, drill },
      reloadRules: () => this.reloadRules(),
      schedule: () => this.schedule,
      charts: () => this.charts,
      certificates: () => this.#certificates,
    });
    const custodian = newCustodian(ground, { catalogue, lanes, afterCommit, drill });
    const certificates = newCertificates(ground, () => {
      for (const heard of this.#certificateHearers) heard();
    });
    this.#certificates = certificates;
    this.identity = newIdentity(ground, {
      watch: certificates,
      endRevoked: () => endRevoked(ground, this.identity, this.web),
      reception,
    });
    this.continuity = newContinuity(ground, {
      ...{ certificates, reception },
      cut: () => this.#cutOff(),
      resume: (name) => {
        this.deliveries.resume(name);
        this.schedule.resume(name);
      },
    });
    this.drill = drillsOf(this, {
      ...{ home: ground.home, clock: ground.clock, log: ground.log, hasPeople: () => this.#hasPeople },
      certificates: () => certificates.current,
    });
    const { continuity, identity, continuitySet } = this;
    this.connect = continuity.connect;
    this.commitments = newCommitments(ground, continuity);
    this.deliveries = newDeliveries(ground, { continuity, commitments: this.commitments });
    this.own = newOwn(ground, continuity);
    this.finds = newFinds(ground, { catalogue, drill: this.drill });
    this.schedule = newSchedule(ground, { continuity, certificates, pulled });
    const { commitments, deliveries, own, finds, schedule } = this;
    this.siteRules = newSiteRules(ground, { desks: () => [this.#desk, this.#reconcileDesk] });
    this.clamav = newClamav(ground, () => this.#services);
    this.trials = new TrialLanes({ count: decodersHere() });
    this.#services = new SandboxServices(this.clamav, this.trials);
    const sandbox = { services: this.#services, siteRules: this.siteRules };
    this.#desk = newDesk(ground, sandbox);
    this.#reconcileDesk = newDesk(ground, sandbox);
    this.disarms = newDisarms(ground, { desk: this.#desk, catalogue, own, afterCommit });
    this.#afterCommit = new AfterCommit({ ...ground, layouter, tallies, catalogue, deliveries, disarms: this.disarms });
    this.charts = newCharts(ground, { continuity, drill: this.drill, pulled });
    this.pulled = newPulled(ground, this.charts);
    const { charts } = this;
    this.reconcile = newReconcile(ground, {
      ...{
        desk: this.#reconcileDesk,
        catalogue,
        continuity,
        deliveries,
        afterCommit: this.#afterCommit,
        charts,
        schedule,
      },
    });
    this.web = newWeb(ground, {
      catalogue,
      drill: this.drill,
      continuity,
      continuitySet,
      certificates,
      identity,
      people,
      isStopping,
    });
    const { reconcile, web } = this;
    this.feeds = newFeeds(ground, {
      ...{ charts, drill: this.drill, continuity, identity, web, afterCommit: this.#afterCommit, isStopping },
    });
    this.intakes = newIntakes(ground, { ...sandbox, listener: () => this.#intakeDesk });
    this.#operations = newOperations(ground, { continuity, certificates, schedule });
    continuity.outages.onChange((name, state) => {
      if (state !== 'down' && state !== 'declared') return;
      this.#operations.leave(name);
      void this.own.reporter.takeOver((upstream) => upstream === name);
    });
    const operations = this.#operations;
    const { feeds } = this;
    this.#reception = new Reception(ground, { isolation: continuity.isolation, web, feeds, isStopping });
    this.#intakeDesk = new IntakeDesk(ground, {
      admissions: new AdmissionDesk(ground, { continuity, identity, imports, operations, tallies, isStopping }),
      arrivals: new ArrivalDesk(ground, { custodian, lanes, own, reconcile, tallies }),
      reports: new ReportDesk(ground, { own, commitments }),
      ...{ operations, own, finds, schedule, web, feeds, lanes, identity },
    });
  }

  get rules(): Rules {
    return this.#ground.inForce.rules;
  }

  /** How many peers pass beyond their rules now, and ranges unknown titles pass from. */
  observed(): { readonly peers: number; readonly ranges: number } {
    return this.#ground.inForce.observed();
  }

  /** What listens where. */
  get listeners(): readonly { readonly name: string; readonly address: string }[] {
    return this.#reception.listening;
  }

  /** Associations admitted and not over. */
  get associations(): number {
    return this.#ground.connections.admitted;
  }

  get freeBytes(): number {
    return this.#ground.disk.freeBytes;
  }

  /** The certificates in force. */
  get certificates(): Certificates {
    return this.#certificates.current;
  }

  /** Calls `heard` when they have changed. */
  onCertificates(heard: () => void): void {
    this.#certificateHearers.push(heard);
  }

  /** What stands for `words` in records and ledger; nobody without the key can try words against it. */
  pseudonymOf(words: string): string {
    return this.#ground.pseudonyms.ofWords(words);
  }

  /** Why nothing may be taken at this moment, or undefined. */
  gate(): Fault | undefined {
    return this.#ground.gate();
  }

  /** Starts everything; resolves when arrivals are taken. */
  async start(): Promise<void> {
    const { version, log, teller, disk, inForce } = this.#ground;
    await this.continuity.load();
    await this.drill.load();
    await this.pulled.load();
    await this.reloadRules();
    const inUse = await this.records.laneFilesInUse();
    await this.store.cleanStaging(inUse);
    this.layouter.start(inUse);
    await disk.start();
    // Before anybody can call: a ledger that is not what the records remember takes nothing more, and the gate says so.
    await this.sequencer.start().catch((thrown) => log.error('ledger.unwritable', { fault: thrown }));
    await this.siteRules.start();
    await this.identity.start();
    await this.intakes.start(this.#certificates.current.tls);
    this.#certificates.start();
    await this.#reception.listen(this.#options);
    const listeners = this.listeners.map(({ name, address }) => `${name} ${address}`);
    await teller.tell(teller.event({ kind: 'gateway.started', version, listeners }));
    this.disarms.poke();
    await this.reconcile.start();
    await this.catalogue.start();
    this.charts.start();
    await this.drill.start();
    this.#olderEvents.start();
    this.continuitySet.start();
    this.own.reporter.start();
    await this.schedule.start();
    for (const destination of inForce.rules.destinations)
      if (destination.commitment) this.commitments.wanted(destination);
  }

  /** Opens the socket over which the console reads images; who uses it is in `people`. */
  async listenForPeople(): Promise<void> {
    this.#hasPeople = true;
    await this.#reception.listenForPeople();
  }

  /** Stops taking, lets what was begun be answered, then closes everything in the order of dependence. */
  async stop(reason: string): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    const { log, teller, disk } = this.#ground;
    this.siteRules.stop();
    this.#reception.close();
    await this.drill.stop();
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
    teller.strangers.flush();
    this.#operations.flush();
    await this.learning.recorder.flush();
    await this.records.appendEvents([teller.event({ kind: 'gateway.stopped', reason })]);
    await this.layouter.stop();
    await this.sequencer.drain().catch((thrown) => log.error('ledger.unwritable', { fault: thrown }));
    this.#certificates.stop();
    this.identity.stop();
    this.clamav.stop();
    this.trials.stop();
    disk.stop();
    this.#afterCommit.stop();
    await this.store.close();
    await this.records.close();
  }

  /** Reads the rules again after they were changed; what is under way goes on under the old. */
  async reloadRules(): Promise<void> {
    const { inForce } = this.#ground;
    const { rules, clamav } = await inForce.reload();
    await this.continuity.configure();
    this.schedule.hl7.poke();
    await this.drill.configure();
    await inForce.reloadWebTokens();
    await Promise.all([this.deliveries.configure(rules.destinations), this.clamav.configure(clamav)]);
  }

  #cutOff(): { associations: number; webConnections: number } {
    const { isolation } = this.continuity;
    return cutOff(this.#ground, { isolation, operations: this.#operations, feeds: this.feeds, web: this.web });
  }
}
