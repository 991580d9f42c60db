import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type DeliveryEngine, DisarmEngine } from '@leadglass/relay';
import { by } from '../actor.ts';
// The sandbox: every process that reads bytes of others, and the keeper's work that goes through one.
import type { CatalogueHost } from '../catalogue-host.ts';
import { type ClamavState, ClamavWatch } from '../clamav-watch.ts';
import type { Continuity } from '../continuity/continuity.ts';
import { DeskHost } from '../desk-host.ts';
import type { ChartHost } from '../feeds/chart-host.ts';
import { type IntakeListener, IntakePool } from '../intake-pool.ts';
import type { OwnServicesHost } from '../own-host.ts';
import { plainObject } from '../plain-objects.ts';
import { ChartCandidates } from '../reconcile/chart-candidates.ts';
import { ReconcileHost } from '../reconcile/reconcile-host.ts';
import type { ScheduleHost } from '../schedule/schedule-host.ts';
import type { SandboxServices } from '../served.ts';
import { SiteRules } from '../site-rules.ts';
import type { AfterCommit } from './after-commit.ts';
import type { Ground } from './ground.ts';

/** Two processes parse; more than four would wait for the one that commits. */
const MOST_INTAKES = 4;
/** Decoders that try frames at once, besides the one for second tries. */
const MOST_DECODERS = 4;

/** How many decoders this machine has work for at once. */
export const decodersHere = (): number => Math.min(MOST_DECODERS, availableParallelism());

export interface SiteRulesWiring {
  /** Made later: who is told of other rules besides the intakes. */
  desks(): readonly DeskHost[];
}

export function newSiteRules({ home, clock, log, intakes, teller }: Ground, { desks }: SiteRulesWiring): SiteRules {
  return new SiteRules({
    ...{ folder: home.paths.rules, clock, log },
    use: (site) => {
      intakes().useRules(site);
      for (const desk of desks()) desk.useRules(site);
    },
    tell: (change) => teller.later(teller.event({ kind: 'config.changed', by: 'rules folder', change })),
  });
}

/** Made later: what the sandbox is served with. */
export function newClamav({ clock, log, teller }: Ground, services: () => SandboxServices): ClamavWatch {
  const changed = (state: ClamavState | undefined, isNews: boolean): void => {
    services().clamavChanged(state);
    if (state === undefined || !isNews) return;
    const { address } = state.settings;
    const { health, fault } = state;
    teller.later(
      fault === undefined
        ? teller.event({ kind: 'clamav.up', address, version: health?.version ?? '' })
        : teller.event({ kind: 'clamav.down', address, fault: fault.code, why: fault.text }),
    );
  };
  return new ClamavWatch({ clock, log, changed });
}

export interface DeskWiring {
  readonly services: SandboxServices;
  readonly siteRules: SiteRules;
}

/** A process in which copies of objects are made. */
export function newDesk({ home, store, version, clock, log }: Ground, { services, siteRules }: DeskWiring): DeskHost {
  return new DeskHost({
    ...{ services, version, clock, log },
    rules: () => siteRules.site,
    addDesk: (id) => store.addIntake(id),
    recipients: home.keys.recipients.map((recipient) => recipient.text),
  });
}

export interface DisarmWiring {
  readonly desk: DeskHost;
  readonly catalogue: CatalogueHost;
  readonly own: OwnServicesHost;
  /** Made later. */
  afterCommit(): AfterCommit;
}

export function newDisarms(
  { home, records, store, clock, log, inForce }: Ground,
  { desk, catalogue, own, afterCommit }: DisarmWiring,
): DisarmEngine {
  return new DisarmEngine({
    ...{ records, store, desk, clock, log, rules: () => inForce.rules },
    openPlain: (custody) => plainObject(store, home.keys.site, custody),
    seal: (sha256, attributes) => catalogue.seal(sha256, attributes),
    isRetrieved: (sha256) => own.retrieved.has(sha256),
    committed: (arrival, destinations) => afterCommit().committed(arrival, destinations),
  });
}

export interface ReconcileWiring {
  readonly desk: DeskHost;
  readonly catalogue: CatalogueHost;
  readonly continuity: Continuity;
  readonly deliveries: DeliveryEngine;
  readonly afterCommit: AfterCommit;
  readonly charts: ChartHost;
  readonly schedule: ScheduleHost;
}

export function newReconcile(
  ground: Ground,
  { desk, catalogue, continuity, deliveries, afterCommit, charts, schedule }: ReconcileWiring,
): ReconcileHost {
  const { home, records, store, clock, log, inForce, pseudonyms, teller } = ground;
  const { outages } = continuity;
  return new ReconcileHost({
    ...{ records, catalogue, store, desk, clock, log },
    ...{ indexKey: home.keys.indexKey, rules: () => inForce.rules, sources: [chartCandidates(ground, charts)] },
    openPlain: (custody) => plainObject(store, home.keys.site, custody),
    pseudonyms: (issuer, patientId) => pseudonyms.all(issuer, patientId),
    isOutage: () => outages.standings().some(({ name }) => outages.isDown(name)),
    committed: (arrival, destinations) => afterCommit.committed(arrival, destinations),
    due: (destination) => deliveries.poke(destination),
    hl7: schedule.hl7,
    told: () => teller.poke(),
  });
}

/** Who is known from what laboratories and information systems sent. */
function chartCandidates({ teller }: Ground, charts: ChartHost): ChartCandidates {
  return new ChartCandidates({
    ...{ reader: charts.reader, catchUp: () => charts.catchUp() },
    searched: (keys, found) => teller.later(teller.event({ kind: 'chart.searched', by: by(), keys, found })),
  });
}

export interface IntakeWiring extends DeskWiring {
  /** Made later: it hears for all others. */
  listener(): IntakeListener;
}

export function newIntakes({ home, store, log }: Ground, { services, siteRules, listener }: IntakeWiring): IntakePool {
  return new IntakePool({
    rules: () => siteRules.site,
    services,
    count: Math.min(MOST_INTAKES, Math.max(2, availableParallelism())),
    addIntake: (id) => store.addIntake(id),
    codeDir: join(home.paths.run, 'code'),
    recipients: home.keys.recipients.map((recipient) => recipient.text),
    log,
    listener: {
      started: (intake) => listener().started(intake),
      said: (intake, message) => listener().said(intake, message),
      died: (intake, connections, exit) => listener().died(intake, connections, exit),
    },
  });
}
