// The bad day: upstreams that are down, what stands in for them, and what is kept ready for it.
import { Sealer } from '@leadglass/catalogue';
import type { Layouter } from '@leadglass/vault';
import type { CatalogueHost } from '../catalogue-host.ts';
import type { CertificateWatch } from '../certificate-watch.ts';
import { Continuity } from '../continuity/continuity.ts';
import { PulledParts } from '../continuity/pulled.ts';
import { ContinuitySetHost } from '../continuity/set-host.ts';
import type { DecoderPool } from '../decoder-pool.ts';
import { connectorTo } from '../destinations.ts';
import type { DrillHost } from '../drill/drill-host.ts';
import { setRecords } from '../drill/keeper-drill.ts';
import type { ChartHost } from '../feeds/chart-host.ts';
import { plainObject } from '../plain-objects.ts';
import { ScheduleHost } from '../schedule/schedule-host.ts';
import type { Ground } from './ground.ts';
import type { Reception } from './reception.ts';

export interface ContinuityWiring {
  readonly certificates: CertificateWatch;
  cut(): { readonly associations: number; readonly webConnections: number };
  /** Something may be sent again, to one destination or any. */
  resume(destination?: string): void;
  /** Made later. */
  reception(): Reception;
}

export function newContinuity(
  { clock, log, records, inForce, teller }: Ground,
  { certificates, cut, resume, reception }: ContinuityWiring,
): Continuity {
  return new Continuity({
    ...{ clock, log, records, cut, resume, rules: () => inForce.rules },
    connect: (...asked) => connectorTo(certificates.current, clock)(...asked),
    listeners: () => reception().listening.map(({ name, address }) => `${name} ${address}`),
    lastHeard: async () => new Map((await records.charts.tallies()).map(({ feed, lastAtMs }) => [feed, lastAtMs])),
    told: () => teller.poke(),
  });
}

export interface ContinuitySetWiring {
  readonly catalogue: CatalogueHost;
  readonly layouter: Layouter;
  readonly viewers: DecoderPool;
  reloadRules(): Promise<void>;
  /** Made later. */
  schedule(): ScheduleHost;
  drill(): DrillHost;
  charts(): ChartHost;
  certificates(): CertificateWatch;
}

export function newContinuitySet(
  { home, records, store, clock, log, disk, teller }: Ground,
  { catalogue, layouter, viewers, reloadRules, schedule, drill, charts, certificates }: ContinuitySetWiring,
): ContinuitySetHost {
  return new ContinuitySetHost({
    ...{ clock, log, vault: home.paths.vault, recipients: home.keys.recipients },
    records: setRecords(records, drill),
    freeBytes: () => disk.freeBytes,
    expected: async () => [...(await schedule().expected()), ...(await charts().expected())],
    around: () => ({ charts: charts(), schedule: schedule(), drilled: drill().patientIds }),
    certificate: () => certificates().current.tls.certPem,
    changed: async () => {
      teller.poke();
      await reloadRules();
    },
    studies: () => catalogue.whole(),
    study: (uid) => catalogue.wholeOf(uid),
    open: (object) => plainObject(store, home.keys.site, object),
    decoders: viewers,
    appended: () => teller.poke(),
    layOut: () => layouter.drain(),
  });
}

export interface ScheduleWiring {
  readonly continuity: Continuity;
  readonly certificates: CertificateWatch;
  /** Made later. */
  pulled(): PulledParts;
}

export function newSchedule(ground: Ground, { continuity, certificates, pulled }: ScheduleWiring): ScheduleHost {
  const { home, records, clock, log, learning, inForce, gate, intakes, connections, pseudonyms, teller } = ground;
  return new ScheduleHost({
    ...{ records, indexKey: home.keys.indexKey, clock, log, learning, gate, intakes },
    outages: {
      isDown: (name) => {
        const destination = inForce.rules.destinations.find((each) => each.name === name);
        return destination !== undefined && continuity.isUnasked(destination);
      },
      shown: (name, how) => continuity.outages.hear(name, how),
      onChange: (heard) => continuity.outages.onChange((name) => heard(name)),
    },
    rules: () => inForce.rules,
    nextConnection: () => connections.nextId(),
    certificates: () => certificates.current,
    pseudonym: (issuer, patientId) => pseudonyms.of(issuer, patientId),
    isCut: (place) => continuity.isolation.isCut(place),
    tell: (event) => teller.later(event),
    told: () => teller.poke(),
    pulled: { sources: () => pulled().sources(), registrations: () => pulled().registrations() },
  });
}

/** Of a continuity box: what it pulled besides images. */
export function newPulled({ home, records, clock, teller }: Ground, charts: ChartHost): PulledParts {
  return new PulledParts({
    ...{ records, clock, sealer: charts.sealer, charts: () => charts },
    scheduleSealer: new Sealer(home.keys.indexKey),
    told: () => teller.poke(),
  });
}
